"""A histogram with fixed buckets: sums of histograms are histograms of all, whatever the order.

A bucket reaches from a number to 1.02 times it, so that its middle is less than 1 % from each
number in it. Zero has a bucket of its own; numbers nearer to it than 10^-9 are in it too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from math import ceil, exp, log

RELATIVE_ERROR = 0.01
"""How far a quantile may be from a number that is there, relative to it."""
_RATIO = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_LOG = log(_RATIO)
_MOST = log(sys.float_info.max)
_NEAR_ZERO = 1e-9
_OFFSET = ceil(-log(_NEAR_ZERO) / _LOG) + 1  # so that the numbers of buckets are positive


def bucket(number: float) -> int:
    """The bucket of a finite number: 0 of zero, negative ones of negative numbers."""
    size = abs(number)
    if size < _NEAR_ZERO:
        return 0
    index = ceil(log(size) / _LOG) + _OFFSET
    return index if number > 0 else -index


def buckets(numbers: Iterable[float]) -> Iterator[int]:
    """The bucket of each number."""
    return map(bucket, numbers)


def middle(index: int) -> float:
    """The number that stands for those of a bucket."""
    if not index:
        return 0.0
    size = exp(min((abs(index) - _OFFSET) * _LOG, _MOST)) * (2 / (1 + _RATIO))
    return size if index > 0 else -size


def quantile(counts: Sequence[tuple[int, int]], part: float) -> float:
    """The number below which a part of all numbers lies; the greatest for 1.

    Args:
        counts: buckets in ascending order, and how many numbers are in each.
        part: from 0 to 1.

    Raises:
        ValueError: there are no numbers.
    """
    total = sum(count for _, count in counts)
    if not total:
        raise ValueError("there are no numbers")
    rank, seen = part * (total - 1), 0
    for index, count in counts:
        seen += count
        if seen > rank:
            return middle(index)
    return middle(counts[-1][0])


MIDDLE_SQL = (
    "CASE WHEN b = 0 THEN 0.0 ELSE sign(b)"
    f" * exp(least((abs(b) - {_OFFSET}) * {_LOG!r}, {_MOST!r})) * {2 / (1 + _RATIO)!r} END"
)
""":func:`middle` in SQL, of ``b``."""
