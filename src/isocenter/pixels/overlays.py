"""Overlay planes: bit maps that belong to an image (PS3.3 C.9.2, C.9.3; PS3.5 8.1.2).

A plane has its own group, 6000 to 60FE. Its bits are in Overlay Data, or, in files
made before 2004, in bits of the pixel cells that the stored values leave free.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.errors import DicomError, PixelError, UsageError
from isocenter.pixels.codecs import Coding, coding
from isocenter.pixels.frames import Frames
from isocenter.pixels.native import native_cells
from isocenter.pixels.source import (
    PixelDataset,
    integer,
    is_big_endian,
    numbers,
    text,
    transfer_syntax,
    value,
)

GROUPS = range(0x6000, 0x6100, 2)
_ELEMENTS = {
    "OverlayRows": 0x0010,
    "OverlayColumns": 0x0011,
    "NumberOfFramesInOverlay": 0x0015,
    "OverlayType": 0x0040,
    "OverlayOrigin": 0x0050,
    "ImageFrameOrigin": 0x0051,
    "OverlayBitsAllocated": 0x0100,
    "OverlayBitPosition": 0x0102,
    "OverlayData": 0x3000,
}
_CLAUSE = "PS3.3 C.9.2"
_BRIGHT = 192  # an overlay is drawn black where the picture is as bright as this


@dataclass(frozen=True, slots=True)
class OverlayPlane:
    """What a group says of its plane.

    ``row`` and ``column`` are the place of the upper left bit, 1 being the image's first
    pixel; ``first_frame`` is counted from 1 and ``None`` when the plane belongs to every
    frame; ``position`` is the bit of the pixel cells, ``None`` for Overlay Data.
    """

    group: int
    rows: int
    columns: int
    frames: int
    kind: str
    row: int
    column: int
    first_frame: int | None
    position: int | None

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the bits: (rows, columns), or (frames, rows, columns)."""
        plane = (self.rows, self.columns)
        return plane if self.frames == 1 else (self.frames, *plane)

    def at(self, frame: int) -> int | None:
        """Which of the plane's frames belongs to image frame ``frame``; both from 0."""
        if self.first_frame is None:
            return 0
        place = frame - (self.first_frame - 1)
        return place if 0 <= place < self.frames else None


class _Group:
    """One group of a data set, looked up by the keywords of group 6000."""

    def __init__(self, ds: PixelDataset, group: int) -> None:
        self.ds, self.group = ds, group

    def _tag(self, keyword: str) -> int:
        return self.group << 16 | _ELEMENTS[keyword]

    def __contains__(self, keyword: Any, /) -> bool:
        return self._tag(keyword) in self.ds

    def __getitem__(self, keyword: Any, /) -> Any:
        return self.ds[self._tag(keyword)]

    def get(self, keyword: Any, default: Any = None, /) -> Any:
        """The value of ``keyword`` in this group."""
        return self[keyword].value if keyword in self else default


def overlay_groups(ds: PixelDataset) -> list[int]:
    """The groups that have an overlay plane."""
    return [group for group in GROUPS if "OverlayRows" in _Group(ds, group)]


def overlay_plane(ds: PixelDataset, group: int = 0x6000) -> OverlayPlane:
    """What group ``group`` says of its plane.

    Raises:
        UsageError: it is no overlay group, or not in the data set.
        PixelError: the plane has no size.
    """
    found = _Group(ds, group)
    if group not in GROUPS or "OverlayRows" not in found:
        raise UsageError(f"there is no overlay in group {group:04X}; {_known(ds)}")
    rows, columns = integer(found, "OverlayRows"), integer(found, "OverlayColumns")
    if not rows or not columns or min(rows, columns) < 0:
        raise PixelError("An overlay has no size", tag=f"({group:04X},0010)", clause=_CLAUSE)
    origin = numbers(found, "OverlayOrigin")
    row, column = (int(one) for one in (origin if len(origin) == 2 else (1, 1)))
    counted = "NumberOfFramesInOverlay" in found or "ImageFrameOrigin" in found
    return OverlayPlane(
        group=group,
        rows=rows,
        columns=columns,
        frames=max(integer(found, "NumberOfFramesInOverlay") or 1, 1),
        kind=text(found, "OverlayType").upper(),
        row=row,
        column=column,
        first_frame=(integer(found, "ImageFrameOrigin") or 1) if counted else None,
        position=None if "OverlayData" in found else integer(found, "OverlayBitPosition"),
    )


def _known(ds: PixelDataset) -> str:
    groups = [f"{group:04X}" for group in overlay_groups(ds)]
    return f"there is one in {', '.join(groups)}" if groups else "there is none at all"


def overlay_array(ds: PixelDataset, group: int = 0x6000) -> NDArray[np.uint8]:
    """The bits of an overlay plane.

    Args:
        ds: the data set.
        group: 0x6000 to 0x60FE.

    Returns:
        uint8 of 0 and 1, shape (rows, columns) or (frames, rows, columns) of the *overlay*;
        where it lies on the image is Overlay Origin's to say.

    Raises:
        UsageError: there is no such plane.
        PixelError: there are fewer bits than the plane has, or they are said to be inside
            codestreams, which keep none but the stored values.
    """
    plane = overlay_plane(ds, group)
    if plane.position is None:
        return _separate(ds, plane)
    return _embedded(Frames(ds), plane)


