"""Display: a decoded array to windowed uint8, against pydicom's two functions; then steps on arrays.

Same array, same run. *isocenter* reads the window and rescale from the data set and shows the
frame with the tables of its series, as for every slice but the first; *first* makes the table.
*pydicom* is ``apply_modality_lut`` and ``apply_voi_lut``, whose result is float64, and
*as uint8* the same with the conversion that is left to the caller.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom import pixels as peer
from pydicom.dataset import FileMetaDataset
from pydicom.filebase import DicomBytesIO

import isocenter
from isocenter import pixels
from isocenter.pixels.display import show
from isocenter.pixels.grayscale import grayscale
from isocenter.pixels.notes import Notes
from measure import Work, cpu_medians, machine

RUNS = 100
WINDOW = {"WindowCenter": [40, 700], "WindowWidth": [400, 3200]}
SIGMOID = WINDOW | {"VOILUTFunction": "SIGMOID"}
INVERSE = WINDOW | {"PhotometricInterpretation": "MONOCHROME1"}
CASES: list[tuple[str, dict[str, Any], pixels.Look]] = [
    ("window of the file", WINDOW, pixels.Look()),
    ("its second window", WINDOW, pixels.Look(voi=1)),
    ("sigmoid", SIGMOID, pixels.Look()),
    ("MONOCHROME1", INVERSE, pixels.Look()),
    ("a window given", WINDOW, pixels.Look(window=(40, 400))),
    ("its own range", WINDOW, pixels.Look(window="auto")),
]


def main() -> None:
    """Print two tables."""
    warnings.simplefilter("ignore")  # pydicom's, about what is made here
    print(f"Display, {machine()}\n")
    print("| 512x512x16 to windowed uint8, ms | isocenter | first | pydicom | as uint8 | ratios |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, elements, look in CASES:
        print(f"| {name} | {_pictures(elements, look)} |")
    print("\n| a step on an array, ms | isocenter | pydicom | ratio |")
    print("| --- | --- | --- | --- |")
    for name, ours, theirs in _steps():
        mine, other = cpu_medians(ours, theirs, runs=RUNS)
        print(f"| {name} | {mine * 1e3:.3f} | {other * 1e3:.3f} | {other / mine:.1f}x |")


def _pictures(elements: dict[str, Any], look: pixels.Look) -> str:
    values = _slice()
    theirs = _dataset(values, elements)
    ours, tables = _read(theirs), pixels.DisplayTables()
    frame = pixels.Frame(values, theirs.PhotometricInterpretation, 12, signed=False)

    def shown(tables: pixels.DisplayTables) -> object:
        return show(values, grayscale(ours, 0, frame, Notes(), look), tables)

    def windowed() -> NDArray[Any]:
        output = peer.apply_modality_lut(values, theirs)
        found: NDArray[Any] = peer.apply_voi_lut(output, theirs, index=look.voi)
        return found

    def as_uint8() -> object:
        found = windowed()
        low, high = -1024.0, 3071.0  # of 12 bits
        return ((found - low) * (255 / (high - low)) + 0.5).astype(np.uint8)

    mine, first, two, three = cpu_medians(
        lambda: shown(tables), lambda: shown(pixels.DisplayTables()), windowed, as_uint8, runs=RUNS
    )
    times = " | ".join(f"{time * 1e3:.3f}" for time in (mine, first, two, three))
    return f"{times} | {two / mine:.1f}x, {three / mine:.1f}x"


def _steps() -> Iterator[tuple[str, Work, Work]]:
    values = _slice()
    theirs = _dataset(values, WINDOW)
    ours = _read(theirs)
    output = peer.apply_modality_lut(values, theirs)
    color = np.stack([values.astype(np.uint8)] * 3, axis=-1)
    byte = values.astype(np.uint8)
    yield (
        "`apply_modality_lut`",
        lambda: pixels.apply_modality_lut(values, ours),
        lambda: peer.apply_modality_lut(values, theirs),
    )
    yield (
        "`apply_windowing` of float64",
        lambda: pixels.apply_windowing(output, ours),
        lambda: peer.apply_windowing(output, theirs),
    )
    yield (
        "`apply_windowing` of uint16",
        lambda: pixels.apply_windowing(values, ours),
        lambda: peer.apply_windowing(values, theirs),
    )
    yield (
        "`apply_color_lut`",
        lambda: pixels.apply_color_lut(byte, palette="PET"),
        lambda: peer.apply_color_lut(byte, palette="1.2.840.10008.1.5.2"),
    )
    yield (
        "`convert_color_space` YBR_FULL to RGB",
        lambda: pixels.convert_color_space(color, "YBR_FULL", "RGB"),
        lambda: peer.convert_color_space(color, "YBR_FULL", "RGB"),
    )
    yield (
        "`convert_color_space` RGB to YBR_FULL",
        lambda: pixels.convert_color_space(color, "RGB", "YBR_FULL"),
        lambda: peer.convert_color_space(color, "RGB", "YBR_FULL"),
    )


def _slice() -> NDArray[np.uint16]:
    """A head: air, a skull, soft tissue, noise."""
    y, x = np.mgrid[-1:1:512j, -1:1:512j]
    radius = np.hypot(x, y * 0.8)
    found = np.where(radius < 0.7, 1064.0, 24.0)
    found[(radius > 0.65) & (radius < 0.7)] = 2200
    found += np.random.default_rng(0).normal(0, 12, found.shape)
    return np.clip(found, 0, 4095).astype(np.uint16)


def _dataset(values: NDArray[Any], elements: dict[str, Any]) -> pydicom.Dataset:
    ds = pydicom.Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "2.25.1"
    ds.Rows, ds.Columns = values.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.RescaleSlope, ds.RescaleIntercept = 1, -1024
    ds.PixelData = values.tobytes()
    for name, value in elements.items():
        setattr(ds, name, value)
    return ds


def _read(ds: pydicom.Dataset) -> isocenter.FileDataset:
    """The same data set, read by us."""
    buffer = DicomBytesIO()
    pydicom.dcmwrite(buffer, ds, enforce_file_format=True)
    return isocenter.dcmread(buffer.getvalue())


if __name__ == "__main__":
    main()
