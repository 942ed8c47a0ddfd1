"""From a data set to frames as arrays of stored values, and to 8-bit pictures.

``Frames(ds)`` opens an image, ``frames.array(i)`` decodes one frame, and
``render(frames, i, DisplayTables())`` shows it. ``slice_order`` sorts a series.
"""

from isocenter.pixels.display import DisplayTables
from isocenter.pixels.frame import Frame
from isocenter.pixels.frames import FRAME_LIMIT, Frames
from isocenter.pixels.geometry import SliceKey, slice_key, slice_order
from isocenter.pixels.render import render

__all__ = [
    "FRAME_LIMIT",
    "DisplayTables",
    "Frame",
    "Frames",
    "SliceKey",
    "render",
    "slice_key",
    "slice_order",
]
