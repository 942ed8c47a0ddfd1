"""Directory records for an instance: patient, study, series, and its own (PS3.3 F.5).

In: an instance's data set and the tree. Out: the node of its own record, below those that
the tree has or that are made. A required key that the instance does not give is an error
that says what to do; only a caller who passes a filler gets a placeholder for it.

A record is encoded when it is made: that checks it, and what is kept is small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from isocenter.core.dataset import Dataset
from isocenter.core.element import DataElement
from isocenter.core.encoding import EXPLICIT_LITTLE, Encoded, Span
from isocenter.core.part10 import FileDataset
from isocenter.core.sequence import Sequence
from isocenter.core.stored import known_vr
from isocenter.core.writer import Writer
from isocenter.errors import DicomError, Finding, InvalidValueError, Level
from isocenter.files.fileset.node import RecordNode, key_of
from isocenter.files.fileset.recordtypes import RECORD_TYPES, ROOT, RecordType
from isocenter.files.fileset.sopclasses import record_type
from isocenter.standard.tag import Tag, keyword_tags

RecordCreator: TypeAlias = Callable[[Dataset], Dataset]
"""Makes the keys of a record from an instance; the links are added by the File-set."""
Filler: TypeAlias = Callable[[Dataset, RecordType, str, RecordNode], Any]
"""Gives a placeholder for a missing key of a record below a node; ``None`` when it has none."""
Icon: TypeAlias = Callable[[], Dataset]
"""Makes the item of an Icon Image Sequence."""
Report: TypeAlias = Callable[[Finding], None]

_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData", "Rows")
_CONCEPT_MODIFIER = "HAS CONCEPT MOD"
_WHAT_TO_DO = "update the instance, pass a record creator of your own, or use FileSet.add_custom()"
_STRICT, _LENIENT = Writer(EXPLICIT_LITTLE), Writer(EXPLICIT_LITTLE, lenient=True)


class MissingKeyError(DicomError, ValueError):
    """A directory record needs a value that the instance does not have."""

    code = "missing-record-key"


class Records:
    """Makes records.

    Args:
        creators: what makes the keys of a record type in place of the rules of PS3.3 F.5.
        report: is told of placeholders, and of values that their VR forbids.
        fill: gives placeholders for missing keys of Type 1.
        icon: makes the icon image of an IMAGE record.
    """

    def __init__(
        self,
        creators: Mapping[str, RecordCreator] = MappingProxyType({}),
        report: Report = lambda _: None,
        fill: Filler | None = None,
        icon: Icon | None = None,
    ) -> None:
        self.creators, self.report, self.fill, self.icon = creators, report, fill, icon

    def hang(
        self, ds: FileDataset, root: RecordNode, *, known: Dataset | None = None
    ) -> RecordNode:
        """Put an instance into the tree, with the records above it that are missing.

        Args:
            ds: the instance.
            root: the tree; it stays as it is when an error is raised.
            known: its own record, when it has one already.

        Raises:
            MissingKeyError: a key of Type 1 has no value.
            DicomError: which record refers to such an instance is not known.
        """
        *kinds, own = chain(ds)
        above = root
        made: list[RecordNode] = []
        for kind in kinds:
            creator = self.creators.get(kind.name)
            created = creator(ds) if creator else None
            present = None if made else above.child(key_of(kind.name, created or ds))
            if present is None:
                made.append(self._made(ds, kind, created, (made or [above])[-1]))
            else:
                above = present
        if known is None:
            creator = self.creators.get(own.name)
            leaf = self._made(ds, own, creator(ds) if creator else None, (made or [above])[-1])
        else:
            leaf = RecordNode(known)
        for node in (*made, leaf):
            node.parent = above
            above = node
        return leaf

    def _made(
        self, ds: FileDataset, kind: RecordType, created: Dataset | None, above: RecordNode
    ) -> RecordNode:
        record = self._keys(ds, kind, above) if created is None else created
        record.DirectoryRecordType = kind.name
        charset = ds.get("SpecificCharacterSet")
        if charset and "SpecificCharacterSet" not in record:
            record.SpecificCharacterSet = charset
        if kind.is_leaf:
            refer(record, ds)
        if kind.name == "IMAGE":
            self._add_icon(record)
        return RecordNode(self._encoded(record))

    def _add_icon(self, record: Dataset) -> None:
        """Put the icon image into a record (PS3.3 F.5.4, Type 3); without one it is told why."""
        if self.icon is not None:
            try:
                record.IconImageSequence = [self.icon()]
            except DicomError as error:
                self.report(Finding.from_error(error, Level.WARNING))

    def _encoded(self, record: Dataset) -> Dataset:
        """The record as it lies in bytes; a value of the instance stays what it is there."""
        try:
            content = _STRICT.dataset(record)
        except InvalidValueError as error:
            self.report(Finding.from_error(error, Level.WARNING))
            content = _LENIENT.dataset(record)
        return Dataset.of(Span(Encoded(content), 0, len(content), EXPLICIT_LITTLE))

    def _keys(self, ds: Dataset, kind: RecordType, above: RecordNode) -> Dataset:
        """The keys that PS3.3 F.5 lists for a type."""
        record = Dataset()
        for keyword in kind.required:
            record.add(self._needed(ds, kind, keyword, above))
        for keyword in kind.present:
            record.add(_element(ds, keyword) or _empty(keyword))
        for keyword in kind.taken:
            found = _element(ds, keyword)
            if found and keyword == "ContentSequence":
                found = DataElement(found.tag, "SQ", _concept_modifiers(found.value))
            if found and not found.is_empty:
                record.add(found)
        return record

    def _needed(
        self, ds: Dataset, kind: RecordType, keyword: str, above: RecordNode
    ) -> DataElement:
        found = _element(ds, keyword)
        if found is not None and not found.is_empty:
            return found
        filled = self.fill(ds, kind, keyword, above) if self.fill else None
        if filled is None:
            raise missing(keyword, kind.name, kind.section)
        tag = keyword_tags()[keyword]
        self.report(
            Finding(
                Level.WARNING,
                "filled-record-key",
                f"the {kind.name} record needs {keyword}, which the instance does not have;"
                f" {filled!r} stands for it",
                tag=str(Tag(tag)),
                clause=f"PS3.3 {kind.section}",
            )
        )
        return DataElement(tag, known_vr(tag, ""), filled)


def chain(ds: Dataset) -> list[RecordType]:
    """The types of an instance's records, from the root down.

    Raises:
        DicomError: which record refers to such an instance is not known.
    """
    kinds = [RECORD_TYPES[_leaf_type(ds)]]
    while kinds[0].below != ROOT:
        kinds.insert(0, RECORD_TYPES[kinds[0].below])
    return kinds


def refer(record: Dataset, ds: FileDataset) -> None:
    """Let a record refer to an instance; its File ID is given when it is placed.

    Raises:
        MissingKeyError: the instance has no SOP Class, SOP Instance or Transfer Syntax UID.
    """
    needed = (
        ds.get("SOPClassUID"),
        ds.get("SOPInstanceUID"),
        ds.file_meta.get("TransferSyntaxUID"),
    )
    for keyword, found in zip(
        ("SOPClassUID", "SOPInstanceUID", "TransferSyntaxUID"), needed, strict=True
    ):
        if not found:
            raise missing(keyword, "directory", "F.3.2.2")
        setattr(record, f"Referenced{keyword}InFile", found)


def _leaf_type(ds: Dataset) -> str:
    sop_class = str(ds.get("SOPClassUID") or "")
    try:
        return record_type(sop_class)
    except KeyError:
        if any(keyword in ds for keyword in _PIXELS):
            return "IMAGE"
    raise DicomError(
        f"which directory record refers to SOP Class {sop_class[:64]!r} is not known;"
        " use FileSet.add_custom()",
        tag="(0008,0016)",
        clause="PS3.3 F.5",
    )


def _element(ds: Dataset, keyword: str) -> DataElement | None:
    """An element of an instance, under the VR that PS3.6 gives it."""
    tag = keyword_tags()[keyword]
    found = ds.get(tag)
    if found is not None and known_vr(tag, "") != found.VR:
        return DataElement(tag, known_vr(tag, ""), found.value)
    return found


def _empty(keyword: str) -> DataElement:
    tag = keyword_tags()[keyword]
    return DataElement(tag, known_vr(tag, ""), None)


def _concept_modifiers(items: Sequence) -> Sequence:
    """The content items that modify a document's title, and only these (PS3.3 F.5.25, F.5.26)."""
    return Sequence(item for item in items if item.get("RelationshipType") == _CONCEPT_MODIFIER)


def missing(keyword: str, kind: str, section: str) -> MissingKeyError:
    """The error that says what a record lacks."""
    return MissingKeyError(
        f"the {kind} record needs {keyword}, which the instance does not have; {_WHAT_TO_DO}",
        tag=str(Tag(keyword)),
        clause=f"PS3.3 {section}",
    )
