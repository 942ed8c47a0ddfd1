"""A local folder to write to: every file appears whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import threading
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from isocenter.core.encoding import Buffer

TEMPORARY_PREFIX = ".isocenter-"
"""What the names of files being written begin with; such a file is never a result."""
_WRITING = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)


class Placement(StrEnum):
    """How a DICOM file gets into an output folder."""

    LINK = "link"
    """Hard link, or a symbolic link across file systems: costs no space."""
    COPY = "copy"
    """A copy: the output no longer depends on the input."""
    NONE = "none"
    """Not at all: the viewer will not find the images."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder; paths are relative to it and written with ``/``."""

    root: Path

    def path(self, name: str) -> Path:
        """Where a file lies."""
        return self.root / name

    def write(self, name: str, content: Buffer) -> None:
        """Write a file under a temporary name, then rename it.

        A file that is replaced hands its permissions on. A device or pipe is written to: it
        is no file that could be replaced.

        Raises:
            OSError: it cannot be written; what was there before is still there.
        """
        path = f"{self.root}/{name}"  # once per picture; Path costs 10x
        before = _mode(path)
        if before is not None and not stat.S_ISREG(before) and not stat.S_ISDIR(before):
            Path(path).write_bytes(content)
            return
        temporary = _beside(path)
        try:
            _fill(temporary, content, before)
            os.replace(temporary, path)  # noqa: PTH105
        except OSError as error:
            Path(temporary).unlink(missing_ok=True)
            error.filename, error.filename2 = path, None  # nobody knows the temporary name
            raise
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def place(self, name: str, source: str | Path, placement: Placement) -> None:
        """Link or copy ``source`` to a file of this folder.

        Raises:
            OSError: it cannot be done; what was there before is still there.
        """
        if placement is Placement.NONE:
            return
        if placement is Placement.LINK and _linked(os.fspath(source), f"{self.root}/{name}"):
            return
        source, target = Path(source), self.path(name)
        if _same(source, target, placement):
            return
        temporary = Path(_beside(os.fspath(target)))
        try:
            if placement is Placement.COPY:
                shutil.copyfile(source, temporary)
            else:
                _link(source, temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)

    def keep_only(self, folder: str, names: Collection[str]) -> None:
        """Remove every file directly in ``folder`` that is not named."""
        with contextlib.suppress(FileNotFoundError), os.scandir(self.path(folder)) as entries:
            for entry in entries:
                if entry.name not in names and not entry.is_dir(follow_symlinks=False):
                    Path(entry.path).unlink()

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""
        self.path(name).unlink(missing_ok=True)

    def make(self, folder: str) -> None:
        """Make a folder and those above it, and clear it of files half written."""
        path = self.path(folder)
        path.mkdir(parents=True, exist_ok=True)
        for left in path.glob(f"{TEMPORARY_PREFIX}*"):
            left.unlink(missing_ok=True)


def _mode(path: str) -> int | None:
    """Kind and permissions of what is there; ``None`` for nothing."""
    if not os.access(path, os.F_OK):  # the usual case, at a third of the cost
        return None
    try:
        return os.stat(path).st_mode  # noqa: PTH116 - once per picture
    except OSError:
        return None


def _beside(path: str) -> str:
    """The temporary name of a file: in the same folder, so that a rename is atomic."""
    # two processes or threads may write to one folder
    own = f"{TEMPORARY_PREFIX}{os.getpid()}-{threading.get_ident()}"
    return os.path.join(os.path.dirname(path), own)  # noqa: PTH118, PTH120


def _fill(path: str, content: Buffer, mode: int | None) -> None:
    """Make a file; ``open()`` would cost as much again as the system does."""
    file = os.open(path, _WRITING, 0o666)
    try:
        if mode is not None:  # before anything can be read from it
            os.chmod(path, stat.S_IMODE(mode))  # noqa: PTH101
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(file, rest) :]
    finally:
        os.close(file)


def _linked(source: str, target: str) -> bool:
    """Whether a hard link could be made at once, the usual case."""
    if os.path.islink(source):  # noqa: PTH114 - once per file
        return False
    try:
        os.link(source, target)  # Path.hardlink_to costs 5x
    except OSError:
        return False
    return True


def _same(source: Path, target: Path, placement: Placement) -> bool:
    """Whether the file is there already; for a copy, a link to the source is not enough."""
    try:
        same = target.samefile(source)
    except FileNotFoundError:
        return False
    if placement is Placement.LINK or not same:
        return same
    return target.parent.resolve() / target.name == source.parent.resolve() / source.name


def _link(source: Path, target: Path) -> None:
    real = source.resolve()
    try:
        target.hardlink_to(real)
    except OSError as error:
        if error.errno not in {errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EMLINK}:
            raise
        target.symlink_to(real)
