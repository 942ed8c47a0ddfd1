"""From a DICOMDIR to the tree of its records and the files that they refer to (PS3.10 8).

In: a DICOMDIR and its folder. Out: :class:`Loaded`. A record whose file is missing, or
whose File ID leads out of the root, refers to no instance: it is left out of the tree, with
a finding, and its file, wherever that may be, is never touched.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from isocenter.core.part10 import FileDataset
from isocenter.errors import DicomError, Finding, Level
from isocenter.files.fileset.header import FILE_ID, SOP_CLASS, SOP_INSTANCE, SYNTAX
from isocenter.files.fileset.linking import linked
from isocenter.files.fileset.node import RecordNode
from isocenter.files.fileset.records import Records
from isocenter.files.fileset.resolving import Root
from isocenter.files.reading import dcmread
from isocenter.standard.uid import EXPLICIT_LITTLE, UID

_LEFT_OUT = "the record is left out, and the next write leaves it out of the DICOMDIR"


@dataclass(slots=True)
class Loaded:
    """A tree, the file of each record that refers to one, and what was wrong.

    ``left_out`` counts the records that refer to no file that could be taken.
    """

    tree: RecordNode
    findings: list[Finding]
    files: dict[RecordNode, str] = field(default_factory=dict)
    left_out: int = 0

    def leave_out(self, node: RecordNode, error: DicomError | OSError) -> None:
        """Take a record out of the tree; one with records below only loses its file."""
        finding = Finding(Level.ERROR, "missing-file", f"{error}")
        if isinstance(error, DicomError):
            finding = Finding.from_error(error)
        message = f"{finding.message}; {_LEFT_OUT}"
        self.findings.append(
            Finding(Level.ERROR, finding.code, message, tag=finding.tag, clause=finding.clause)
        )
        self.left_out += 1
        for tag in (FILE_ID, SOP_CLASS, SOP_INSTANCE, SYNTAX) if node.has_children else ():
            node.record.pop(tag, None)
        node.drop_childless()


def loaded(ds: FileDataset, root: Root, *, orphans: bool = True) -> Loaded:
    """The File-set of a DICOMDIR.

    Args:
        ds: the DICOMDIR.
        root: its folder.
        orphans: whether instances are taken whose records nothing leads to; their files are
            read for that.
    """
    found = linked(ds)
    result = Loaded(found.root, found.findings)
    _check_encoding(ds, result)
    for node in list(found.root.walk()):
        if node.has_instance:
            try:
                result.files[node] = root.file(node.file_id)
            except DicomError as error:
                result.leave_out(node, error)
    for node in found.orphans if orphans else ():
        if node.has_instance:
            _adopt(node, root, result)
    for node in found.misplaced:
        for below in [node, *node.walk()]:
            if below in result.files:
                _move_home(below, result)
    if found.orphans or found.misplaced:
        result.files = {
            node: result.files[node] for node in found.root.walk() if node in result.files
        }
    return result


def _check_encoding(ds: FileDataset, result: Loaded) -> None:
    syntax = UID(str(ds.file_meta.get("TransferSyntaxUID") or ""))
    if syntax != EXPLICIT_LITTLE:
        message = f"the DICOMDIR is written as {syntax.name or 'nothing that it tells'}"
        result.findings.append(
            Finding(
                Level.WARNING, "directory-encoding", message, "", "(0002,0010)", None, "PS3.10 8.6"
            )
        )


def _adopt(node: RecordNode, root: Root, result: Loaded) -> None:
    """Give the instance of a record that nothing leads to its place, by what its file says."""
    try:
        file = root.file(node.file_id)
        own = _at_home(node, file, result)
    except (DicomError, OSError) as error:
        result.leave_out(node, error)
    else:
        result.files[own] = file


def _move_home(node: RecordNode, result: Loaded) -> None:
    """Bring an instance to its place by what its file says; where that fails it stays."""
    try:
        own = _at_home(node, result.files[node], result)
    except (DicomError, OSError):
        return
    result.files[own] = result.files.pop(node)
    node.drop_childless()


def _at_home(node: RecordNode, file: str, result: Loaded) -> RecordNode:
    ds = dcmread(file, stop_before_pixels=True)
    return Records(report=result.findings.append).hang(ds, result.tree, known=node.record)
