"""Overlay planes as arrays, with pydicom's kinds of errors: ``isocenter.pixels.overlays``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isocenter.compat.misc import warn_and_log
from isocenter.errors import PixelError
from isocenter.pixels.overlays import overlay_array

__all__ = ["get_expected_length", "get_overlay_array", "is_available", "reshape_overlay_array"]

_GROUPS = range(0x6000, 0x6100)
_REQUIRED = {
    "OverlayData": 0x3000,
    "OverlayBitsAllocated": 0x0100,
    "OverlayRows": 0x0010,
    "OverlayColumns": 0x0011,
}
_EMBEDDED_BITS = 1  # more bits are those of the pixel cells that the plane is in


def is_available() -> bool:
    """Whether numpy is there: it always is."""
    return True


def get_expected_length(elem: Mapping[str, Any], unit: str = "bytes") -> int:
    """How long Overlay Data is, without padding.

    Args:
        elem: ``OverlayRows``, ``OverlayColumns`` and ``NumberOfFramesInOverlay``.
        unit: ``"bytes"`` or ``"pixels"``.
    """
    pixels = int(elem["OverlayRows"] * elem["OverlayColumns"] * elem["NumberOfFramesInOverlay"])
    return pixels if unit == "pixels" else -(-pixels // 8)


def reshape_overlay_array(elem: Mapping[str, Any], arr: Any) -> Any:
    """Bits of one dimension as (rows, columns), or (frames, rows, columns) of several frames.

    Raises:
        ValueError: there are fewer frames than one, or not as many bits as pixels.
    """
    frames = elem["NumberOfFramesInOverlay"]
    if frames < 1:
        raise ValueError(f"Number of Frames in Overlay (60xx,0015) cannot be {frames}")
    plane = (elem["OverlayRows"], elem["OverlayColumns"])
    return arr.reshape(plane if frames == 1 else (frames, *plane))


def get_overlay_array(ds: Any, group: int) -> Any:
    """The bits of the overlay plane of a group: uint8 of 0 and 1, writable.

    Raises:
        AttributeError: an element that is needed is absent.
        ValueError: the group is none of overlays, or there are too few bits.
    """
    if group not in _GROUPS:
        raise ValueError(f"overlays are in the groups 0x6000 to 0x60FF, not in {group:#06x}")
    found = {keyword: ds.get(group << 16 | place) for keyword, place in _REQUIRED.items()}
    missing = [keyword for keyword, element in found.items() if element is None]
    bits = found["OverlayBitsAllocated"]
    if missing == ["OverlayData"] and bits.value > _EMBEDDED_BITS:
        missing = []
    if missing:
        raise AttributeError(
            f"Overlay {group:04X} cannot be read, elements are missing: {', '.join(missing)}"
        )
    try:
        array = overlay_array(ds, group)
    except PixelError as error:
        raise ValueError(str(error)) from error
    _tell_of_padding(found["OverlayData"], array.size)
    return array


def _tell_of_padding(element: Any, pixels: int) -> None:
    length = -(-pixels // 8)
    if element is None or len(element.value) == length + length % 2:
        return
    if len(element.value) % 2:
        warn_and_log(
            "Overlay Data has an odd length: no padding byte stands at its end", stacklevel=3
        )
    else:
        warn_and_log(
            f"Overlay Data of {len(element.value)} bytes contains excess padding: {length} are used",
            stacklevel=3,
        )
