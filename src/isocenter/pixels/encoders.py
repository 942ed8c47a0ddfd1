"""Frames to codestreams: one encoder a transfer syntax (PS3.5 8.2, A.4).

In: stored values of one frame and their description. Out: the bytes of the frame, without
padding. What the compressed image is called afterwards is in :class:`Encoder`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from isocenter.errors import UsageError
from isocenter.pixels.image_pixel import ImagePixel, container

_ROOT = "1.2.840.10008.1.2"
_GRAY = ("MONOCHROME1", "MONOCHROME2")
_RLE_SEGMENTS = 15


@dataclass(frozen=True, slots=True)
class Quality:
    """What lossy encoders are asked for.

    ``jls_error`` is the largest difference of a value (JPEG-LS), ``j2k_cr`` the least
    compression ratio and ``j2k_psnr`` the peak signal-to-noise ratio in dB (JPEG 2000, one
    layer each), ``jpeg_quality`` libjpeg's 1 to 100.
    """

    jls_error: int | None = None
    j2k_cr: Sequence[float] | None = None
    j2k_psnr: Sequence[float] | None = None
    jpeg_quality: int = 90


Encode = Callable[[NDArray[Any], ImagePixel, Quality], bytes]


@dataclass(frozen=True, slots=True)
class Encoder:
    """How the frames of a transfer syntax are made, and of what.

    ``cells`` tells that whole pixel cells of any width are kept, bits outside of the stored
    value included; other encoders take Bits Allocated of 8 and ``most_bits``. ``colours`` are the
    Photometric Interpretations of three samples that it takes, and what they become; those
    it does not name cannot be compressed. ``method`` is the Lossy Image Compression Method
    (PS3.3 C.7.6.1.1.5.1).
    """

    encode: Encode
    colours: dict[str, str]
    cells: bool = False
    most_bits: int = 16
    method: str = ""
    unsigned: bool = False
    palette: bool = True

    def photometric(self, before: str) -> str:
        """The Photometric Interpretation after compression.

        Raises:
            UsageError: the transfer syntax cannot hold ``before``.
        """
        if before in _GRAY or (before == "PALETTE COLOR" and self.palette):
            return before
        if before not in self.colours and not self.cells:
            raise UsageError(f"{before} cannot be compressed in this transfer syntax (PS3.5 8.2)")
        return self.colours.get(before, before)


def encoder(syntax: str) -> Encoder:
    """The encoder of a transfer syntax.

    Raises:
        UsageError: there is none.
    """
    try:
        return _ENCODERS[syntax]
    except KeyError:
        raise UsageError(f"there is no encoder for the transfer syntax {syntax}") from None


# --- cells ------------------------------------------------------------------------------


def _cell_bytes(values: NDArray[Any], image: ImagePixel) -> NDArray[np.uint8]:
    """Shape (samples, rows, columns, bytes of a cell), least significant byte first.

    Of single bits, 8 in a byte, shape (1, 1, bytes of the plane, 1).
    """
    if image.bits_allocated == 1:
        return np.packbits(values.ravel(), bitorder="little").reshape(1, 1, -1, 1)
    width = image.bits_allocated // 8
    little = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
    cells = little.view(np.uint8).reshape(image.rows, image.columns, image.samples, -1)
    return cells[..., :width].transpose(2, 0, 1, 3)


def _rle(values: NDArray[Any], image: ImagePixel, _: Quality) -> bytes:
    """Byte planes, most significant first, each row by itself (PS3.5 G.2, G.3.1)."""
    cells = _cell_bytes(values, image)
    if cells.shape[0] * cells.shape[3] > _RLE_SEGMENTS:
        raise UsageError("RLE has 15 segments at most; these cells need more (PS3.5 G.5)")
    segments = [
        _even(imagecodecs.packbits_encode(plane[..., byte].copy()))
        for plane in cells
        for byte in reversed(range(cells.shape[3]))
    ]
    starts = [64]
    for segment in segments[:-1]:
        starts.append(starts[-1] + len(segment))
    padding = [0] * (_RLE_SEGMENTS - len(starts))
    return struct.pack("<16L", len(starts), *starts, *padding) + b"".join(segments)


def _even(data: Any) -> bytes:
    return bytes(data) + b"\0" * (len(data) % 2)


def _deflated(values: NDArray[Any], image: ImagePixel, _: Quality) -> bytes:
    """Cells, colour by pixel, in the format of RFC 1951 (PS3.5 A.4.13)."""
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    pixels = np.ascontiguousarray(_cell_bytes(values, image).transpose(1, 2, 0, 3))
    return stream.compress(pixels.tobytes()) + stream.flush()


# --- codestreams --------------------------------------------------------------------------


def _narrow(values: NDArray[Any], image: ImagePixel) -> NDArray[Any]:
    """The values in the smallest integers that hold Bits Stored, sign extended."""
    kind = "i" if image.signed else "u"
    narrow = np.dtype(f"{kind}{container(image.bits_stored)}")
    return np.ascontiguousarray(values.astype(narrow, copy=False))


def _whole(values: NDArray[Any]) -> NDArray[Any]:
    """Whole cells, sign extended, without a sign: for encoders that know 8 and 16 bits only."""
    return np.ascontiguousarray(values).view(f"u{values.dtype.itemsize}")


def _masked(values: NDArray[Any], image: ImagePixel) -> NDArray[Any]:
    """Two's complement of Bits Stored, nothing above: for encoders that know no sign."""
    bits = _whole(_narrow(values, image))
    return bits & bits.dtype.type((1 << image.bits_stored) - 1) if image.signed else bits


