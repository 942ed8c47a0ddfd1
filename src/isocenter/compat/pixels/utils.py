"""Pixel data of files and data sets as arrays, and back: ``isocenter.pixels``."""

from isocenter.pixels import (
    compress,
    decompress,
    iter_pixels,
    pixel_array,
    set_pixel_data,
)

__all__ = [
    "compress",
    "decompress",
    "iter_pixels",
    "pixel_array",
    "set_pixel_data",
]
