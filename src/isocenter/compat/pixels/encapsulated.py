"""Compressed frames, as pydicom's decoders give them (PS3.5 8.2, A.4).

In: a :class:`Request`. Out: frames, each with its values and what they mean.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from isocenter.compat.misc import warn_and_log
from isocenter.compat.pixels.description import expected_bytes
from isocenter.compat.pixels.request import Request
from isocenter.errors import Finding, PixelError
from isocenter.pixels.codecs import Coding, coding, decode
from isocenter.pixels.encapsulation import EncapsulatedFrames, read_items
from isocenter.pixels.frame import Frame, stored_values
from isocenter.pixels.image_pixel import ImagePixel
from isocenter.pixels.notes import Notes


class Encapsulated:
    """The frames of encapsulated pixel data, decoded when they are asked for.

    Args:
        asked: what is asked for.

    Raises:
        ValueError: the items of the value cannot be followed, or hold fewer frames.
    """

    def __init__(self, asked: Request) -> None:
        self._asked = asked
        self._value = _whole(asked.source)
        self._notes = Notes()
        self._told: set[Finding] = set()
        tables = asked.facts.get("extended_offsets") or (b"", b"")
        offsets, lengths = map(_table, tables)
        try:
            table, _ = read_items(self._value, self._notes)
            self._frames = EncapsulatedFrames(
                self._value,
                max(asked.frames, len(offsets) // 8 or len(table)),
                self._notes,
                offsets=offsets,
                lengths=lengths,
            )
        except PixelError as error:
            raise ValueError(str(error)) from error

    def count(self) -> int:
        """How many frames there are: the declared ones, or all where more are there and allowed."""
        asked, told = self._asked, len(self._frames)
        if told > asked.frames and asked.wants("allow_excess_frames", default=True):
            warn_and_log(
                f"The offset table tells {told} frames, Number of Frames (0028,0008)"
                f" {asked.frames}: all {told} are given; allow_excess_frames=False gives"
                f" {asked.frames}"
            )
            asked.frames = told
        return asked.frames

    def frame(self, index: int, *, raw: bool, cells: bool = False) -> Frame:
        """One frame, decoded.

        Args:
            index: which, from 0.
            raw: leave YCbCr as it is.
            cells: give whole pixel cells, where frames are cells.

        Raises:
            ValueError: there is no such frame.
            RuntimeError: it cannot be decoded.
        """
        asked = self._asked
        swapped = is_rle(asked) and asked.facts.get("rle_segment_order", ">") == "<"
        if index >= len(self._frames):
            raise ValueError(f"there is no frame {index} in the encapsulated pixel data")
        image = asked.image.whole_cells() if cells or swapped else asked.image
        try:
            found = decode(self._frames[index], asked.syntax, image, self._notes, raw=raw)
        except PixelError as error:
            raise RuntimeError(f"Frame {index} cannot be decoded: {error}") from error
        self._warn()
        return _with_swapped_cells(found, asked.image, cells=cells) if swapped else found

    def _warn(self) -> None:
        """Tell what pydicom tells, once: that segments hold more than their planes."""
        for finding in self._notes.findings():
            if finding.code == "excess" and finding not in self._told:
                self._told.add(finding)
                warn_and_log(finding.message)


def _with_swapped_cells(frame: Frame, image: ImagePixel, *, cells: bool) -> Frame:
    """A frame whose segments are in the other order: whole cells first, then their values."""
    values = frame.values.byteswap()
    if not cells:
        values = stored_values(
            values, bits_stored=image.bits_stored, high_bit=image.high_bit, signed=image.signed
        )
    return replace(frame, values=values)


def is_rle(asked: Request) -> bool:
    """Whether frames are planes of cells."""
    return coding(asked.syntax) is Coding.RLE


def measure(asked: Request) -> None:
    """Warn where compressed pixel data has the very length of native pixel data."""
    if hasattr(asked.source, "read"):
        return
    image = asked.image
    samples = image.rows * image.columns * image.samples * asked.frames
    expected = expected_bytes(samples, image.bits_allocated, image.photometric)
    if len(asked.source) in {expected, expected + expected % 2}:
        warn_and_log(
            "The compressed pixel data has the length of pixel data without compression: is the"
            " transfer syntax right?"
        )


def _whole(source: Any) -> memoryview:
    """All bytes; of a file those from where it stands, where it stays."""
    if not hasattr(source, "read"):
        return memoryview(source).cast("B")
    place = source.tell()
    data = source.read()
    source.seek(place)
    return memoryview(data)


def _table(numbers: bytes | Sequence[int]) -> bytes:
    """An extended offset table as a value: 8 bytes a number."""
    if isinstance(numbers, bytes | bytearray | memoryview):
        return bytes(numbers)
    return struct.pack(f"<{len(numbers)}Q", *numbers)
