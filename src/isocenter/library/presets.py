"""Window presets: named windows in which a library shows every grey image once more."""

from __future__ import annotations

import re
from collections.abc import Iterable

from isocenter.errors import UsageError
from isocenter.library.model import WindowPreset
from isocenter.pixels.look import Look

_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


def presets(written: Iterable[str]) -> tuple[WindowPreset, ...]:
    """Presets as the command line has them, such as ``brain:40,80``.

    Raises:
        UsageError: one is none, has no window's numbers, or a name comes twice.
    """
    found = tuple(map(_preset, written))
    names = [preset.name.casefold() for preset in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"two windows are called {twice!r}")
    return found


def _preset(text: str) -> WindowPreset:
    name, colon, numbers = text.partition(":")
    if not colon or not _NAME.fullmatch(name):
        raise UsageError(f"window {text!r} is none; write NAME:CENTER,WIDTH such as brain:40,80")
    try:
        center, width = map(float, numbers.split(","))
    except ValueError:
        raise UsageError(
            f"window {text!r} has no center and width; write NAME:CENTER,WIDTH such as brain:40,80"
        ) from None
    Look(window=(center, width))  # raises for a window that has no meaning
    return WindowPreset(name, center, width)
