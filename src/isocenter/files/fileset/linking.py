"""Which directory record is below which: by offsets, or by order where these fail (PS3.3 F.3).

In: the data set of a DICOMDIR. Out: the root of a tree of :class:`RecordNode`, the records
that no offset leads to, and findings.

A record is linked by byte offsets from the file's start: (0004,1400) to the next one beside
it, (0004,1420) to the first one below. Real directories have offsets that are wrong, run in
circles or are missing: what can be reached is read, and the rest is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from isocenter.core.dataset import Dataset
from isocenter.core.sequence import Sequence
from isocenter.errors import Finding, Level, ValueDecodingError
from isocenter.files.fileset.node import RecordNode
from isocenter.files.fileset.recordtypes import RECORD_TYPES, ROOT

RECORDS = 0x00041220
_FIRST = 0x00041200
_ITEM_HEADER = 8
_NO_OFFSETS = (
    "The directory records are not linked by offsets; their order tells which is below which"
)


@dataclass(slots=True)
class Linked:
    """The tree of a directory; records that nothing leads to, and those below a wrong type."""

    root: RecordNode = field(default_factory=RecordNode)
    orphans: list[RecordNode] = field(default_factory=list)
    misplaced: list[RecordNode] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def tell(self, code: str, message: str, tag: str, level: Level = Level.WARNING) -> None:
        """Note a deviation."""
        self.findings.append(Finding(level, code, message, tag=tag, clause="PS3.3 F.3.2.2"))


def linked(ds: Dataset) -> Linked:
    """The tree of a DICOMDIR's records."""
    found = Linked()
    nodes = [RecordNode(record) for record in _records(ds)]
    by_offset = {_offset(node.record): node for node in nodes}
    first = _first(ds)
    if nodes and first not in by_offset:
        found.tell("no-record-offsets", _NO_OFFSETS, "(0004,1200)")
        _by_order(nodes, found)
        return found
    reached = _follow(first, by_offset, found)
    unreached = (node for offset, node in by_offset.items() if offset not in reached)
    found.orphans = [node for node in unreached if node.header.in_use]
    if found.orphans:
        message = f"{len(found.orphans)} directory records are linked by no other record"
        found.tell("orphaned-records", message, "(0004,1220)")
    return found


def _records(ds: Dataset) -> Sequence:
    element = ds.get(RECORDS)
    return element.value if element and isinstance(element.value, Sequence) else Sequence()


def _first(ds: Dataset) -> int:
    try:
        element = ds.get(_FIRST)
    except ValueDecodingError:
        return 0
    return element.value if element and isinstance(element.value, int) else 0


def _offset(record: Dataset) -> int:
    """Where the record's item begins in the file; unique and negative when it is in none."""
    stored = record.stored
    return -id(record) if stored is None else stored.span.start - _ITEM_HEADER


def _follow(first: int, by_offset: dict[int, RecordNode], found: Linked) -> set[int]:
    """Hang every record that can be reached below the one that leads to it.

    What is below an inactive record is inactive with it. Gives every offset that was reached.
    """
    seen: set[int] = set()
    waiting: list[tuple[int, RecordNode | None]] = [(first, found.root)]
    while waiting:
        offset, above = waiting.pop()
        for node in _beside(offset, by_offset, seen, found):
            header = node.header
            active = above if header.in_use else None
            if active is not None:
                node.parent = active
                _check_place(node, active, found)
            elif above is not None:
                message = f"an inactive {node} record is left out"
                found.tell("inactive-record", message, "(0004,1410)")
            if header.lower:
                waiting.append((header.lower, None if active is None else node))
    return seen


def _beside(
    offset: int, by_offset: dict[int, RecordNode], seen: set[int], found: Linked
) -> Iterator[RecordNode]:
    """A record and those that follow it on its level."""
    while offset:
        node = by_offset.get(offset)
        if node is None:
            message = f"an offset of {offset} leads to no directory record"
            found.tell("dangling-record-offset", message, "(0004,1400)", Level.ERROR)
            return
        if offset in seen:
            message = f"the record at byte {offset} is linked more than once"
            found.tell("circular-record-offset", message, "(0004,1400)", Level.ERROR)
            return
        seen.add(offset)
        yield node
        offset = node.header.following


def _check_place(node: RecordNode, above: RecordNode, found: Linked) -> None:
    name = node.record_type
    kind = RECORD_TYPES.get(name)
    if kind is None:
        message = f"Directory Record Type {name[:40]!r} is not one of PS3.3 F.5"
        found.tell("unknown-record-type", message, "(0004,1430)")
    elif name != "PRIVATE" and kind.below != above.record_type:
        message = f"a {node} record is below {above}, not below {kind.below or 'the root'}"
        found.tell("misplaced-record", message, "(0004,1430)")
        found.misplaced.append(node)


def _by_order(nodes: list[RecordNode], found: Linked) -> None:
    """Hang each record below the last one before it that is of the type above its own."""
    last: dict[str, RecordNode] = {ROOT: found.root}
    for node in nodes:
        if not node.header.in_use:
            continue
        kind = RECORD_TYPES.get(node.record_type)
        wanted = "SERIES" if kind is None else kind.below
        node.parent = last.get(wanted, found.root)
        _check_place(node, node.parent, found)
        last[node.record_type] = node
