"""Which File ID every instance gets: a plan, before anything is touched.

In: the tree and the nodes that refer to instances. Out: a File ID for each of these. Names
follow the tree: ``PT000000/ST000000/SE000000/IM000000``, each a prefix of the record's type
and the place among the records beside it. A plan that keeps existing names puts what is new
beside them, under names that nobody has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Mapping
from itertools import count

from isocenter.errors import UsageError
from isocenter.files.fileset.fileids import numbered
from isocenter.files.fileset.header import FileId
from isocenter.files.fileset.node import RecordNode
from isocenter.files.fileset.recordtypes import RECORD_TYPES

_MOST_PARTS = 8


def standard_plan(root: RecordNode, instances: Container[RecordNode]) -> dict[RecordNode, FileId]:
    """A File ID for every instance, by its place in the tree.

    Raises:
        UsageError: a record is too deep for a File ID.
    """
    folders: dict[RecordNode, FileId] = {root: ()}
    plan: dict[RecordNode, FileId] = {}
    for node in (root, *root.walk()):
        folder = folders.pop(node)
        for place, below in enumerate(node.below):
            name = (*folder, numbered(_prefix(below), place))[: _MOST_PARTS + 1]
            if below in instances:
                plan[below] = _checked(name)
                # a file and a folder cannot share a name
                name = (*folder, numbered(_prefix(below), place + len(node.below)))
            folders[below] = name[: _MOST_PARTS + 1]
    return plan


def _checked(name: FileId) -> FileId:
    if len(name) > _MOST_PARTS:
        raise UsageError(
            "a record is more than 8 levels deep; a File ID has at most 8 parts (PS3.10 8.2)"
        )
    return name


def _prefix(node: RecordNode) -> str:
    kind = RECORD_TYPES.get(node.record_type)
    return kind.prefix if kind else "P0"


def kept_plan(
    root: RecordNode,
    instances: Container[RecordNode],
    kept: Mapping[RecordNode, FileId],
    is_free: Callable[[FileId], bool],
) -> dict[RecordNode, FileId]:
    """A File ID for every instance: those that are kept, and new ones beside them.

    Args:
        root: the tree.
        instances: the nodes that refer to instances.
        kept: File IDs that stay.
        is_free: whether nothing lies under a File ID.
    """
    names = _Names(kept, is_free)
    plan = dict(kept)
    for node in root.walk():
        if node in instances and node not in plan and node.parent is not None:
            folder = names.folder(node.parent)
            plan[node] = names.new(folder if len(folder) < _MOST_PARTS else (), _prefix(node))
    return plan


class _Names:
    """Names that are taken, and the folders of the records above instances."""

    def __init__(
        self, kept: Mapping[RecordNode, FileId], is_free: Callable[[FileId], bool]
    ) -> None:
        self._is_free = is_free
        self._taken = {name[: depth + 1] for name in kept.values() for depth in range(len(name))}
        self._next: dict[tuple[FileId, str], count[int]] = defaultdict(count)
        self._folders: dict[RecordNode, FileId] = {}
        for node, name in kept.items():
            if node.parent is not None:
                self._folders.setdefault(node.parent, name[:-1])

    def folder(self, node: RecordNode) -> FileId:
        """Where the files below a record are: where they were, or in a new folder of its own."""
        if node not in self._folders:
            missing = [node]
            while (above := missing[-1].parent) is not None and above not in self._folders:
                missing.append(above)
            name = () if above is None else self._folders[above]
            for one in reversed(missing):
                name = () if one.is_root else self.new(name[:_MOST_PARTS], _prefix(one))
                self._folders[one] = name
        return self._folders[node]

    def new(self, folder: FileId, prefix: str) -> FileId:
        """A name in a folder that nobody has."""
        for number in self._next[folder, prefix]:
            name = (*folder, numbered(prefix, number))
            if name not in self._taken and self._is_free(name):
                break
        self._taken.add(name)
        return name
