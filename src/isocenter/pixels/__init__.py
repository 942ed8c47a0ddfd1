"""From a data set to frames as arrays of stored values, and to 8-bit pictures.

``pixel_array(src)`` and ``iter_pixels(src)`` give arrays, ``compress`` and ``decompress``
change the transfer syntax. ``Frames(ds)`` opens an image, ``frames.array(i)`` decodes one
frame, and ``render(frames, i, DisplayTables())`` shows it. ``slice_order`` sorts a series.
"""

from isocenter.pixels.access import iter_pixels, pixel_array
from isocenter.pixels.compression import compress, decompress
from isocenter.pixels.display import DisplayTables
from isocenter.pixels.encapsulating import encapsulate, encapsulate_extended
from isocenter.pixels.frame import Frame
from isocenter.pixels.frames import FRAME_LIMIT, Frames
from isocenter.pixels.geometry import SliceKey, slice_key, slice_order
from isocenter.pixels.pixel_data import set_pixel_data
from isocenter.pixels.render import render

__all__ = [
    "FRAME_LIMIT",
    "DisplayTables",
    "Frame",
    "Frames",
    "SliceKey",
    "compress",
    "decompress",
    "encapsulate",
    "encapsulate_extended",
    "iter_pixels",
    "pixel_array",
    "render",
    "set_pixel_data",
    "slice_key",
    "slice_order",
]
