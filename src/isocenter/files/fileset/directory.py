"""A tree of directory records as the bytes of a DICOMDIR (PS3.3 F.3, PS3.10 8.6).

In: the data set of a DICOMDIR without its records, the tree, and the File IDs. Out: the
file's bytes. A record that nobody touched is copied, its File ID exchanged. Its links are
written anew, in front, when the place of every record is known.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from itertools import chain, pairwise

from isocenter.core.dataset import Dataset
from isocenter.core.encoding import Encoding
from isocenter.core.part10 import FileDataset
from isocenter.core.part10writer import file_bytes
from isocenter.core.reader import Raw, read_elements
from isocenter.core.stored import size
from isocenter.core.writer import Writer
from isocenter.errors import EncodingError
from isocenter.files.fileset.header import FILE_ID, IN_USE, LOWER, NEXT, FileId
from isocenter.files.fileset.linking import RECORDS
from isocenter.files.fileset.node import RecordNode

_FIRST, _LAST, _CONSISTENCY = 0x00041200, 0x00041202, 0x00041212
_LARGEST = 0xFFFFFFFF
_LINKS = {
    True: struct.Struct("<HHI HH2sHI HH2sHH HH2sHI"),
    False: struct.Struct("<HHI HHII HHIH HHII"),
}
"""An item's header and the three elements in front of a record, explicit and implicit."""


def encoded_records(
    root: RecordNode, places: Mapping[RecordNode, FileId], encoding: Encoding
) -> dict[RecordNode, bytes]:
    """Each record of a tree without its links, in the order in which they are written.

    Raises:
        InvalidValueError: a value does not fit its VR.
    """
    writer = Writer(encoding)
    return {node: _record(writer, node, places.get(node)) for node in root.walk()}


def directory_bytes(
    ds: FileDataset, root: RecordNode, records: Mapping[RecordNode, bytes], encoding: Encoding
) -> bytes:
    """The bytes of a DICOMDIR.

    Args:
        ds: its file meta and elements; records among them are not looked at.
        root: what tells which record is below which.
        records: what :func:`encoded_records` gave.
        encoding: what they are encoded in; ``ds.file_meta`` tells the same.

    Raises:
        EncodingError: the directory would be larger than an offset can tell.
    """
    links = _LINKS[encoding.explicit]
    start = len(_head(ds, 0, 0)) + (12 if encoding.explicit else 8)
    places, end = _places(start, records, links.size)
    if end > _LARGEST:
        raise EncodingError(
            f"a DICOMDIR of {end} bytes has records that no offset of 32 bits reaches",
            tag="(0004,1220)",
            clause="PS3.3 F.3.2.2",
        )
    following = {
        node: places[after]
        for above in chain((root,), records)
        for node, after in pairwise(above.below)
    }
    pieces = [_head(ds, *_ends(root, places)), _header(end - start, explicit=encoding.explicit)]
    for node, record in records.items():
        lower = places[next(iter(node.below))] if node.has_children else 0
        pieces.append(
            _linked(len(record), following.get(node, 0), lower, explicit=encoding.explicit)
        )
        pieces.append(record)
    return b"".join((*pieces, Writer(encoding).dataset(ds[RECORDS + 1 :])))


def _linked(length: int, following: int, lower: int, *, explicit: bool) -> bytes:
    """An item's header, and the links and flag in front of its record."""
    links = _LINKS[explicit]
    item = (0xFFFE, 0xE000, length + links.size - 8)
    if explicit:
        following_row = (0x0004, 0x1400, b"UL", 4, following)
        lower_row = (0x0004, 0x1420, b"UL", 4, lower)
        return links.pack(*item, *following_row, 0x0004, 0x1410, b"US", 2, 0xFFFF, *lower_row)
    short = (0x0004, 0x1400, 4, following, 0x0004, 0x1410, 2, 0xFFFF, 0x0004, 0x1420, 4, lower)
    return links.pack(*item, *short)


def _places(
    start: int, records: Mapping[RecordNode, bytes], links: int
) -> tuple[dict[RecordNode, int], int]:
    """Where each item begins, and where the last one ends."""
    places = {}
    for node, record in records.items():
        places[node] = start
        start += links + len(record)
    return places, start


def _ends(root: RecordNode, places: Mapping[RecordNode, int]) -> tuple[int, int]:
    """Where the first and the last record below the root begin; 0 for none."""
    first, last = next(iter(root.below), None), next(reversed(root.children), None)
    return (0 if first is None else places[first], 0 if last is None else places[last])


def _head(ds: FileDataset, first: int, last: int) -> bytes:
    """The file up to the records."""
    head = FileDataset(ds[:RECORDS])
    head.file_meta, head.preamble = ds.file_meta, bytes(128)
    head.transfer_syntax = ds.file_meta.TransferSyntaxUID
    head.add_new(_FIRST, "UL", first)
    head.add_new(_LAST, "UL", last)
    head.add_new(_CONSISTENCY, "US", 0)
    return file_bytes(head)


def _header(length: int, *, explicit: bool) -> bytes:
    if explicit:
        return struct.pack("<HH2s2xI", 0x0004, 0x1220, b"SQ", length)
    return struct.pack("<HHI", 0x0004, 0x1220, length)


# --- one record ---------------------------------------------------------------------------


def _record(writer: Writer, node: RecordNode, place: FileId | None) -> bytes:
    """A record without its links, and with the File ID where one is given."""
    given = None if place is None or place == node.file_id else place
    copied = _copied(node.record, given, writer.encoding)
    if copied is not None:
        return copied
    part = node.record[NEXT:]
    for tag in (NEXT, IN_USE, LOWER):
        part.pop(tag, None)
    if given is not None:
        part.add_new(FILE_ID, "CS", given[0] if len(given) == 1 else [*given])
    return writer.dataset(part)


def _copied(record: Dataset, place: FileId | None, encoding: Encoding) -> bytes | None:
    """The bytes of a record that nobody touched; ``None`` where they do not serve."""
    stored = record.stored
    if stored is None or not record.is_pristine or stored.span.encoding is not encoding:
        return None
    found = read_elements(stored.span)
    tags = list(found.entries)
    if found.cut or tags != sorted(tags) or (tags and tags[0] < NEXT):
        return None
    buffer, end = stored.span.encoded.buffer, stored.span.end
    start = _end_of(found.entries, LOWER, stored.span.start)
    if place is None:
        return bytes(buffer[start:end])
    before = _end_of(found.entries, FILE_ID - 1, stored.span.start)
    after = _end_of(found.entries, FILE_ID, stored.span.start)
    return b"".join((buffer[start:before], _file_id(place, encoding), buffer[after:end]))


def _end_of(entries: Mapping[int, Raw], last: int, start: int) -> int:
    """Where the elements up to a tag end; they are in order."""
    end = start
    for tag, (_, position, length) in entries.items():
        if tag > last:
            break
        end = position + size(length) + (8 if length < 0 else 0)
    return end


def _file_id(place: FileId, encoding: Encoding) -> bytes:
    text = "\\".join(place).encode("latin_1")
    text += b" " * (len(text) % 2)
    if encoding.explicit:
        return struct.pack("<HH2sH", 0x0004, 0x1500, b"CS", len(text)) + text
    return struct.pack("<HHI", 0x0004, 0x1500, len(text)) + text
