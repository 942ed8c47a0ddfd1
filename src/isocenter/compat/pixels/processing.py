"""From stored values to what is shown: ``isocenter.pixels``, with pydicom's kinds of error."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from isocenter import pixels
from isocenter.compat.pixels import colours
from isocenter.errors import PixelError
from isocenter.pixels.views import table_count, window_count

_P = ParamSpec("_P")
_R = TypeVar("_R")
_CONVERTED = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422"})


def _told(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """The same function; what is wrong with the data set is a ``ValueError``."""

    @wraps(function)
    def told(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return function(*args, **kwargs)
        except PixelError as error:
            raise ValueError(str(error)) from error

    return told


apply_color_lut = _told(pixels.apply_color_lut)
apply_icc_profile = _told(pixels.apply_icc_profile)
apply_modality_lut = _told(pixels.apply_modality_lut)
apply_presentation_lut = _told(pixels.apply_presentation_lut)
apply_rescale = _told(pixels.apply_rescale)
create_icc_transform = _told(pixels.create_icc_transform)


@_told
def apply_windowing(arr: NDArray[Any], ds: Any, index: int = 0) -> NDArray[Any]:
    """A window, see :func:`isocenter.pixels.apply_windowing`; the only one whatever ``index`` is.

    Raises:
        IndexError: there are several, but not so many.
    """
    return pixels.apply_windowing(arr, ds, _window(ds, index))


@_told
def apply_voi(arr: NDArray[Any], ds: Any, index: int = 0) -> NDArray[Any]:
    """A VOI LUT, see :func:`isocenter.pixels.apply_voi`.

    Raises:
        IndexError: there are not so many.
    """
    return pixels.apply_voi(arr, ds, _within(index, table_count(ds)))


@_told
def apply_voi_lut(
    arr: NDArray[Any], ds: Any, index: int = 0, prefer_lut: bool = True
) -> NDArray[Any]:
    """A VOI LUT or a window, see :func:`isocenter.pixels.apply_voi_lut`.

    Raises:
        IndexError: there are several, but not so many.
    """
    tables = table_count(ds)
    by_table = tables is not None and (prefer_lut or window_count(ds) is None)
    place = _within(index, tables) if by_table else _window(ds, index)
    return pixels.apply_voi_lut(arr, ds, place, prefer_lut)


def _window(ds: Any, index: int) -> int:
    count = window_count(ds)
    return 0 if count == 1 else _within(index, count)


def _within(index: int, count: int | None) -> int:
    if count and index >= count:
        raise IndexError(f"there is no number {index}; there are {count}, counted from 0")
    return index


def convert_color_space(
    arr: NDArray[Any], current: str, desired: str, per_frame: bool = False
) -> NDArray[np.uint8]:
    """Colours in another colour space, rounded as pydicom rounds them.

    Raises:
        NotImplementedError: a colour space is none that is converted.
        ValueError: the array is none of colours of 8 bits.
    """
    unknown = {current, desired} - _CONVERTED
    if unknown:
        raise NotImplementedError(f"colours of {sorted(map(str, unknown))} are not converted")
    return colours.convert_color_space(arr, current, desired, per_frame)


__all__ = [
    "apply_color_lut",
    "apply_icc_profile",
    "apply_modality_lut",
    "apply_presentation_lut",
    "apply_rescale",
    "apply_voi",
    "apply_voi_lut",
    "apply_windowing",
    "convert_color_space",
    "create_icc_transform",
]
