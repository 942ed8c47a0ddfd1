"""Data for pages that may not read files: classic scripts that hand over one value.

A page opened from ``file://`` can run a script beside it, but cannot fetch a text.
"""

from __future__ import annotations

import json
from typing import Any

from isocenter.markup.text import printable


def registered(name: str, value: Any) -> bytes:
    """A script that calls ``isocenter.register(name, value)``.

    Text is ASCII with escapes, so that it is the same in whatever character set, and
    markup in it is never markup.
    """
    text = json.dumps(_shown(value), separators=(",", ":")).replace("<", "\\u003c")
    return f'isocenter.register("{name}",{text});\n'.encode("ascii")


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: _shown(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(one) for one in value]
    return value
