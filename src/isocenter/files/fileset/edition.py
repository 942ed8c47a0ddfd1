"""A new DICOMDIR in place of the one on disk, and the tree brought in line with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from isocenter.core.charset import DEFAULT
from isocenter.core.dataset import Dataset
from isocenter.core.encoding import EXPLICIT_LITTLE, IMPLICIT_LITTLE, Encoded, Encoding, Span
from isocenter.core.part10 import FileDataset
from isocenter.files.fileset.directory import directory_bytes, encoded_records
from isocenter.files.fileset.fileids import DICOMDIR
from isocenter.files.fileset.header import FILE_ID, FileId
from isocenter.files.fileset.node import RecordNode
from isocenter.files.target import Folder


class Editions:
    """Makes DICOMDIRs of a tree, with other File IDs each.

    Args:
        root: the File-set's root.
        directory: the data set of its DICOMDIR, without records.
        tree: the records.
        settle: is told the File IDs when they are on disk.
    """

    def __init__(
        self,
        root: Path,
        directory: FileDataset,
        tree: RecordNode,
        settle: Callable[[Mapping[RecordNode, FileId]], None],
    ) -> None:
        self.root, self.directory, self.tree, self.settle = root, directory, tree, settle

    def prepare(self, places: Mapping[RecordNode, FileId]) -> Callable[[], None]:
        """A DICOMDIR of these File IDs; what is returned replaces the one on disk.

        Raises:
            EncodingError: it would be too large.
            InvalidValueError: a value of a record does not fit its VR.
        """
        implicit = self.directory.file_meta.TransferSyntaxUID.is_implicit_VR
        encoding = IMPLICIT_LITTLE if implicit else EXPLICIT_LITTLE
        records = encoded_records(self.tree, places, encoding)
        content = directory_bytes(self.directory, self.tree, records, encoding)

        def publish() -> None:
            Folder(self.root).write(DICOMDIR, content)
            for node, place in places.items():
                if node.file_id != place:
                    _rename(node, place, records[node], encoding)
            self.settle(places)

        return publish


def _rename(node: RecordNode, place: FileId, content: bytes, encoding: Encoding) -> None:
    """Give a record its File ID; one that nobody touched is taken from the new DICOMDIR."""
    stored = node.record.stored
    if stored is not None and node.record.is_pristine and stored.inherited.sets == DEFAULT:
        node.record = Dataset.of(Span(Encoded(content), 0, len(content), encoding))
    else:
        node.record.add_new(FILE_ID, "CS", place[0] if len(place) == 1 else [*place])
