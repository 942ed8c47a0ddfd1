"""One SOP Instance of a File-set: where its file is, and what its records say of it."""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from isocenter.core.dataset import Dataset
from isocenter.core.element import DataElement
from isocenter.core.part10 import FileDataset
from isocenter.errors import DicomError
from isocenter.files.fileset.fileids import is_conformant_file_id
from isocenter.files.fileset.header import SOP_CLASS, SOP_INSTANCE, SYNTAX, FileId, uid
from isocenter.files.fileset.node import RecordNode
from isocenter.standard.tag import Tag, TagLike, keyword_tags
from isocenter.standard.uid import UID

if TYPE_CHECKING:
    from isocenter.files.fileset.fileset import FileSet


class Stage(Enum):
    """What the next write does with an instance."""

    KEPT = "kept"
    ADDITION = "addition"
    REMOVAL = "removal"


class FileInstance:
    """An instance of a File-set, as iterating over it gives.

    A keyword gives the value that the instance's own record has, else the record above it
    and so on: ``instance.PatientID`` needs no file to be read.

    Args:
        file_set: the File-set.
        node: the record that refers to the instance.
        path: where its file lies now.
        stage: what the next write does with it.
        owned: whether the file is a temporary one of the File-set's own.
    """

    __slots__ = ("_above", "_seen", "file_set", "node", "owned", "path", "stage")

    path: str
    """The path of its file as it is now; of one to be added where it is read from."""

    def __init__(
        self,
        file_set: FileSet,
        node: RecordNode,
        path: str,
        stage: Stage = Stage.KEPT,
        *,
        owned: bool = False,
    ) -> None:
        self.file_set, self.node, self.path = file_set, node, path
        self.stage, self.owned = stage, owned
        self._seen = fingerprint(path) if stage is Stage.ADDITION else None
        self._above: tuple[Dataset, ...] = ()

    # --- where it is ------------------------------------------------------------------

    @property
    def FileID(self) -> str:  # noqa: N802 - pydicom's name
        """The File ID that it has after the next write, its parts joined by ``/``."""
        return "/".join(self.file_set.file_id(self))

    @property
    def for_addition(self) -> bool:
        """Whether the next write adds it."""
        return self.stage is Stage.ADDITION

    @property
    def for_removal(self) -> bool:
        """Whether the next write removes it."""
        return self.stage is Stage.REMOVAL

    @property
    def for_moving(self) -> bool:
        """Whether the next write gives its file another name."""
        return self.stage is Stage.KEPT and self.node.file_id != self.file_set.file_id(self)

    @property
    def is_staged(self) -> bool:
        """Whether the next write does anything with it."""
        return self.stage is not Stage.KEPT or self.for_moving

    def place_in(self, root: Path) -> FileId | None:
        """The File ID that its file has where it lies below ``root``; ``None`` for none."""
        if self.owned or not Path(self.path).is_relative_to(root):
            return None
        place = PurePosixPath(Path(self.path).relative_to(root).as_posix())
        kept = self.stage is Stage.KEPT or is_conformant_file_id(place)
        return place.parts if kept else None

    def settle(self, path: str) -> None:
        """Its file lies there now, and nothing is staged."""
        self.path, self.stage, self.owned, self._seen = path, Stage.KEPT, False, None

    def check(self) -> None:
        """Check that its file is there; one to be added as it was when it was added.

        Raises:
            DicomError: it is gone or was changed.
        """
        found = fingerprint(self.path)
        if found is None or (self._seen is not None and found != self._seen):
            what = "gone" if found is None else "changed since it was added"
            raise DicomError(f"the file of the File-set is {what}", path=self.path)

    # --- what is known of it ------------------------------------------------------------

    @property
    def SOPClassUID(self) -> UID:  # noqa: N802 - pydicom's name
        """Referenced SOP Class UID in File."""
        return UID(uid(self.node.record, SOP_CLASS))

    @property
    def SOPInstanceUID(self) -> UID:  # noqa: N802 - pydicom's name
        """Referenced SOP Instance UID in File."""
        return UID(uid(self.node.record, SOP_INSTANCE))

    @property
    def TransferSyntaxUID(self) -> UID:  # noqa: N802 - pydicom's name
        """Referenced Transfer Syntax UID in File."""
        return UID(uid(self.node.record, SYNTAX))

    @property
    def is_private(self) -> bool:
        """Whether a PRIVATE record refers to it."""
        return self.node.record_type == "PRIVATE"

    @property
    def records(self) -> list[Dataset]:
        """Its own record and those above it, the nearest first."""
        return [self.node.record, *self._above, *(node.record for node in self.node.ancestors)]

    def detach(self) -> None:
        """Leave the tree; the records above are remembered."""
        self._above = tuple(node.record for node in self.node.ancestors)
        self.node.drop_childless()

    def restore(self, root: RecordNode) -> None:
        """Come back into the tree, below the records that it was below."""
        self.node.hang([RecordNode(record) for record in self._above[::-1]], root)
        self.stage, self._above = Stage.KEPT, ()

    def load(self) -> FileDataset:
        """Read its file.

        Raises:
            DicomError: the file is no DICOM file.
            OSError: it cannot be read.
        """
        return self.file_set.read(self.path)

    def __contains__(self, key: TagLike) -> bool:
        tag = keyword_tags().get(key) if isinstance(key, str) else Tag(key)
        return tag is not None and any(tag in record for record in self.records)

    def __getitem__(self, key: TagLike) -> DataElement:
        """The element of the nearest record that has it.

        Raises:
            KeyError: no record has it.
        """
        tag = Tag(key)
        for record in self.records:
            if tag in record:
                return record[tag]
        raise KeyError(tag)

    def __getattr__(self, name: str) -> Any:
        tag = None if name.startswith("_") else keyword_tags().get(name)
        if tag is None or tag not in self:
            raise AttributeError(f"no directory record of this instance has {name}")
        return self[tag].value


def fingerprint(path: str) -> tuple[int, int] | None:
    """Size and time of change of a file; ``None`` when there is none."""
    try:
        state = os.stat(path)
    except OSError:
        return None
    return state.st_size, state.st_mtime_ns
