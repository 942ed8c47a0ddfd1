"""``render``: a frame of a data set as an 8-bit picture, by one call."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isocenter.pixels.display import DisplayTables
from isocenter.pixels.frames import Frames
from isocenter.pixels.look import Look, WindowChoice
from isocenter.pixels.picture import picture
from isocenter.pixels.source import PixelDataset


def render(  # noqa: PLR0913 - each is one thing a caller may want, by name
    ds: PixelDataset | Frames,
    *,
    frame: int = 0,
    window: WindowChoice = "file",
    voi: int = 0,
    prefer_lut: bool = False,
    overlays: bool = False,
    icc: bool = False,
    square: bool = False,
    size: int | tuple[int, int] | None = None,
    tables: DisplayTables | None = None,
) -> NDArray[np.uint8]:
    """A frame as it is to be seen: PS3.3 C.11 from stored values to 8 bits in one look-up.

    Args:
        ds: a data set; or its :class:`Frames`, opened once for many frames, whose
            ``findings`` then tell what had to be assumed.
        frame: which, from 0.
        window: ``"file"`` shows what the data set asks for, else as ``"auto"``; ``"auto"``
            spans the frame's own values from 0.5 % to 99.5 %, ``"full"`` from the least to the
            greatest; ``(center, width)`` is a LINEAR window in Modality LUT output units, such
            as HU; ``(center, width, "LINEAR_EXACT")`` or ``"SIGMOID"`` another function.
        voi: which of several windows or VOI LUTs of the data set, from 0.
        prefer_lut: VOI LUTs come before windows.
        overlays: burn overlay planes in.
        icc: convert colour by the ICC profile to sRGB.
        square: resample pixels that are not square, so that the picture is.
        size: pixels of the long edge, or a box ``(width, height)`` to fit into; pixels become
            square.
        tables: tables made so far; pass one :class:`DisplayTables` to all images of a series.

    Returns:
        uint8, C-contiguous, of shape (rows, columns), or (rows, columns, 3) for colour.

    Raises:
        UsageError: an option has no meaning; there is no such frame, window or VOI LUT.
        PixelError: the frame cannot be decoded or shown.
    """
    look = Look(
        window=window,
        voi=voi,
        prefer_lut=prefer_lut,
        overlays=overlays,
        icc=icc,
        square=square,
        size=size,
    )
    frames = ds if isinstance(ds, Frames) else Frames(ds)
    return picture(frames, frame, DisplayTables() if tables is None else tables, look)
