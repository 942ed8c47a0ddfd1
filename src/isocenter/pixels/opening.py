"""The data set behind what a caller may give for an image: a data set, a path, an open file.

Large files are mapped, so that a frame is read from disk when it is asked for, and its
pages are given back behind it.
"""

from __future__ import annotations

import io
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple, TypeAlias

from isocenter.core.dataset import Dataset
from isocenter.core.encoding import Buffer
from isocenter.core.part10 import looks_like_dataset, parse
from isocenter.errors import DicomError
from isocenter.files.reading import content
from isocenter.pixels.source import PixelDataset

Source: TypeAlias = "PixelDataset | str | os.PathLike[str] | BinaryIO | Buffer"
_MAPPED = 1 << 20


class Opened(NamedTuple):
    """A data set, and the buffer it was read from for this call; ``None`` when it was given."""

    dataset: Any
    buffer: Buffer | None

    def release(self) -> None:
        """Give back the pages read so far; what is asked for again is read again."""
        mapped = getattr(self.buffer, "obj", None)
        if isinstance(mapped, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            mapped.madvise(mmap.MADV_DONTNEED)


@contextmanager
def opened(src: Source) -> Iterator[Opened]:
    """The data set of ``src``; errors inside the block tell the path.

    A file that is open already is read from where it stands, and stays there.

    Raises:
        InvalidDicomError: the bytes are no DICOM file.
        OSError: the file cannot be opened or read.
    """
    path = os.fspath(src) if isinstance(src, str | os.PathLike) else None
    buffer = _buffer(src)
    try:
        if buffer is None:
            yield Opened(src, None)
        else:
            yield Opened(parse(buffer, force=looks_like_dataset(buffer)), buffer)
    except DicomError as error:
        error.path = error.path or path
        raise


def _buffer(src: Source) -> Buffer | None:
    if isinstance(src, Dataset):  # asking it for a method it does not have takes a millisecond
        return None
    if isinstance(src, str | os.PathLike):
        return content(src, mapped_from=_MAPPED)
    if isinstance(src, bytes | bytearray | memoryview):
        return src
    return _rest(src) if hasattr(src, "read") else None


def _rest(file: Any) -> Buffer:
    """What an open file has from where it stands."""
    start = file.tell()
    plain = isinstance(file, io.BufferedReader) and isinstance(file.raw, io.FileIO)
    if plain and os.fstat(file.fileno()).st_size:  # nothing cannot be mapped
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return memoryview(mapped)[start:]
    data: bytes = file.read()
    file.seek(start)
    return data
