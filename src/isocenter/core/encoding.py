"""The three ways a data set is encoded, and the bytes it is encoded in (PS3.5 7, A)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from struct import Struct
from typing import Any, NamedTuple, TypeAlias

from isocenter.core.limits import DEFAULT_LIMITS
from isocenter.errors import EncodingError, Finding
from isocenter.standard.vr import LONG_LENGTH, SHORT_LENGTH

Buffer: TypeAlias = bytes | bytearray | memoryview
Unpack: TypeAlias = Callable[[Any, int], tuple[int, ...]]

UNDEFINED = 0xFFFFFFFF
"""The length that says: until the delimitation item (PS3.5 7.1.1)."""


class Tags(dict[int, int]):
    """The four bytes of a tag, read as one number -> the tag.

    Every header that holds a tag shares one ``int`` for it, which halves what a table of
    elements costs beyond its rows. After a number of tags that no sane files reach,
    further ones are made anew each time.

    Args:
        halves_turned: in little endian, the element half comes out above the group.
    """

    __slots__ = ("_halves_turned",)
    _MOST = 1 << 14

    def __init__(self, *, halves_turned: bool) -> None:
        super().__init__()
        self._halves_turned = halves_turned

    def __missing__(self, number: int) -> int:
        tag = (number & 0xFFFF) << 16 | number >> 16 if self._halves_turned else number
        if len(self) < self._MOST:
            self[number] = tag
        return tag


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """Explicit or implicit VR, little or big endian, with the readers for headers.

    ``order`` is the byte order as ``struct`` and numpy write it; ``explicit_header`` reads group, element, VR as a number, 16-bit length;
    ``implicit_header`` reads group, element, 32-bit length; ``length`` a 32-bit length.
    ``explicit_start`` and ``implicit_start`` read the same with the tag as one number, for
    which ``tags`` has the tag; ``item`` and ``item_end`` are such numbers. ``short`` and ``long`` name the VRs behind the VR numbers.
    ``whole_head`` reads tag and VR as six bytes and a 16-bit length, ``head`` takes those six apart.
    """

    explicit: bool
    little: bool
    order: str = field(init=False)
    explicit_header: Unpack = field(init=False, repr=False)
    implicit_header: Unpack = field(init=False, repr=False)
    explicit_start: Unpack = field(init=False, repr=False)
    whole_head: Callable[[Any, int], tuple[Any, ...]] = field(init=False, repr=False)
    head: Callable[[bytes], tuple[int, ...]] = field(init=False, repr=False)
    implicit_start: Unpack = field(init=False, repr=False)
    length: Unpack = field(init=False, repr=False)
    tags: Tags = field(init=False, repr=False)
    item: int = field(init=False, repr=False)
    item_end: int = field(init=False, repr=False)
    short: dict[int, str] = field(init=False, repr=False)
    long: dict[int, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        order = "<" if self.little else ">"
        put = object.__setattr__
        put(self, "order", order)
        put(self, "explicit_header", Struct(order + "HHHH").unpack_from)
        put(self, "implicit_header", Struct(order + "HHI").unpack_from)
        put(self, "explicit_start", Struct(order + "IHH").unpack_from)
        put(self, "whole_head", Struct(order + "6sH").unpack_from)
        put(self, "head", Struct(order + "IH").unpack)
        put(self, "implicit_start", Struct(order + "II").unpack_from)
        put(self, "length", Struct(order + "I").unpack_from)
        put(self, "item", 0xE000FFFE if self.little else 0xFFFEE000)
        put(self, "item_end", 0xE00DFFFE if self.little else 0xFFFEE00D)
        put(self, "tags", Tags(halves_turned=self.little))
        put(self, "short", _numbered(SHORT_LENGTH, order))
        put(self, "long", _numbered(LONG_LENGTH, order))

    def __reduce__(self) -> tuple[Any, ...]:
        return _encoding, (self.explicit, self.little)


def _encoding(explicit: bool, little: bool) -> Encoding:  # noqa: FBT001 - pickle's call
    known = (EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG)
    return next(one for one in known if (one.explicit, one.little) == (explicit, little))


def _numbered(vrs: frozenset[str], order: str) -> dict[int, str]:
    read = Struct(order + "H").unpack
    return {read(vr.encode())[0]: str(vr) for vr in sorted(vrs)}


EXPLICIT_LITTLE = Encoding(explicit=True, little=True)
IMPLICIT_LITTLE = Encoding(explicit=False, little=True)
EXPLICIT_BIG = Encoding(explicit=True, little=False)


@dataclass(slots=True)
class Encoded:
    """A buffer that data sets refer to, shared by a data set and all that is nested in it.

    ``ends`` remembers where the content of an undefined-length sequence or item that
    starts at an offset ends, and ``broken`` which ones have no end and why, so that
    nothing is walked twice. ``findings`` collects what was wrong, each thing once, nested
    data sets included. ``in_file`` is false when the buffer was inflated and its positions
    are no offsets in a file. ``nesting`` is the most levels a walk goes down.
    """

    buffer: Buffer
    in_file: bool = True
    ends: dict[int, int] = field(default_factory=dict)
    broken: dict[int, EncodingError] = field(default_factory=dict)
    findings: dict[Finding, None] = field(default_factory=dict)
    nesting: int = DEFAULT_LIMITS.nesting

    def __reduce__(self) -> tuple[Any, ...]:
        state = (self.in_file, self.ends, self.broken, self.findings, self.nesting)
        return Encoded, (bytes(self.buffer), *state)

    def report(self, findings: Iterable[Finding]) -> None:
        """Note what was wrong."""
        for finding in findings:
            self.findings[finding] = None

    def offset(self, position: int) -> int | None:
        """The offset in the file of a position in the buffer."""
        return position if self.in_file else None


class Span(NamedTuple):
    """Where in a buffer a data set lies, and how it is written there."""

    encoded: Encoded
    start: int
    end: int
    encoding: Encoding
