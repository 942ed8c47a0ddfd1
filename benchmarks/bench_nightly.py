"""Every night: a tree of many files indexed, built, and looked at again with nothing changed.

The tree is made of 100 slices of 64x64 with UIDs of their own; every series of it is hard
links to them, so that 100,000 files take the space of 100. *Indexing* is the scan and every
header: what is an image, its order, what contradicts. The first build is shown for
comparison, with pictures of 32 pixels: the nights after it cost the same, and it ends sooner. Memory is the peak of a fresh process. Each part runs in a process of its own.

With ``--by-study`` the files are copies with UIDs of their own, a thousand in a folder, that are
no tree: *scan* then reads every header to group them.

    python benchmarks/bench_nightly.py [--by-study] [FILES ...]      default: 10,000 and 100,000
"""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pydicom
from pydicom.data import get_testdata_file

from isocenter.library.build import opened
from isocenter.library.intake import plan
from isocenter.library.members import members
from isocenter.library.options import BuildOptions
from measure import machine

IN_SERIES = 100
_STUDY, _SERIES, _INSTANCE = (f"1.2.{n}.999999999" for n in (3, 4, 5))
PARTS = {"scan": "scan alone", "index": "indexing", "build": "first build", "again": "again"}


def slices() -> list[bytes]:
    """The slices of a series, each with its own UID and place."""
    ds = pydicom.dcmread(str(get_testdata_file("MR_small.dcm")))
    found = []
    for number in range(IN_SERIES):
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number}"
        ds.InstanceNumber, ds.ImagePositionPatient = number, [0, 0, number]
        written = io.BytesIO()
        ds.save_as(written)
        found.append(written.getvalue())
    return found


def make_tree(root: Path, files: int) -> None:
    """A tree of so many files: ten series in an example, nine examples in a month."""
    originals = root.with_name("originals")
    originals.mkdir(exist_ok=True)
    for number, content in enumerate(slices()):
        (originals / f"{number}.dcm").write_bytes(content)
    for number in range(files // IN_SERIES):
        month, example = divmod(number // 10, 9)
        year, month = divmod(month, 12)
        place = f"{year:02}-yr/{month:02}-mo/{example + 1:02}-ex/S{number % 10}"
        (root / place).mkdir(parents=True)
        for original in range(IN_SERIES):
            os.link(originals / f"{original}.dcm", root / place / f"{original}.dcm")


def make_folders(root: Path, files: int) -> None:
    """So many files in no order that matters, as 100 slices a series and ten series a study."""
    ds = pydicom.dcmread(str(get_testdata_file("MR_small.dcm")))
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SOPInstanceUID = _STUDY, _SERIES, _INSTANCE
    ds.file_meta.MediaStorageSOPInstanceUID = _INSTANCE
    written = io.BytesIO()
    ds.save_as(written)
    for number in range(files):
        folder = root / f"{number // 1000}"
        folder.mkdir(parents=True, exist_ok=True)
        content = written.getvalue()
        for uid, own in (
            (_STUDY, number // (10 * IN_SERIES)),
            (_SERIES, number // IN_SERIES),
            (_INSTANCE, number),
        ):
            digits = f"{own + 10**8}"  # as many as the UID that it replaces ends with
            content = content.replace(uid.encode(), f"{uid[: -len(digits)]}{digits}".encode())
        (folder / f"{number}").write_bytes(content)


def part(name: str, root: Path, output: Path) -> None:
    """Do one part and print CPU seconds, children included, wall seconds and peak MB."""
    started = time.perf_counter()
    options = BuildOptions(root, output, medium=32, small=32)
    tree = plan(options)
    if name == "index":
        for folder in tree.series:
            members({name: root / path for name, path in folder.paths.items()})
    elif name != "scan":
        with opened(options, tree=tree) as work:
            outcome = work.run()
        assert name == "build" or not outcome.built  # noqa: S101 - else the figure is of something else
    wall = time.perf_counter() - started
    own, children = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    print(f"{cpu:.1f} | {wall:.1f} | {own.ru_maxrss / 1024:.0f}")


def main() -> None:
    """Print a row for each part and size."""
    if sys.argv[1:2] == ["--part"]:
        part(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
        return
    by_study = sys.argv[1:2] == ["--by-study"]
    sizes = sys.argv[2:] if by_study else sys.argv[1:]
    print(f"Every night, {machine()}\n")
    print("| files | part | CPU s, imports included | wall s | peak MB of the main process |")
    print("| --- | --- | --- | --- | --- |")
    for files in map(int, sizes or ("10000", "100000")):
        with tempfile.TemporaryDirectory(prefix="isocenter-nightly-") as scratch:
            root, output = Path(scratch) / "tree", Path(scratch) / "out"
            (make_folders if by_study else make_tree)(root, files)
            for name, words in PARTS.items():
                command = [sys.executable, __file__, "--part", name, str(root), str(output)]
                found = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this file
                print(f"| {files:,} | {words} | {found.stdout.strip()} |", flush=True)


if __name__ == "__main__":
    main()
