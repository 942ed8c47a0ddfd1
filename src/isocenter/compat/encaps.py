"""Encapsulated Pixel Data, taken apart and put together (PS3.5 A.4): ``isocenter.pixels``.

A value to take apart is bytes, or a seekable reader that stands at the Basic Offset Table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BufferedIOBase, BytesIO
from typing import Any

from isocenter.compat.misc import warn_and_log
from isocenter.errors import FragmentError
from isocenter.pixels import encapsulate_extended, encapsulating, fragments
from isocenter.pixels.framestream import EncapsulatedBuffer

__all__ = [
    "EncapsulatedBuffer",
    "encapsulate",
    "encapsulate_buffer",
    "encapsulate_extended",
    "encapsulate_extended_buffer",
    "fragment_frame",
    "generate_fragmented_frames",
    "generate_fragments",
    "generate_frames",
    "get_frame",
    "itemize_fragment",
    "itemize_frame",
    "parse_basic_offsets",
    "parse_fragments",
]


def parse_basic_offsets(buffer: Any, *, endianness: str = "<") -> list[int]:
    """The offsets of the Basic Offset Table; a reader stands behind it afterwards.

    Raises:
        ValueError: there is no such item, or it holds no whole number of offsets.
    """
    return fragments.basic_offsets(_stream(buffer), big=_big(endianness))


def parse_fragments(buffer: Any, *, endianness: str = "<") -> tuple[int, list[int]]:
    """How many items there are, and where they begin; a reader stands where it stood.

    Raises:
        ValueError: the items cannot be followed.
    """
    stream = _stream(buffer)
    place = stream.tell()
    found = [part.item for part in fragments.fragments(stream, big=_big(endianness))]
    stream.seek(place)
    return len(found), found


def generate_fragments(buffer: Any, *, endianness: str = "<") -> Iterator[bytes]:
    """What is in each item, one after another, from where a reader stands.

    Raises:
        ValueError: the items cannot be followed.
    """
    stream = _stream(buffer)
    for part in fragments.fragments(stream, big=_big(endianness)):
        yield fragments.content(stream, part)


def generate_fragmented_frames(
    buffer: Any,
    *,
    number_of_frames: int | None = None,
    extended_offsets: Any = None,
    endianness: str = "<",
) -> Iterator[tuple[bytes, ...]]:
    """The fragments of one frame after another.

    Args:
        buffer: the value.
        number_of_frames: is needed when there is no table and more than one fragment.
        extended_offsets: Extended Offset Table and its Lengths, as numbers or bytes.
        endianness: ``"<"``, or ``">"`` for numbers that are big endian.

    Raises:
        ValueError: the items cannot be followed, a table does not point at them, or it cannot
            be told where frames end.
    """
    stream = _stream(buffer)
    found = fragments.frame_fragments(
        stream, number_of_frames, extended_offsets, big=_big(endianness)
    )
    if found.doubt:
        warn_and_log(found.doubt, stacklevel=2)
    for parts in found.frames:
        yield tuple(fragments.content(stream, part) for part in parts)


def generate_frames(
    buffer: Any,
    *,
    number_of_frames: int | None = None,
    extended_offsets: Any = None,
    endianness: str = "<",
) -> Iterator[bytes]:
    """One frame after another; see :func:`generate_fragmented_frames`."""
    for parts in generate_fragmented_frames(
        buffer,
        number_of_frames=number_of_frames,
        extended_offsets=extended_offsets,
        endianness=endianness,
    ):
        yield b"".join(parts)


def get_frame(
    buffer: Any,
    index: int,
    *,
    extended_offsets: Any = None,
    number_of_frames: int | None = None,
    endianness: str = "<",
) -> bytes:
    """One frame, counted from 0; a reader stands where it stood.

    Raises:
        ValueError: as of :func:`generate_fragmented_frames`, or there is no such frame.
    """
    stream = _stream(buffer)
    place = stream.tell()
    try:
        found = fragments.frame_fragments(
            stream, number_of_frames, extended_offsets, big=_big(endianness)
        )
        if not 0 <= index < len(found.frames):
            raise FragmentError(f"There is no frame {index} among {len(found.frames)}")
        if found.doubt:
            warn_and_log(found.doubt, stacklevel=2)
        return b"".join(fragments.content(stream, part) for part in found.frames[index])
    finally:
        stream.seek(place)


def fragment_frame(frame: bytes, nr_fragments: int = 1) -> Iterator[bytes]:
    """A frame in pieces of even length.

    Raises:
        ValueError: it cannot be cut into so many pieces, or so few.
    """
    return encapsulating.fragments(frame, nr_fragments)


itemize_fragment = encapsulating.item


def itemize_frame(frame: bytes, nr_fragments: int = 1) -> Iterator[bytes]:
    """A frame in items; see :func:`fragment_frame`."""
    return (encapsulating.item(part) for part in fragment_frame(frame, nr_fragments))


def encapsulate(
    frames: Sequence[bytes], fragments_per_frame: int = 1, has_bot: bool = True
) -> bytes:
    """The value that holds frames: the Basic Offset Table, filled or not, and the fragments.

    Raises:
        ValueError: the table cannot hold the offsets, or a frame cannot be cut so.
    """
    return encapsulating.encapsulate(frames, fragments_per_frame, has_bot=has_bot)


def encapsulate_buffer(
    buffers: Sequence[BufferedIOBase], has_bot: bool = True
) -> EncapsulatedBuffer:
    """A reader of the value that holds the frames of open files.

    Raises:
        TypeError: one is no buffered reader.
        ValueError: one is closed, or the table cannot hold the offsets.
    """
    return EncapsulatedBuffer(buffers, has_bot)


def encapsulate_extended_buffer(
    buffers: Sequence[BufferedIOBase],
) -> tuple[EncapsulatedBuffer, bytes, bytes]:
    """A reader of the value, and the values of the Extended Offset Table and its Lengths.

    Raises:
        TypeError: one is no buffered reader.
        ValueError: one is closed.
    """
    made = EncapsulatedBuffer(buffers, use_bot=False)
    return made, made.extended_offsets, made.extended_lengths


def _stream(buffer: Any) -> Any:
    return BytesIO(buffer) if isinstance(buffer, bytes | bytearray | memoryview) else buffer


def _big(endianness: str) -> bool:
    if endianness not in {"<", ">"}:
        raise ValueError(f"endianness is {endianness!r}, neither '<' nor '>'")
    return endianness == ">"
