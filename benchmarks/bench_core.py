"""The DICOM core against pydicom: values, index attributes, writing, nesting, import, memory.

Same files, same run; the ratio is pydicom's CPU median over ours.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pydicom
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset as TheirDataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

import isocenter
from isocenter.core.part10writer import file_bytes
from measure import Work, cpu_medians, machine

INDEX = (
    *("PatientID", "PatientName", "PatientBirthDate", "PatientSex"),
    *("StudyInstanceUID", "StudyDate", "StudyTime", "StudyDescription", "AccessionNumber"),
    *("SeriesInstanceUID", "SeriesNumber", "SeriesDescription", "Modality"),
    *("SOPInstanceUID", "SOPClassUID", "InstanceNumber", "Manufacturer"),
)
SEG_FRAMES, SR_CHAINS = 2000, 8334


def path(name: str) -> str:
    """A file of the pydicom package."""
    return str(get_testdata_file(name))


def every_value(read: Callable[..., Any], file: str) -> Work:
    """Read a header and decode all of it."""

    def work() -> None:
        for element in read(file, stop_before_pixels=True).iterall():
            _ = element.value

    return work


def index_attributes(read: Callable[..., Any], file: str) -> Work:
    """Read 17 attributes that an index needs."""

    def work() -> None:
        ds = read(file, specific_tags=INDEX, stop_before_pixels=True)
        for keyword in INDEX:
            ds.get(keyword)

    return work


def untouched(module: Any, file: str) -> Work:
    """Read and write without looking."""
    return lambda: _write(module, module.dcmread(file))


def changed(module: Any, file: str) -> Work:
    """Read, decode everything, change every text, write."""

    def work() -> None:
        ds = module.dcmread(file)
        for element in ds.iterall():
            if element.VR in {"LO", "SH"} and isinstance(element.value, str):
                element.value = f"{element.value[:10]}x"
        _write(module, ds)

    return work


def _write(module: Any, ds: Any) -> None:
    if module is isocenter:
        file_bytes(ds)
    else:
        module.dcmwrite(io.BytesIO(), ds)


def nested(count: int, depth: int) -> bytes:
    """A file with one sequence of undefined length, ``count`` items, each nested ``depth`` deep."""
    ds = TheirDataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.66.4", "2.25.1"
    items = []
    for number in range(count):
        item = outer = TheirDataset()
        for _ in range(depth):
            inner = TheirDataset()
            inner.ReferencedFrameNumber = number + 1
            inner.CodeMeaning = f"item {number}"
            inner.is_undefined_length_sequence_item = True
            outer.FrameContentSequence = [inner]
            outer = inner
        items.append(item)
    ds.PerFrameFunctionalGroupsSequence = items
    ds["PerFrameFunctionalGroupsSequence"].is_undefined_length = True
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    target = io.BytesIO()
    ds.save_as(target, enforce_file_format=True)
    return target.getvalue()


def one_frame(read: Callable[..., Any], file: str) -> Work:
    """Read a segmentation's header and reach one functional group."""
    middle = SEG_FRAMES // 2
    return lambda: (
        read(file).PerFrameFunctionalGroupsSequence[middle].FrameContentSequence[0].CodeMeaning
    )


def line(what: str, ours: Work, theirs: Work, runs: int = 30) -> None:
    """Print one row."""
    mine, other = cpu_medians(ours, theirs, runs=runs)
    print(f"| {what} | {mine * 1e3:.2f} | {other * 1e3:.2f} | {other / mine:.1f}x |")


def import_times() -> tuple[float, float]:
    """CPU seconds that importing each package takes, over an empty interpreter."""

    def seconds(code: str) -> float:
        program = f"import time; s = time.process_time(); {code}; print(time.process_time() - s)"
        command = [sys.executable, "-c", program]
        return sorted(
            float(subprocess.run(command, capture_output=True, check=True).stdout)  # noqa: S603 - this interpreter
            for _ in range(9)
        )[4]

    return seconds("import isocenter"), seconds("import pydicom")


def kept(read: Callable[..., Any], file: str, count: int = 300) -> float:
    """Bytes per header kept, untouched."""
    tracemalloc.start()
    headers = [read(file, stop_before_pixels=True) for _ in range(count)]
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / len(headers)


def main() -> None:
    """Print a table."""
    warnings.simplefilter("ignore")  # pydicom's, about the files
    print(
        f"Core, {machine()}\n\n| work | isocenter ms | pydicom ms | ratio |\n| --- | --- | --- | --- |"
    )
    for name in ("693_J2KI.dcm", "CT_small.dcm"):
        file = path(name)
        for what, work in (("all values", every_value), ("17 index attributes", index_attributes)):
            line(f"{name}: {what}", work(isocenter.dcmread, file), work(pydicom.dcmread, file), 60)
    for what, write in (
        ("written untouched", untouched),
        ("all decoded, changed, written", changed),
    ):
        line(
            f"CT_small.dcm: {what}",
            write(isocenter, path("CT_small.dcm")),
            write(pydicom, path("CT_small.dcm")),
        )
    with tempfile.TemporaryDirectory() as folder:
        seg, report = Path(folder) / "seg.dcm", Path(folder) / "sr.dcm"
        seg.write_bytes(nested(SEG_FRAMES, 1))
        report.write_bytes(nested(SR_CHAINS, 4))
        line(
            "SEG, 2,000 frames, one functional group",
            one_frame(isocenter.dcmread, str(seg)),
            one_frame(pydicom.dcmread, str(seg)),
            9,
        )
        line(
            "SR-like, 100,000 nested elements, all values",
            every_value(isocenter.dcmread, str(report)),
            every_value(pydicom.dcmread, str(report)),
            3,
        )
    ours, theirs = import_times()
    print(f"| import | {ours * 1e3:.0f} | {theirs * 1e3:.0f} | {theirs / ours:.1f}x |\n")
    mine, other = (
        kept(read, path("CT_small.dcm")) for read in (isocenter.dcmread, pydicom.dcmread)
    )
    print(
        f"Memory per header of CT_small.dcm kept: {mine / 1024:.0f} KiB, pydicom {other / 1024:.0f} KiB"
    )


if __name__ == "__main__":
    main()
