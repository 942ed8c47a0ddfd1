"""Data sets from files."""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from typing import BinaryIO, TypeAlias

from isocenter.core.encoding import Buffer
from isocenter.core.part10 import FileDataset, parse
from isocenter.core.reader import NEVER, PIXELS
from isocenter.errors import DicomError

FileLike: TypeAlias = "str | os.PathLike[str] | BinaryIO | Buffer"
_FIRST_READ = 1 << 16
_GROWTH = 8
_MAPPED = 64 << 20


def dcmread(fp: FileLike, *, stop_before_pixels: bool = False, force: bool = False) -> FileDataset:
    """Read a DICOM file.

    Args:
        fp: a path, an open binary file, or the bytes themselves.
        stop_before_pixels: read only what precedes (7FE0,0008), (7FE0,0009) or
            (7FE0,0010); of a file, little more than that is read from disk.
        force: read bytes without a ``DICM`` prefix as a data set.

    Raises:
        InvalidDicomError: the bytes are no DICOM file.
        OSError: the file cannot be opened or read.
    """
    stop = PIXELS if stop_before_pixels else NEVER
    if isinstance(fp, bytes | bytearray | memoryview):
        return parse(fp, force=force, stop=stop)
    if isinstance(fp, str | os.PathLike):
        return _read_path(os.fspath(fp), stop=stop, force=force)
    return parse(fp.read(), force=force, stop=stop)


def _read_path(path: str, *, stop: int, force: bool) -> FileDataset:
    try:
        if stop == PIXELS:
            return _read_header(path, force=force)
        return parse(content(path), force=force)
    except DicomError as error:
        error.path = path
        raise


def content(path: str | os.PathLike[str]) -> Buffer:
    """The bytes of a file; of a large one a view that the system pages in as it is read.

    Raises:
        OSError: the file cannot be opened or read.
    """
    with Path(path).open("rb", buffering=0) as file:
        if os.fstat(file.fileno()).st_size < _MAPPED:
            return file.read()
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _read_header(path: str, *, force: bool) -> FileDataset:
    """Read more and more of the file until the pixel data or the end is reached."""
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))  # half the cost of open()
    try:
        data, wanted = os.read(file, _FIRST_READ), _FIRST_READ
        dataset = parse(data, force=force, stop=PIXELS)
        while not dataset.stopped and len(data) == wanted:
            wanted *= _GROWTH
            data += os.read(file, wanted - len(data))
            dataset = parse(data, force=force, stop=PIXELS)
    finally:
        os.close(file)
    return dataset
