"""How far reading goes along with a file before it is refused: one frozen value, passed in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost; whoever needs more says so.

    ``inflated``: most bytes a deflated data set may become (PS3.5 A.5); deflating makes
    runs of zeros a thousand times smaller. ``nesting``: most levels of sequences and items of
    undefined length inside one another; each costs memory while its end is looked for, and no
    stack. Elements are not counted: what they cost grows with the bytes of the file only.
    """

    inflated: int = 1 << 30
    nesting: int = 200_000


DEFAULT_LIMITS = Limits()
