"""RGB and YCbCr of 8 bits, each to the other, to the last bit as pydicom does.

``isocenter.pixels.convert_color_space`` adds three products of tables, which is faster and may
round one of 255 otherwise. Programs that compare what they get with what pydicom gave find no
difference here: one matrix multiplication of 32-bit floats (PS3.3 C.7.6.3.1.2), halves up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.pixels.colorspace import converted_by

_BLUE, _RED = 1.772, 1.402  # 2 - 2 * 0.114 and 2 - 2 * 0.299
_TO_YBR = np.array(
    [
        [0.299, 0.587, 0.114],
        [-0.299 / _BLUE, -0.587 / _BLUE, 0.5],
        [0.5, -0.587 / _RED, -0.114 / _RED],
    ],
    np.float32,
)
_TO_RGB = np.array(
    [[1, 0, _RED], [1, -0.114 * _BLUE / 0.587, -0.299 * _RED / 0.587], [1, _BLUE, 0]], np.float32
)
_MIDDLE = np.array([0, 128, 128], np.float32)


def convert_color_space(
    arr: NDArray[Any], current: str, desired: str, per_frame: bool = False
) -> NDArray[np.uint8]:
    """As ``isocenter.pixels.convert_color_space``, which says what is taken and raised."""
    return converted_by(_converted, arr, current, desired, per_frame=per_frame)


def _converted(arr: NDArray[np.uint8], desired: str) -> NDArray[np.uint8]:
    found: NDArray[np.floating[Any]]
    if desired == "RGB":
        found = (arr - _MIDDLE) @ _TO_RGB.T
    else:
        found = arr.astype(np.float32) @ _TO_YBR.T + _MIDDLE
    return np.clip(np.floor(found + np.float32(0.5)), 0, 255).astype(np.uint8)
