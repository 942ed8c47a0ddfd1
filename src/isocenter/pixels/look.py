"""How an image is to be shown, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from isocenter.errors import UsageError
from isocenter.pixels.luts import LEAST_WIDTH, Function, Window

LONGEST = 65_535
"""Most pixels a side of a resized picture may have."""

WindowChoice = Literal["file", "auto", "full"] | tuple[float, float] | tuple[float, float, str]


@dataclass(frozen=True, slots=True)
class Look:
    """What :func:`isocenter.pixels.render` may be asked for.

    Args:
        window: ``"file"`` shows what the data set asks for, else as ``"auto"``; ``"auto"``
            spans the frame's own values from 0.5 % to 99.5 %, ``"full"`` from the least to the
            greatest; ``(center, width)`` is a LINEAR window in Modality LUT output units
            (PS3.3 C.11.2.1.2), ``(center, width, function)`` one of another VOI LUT Function.
        voi: which of the data set's windows (or VOI LUTs), from 0; for ``"file"`` only.
        prefer_lut: VOI LUTs come before windows where the data set has both.
        overlays: burn the overlay planes in (PS3.3 C.9.2).
        icc: convert colour by the data set's ICC profile to sRGB (PS3.3 C.11.15).
        square: resample pixels that are not square (PS3.3 C.7.6.3.1.7).
        size: pixels of the long edge, or ``(width, height)`` of a box to fit into; pixels
            become square. ``None`` keeps rows and columns.

    Raises:
        UsageError: an option has no meaning.
    """

    window: WindowChoice = "file"
    voi: int = 0
    prefer_lut: bool = False
    overlays: bool = False
    icc: bool = False
    square: bool = False
    size: int | tuple[int, int] | None = None

    def __post_init__(self) -> None:
        _check_voi(self.voi)
        _check_size(self.box)
        if isinstance(self.window, str):
            if self.window not in {"file", "auto", "full"}:
                raise UsageError(
                    f"window is {self.window!r}; 'file', 'auto', 'full' or (center, width) is wanted"
                )
        else:
            _window(self.window)

    @property
    def explicit(self) -> Window | None:
        """The window that was given by numbers."""
        return None if isinstance(self.window, str) else _window(self.window)

    @property
    def box(self) -> tuple[int, int] | None:
        """Width and height to fit into."""
        return (self.size, self.size) if isinstance(self.size, int) else self.size


def _window(numbers: Any) -> Window:
    try:
        center, width, *rest = numbers
        function = Function(*rest) if rest else Function.LINEAR
        window = Window(float(center), float(width), function)
    except (TypeError, ValueError):
        raise UsageError(
            f"window is {numbers!r}; (center, width) or (center, width, function) is wanted"
        ) from None
    if not window.sound:
        least = LEAST_WIDTH[window.function]
        raise UsageError(
            f"window is {numbers!r}; a {window.function} width is at least {least:g} and over 0"
            " (PS3.3 C.11.2.1.2)"
        )
    return window


def _check_voi(voi: Any) -> None:
    if not isinstance(voi, int) or voi < 0:
        raise UsageError(f"voi is {voi!r}; 0 or more is wanted")


def _check_size(box: Any) -> None:
    try:
        sound = box is None or (len(box) == 2 and all(1 <= int(side) <= LONGEST for side in box))
    except (TypeError, ValueError):
        sound = False
    if not sound:
        raise UsageError(f"size is {box!r}; sides of 1 to {LONGEST:,} pixels are wanted")
