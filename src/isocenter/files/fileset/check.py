"""A File-set as a referee sees it: what PS3.10 8 and PS3.3 F ask for, and what is there.

In: a DICOMDIR. Out: findings with clauses; an error is a breach of the Standard, a warning
what may surprise a reader, a note what lies there besides. Nothing is changed. Every file is
read up to its pixels.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from isocenter.core.dataset import Dataset
from isocenter.core.listing import printable
from isocenter.core.part10 import FileDataset
from isocenter.errors import DicomError, Finding, Level
from isocenter.files.fileset.fileids import DICOMDIR, is_conformant_file_id
from isocenter.files.fileset.fileset import FileSet
from isocenter.files.fileset.instance import FileInstance
from isocenter.files.fileset.node import RecordNode
from isocenter.files.fileset.recordtypes import RECORD_TYPES, RecordType
from isocenter.files.reading import dcmread, is_dicom
from isocenter.files.target import TEMPORARY_PREFIX
from isocenter.standard.tag import Tag
from isocenter.standard.uid import EXPLICIT_LITTLE, UID

PROFILES = {"STD-GEN-CD": frozenset({EXPLICIT_LITTLE})}
"""Media application profiles (PS3.11), with the transfer syntaxes that files may have."""
_TOLERATED = {"inactive-record", "invalid-value"}
_UIDS = ("SOPClassUID", "SOPInstanceUID", "TransferSyntaxUID")
_SHOWN = 64


def check(
    path: str | os.PathLike[str],
    *,
    profile: str | None = None,
    progress: Callable[[], None] = lambda: None,
) -> list[Finding]:
    """What is wrong with a File-set.

    Args:
        path: its DICOMDIR, or the folder that has one.
        profile: one of ``PROFILES``, to check what it asks for besides the Standard: the
            transfer syntaxes of the files (PS3.11 D.3.1), and nothing else of it.
        progress: called for each instance.

    Raises:
        DicomError: it is no DICOMDIR.
        OSError: it cannot be read.
    """
    fs = FileSet(path)
    syntaxes = PROFILES[profile] if profile else None
    found = [_breach(finding) for finding in fs.findings]
    found += _directory(fs)
    for node in fs.root.walk():
        found += _record(node)
    found += _duplicates(fs)
    for instance in fs:
        found += _instance(instance, syntaxes)
        progress()
    found += _unreferenced(fs)
    return list(dict.fromkeys(found))


def _breach(finding: Finding) -> Finding:
    """What reading could put right is a breach all the same."""
    level = finding.level if finding.code in _TOLERATED else Level.ERROR
    where = finding.path or DICOMDIR
    return Finding(
        level, finding.code, finding.message, where, finding.tag, finding.offset, finding.clause
    )


def _error(code: str, message: str, path: str, tag: str | None, clause: str) -> Finding:
    return Finding(Level.ERROR, code, message, path, tag, None, clause)


def _warning(code: str, message: str, path: str, tag: str | None, clause: str) -> Finding:
    return Finding(Level.WARNING, code, message, path, tag, None, clause)


# --- the DICOMDIR ---------------------------------------------------------------------------


def _directory(fs: FileSet) -> Iterator[Finding]:
    if "FileSetID" not in fs.directory:
        message = "the DICOMDIR has no File-set ID"
        yield _error("missing-record-key", message, DICOMDIR, "(0004,1130)", "PS3.3 F.3.2.1")
    if fs.directory.get("FileSetConsistencyFlag"):
        message = "the DICOMDIR says that it may not agree with its files"
        yield _warning("inconsistent-fileset", message, DICOMDIR, "(0004,1212)", "PS3.3 F.3.2.2")
    if not fs.UID:
        message = "the DICOMDIR has no Media Storage SOP Instance UID"
        yield _error("missing-record-key", message, DICOMDIR, "(0002,0003)", "PS3.10 7.1")


def _record(node: RecordNode) -> Iterator[Finding]:
    """The keys of one record, and its File ID."""
    kind = RECORD_TYPES.get(node.record_type)
    for keyword in kind.required if kind else ():
        if not _text(node.record, keyword):
            yield _missing_key(kind, keyword, "needs a value of")
    for keyword in kind.present if kind else ():
        if keyword not in node.record:
            yield _missing_key(kind, keyword, "has no")
    if node.file_id and not is_conformant_file_id(PurePosixPath(*node.file_id)):
        message = f"{_shown('/'.join(node.file_id))} is no File ID: one to eight parts of one to eight of A-Z, 0-9 and _"
        yield _error("bad-file-id", message, DICOMDIR, "(0004,1500)", "PS3.10 8.2")


def _missing_key(kind: RecordType | None, keyword: str, says: str) -> Finding:
    assert kind is not None  # noqa: S101 - only known types have keys
    message = f"a {kind.name} record {says} {keyword}"
    clause = f"PS3.3 {kind.section}"
    return _error("missing-record-key", message, DICOMDIR, str(Tag(keyword)), clause)


def _duplicates(fs: FileSet) -> Iterator[Finding]:
    """SOP Instances and files that several records refer to."""
    uids: dict[str, str] = {}
    files: dict[str, str] = {}
    for instance in fs:
        uid, name = str(instance.SOPInstanceUID), _name(instance)
        if uid in uids:
            message = f"SOP Instance UID {_shown(uid)} is that of {uids[uid]}, too"
            yield _error("duplicate-instance", message, name, "(0004,1511)", "PS3.10 8.5")
        if instance.path in files:
            message = "several records refer to this file"
            yield _error("duplicate-file-id", message, name, "(0004,1500)", "PS3.10 8.2")
        uids.setdefault(uid, name)
        files.setdefault(instance.path, name)


# --- the files ------------------------------------------------------------------------------


def _instance(instance: FileInstance, syntaxes: frozenset[str] | None) -> Iterator[Finding]:
    """A file against its records and a profile."""
    name = _name(instance)
    try:
        ds = dcmread(instance.path, stop_before_pixels=True)
    except DicomError as error:
        yield Finding.from_error(error).at(name)
        return
    except OSError as error:
        message = error.strerror or str(error)
        yield _error("unreadable-file", message, name, None, "PS3.10 8.5")
        return
    yield from _uids(instance, ds, name)
    for node in (instance.node, *instance.node.ancestors):
        yield from _contradictions(node, ds, name)
    syntax = UID(str(ds.file_meta.get("TransferSyntaxUID") or ""))
    if syntaxes is not None and syntax not in syntaxes:
        message = f"the transfer syntax {syntax.name} is none of the profile's"
        yield _error("outside-profile", message, name, "(0002,0010)", "PS3.11 D.3.1")


def _uids(instance: FileInstance, ds: FileDataset, name: str) -> Iterator[Finding]:
    for keyword in _UIDS:
        there = str((ds.file_meta if keyword == "TransferSyntaxUID" else ds).get(keyword) or "")
        says = str(getattr(instance, keyword))
        if says != there:
            message = f"the record says {keyword} {_shown(says)}, the file {_shown(there)}"
            tag = str(Tag(f"Referenced{keyword}InFile"))
            yield _error("record-contradicts-file", message, name, tag, "PS3.3 F.3.2.2")


def _contradictions(node: RecordNode, ds: Dataset, name: str) -> Iterator[Finding]:
    """Keys whose value in the record is another one than in the file."""
    kind = RECORD_TYPES.get(node.record_type)
    for keyword in (*kind.required, *kind.present) if kind else ():
        says, there = _text(node.record, keyword), _text(ds, keyword)
        if says == there or keyword not in node.record:
            continue
        message = f"the {node} record says {keyword} {_shown(says)!r}, the file {_shown(there)!r}"
        tell = _error if says and there else _warning
        clause = f"PS3.3 {kind.section}" if kind else "PS3.3 F.5"
        yield tell("record-contradicts-file", message, name, str(Tag(keyword)), clause)


def _text(ds: Dataset, keyword: str) -> str:
    """A value as text, empty for none; of a sequence how many items it has."""
    try:
        found = ds.data_element(keyword)
    except DicomError:
        return "(not readable)"
    if found is None or found.is_empty:
        return ""
    return f"{len(found.value)} items" if found.VR == "SQ" else str(found.value)


def _unreferenced(fs: FileSet) -> Iterator[Finding]:
    """Files of the root that no record refers to."""
    root = Path(str(fs.path))
    described = fs.descriptor_file_id
    parts = [described] if isinstance(described, str) else described or []
    known = {os.path.join(root, DICOMDIR), os.path.join(root, *parts)}
    known |= {instance.path for instance in fs}
    for folder, _, files in os.walk(root):
        for file in sorted(files):
            path = os.path.join(folder, file)
            if path not in known:
                yield _stray(path, Path(path).relative_to(root).as_posix())


def _stray(path: str, name: str) -> Finding:
    if Path(path).name.startswith(TEMPORARY_PREFIX):
        message = "the rest of a write that was killed; the next write removes it"
        return _warning("unfinished-write", message, name, None, "PS3.10 8")
    try:
        stray = Path(path).is_file() and is_dicom(path)
    except OSError:
        stray = False
    if stray:
        return _warning(
            "unreferenced-file", "a DICOM file without record", name, None, "PS3.10 8.6"
        )
    return Finding(Level.NOTE, "unreferenced-file", "a file that is no DICOM", name)


def _name(instance: FileInstance) -> str:
    return Path(instance.path).relative_to(str(instance.file_set.path)).as_posix()


def _shown(text: str) -> str:
    return printable(text[:_SHOWN])
