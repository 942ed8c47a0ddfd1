"""Pixel cells as they lie in memory: packed bits, words of either byte order, planes, 4:2:2.

PS3.5 8.1.1 (pixel cells), 8.2 (native format), D (byte order); PS3.3 C.7.6.3.1.2 (4:2:2)
and C.7.6.3.1.3 (Planar Configuration).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.errors import PixelError
from isocenter.pixels.frame import Frame, stored_values
from isocenter.pixels.image_pixel import ImagePixel
from isocenter.pixels.notes import Notes

_FULL = {"YBR_FULL_422": "YBR_FULL", "YBR_PARTIAL_422": "YBR_PARTIAL"}
# Only a JPEG 2000 codestream has these; software that decompresses often forgets to say RGB.
_DECODED = {"YBR_ICT": "RGB", "YBR_RCT": "RGB"}


def fit(image: ImagePixel, found: int, notes: Notes) -> ImagePixel:
    """``image`` as its ``found`` bytes of native data allow.

    Raises:
        PixelError: there is less than all frames need.
    """
    if image.subsampled and found >= _bytes(full := replace(image, subsampled=False)):
        notes.warn(
            "not-subsampled",
            f"{image.photometric} is declared, but every pixel has its own colour",
            tag="(0028,0004)",
            clause="PS3.3 C.7.6.3.1.2",
        )
        image = full
    expected = _bytes(image)
    if found < expected:
        raise PixelError(
            f"{image.count} frames need {expected} bytes; {found} were found",
            tag="(7FE0,0010)",
            clause="PS3.5 8.1.1",
        )
    if found > expected + expected % 2:
        notes.warn(
            "excess",
            f"{image.count} frames need {expected} bytes; {found} were found",
            tag="(7FE0,0010)",
            clause="PS3.5 8.1.1",
        )
    return image


def whole_frames(image: ImagePixel, found: int, notes: Notes) -> ImagePixel:
    """``image`` with as many frames as ``found`` bytes hold whole, if there is one at least."""
    whole = found * 8 // image.frame_bits
    if image.subsampled or not 0 < whole < image.count:
        return image
    notes.warn(
        "frames-missing",
        f"{image.count} frames are declared, the pixel data ends after {whole} whole ones;"
        " the others are not there",
        tag="(7FE0,0010)",
        clause="PS3.5 8.1.1",
    )
    return replace(image, count=whole)


def _bytes(image: ImagePixel) -> int:
    return -(-image.count * image.frame_bits // 8)


def native_cells(  # noqa: PLR0913 - one layout, and where in it
    value: Any,
    index: int,
    image: ImagePixel,
    *,
    frames: int = 1,
    big: bool = False,
    words: bool = False,
) -> NDArray[Any]:
    """The cells of ``frames`` frames from ``index``, one dimension, in this machine's byte order.

    Args:
        value: all frames; long enough (see :func:`fit`).
        index: first frame, from 0.
        image: the layout.
        frames: how many.
        big: cells are big endian.
        words: 8 bits or less lie in big endian 16-bit words (OW), so bytes are swapped.
    """
    first, size = index * image.frame_bits, frames * image.frame_bits
    start, stop = first // 8, -(-(first + size) // 8)
    if words and image.bits_allocated <= 8:
        chunk = _swapped(value, start, stop)
    else:
        chunk = np.frombuffer(value, np.uint8, stop - start, start)
    if image.bits_allocated == 1:
        bits = np.unpackbits(chunk, bitorder="little")
        return bits[first % 8 : first % 8 + size]
    return _cells(chunk, image, big=big)


def _cells(chunk: NDArray[np.uint8], image: ImagePixel, *, big: bool) -> NDArray[Any]:
    width = image.bits_allocated // 8
    if width != image.dtype.itemsize:
        return _widened(chunk.reshape(-1, width), image.dtype.itemsize, big=big)
    kind = "f" if image.floating else "u"
    cells = chunk.view(np.dtype(f"{'>' if big else '<'}{kind}{width}"))
    return cells.astype(cells.dtype.newbyteorder("="), copy=False)


def _widened(cells: NDArray[np.uint8], width: int, *, big: bool) -> NDArray[Any]:
    """Cells of 3, 5, 6 or 7 bytes as integers of 4 or 8."""
    count, used = cells.shape
    wide = np.zeros((count, width), np.uint8)
    wide[:, :used] = cells[:, ::-1] if big else cells
    little = wide.view(np.dtype(f"<u{width}")).ravel()
    return little.astype(little.dtype.newbyteorder("="), copy=False)


def _swapped(value: Any, start: int, stop: int) -> NDArray[np.uint8]:
    """Bytes ``start`` to ``stop`` once neighbours have changed places."""
    low, high = start - start % 2, min(stop + stop % 2, len(value))
    even = np.frombuffer(value, np.uint8, (high - low) // 2 * 2, low)
    swapped = even.reshape(-1, 2)[:, ::-1].ravel()
    if len(swapped) < stop - low:  # an odd last byte has no neighbour
        swapped = np.append(swapped, value[stop - 1])
    return swapped[start - low : stop - low]


def native_frame(cells: NDArray[Any], image: ImagePixel, notes: Notes) -> Frame:
    """The frame made of one frame's ``cells``."""
    return Frame(
        values=native_values(cells, image, notes)[0],
        photometric=native_photometric(image),
        bits=image.bits_stored,
        signed=image.signed or image.floating,
    )


