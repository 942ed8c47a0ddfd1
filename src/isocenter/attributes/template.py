"""What headers of one kind say alike: compared at once, in runs of bytes, not element by element.

The files of a series differ in a few elements. A template is one header cut at those: runs of
bytes, and between them the elements that were met with other values. Where a header has the same runs
in the same places, its elements are those of the template, and only the others are looked up.

In: element tables with their buffers, in explicit VR. Out: the bundles of their elements, or
``None`` for a header that is another. A template never decides what bytes mean: the reader
has found the elements, and the walk has told the template what it made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from isocenter.core.stored import Stored

S = TypeVar("S")
LookUp: TypeAlias = Callable[[Stored, S, int], int]
"""Gives the bundle of an element of a data set by its tag."""
_CIRCUMSTANCES = frozenset({0x00080005, 0x00280103})
"""Character set and pixel representation: who has another is another kind."""
_MOST_VARYING = 128
_TAG_AND_VR = 6


class _Run(NamedTuple):
    """Bytes that all have, what is in them, and the element after them; ``None`` at the end.

    Tag and VR of that element belong to the bytes; ``length`` is how long its length field is,
    with what is reserved before it (PS3.5 7.1.2).
    """

    data: bytes
    bundles: tuple[int, ...]
    varying: int | None
    length: int = 0


class Template(Generic[S]):
    """A header that others are compared with.

    Args:
        stored: its elements, which reading and walking found nothing wrong with.
        bundles: those of its elements, in their order.
        scope: the circumstances that its bytes were read in.
        varying: tags of elements that have other values elsewhere; ``None`` when no other header
            was met, so that nobody can tell.
    """

    __slots__ = ("_runs", "_scope", "_stored", "_tags", "_varying")

    def __init__(
        self,
        stored: Stored,
        bundles: Sequence[int],
        scope: S,
        varying: frozenset[int] | None = None,
    ) -> None:
        self._stored, self._scope, self._varying = stored, scope, varying
        self._tags = tuple(stored.entries)
        self._runs = () if varying is None else _runs(stored, bundles, varying)

    def bundles(self, stored: Stored, look_up: LookUp[S]) -> list[int] | None:
        """The bundles of a data set, if it is one of this kind."""
        entries, buffer, position = stored.entries, stored.encoded.buffer, stored.start
        if not isinstance(buffer, bytes) or len(entries) != len(self._tags):
            return None
        if not self._is_read_alike(stored):
            return None
        found: list[int] = []
        for data, bundles, tag, length in self._runs:
            if not buffer.startswith(data, position):
                return None
            found += bundles
            position += len(data)
            if tag is None:
                # a tag that comes again behind the last one would have moved the end
                return found if position == stored.end else None
            entry = entries.get(tag)
            if entry is None or entry[2] < 0 or entry[1] != position + length:
                return None
            found.append(look_up(stored, self._scope, tag))
            position = entry[1] + entry[2]
        return None

    def next(self, stored: Stored, bundles: Sequence[int], scope: S) -> Template[S]:
        """The template after a data set that was none of this kind."""
        varying = None
        if scope is self._scope and tuple(stored.entries) == self._tags:
            found = frozenset(_differing(self._stored, stored)).union(self._varying or ())
            if len(found) <= _MOST_VARYING and not any(map(_is_circumstance, found)):
                varying = found
        return Template(stored, bundles, scope, varying)

    def _is_read_alike(self, stored: Stored) -> bool:
        own = self._stored
        alike = stored.inherited is own.inherited
        return alike and stored.span.encoding is own.span.encoding


def _differing(one: Stored, other: Stored) -> Iterable[int]:
    """The tags whose elements have other VRs or bytes in two data sets with the same tags."""
    for tag, (vr, _, length) in one.entries.items():
        entry = other.entries[tag]
        if vr != entry[0] or length != entry[2] or one.field(tag) != other.field(tag):
            yield tag


def _is_circumstance(tag: int) -> bool:
    return tag in _CIRCUMSTANCES or tag & 0x1FF00 == 0x10000


def _runs(stored: Stored, bundles: Sequence[int], varying: frozenset[int]) -> tuple[_Run, ...]:
    """A header cut at what varies; none when elements are not behind one another."""
    runs: list[_Run] = []
    position, held = stored.start, list[int]()
    for (tag, (_, start, length)), bundle in zip(stored.entries.items(), bundles, strict=True):
        if tag not in varying:
            held.append(bundle)
            continue
        header = stored.header_start(tag)
        if header < position or length < 0:
            return ()
        data = bytes(stored.encoded.buffer[position : header + _TAG_AND_VR])
        runs.append(_Run(data, tuple(held), tag, start - header - _TAG_AND_VR))
        position, held = start + length, []
    runs.append(_Run(bytes(stored.encoded.buffer[position : stored.end]), tuple(held), None))
    return tuple(runs)
