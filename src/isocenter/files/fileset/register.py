"""Instances by their record and by their SOP Instance UID, which two may share by mistake."""

from __future__ import annotations

from collections.abc import Iterator

from isocenter.files.fileset.header import SOP_INSTANCE, uid
from isocenter.files.fileset.instance import FileInstance
from isocenter.files.fileset.node import RecordNode


class Register:
    """Instances, in the order in which they came."""

    def __init__(self) -> None:
        self._by_node: dict[RecordNode, FileInstance] = {}
        self._by_uid: dict[str, list[FileInstance]] | None = None

    def __len__(self) -> int:
        return len(self._by_node)

    def __iter__(self) -> Iterator[FileInstance]:
        return iter(self._by_node.values())

    def __contains__(self, node: object) -> bool:
        return node in self._by_node

    def of(self, node: RecordNode) -> FileInstance | None:
        """The instance that a record refers to."""
        return self._by_node.get(node)

    def first(self, instance_uid: str) -> FileInstance | None:
        """The first instance of a UID."""
        if self._by_uid is None:
            self._by_uid = {}
            for one in self._by_node.values():
                self._by_uid.setdefault(_uid(one), []).append(one)
        return next(iter(self._by_uid.get(instance_uid, ())), None)

    def add(self, instance: FileInstance) -> None:
        """Take an instance in."""
        self._by_node[instance.node] = instance
        if self._by_uid is not None:
            self._by_uid.setdefault(_uid(instance), []).append(instance)

    def drop(self, instance: FileInstance) -> None:
        """Let an instance go."""
        del self._by_node[instance.node]
        alike = [] if self._by_uid is None else self._by_uid.get(_uid(instance), [])
        if instance in alike:
            alike.remove(instance)
        else:  # its record was changed since
            self._by_uid = None

    def clear(self) -> None:
        """Let all go."""
        self._by_node.clear()
        self._by_uid = None


def _uid(instance: FileInstance) -> str:
    return uid(instance.node.record, SOP_INSTANCE)
