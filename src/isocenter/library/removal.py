"""Take outputs away whose input has gone: only what we made, and never through a link."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress

from isocenter.files.target import Folder
from isocenter.library import layout, listing
from isocenter.library.catalog import Entry
from isocenter.library.model import SeriesPlace
from isocenter.library.options import BuildOptions
from isocenter.library.output import SeriesOutput


class Removal:
    """Removes outputs of one library."""

    def __init__(self, options: BuildOptions) -> None:
        self._options, self._target = options, Folder(options.output)
        self._root = options.output.resolve()

    def placed(self, entry: Entry) -> frozenset[str]:
        """The DICOM files of a series that we put into OUT, as far as can be known.

        Of a build that was killed it is not known which it had come to: those are taken
        for ours that have the size of the input.
        """
        if entry.settled or self._options.in_place or not self._is_own(entry.place.folder):
            return entry.placed
        sizes = {name: size for name, (size, _) in listing.stamps(entry.listing).items()}
        return entry.placed.union(
            name for name, size in sizes.items() if self._size(entry.place, name) == size
        )

    def _size(self, place: SeriesPlace, name: str) -> bytes:
        try:
            return b"%d" % self._target.path(f"{place.folder}/{name}").stat().st_size
        except OSError:
            return b""

    def series(self, entry: Entry) -> None:
        """Everything that was made of a series."""
        place = entry.place
        if self._is_own(place.study):
            self._target.remove(layout.series_json(place))
        self.pictures(place)
        if self._is_own(place.folder):
            self._target.make(place.folder)  # no file half written stays
            self.dicom(place, self.placed(entry))
        self._empty_upwards(place.folder)

    def pictures(self, place: SeriesPlace) -> None:
        """Pictures, strips and tags of a series, and the folders that we made for them."""
        if not self._is_own(place.pictures) or self._target.path(place.folder).is_symlink():
            return
        output = SeriesOutput(place, self._options, 0)
        output.prepare()  # no file half written stays
        output.clear()
        for name in layout.JPEG_FOLDERS:
            self._empty(f"{place.pictures}/{name}")
        if place.leaf:
            self._empty(place.pictures)

    def dicom(self, place: SeriesPlace, names: Iterable[str]) -> None:
        """DICOM files that were linked or copied into OUT."""
        if self._options.in_place or not self._is_own(place.folder):
            return
        for name in names:
            if _is_name(name):
                self._target.remove(f"{place.folder}/{name}")

    def page(self, path: str) -> None:
        """A file above the series."""
        folder, _, name = path.rpartition("/")
        if _is_name(name) and self._is_own(folder):
            self._target.remove(path)
        self._empty_upwards(folder)

    def _is_own(self, folder: str) -> bool:
        """Whether it is a folder of the output, not reached by a link or by ``..``."""
        there = self._target.path(folder)
        inside = (self._root / folder).is_relative_to(self._root)
        return inside and there.is_dir() and there.resolve() == self._root / folder

    def _empty_upwards(self, folder: str) -> None:
        """Folders that hold nothing any more; beside the input they are the user's."""
        while folder and not self._options.in_place:
            self._empty(folder)
            folder = folder.rpartition("/")[0]

    def _empty(self, folder: str) -> None:
        if self._is_own(folder):
            with suppress(OSError):  # there is something in it
                self._target.path(folder).rmdir()


def _is_name(name: str) -> bool:
    return name not in {"", ".", ".."} and os.sep not in name
