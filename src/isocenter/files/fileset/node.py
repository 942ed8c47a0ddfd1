"""A directory record in its place in the tree of a File-set (PS3.3 F.3, F.4).

A node knows its record, the node above it and those below, in order. Nothing here
recurses: a hostile directory may be ten thousand records deep.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, KeysView
from typing import TypeAlias

from isocenter.core.dataset import Dataset
from isocenter.errors import UsageError
from isocenter.files.fileset.header import FileId, Header, header

_KEYS = {
    "PATIENT": ("PatientID", "PatientName"),
    "STUDY": ("StudyInstanceUID", "ReferencedSOPInstanceUIDInFile"),
    "SERIES": ("SeriesInstanceUID",),
    "PRIVATE": ("ReferencedSOPInstanceUIDInFile", "PrivateRecordUID"),
}
_INSTANCE_KEY = ("ReferencedSOPInstanceUIDInFile",)

Key: TypeAlias = tuple[str, str]
"""A Directory Record Type, and what tells a record from others of the type beside it."""


def key_of(kind: str, keys: Dataset) -> Key:
    """The key of a record of a type that has the keys of ``keys``, a record or an instance."""
    found = (keys.get(keyword) for keyword in _KEYS.get(kind, _INSTANCE_KEY))
    return kind, next((str(value) for value in found if value), "")


class RecordNode:
    """One record of a directory.

    Args:
        record: the directory record, with Directory Record Type and the keys of its type;
            ``None`` makes the root, which has no record.
    """

    __slots__ = ("_below", "_header", "_index", "_parent", "_record", "is_root")

    def __init__(self, record: Dataset | None = None) -> None:
        self.is_root = record is None
        self._header: Header | None
        self.record = Dataset() if record is None else record
        self._parent: RecordNode | None = None
        self._below: dict[RecordNode, None] = {}
        self._index: dict[Key, list[RecordNode]] | None = None

    @property
    def record(self) -> Dataset:
        """The directory record."""
        return self._record

    @record.setter
    def record(self, record: Dataset) -> None:
        self._record, self._header = record, None

    @property
    def header(self) -> Header:
        """Group 0004 of the record; read once from one that nobody touches."""
        if self._header is None or not self.record.is_pristine:
            found = header(self.record)
            self._header = found if self.record.is_pristine else None
            return found
        return self._header

    @property
    def record_type(self) -> str:
        """Directory Record Type, empty for the root."""
        return self.header.kind

    @property
    def file_id(self) -> FileId:
        """The parts of Referenced File ID, none for a record that refers to no file."""
        return self.header.file_id

    @property
    def key(self) -> Key:
        """What tells this record from others of its type below the same record."""
        return key_of(self.record_type, self.record)

    @property
    def below(self) -> KeysView[RecordNode]:
        """The records below, in order; not to be changed while they are looked through."""
        return self._below.keys()

    @property
    def children(self) -> list[RecordNode]:
        """The records below, in order."""
        return list(self._below)

    @property
    def has_children(self) -> bool:
        """Whether there are records below."""
        return bool(self._below)

    @property
    def parent(self) -> RecordNode | None:
        """The record above; ``None`` for a root and for a node that is in no tree."""
        return self._parent

    @parent.setter
    def parent(self, above: RecordNode | None) -> None:
        # without records below there is no way back, and a deep tree is hung in linear time
        if above is self or (above is not None and self._below and self in above.ancestors):
            raise UsageError("a directory record cannot be below itself")
        if self._parent is not None:
            self._parent._forget(self)  # noqa: SLF001 - its own class
        self._parent = above
        if above is not None:
            above._take(self)  # noqa: SLF001

    def _take(self, node: RecordNode) -> None:
        self._below[node] = None
        if self._index is not None:
            self._index.setdefault(node.key, []).append(node)

    def _forget(self, node: RecordNode) -> None:
        del self._below[node]
        alike = [] if self._index is None else self._index.get(node.key, [])
        if node in alike:
            alike.remove(node)
        else:  # its record was changed since
            self._index = None

    def child(self, key: Key) -> RecordNode | None:
        """The first record below with this key."""
        if self._index is None:
            self._index = {}
            for node in self._below:
                self._index.setdefault(node.key, []).append(node)
        return next(iter(self._index.get(key, ())), None)

    @property
    def ancestors(self) -> list[RecordNode]:
        """The records above, the nearest first; the root is none."""
        found, above = [], self._parent
        while above is not None and not above.is_root:
            found.append(above)
            above = above.parent
        return found

    @property
    def has_instance(self) -> bool:
        """Whether the record refers to an instance."""
        return self.header.refers

    def walk(self) -> Iterator[RecordNode]:
        """Every node below this one, each before those below it."""
        waiting = list(self._below)[::-1]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(list(node._below)[::-1])  # noqa: SLF001

    def drop_childless(self) -> None:
        """Leave the tree, and so does every record above that then refers to nothing."""
        node: RecordNode | None = self
        while node is not None and node.parent is not None and not node.has_children:
            above, node.parent = node.parent, None
            node = above if not above.has_instance else None

    def hang(self, chain: Iterable[RecordNode], root: RecordNode) -> None:
        """Come into a tree, below records of the keys of ``chain``, which begins at the top.

        A record of the chain is taken where the tree has none of its key.
        """
        above = root
        for node in chain:
            present = above.child(node.key)
            if present is None:
                node.parent = above
            above = present or node
        self.parent = above

    def taken_apart(self) -> list[RecordNode]:
        """The records above, from the top, each now in no tree; and neither is this one."""
        chain = self.ancestors[::-1]
        for node in (*chain, self):
            node.parent = None
        return chain

    def __str__(self) -> str:
        return self.record_type or "ROOT"
