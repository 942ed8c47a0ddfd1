"""A light look at an image file: some elements of its header, and where its pixel data lies.

In: a path, and the tags that are wanted. Out: a :class:`Glance`, or ``None`` for a file that is
not plain, which has to be read. Plain is a file with a ``DICM`` prefix whose header has no
finding and which ends with native Pixel Data, or padding behind it (PS3.10 7.2), as most
files of a scanner do.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import NamedTuple, Self

from isocenter.core.encoding import UNDEFINED, Encoding
from isocenter.core.part10 import FileDataset, has_prefix, parse
from isocenter.core.reader import PIXELS
from isocenter.errors import DicomError
from isocenter.files.deferred import open_binary, read_at

_FIRST_READ = 1 << 16
_PIXEL_DATA, _PADDING = (0x7FE0, 0x0010), (0xFFFC, 0xFFFC)
_HEADER = 12
_OF_BYTES = frozenset({"OB", "OW"})  # PS3.5 8.1.2


@dataclass(frozen=True, slots=True)
class PixelPlace:
    """Where the value of Pixel Data lies: ``start`` and ``length`` in bytes, and its VR.

    ``size`` (bytes) and ``modified`` (ns) are those of the file when it was looked at.
    """

    start: int
    length: int
    vr: str | None
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class Glance:
    """The wanted elements of a file's header, and where its Pixel Data lies."""

    dataset: FileDataset
    pixels: PixelPlace


def glance(path: str | os.PathLike[str], wanted: frozenset[int]) -> Glance | None:
    """Look at a file; ``None`` when it is not plain.

    Raises:
        OSError: it cannot be opened or read.
    """
    file = open_binary(os.fspath(path))
    try:
        state, data = os.fstat(file), os.read(file, _FIRST_READ)
        dataset = parse(data, stop=PIXELS, wanted=wanted) if has_prefix(data) else None
        place = None if dataset is None else _pixel_place(dataset, data, file, state)
    except DicomError:
        return None
    finally:
        os.close(file)
    return None if dataset is None or place is None else Glance(dataset, place)


def _pixel_place(
    dataset: FileDataset, data: bytes, file: int, state: os.stat_result
) -> PixelPlace | None:
    stored = dataset.stored
    if stored is None or not dataset.stopped or len(data) < dataset.end + _HEADER:
        return None
    encoded, encoding = stored.encoded, stored.span.encoding
    if encoded.findings or not encoded.in_file:
        return None
    pixels = _Bytes.at(dataset.end, data, dataset.end, encoding)
    if pixels is None or pixels.tag != _PIXEL_DATA:
        return None
    if pixels.end != state.st_size:
        behind = read_at(file, pixels.end, _HEADER)
        padding = _Bytes.at(0, behind, pixels.end, encoding) if len(behind) == _HEADER else None
        if padding is None or padding.tag != _PADDING or padding.end != state.st_size:
            return None
    stored.is_selection = False  # most of it is compared, not decoded
    length = pixels.end - pixels.start
    return PixelPlace(pixels.start, length, pixels.vr, state.st_size, state.st_mtime_ns)


class _Bytes(NamedTuple):
    """An element of bytes in a file."""

    tag: tuple[int, int]
    vr: str | None
    start: int
    end: int

    @classmethod
    def at(cls, position: int, data: bytes, offset: int, encoding: Encoding) -> Self | None:
        """The element whose header stands in ``data``; ``None`` when it is none of bytes.

        ``offset`` is where that header is in the file.
        """
        group, element, length = encoding.implicit_header(data, position)
        vr, content = None, 8
        if encoding.explicit:
            _, _, number, _ = encoding.explicit_header(data, position)
            vr, content = encoding.long.get(number), _HEADER
            (length,) = encoding.length(data, position + 8)
        if length == UNDEFINED or (encoding.explicit and vr not in _OF_BYTES):
            return None
        start = offset + content
        return cls((group, element), vr, start, start + length)


def read_pixels(path: str | os.PathLike[str], place: PixelPlace) -> bytes | None:
    """The value of Pixel Data; ``None`` when the file is no longer the one looked at.

    Raises:
        OSError: it cannot be opened or read.
    """
    file = open_binary(os.fspath(path))
    try:
        state = os.fstat(file)
        if (state.st_size, state.st_mtime_ns) != (place.size, place.modified):
            return None
        data = read_at(file, place.start, place.length)
    finally:
        os.close(file)
    return data if len(data) == place.length else None