def _lossless_jpeg(predictor: int) -> Encode:
    def encode(values: NDArray[Any], image: ImagePixel, _: Quality) -> bytes:
        return bytes(
            imagecodecs.jpeg8_encode(
                _masked(values, image),
                lossless=True,
                predictor=predictor,
                bitspersample=max(image.bits_stored, 2),  # ISO/IEC 10918-1 table B.2
            )
        )

    return encode


def _baseline(values: NDArray[Any], image: ImagePixel, quality: Quality) -> bytes:
    if image.bits_stored != 8:
        raise UsageError(f"JPEG Baseline holds 8 bits, not {image.bits_stored} (PS3.5 8.2.1)")
    level = quality.jpeg_quality
    if not 1 <= level <= 100:
        raise UsageError(f"jpeg_quality is 1 to 100, not {level}")
    if image.samples == 1:
        return bytes(imagecodecs.jpeg8_encode(values, level))
    source = "RGB" if image.photometric == "RGB" else "YCbCr"
    return bytes(
        imagecodecs.jpeg8_encode(
            values, level, colorspace=source, outcolorspace="YCbCr", subsampling="422"
        )
    )


def _jpeg_ls(values: NDArray[Any], _image: ImagePixel, _: Quality) -> bytes:
    return bytes(imagecodecs.jpegls_encode(_whole(values)))


def _near_jpeg_ls(values: NDArray[Any], image: ImagePixel, quality: Quality) -> bytes:
    error = quality.jls_error
    if error is None or not 0 <= error < 1 << min(image.bits_stored - 1, 8):
        raise UsageError(f"JPEG-LS near lossless needs jls_error, not {error}")
    if image.signed and error:
        raise UsageError(
            "JPEG-LS near lossless cannot keep signed values: an error around 0 changes the sign"
        )
    clips = image.bits_stored == image.bits_allocated  # to the codestream's 8 or 16 bits
    if not clips and int(values.max()) + error >= 1 << image.bits_stored:
        raise UsageError(
            f"an error of {error} could make values of more than {image.bits_stored} bits"
        )
    return bytes(imagecodecs.jpegls_encode(_whole(values), error))


def _jpeg_2000(
    values: NDArray[Any], image: ImagePixel, *, psnr: int = 0, reversible: bool = True
) -> bytes:
    return bytes(
        imagecodecs.jpeg2k_encode(
            _narrow(values, image),
            psnr,
            codecformat="j2k",
            bitspersample=image.bits_stored,
            reversible=reversible,
            mct=image.photometric == "RGB",
        )
    )


