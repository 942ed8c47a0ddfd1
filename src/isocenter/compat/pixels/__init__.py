"""Pixel data: ``isocenter.pixels`` under pydicom's names, with its arguments and errors."""

from isocenter.compat.pixels.arrays import (
    compress,
    decompress,
    iter_pixels,
    pixel_array,
)
from isocenter.compat.pixels.decoders import get_decoder
from isocenter.compat.pixels.description import as_pixel_options
from isocenter.compat.pixels.encoders import get_encoder
from isocenter.compat.pixels.processing import (
    apply_color_lut,
    apply_icc_profile,
    apply_modality_lut,
    apply_presentation_lut,
    apply_rescale,
    apply_voi,
    apply_voi_lut,
    apply_windowing,
    convert_color_space,
    create_icc_transform,
)
from isocenter.pixels import set_pixel_data

__all__ = [
    "apply_color_lut",
    "apply_icc_profile",
    "apply_modality_lut",
    "apply_presentation_lut",
    "apply_rescale",
    "apply_voi",
    "apply_voi_lut",
    "apply_windowing",
    "as_pixel_options",
    "compress",
    "convert_color_space",
    "create_icc_transform",
    "decompress",
    "get_decoder",
    "get_encoder",
    "iter_pixels",
    "pixel_array",
    "set_pixel_data",
]
