"""``convert_color_space``: RGB and YCbCr of 8 bits, each to the other (PS3.3 C.7.6.3.1.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from isocenter.errors import UsageError
from isocenter.pixels.color import ybr_to_rgb

Conversion: TypeAlias = Callable[[NDArray[np.uint8], str], NDArray[np.uint8]]
"""Turns 8-bit colours into those of the named colour space."""
_YBR = frozenset({"YBR_FULL", "YBR_FULL_422"})
_SPACES = _YBR | {"RGB"}
_LUMA = (0.299, 0.587, 0.114)
_BLUE_DIFFERENCE, _RED_DIFFERENCE = 1.772, 1.402  # 2 - 2 * 0.114 and 2 - 2 * 0.299


def convert_color_space(
    arr: NDArray[Any],
    current: str,
    desired: str,
    per_frame: bool = False,  # noqa: FBT001, FBT002 - pydicom's signature
) -> NDArray[np.uint8]:
    """Colours in another colour space.

    Args:
        arr: uint8, shape (rows, columns, 3) or (frames, rows, columns, 3).
        current: ``"RGB"``, ``"YBR_FULL"`` or ``"YBR_FULL_422"``: an array has one colour for
            each pixel, so that the last two are the same.
        desired: one of the same.
        per_frame: convert one frame after the other in place.

    Returns:
        A new array; ``arr`` itself with ``per_frame``, or where there is nothing to do.

    Raises:
        UsageError: the array or a colour space is none of these.
    """
    return converted_by(_converted, arr, current, desired, per_frame=per_frame)


def converted_by(
    conversion: Conversion, arr: NDArray[Any], current: str, desired: str, *, per_frame: bool
) -> NDArray[np.uint8]:
    """Colours in another colour space, by what turns an array into the desired one.

    Args, result and errors are those of :func:`convert_color_space`.
    """
    for space in (current, desired):
        if space not in _SPACES:
            raise UsageError(f"colours of {space!r} are not converted; {sorted(_SPACES)} are")
    if arr.dtype != np.uint8 or arr.ndim not in {3, 4} or arr.shape[-1] != 3:
        raise UsageError(f"colours of 8 bits are wanted, not {arr.dtype} of shape {arr.shape}")
    if (current in _YBR) == (desired in _YBR):
        return arr
    if not per_frame:
        return conversion(arr, desired)
    for frame in arr if arr.ndim == 4 else arr[None]:
        frame[...] = conversion(frame, desired)
    return arr


def _converted(arr: NDArray[np.uint8], desired: str) -> NDArray[np.uint8]:
    return ybr_to_rgb(arr, "YBR_FULL", 8) if desired == "RGB" else _rgb_to_ybr(arr)


def _rgb_to_ybr(arr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Rounded, halves up; the greatest difference, 127.5 above the middle, is clipped."""
    every = np.arange(256, dtype=np.float64)
    red, green, blue = (arr[..., n] for n in range(3))
    luma = np.take(_LUMA[0] * every, red)
    luma += np.take(_LUMA[1] * every, green)
    luma += np.take(_LUMA[2] * every, blue)
    found = np.empty(arr.shape, np.uint8)
    for sample, color, scale in ((1, blue, _BLUE_DIFFERENCE), (2, red, _RED_DIFFERENCE)):
        difference = color - luma
        difference /= scale
        difference += 128.5
        found[..., sample] = np.minimum(difference, 255.0, out=difference)
    luma += 0.5
    found[..., 0] = luma
    return found
