"""The Image Pixel Module's facts (PS3.3 C.7.6.3), checked once per data set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from isocenter.errors import NoPixelsError, PixelError
from isocenter.pixels.notes import Notes
from isocenter.pixels.source import PixelDataset, integer, text, value

SUBSAMPLED = frozenset({"YBR_FULL_422", "YBR_PARTIAL_422"})

_CLAUSE = "PS3.3 C.7.6.3"
_TAGS = {
    "Rows": "(0028,0010)",
    "Columns": "(0028,0011)",
    "SamplesPerPixel": "(0028,0002)",
    "NumberOfFrames": "(0028,0008)",
    "BitsAllocated": "(0028,0100)",
    "BitsStored": "(0028,0101)",
    "HighBit": "(0028,0102)",
    "PixelRepresentation": "(0028,0103)",
    "PlanarConfiguration": "(0028,0006)",
}
_ALLOCATED = {1, *range(8, 65, 8)}
_ELEMENTS = {"PixelData": 0, "FloatPixelData": 32, "DoubleFloatPixelData": 64}


@dataclass(frozen=True, slots=True)
class ImagePixel:
    """How the pixel cells of every frame are laid out.

    ``bits_allocated`` is 1 or a multiple of 8 up to 64; an array's elements are the next
    8, 16, 32 or 64 bits. ``floating`` tells IEEE cells; ``subsampled`` that four cells
    hold two pixels (4:2:2); ``planar`` that a frame is stored plane by plane.
    """

    element: str
    count: int
    rows: int
    columns: int
    samples: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    planar: bool
    floating: bool
    subsampled: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one frame's array."""
        plane = (self.rows, self.columns)
        return plane if self.samples == 1 else (*plane, self.samples)

    @property
    def cells(self) -> int:
        """Pixel cells of one frame, as stored."""
        pixels = self.rows * self.columns
        return (pixels + pixels % 2) * 2 if self.subsampled else pixels * self.samples

    @property
    def frame_bits(self) -> int:
        """Bits of one frame, as stored."""
        return self.cells * self.bits_allocated

    @property
    def dtype(self) -> np.dtype[Any]:
        """The array's data type, in the byte order of this machine."""
        kind = "f" if self.floating else "i" if self.signed else "u"
        return np.dtype(f"{kind}{container(self.bits_allocated)}")

    def whole_cells(self) -> ImagePixel:
        """The same layout with every bit of a cell a bit of the value."""
        return replace(self, bits_stored=self.bits_allocated, high_bit=self.bits_allocated - 1)

    @property
    def array_bytes(self) -> int:
        """Bytes of one frame's array."""
        return self.rows * self.columns * self.samples * self.dtype.itemsize


def container(bits: int) -> int:
    """Bytes of the smallest integer of numpy that has ``bits`` bits."""
    return next(width for width in (1, 2, 4, 8) if bits <= 8 * width)


def image_pixel(ds: PixelDataset, *, native: bool, notes: Notes, element: str = "") -> ImagePixel:
    """Read the module from ``ds``.

    Args:
        ds: the data set.
        native: frames are not compressed.
        notes: takes the findings.
        element: the keyword of the pixel element, where it is still to come.

    Raises:
        NoPixelsError: there is no pixel element.
        PixelError: a fact nobody can guess is missing or impossible.
    """
    element = element or _element(ds)
    floating = _ELEMENTS[element]
    samples = _samples(ds, notes)
    photometric = _photometric(ds, samples, notes)
    allocated = floating or _bits_allocated(ds)
    stored = allocated if floating else _bits_stored(ds, allocated, notes)
    return ImagePixel(
        element=element,
        count=_count(ds, notes),
        rows=_extent(ds, "Rows"),
        columns=_extent(ds, "Columns"),
        samples=samples,
        photometric=photometric,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=stored - 1 if floating else _high_bit(ds, allocated, stored, notes),
        signed=not floating and _flag(ds, "PixelRepresentation", notes),
        planar=samples > 1 and _flag(ds, "PlanarConfiguration", notes),
        floating=bool(floating),
        subsampled=native and samples == 3 and photometric in SUBSAMPLED,
    )


def _element(ds: PixelDataset) -> str:
    for keyword in _ELEMENTS:
        if keyword in ds:
            return keyword
    raise NoPixelsError("There is no Pixel Data", clause="PS3.3 C.7.6.3")


def _extent(ds: PixelDataset, keyword: str) -> int:
    found = integer(ds, keyword)
    if found is None or not 0 < found < 1 << 32:
        raise PixelError(
            f"{keyword} is {value(ds, keyword)!r}; a count of pixels is needed",
            tag=_TAGS[keyword],
            clause=_CLAUSE,
        )
    return found


def _samples(ds: PixelDataset, notes: Notes) -> int:
    found = integer(ds, "SamplesPerPixel")
    if found is None:
        found = 3 if text(ds, "PhotometricInterpretation")[:3] in {"RGB", "YBR"} else 1
        _assumed(notes, ds, "SamplesPerPixel", found)
    if found not in {1, 3, 4}:
        raise PixelError(
            f"SamplesPerPixel is {found}; 1, 3 or 4 can be read",
            tag=_TAGS["SamplesPerPixel"],
            clause="PS3.3 C.7.6.3.1.1",
        )
    return found


def _photometric(ds: PixelDataset, samples: int, notes: Notes) -> str:
    found = text(ds, "PhotometricInterpretation").upper()
    if found:
        return found
    assumed = "MONOCHROME2" if samples == 1 else "RGB"
    notes.warn(
        "assumed-value",
        f"PhotometricInterpretation is missing; taken as {assumed}",
        tag="(0028,0004)",
        clause=_CLAUSE,
    )
    return assumed


def _bits_allocated(ds: PixelDataset) -> int:
    found = integer(ds, "BitsAllocated")
    if found is None or found not in _ALLOCATED:
        raise PixelError(
            f"BitsAllocated is {value(ds, 'BitsAllocated')!r}; 1 or a multiple of 8 up to 64"
            " can be read",
            tag=_TAGS["BitsAllocated"],
            clause=_CLAUSE,
        )
    return found


def _bits_stored(ds: PixelDataset, allocated: int, notes: Notes) -> int:
    found = integer(ds, "BitsStored")
    if found is not None and 0 < found <= allocated:
        return found
    _assumed(notes, ds, "BitsStored", allocated)
    return allocated


def _high_bit(ds: PixelDataset, allocated: int, stored: int, notes: Notes) -> int:
    found = integer(ds, "HighBit")
    if found is not None and stored - 1 <= found < allocated:
        return found
    _assumed(notes, ds, "HighBit", stored - 1)
    return stored - 1


def _flag(ds: PixelDataset, keyword: str, notes: Notes) -> bool:
    found = integer(ds, keyword)
    if found not in {0, 1}:
        _assumed(notes, ds, keyword, 0)
    return found == 1


def _count(ds: PixelDataset, notes: Notes) -> int:
    """Number of Frames: 1 when absent (PS3.3 C.7.6.6 is for multi-frame images only)."""
    if value(ds, "NumberOfFrames") is None and "NumberOfFrames" not in ds:
        return 1
    found = integer(ds, "NumberOfFrames")
    if found is not None and 0 < found < 1 << 31:
        return found
    _assumed(notes, ds, "NumberOfFrames", 1)
    return 1


def _assumed(notes: Notes, ds: PixelDataset, keyword: str, assumed: int) -> None:
    notes.warn(
        "assumed-value",
        f"{keyword} is {str(value(ds, keyword))[:40]}; taken as {assumed}",
        tag=_TAGS[keyword],
        clause=_CLAUSE,
    )
