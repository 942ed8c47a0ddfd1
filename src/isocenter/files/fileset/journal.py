"""What a write is about to make and to remove, noted in the root until it is done.

A file that is noted and that the DICOMDIR does not refer to is rubbish: the rest of a write
that was killed. The next write removes it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterable
from pathlib import Path

from isocenter.files.fileset.resolving import is_inside
from isocenter.files.target import TEMPORARY_PREFIX, Folder

_NAME = f"{TEMPORARY_PREFIX}fileset"
_SEPARATOR = "\0"


class Journal:
    """The note in a File-set's root.

    Args:
        root: the root's absolute path.
    """

    def __init__(self, root: str) -> None:
        self.root = root

    def write(self, files: Iterable[str]) -> None:
        """Note files; those outside the root are none of its business.

        Raises:
            OSError: the note cannot be written; nothing was changed.
        """
        inside = sorted(os.path.relpath(path, self.root) for path in files if self._is_own(path))
        if inside:
            content = _SEPARATOR.join(inside).encode("utf-8", "surrogateescape")
            Folder(Path(self.root)).write(_NAME, content)

    def clean(self, keep: Collection[str]) -> None:
        """Remove what a killed write left: noted files that are not to be kept, half files.

        Raises:
            OSError: one cannot be removed.
        """
        remove((path for path in self._noted() if path not in keep), self.root)
        with contextlib.suppress(FileNotFoundError), os.scandir(self.root) as entries:
            left = [one.path for one in entries if one.name.startswith(TEMPORARY_PREFIX)]
            remove(left, self.root)

    def done(self) -> None:
        """Forget the note."""
        Folder(Path(self.root)).remove(_NAME)

    def _noted(self) -> Iterable[str]:
        try:
            content = Path(self.root, _NAME).read_bytes()
        except OSError:
            return []
        names = content.decode("utf-8", "surrogateescape").split(_SEPARATOR)
        return [path for name in names if self._is_own(path := os.path.join(self.root, name))]

    def _is_own(self, path: str) -> bool:
        """Whether a path is below the root, and its folder too when links are followed."""
        folder, name = os.path.split(path)
        real, root = os.path.realpath(folder), os.path.realpath(self.root)
        return name not in {"", ".", ".."} and (real == root or is_inside(real, root))


def remove(files: Iterable[str], root: str) -> None:
    """Remove files, and the folders below the root that are empty then.

    Raises:
        OSError: a file that is there cannot be removed.
    """
    folders = set()
    for path in files:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            os.unlink(path)
        folders.add(os.path.dirname(path))
    for folder in sorted(folders, key=len, reverse=True):
        _remove_empty(folder, root)


def _remove_empty(folder: str, root: str) -> None:
    """Remove a folder and those above it, as long as they are empty and below the root."""
    while is_inside(folder, root):
        try:
            os.rmdir(folder)
        except FileNotFoundError:
            pass  # it went with another file; the one above it may be empty still
        except OSError:
            return
        folder = os.path.dirname(folder)
