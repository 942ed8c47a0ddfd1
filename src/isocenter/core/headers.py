"""Element headers: their forms, and what the first one says of an encoding (PS3.5 7.1.2).

Real files hold headers that the Standard does not know; here is how they are read.
"""

from __future__ import annotations

import struct

from isocenter.core.encoding import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    UNDEFINED,
    Buffer,
    Encoded,
    Encoding,
)
from isocenter.standard.dictionary import dictionary_vr


def explicit_header(
    encoded: Encoded, position: int, end: int, encoding: Encoding
) -> tuple[str | None, int, int]:
    """VR, length and content position of any explicit header (PS3.5 7.1.2).

    Real files also hold VRs that are none. Two capitals are a VR of a later edition and
    have a 32-bit length (PS3.5 6.2); anything else is an element written in implicit VR.
    """
    _, _, number, length = encoding.explicit_header(encoded.buffer, position)
    vr = encoding.short.get(number)
    if vr is not None:
        return vr, length, position + 8
    vr = encoding.long.get(number)
    if vr is None and not capitals(encoded.buffer, position + 4):
        return _odd_header(encoded, position, end, encoding)
    (length,) = encoding.length(encoded.buffer, position + 8)
    return vr or "UN", length, position + 12


def _odd_header(
    encoded: Encoded, position: int, end: int, encoding: Encoding
) -> tuple[str | None, int, int]:
    (length,) = encoding.length(encoded.buffer, position + 4)
    if length == UNDEFINED or position + 8 + length <= end:
        return None, length, position + 8
    (short,) = struct.unpack_from(encoding.order + "H", encoded.buffer, position + 6)
    return "UN", short, position + 8


def capitals(buffer: Buffer, position: int) -> bool:
    """Whether two letters A to Z stand here, as in every VR."""
    return all(0x41 <= byte <= 0x5A for byte in buffer[position : position + 2])


def starts_explicit(buffer: Buffer, position: int, encoding: Encoding) -> bool:
    """Whether the element here carries a VR, whatever the transfer syntax says."""
    vr = bytes(buffer[position + 4 : position + 6])
    number = int.from_bytes(vr, "little" if encoding.little else "big")
    return number in encoding.short or number in encoding.long


def matching(encoded: Encoded, start: int, declared: Encoding) -> Encoding:
    """The encoding the first element shows, where it contradicts the declared one."""
    if len(encoded.buffer) < start + 8:
        return declared
    explicit = starts_explicit(encoded.buffer, start, declared)
    if explicit == declared.explicit or not any(encoded.buffer[start : start + 4]):
        return declared
    if explicit and _leads_on(encoded, start, declared):
        return declared
    if explicit:
        return EXPLICIT_LITTLE if declared.little else EXPLICIT_BIG
    return declared if capitals(encoded.buffer, start + 4) else IMPLICIT_LITTLE


def _leads_on(encoded: Encoded, start: int, encoding: Encoding) -> bool:
    """Whether an implicit length that reads like a VR leads to the next element."""
    group, element, length = encoding.implicit_header(encoded.buffer, start)
    following = start + 8 + length
    if following + 8 > len(encoded.buffer):
        return False
    next_group, next_element, _ = encoding.implicit_header(encoded.buffer, following)
    next_tag = next_group << 16 | next_element
    return group << 16 | element < next_tag and dictionary_vr(next_tag) is not None
