"""File-sets: adding, writing, loading and searching, against pydicom, same files, same run.

The ratio is pydicom's CPU time over ours; goals: 10 for adding and writing 500 instances and
for loading 10,000 records and finding one patient. Files are in memory where ``/dev/shm``
is. pydicom's ``add`` is quadratic, so that it is not asked for 10,000.

With ``--records N`` only directories without files are written and read, to see whether the
cost is linear: N is the largest of them.
"""

from __future__ import annotations

import argparse
import gc
import shutil
import statistics
import time
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import pydicom
import pydicom.fileset
from pydicom.data import get_testdata_file

import isocenter
from isocenter.core.encoding import EXPLICIT_LITTLE
from isocenter.files.fileset.descriptor import new_directory
from isocenter.files.fileset.directory import directory_bytes, encoded_records
from isocenter.files.fileset.linking import linked
from isocenter.fileset import FileSet, RecordNode
from measure import machine

_PER_PATIENT, _PER_STUDY, _PER_SERIES = 500, 250, 50


def main() -> None:
    """Print tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    most = parser.parse_args().records
    warnings.simplefilter("ignore")  # pydicom's, about temporary folders
    print(f"File-sets, {machine()}\n")
    memory = Path("/dev/shm")  # noqa: S108 - a file system in memory, the folder is made by mkdtemp
    folder = Path(mkdtemp(dir=memory if memory.is_dir() else None))
    try:
        _against_pydicom(folder)
    finally:
        shutil.rmtree(folder)
    _records(most)


def _against_pydicom(folder: Path) -> None:
    files = _files(folder / "files", 10_000)
    print("| work | isocenter s | pydicom s | ratio |")
    print("| --- | --- | --- | --- |")
    ours, theirs = zip(
        *(
            (_made(folder, FileSet, files[:500]), _made(folder, _peer, files[:500]))
            for _ in range(5)
        ),
        strict=True,
    )
    _row("add and write 500 instances", statistics.median(ours), statistics.median(theirs))
    taken = _made(folder, FileSet, files, keep=True)
    _row("add and write 10,000 instances", taken, None)
    directory = folder / "set" / "DICOMDIR"
    ours, theirs = zip(
        *((_found(FileSet, directory), _found(_peer, directory)) for _ in range(3)), strict=True
    )
    what = "load 10,260 records, find by PatientID"
    _row(what, statistics.median(ours), statistics.median(theirs))


def _peer(*arguments: Path) -> pydicom.fileset.FileSet:
    return pydicom.fileset.FileSet(*arguments)


def _row(what: str, ours: float, theirs: float | None) -> None:
    end = "- | - |" if theirs is None else f"{theirs:.2f} | {theirs / ours:.1f}x |"
    print(f"| {what} | {ours:.3f} | {end}")


def _files(folder: Path, count: int) -> list[Path]:
    """MR images of 10 kB: 50 a series, 250 a study, 500 a patient."""
    folder.mkdir()
    ds = isocenter.dcmread(str(get_testdata_file("MR_small.dcm")))
    for number in range(count):
        ds.PatientID, ds.PatientName = (
            f"P{number // _PER_PATIENT}",
            f"Name^{number // _PER_PATIENT}",
        )
        ds.StudyInstanceUID = f"1.2.{number // _PER_STUDY}"
        ds.SeriesInstanceUID = f"1.3.{number // _PER_SERIES}"
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.4.{number}"
        ds.InstanceNumber = number
        ds.save_as(folder / str(number))
    return [folder / str(number) for number in range(count)]


def _made(
    folder: Path, kind: Callable[[], object], files: list[Path], *, keep: bool = False
) -> float:
    """CPU seconds to add files to a new File-set and write it."""
    file_set = kind()
    gc.collect()
    started = time.process_time()
    for file in files:
        file_set.add(file)  # type: ignore[attr-defined]  # both have it
    file_set.write(folder / "set")  # type: ignore[attr-defined]
    seconds = time.process_time() - started
    if not keep:
        shutil.rmtree(folder / "set")
    return seconds


def _found(kind: Callable[[Path], object], directory: Path) -> float:
    """CPU seconds to load a DICOMDIR and find the instances of one patient."""
    gc.collect()  # what the other one left is not to be paid here
    started = time.process_time()
    found = kind(directory).find(PatientID="P7")  # type: ignore[attr-defined]  # both have it
    seconds = time.process_time() - started
    assert len(found) == _PER_PATIENT  # noqa: S101 - what was timed is right
    return seconds


# --- records only ---------------------------------------------------------------------------


def _records(most: int) -> None:
    print("\n| records | written s | us a record | read s | us a record | bytes kept a record |")
    print("| --- | --- | --- | --- | --- | --- |")
    for count in (most // 100, most // 10, most):
        root = _tree(count)
        gc.collect()
        started = time.process_time()
        records = encoded_records(root, {}, EXPLICIT_LITTLE)
        content = directory_bytes(new_directory(), root, records, EXPLICIT_LITTLE)
        written = time.process_time() - started
        del root, records
        gc.collect()
        started = time.process_time()
        linked(isocenter.dcmread(content))
        read = time.process_time() - started
        tracemalloc.start()
        kept = linked(isocenter.dcmread(content))
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert len([*kept.root.walk()]) == count  # noqa: S101 - what was timed is right
        each = (f"{written / count * 1e6:.0f}", f"{read:.2f}", f"{read / count * 1e6:.0f}")
        print(f"| {count:,} | {written:.2f} | {' | '.join(each)} | {size / count:,.0f} |")


def _tree(count: int) -> RecordNode:
    """A patient, a study, and series of 100 instances."""
    root = RecordNode()
    study = _below(_below(root, "PATIENT", PatientID="1"), "STUDY", StudyInstanceUID="1.2")
    made, series = 2, study
    while made < count:
        if (made - 2) % 101 == 0:
            series = _below(study, "SERIES", SeriesInstanceUID=f"1.3.{made}")
        else:
            _below(
                series,
                "IMAGE",
                ReferencedFileID=["A", "B", f"{made:08}"],
                ReferencedSOPClassUIDInFile="1.2.840.10008.5.1.4.1.1.2",
                ReferencedSOPInstanceUIDInFile=f"1.4.{made}",
                ReferencedTransferSyntaxUIDInFile="1.2.840.10008.1.2.1",
                InstanceNumber=made,
            )
        made += 1
    return root


def _below(above: RecordNode, kind: str, **values: object) -> RecordNode:
    record = isocenter.Dataset()
    record.DirectoryRecordType = kind
    for keyword, value in values.items():
        setattr(record, keyword, value)
    node = RecordNode(record)
    node.parent = above
    return node


if __name__ == "__main__":
    main()