def _lossless_jpeg_2000(values: NDArray[Any], image: ImagePixel, _: Quality) -> bytes:
    return _jpeg_2000(values, image)


def _lossy_jpeg_2000(values: NDArray[Any], image: ImagePixel, quality: Quality) -> bytes:
    ratios, decibels = quality.j2k_cr, quality.j2k_psnr
    if bool(ratios) == bool(decibels):
        raise UsageError("JPEG 2000 needs either j2k_cr or j2k_psnr")
    (wanted,) = _one_layer(ratios or decibels or ())
    if decibels:
        return _jpeg_2000(values, image, psnr=round(wanted), reversible=False)
    return _at_ratio(values, image, wanted)


def _one_layer(layers: Sequence[float]) -> Sequence[float]:
    if len(layers) != 1 or layers[0] < 1:
        raise UsageError(f"one quality layer of at least 1 can be written, not {list(layers)}")
    return layers


def _at_ratio(values: NDArray[Any], image: ImagePixel, ratio: float) -> bytes:
    """The codestream of the highest quality, in whole dB, that is ``ratio`` times smaller."""
    most = values.size * image.bits_stored / 8 / ratio
    best, low, high = b"", 1, 120
    while low <= high:
        middle = (low + high) // 2
        found = _jpeg_2000(values, image, psnr=middle, reversible=False)
        if len(found) <= most:
            best, low = found, middle + 1
        else:
            high = middle - 1
    if not best:
        raise UsageError(f"the frame cannot be made {ratio} times smaller")
    return best


def _htj2k(values: NDArray[Any], image: ImagePixel, _: Quality) -> bytes:
    return bytes(
        imagecodecs.htj2k_encode(
            np.ascontiguousarray(values), reversible=True, rgb=image.photometric == "RGB"
        )
    )


def _jpeg_xl(values: NDArray[Any], image: ImagePixel, _: Quality) -> bytes:
    return bytes(
        imagecodecs.jpegxl_encode(
            _masked(values, image), lossless=True, bitspersample=image.bits_stored, numthreads=1
        )
    )


_KEPT = {"RGB": "RGB", "YBR_FULL": "YBR_FULL"}
_REVERSIBLE = {"RGB": "YBR_RCT", "YBR_FULL": "YBR_FULL"}
_IRREVERSIBLE = {"RGB": "YBR_ICT", "YBR_FULL": "YBR_FULL"}
_SUBSAMPLED = {"RGB": "YBR_FULL_422", "YBR_FULL": "YBR_FULL_422"}

_ENCODERS = {
    f"{_ROOT}.5": Encoder(_rle, _KEPT, cells=True),
    f"{_ROOT}.8.1": Encoder(_deflated, _KEPT, cells=True),
    f"{_ROOT}.4.50": Encoder(
        _baseline, _SUBSAMPLED, most_bits=8, method="ISO_10918_1", unsigned=True, palette=False
    ),
    f"{_ROOT}.4.57": Encoder(_lossless_jpeg(6), _KEPT),
    f"{_ROOT}.4.70": Encoder(_lossless_jpeg(1), _KEPT),
    f"{_ROOT}.4.80": Encoder(_jpeg_ls, _KEPT),
    f"{_ROOT}.4.81": Encoder(_near_jpeg_ls, _KEPT, method="ISO_14495_1", palette=False),
    f"{_ROOT}.4.90": Encoder(_lossless_jpeg_2000, _REVERSIBLE),
    f"{_ROOT}.4.91": Encoder(_lossy_jpeg_2000, _IRREVERSIBLE, method="ISO_15444_1", palette=False),
    f"{_ROOT}.4.201": Encoder(_htj2k, _REVERSIBLE),
    f"{_ROOT}.4.110": Encoder(_jpeg_xl, {"RGB": "RGB"}),
}
ENCODABLE = frozenset(_ENCODERS)
"""Transfer syntaxes that can be written."""
