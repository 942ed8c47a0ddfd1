"""Data sets from files."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, TypeGuard

from isocenter.core.dataset import FileMetaDataset
from isocenter.core.encoding import Buffer
from isocenter.core.limits import DEFAULT_LIMITS, Limits
from isocenter.core.part10 import FileDataset, has_prefix, looks_like_dataset, trimmed
from isocenter.core.reader import NEVER
from isocenter.errors import DicomError, InvalidDicomError
from isocenter.files import options
from isocenter.files.deferred import open_binary, read_up_to
from isocenter.files.options import Reading
from isocenter.files.partial import read_partly
from isocenter.standard.tag import TagLike

FileLike: TypeAlias = "str | os.PathLike[str] | os.PathLike[bytes] | BinaryIO | Buffer"
_FIRST_READ = 1 << 16
_GROWTH = 8
_MAPPED = 64 << 20
_META_END = 0x00030000
_META = Reading(stop=_META_END)


def dcmread(  # noqa: PLR0913 - the first five are pydicom's, in its order
    fp: FileLike,
    defer_size: float | str | None = None,
    stop_before_pixels: bool = False,  # noqa: FBT001, FBT002 - pydicom's signature
    force: bool = False,  # noqa: FBT001, FBT002 - pydicom's signature
    specific_tags: Iterable[TagLike] | None = None,
    *,
    skip_pixels: bool = False,
    character_set: str | Iterable[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> FileDataset:
    """Read a DICOM file.

    Args:
        fp: a path, an open binary file, or the bytes themselves in any buffer. An open file is
            read from where it stands, needs nothing but ``read``, and stays open.
        defer_size: values of more than this many bytes (a number, or text such as
            ``"512 KB"``) are left in the file and read when they are asked for; elements
            inside sequences are not, nor sequences of undefined length. Only of a path
            or of a file that ``open`` gave; of anything else, and of a deflated file, everything is
            read.
        stop_before_pixels: read only what precedes (7FE0,0008), (7FE0,0009) or
            (7FE0,0010); of a file, little more than that is read from disk.
        force: read bytes without a ``DICM`` prefix as a data set.
        specific_tags: keep only these elements of the data set, and Specific Character
            Set; reading stops after the last of them.
        skip_pixels: leave out those three elements and read what follows them too;
            ``skipped`` of the data set names those that were there.
        character_set: the terms of Specific Character Set (PS3.3 C.12.1.1.2) that are
            true when the file declares others. They hold for the data set and for items that
            declare none of their own.
        limits: what the file may cost.

    Raises:
        InvalidDicomError: the bytes are no DICOM file.
        EncodingError: a deflated data set is damaged, or grows over the limit.
        UsageError: one of ``specific_tags`` is no tag, ``character_set`` is not known, or
            ``defer_size`` is no size.
        TypeError: ``fp`` is nothing that can be read.
        OSError: the file cannot be opened or read.
    """
    reading = options.usual(header=stop_before_pixels, force=force)
    if specific_tags is not None:
        reading = reading.with_tags(specific_tags)
    if skip_pixels:
        reading = options.without_pixels(reading)
    if defer_size is not None:
        reading = reading._replace(defer=options.size_in_bytes(defer_size))
    if character_set is not None:
        reading = reading._replace(sets=options.declared(character_set))
    if limits is not DEFAULT_LIMITS:
        reading = reading._replace(limits=limits)
    return read(fp, reading)


def read(fp: Any, reading: Reading) -> FileDataset:
    """Read a file as ``reading`` says; see :func:`dcmread`."""
    if isinstance(fp, str | os.PathLike):
        return _read_path(os.fspath(fp), reading)
    if _is_buffer(fp):
        return reading.parse(_as_bytes(fp))
    if not hasattr(fp, "read"):
        raise TypeError(f"a path, an open file or bytes are read, not {type(fp).__name__}")
    return _read_open(fp, reading)


def _is_buffer(fp: Any) -> TypeGuard[Buffer]:
    if isinstance(fp, bytes | bytearray | memoryview):
        return True
    if hasattr(fp, "read"):  # a mapped file is both; it is read from where it stands
        return False
    try:
        memoryview(fp)
    except TypeError:
        return False
    return True


def _as_bytes(fp: Buffer) -> Buffer:
    """A buffer as single bytes, whatever its items were; copied only where it has gaps."""
    if isinstance(fp, bytes | bytearray):
        return fp
    view = memoryview(fp)
    return view.cast("B") if view.c_contiguous else view.tobytes()


def _read_open(file: BinaryIO, reading: Reading) -> FileDataset:
    path = _path_of(file) if reading.defer is not None else None
    try:
        if path is not None:
            dataset = _read_path(path, reading)
            file.seek(0, os.SEEK_END)
        elif reading.stop != NEVER:
            dataset = _read_beginning(file.read, reading)
        else:
            dataset = reading.parse(_as_bytes(file.read()))
    except DicomError as error:
        error.path = error.path or _name_of(file)
        raise
    dataset.__dict__["filename"] = _name_of(file)
    return dataset


def _name_of(file: BinaryIO) -> str | None:
    name = getattr(file, "name", None)
    return os.fsdecode(name) if isinstance(name, str | bytes | os.PathLike) else None


def _path_of(file: BinaryIO) -> str | None:
    """The path under which an open file is still found, when it stands at its beginning."""
    name = _name_of(file)
    try:
        if name is None or file.tell():
            return None
        same = os.path.samestat(os.fstat(file.fileno()), os.stat(name))  # noqa: PTH116 - a name
    except (OSError, AttributeError, ValueError):
        return None
    return name if same else None


def read_by_content(
    path: str | os.PathLike[str], *, stop_before_pixels: bool = False, skip_pixels: bool = False
) -> FileDataset:
    """Read a file; one without the ``DICM`` prefix when what stands there is a data set.

    The options are those of :func:`dcmread`.

    Raises:
        InvalidDicomError: the bytes are no DICOM file and no data set.
        OSError: the file cannot be opened or read.
    """
    try:
        return dcmread(path, None, stop_before_pixels, skip_pixels=skip_pixels)
    except InvalidDicomError:
        with Path(path).open("rb") as file:
            if not looks_like_dataset(file.read(_FIRST_READ)):
                raise
        return dcmread(path, None, stop_before_pixels, force=True, skip_pixels=skip_pixels)


def read_file_meta_info(filename: str | bytes | os.PathLike[Any]) -> FileMetaDataset:
    """The File Meta Information of a file (PS3.10 7.1); empty when it has none.

    Raises:
        InvalidDicomError: the file is no DICOM file.
        OSError: it cannot be opened or read.
    """
    return _read_path(os.fspath(filename), _META).file_meta


def is_dicom(file_path: str | bytes | os.PathLike[Any]) -> bool:
    """Whether ``DICM`` follows a preamble of 128 bytes (PS3.10 7.1).

    Raises:
        OSError: the file cannot be opened or read.
    """
    with Path(os.fsdecode(file_path)).open("rb") as file:
        return has_prefix(file.read(132))


def _read_path(path: str | bytes, reading: Reading) -> FileDataset:
    name = os.fsdecode(path)
    try:
        dataset = read_partly(path, reading) if reading.is_partial else None
        if dataset is None:
            dataset = _read_plainly(name, reading)
    except DicomError as error:
        error.path = name
        raise
    dataset.__dict__["filename"] = name
    return dataset


def _read_plainly(path: str, reading: Reading) -> FileDataset:
    if reading.stop == NEVER:
        return reading.parse(content(path))
    file = open_binary(path)
    try:
        return _read_beginning(lambda size: os.read(file, size), reading)
    finally:
        os.close(file)


def content(path: str | os.PathLike[str], *, mapped_from: int | None = None) -> Buffer:
    """The bytes of a file; from a size on a view that the system pages in as it is read.

    Raises:
        OSError: the file cannot be opened or read.
    """
    with Path(path).open("rb", buffering=0) as file:
        if os.fstat(file.fileno()).st_size < (_MAPPED if mapped_from is None else mapped_from):
            return file.read()
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _read_beginning(read: Callable[[int], bytes], reading: Reading) -> FileDataset:
    """Read more and more of the file until the stop or the end is reached."""
    data, wanted = read_up_to(read, _FIRST_READ), _FIRST_READ
    dataset = reading.parse(data)
    while not dataset.stopped and len(data) == wanted:
        wanted *= _GROWTH
        data += read_up_to(read, wanted - len(data))
        dataset = reading.parse(data)
    return trimmed(dataset) if dataset.stopped else dataset
