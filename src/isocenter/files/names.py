"""Values of a data set as parts of paths that every file system takes.

A value can never make a path lead elsewhere: separators, control characters and what
Windows forbids become ``_``, and so do dots at the ends, so that ``..`` is ``__``.
"""

from __future__ import annotations

import hashlib
import unicodedata

_FORBIDDEN = frozenset('<>:"/\\|?*')
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # Unicode categories
_ASCII = str.maketrans(dict.fromkeys([*_FORBIDDEN, *map(chr, range(32)), "\x7f"], "_"))
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{n}" for port in ("com", "lpt") for n in "0123456789\u00b9\u00b2\u00b3"}
)
LONGEST = 200
"""Bytes of UTF-8 a name may have before counter, frame and extension; most systems take 255."""


def cleaned(text: str) -> str:
    """The text with ``_`` for every character that a file system may refuse, or nobody sees."""
    if text.isascii():
        return text.translate(_ASCII)
    return "".join(
        "_" if char in _FORBIDDEN or unicodedata.category(char) in _INVISIBLE else char
        for char in unicodedata.normalize("NFC", text)
    )


def component(text: str) -> str:
    """One folder or file name without extension, of cleaned text; never empty, never too long."""
    inner = text.strip(". ")
    left = len(text) - len(text.lstrip(". "))
    name = "_" * left + inner + "_" * (len(text) - left - len(inner)) if inner else "_" * len(text)
    if name.partition(".")[0].rstrip(" ").casefold() in _RESERVED:
        name = f"_{name}"
    return _shortened(name or "_")


def _shortened(name: str) -> str:
    """A name over the limit ends with a hash of the whole, so that two long ones stay two."""
    encoded = name.encode()
    if len(encoded) <= LONGEST:
        return name
    digest = hashlib.sha256(encoded).hexdigest()[:8]
    return encoded[: LONGEST - 9].decode(errors="ignore").rstrip(". ") + f"~{digest}"


def folded(path: str) -> str:
    """What two paths have in common that some file system takes for one."""
    return unicodedata.normalize("NFC", path).casefold()
