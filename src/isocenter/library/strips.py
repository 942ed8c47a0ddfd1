"""Preview strips: square tiles stacked downwards, within what a JPEG can hold.

A JPEG has at most 65,500 rows here (libjpeg's limit), so long series get smaller tiles,
and where 16 px tiles do not fit either, an evenly spaced subset (REV.md section 5).
Memory: one strip is at most ``tile * 65,500`` bytes (grey), whatever the series' length.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from isocenter.library.model import StripShape
from isocenter.pixels.imagefiles import JPEG_LIMIT, Pixels

SMALLEST = 16
"""Smallest tile, in pixels."""


def shape(total: int, tile: int) -> StripShape:
    """The strip for ``total`` frames with tiles of ``tile`` pixels, or smaller ones."""
    fitting = max(SMALLEST, min(tile, JPEG_LIMIT // max(total, 1)))
    return StripShape(fitting, min(total, JPEG_LIMIT // fitting), total)


class Strip:
    """A strip that is filled frame by frame.

    Args:
        planned: how many frames are expected and how large the tiles are.
    """

    def __init__(self, planned: StripShape) -> None:
        self._planned = planned
        self._pixels: Pixels = np.zeros((planned.tile * planned.shown, planned.tile), np.uint8)
        self._filled = 0
        self._seen = 0

    def add(self, image: Image.Image, pixels: Pixels | None = None) -> None:
        """Take the next frame, a square picture (``L`` or ``RGB``) of tile size or larger.

        ``pixels`` are those of the picture, where the caller has them already.
        """
        if self._wanted(self._seen):
            self._put(image, pixels)
        self._seen += 1

    def _wanted(self, index: int) -> bool:
        """Of ``total`` frames ``shown`` are taken, evenly spaced, the first among them."""
        shown, total = self._planned.shown, max(self._planned.total, 1)
        if self._filled >= shown:
            return False
        return index * shown // total != (index - 1) * shown // total

    def _put(self, image: Image.Image, pixels: Pixels | None) -> None:
        tile = self._planned.tile
        if image.width != tile:
            image = image.resize((tile, tile), Image.Resampling.BOX, reducing_gap=None)
            pixels = None
        if image.mode == "RGB" and self._pixels.ndim == 2:
            self._pixels = np.repeat(self._pixels[..., None], 3, axis=2)
        tiles = as_pixels(image) if pixels is None else pixels
        if self._pixels.ndim > tiles.ndim:
            tiles = tiles[..., None]
        top = self._filled * tile
        self._pixels[top : top + tile] = tiles
        self._filled += 1

    @property
    def mark(self) -> tuple[int, int]:
        """The state to come back to with :meth:`rewind`."""
        return self._filled, self._seen

    def rewind(self, mark: tuple[int, int]) -> None:
        """Forget every frame taken since ``mark``."""
        self._filled, self._seen = mark

    @property
    def shape(self) -> StripShape:
        """What the strip holds by now."""
        return StripShape(self._planned.tile, self._filled, self._seen)

    @property
    def pixels(self) -> Pixels:
        """The filled part: uint8, ``(tile * shown, tile)`` or ``(tile * shown, tile, 3)``."""
        return self._pixels[: self._filled * self._planned.tile]


def as_pixels(image: Image.Image) -> Pixels:
    """A picture as uint8, ``(rows, columns)`` or ``(rows, columns, 3)``."""
    return np.asarray(image)
