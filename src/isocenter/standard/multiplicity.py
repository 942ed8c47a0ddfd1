"""Value Multiplicity (PS3.5 6.4): how many values an attribute may have."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_RANGE = re.compile(r"([0-9]+)(?:-([0-9]*)(n?))?")


class Multiplicity(NamedTuple):
    """From ``least`` to ``most`` values in ``step``; ``None`` is no upper end."""

    least: int
    most: int | None
    step: int = 1

    def allows(self, count: int) -> bool:
        """Whether so many values are right."""
        if count < self.least or (self.most is not None and count > self.most):
            return False
        return (count - self.least) % self.step == 0


@lru_cache(512)
def multiplicities(vm: str) -> tuple[Multiplicity, ...]:
    """What a VM of the dictionary says, such as ``1``, ``2-2n``, ``1-3`` or ``3 or 4``."""
    return tuple(_parsed(one) for one in vm.split(" or "))


def allows(vm: str, count: int) -> bool:
    """Whether an attribute of this VM may have so many values; an unknown VM allows all."""
    return any(one.allows(count) for one in multiplicities(vm))


def _parsed(vm: str) -> Multiplicity:
    match = _RANGE.fullmatch(vm)
    if match is None:
        return Multiplicity(0, None)
    least, last, open_end = int(match[1]), match[2], match[3]
    if open_end:  # 2-2n is 2, 4, 6; 1-n and 3-n are any number from there on
        return Multiplicity(least, None, int(last) if last else 1)
    most = least if last is None else int(last)
    return Multiplicity(least, most)
