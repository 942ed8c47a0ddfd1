"""From a data set to frames as arrays of stored values, and to 8-bit pictures.

``pixel_array(src)`` and ``iter_pixels(src)`` give arrays, ``compress`` and ``decompress``
change the transfer syntax, ``render(ds)`` shows a frame. ``Frames(ds)`` opens an image,
``frames.array(i)`` decodes one frame, and ``picture(frames, i, DisplayTables(), Look())``
shows it with the tables of a whole series. ``slice_order`` sorts a series.
"""

from isocenter.pixels.access import iter_pixels, pixel_array
from isocenter.pixels.bits import expand_ybr422, pack_bits, unpack_bits
from isocenter.pixels.codestreams import get_j2k_parameters
from isocenter.pixels.coloring import apply_color_lut
from isocenter.pixels.colorspace import convert_color_space
from isocenter.pixels.compression import compress, decompress
from isocenter.pixels.display import DisplayTables
from isocenter.pixels.encapsulating import encapsulate, encapsulate_extended
from isocenter.pixels.frame import Frame
from isocenter.pixels.frames import FRAME_LIMIT, Frames
from isocenter.pixels.geometry import SliceKey, slice_key, slice_order
from isocenter.pixels.icc import apply_icc_profile, create_icc_transform
from isocenter.pixels.look import Look
from isocenter.pixels.overlays import overlay_array
from isocenter.pixels.picture import picture
from isocenter.pixels.pixel_data import set_pixel_data
from isocenter.pixels.processing import (
    apply_modality_lut,
    apply_presentation_lut,
    apply_rescale,
    apply_voi,
    apply_voi_lut,
    apply_windowing,
)
from isocenter.pixels.render import render

__all__ = [
    "FRAME_LIMIT",
    "DisplayTables",
    "Frame",
    "Frames",
    "Look",
    "SliceKey",
    "apply_color_lut",
    "apply_icc_profile",
    "apply_modality_lut",
    "apply_presentation_lut",
    "apply_rescale",
    "apply_voi",
    "apply_voi_lut",
    "apply_windowing",
    "compress",
    "convert_color_space",
    "create_icc_transform",
    "decompress",
    "encapsulate",
    "encapsulate_extended",
    "expand_ybr422",
    "get_j2k_parameters",
    "iter_pixels",
    "overlay_array",
    "pack_bits",
    "picture",
    "pixel_array",
    "render",
    "set_pixel_data",
    "slice_key",
    "slice_order",
    "unpack_bits",
]
