"""Text that a page can hold."""

from __future__ import annotations

import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with U+FFFD for what no page can hold: controls, undecodable bytes."""
    return _UNSHOWABLE.sub(REPLACEMENT, text)