def native_photometric(image: ImagePixel) -> str:
    """What stored values mean once they are one for each sample."""
    photometric = _DECODED.get(image.photometric, image.photometric)
    return _FULL.get(photometric, photometric)


def native_values(cells: NDArray[Any], image: ImagePixel, notes: Notes) -> NDArray[Any]:
    """The stored values of whole frames: shape (frames, rows, columns[, samples])."""
    arranged = _subsampled(cells, image) if image.subsampled else _arranged(cells, image)
    return arranged if image.floating else _values(arranged, image, notes)


def _arranged(cells: NDArray[Any], image: ImagePixel) -> NDArray[Any]:
    if image.planar:
        return _interleaved(cells.reshape(-1, image.samples, image.rows, image.columns))
    return cells.reshape(-1, *image.shape)


def _interleaved(planes: NDArray[Any]) -> NDArray[Any]:
    """Colour by pixel of colour by plane; plane after plane costs a third of one transposition."""
    count, samples, rows, columns = planes.shape
    pixels = np.empty((count, rows, columns, samples), planes.dtype)
    for sample in range(samples):
        pixels[..., sample] = planes[:, sample]
    return pixels


def _subsampled(cells: NDArray[Any], image: ImagePixel) -> NDArray[Any]:
    """Y1 Y2 Cb Cr: two pixels share the colour of the first."""
    pairs = cells.reshape(-1, image.cells // 4, 4)
    full = np.empty((*pairs.shape[:2], 2, 3), cells.dtype)
    full[..., 0] = pairs[..., :2]
    full[..., 1:] = pairs[:, :, None, 2:]
    pixels = full.reshape(len(pairs), -1, 3)[:, : image.rows * image.columns]
    return pixels.reshape(-1, *image.shape)


def _values(cells: NDArray[Any], image: ImagePixel, notes: Notes) -> NDArray[Any]:
    if image.bits_allocated == 1:
        return cells
    if image.signed and image.bits_allocated < cells.dtype.itemsize * 8:
        cells = _extended(cells, image.bits_allocated)
    found = stored_values(
        cells, bits_stored=image.bits_stored, high_bit=image.high_bit, signed=image.signed
    )
    if image.bits_stored < image.bits_allocated:
        note_bits_above(cells, found, image.high_bit, notes)
    return found


def _extended(cells: NDArray[Any], bits: int) -> NDArray[Any]:
    """Cells of 24, 40, 48 or 56 ``bits`` with their sign in what numpy has above them."""
    signed = stored_values(cells, bits_stored=bits, high_bit=bits - 1, signed=True)
    return signed.view(cells.dtype)


def note_bits_above(cells: NDArray[Any], stored: NDArray[Any], high_bit: int, notes: Notes) -> None:
    """Tell when ``cells`` have bits above the High Bit that are neither zero nor the sign."""
    if np.may_share_memory(cells, stored):
        return
    width = cells.dtype.itemsize * 8
    plain = cells.view(f"u{cells.dtype.itemsize}")
    changed = plain[plain != stored.view(plain.dtype)]
    if high_bit + 1 < width and (changed >> (high_bit + 1)).any():
        notes.warn(
            "bits-above-high-bit",
            f"Bits above High Bit {high_bit} are in use; they are no part of the values",
            tag="(0028,0102)",
            clause="PS3.5 8.1.1",
        )
