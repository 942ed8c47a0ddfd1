"""What is written for one series: pictures, strips, tag text, descriptor, DICOM files.

Everything lies in the series' folder of the output, or beside it. Pictures come frame by
frame; a file whose later frames turn out unreadable is taken back with :meth:`rewind`, and
:meth:`SeriesOutput.tidy` removes every picture that is not of the library.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TypeAlias

from PIL import Image

from isocenter.files.target import Folder
from isocenter.library import layout, strips
from isocenter.library.model import SeriesPlace, StripShape
from isocenter.library.options import BuildOptions
from isocenter.library.pictures import fitted, smaller
from isocenter.markup.scripts import registered
from isocenter.pixels.imagefiles import Pixels, jpeg

Mark: TypeAlias = tuple[tuple[int, int], tuple[int, int]]
_BYTE_ORDER_MARK = "\ufeff"  # makes browsers read a text file as UTF-8


class SeriesOutput:
    """The outputs of one series.

    Args:
        place: where the series lives.
        options: where the library goes, sizes and quality.
        frames: how many frames are expected; the strips are planned for them.
    """

    def __init__(self, place: SeriesPlace, options: BuildOptions, frames: int) -> None:
        self._place, self._options = place, options
        self._target, self._in_place = Folder(options.output), options.in_place
        self._small = strips.Strip(strips.shape(frames, options.small))
        self._medium = strips.Strip(strips.shape(frames, options.medium))

    def _path(self, name: str) -> str:
        return f"{self._place.pictures}/{name}"

    def prepare(self) -> None:
        """Make the folders."""
        for name in ("", *self._jpeg_folders()):
            self._target.make(self._path(name))
        if self._place.leaf and not self._in_place:
            self._target.make(self._place.folder)

    def _jpeg_folders(self) -> list[str]:
        windows = (layout.window_folder(preset.name) for preset in self._options.windows)
        return [*sorted(layout.JPEG_FOLDERS), *windows]

    def frame(self, pixels: Pixels, name: str) -> None:
        """Write one frame's pictures; the smaller sizes come from the larger ones."""
        medium = fitted(pixels, self._options.medium)
        small = smaller(medium, self._options.small)
        self._write(f"{layout.RAW}/{name}", pixels)
        for folder, picture, strip in (
            (layout.MEDIUM, medium, self._medium),
            (layout.SMALL, small, self._small),
        ):
            found = strips.as_pixels(picture)
            strip.add(picture, found)
            self._write(f"{folder}/{name}", found)

    def windowed(self, preset: str, name: str, pixels: Pixels) -> None:
        """Write one frame as a window preset shows it, in native size."""
        self._write(f"{layout.window_folder(preset)}/{name}", pixels)

    def _write(self, name: str, pixels: Pixels) -> None:
        self._target.write(self._path(name), jpeg(pixels, self._options.quality))

    @property
    def mark(self) -> Mark:
        """The state to come back to with :meth:`rewind`."""
        return self._small.mark, self._medium.mark

    def rewind(self, mark: Mark) -> None:
        """Forget the frames since ``mark``."""
        self._small.rewind(mark[0])
        self._medium.rewind(mark[1])

    def dicom(self, name: str, source: Path) -> None:
        """Link or copy a DICOM file into the library, unless it lies there."""
        if not self._in_place:
            self._target.place(f"{self._place.folder}/{name}", source, self._options.placement)

    def tags(self, text: str) -> None:
        """Write the text of a data set, and the same as a script."""
        content = (_BYTE_ORDER_MARK + text).encode("utf-8", "backslashreplace")
        self._target.write(self._path(layout.TAGS), content)
        self._target.write(self._path(layout.TAGS_SCRIPT), registered("tags", text.splitlines()))

    def previews(self, names: Sequence[str], middle: str) -> None:
        """Write both strips of the frames ``names``, and the copy of the middle one."""
        self._small = self._complete(self._small, names, self._options.small)
        self._medium = self._complete(self._medium, names, self._options.medium)
        self._write(layout.PREVIEW, self._small.pixels)
        self._write(layout.RAW_PREVIEW, self._medium.pixels)
        picture = self._target.path(self._path(f"{layout.RAW}/{middle}")).read_bytes()
        self._target.write(self._path(f"{layout.RAW}/{layout.middle(self._place)}"), picture)

    def _complete(self, strip: strips.Strip, names: Sequence[str], tile: int) -> strips.Strip:
        """The strip, made again when it was planned for frames that did not come."""
        planned = strips.shape(len(names), tile)
        if strip.shape == planned:
            return strip
        again = strips.Strip(planned)
        for name in names:
            with Image.open(self._target.path(self._path(f"{layout.MEDIUM}/{name}"))) as picture:
                again.add(picture)
        return again

    @property
    def shapes(self) -> tuple[StripShape, StripShape]:
        """The small and the large strip as they are now."""
        return self._small.shape, self._medium.shape

    def descriptor(self, content: bytes) -> None:
        """Write ``<SERIES>-series.json``."""
        self._target.write(layout.series_json(self._place), content)

    def tidy(self, names: Collection[str]) -> None:
        """Remove what an earlier run made of frames that are not among ``names`` now."""
        middle = {layout.middle(self._place)} if names else set()
        for folder in self._jpeg_folders():
            made = {*names, *middle} if folder == layout.RAW else {*names}
            path = self._path(folder)
            self._target.keep_only(path, made | self._not_ours(path))
        self._forget_windows(self._jpeg_folders())
        if not names:
            for name in layout.SERIES_FILES:
                self._target.remove(self._path(name))

    def _forget_windows(self, wanted: Collection[str]) -> None:
        """Remove the pictures and folders of presets that are not among the wanted ones."""
        for folder in self._target.path(self._place.pictures).glob(f"{layout.WINDOW_PREFIX}*/"):
            if folder.name not in wanted and not folder.is_symlink():
                path = self._path(folder.name)
                self._target.make(path)  # no file half written stays
                self._target.keep_only(path, self._not_ours(path))
                with contextlib.suppress(OSError):  # something of somebody else is in it
                    folder.rmdir()

    def _not_ours(self, folder: str) -> set[str]:
        """Files that somebody else put into a JPEG folder."""
        names = {path.name for path in self._target.path(folder).iterdir()}
        return {name for name in names if not layout.is_picture(name)}

    def clear(self) -> None:
        """Remove every output of the series."""
        self.tidy(())
        self._forget_windows(())
        self._target.remove(layout.series_json(self._place))
