"""The step that puts files into their places, each whole or not at all.

A moved file is linked or copied first, compared, and only then removed from its source: killed
at any moment, no file is lost, and the next run goes on.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from isocenter import runner
from isocenter.core.part10writer import file_bytes
from isocenter.errors import DicomError, Finding, Level, UsageError
from isocenter.files.reading import read_by_content
from isocenter.files.sources import Reader, Source
from isocenter.files.target import TEMPORARY_PREFIX, Folder, Placement
from isocenter.library.arrange.options import Transfer
from isocenter.pixels.compression import decompress
from isocenter.standard.uid import EXPLICIT_LITTLE

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Item:
    """A file to place. ``known`` says that what lies at ``target`` may be replaced."""

    name: str
    target: str
    known: bool
    transcode: bool


@dataclass(frozen=True, slots=True)
class PlaceTask:
    """Files to place; ``deadly`` ones killed the process that decoded them."""

    source: Source
    output: Path
    transfer: Transfer
    items: tuple[Item, ...]
    deadly: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of the files of a task: those in place, those removed from the source."""

    there: tuple[str, ...]
    moved: tuple[str, ...]
    findings: tuple[Finding, ...]
    total: int


def place_files(task: PlaceTask) -> Placed:
    """Place every file; whatever one does, the others go on."""
    with task.source.opened() as reader:
        work = _Work(task, reader)
        for item in task.items:
            work.place(item)
    return Placed(tuple(work.there), tuple(work.moved), tuple(work.findings), len(task.items))


def without_killers(task: PlaceTask, dies: Callable[..., bool]) -> PlaceTask:
    """The task without decoding the files that kill the process that does."""
    by_name = {item.name: item for item in task.items if item.transcode}

    def kill(names: Sequence[str]) -> bool:
        return dies(decode_items, replace(task, items=tuple(by_name[name] for name in names)))

    return replace(task, deadly=frozenset(runner.killers([*by_name], kill)))


def decode_items(task: PlaceTask) -> None:
    """Transcode and write nothing: only whether that ends the process is looked for."""
    with task.source.opened() as reader:
        for item in task.items:
            with suppress(Exception):
                _transcoded(reader, item.name)


def digest(reader: Reader, name: str) -> str:
    """SHA-256 of a file.

    Raises:
        OSError: it cannot be read.
    """
    with tempfile.TemporaryFile() as file:
        path = reader.path(name)
        if path is None:
            reader.read_to(name, file)
            file.seek(0)
            return hashlib.file_digest(file, "sha256").hexdigest()
    return digest_of(path)


def digest_of(path: Path) -> str:
    """SHA-256 of a file on disk."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Work:
    def __init__(self, task: PlaceTask, reader: Reader) -> None:
        self.task, self.reader = task, reader
        self.target = Folder(task.output)
        self.there: list[str] = []
        self.moved: list[str] = []
        self.findings: list[Finding] = []

    def place(self, item: Item) -> None:
        try:
            if not item.known and self.is_foreign(item):
                return
            if item.transcode and self.transcode(item):
                self.there.append(item.name)
                return
            self.put(item)
            self.there.append(item.name)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
                raise  # no other file will fit either
            self.note(Level.ERROR, "not-written", f"{error.strerror or error}", item)

    def is_foreign(self, item: Item) -> bool:
        """Whether something else lies where a file should go for the first time."""
        path, own = self.target.path(item.target), self.reader.path(item.name)
        if not os.path.lexists(path):
            return False
        with suppress(OSError):
            if own is not None and _is_same(path, own):
                return False
        message = f"{item.target} is there and was not put there by arranging; it is not replaced"
        self.note(Level.ERROR, "name-taken", message, item)
        return True

    def note(self, level: Level, code: str, message: str, item: Item) -> None:
        self.findings.append(Finding(level, code, message, item.name))

    def put(self, item: Item) -> None:
        source = self.reader.path(item.name)
        if source is None:
            self.extract(item)
        elif self.task.transfer is Transfer.MOVE:
            self.move(item, source)
        else:
            how = Placement(self.task.transfer.value)
            self.target.place(item.target, source, how)

    def extract(self, item: Item) -> None:
        """Copy a member of an archive."""
        path = self.target.path(item.target)
        temporary = path.with_name(f"{TEMPORARY_PREFIX}{os.getpid()}-member")
        try:
            with temporary.open("wb") as file:
                self.reader.read_to(item.name, file)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    def move(self, item: Item, source: Path) -> None:
        path = self.target.path(item.target)
        real = source.resolve()
        if path.is_symlink():  # from a run that linked: moving needs the file itself
            path.unlink()
        if not _is_same(path, real):
            self.link_or_copy(real, item.target)
        if not real.is_relative_to(self.task.source.place.resolve()) or source.is_symlink():
            message = "reached by a symbolic link: it is in its place, and left where it was"
            self.note(Level.NOTE, "not-moved", message, item)
            return
        if not _is_same(path, real):
            message = f"{item.target} is not what was copied; the source is left where it is"
            self.note(Level.ERROR, "not-written", message, item)
            return
        source.unlink()
        self.moved.append(item.name)

    def link_or_copy(self, source: Path, target: str) -> None:
        path = self.target.path(target)
        temporary = path.with_name(f"{TEMPORARY_PREFIX}{os.getpid()}-move")
        temporary.unlink(missing_ok=True)
        try:
            try:
                temporary.hardlink_to(source)
            except OSError:
                _copy_safely(source, temporary)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)  # a rename of a link to the same file leaves it
        _flush(path.parent)

    def transcode(self, item: Item) -> bool:
        """Write the file in Explicit VR Little Endian, if that can be done."""
        if item.name in self.task.deadly:
            message = "decoding this file ended the process that did it; it keeps its syntax"
            self.note(Level.WARNING, "not-transcoded", message, item)
            return False
        try:
            content = _transcoded(self.reader, item.name)
        except (DicomError, UsageError, ValueError, MemoryError) as error:
            message = f"it keeps its transfer syntax: {error}"
            self.note(Level.WARNING, "not-transcoded", message, item)
            return False
        self.target.write(item.target, content)
        if self.task.transfer is Transfer.MOVE:
            message = "transcoded: the original is left where it was"
            self.note(Level.NOTE, "not-moved", message, item)
        return True


def _is_same(path: Path, source: Path) -> bool:
    """Whether both are one file, or hold the same bytes."""
    try:
        return path.samefile(source) or digest_of(path) == digest_of(source)
    except FileNotFoundError:
        return False


def _copy_safely(source: Path, target: Path) -> None:
    """A copy that is on the disk before the source goes."""
    with source.open("rb") as original, target.open("wb") as file:
        shutil.copyfileobj(original, file, _CHUNK)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """Make a new name in a folder outlive a power failure, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _transcoded(reader: Reader, name: str) -> bytes:
    """A file in Explicit VR Little Endian: the same values, the same SOP Instance UID.

    Raises:
        DicomError: its pixel data cannot be decoded, or it cannot be written.
    """
    path = reader.path(name)
    if path is None:
        with tempfile.TemporaryDirectory() as folder:
            extracted = Path(folder, "member")
            with extracted.open("wb") as file:
                reader.read_to(name, file)
            return _explicit(extracted)
    return _explicit(path)


def _explicit(path: Path) -> bytes:
    ds = read_by_content(path)
    if ds.transfer_syntax.is_encapsulated:
        decompress(ds, as_rgb=False, generate_instance_uid=False)
    else:
        ds.file_meta.TransferSyntaxUID = EXPLICIT_LITTLE
    return file_bytes(ds)
