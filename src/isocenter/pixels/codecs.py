"""Transfer syntax to decoder; one frame's bytes to a :class:`Frame` (PS3.5 8.2, A.4).

A codestream describes itself. Where it contradicts the data set it is right
(PS3.5 8.2: the bit stream controls the decompression) and the contradiction is a
finding, but for its extent: rows and columns that differ are an error, raised
before anything is allocated.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import Any, NamedTuple

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from isocenter.errors import PixelError, UnsupportedSyntaxError
from isocenter.pixels.codestreams import Codestream, Family, read_codestream
from isocenter.pixels.frame import Frame, stored_values
from isocenter.pixels.image_pixel import SUBSAMPLED, ImagePixel
from isocenter.pixels.native import native_cells, native_frame, note_bits_above
from isocenter.pixels.notes import Notes
from isocenter.pixels.rle import decode_rle

_ROOT = "1.2.840.10008.1.2"
BIG_ENDIAN = f"{_ROOT}.2"


class Coding(Enum):
    """How the frames of a transfer syntax are written."""

    NATIVE = "native"
    RLE = "RLE"
    DEFLATED = "deflated frames"
    CODESTREAM = "codestreams that describe themselves"


_NATIVE = {_ROOT, f"{_ROOT}.1", f"{_ROOT}.1.98", f"{_ROOT}.1.99", BIG_ENDIAN}
_JPEG = {f"{_ROOT}.4.{number}" for number in (*range(50, 67), 70)}
_JPEG_LS = {f"{_ROOT}.4.{number}" for number in (80, 81)}
_JPEG_2000 = {f"{_ROOT}.4.{number}" for number in (90, 91, 92, 93, 201, 202, 203)}
_JPEG_XL = {f"{_ROOT}.4.{number}" for number in (110, 111, 112)}

_CODINGS = {
    **dict.fromkeys(_NATIVE, Coding.NATIVE),
    **dict.fromkeys(_JPEG | _JPEG_LS | _JPEG_2000 | _JPEG_XL, Coding.CODESTREAM),
    f"{_ROOT}.5": Coding.RLE,
    f"{_ROOT}.8.1": Coding.DEFLATED,
}
_FAMILIES = {
    **dict.fromkeys(_JPEG, Family.JPEG),
    **dict.fromkeys(_JPEG_LS, Family.JPEG_LS),
    **dict.fromkeys(_JPEG_2000, Family.JPEG_2000),
    **dict.fromkeys(_JPEG_XL, Family.JPEG_XL),
}
_EXACT = {f"{_ROOT}.4.{number}" for number in (57, 70, 80, 90, 92, 201, 202, 110)}
"""Lossless: bits above High Bit are those that were written, not an overshoot."""


_INSIDE = {"YBR_RCT", "YBR_ICT", "XYB"}
"""Photometric Interpretations of codestreams; a decoder never gives such values."""

_FOLLOWING = bytes.fromhex("a53c5ac31e87d24b") * 128 + bytes.fromhex("ffd9")
"""Entropy-coded data of no meaning and an end mark."""


def coding(syntax: str) -> Coding:
    """How ``syntax`` writes frames.

    Raises:
        UnsupportedSyntaxError: nobody here can read it.
    """
    try:
        return _CODINGS[syntax]
    except KeyError:
        raise UnsupportedSyntaxError(
            f"There is no decoder for the transfer syntax {syntax[:64]!r}", tag="(0002,0010)"
        ) from None


def decode(
    data: memoryview, syntax: str, image: ImagePixel, notes: Notes, *, raw: bool = False
) -> Frame:
    """One compressed frame, decoded.

    Args:
        data: the frame.
        syntax: Transfer Syntax UID.
        image: the description of the frame.
        notes: takes the findings.
        raw: leave YCbCr as it is, where the decoder would make RGB of it.

    Raises:
        PixelError: with what is wrong; nothing else leaves this function.
    """
    kind = coding(syntax)
    try:
        if kind is Coding.RLE:
            return _rle(data, image, notes)
        if kind is Coding.DEFLATED:
            return _deflated(data, image, notes)
        return _codestream(data, syntax, image, notes, raw=raw)
    except PixelError:
        raise
    except Exception as error:
        raise PixelError(f"The frame cannot be decoded: {error}"[:300]) from error


# --- frames of plain pixel cells ------------------------------------------------------


def _rle(data: memoryview, image: ImagePixel, notes: Notes) -> Frame:
    """Planes of bytes; the header's Planar Configuration does not matter (PS3.5 8.2.2)."""
    plane = image.rows * image.columns
    bits = image.bits_allocated
    pixels, width = (-(-plane // 8), 1) if bits == 1 else (plane, bits // 8)
    planes = decode_rle(data, pixels=pixels, samples=image.samples, width=width, notes=notes)
    flat = replace(image, planar=image.samples > 1, subsampled=False)
    cells = native_cells(planes, 0, flat) if bits == 1 else planes.ravel()
    return native_frame(cells, flat, notes)


def _deflated(data: memoryview, image: ImagePixel, notes: Notes) -> Frame:
    """Cells compressed by RFC 1951, each frame by itself (PS3.5 A.4.13)."""
    expected = -(-image.frame_bits // 8)
    cells = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, expected)
    if len(cells) < expected:
        raise PixelError(
            f"The deflated frame holds {len(cells)} bytes; {expected} are needed",
            clause="PS3.5 A.4.13",
        )
    return native_frame(native_cells(cells, 0, image), image, notes)


# --- codestreams that describe themselves -----------------------------------------------


class _Colours(NamedTuple):
    """What decoded values mean; and where JPEG's decoder starts from."""

    photometric: str
    source: str = ""

    @property
    def target(self) -> str:
        """What JPEG's decoder is to give."""
        return "RGB" if self.photometric == "RGB" else self.source


def _codestream(
    data: memoryview, syntax: str, image: ImagePixel, notes: Notes, *, raw: bool
) -> Frame:
    stream = read_codestream(data)
    if stream.family is not _FAMILIES[syntax]:
        _contradiction(notes, f"The codestream is {stream.family.value}", "(0002,0010)")
    _check_extent(stream, image)
    colours = _colours(stream, image, notes, raw=raw)
    decoded = _DECODERS[stream.family](data, stream, colours)
    if not stream.ended:
        _check_whole(data, stream, colours, decoded, notes)
    values = _shaped(decoded, image)
    stream = _completed(stream, values, image)
    exact = syntax in _EXACT
    return _settled(values, colours.photometric, stream, image, notes, exact=exact)


def _check_whole(
    data: memoryview, stream: Codestream, colours: _Colours, decoded: NDArray[Any], notes: Notes
) -> None:
    """Whether a codestream without its end mark lacks more than the mark.

    JPEG's decoder makes up what is missing. What it makes up depends on the bytes that
    follow: a picture that stays the same whatever follows was all there. The other
    decoders refuse a codestream that breaks off.
    """
    longer = bytes(data) + _FOLLOWING
    if stream.family is Family.JPEG and not np.array_equal(
        decoded, _decode_jpeg(longer, stream, colours)
    ):
        raise PixelError(
            f"The codestream breaks off after {len(data)} bytes, before its picture ends",
            tag="(7FE0,0010)",
            clause="PS3.5 8.2.1",
        )
    notes.warn(
        "no-end-of-image",
        "The codestream has no end mark; its picture is whole all the same",
        tag="(7FE0,0010)",
    )


def _check_extent(stream: Codestream, image: ImagePixel) -> None:
    if (stream.rows, stream.columns) != (image.rows, image.columns):
        raise PixelError(
            f"The codestream has {stream.rows} rows of {stream.columns}; "
            f"{image.rows} of {image.columns} are declared",
            tag="(0028,0010)",
            clause="PS3.5 8.2",
        )
    if stream.samples not in {0, 1, 3, 4} or stream.bits > 32:
        raise PixelError(f"{stream.samples} components of {stream.bits} bits cannot be read")


def _contradiction(notes: Notes, problem: str, tag: str) -> None:
    notes.warn(
        "codestream-contradicts",
        f"{problem}; the data set says otherwise",
        tag=tag,
        clause="PS3.5 8.2",
    )


def _colours(stream: Codestream, image: ImagePixel, notes: Notes, *, raw: bool) -> _Colours:
    """What the decoded values will mean.

    JPEG's decoder converts YCbCr to RGB unless values are asked for ``raw``, JPEG 2000's
    undoes the component transform, JPEG XL's has RGB as output. JPEG-LS and lossless JPEG
    give what was put in.
    """
    declared = image.photometric
    if stream.samples and stream.samples != image.samples:
        _contradiction(notes, f"The codestream has {stream.samples} components", "(0028,0002)")
        declared = "MONOCHROME2" if stream.samples == 1 else "RGB"
    if (stream.samples or image.samples) == 1:
        return _Colours(declared)
    if stream.family is Family.JPEG and not stream.lossless:
        source = _jpeg_source(stream, declared, notes)
        return _Colours("YBR_FULL" if raw and source == "YCbCr" else "RGB", source)
    if stream.transformed or declared in _INSIDE or stream.family is Family.JPEG_XL:
        return _Colours("RGB", "RGB")
    return _Colours("YBR_FULL" if declared in SUBSAMPLED else declared, "RGB")


def _jpeg_source(stream: Codestream, declared: str, notes: Notes) -> str:
    """What the components are by the codestream's marks, or else by what is declared."""
    if stream.transformed is None:
        return "RGB" if declared == "RGB" else "YCbCr"
    source = "YCbCr" if stream.transformed else "RGB"
    if (source == "RGB") is not (declared == "RGB"):
        _contradiction(notes, f"The codestream is {source}", "(0028,0004)")
    return source


def _decode_jpeg(data: Any, stream: Codestream, colours: _Colours) -> NDArray[Any]:
    """Every JPEG process; told its colour space, because the decoder would guess one."""
    if stream.samples != 3:
        return imagecodecs.jpeg8_decode(data)
    return imagecodecs.jpeg8_decode(data, colorspace=colours.source, outcolorspace=colours.target)


_DECODERS: dict[Family, Callable[[Any, Codestream, _Colours], NDArray[Any]]] = {
    Family.JPEG: _decode_jpeg,
    Family.JPEG_LS: lambda data, *_: imagecodecs.jpegls_decode(data),
    # High-Throughput JPEG 2000 too: imagecodecs' htj2k_decode wraps values of lossy frames.
    Family.JPEG_2000: lambda data, *_: imagecodecs.jpeg2k_decode(data),
    Family.JPEG_XL: lambda data, *_: imagecodecs.jpegxl_decode(data),
}


def _shaped(decoded: NDArray[Any], image: ImagePixel) -> NDArray[Any]:
    """``decoded`` as (rows, columns) or (rows, columns, samples)."""
    plane = (image.rows, image.columns)
    if decoded.shape == (*plane, 1):
        return decoded[:, :, 0]
    if decoded.ndim == 3 and decoded.shape[1:] == plane and decoded.shape[:2] != plane:
        decoded = decoded.transpose(1, 2, 0)
    if decoded.shape[:2] != plane or decoded.ndim not in {2, 3}:
        raise PixelError(f"The decoder gave {decoded.shape}; {plane} was expected")
    return np.ascontiguousarray(decoded)


def _completed(stream: Codestream, values: NDArray[Any], image: ImagePixel) -> Codestream:
    """What a header did not say, taken from the data set once the values bear it out."""
    samples = 1 if values.ndim == 2 else values.shape[2]
    expected = stream.samples or image.samples
    if samples != expected:
        raise PixelError(f"{samples} components were decoded; {expected} were expected")
    if stream.samples and stream.bits:
        return stream
    return replace(stream, samples=samples, bits=stream.bits or image.bits_stored)


def _settled(  # noqa: PLR0913 - what is known of a frame
    values: NDArray[Any],
    photometric: str,
    stream: Codestream,
    image: ImagePixel,
    notes: Notes,
    *,
    exact: bool,
) -> Frame:
    """Sign and significant bits of decoded values.

    JPEG and JPEG-LS cannot tell a sign: Pixel Representation does, and so it does for
    a JPEG 2000 codestream that says unsigned (writers that copied two's complement
    bits exist; read as unsigned such images are wrong). A codestream that says signed
    is signed.
    """
    if values.dtype.kind not in "iu":
        raise PixelError(f"The decoder gave {values.dtype} values; integers are declared")
    if stream.family is Family.JPEG_2000 and stream.signed is not image.signed:
        sign = "signed" if stream.signed else "unsigned"
        _contradiction(notes, f"The codestream is {sign}", "(0028,0103)")
    bits = _significant(stream, image, notes)
    signed = image.signed or stream.signed
    cells = values.astype(_container(values.dtype, image), copy=False)
    if signed == stream.signed and (bits == stream.bits or not exact):
        return Frame(cells, photometric, max(bits, image.bits_stored), signed)
    high = image.high_bit if bits == image.bits_stored else bits - 1
    stored = stored_values(cells, bits_stored=bits, high_bit=high, signed=signed)
    note_bits_above(cells, stored, high, notes)
    return Frame(stored, photometric, max(bits, image.bits_stored), signed)


def _significant(stream: Codestream, image: ImagePixel, notes: Notes) -> int:
    """Bits of a value, when the codestream may have been given whole pixel cells.

    A precision of Bits Allocated, or of the 8 or 12 bits that lossy JPEG knows, says
    nothing about the values; any other one above Bits Stored contradicts it.
    """
    whole = stream.bits == image.bits_allocated or stream.family is Family.JPEG
    if stream.bits > image.bits_stored and not whole:
        _contradiction(notes, f"The codestream has {stream.bits} bits", "(0028,0101)")
        return stream.bits
    return min(stream.bits, image.bits_stored)


def _container(decoded: np.dtype[Any], image: ImagePixel) -> np.dtype[Any]:
    """The wider of what was decoded and what is declared, with the decoder's sign."""
    width = max(decoded.itemsize, image.dtype.itemsize)
    return np.dtype(f"{decoded.kind}{width}")
