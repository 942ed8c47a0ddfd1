"""Data sets from files."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias

from isocenter.core.dataset import FileMetaDataset
from isocenter.core.encoding import Buffer
from isocenter.core.part10 import (
    FileDataset,
    has_prefix,
    looks_like_dataset,
    parse,
    trimmed,
)
from isocenter.core.reader import NEVER, PIXELS
from isocenter.errors import DicomError, InvalidDicomError
from isocenter.standard.tag import Tag, TagLike

FileLike: TypeAlias = "str | os.PathLike[str] | BinaryIO | Buffer"
_FIRST_READ = 1 << 16
_GROWTH = 8
_MAPPED = 64 << 20
_CHARSET = 0x00080005
_META_END = 0x00030000


class _Reading(NamedTuple):
    """What of a file is read: up to ``stop``, and of that the ``wanted`` tags."""

    force: bool = False
    stop: int = NEVER
    wanted: frozenset[int] | None = None

    def parse(self, data: Buffer) -> FileDataset:
        return parse(data, force=self.force, stop=self.stop, wanted=self.wanted)


_USUAL = {
    (force, header): _Reading(force, PIXELS if header else NEVER)
    for force in (False, True)
    for header in (False, True)
}


def dcmread(
    fp: FileLike,
    *,
    stop_before_pixels: bool = False,
    force: bool = False,
    specific_tags: Iterable[TagLike] | None = None,
) -> FileDataset:
    """Read a DICOM file.

    Args:
        fp: a path, an open binary file, or the bytes themselves.
        stop_before_pixels: read only what precedes (7FE0,0008), (7FE0,0009) or
            (7FE0,0010); of a file, little more than that is read from disk.
        force: read bytes without a ``DICM`` prefix as a data set.
        specific_tags: keep only these elements of the data set, and Specific Character
            Set; reading stops after the last of them.

    Raises:
        InvalidDicomError: the bytes are no DICOM file.
        UsageError: one of ``specific_tags`` is no tag.
        OSError: the file cannot be opened or read.
    """
    reading = _reading(specific_tags, stop_before_pixels=stop_before_pixels, force=force)
    if isinstance(fp, bytes | bytearray | memoryview):
        return reading.parse(fp)
    if isinstance(fp, str | os.PathLike):
        return _read_path(os.fspath(fp), reading)
    return reading.parse(fp.read())


def _reading(tags: Iterable[TagLike] | None, *, stop_before_pixels: bool, force: bool) -> _Reading:
    if tags is None:
        return _USUAL[bool(force), bool(stop_before_pixels)]
    stop = PIXELS if stop_before_pixels else NEVER
    wanted = frozenset(int(Tag(tag)) for tag in tags) | {_CHARSET}
    return _Reading(force, min(stop, max(wanted) + 1), wanted)


def read_by_content(
    path: str | os.PathLike[str], *, stop_before_pixels: bool = False
) -> FileDataset:
    """Read a file; one without the ``DICM`` prefix when what stands there is a data set.

    Raises:
        InvalidDicomError: the bytes are no DICOM file and no data set.
        OSError: the file cannot be opened or read.
    """
    try:
        return dcmread(path, stop_before_pixels=stop_before_pixels)
    except InvalidDicomError:
        with Path(path).open("rb") as file:
            if not looks_like_dataset(file.read(_FIRST_READ)):
                raise
        return dcmread(path, stop_before_pixels=stop_before_pixels, force=True)


def read_file_meta_info(filename: str | os.PathLike[str]) -> FileMetaDataset:
    """The File Meta Information of a file (PS3.10 7.1); empty when it has none.

    Raises:
        InvalidDicomError: the file is no DICOM file.
        OSError: it cannot be opened or read.
    """
    return _read_path(os.fspath(filename), _Reading(stop=_META_END)).file_meta


def is_dicom(filename: str | os.PathLike[str]) -> bool:
    """Whether ``DICM`` follows a preamble of 128 bytes (PS3.10 7.1).

    Raises:
        OSError: the file cannot be opened or read.
    """
    with Path(filename).open("rb") as file:
        return has_prefix(file.read(132))


def _read_path(path: str, reading: _Reading) -> FileDataset:
    try:
        if reading.stop != NEVER:
            return _read_beginning(path, reading)
        return reading.parse(content(path))
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


def _read_beginning(path: str, reading: _Reading) -> FileDataset:
    """Read more and more of the file until the stop or the end is reached."""
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))  # half the cost of open()
    try:
        data, wanted = os.read(file, _FIRST_READ), _FIRST_READ
        dataset = reading.parse(data)
        while not dataset.stopped and len(data) == wanted:
            wanted *= _GROWTH
            data += os.read(file, wanted - len(data))
            dataset = reading.parse(data)
    finally:
        os.close(file)
    return trimmed(dataset) if dataset.stopped else dataset
