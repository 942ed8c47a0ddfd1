"""How a window is written on the command line."""

from __future__ import annotations

from isocenter.errors import UsageError
from isocenter.pixels.look import WindowChoice

_NAMED: dict[str, WindowChoice] = {"file": "file", "auto": "auto", "full": "full"}


def window(text: str) -> WindowChoice:
    """``file``, ``auto``, ``full``, or center and width with a comma, such as ``40,400``.

    Raises:
        UsageError: it is none of these.
    """
    named = _NAMED.get(text)
    if named is not None:
        return named
    try:
        center, width = map(float, text.split(","))
    except ValueError:
        raise UsageError(
            f"window {text!r} is none; write file, auto, full, or center and width such as 40,400"
        ) from None
    return center, width
