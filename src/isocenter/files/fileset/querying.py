"""Looking for instances by the values of their records, or of their files.

The value of an instance is that of the nearest record that has the element: its own, its
series', its study's, its patient's. What is found for a record above is remembered, so that
a search is linear in the number of instances.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from isocenter.core.dataset import Dataset
from isocenter.files.fileset.header import may_have
from isocenter.files.fileset.instance import FileInstance
from isocenter.files.fileset.node import RecordNode
from isocenter.standard.tag import BaseTag, Tag, TagLike

_ABSENT = object()


class Lookup:
    """The values of one element, record by record."""

    def __init__(self, tag: BaseTag) -> None:
        self._tag = tag
        self._above: dict[RecordNode, Any] = {}

    def value(self, node: RecordNode) -> Any:
        """The value that the nearest record has; ``_ABSENT`` when none has one."""
        passed, at = [], node
        found = _ABSENT
        while at.parent is not None:
            if at in self._above:
                found = self._above[at]
                break
            if may_have(at.record, self._tag) and self._tag in at.record:
                found = at.record[self._tag].value
                break
            passed.append(at)
            at = at.parent
        self._above.update((one, found) for one in (*passed, at) if one is not node)
        return found


def matching(
    instances: Iterable[FileInstance], wanted: Mapping[str, Any], *, load: bool
) -> Iterator[FileInstance]:
    """The instances that have every wanted value.

    Raises:
        UsageError: a keyword is none.
        DicomError: with ``load``, a file is no DICOM file.
        OSError: with ``load``, a file cannot be read.
    """
    lookups = [(Lookup(tag), tag, value) for tag, value in _tags(wanted)]
    for instance in instances:
        file: Dataset | None = None
        for lookup, tag, value in lookups:
            found = lookup.value(instance.node)
            if found is _ABSENT and load:
                file = instance.load() if file is None else file
                found = file[tag].value if tag in file else _ABSENT
            if found is _ABSENT or found != value:
                break
        else:
            yield instance


def _tags(wanted: Mapping[str, Any]) -> list[tuple[BaseTag, Any]]:
    return [(Tag(key), value) for key, value in wanted.items()]


def values_of(instances: Iterable[FileInstance], key: TagLike, *, load: bool) -> list[Any]:
    """The different values of an element, as they are met."""
    met: dict[str, Any] = {}
    for _, value in each_value(instances, key, load=load):
        met.setdefault(repr(value), value)
    return list(met.values())


def each_value(
    instances: Iterable[FileInstance], key: TagLike, *, load: bool
) -> Iterator[tuple[FileInstance, Any]]:
    """Each instance that has an element, with its value."""
    tag = Tag(key)
    lookup = Lookup(tag)
    for instance in instances:
        found = lookup.value(instance.node)
        if found is _ABSENT and load:
            file = instance.load()
            found = file[tag].value if tag in file else _ABSENT
        if found is not _ABSENT:
            yield instance, found
