"""Find the series folders of a tree: ``YY-yr/MM-mo/EX-ex/SERIES/<files>``.

In: the root. Out: :class:`Tree`, the folders with their files and a finding for
everything that is not part of the layout, so that no file is passed over unsaid. A file of
a series costs one ``stat``. Nothing is opened except files outside a series folder, to tell
whether they are images that the library will lack. Symbolic links are followed; the
layout's fixed depth keeps that finite.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

from isocenter.core.part10 import has_prefix
from isocenter.errors import Finding, Level
from isocenter.library import layout, listing
from isocenter.library.model import Layout, SeriesPlace
from isocenter.ordering import natural

_LEVELS = (layout.YEAR, layout.MONTH, layout.EXAMPLE)
_OUTPUTS = frozenset(
    {
        layout.MAP,
        layout.FINDINGS,
        layout.PAGE,
        layout.STUDY,
        layout.MONTH_EXAMPLES,
        layout.STUDY_PAGE,
        layout.STUDY_SCRIPT,
        layout.AGES_SCRIPT,
    }
    | layout.RECORDS
)
NAME_TAKEN = "name-taken"
"""Code of the finding for an input file where an output has to go."""
_WHERE = "the layout is YY-yr/MM-mo/EX-ex/SERIES/files"


@dataclass(frozen=True, slots=True)
class SeriesFolder:
    """A series folder, and a listing of what is in it; see :mod:`isocenter.library.listing`."""

    place: SeriesPlace
    listing: bytes

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files in natural order."""
        return listing.names(self.listing)

    @property
    def paths(self) -> dict[str, str]:
        """Where each file lies below the root of the input, in natural order of the names."""
        elsewhere, folder = listing.origins(self.listing), self.place.folder
        return {name: elsewhere.get(name) or f"{folder}/{name}" for name in self.files}


@dataclass(slots=True)
class Tree:
    """What a scan found; ``unread`` are the folders that could not be listed.

    ``headers`` is what the next build is to know of the headers that were read.
    """

    series: list[SeriesFolder] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    layout: Layout = Layout.REV
    headers: bytes = b""


def scan(root: Path, exclude: Iterable[Path] = ()) -> Tree:
    """Walk the tree below ``root``.

    Args:
        root: the folder that holds the ``YY-yr`` folders.
        exclude: folders that are not looked into, such as the output.

    Raises:
        OSError: ``root`` itself cannot be listed.
    """
    walk = _Walk(root, frozenset(path.resolve() for path in exclude))
    walk.level("", ())
    return walk.tree


def listing_now(root: Path, place: SeriesPlace, exclude: Iterable[Path] = ()) -> bytes:
    """The listing of one series folder as it is now; empty when it cannot be listed."""
    walk = _Walk(root, frozenset(path.resolve() for path in exclude))
    walk.series(place.folder, place)
    return b"".join(folder.listing for folder in walk.tree.series)


class _Walk:
    def __init__(self, root: Path, excluded: frozenset[Path]) -> None:
        self.root, self.excluded = root, excluded
        self.tree = Tree()

    def level(self, folder: str, above: tuple[str, ...]) -> None:
        """List a folder above the series: descend where the name fits, else report."""
        for entry in sorted(self.entries(folder), key=lambda entry: natural(entry.name)):
            path = _join(folder, entry.name)
            if not _is_folder(entry):
                self.file_outside(entry, path)
            elif self.is_excluded(entry):
                continue
            elif len(above) == len(_LEVELS):
                self.series(path, SeriesPlace(folder, entry.name))
            elif self.fits(entry, path, _LEVELS[len(above)]):
                self.level(path, (*above, entry.name))

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            found = list(os.scandir(self.root / folder))
        except OSError as error:
            if not folder:
                raise
            self.report(Level.ERROR, "unreadable-folder", error.strerror or str(error), folder)
            self.tree.unread.append(folder)
            return []
        return sorted(found, key=attrgetter("name"))

    def is_excluded(self, entry: os.DirEntry[str]) -> bool:
        return bool(self.excluded) and Path(entry.path).resolve() in self.excluded

    def fits(self, entry: os.DirEntry[str], path: str, pattern: re.Pattern[str]) -> bool:
        if pattern.fullmatch(entry.name):
            return True
        if path not in {layout.ASSETS, layout.OWN}:
            message = f"folder not read with all below it: {_WHERE}"
            self.report(Level.WARNING, "outside-layout", message, path)
        return False

    def file_outside(self, entry: os.DirEntry[str], path: str) -> None:
        if entry.name in _OUTPUTS or layout.is_temporary(entry.name):
            return
        if path.endswith("-series.json") and path.count("/") == len(_LEVELS):
            return
        if _is_dicom(entry):
            message = f"DICOM file not read: it lies in no series folder; {_WHERE}"
            self.report(Level.WARNING, "outside-layout", message, path)
        else:
            self.report(Level.NOTE, "not-dicom", "no DICOM file", path)

    def series(self, folder: str, place: SeriesPlace) -> None:
        entries = self.entries(folder)
        if folder not in self.tree.unread:
            files = [file for entry in entries for file in self.files(entry, folder)]
            self.tree.series.append(SeriesFolder(place, listing.listed(files)))

    def files(self, entry: os.DirEntry[str], folder: str) -> Iterator[os.DirEntry[str]]:
        if _is_plain(entry):
            yield entry
            return
        path = _join(folder, entry.name)
        if _is_folder(entry):
            if not layout.is_jpeg_folder(entry.name) and not self.is_excluded(entry):
                message = f"folder inside a series not read: {_WHERE}"
                self.report(Level.WARNING, "outside-layout", message, path)
        elif _is_special(entry):
            self.report(Level.NOTE, "no-file", "a pipe, socket or device is no file", path)
        elif entry.name in layout.SERIES_FILES or layout.is_jpeg_folder(entry.name):
            if _is_dicom(entry):
                message = "DICOM file not read: it has the name of an output; rename it"
                self.report(Level.ERROR, NAME_TAKEN, message, path)
        elif not layout.is_temporary(entry.name):
            yield entry

    def report(self, level: Level, code: str, message: str, path: str) -> None:
        self.tree.findings.append(Finding(level, code, message, path))


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _is_plain(entry: os.DirEntry[str]) -> bool:
    """Whether it is a file whose name says nothing to us: nearly all are."""
    name = entry.name
    if name in layout.SERIES_FILES or layout.is_jpeg_folder(name) or layout.is_temporary(name):
        return False
    return not entry.is_symlink() and entry.is_file()


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it leads to a folder; a link that leads to itself does not."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_special(entry: os.DirEntry[str]) -> bool:
    """Whether reading it could wait for ever; a link that leads nowhere could not."""
    try:
        return not entry.is_file() and Path(entry.path).exists()
    except OSError:
        return False


def _is_dicom(entry: os.DirEntry[str]) -> bool:
    try:
        if not entry.is_file():
            return False
        with Path(entry.path).open("rb") as file:
            return has_prefix(file.read(132))
    except OSError:
        return False
