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
        path = os.path.join(self.root, name)  # noqa: PTH118 - once per picture; Path costs 10x
        before = _mode(path)
        if before is not None and not stat.S_ISREG(before) and not stat.S_ISDIR(before):
            Path(path).write_bytes(content)
            return
        temporary = _beside(path)
        try:
            with open(temporary, "wb") as file:  # noqa: PTH123
                if before is not None:  # before anything can be read from it
                    os.chmod(temporary, stat.S_IMODE(before))  # noqa: PTH101
                file.write(content)
            os.replace(temporary, path)  # noqa: PTH105
        except OSError as error:
            Path(temporary).unlink(missing_ok=True)
            error.filename, error.filename2 = path, None  # nobody knows the temporary name
            raise
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def place(self, name: str, source: Path, placement: Placement) -> None:
        """Link or copy ``source`` to a file of this folder.

        Raises:
            OSError: it cannot be done; what was there before is still there.
        """
        target = self.path(name)
        if placement is Placement.NONE or (placement is Placement.LINK and _linked(source, target)):
            return
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
    try:
        return os.stat(path).st_mode  # noqa: PTH116 - once per picture
    except OSError:
        return None


def _beside(path: str) -> str:
    """The temporary name of a file: in the same folder, so that a rename is atomic."""
    # two processes or threads may write to one folder
    own = f"{TEMPORARY_PREFIX}{os.getpid()}-{threading.get_ident()}"
    return os.path.join(os.path.dirname(path), own)  # noqa: PTH118, PTH120


def _linked(source: Path, target: Path) -> bool:
    """Whether a hard link could be made at once, the usual case."""
    if source.is_symlink():
        return False
    try:
        target.hardlink_to(source)
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
