"""From a Referenced File ID to a file inside the File-set's root (PS3.10 8.2, PS3.3 F.3.2.2).

A File ID may say anything. It becomes a path only when the file that lies there is a
regular one inside the root, symbolic links followed. Each folder is looked at once.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from isocenter.errors import DicomError
from isocenter.files.fileset.header import FileId

_MOST_PARTS = 64
"""Far more than the eight of PS3.10 8.2; a bound for what a broken record may ask for."""
_TAG, _CLAUSE = "(0004,1500)", "PS3.10 8.2"
_NAME = re.compile(r"[^/\\:\0-\x1f]+")


class RefusedFileIdError(DicomError):
    """A Referenced File ID leads out of the root, or is none."""

    code = "refused-file-id"


class MissingFileError(DicomError):
    """There is no file where a Referenced File ID leads."""

    code = "missing-file"


@dataclass(slots=True)
class _Folder:
    """A folder's own path, links resolved, and what lies in it."""

    path: str
    entries: dict[str, os.DirEntry[str]]
    by_fold: dict[str, str] = field(default_factory=dict)

    def named(self, name: str) -> os.DirEntry[str] | None:
        """An entry by its name; some media show names in another letter case."""
        found = self.entries.get(name)
        if found is None and self.entries:
            if not self.by_fold:
                self.by_fold = {one.casefold(): one for one in sorted(self.entries, reverse=True)}
            found = self.entries.get(self.by_fold.get(name.casefold(), ""))
        return found


class Root:
    """A File-set's root.

    Args:
        path: its absolute path.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._real = os.fspath(path), os.path.realpath(path)
        self._folders: dict[FileId, _Folder] = {}

    def file(self, parts: FileId) -> str:
        """Where the file of a Referenced File ID lies, by the folder's real name.

        Raises:
            RefusedFileIdError: it leads out of the root, or is no File ID.
            MissingFileError: no regular file is there.
        """
        folder = self._folders.get(parts[:-1])
        if not _is_path(parts if folder is None else parts[-1:]):
            raise RefusedFileIdError(
                f"Referenced File ID {_shown(parts)!r} is no path inside the File-set",
                tag=_TAG,
                clause=_CLAUSE,
            )
        folder = self._walk(parts) if folder is None else folder
        entry = folder.named(parts[-1])
        if entry is None:
            raise _missing(parts)
        if entry.is_symlink():
            self._check(os.path.realpath(entry.path), parts)
        if not entry.is_file():
            raise _missing(parts)
        return entry.path

    def _walk(self, parts: FileId) -> _Folder:
        """The folder of a file, from the root down."""
        folder = self._folders.setdefault((), _listed(self.path))
        for depth in range(1, len(parts)):
            known = self._folders.get(parts[:depth])
            if known is None:
                entry = folder.named(parts[depth - 1])
                if entry is None or not entry.is_dir():
                    raise _missing(parts)
                known = _listed(self._inside(entry, parts))
                self._folders[parts[:depth]] = known
            folder = known
        return folder

    def _inside(self, entry: os.DirEntry[str], parts: FileId) -> str:
        """The path of a folder; of a symbolic link the path of what it leads to."""
        if not entry.is_symlink():
            return entry.path
        real = os.path.realpath(entry.path)
        self._check(real, parts)
        return os.path.join(self.path, os.path.relpath(real, self._real))

    def _check(self, real: str, parts: FileId) -> None:
        if not is_inside(real, self._real):
            raise RefusedFileIdError(
                f"Referenced File ID {_shown(parts)!r} leads out of the File-set by a symbolic link",
                tag=_TAG,
                clause=_CLAUSE,
            )


def is_inside(path: str, folder: str) -> bool:
    """Whether a path is below a folder; both are absolute, links resolved."""
    return path.startswith(folder if folder.endswith(os.sep) else folder + os.sep)


def _is_path(parts: FileId) -> bool:
    """Whether each part is the name of a file or folder and nothing more."""
    return 0 < len(parts) <= _MOST_PARTS and all(
        part not in {".", ".."} and _NAME.fullmatch(part) for part in parts
    )


def _listed(path: str) -> _Folder:
    try:
        with os.scandir(path) as entries:
            return _Folder(path, {entry.name: entry for entry in entries})
    except OSError:
        return _Folder(path, {})  # its files are missing


def _shown(parts: FileId) -> str:
    return "\\".join(parts[:_MOST_PARTS])[:80]


def _missing(parts: FileId) -> MissingFileError:
    return MissingFileError(f"there is no file {_shown(parts)!r}", tag=_TAG, clause=_CLAUSE)
