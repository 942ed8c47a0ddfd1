"""Siemens' own header, the CSA header, and mosaics: the slices of a volume tiled into one image.

Neither is in the Standard nor described by the vendor in public. The layout is what
public readers of it agree on, checked against the one real header in our test data
(form SV10); of the older form no real file was at hand.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from isocenter.errors import DicomError, UsageError, ValueDecodingError
from isocenter.pixels.geometry import Orientation, Vector, slice_key
from isocenter.pixels.source import PixelDataset, integer, numbers, text, values

CSA_CREATOR = "SIEMENS CSA HEADER"
MR_CREATOR = "SIEMENS MR HEADER"
MAKER = "SIEMENS"

_MAGIC = b"SV10"
_MARK = 77
_MARKS = (77, 205)
_ENTRY = struct.Struct("<64si4siii")
_ITEM = struct.Struct("<4i")


class CsaHeaderError(ValueDecodingError):
    """The bytes are no CSA header, or a damaged one; ``offset`` counts from its start."""


@dataclass(frozen=True, slots=True)
class Mosaic:
    """How a volume is tiled into one image.

    ``images`` is the number of slices, ``rows`` and ``columns`` the size of one tile in
    pixels, ``grid`` the number of tiles beside and below each other. ``position`` is the
    centre of the first pixel of the first slice, in millimetres and patient coordinates
    (as Image Position (Patient), PS3.3 C.7.6.2.1.1), ``normal`` the unit vector from a
    slice to the next as the CSA header has it; each ``None`` when it cannot be told.
    """

    images: int
    rows: int
    columns: int
    grid: int
    position: Vector | None
    normal: Vector | None


def private_value(ds: PixelDataset, tag: int, creator: str, maker: str) -> Any:
    """The value of a private element, in whatever block its creator has reserved.

    Args:
        ds: the data set.
        tag: the element as if its block were 10, such as ``0x00291010``.
        creator: who reserves the block (PS3.5 7.8.1).
        maker: how Manufacturer begins where the creator is missing: anonymised files
            lose creators and keep elements. Then, and only if nobody else has reserved
            block 10, it is assumed to be the creator's.

    Returns:
        The value, bytes where its VR is unknown; ``None`` when absent or undecodable.
    """
    group = tag & 0xFFFF0000
    block = next((n for n in range(0x10, 0x100) if _reserved(ds, group | n) == creator), None)
    if block is None and _assumed(ds, group, maker):
        block = 0x10
    return None if block is None else _element_value(ds, group | block << 8 | tag & 0xFF)


def _reserved(ds: PixelDataset, tag: int) -> str | None:
    found = _element_value(ds, tag) if tag in ds else None
    if isinstance(found, bytes):
        found = found.decode("latin_1")
    return None if found is None else str(found).strip(" \0")


def _assumed(ds: PixelDataset, group: int, maker: str) -> bool:
    named = text(ds, "Manufacturer").upper()
    return named.startswith(maker) and not _reserved(ds, group | 0x10)


def _element_value(ds: PixelDataset, tag: int) -> Any:
    try:
        return getattr(ds.get(tag), "value", None)
    except (DicomError, ValueError, TypeError, LookupError, NotImplementedError):
        return None


def csa_header(data: bytes) -> dict[str, tuple[str, ...]]:
    """The entries of a CSA header by name, each with its values as text without padding.

    Both forms are read, that which begins with ``SV10`` and the older one without.
    All numbers are little endian whatever the file's transfer syntax. Entries without
    a value have an empty tuple; of entries with one name the first counts.

    Args:
        data: the value of CSA Image Header Info (0029,xx10) or CSA Series Header Info
            (0029,xx20).

    Raises:
        CsaHeaderError: the bytes are no CSA header, or end early.
    """
    reader = _Reader(bytes(data))
    newer = reader.data.startswith(_MAGIC)
    count = _count(reader, newer=newer)
    found: dict[str, tuple[str, ...]] = {}
    length: Callable[[tuple[int, ...]], int] | None = _newer_length if newer else None
    for _ in range(count):
        name, multiplicity, items = _entry(reader)
        if length is None:
            length = _older_length(items)
        texts = _items(reader, items, length, items if newer else multiplicity)
        found.setdefault(name, _told(texts, multiplicity))
    return found


def csa_image_header(ds: PixelDataset) -> dict[str, tuple[str, ...]]:
    """The entries of the image's CSA header; none when it has no such header.

    Raises:
        CsaHeaderError: there is one, but it is damaged.
    """
    data = private_value(ds, 0x00291010, CSA_CREATOR, MAKER)
    return csa_header(bytes(data)) if isinstance(data, bytes | memoryview) and data else {}


class _Reader:
    """Bytes read from the front, never beyond the end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0

    @property
    def left(self) -> int:
        return len(self.data) - self.offset

    def take(self, size: int) -> bytes:
        if not 0 <= size <= self.left:
            raise self.damaged(f"{size} bytes are announced and {self.left} are left")
        self.offset += size
        return self.data[self.offset - size : self.offset]

    def unpack(self, form: struct.Struct) -> tuple[Any, ...]:
        return form.unpack(self.take(form.size))

    def damaged(self, problem: str) -> CsaHeaderError:
        return CsaHeaderError(f"Damaged CSA header: {problem}", offset=self.offset)


def _count(reader: _Reader, *, newer: bool) -> int:
    """How many entries follow; beyond the count stands a fixed mark in both forms."""
    if newer:
        reader.take(8)
    count, mark = reader.unpack(struct.Struct("<Ii"))
    if mark != _MARK or not 0 < count * _ENTRY.size <= reader.left:
        raise reader.damaged("its count of entries is impossible")
    return int(count)


