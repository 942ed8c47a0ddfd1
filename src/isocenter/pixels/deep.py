"""Gray of more than 8 bits: the picture in 16 bits, and the values before any window."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.errors import PixelError
from isocenter.pixels.frame import Frame
from isocenter.pixels.frames import Frames
from isocenter.pixels.grayscale import grayscale
from isocenter.pixels.look import Look
from isocenter.pixels.luts import Grayscale, Share
from isocenter.pixels.voi import WHITE, levels, sampled_range

_DEEP_WHITE = 65535.0


def deep_picture(frames: Frames, index: int, look: Look) -> NDArray[np.uint16]:
    """Frame ``index`` as ``picture`` shows it, in 16 bits; gray only.

    Args:
        frames: the image.
        index: frame, from 0.
        look: its window counts; size, overlays and pixel aspect do not.

    Returns:
        uint16, C-contiguous, of shape (rows, columns); 65,535 is white.

    Raises:
        PixelError: the frame cannot be decoded.
        UsageError: there is no such frame, window or VOI LUT.
    """
    frame = frames[index]
    gray = grayscale(frames.dataset, index, frame, frames.notes, look)
    found = _output(frame, gray)
    unknown, padding = np.isnan(found), _padding(frame, gray)
    voi = gray.voi
    if isinstance(voi, Share):
        voi = sampled_range(found[~(unknown | padding)], voi)
    shown = levels(np.where(unknown, 0.0, found), voi, gray.presentation)
    deep = np.floor(shown * (_DEEP_WHITE / WHITE) + 0.5).astype(np.uint16)
    if gray.inverse:
        deep = 65535 - deep
    deep[unknown | padding] = 0
    return deep


def output_values(frames: Frames, index: int) -> NDArray[np.float64]:
    """Frame ``index`` in output units of its Modality LUT or rescale, such as HU (PS3.3 C.11.1).

    Returns:
        float64, C-contiguous, of shape (rows, columns); gray only.

    Raises:
        PixelError: the frame cannot be decoded.
        UsageError: there is no such frame.
    """
    frame = frames[index]
    full = Look(window="full")  # so that no window is looked for
    return _output(frame, grayscale(frames.dataset, index, frame, frames.notes, full))


def _output(frame: Frame, gray: Grayscale) -> NDArray[np.float64]:
    if frame.values.ndim != 2:
        raise PixelError("The frame is declared gray and decodes as colour: it has no output units")
    with np.errstate(over="ignore", invalid="ignore"):
        found = gray.modality.apply(frame.values.astype(np.float64))
    return np.ascontiguousarray(found)


def _padding(frame: Frame, gray: Grayscale) -> NDArray[Any]:
    if gray.padding is None:
        return np.zeros(frame.values.shape, np.bool_)
    return (frame.values >= gray.padding[0]) & (frame.values <= gray.padding[1])
