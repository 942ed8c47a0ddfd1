"""YCbCr to RGB (PS3.3 C.7.6.3.1.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# The inverses of the Standard's equations: R' = Y + red * Cr, G' = Y + green, B' = Y + blue * Cb.
_RED, _GREEN_CB, _GREEN_CR, _BLUE = 1.402, -0.344136286, -0.714136286, 1.772
_LUMA = 255 / 219  # YBR_PARTIAL: Y from 16 to 235, Cb and Cr from 16 to 240, in 8 bits
_CHROMA = 255 / 224

YBR = frozenset({"YBR_FULL", "YBR_PARTIAL"})


def ybr_to_rgb(values: NDArray[Any], photometric: str, bits: int) -> NDArray[Any]:
    """RGB of YBR_FULL or YBR_PARTIAL ``values``.

    Args:
        values: unsigned, shape (rows, columns, 3).
        photometric: ``YBR_FULL`` or ``YBR_PARTIAL``.
        bits: Bits Stored; black and neutral grow with it.

    Returns:
        An array of the same shape and type, rounded and clipped to ``bits``.
    """
    partial = photometric == "YBR_PARTIAL"
    if bits == 8 and values.dtype == np.uint8:
        return _from_tables(values, partial=partial)
    y, cb, cr = (values[..., n].astype(np.float64) for n in range(3))
    scale, middle = 2.0 ** (bits - 8), 2.0 ** (bits - 1)
    luma, chroma = (_LUMA, _CHROMA) if partial else (1.0, 1.0)
    y, cb, cr = (y - 16 * scale * partial) * luma, (cb - middle) * chroma, (cr - middle) * chroma
    rgb = np.stack([y + _RED * cr, y + _GREEN_CB * cb + _GREEN_CR * cr, y + _BLUE * cb], axis=-1)
    return np.clip(np.rint(rgb), 0, (1 << bits) - 1).astype(values.dtype)


def _from_tables(values: NDArray[np.uint8], *, partial: bool) -> NDArray[np.uint8]:
    """The same for 8 bits: every product is one of 256."""
    luma, chroma = (_LUMA, _CHROMA) if partial else (1.0, 1.0)
    every = np.arange(256, dtype=np.float32)
    difference = (every - 128) * chroma
    cb, cr = (np.ascontiguousarray(values[..., n]) for n in (1, 2))
    y = np.take((every - 16 * partial) * luma, values[..., 0])
    rgb = np.empty(values.shape, np.uint8)
    _put(rgb[..., 0], y + np.take(_RED * difference, cr))
    green = y + np.take(_GREEN_CB * difference, cb)
    green += np.take(_GREEN_CR * difference, cr)
    _put(rgb[..., 1], green)
    y += np.take(_BLUE * difference, cb)
    _put(rgb[..., 2], y)
    return rgb


def _put(plane: NDArray[np.uint8], found: NDArray[np.float32]) -> None:
    np.rint(found, out=found)
    np.clip(found, 0, 255, out=found)
    plane[...] = found
