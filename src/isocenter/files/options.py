"""What of a file is read, and how: the arguments of ``dcmread`` as one frozen value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from isocenter.core.charset import CharacterSets, character_sets
from isocenter.core.encoding import Buffer
from isocenter.core.limits import DEFAULT_LIMITS, Limits
from isocenter.core.part10 import FileDataset, parse
from isocenter.core.pieces import Pieces
from isocenter.core.reader import NEVER, PIXELS
from isocenter.core.skimming import PIXEL_ELEMENTS
from isocenter.errors import UsageError
from isocenter.standard.tag import Tag, TagLike, keyword_tags

_CHARSET = 0x00080005
_NO_TAGS: frozenset[int] = frozenset()
_SIZE = re.compile(r"\s*(\d+(?:\.\d*)?)\s*([A-Z]*)\s*", re.IGNORECASE)
_UNITS = {
    "": 1,
    "B": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "KIB": 1 << 10,
    "MIB": 1 << 20,
    "GIB": 1 << 30,
}


class Reading(NamedTuple):
    """What of a file is read: up to ``stop``, of that the ``wanted`` tags, none ``unwanted``.

    Values of more than ``defer`` bytes wait until they are asked for. ``sets`` are the character
    sets to read text in, whatever the file declares. ``kind`` is the class of the data set.
    """

    force: bool = False
    stop: int = NEVER
    wanted: frozenset[int] | None = None
    unwanted: frozenset[int] = _NO_TAGS
    defer: float | None = None
    sets: CharacterSets | None = None
    limits: Limits = DEFAULT_LIMITS
    kind: type[FileDataset] = FileDataset

    def wants(self, tag: int) -> bool:
        """Whether an element is to be in the data set."""
        return tag not in self.unwanted and (self.wanted is None or tag in self.wanted)

    @property
    def is_partial(self) -> bool:
        """Whether some values are not to be read."""
        return self.defer is not None or bool(self.unwanted)

    def parse(self, data: Buffer, pieces: Pieces | None = None) -> FileDataset:
        """Read bytes."""
        return parse(
            data,
            force=self.force,
            stop=self.stop,
            wanted=self.wanted,
            unwanted=self.unwanted,
            sets=self.sets,
            pieces=pieces,
            limits=self.limits,
            kind=self.kind,
        )

    def with_tags(self, tags: Iterable[TagLike]) -> Reading:
        """Only these tags and Specific Character Set; nothing is read behind the last one.

        Raises:
            UsageError: one of them is no tag.
        """
        known = keyword_tags()
        named = (known.get(tag) or Tag(tag) if isinstance(tag, str) else Tag(tag) for tag in tags)
        wanted = frozenset((_CHARSET, *named))
        return self._replace(stop=min(self.stop, max(wanted) + 1), wanted=wanted)


def usual(*, header: bool, force: bool) -> Reading:
    """Everything, or what precedes the pixel data."""
    return _USUAL[bool(force), bool(header)]


_USUAL = {
    (force, header): Reading(force, PIXELS if header else NEVER)
    for force in (False, True)
    for header in (False, True)
}


def without_pixels(reading: Reading) -> Reading:
    """The same without the elements of the pixel data, but with what follows them."""
    return reading._replace(unwanted=PIXEL_ELEMENTS)


def size_in_bytes(size: float | str) -> float:
    """A number of bytes from a number, or from text with a unit, such as ``"512 KB"``.

    ``KB``, ``MB``, ``GB`` are powers of 1000; ``KiB``, ``MiB``, ``GiB`` of 1024.

    Raises:
        UsageError: it is neither, or negative.
    """
    if isinstance(size, str):
        match = _SIZE.fullmatch(size)
        unit = _UNITS.get(match[2].upper()) if match else None
        if match is None or unit is None:
            raise UsageError(f"{size!r} is no size such as 4096, '512 KB' or '2 MiB'")
        return float(match[1]) * unit
    if not size >= 0:
        raise UsageError(f"a size is 0 or more bytes, not {size!r}")
    return size


def declared(terms: str | Iterable[str]) -> CharacterSets:
    """The character sets that terms of Specific Character Set name (PS3.3 C.12.1.1.2).

    Raises:
        UsageError: one of them is not known.
    """
    sets = character_sets(tuple(terms.split("\\") if isinstance(terms, str) else terms))
    unknown = [one.message for one in sets.findings if one.code == "unknown-charset"]
    if unknown:
        raise UsageError("; ".join(unknown))
    return sets
