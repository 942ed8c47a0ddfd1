"""What an explicit header of 8 bytes asks of the reader, remembered by its tag and VR.

Tags and VRs repeat from file to file; looking up what the six bytes of both mean costs less
than taking them apart, and settles at once whether reading stops there and who wants the element.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from isocenter.core.encoding import Encoding

Step: TypeAlias = tuple[int, str] | tuple[()] | None
"""Tag and VR of an element to keep; ``None`` to pass over; ``()`` to look at more closely."""
_SPECIAL: tuple[()] = ()
_MOST = 1 << 12


class Steps(dict[bytes, Step]):
    """The six bytes of tag and VR -> the step to take.

    To be looked at closely are a tag of zero or not below ``bound``, and every VR that is
    not one with a 16-bit length. After a number of headers that no sane files reach, further
    ones are worked out anew each time.
    """

    __slots__ = ("_bound", "_encoding", "_wanted")

    def __init__(self, encoding: Encoding, bound: int, wanted: frozenset[int] | None) -> None:
        super().__init__()
        self._encoding, self._bound, self._wanted = encoding, bound, wanted

    def __missing__(self, head: bytes) -> Step:
        number, vr = self._encoding.head(head)
        tag, name = self._encoding.tags[number], self._encoding.short.get(vr)
        step: Step = None
        if not 0 < tag < self._bound or name is None:
            step = _SPECIAL
        elif self._wanted is None or tag in self._wanted:
            step = (tag, name)
        if len(self) < _MOST:
            self[head] = step
        return step


@lru_cache(maxsize=32)
def steps(encoding: Encoding, bound: int, wanted: frozenset[int] | None) -> Steps:
    """The steps for what is read: up to a tag, all or the wanted ones."""
    return Steps(encoding, bound, wanted)
