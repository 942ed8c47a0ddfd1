"""Files read without some of their values: these are stepped over, and left out or deferred."""

from __future__ import annotations

import os
from collections.abc import Callable

from isocenter.core.deferred import DeferredElement
from isocenter.core.part10 import FileDataset
from isocenter.core.pieces import Pieces
from isocenter.core.skimming import Place, Skimmed, skim
from isocenter.errors import TruncatedError
from isocenter.files.deferred import FilePart, open_binary, read_at
from isocenter.files.options import Reading
from isocenter.standard.tag import BaseTag

_FIRST_READ = 1 << 16
_MOST_REST = 1 << 20
_HEADER = 12
_DECISIVE = frozenset({0x00080005, 0x00280100, 0x00280103, 0x00283002})
"""What other values depend on: Specific Character Set, Bits Allocated, and the like."""


def read_partly(path: str | bytes, reading: Reading) -> FileDataset | None:
    """Read a file without the values that ``reading`` defers or skips.

    ``None`` when there is nothing to leave out, or when the file does not lend itself to it: it
    is deflated, or broken before its end. It then has to be read whole.

    Raises:
        InvalidDicomError: the file is no DICOM file.
        OSError: the file cannot be opened or read.
    """
    file = open_binary(path)
    try:
        state = os.fstat(file)
        size = state.st_size
        first = reading.parse(read_at(file, 0, _FIRST_READ))
        skimmed = _skim(file, first, size, reading)
        if skimmed is None or not skimmed.places:
            return None
        kept = _kept(skimmed, size)
        data = b"".join(_exactly(file, start, end - start) for start, end in kept)
        parts = [_part(file, path, place, state) for place in skimmed.places]
    finally:
        os.close(file)
    dataset = reading.parse(data, _pieces(kept))
    _add(dataset, skimmed.places, parts, reading)
    return dataset


def _skim(file: int, first: FileDataset, size: int, reading: Reading) -> Skimmed | None:
    span = None if first.stored is None else first.stored.span
    if span is None or not span.encoded.in_file or span.start + 2 * _HEADER > _FIRST_READ:
        return None
    found = skim(
        lambda position, count: read_at(file, position, count),
        (span.start, size),
        span.encoding,
        _leave_out(reading),
        reading.stop,
    )
    plain = found.stopped or size - found.end <= _MOST_REST
    return found if plain else None


def _leave_out(reading: Reading) -> Callable[[Place], bool]:
    least = reading.defer

    def leave_out(place: Place) -> bool:
        if place.tag in reading.unwanted:
            return True
        length = place.length if place.length >= 0 else ~place.length
        return least is not None and length > least and _may_wait(place)

    return leave_out


def _may_wait(place: Place) -> bool:
    """Whether nothing but its own value depends on an element."""
    tag = BaseTag(place.tag)
    if tag in _DECISIVE or tag.is_private_creator or not tag.element:
        return False
    return not place.is_sequence_of_undefined_length


def _kept(skimmed: Skimmed, size: int) -> list[tuple[int, int]]:
    """What of the file is read: up to the header of the element to stop before, or all."""
    end = min(skimmed.end + _HEADER, size) if skimmed.stopped else size
    edges = [0, *(edge for place in skimmed.places for edge in (place.start, place.end)), end]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _pieces(kept: list[tuple[int, int]]) -> Pieces:
    position, pieces = 0, []
    for start, end in kept:
        pieces.append((position, start))
        position += end - start
    return tuple(pieces)


def _exactly(file: int, position: int, size: int) -> bytes:
    data = read_at(file, position, size) if size else b""
    if len(data) != size:
        raise TruncatedError("the file became shorter while it was read", offset=position)
    return data


def _part(file: int, path: str | bytes, place: Place, state: os.stat_result) -> FilePart:
    return FilePart(
        os.path.abspath(os.fsdecode(path)),  # noqa: PTH100 - text, as errors tell it
        str(BaseTag(place.tag)),
        place.start,
        place.end - place.start,
        _exactly(file, place.start, place.content - place.start),
        state.st_size,
        state.st_mtime_ns,
    )


def _add(
    dataset: FileDataset, places: tuple[Place, ...], parts: list[FilePart], reading: Reading
) -> None:
    """Put what was left out in its place, or note that it was skipped."""
    stored = dataset.stored
    assert stored is not None  # noqa: S101 - it was read
    stored.whole = False
    for place, part in zip(places, parts, strict=True):
        if place.tag in reading.unwanted:
            dataset.__dict__["skipped"] = (*dataset.skipped, BaseTag(place.tag))
        elif place.tag not in dataset and reading.wants(place.tag):
            element = DeferredElement(place.tag, place.entry, part, stored, dataset.making)
            dataset.add_deferred(element)
