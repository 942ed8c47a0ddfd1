"""From Modality LUT output to 0..255: windows, VOI LUTs, the image's own range.

The formulas are PS3.3 C.11.2.1.2.1 (LINEAR), C.11.2.1.3.1 (SIGMOID) and C.11.2.1.3.2
(LINEAR_EXACT) in double precision with ymin = 0 and ymax = 255; the result is
rounded to the nearest integer, halves up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.pixels.luts import Function, LookupTable, Numbers, Range, Window

WHITE = 255.0
LOW, HIGH = 0.005, 0.995
"""Which part of the values the image's own range spans: 0.5 % to 99.5 %."""


def shades(found: Numbers, voi: Window | LookupTable | Range) -> NDArray[np.uint8]:
    """8-bit shades of Modality LUT output values."""
    if isinstance(voi, Range):
        gray = _ranged(found, voi)
    elif isinstance(voi, LookupTable):
        gray = voi.apply(found) * (WHITE / ((1 << voi.bits) - 1))
    else:
        gray = _FUNCTIONS[voi.function](found, voi.center, voi.width)
    return np.floor(np.clip(gray, 0.0, WHITE) + 0.5).astype(np.uint8)


def _ranged(found: Numbers, voi: Range) -> Numbers:
    if voi.high <= voi.low:
        return np.where(found <= voi.low, 0.0, WHITE)
    return np.clip((found - voi.low) / (voi.high - voi.low), 0.0, 1.0) * WHITE


def _linear(x: Numbers, c: float, w: float) -> Numbers:
    black, white = x <= c - 0.5 - (w - 1) / 2, x > c - 0.5 + (w - 1) / 2
    slanted = ((x - (c - 0.5)) / (w - 1) + 0.5) * WHITE if w > 1 else x
    return np.where(black, 0.0, np.where(white, WHITE, slanted))


def _linear_exact(x: Numbers, c: float, w: float) -> Numbers:
    black, white = x <= c - w / 2, x > c + w / 2
    return np.where(black, 0.0, np.where(white, WHITE, ((x - c) / w + 0.5) * WHITE))


def _sigmoid(x: Numbers, c: float, w: float) -> Numbers:
    exponent = np.clip(-4 * (x - c) / w, -700.0, 700.0)  # exp() stays finite
    return WHITE / (1 + np.exp(exponent))


_FUNCTIONS = {
    Function.LINEAR: _linear,
    Function.LINEAR_EXACT: _linear_exact,
    Function.SIGMOID: _sigmoid,
}


def counted_range(found: Numbers, counts: NDArray[Any]) -> Range:
    """The robust range of values that occur ``counts`` times.

    Nearest-rank percentiles; where these fall together (a mask of few pixels) the least
    and greatest value; where there is but one value (a full mask) the span to zero.
    """
    there = counts > 0
    if not there.any():
        return Range(0.0, 0.0)
    found, counts = found[there], counts[there]
    order = np.argsort(found, kind="stable")
    found, total = found[order], np.cumsum(counts[order])
    low, high = (found[np.searchsorted(total, part * total[-1])] for part in (LOW, HIGH))
    if low == high:
        low, high = found[0], found[-1]
    return _span(float(low), float(high))


def sampled_range(found: Numbers) -> Range:
    """The robust range of ``found`` values themselves; what is not finite does not count."""
    found = found[np.isfinite(found)]
    if not len(found):
        return Range(0.0, 0.0)
    last = len(found) - 1
    places = (int(LOW * last), int(np.ceil(HIGH * last)))
    low, high = np.partition(found, places)[[*places]]
    if low == high:
        low, high = found.min(), found.max()
    return _span(float(low), float(high))


def _span(low: float, high: float) -> Range:
    if low == high:
        return Range(min(low, 0.0), max(high, 0.0))
    return Range(low, high)
