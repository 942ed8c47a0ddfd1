"""From Modality LUT output to shades: windows, VOI LUTs, the image's own range.

The formulas are PS3.3 C.11.2.1.2.1 (LINEAR), C.11.2.1.3.1 (SIGMOID) and C.11.2.1.3.2
(LINEAR_EXACT) in double precision; for a screen with ymin = 0 and ymax = 255, rounded
to the nearest integer, halves up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.pixels.luts import Function, LookupTable, Numbers, Range, Share, Window

WHITE = 255.0


def shades(
    found: Numbers, voi: Window | LookupTable | Range, presentation: LookupTable | None = None
) -> NDArray[np.uint8]:
    """8-bit shades of Modality LUT output values."""
    return np.floor(levels(found, voi, presentation) + 0.5).astype(np.uint8)


def levels(
    found: Numbers, voi: Window | LookupTable | Range, presentation: LookupTable | None = None
) -> Numbers:
    """Shades of Modality LUT output values before rounding, from 0 to :data:`WHITE`."""
    gray = np.clip(_levels(found, voi), 0.0, WHITE)
    return gray if presentation is None else _presented(gray, presentation)


def _levels(found: Numbers, voi: Window | LookupTable | Range) -> Numbers:
    if isinstance(voi, Range):
        return _ranged(found, voi)
    if isinstance(voi, LookupTable):
        return voi.apply(found) * (WHITE / ((1 << voi.bits) - 1))
    return windowed(found, voi, 0.0, WHITE)


def _ranged(found: Numbers, voi: Range) -> Numbers:
    if voi.high <= voi.low:
        return np.where(found <= voi.low, 0.0, WHITE)
    return np.clip((found - voi.low) / (voi.high - voi.low), 0.0, 1.0) * WHITE


def _presented(gray: Numbers, table: LookupTable) -> Numbers:
    """P-Values: the range of the VOI's output is spread over the table (PS3.3 C.11.4.1)."""
    last = len(table.array()) - 1
    found = table.apply(np.floor(gray * (last / WHITE) + 0.5) + table.first)
    return np.minimum(found * (WHITE / ((1 << table.bits) - 1)), WHITE)


def windowed(found: Numbers, window: Window, low: float, high: float) -> Numbers:
    """``found`` values through a window to ``low`` .. ``high`` (ymin and ymax)."""
    return _FUNCTIONS[window.function](found, window.center, window.width, low, high)


def _linear(x: Numbers, c: float, w: float, low: float, high: float) -> Numbers:
    found = x - (c - 0.5)
    if w > 1:
        found /= w - 1
    return _straight(found, x, (c - 0.5 - (w - 1) / 2, c - 0.5 + (w - 1) / 2), low, high)


def _linear_exact(x: Numbers, c: float, w: float, low: float, high: float) -> Numbers:
    return _straight((x - c) / w, x, (c - w / 2, c + w / 2), low, high)


def _straight(
    part: Numbers, x: Numbers, ends: tuple[float, float], low: float, high: float
) -> Numbers:
    """``(part + 0.5) * (high - low) + low`` in place, and the ends put where the formula has them."""
    part += 0.5
    part *= high - low
    part += low
    part[x <= ends[0]] = low
    part[x > ends[1]] = high
    return part


def _sigmoid(x: Numbers, c: float, w: float, low: float, high: float) -> Numbers:
    exponent = np.clip(-4 * (x - c) / w, -700.0, 700.0)  # exp() stays finite
    return (high - low) / (1 + np.exp(exponent)) + low


_FUNCTIONS = {
    Function.LINEAR: _linear,
    Function.LINEAR_EXACT: _linear_exact,
    Function.SIGMOID: _sigmoid,
}


def counted_range(found: Numbers, counts: NDArray[Any], share: Share) -> Range:
    """The range that ``share`` of the values spans, of values that occur ``counts`` times.

    Nearest-rank percentiles; where these fall together (a mask of few pixels) the least
    and greatest value; where there is but one value (a full mask) the span to zero.
    """
    there = counts > 0
    if not there.any():
        return Range(0.0, 0.0)
    found, counts = found[there], counts[there]
    order = np.argsort(found, kind="stable")
    found, total = found[order], np.cumsum(counts[order])
    low, high = (
        found[np.searchsorted(total, part * total[-1])] for part in (share.low, share.high)
    )
    if low == high:
        low, high = found[0], found[-1]
    return _span(float(low), float(high))


def sampled_range(found: Numbers, share: Share) -> Range:
    """The range that ``share`` of ``found`` values spans; what is not finite does not count."""
    found = found[np.isfinite(found)]
    if not len(found):
        return Range(0.0, 0.0)
    last = len(found) - 1
    places = (int(share.low * last), int(np.ceil(share.high * last)))
    low, high = np.partition(found, places)[[*places]]
    if low == high:
        low, high = found.min(), found.max()
    return _span(float(low), float(high))


def _span(low: float, high: float) -> Range:
    if low == high:
        return Range(min(low, 0.0), max(high, 0.0))
    return Range(low, high)
