"""What a codestream's own header says, read before a decoder allocates anything.

Sources: ISO/IEC 10918-1 B.2.2 (JPEG frame header), ISO/IEC 14495-1 C.2.2 (JPEG-LS),
ISO/IEC 15444-1 A.5.1 (SIZ) and A.6.1 (COD), ISO/IEC 18181-1 (JPEG XL SizeHeader).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from isocenter.errors import PixelError


class Family(Enum):
    """Which decoder reads a codestream."""

    JPEG = "JPEG"
    JPEG_LS = "JPEG-LS"
    JPEG_2000 = "JPEG 2000"
    JPEG_XL = "JPEG XL"


@dataclass(frozen=True, slots=True)
class Codestream:
    """Facts of a codestream's header.

    ``samples`` and ``bits`` are 0 where the header does not say (JPEG XL);
    ``transformed`` is true when components were colour transformed, false when
    not, ``None`` when the codestream leaves that to its surroundings;
    ``lossless`` is about JPEG's process 14 only; ``ended`` tells whether the end mark is
    where it is due.
    """

    family: Family
    rows: int
    columns: int
    samples: int = 0
    bits: int = 0
    signed: bool = False
    transformed: bool | None = None
    lossless: bool = False
    ended: bool = True


def read_codestream(data: memoryview) -> Codestream:
    """The header of ``data``, whatever family its first bytes belong to.

    Raises:
        PixelError: the first bytes belong to no known family, or are cut off.
    """
    head = bytes(data[:12])
    try:
        if head.startswith(b"\xff\xd8"):
            return _jpeg(data)
        if head.startswith(b"\xff\x4f\xff\x51"):
            return _jpeg_2000(data, 0, ended=_ended(data))
        if head.startswith(b"\x00\x00\x00\x0cjP  "):
            return _jpeg_2000(data, next(_boxes(data, b"jp2c")))
        if head.startswith(b"\xff\x0a"):
            return _jpeg_xl(data, 2)
        if head.startswith(b"\x00\x00\x00\x0cJXL "):
            return _boxed_jpeg_xl(data)
    except (struct.error, IndexError, StopIteration):
        raise PixelError(
            f"The codestream ends inside its header, after {len(data)} bytes"
        ) from None
    raise PixelError(f"The frame starts with {head[:4].hex()}, no known codestream")


def _ended(data: memoryview) -> bool:
    """EOI and EOC are the same two bytes; padding and a little garbage may follow."""
    return b"\xff\xd9" in bytes(data[-64:])


# --- JPEG and JPEG-LS ---------------------------------------------------------------

_NO_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SOF_LOSSLESS = 0xC3
_SOF_JPEG_LS = 0xF7
_SOS = 0xDA


def _segments(data: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Marker segments up to the first scan."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise PixelError(
                f"{data[at]:#04x} stands where a JPEG marker is due, at byte {at} of the frame"
            )
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte, ISO/IEC 10918-1 B.1.1.2
            at += 1
        elif marker in _NO_LENGTH:
            at += 2
        elif marker in {_SOS, 0xD9}:
            raise PixelError(f"The JPEG codestream has no frame header up to byte {at}")
        else:
            (length,) = struct.unpack_from(">H", data, at + 2)
            yield marker, data[at + 4 : at + 2 + length]
            at += 2 + max(length, 2)


def _jpeg(data: memoryview) -> Codestream:
    adobe: int | None = None
    jfif = False
    for marker, body in _segments(data):
        if marker == 0xE0:
            jfif = jfif or bytes(body[:4]) == b"JFIF"
        elif marker == 0xEE and bytes(body[:5]) == b"Adobe" and len(body) > 11:
            adobe = body[11]
        elif marker in _FRAME_HEADERS or marker == _SOF_JPEG_LS:
            return _jpeg_frame(marker, body, adobe, jfif=jfif, ended=_ended(data))
    raise AssertionError  # pragma: no cover - _segments ends by raising


def _jpeg_frame(
    marker: int, body: memoryview, adobe: int | None, *, jfif: bool, ended: bool
) -> Codestream:
    bits, rows, columns, samples = struct.unpack_from(">BHHB", body)
    components = [(body[6 + 3 * n], body[7 + 3 * n]) for n in range(samples)]
    family = Family.JPEG_LS if marker == _SOF_JPEG_LS else Family.JPEG
    lossless = marker == _SOF_LOSSLESS
    sequential = family is Family.JPEG and not lossless
    transformed = _transformed(components, adobe, jfif=jfif) if sequential else False
    return Codestream(
        family,
        rows,
        columns,
        samples,
        bits,
        transformed=transformed,
        lossless=lossless,
        ended=ended,
    )


def _transformed(
    components: list[tuple[int, int]], adobe: int | None, *, jfif: bool
) -> bool | None:
    """Whether three components are YCbCr, as far as the codestream tells."""
    if len(components) != 3:
        return False
    if adobe is not None:
        return adobe != 0
    if jfif or len({factors for _, factors in components}) > 1:
        return True  # JFIF is YCbCr by definition, and nobody subsamples green and blue
    return False if bytes(name for name, _ in components) == b"RGB" else None


# --- JPEG 2000 ----------------------------------------------------------------------


def _boxes(data: memoryview, kind: bytes) -> Iterator[int]:
    """Where the contents of the boxes ``kind`` start (ISO/IEC 15444-1 I.4)."""
    at = 0
    while at < len(data):
        length, found = struct.unpack_from(">L4s", data, at)
        start = at + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, start)
            start += 8
        if found == kind:
            yield start
        if length < 8:
            return
        at += length


def _jpeg_2000(data: memoryview, at: int, *, ended: bool = True) -> Codestream:
    """SIZ follows SOC at once; COD, somewhere before the first tile, has the transform."""
    if bytes(data[at : at + 4]) != b"\xff\x4f\xff\x51":
        raise PixelError(f"SOC and SIZ of JPEG 2000 are not at byte {at} of the frame")
    right, bottom, left, top = struct.unpack_from(">4L", data, at + 8)
    samples, depth = struct.unpack_from(">HB", data, at + 40)
    return Codestream(
        Family.JPEG_2000,
        rows=max(bottom - top, 0),
        columns=max(right - left, 0),
        samples=samples,
        bits=(depth & 0x7F) + 1,
        signed=bool(depth & 0x80),
        transformed=_component_transform(data, at + 2),
        ended=ended,
    )


def get_j2k_parameters(codestream: bytes) -> dict[str, object]:
    """What SIZ says of the first component of a JPEG 2000 codestream.

    Returns:
        ``precision`` in bits, ``is_signed``, and ``jp2``: whether the codestream is in a JP2
        file; nothing where it is no JPEG 2000 or its header is cut off.
    """
    data = memoryview(codestream)
    jp2 = bytes(data[:8]) == b"\x00\x00\x00\x0cjP  "
    try:
        at = next(_boxes(data, b"jp2c")) if jp2 else 0
        depth = data[at + 42]
    except (struct.error, IndexError, StopIteration):
        return {}
    if bytes(data[at : at + 4]) != b"\xff\x4f\xff\x51":
        return {}
    return {"precision": (depth & 0x7F) + 1, "is_signed": bool(depth & 0x80), "jp2": jp2}


def _component_transform(data: memoryview, at: int) -> bool:
    while True:
        marker, length = struct.unpack_from(">HH", data, at)
        if marker == 0xFF52:
            return bool(data[at + 8])
        if marker in {0xFF90, 0xFFD9} or length < 2:
            return False
        at += 2 + length


# --- JPEG XL ------------------------------------------------------------------------

_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))


class _Bits:
    """Bits of a buffer, least significant first."""

    def __init__(self, data: memoryview, at: int) -> None:
        self._word = int.from_bytes(data[at : at + 16], "little")
        self._left = 8 * len(data[at : at + 16])

    def take(self, count: int) -> int:
        if count > self._left:
            raise IndexError
        self._left -= count
        bits = self._word & ((1 << count) - 1)
        self._word >>= count
        return bits


def _jpeg_xl(data: memoryview, at: int) -> Codestream:
    bits = _Bits(data, at)
    small = bits.take(1)
    rows = _jxl_extent(bits, small)
    ratio = bits.take(3)
    if ratio:
        across, down = _RATIOS[ratio - 1]
        return Codestream(Family.JPEG_XL, rows, rows * across // down)
    return Codestream(Family.JPEG_XL, rows, _jxl_extent(bits, small))


def _jxl_extent(bits: _Bits, small: int) -> int:
    if small:
        return (bits.take(5) + 1) * 8
    return bits.take((9, 13, 18, 30)[bits.take(2)]) + 1


def _boxed_jpeg_xl(data: memoryview) -> Codestream:
    """The codestream is one ``jxlc`` box, or parts in ``jxlp`` boxes after a 4 byte count."""
    start = next(_boxes(data, b"jxlc"), None)
    if start is None:
        start = next(_boxes(data, b"jxlp")) + 4
    if bytes(data[start : start + 2]) != b"\xff\x0a":
        raise PixelError(f"The mark of JPEG XL is not at byte {start} of the frame")
    return _jpeg_xl(data, start + 2)
