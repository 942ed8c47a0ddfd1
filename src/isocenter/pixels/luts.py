"""Look-up tables of the grayscale pipeline, read from a data set.

Modality LUT or rescale (PS3.3 C.11.1), VOI LUT or window (C.11.2), Presentation LUT
Shape (C.11.6), and Pixel Padding (C.7.5.1.1.2), as frozen values: two images with
equal values share one display table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from isocenter.pixels.codecs import BIG_ENDIAN
from isocenter.pixels.frame import Frame
from isocenter.pixels.notes import Notes
from isocenter.pixels.source import (
    PixelDataset,
    functional_groups,
    integer,
    item,
    number,
    numbers,
    text,
    transfer_syntax,
    value,
)

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rescale:
    """Output = stored value * slope + intercept."""

    slope: float = 1.0
    intercept: float = 0.0

    def apply(self, stored: Numbers) -> Numbers:
        """Output units of ``stored`` values."""
        return stored * self.slope + self.intercept


@dataclass(frozen=True, slots=True)
class LookupTable:
    """Entries (native uint16 as bytes) for inputs from ``first`` on; ends are extended."""

    first: int
    bits: int
    entries: bytes

    def array(self) -> NDArray[np.uint16]:
        """The entries."""
        return np.frombuffer(self.entries, np.uint16)

    def apply(self, stored: Numbers) -> Numbers:
        """The entry of every value; below the first and above the last, those."""
        entries = self.array().astype(np.float64)
        place = np.clip(np.rint(stored) - self.first, 0, len(entries) - 1)
        found: Numbers = np.take(entries, place.astype(np.intp))
        return found


class Function(StrEnum):
    """VOI LUT Function (PS3.3 C.11.2.1.3)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class Window:
    """Window Center and Width, in the Modality LUT's output units."""

    center: float
    width: float
    function: Function = Function.LINEAR


