"""``arranged.json`` in the output: where everything went, so that nothing is ever renumbered.

It holds, by source, every file with what it said, so that a file whose stamp is the same is
not read again. Sources are told apart by a digest of their path: no path of the machine is in
the output. The file is written before anything is placed, and again when it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from isocenter.errors import Finding, Level, UsageError
from isocenter.files.sources import Stamp
from isocenter.files.target import Folder
from isocenter.library import layout
from isocenter.library.arrange.model import Left, Said, SourceFile, State

NAME = layout.ARRANGED
_VERSION = 1


@dataclass(slots=True)
class Record:
    """What the output holds.

    ``studies`` leads from a study to its folder, ``series`` from study and series to the
    name of a folder in it, ``sources`` from a source and a name to what is known of that file,
    ``left`` from files of the output whose source is gone to what they are.
    """

    studies: dict[str, str] = field(default_factory=dict)
    series: dict[str, dict[str, str]] = field(default_factory=dict)
    sources: dict[str, dict[str, SourceFile]] = field(default_factory=dict)
    left: dict[str, Left] = field(default_factory=dict)
    how: str = ""
    """The transfer and transcoding of the last run: another one places everything anew."""


def key_of(place: Path) -> str:
    """What a source is called in the record."""
    return hashlib.sha256(bytes(place.resolve())).hexdigest()[:16]


def load(folder: Folder) -> Record | None:
    """The record of an output; ``None`` when there is none.

    Raises:
        UsageError: it cannot be read, so that places could be given twice.
    """
    path = folder.path(NAME)
    try:
        return from_text(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        problem = f"{path} is no record of an arrangement: restore it, or arrange to a new folder"
        raise UsageError(problem) from error


def save(folder: Folder, record: Record) -> None:
    """Write the record, whole or not at all."""
    content = text(record)
    if not _is(folder.path(NAME), content):
        folder.write(NAME, content)


def text(record: Record) -> bytes:
    """The record as it is written; names that are no UTF-8 are kept."""
    told = {
        "version": _VERSION,
        "studies": record.studies,
        "series": record.series,
        "sources": {key: _files(files) for key, files in record.sources.items()},
        "how": record.how,
        "left": {target: astuple(left) for target, left in record.left.items()},
    }
    return f"{json.dumps(told, sort_keys=True, separators=(',', ':'))}\n".encode("ascii")


def from_text(content: bytes) -> Record:
    """The record that was written so.

    Raises:
        ValueError: it was none, or of another version.
    """
    try:
        return _record(json.loads(content))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no record: {error}") from error


def _is(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


def _files(files: Mapping[str, SourceFile]) -> dict[str, Any]:
    """The files of a source; what many of them say is written once."""
    numbers: dict[Said, int] = {}
    told = {}
    for name in sorted(files):
        file = files[name]
        number = None if file.said is None else numbers.setdefault(file.said, len(numbers))
        findings = [astuple(finding) for finding in file.findings]
        place = (file.target, file.state, file.tried)
        found = (file.instance_uid, findings, file.digest, *place)
        told[name] = [*file.stamp, number, *found]
    return {"said": [list(said) for said in numbers], "files": told}


def _record(told: dict[str, Any]) -> Record:
    if told["version"] != _VERSION:
        raise ValueError(f"version {told['version']}")
    return Record(
        studies=dict(told["studies"]),
        series={study: dict(names) for study, names in told["series"].items()},
        sources={key: _told_files(source) for key, source in told["sources"].items()},
        how=told["how"],
        left={target: Left(*left) for target, left in told["left"].items()},
    )


def _told_files(source: dict[str, Any]) -> dict[str, SourceFile]:
    said = [Said(*values) for values in source["said"]]
    return {name: _told_file(values, said) for name, values in source["files"].items()}


def _told_file(values: list[Any], said: list[Said]) -> SourceFile:
    size, mark, number, uid, findings, digest, target, state, tried = values
    return SourceFile(
        Stamp(size, mark),
        None if number is None else said[number],
        uid,
        tuple(Finding(Level(level), *rest) for level, *rest in findings),
        digest,
        target,
        State(state),
        tried,
    )
