"""From a rendered frame to its smaller pictures, fitted into squares."""

from __future__ import annotations

from PIL import Image

from isocenter.pixels.imagefiles import Pixels

_REDUCING_GAP = 2.0  # large images are first reduced by whole factors: as good, and fast


def fitted(pixels: Pixels, side: int) -> Image.Image:
    """The whole frame in a square of ``side`` pixels, centred, black where nothing is."""
    picture = Image.fromarray(pixels)
    scale = side / max(picture.size)
    width, height = (max(1, round(length * scale)) for length in picture.size)
    shrinking = scale < 1
    resized = picture.resize(
        (width, height),
        Image.Resampling.HAMMING if shrinking else Image.Resampling.BICUBIC,
        reducing_gap=_REDUCING_GAP if shrinking else None,
    )
    if width == height:
        return resized
    square = Image.new(picture.mode, (side, side))
    square.paste(resized, ((side - width) // 2, (side - height) // 2))
    return square


def smaller(square: Image.Image, side: int) -> Image.Image:
    """A fitted square again, at ``side`` pixels."""
    return square.resize((side, side), Image.Resampling.HAMMING)