def _separate(ds: PixelDataset, plane: OverlayPlane) -> NDArray[np.uint8]:
    """Overlay Data: bits without gaps, the least significant of each byte or word first."""
    data = _bytes(ds, plane.group)
    wanted = int(np.prod(plane.shape, dtype=object))
    if len(data) * 8 < wanted:
        raise PixelError(
            f"An overlay of {plane.rows} x {plane.columns} x {plane.frames} bits has {len(data)} bytes",
            tag=f"({plane.group:04X},3000)",
            clause="PS3.5 8.1.2",
        )
    bits = np.unpackbits(np.frombuffer(data, np.uint8), count=wanted, bitorder="little")
    return bits.reshape(plane.shape)


def _bytes(ds: PixelDataset, group: int) -> bytes:
    found = value(_Group(ds, group), "OverlayData")
    data = bytes(found) if isinstance(found, (bytes, bytearray, memoryview)) else b""
    big = is_big_endian(ds, transfer_syntax(ds))
    if big and _Group(ds, group)["OverlayData"].VR == "OW":
        return np.frombuffer(data, ">u2", len(data) // 2).astype("<u2").tobytes()
    return data


def _embedded(frames: Frames, plane: OverlayPlane) -> NDArray[np.uint8]:
    """One bit of the pixel cells, of every frame the plane belongs to."""
    image, position = frames.image, plane.position or 0
    kind = coding(transfer_syntax(frames.dataset))
    stored = range(image.high_bit + 1 - image.bits_stored, image.high_bit + 1)
    if kind is Coding.CODESTREAM or position in stored or image.samples != 1:
        raise PixelError(
            f"An overlay has no Overlay Data, and bit {position} of the pixel cells is not its own",
            tag=f"({plane.group:04X},0102)",
            clause="PS3.5 8.1.2",
        )
    first = (plane.first_frame or 1) - 1
    count = plane.frames if plane.first_frame else image.count
    whole = frames if kind is Coding.NATIVE else Frames(frames.dataset, cells=True)
    bits = [_bit(whole, index, position) for index in range(first, first + count)]
    return bits[0] if count == 1 else np.stack(bits)


def _bit(frames: Frames, index: int, position: int) -> NDArray[np.uint8]:
    image, syntax = frames.image, transfer_syntax(frames.dataset)
    if not 0 <= index < image.count or position >= image.bits_allocated:
        raise PixelError(f"An overlay needs bit {position} of frame {index}", clause=_CLAUSE)
    if coding(syntax) is Coding.NATIVE:
        data, big = value(frames.dataset, "PixelData"), is_big_endian(frames.dataset, syntax)
        cells = native_cells(data, index, image, big=big)
    else:
        cells = frames.array(index)
    return (cells >> position & 1).astype(np.uint8).reshape(image.rows, image.columns)


# --- burnt in -------------------------------------------------------------------------


def burnt(picture: NDArray[np.uint8], frames: Frames, index: int) -> NDArray[np.uint8]:
    """A copy of ``picture`` with the overlays of frame ``index`` drawn into it.

    Graphics are drawn as they are, of a region of interest (R) the outline: what it marks
    is to be seen. They are white, and black where the picture is bright. What lies outside
    the image is cut off; a plane that cannot be read is a finding.
    """
    drawn = picture.copy()
    for group in overlay_groups(frames.dataset):
        try:
            bits, plane = _frame_bits(frames, group, index)
        except DicomError as error:
            frames.notes.warn("bad-overlay", error.problem, tag=error.tag, clause=error.clause)
            continue
        if bits is not None:
            _draw(drawn, outline(bits) if plane.kind == "R" else bits, plane)
    return drawn


def _frame_bits(
    frames: Frames, group: int, index: int
) -> tuple[NDArray[np.uint8] | None, OverlayPlane]:
    plane = overlay_plane(frames.dataset, group)
    if plane.position is not None and plane.first_frame is None:
        plane = replace(plane, first_frame=index + 1)  # every frame has bits of its own
    at = plane.at(index)
    if at is None:
        return None, plane
    separate = plane.position is None
    bits = _separate(frames.dataset, plane) if separate else _embedded(frames, plane)
    return bits.reshape(-1, *bits.shape[-2:])[at], plane


def outline(bits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The bits that have a neighbour above, below, left or right that is not set."""
    padded = np.pad(bits, 1)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return np.where(inner, 0, bits).astype(np.uint8)


def _draw(drawn: NDArray[np.uint8], bits: NDArray[np.uint8], plane: OverlayPlane) -> None:
    """Draw into ``drawn``, which may have any number of samples per pixel."""
    top, left = plane.row - 1, plane.column - 1
    bottom, right = (max(top + bits.shape[0], 0), max(left + bits.shape[1], 0))
    samples = drawn.reshape(*drawn.shape[:2], -1)
    part = samples[max(top, 0) : bottom, max(left, 0) : right]
    inside = bits[max(-top, 0) :, max(-left, 0) :][: part.shape[0], : part.shape[1]] != 0
    bright = part[inside].min(axis=1) >= _BRIGHT
    part[inside] = np.where(bright, 0, 255)[:, None]
