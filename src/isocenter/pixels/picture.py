"""One frame to an 8-bit picture: the composition of everything in this package."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from isocenter.errors import PixelError
from isocenter.pixels.color import YBR, ybr_to_rgb
from isocenter.pixels.display import DisplayTables, show
from isocenter.pixels.frame import Frame
from isocenter.pixels.frames import Frames
from isocenter.pixels.grayscale import grayscale
from isocenter.pixels.icc import apply_icc_profile
from isocenter.pixels.look import Look
from isocenter.pixels.luts import Grayscale
from isocenter.pixels.notes import Notes
from isocenter.pixels.overlays import burnt
from isocenter.pixels.palette import colored, read_palette
from isocenter.pixels.sizes import pixel_aspect, resampled

_GRAY = frozenset({"MONOCHROME1", "MONOCHROME2"})


AS_THE_FILE_SAYS = Look()


def picture(
    frames: Frames, index: int, display: DisplayTables, look: Look = AS_THE_FILE_SAYS
) -> NDArray[np.uint8]:
    """Frame ``index`` as it is to be seen.

    Gray goes through Modality LUT, VOI and Presentation LUT (PS3.4 N.2); without a window
    or VOI LUT the frame's own range from 0.5 % to 99.5 % of its values is shown. Colour is
    shown as it is: it has no VOI. Findings go to ``frames.findings``.

    Args:
        frames: the image.
        index: frame, from 0.
        display: tables made so far; the same one for all images of a series.
        look: what is wanted.

    Returns:
        uint8, C-contiguous, of shape (rows, columns) or (rows, columns, 3).

    Raises:
        PixelError: the frame cannot be decoded or shown.
        UsageError: there is no such frame, window or VOI LUT.
    """
    frame = frames[index]
    try:
        shown = _shown(frames, index, frame, display, look)
        if look.overlays:
            shown = burnt(shown, frames, index)
        if look.square or look.box:
            shown = resampled(shown, pixel_aspect(frames.dataset, index, frames.notes), look.box)
    except MemoryError as error:
        raise PixelError(f"There is no memory to show frame {index}") from error
    return np.ascontiguousarray(shown)


def _shown(
    frames: Frames, index: int, frame: Frame, display: DisplayTables, look: Look
) -> NDArray[np.uint8]:
    if frame.values.ndim == 3:
        colors = _color(frame, frames)
        return apply_icc_profile(colors.copy(), frames.dataset) if look.icc else colors
    if frame.photometric == "PALETTE COLOR":
        palette = read_palette(frames.dataset, signed=frame.signed, notes=frames.notes)
        return colored(frame.values, palette, display)
    if frame.photometric not in _GRAY:
        _unknown(frames, frame, "MONOCHROME2")
    return show(frame.values, _grayscale(frames, index, frame, look), display)


def _grayscale(frames: Frames, index: int, frame: Frame, look: Look) -> Grayscale:
    """How a frame is to be shown; what a single frame's data set says of it is read once."""
    if frames.count > 1:
        return grayscale(frames.dataset, index, frame, frames.notes, look)
    if look not in frames.kept:
        notes = Notes()
        frames.kept[look] = grayscale(frames.dataset, index, frame, notes, look), notes.findings()
    gray, findings = frames.kept[look]
    frames.notes.take(findings)
    return cast("Grayscale", gray)


def _unknown(frames: Frames, frame: Frame, shown: str) -> None:
    frames.notes.warn(
        "assumed-value",
        f"PhotometricInterpretation is {frame.photometric[:40]}; shown as {shown}",
        tag="(0028,0004)",
        clause="PS3.3 C.7.6.3.1.2",
    )


def _color(frame: Frame, frames: Frames) -> NDArray[np.uint8]:
    if frame.values.shape[2] != 3:
        raise PixelError(
            f"{frame.values.shape[2]} samples per pixel cannot be shown",
            tag="(0028,0002)",
            clause="PS3.3 C.7.6.3.1.1",
        )
    values = frame.values
    photometric = frame.photometric.removesuffix("_420").removesuffix("_422")  # every pixel has all
    if photometric in YBR and not frame.signed:
        values = ybr_to_rgb(values, photometric, frame.bits)
    elif frame.photometric != "RGB":
        _unknown(frames, frame, "RGB")
    return _eight_bits(values, frame)


def _eight_bits(values: NDArray[Any], frame: Frame) -> NDArray[np.uint8]:
    """Samples of more or fewer than 8 bits, stretched from their range to 0..255."""
    if values.dtype == np.uint8 and frame.bits == 8:
        return values
    if values.dtype.kind == "f":
        raise PixelError("Colour of floating point samples cannot be shown")
    top = (1 << frame.bits) - 1
    offset = (top + 1) // 2 if frame.signed else 0
    scaled = (values.astype(np.float64) + offset) * (255.0 / top)
    return np.floor(np.clip(scaled, 0.0, 255.0) + 0.5).astype(np.uint8)
