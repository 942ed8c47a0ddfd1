"""Pixel data of files and data sets as arrays, and back, and what is said of it."""

from isocenter.compat.pixels.arrays import (
    compress,
    decompress,
    iter_pixels,
    pixel_array,
)
from isocenter.compat.pixels.description import (
    as_pixel_options,
    get_expected_length,
    get_nr_frames,
    pixel_dtype,
    reshape_pixel_array,
)
from isocenter.pixels import (
    expand_ybr422,
    get_j2k_parameters,
    pack_bits,
    set_pixel_data,
    unpack_bits,
)

__all__ = [
    "as_pixel_options",
    "compress",
    "decompress",
    "expand_ybr422",
    "get_expected_length",
    "get_j2k_parameters",
    "get_nr_frames",
    "iter_pixels",
    "pack_bits",
    "pixel_array",
    "pixel_dtype",
    "reshape_pixel_array",
    "set_pixel_data",
    "unpack_bits",
]
