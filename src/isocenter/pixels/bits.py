"""Values of one bit, packed and unpacked (PS3.5 8.1.1), and YBR_FULL_422 at full size."""

from __future__ import annotations

from typing import Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from isocenter.errors import UsageError


def pack_bits(arr: NDArray[Any], pad: bool = True) -> bytes:  # noqa: FBT001, FBT002 - pydicom's signature
    """The values of an array of 0 and 1, eight a byte, the first in the least significant bit.

    Args:
        arr: any shape; values follow each other without gaps between rows or frames.
        pad: add a zero byte where the length would be odd.

    Raises:
        UsageError: a value is neither 0 nor 1.
    """
    if not np.isin(arr, (0, 1)).all():
        raise UsageError("only arrays of 0 and 1 can be packed into bits")
    packed = np.packbits(np.ravel(arr).astype(np.uint8), bitorder="little").tobytes()
    return packed + b"\0" * (len(packed) % 2 if pad else 0)


@overload
def unpack_bits(src: Any, as_array: Literal[True] = ...) -> NDArray[np.uint8]: ...


@overload
def unpack_bits(src: Any, as_array: Literal[False]) -> bytes: ...


def unpack_bits(src: Any, as_array: bool = True) -> NDArray[np.uint8] | bytes:  # noqa: FBT001, FBT002 - pydicom's signature
    """Eight values of 0 or 1 for each byte, the least significant bit first.

    Returns:
        uint8 of one dimension, writable; or as many bytes.

    Raises:
        TypeError: ``src`` is not bytes.
    """
    bits = np.unpackbits(np.frombuffer(memoryview(src), np.uint8), bitorder="little")
    return bits if as_array else bits.tobytes()


def expand_ybr422(src: Any, bits_allocated: int) -> bytes:
    """Y1 Y2 Cb Cr of each two pixels as Y1 Cb Cr Y2 Cb Cr (PS3.3 C.7.6.3.1.2).

    Args:
        src: pixel data of YBR_FULL_422, of whole pairs of pixels.
        bits_allocated: of a sample, a multiple of 8.

    Raises:
        UsageError: the length is not that of whole pairs, or samples are no whole bytes.
    """
    width = bits_allocated // 8
    if width < 1 or bits_allocated % 8:
        raise UsageError(f"samples of {bits_allocated} bits are no whole bytes")
    data = np.frombuffer(memoryview(src), np.uint8)
    if len(data) % (4 * width):
        raise UsageError(f"{len(data)} bytes are not two pixels each of 4 samples of {width} bytes")
    pairs = data.reshape(-1, 4, width)
    return pairs[:, (0, 2, 3, 1, 2, 3)].tobytes()