def _entry(reader: _Reader) -> tuple[str, int, int]:
    """Name, value multiplicity and number of items of the next entry."""
    name, multiplicity, _, _, items, mark = reader.unpack(_ENTRY)
    if mark not in _MARKS or items < 0 or multiplicity < 0:
        raise reader.damaged("an entry does not begin where one is expected")
    return _text(name), multiplicity, items


def _newer_length(head: tuple[int, ...]) -> int:
    return head[1]


def _older_length(first_items: int) -> Callable[[tuple[int, ...]], int]:
    """The older form adds the number of items of the first entry to every length."""
    return lambda head: max(head[0] - first_items, 0)


def _items(
    reader: _Reader, count: int, length: Callable[[tuple[int, ...]], int], needed: int
) -> list[str]:
    """The texts of one entry; beyond the ``needed`` ones an impossible length ends it."""
    texts: list[str] = []
    for n in range(count):
        size = length(reader.unpack(_ITEM))
        if n >= needed and size > reader.left:
            break
        texts.append(_text(reader.take(size)))
        reader.take(min(-size % 4, reader.left))
    return texts


def _text(data: bytes) -> str:
    return data.partition(b"\0")[0].decode("latin_1").strip()


def _told(texts: list[str], multiplicity: int) -> tuple[str, ...]:
    """As many values as the entry says it has, without the empty ones at the end."""
    told = texts[:multiplicity] if multiplicity else texts
    while told and not told[-1]:
        told = told[:-1]
    return tuple(told)


def mosaic(ds: PixelDataset) -> Mosaic | None:
    """How the slices are tiled; ``None`` when the image is no mosaic or does not add up.

    The number of slices is NumberOfImagesInMosaic of the CSA header, else (0019,xx0A).
    The grid is the smallest square that holds them.

    Raises:
        CsaHeaderError: the image says it is a mosaic, and its CSA header is damaged.
    """
    if "MOSAIC" not in values(ds, "ImageType"):
        return None
    header = csa_image_header(ds)
    images = _images(ds, header)
    size = integer(ds, "Rows"), integer(ds, "Columns")
    return None if images is None else _tiled(ds, header, images, size)


def _images(ds: PixelDataset, header: dict[str, tuple[str, ...]]) -> int | None:
    told: Any = next(iter(header.get("NumberOfImagesInMosaic", ())), None)
    if told is None:
        told = private_value(ds, 0x0019100A, MR_CREATOR, MAKER)
    try:
        images = int(told)
    except (TypeError, ValueError):
        return None
    return images if images > 0 else None


def _tiled(
    ds: PixelDataset,
    header: dict[str, tuple[str, ...]],
    images: int,
    size: tuple[int | None, int | None],
) -> Mosaic | None:
    rows, columns = size
    grid = math.isqrt(images - 1) + 1
    if not rows or not columns or rows % grid or columns % grid:
        return None
    tile = rows // grid, columns // grid
    position = _first_position(ds, (rows - tile[0]) / 2, (columns - tile[1]) / 2)
    return Mosaic(images, *tile, grid, position, _normal(header))


def _first_position(ds: PixelDataset, down: float, along: float) -> Vector | None:
    """Where the first slice begins, in millimetres.

    Image Position (Patient) of a mosaic is that of an image as large as the whole
    mosaic around the centre of the first slice. So the first pixel of the slice lies
    half the difference of the sizes, in pixels ``along`` the row direction and ``down``
    the column direction, from there: p + r * s_c * along + c * s_r * down, where r and
    c are the direction cosines of Image Orientation (Patient), s_r and s_c the two
    values of Pixel Spacing (between rows, between columns; PS3.3 10.7.1.3).
    """
    key, spacing = slice_key(ds, ""), numbers(ds, "PixelSpacing")
    if key.position is None or key.orientation is None or len(spacing) != 2:
        return None
    shift = spacing[1] * along, spacing[0] * down
    return _moved(key.position, key.orientation, shift)


def _moved(start: Vector, cosines: Orientation, shift: tuple[float, float]) -> Vector:
    x, y, z = (
        start[n] + shift[0] * cosines[n] + shift[1] * cosines[n + 3] for n in range(len(start))
    )
    return x, y, z


def _normal(header: dict[str, tuple[str, ...]]) -> Vector | None:
    try:
        x, y, z = map(float, header.get("SliceNormalVector", ()))
    except ValueError:
        return None
    return (x, y, z) if math.isclose(math.hypot(x, y, z), 1, abs_tol=1e-3) else None


def split_mosaic(array: npt.NDArray[Any], tiling: Mosaic) -> npt.NDArray[Any]:
    """The slices of a mosaic, in the order of its tiles: row by row, from the left.

    Args:
        array: the stored or rescaled values, shape (grid * rows, grid * columns).
        tiling: what :func:`mosaic` told of the image.

    Returns:
        An array of shape (images, rows, columns) and the same dtype.

    Raises:
        UsageError: the array is not of that shape.
    """
    grid, rows, columns = tiling.grid, tiling.rows, tiling.columns
    if array.shape != (grid * rows, grid * columns):
        raise UsageError(f"A mosaic of shape {(grid * rows, grid * columns)}, not {array.shape}")
    tiles = array.reshape(grid, rows, grid, columns).swapaxes(1, 2)
    return np.ascontiguousarray(tiles.reshape(grid * grid, rows, columns)[: tiling.images])