@dataclass(frozen=True, slots=True)
class Range:
    """Black up to ``low``, white from ``high``, a straight line between."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Grayscale:
    """Everything between a stored value and a shade of gray.

    ``voi`` is ``None`` when the image does not say how to be shown; ``padding`` is an
    inclusive range of stored values that are no image.
    """

    modality: Rescale | LookupTable = Rescale()
    voi: Window | LookupTable | Range | None = None
    inverse: bool = False
    padding: tuple[float, float] | None = None


def grayscale(ds: PixelDataset, index: int, frame: Frame, notes: Notes) -> Grayscale:
    """How ``ds`` wants frame ``index`` to be shown."""
    modality = _modality(ds, index, frame, notes)
    shape = text(ds, "PresentationLUTShape").upper()
    return Grayscale(
        modality=modality,
        voi=_voi(ds, index, frame, modality, notes),
        inverse=frame.photometric == "MONOCHROME1" or shape == "INVERSE",
        padding=_padding(ds, frame),
    )


# --- modality -------------------------------------------------------------------------


def _modality(ds: PixelDataset, index: int, frame: Frame, notes: Notes) -> Rescale | LookupTable:
    described = item(ds, "ModalityLUTSequence")
    if described is not None:
        table = lookup_table(described, ds, signed=frame.signed, notes=notes)
        if table is not None:
            return table
    for group in functional_groups(ds, index, "PixelValueTransformationSequence"):
        if _there(group, "RescaleSlope", "RescaleIntercept"):
            return _rescale(group, notes)
    return Rescale()


def _rescale(ds: PixelDataset, notes: Notes) -> Rescale:
    slope, intercept = number(ds, "RescaleSlope"), number(ds, "RescaleIntercept")
    if not slope or intercept is None or abs(slope) > 1e30 or abs(intercept) > 1e30:
        notes.warn(
            "bad-rescale",
            f"Rescale slope {_shown(ds, 'RescaleSlope')} and intercept "
            f"{_shown(ds, 'RescaleIntercept')} are no line; not used",
            tag="(0028,1053)",
            clause="PS3.3 C.11.1.1.2",
        )
        return Rescale()
    return Rescale(slope, intercept)


def _there(ds: PixelDataset, *keywords: str) -> bool:
    """Whether one of the elements has a value: many files have them empty."""
    return any(value(ds, keyword) is not None for keyword in keywords)


def _shown(ds: PixelDataset, keyword: str) -> str:
    return str(value(ds, keyword))[:40]


# --- VOI ------------------------------------------------------------------------------


def _voi(
    ds: PixelDataset, index: int, frame: Frame, modality: Rescale | LookupTable, notes: Notes
) -> Window | LookupTable | None:
    """The first window, or else the first VOI LUT."""
    for group in functional_groups(ds, index, "FrameVOILUTSequence"):
        if _there(group, "WindowCenter", "WindowWidth"):
            window = _window(group, notes)
            if window is not None:
                return window
    signed = frame.signed or (isinstance(modality, Rescale) and modality.intercept < 0)
    for group in functional_groups(ds, index, "FrameVOILUTSequence"):
        described = item(group, "VOILUTSequence")
        if described is not None:
            return lookup_table(described, ds, signed=signed, notes=notes)
    return None


def _window(ds: PixelDataset, notes: Notes) -> Window | None:
    centers, widths = numbers(ds, "WindowCenter"), numbers(ds, "WindowWidth")
    function = _function(ds, notes)
    least = 1.0 if function is Function.LINEAR else 0.0
    sound = (
        centers
        and widths
        and widths[0] >= least
        and 0 < widths[0] < 1e30
        and abs(centers[0]) < 1e30
    )
    if not sound:
        notes.warn(
            "bad-window",
            f"Window center {_shown(ds, 'WindowCenter')} and width "
            f"{_shown(ds, 'WindowWidth')} are no window; the image's own range is shown",
            tag="(0028,1051)",
            clause="PS3.3 C.11.2.1.2",
        )
        return None
    return Window(centers[0], widths[0], function)


def _function(ds: PixelDataset, notes: Notes) -> Function:
    found = text(ds, "VOILUTFunction").upper() or Function.LINEAR.value
    try:
        return Function(found)
    except ValueError:
        notes.warn(
            "assumed-value",
            f"VOILUTFunction is {found[:40]}; taken as LINEAR",
            tag="(0028,1056)",
            clause="PS3.3 C.11.2.1.3",
        )
        return Function.LINEAR


# --- tables ---------------------------------------------------------------------------


def lookup_table(
    described: PixelDataset, ds: PixelDataset, *, signed: bool, notes: Notes
) -> LookupTable | None:
    """LUT Descriptor and LUT Data of a sequence's item (PS3.3 C.11.1.1.1).

    ``ds`` is the data set around it, ``signed`` tells that the table's input may be
    negative. ``None``, and a finding, when it is no table.
    """
    layout = descriptor(described, "LUTDescriptor", signed=signed)
    entries = words(described, ds, "LUTData")
    if layout is None or not len(entries):
        notes.warn("bad-lut", "A look-up table is incomplete; not used", tag="(0028,3002)")
        return None
    count, first, bits = layout
    table = unpacked(entries, count, bits)[:count]
    if len(table) < count:
        notes.warn("bad-lut", f"A look-up table has {len(table)} of {count} entries")
    bits = bits if 0 < bits <= 16 else max(int(table.max()).bit_length(), 1)
    return LookupTable(first, bits, table.tobytes())


def descriptor(ds: PixelDataset, keyword: str, *, signed: bool) -> tuple[int, int, int] | None:
    """Number of entries (0 means 65536), first value mapped, bits of an entry."""
    found = numbers(ds, keyword)
    if len(found) != 3:
        return None
    count, first, bits = (int(one) for one in found)
    first = (first + 0x8000) % 0x10000 - 0x8000 if signed else first % 0x10000
    return count % 0x10000 or 0x10000, first, bits


def words(holder: PixelDataset, ds: PixelDataset, keyword: str) -> NDArray[np.uint16]:
    """Table data as words, whether it reads as numbers (US) or as bytes (OW, OB)."""
    found = value(holder, keyword)
    if isinstance(found, (bytes, bytearray, memoryview)):
        order = ">" if transfer_syntax(ds) == BIG_ENDIAN else "<"
        data = np.frombuffer(found, f"{order}u2", memoryview(found).nbytes // 2)
        return data.astype(np.uint16)
    return np.array([int(one) % 0x10000 for one in numbers(holder, keyword)], np.uint16)


def unpacked(data: NDArray[np.uint16], count: int, bits: int) -> NDArray[np.uint16]:
    """One entry per word; entries of 8 bits or less may lie two in a word, low byte first."""
    if bits > 8 or len(data) >= count:
        return data
    return data.astype("<u2").view(np.uint8).astype(np.uint16)


# --- padding --------------------------------------------------------------------------


def _padding(ds: PixelDataset, frame: Frame) -> tuple[float, float] | None:
    """Pixel Padding Value, to Pixel Padding Range Limit when there is one."""
    if frame.values.dtype.kind == "f":
        double = frame.values.dtype.itemsize == 8
        prefix = "DoubleFloat" if double else "Float"
        value_, limit = (
            number(ds, f"{prefix}PixelPaddingValue"),
            number(ds, f"{prefix}PixelPaddingRangeLimit"),
        )
    else:
        value_, limit = (
            _like_stored(integer(ds, keyword), frame)
            for keyword in ("PixelPaddingValue", "PixelPaddingRangeLimit")
        )
    if value_ is None:
        return None
    ends = (value_, value_ if limit is None else limit)
    return min(ends), max(ends)


def _like_stored(found: int | None, frame: Frame) -> int | None:
    """US or SS read the wrong way round, put right by the sign of the stored values."""
    if found is None:
        return None
    span = 1 << (frame.values.dtype.itemsize * 8)
    limits = np.iinfo(frame.values.dtype)
    return found - span if found > limits.max else found + span if found < limits.min else found
