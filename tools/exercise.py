"""Everything one does with a file, for bytes that may be anything.

Only errors of our own may come out, and they are kept in here: whatever :func:`exercise`
raises is a defect of Isocenter.
"""

from __future__ import annotations

import copy
import pickle
from collections import deque
from collections.abc import Iterator
from contextlib import suppress

import isocenter
from isocenter.core.codify import codify
from isocenter.core.dataset import Dataset
from isocenter.core.dicomjson import to_json
from isocenter.core.fromjson import from_json
from isocenter.core.listing import lines
from isocenter.core.part10writer import WriteOptions, file_bytes
from isocenter.errors import Finding, IsocenterError, ValueDecodingError
from isocenter.pixels import DisplayTables, Frames, picture, slice_key
from isocenter.standard.uid import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE

FRAME_LIMIT = 64 << 20
_MOST_FRAMES = 3


def exercise(data: bytes) -> None:
    """Read, walk, show, serialise, write, and decode the pixels of ``data``."""
    with suppress(IsocenterError):
        header(data)
        pixels(isocenter.dcmread(data, force=True))


def header(data: bytes) -> None:
    """All of it but the pixels.

    Raises:
        IsocenterError: the bytes cannot be read at all.
    """
    isocenter.dcmread(data, force=True, stop_before_pixels=True)
    untouched = isocenter.dcmread(data, force=True)
    with suppress(IsocenterError):
        same(untouched, isocenter.dcmread(file_bytes(untouched), force=True))
    dataset = isocenter.dcmread(data, force=True)
    walk(dataset, len(data))
    for encoded in written(dataset):
        isocenter.dcmread(encoded, force=True)
    with suppress(IsocenterError):
        text = to_json(dataset, suppress_invalid_tags=True)
        from_json(text)
    for other in (copy.deepcopy(dataset), pickle.loads(pickle.dumps(dataset))):  # noqa: S301 - just made
        assert str(other) == str(dataset)  # noqa: S101 - this is the check
    with suppress(IsocenterError):
        deque(codify(dataset, "name", "output"), maxlen=0)


def same(one: isocenter.FileDataset, other: isocenter.FileDataset) -> None:
    """What is written untouched is what was read, where nothing was wrong with it.

    File meta is not compared: its length is written anew.
    """
    sound = one.preamble is not None and not one.findings
    assert not sound or shown(one) == shown(other)  # noqa: S101 - this is the check


def shown(dataset: Dataset) -> list[str]:
    """The data set's lines, nested ones too, without file meta."""
    return list(lines(dataset.readable()))


def walk(dataset: isocenter.FileDataset, size: int) -> None:
    """Every value at every depth, and both ways to show them."""
    pending: list[Dataset] = [dataset, dataset.file_meta]
    while pending:
        for element in pending.pop().readable():
            if isinstance(element, ValueDecodingError):
                assert element.tag  # noqa: S101 - this is the check
            elif element.VR == "SQ":
                pending.extend(element.value)
            else:
                assert isinstance(element.repval, str)  # noqa: S101 - this is the check
                assert element.name  # noqa: S101 - this is the check
                assert element.VM >= 0  # noqa: S101 - this is the check
    assert isinstance(str(dataset), str)  # noqa: S101 - this is the check
    for finding in dataset.findings:
        assert type(finding) is Finding  # noqa: S101 - this is the check
        assert finding.offset is None or finding.offset <= size  # noqa: S101 - this is the check


def written(dataset: isocenter.FileDataset) -> Iterator[bytes]:
    """The decoded data set as a file, as it is and in each encoding."""
    for lenient in (False, True):
        with suppress(IsocenterError):
            yield file_bytes(dataset, WriteOptions(lenient=lenient))
    for syntax in (IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG):
        converted = dataset.copy()
        converted.file_meta = isocenter.FileMetaDataset()
        converted.file_meta.TransferSyntaxUID = syntax
        with suppress(IsocenterError):
            yield file_bytes(converted, WriteOptions(lenient=True))


def pixels(dataset: isocenter.FileDataset) -> None:
    """Its place in a series, and its first frames as arrays and as pictures."""
    with suppress(IsocenterError):
        slice_key(dataset, "name")
    with suppress(IsocenterError):
        frames = Frames(dataset, limit=FRAME_LIMIT)
        for index in range(min(frames.count, _MOST_FRAMES)):
            with suppress(IsocenterError):
                picture(frames, index, DisplayTables())
