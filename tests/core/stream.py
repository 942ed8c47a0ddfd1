"""Data sets as bytes, written by hand: independent of the code under test."""

import struct
import zlib

LONG = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}
UNDEFINED = 0xFFFFFFFF
EXPLICIT = "1.2.840.10008.1.2.1"
IMPLICIT = "1.2.840.10008.1.2"
BIG = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"


def tag_bytes(tag, order="<"):
    return struct.pack(order + "HH", tag >> 16, tag & 0xFFFF)


def explicit(tag, vr, value=b"", *, length=None, order="<"):
    """An element in explicit VR (PS3.5 7.1.2)."""
    size = len(value) if length is None else length
    number = struct.pack(order + ("HI" if vr in LONG else "H"), *([0] * (vr in LONG)), size)
    return tag_bytes(tag, order) + vr.encode() + number + value


def implicit(tag, value=b"", *, length=None):
    """An element in implicit VR (PS3.5 7.1.3)."""
    return tag_bytes(tag) + struct.pack("<I", len(value) if length is None else length) + value


def item(value=b"", *, length=None, order="<"):
    """An item of defined length (PS3.5 7.5)."""
    size = len(value) if length is None else length
    return tag_bytes(0xFFFEE000, order) + struct.pack(order + "I", size) + value


def open_item(value=b"", order="<"):
    """An item of undefined length with its delimitation item."""
    return item(value, length=UNDEFINED, order=order) + tag_bytes(0xFFFEE00D, order) + bytes(4)


def sequence_end(order="<"):
    return tag_bytes(0xFFFEE0DD, order) + bytes(4)


def open_sequence(tag, *items, vr="SQ", order="<"):
    """An explicit sequence of undefined length with its delimitation item."""
    value = b"".join(items) + sequence_end(order)
    return explicit(tag, vr, value, length=UNDEFINED, order=order)


def open_implicit_sequence(tag, *items):
    return implicit(tag, b"".join(items) + sequence_end(), length=UNDEFINED)


def meta(syntax=EXPLICIT):
    """File meta information without group length."""
    uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    return explicit(0x00020010, "UI", uid)


def part10(dataset, syntax=EXPLICIT):
    """A file of PS3.10 7.1."""
    if syntax == DEFLATED:
        dataset = deflate(dataset)
    return bytes(128) + b"DICM" + meta(syntax) + dataset


HEAD = len(part10(b""))
"""Where the data set of an explicit little endian file starts."""


def deflate(data):
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()
