"""Where instances come from: a folder, DICOMDIR or file, or the members of a zip archive.

A source can be handed to another process; what is read from it is read between
``with source.opened() as reader``. Names of members are never used as paths.
"""

from __future__ import annotations

import os
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple, Protocol, cast

from isocenter.core.part10 import FileDataset, looks_like_dataset
from isocenter.errors import DicomError, Finding, InvalidDicomError, Level, UsageError
from isocenter.files.header import header_or_finding, not_dicom
from isocenter.files.reading import dcmread
from isocenter.files.walking import in_order, instances

_FIRST = 1 << 16
_ENCRYPTED = 1
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


class Stamp(NamedTuple):
    """What tells that a file was not changed: its size in bytes, and a time in ns or a CRC."""

    size: int
    mark: int


class Reader(Protocol):
    """An opened source."""

    def stamp(self, name: str) -> Stamp:
        """What tells that the file was not changed; raises ``OSError`` when it is not there."""

    def header(self, name: str) -> FileDataset | Finding:
        """The data set up to its pixel data, or why there is none."""

    def read_to(self, name: str, file: BinaryIO) -> None:
        """Copy the bytes of a file; raises ``OSError`` when they cannot be read."""

    def path(self, name: str) -> Path | None:
        """Where the file lies; ``None`` inside an archive."""


class Source(Protocol):
    """What a user pointed at."""

    @property
    def place(self) -> Path:
        """The folder or archive that names are relative to."""

    def found(self, exclude: Iterable[Path] = ()) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
        """The names of all files in natural order, and what was passed over.

        Folders to ``exclude`` are not looked into.
        """

    def opened(self) -> AbstractContextManager[Reader]:
        """A context manager that gives a :class:`Reader`."""


def source(path: Path) -> Source:
    """The source for a path.

    Raises:
        UsageError: there is no such file or folder, or it is a broken archive.
    """
    if path.is_file() and zipfile.is_zipfile(path):
        return Archive(path)
    return Files(path)


# --- a folder, a DICOMDIR, a file ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Files:
    """Files that :func:`isocenter.files.walking.instances` finds."""

    given: Path

    @property
    def place(self) -> Path:
        """The folder."""
        return self.given if self.given.is_dir() else self.given.parent

    def found(self, exclude: Iterable[Path] = ()) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
        """The names, and what was passed over."""
        walked = instances(self.given, exclude)
        return walked.names, walked.findings

    @contextmanager
    def opened(self) -> Iterator[Reader]:
        """Nothing has to be opened."""
        yield _FileReader(self.place)


@dataclass(frozen=True, slots=True)
class _FileReader:
    root: Path

    def stamp(self, name: str) -> Stamp:
        status = os.stat(f"{self.root}/{name}")  # noqa: PTH116 - a Path costs as much as the call
        return Stamp(status.st_size, status.st_mtime_ns)

    def header(self, name: str) -> FileDataset | Finding:
        return header_or_finding(self.path(name))

    def read_to(self, name: str, file: BinaryIO) -> None:
        with self.path(name).open("rb") as content:
            shutil.copyfileobj(content, file, _FIRST)

    def path(self, name: str) -> Path:
        return self.root / name


# --- a zip archive ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Archive:
    """The members of a zip archive; archives inside of it are not opened."""

    place: Path

    def found(self, _exclude: Iterable[Path] = ()) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
        """The members' names, and those that cannot be read.

        Raises:
            UsageError: the archive is broken.
        """
        findings: dict[str, Finding] = {}
        names: dict[str, None] = {}
        with _zip(self.place) as archive:
            for info in archive.infolist():
                if info.is_dir():
                    continue
                if info.filename in names:
                    message = "the archive has several members of this name; the last is read"
                    findings[info.filename] = _unreadable(message, info.filename)
                elif info.flag_bits & _ENCRYPTED:
                    findings[info.filename] = _unreadable("the member is encrypted", info.filename)
                    continue
                names[info.filename] = None
        return in_order([*names]), tuple(findings[name] for name in in_order([*findings]))

    @contextmanager
    def opened(self) -> Iterator[Reader]:
        """Open the archive."""
        with _zip(self.place) as archive:
            yield _ZipReader(archive)


def _zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise UsageError(f"{path} is a broken zip archive: {error}") from error


def _unreadable(message: str, path: str) -> Finding:
    return Finding(Level.ERROR, "unreadable-file", message, path)


@dataclass(frozen=True, slots=True)
class _ZipReader:
    archive: zipfile.ZipFile

    def stamp(self, name: str) -> Stamp:
        info = self.archive.getinfo(name)
        return Stamp(info.file_size, info.CRC)

    def header(self, name: str) -> FileDataset | Finding:
        try:
            return self._data_set(name)
        except InvalidDicomError:
            size = self.archive.getinfo(name).file_size
            return not_dicom(size, PurePosixPath(name).suffix)
        except DicomError as error:
            return Finding.from_error(error)
        except (*_BROKEN, OSError) as error:
            return _unreadable(f"the member cannot be read: {error}", name)

    def _data_set(self, name: str) -> FileDataset:
        with self.archive.open(name) as member:
            force = looks_like_dataset(member.read(_FIRST))
        with self.archive.open(name) as member:
            return dcmread(cast("BinaryIO", member), stop_before_pixels=True, force=force)

    def read_to(self, name: str, file: BinaryIO) -> None:
        try:
            with self.archive.open(name) as member:
                shutil.copyfileobj(member, file, _FIRST)
        except _BROKEN as error:
            raise OSError(f"the member cannot be read: {error}") from error

    def path(self, _name: str) -> None:
        return None
