"""A File-set as text: its facts, what is staged, and the tree of its records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from isocenter.core.listing import printable
from isocenter.files.fileset.node import RecordNode

_NOTHING = "(no value available)"
_QUOTED = {"PATIENT": ("PatientID", "PatientName"), "STUDY": ("StudyDescription",)}
_PLAIN = {"STUDY": ("StudyDate", "StudyTime"), "SERIES": ("Modality", "SeriesNumber")}
_ROW = "  "
_DEEPEST = 64
"""Records below this depth are not indented further: 10,000 levels would be all blanks."""


def facts(pairs: list[tuple[str, Any]], staged: list[str]) -> list[str]:
    """The first lines: what the File-set is called, and what a write would change."""
    rows = ["DICOM File-set"]
    rows += [f"{_ROW}{name}: {_shown(value)}" for name, value in pairs]
    if staged:
        rows.append(f"{_ROW}Changes staged for write(): {', '.join(staged)}")
    return rows


def changes(*, is_new: bool, is_renamed: bool, moves: bool, counts: Mapping[str, int]) -> list[str]:
    """What a write would change, nothing for a File-set that is as it is on disk."""
    if not (is_new or is_renamed or moves or any(counts.values())):
        return []
    told = ["DICOMDIR creation" if is_new else "DICOMDIR update"]
    told += ["directory structure update"] if moves else []
    return told + [_plural(what, number) for what, number in counts.items() if number]


def _plural(what: str, number: int) -> str:
    noun, _, rest = what.partition(" ")
    return " ".join((str(number), noun if number == 1 else f"{noun}s", *([rest] if rest else [])))


def _shown(value: Any) -> str:
    return _NOTHING if value is None or value == "" else printable(str(value))


def tree(root: RecordNode) -> list[str]:
    """The records as lines, indented by their depth."""
    if not root.has_children:
        return []
    return ["", f"{_ROW}Managed instances:", *_lines(root)]


def _lines(root: RecordNode) -> Iterator[str]:
    waiting: list[tuple[int, RecordNode | str]] = [(1, root)]
    while waiting:
        depth, what = waiting.pop()
        if isinstance(what, str):
            yield f"{_ROW * min(depth, _DEEPEST)}{what}"
            continue
        if what is not root:
            yield f"{_ROW * min(depth, _DEEPEST)}{described(what)}"
        inner = [node for node in what.below if not _is_counted(node)]
        counted = Counter(node.record_type for node in what.below if _is_counted(node))
        below: list[tuple[int, RecordNode | str]] = [(depth + 1, node) for node in inner]
        below += [(depth + 1, _count(kind, number)) for kind, number in counted.items()]
        waiting.extend(below[::-1])


def _is_counted(node: RecordNode) -> bool:
    """Whether a record is told by its number only: it refers to an instance, to nothing below."""
    return node.has_instance and not node.has_children


def _count(kind: str, number: int) -> str:
    return f"{kind}: {number} SOP Instance{'' if number == 1 else 's'}"


def described(node: RecordNode) -> str:
    """One record: its type and the keys by which people know it."""
    kind, record = node.record_type, node.record
    plain = (f"{name}={record.get(name)}" for name in _PLAIN.get(kind, ()) if record.get(name))
    quoted = (f"{name}='{record.get(name)}'" for name in _QUOTED.get(kind, ()) if record.get(name))
    told = ", ".join((*plain, *quoted))
    return printable(f"{kind}: {told}" if told else kind)
