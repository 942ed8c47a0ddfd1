"""Pixels that are not square, and pictures of a wanted size (PS3.3 C.7.6.3.1.7)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from isocenter.pixels.notes import Notes
from isocenter.pixels.source import PixelDataset, functional_groups, numbers, shown, there

_SPACINGS = ("ImagerPixelSpacing", "NominalScannedPixelSpacing")
_MOST = 100.0  # pixels a hundred times as long as wide are a mistake, and a memory bomb
_REDUCING_GAP = 2.0  # large images are first reduced by whole factors: as good, and fast


def pixel_aspect(ds: PixelDataset, index: int, notes: Notes) -> float:
    """Height of a pixel of frame ``index`` as part of its width; 1.0 when it is square.

    The spacing in the patient decides, then at the detector, then of a scanned film,
    then Pixel Aspect Ratio, which is for images that have no spacing.
    """
    for place, keyword in _places(ds, index):
        if not there(place, keyword):
            continue
        found = numbers(place, keyword)
        ratio = found[0] / found[1] if len(found) == 2 and min(found) > 0 else 0.0
        if 1 / _MOST <= ratio <= _MOST:
            return ratio
        notes.warn(
            "bad-aspect",
            f"{keyword} is {shown(place, keyword)}; no shape of a pixel",
            clause="PS3.3 C.7.6.3.1.7",
        )
    return 1.0


def _places(ds: PixelDataset, index: int) -> Iterator[tuple[PixelDataset, str]]:
    for place in functional_groups(ds, index, "PixelMeasuresSequence"):
        yield place, "PixelSpacing"
    for keyword in (*_SPACINGS, "PixelAspectRatio"):
        yield ds, keyword


def resampled(
    pixels: NDArray[np.uint8], aspect: float, box: tuple[int, int] | None
) -> NDArray[np.uint8]:
    """The picture with square pixels, in ``box`` (width, height) when one is given.

    Args:
        pixels: shape (rows, columns) or (rows, columns, 3).
        aspect: height of a pixel as part of its width.
        box: the picture touches two of its sides; ``None`` keeps the finer of both scales.

    Returns:
        An array of the same kind; ``pixels`` itself when nothing is to be done.
    """
    rows, columns = pixels.shape[:2]
    width, height = (columns, rows * aspect) if aspect >= 1 else (columns / aspect, rows)
    if box is not None:
        scale = min(box[0] / width, box[1] / height)
        width, height = width * scale, height * scale
    size = max(1, round(width)), max(1, round(height))
    if size == (columns, rows):
        return pixels
    return np.asarray(_resized(Image.fromarray(pixels), size))


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    shrinking = size[0] < image.width and size[1] < image.height
    return image.resize(
        size,
        Image.Resampling.HAMMING if shrinking else Image.Resampling.BICUBIC,
        reducing_gap=_REDUCING_GAP if shrinking else None,
    )
