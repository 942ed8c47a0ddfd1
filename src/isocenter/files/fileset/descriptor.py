"""What a File-set is called: the elements of a DICOMDIR besides its records (PS3.3 F.3.2.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from isocenter.core.dataset import FileMetaDataset
from isocenter.core.part10 import FileDataset
from isocenter.core.part10writer import complete
from isocenter.errors import UsageError
from isocenter.standard.uid import EXPLICIT_LITTLE, UID
from isocenter.standard.uidgeneration import generate_uid

DIRECTORY_CLASS = UID("1.2.840.10008.1.3.10")
"""Media Storage Directory Storage (PS3.4 I.4)."""
_LONGEST, _MOST_PARTS = 16, 8


def new_directory() -> FileDataset:
    """The data set of a DICOMDIR that has no records yet."""
    ds = FileDataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = DIRECTORY_CLASS
    ds.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    complete(ds.file_meta, ds, UID(EXPLICIT_LITTLE))
    ds.FileSetID = None
    return ds


class Descriptor:
    """Names of a File-set; ``changed`` tells that one was set to something else.

    Args:
        directory: the data set of its DICOMDIR.
    """

    def __init__(self, directory: FileDataset) -> None:
        self.directory, self.changed = directory, False

    @property
    def ID(self) -> str | None:  # noqa: N802 - pydicom's name
        """File-set ID (0004,1130), at most 16 characters."""
        return self.directory.get("FileSetID") or None

    @ID.setter
    def ID(self, value: str | None) -> None:  # noqa: N802
        if value and len(value) > _LONGEST:
            raise UsageError("a File-set ID has at most 16 characters (PS3.3 F.3.2.1)")
        self._set("FileSetID", value)

    @property
    def UID(self) -> UID:  # noqa: N802 - pydicom's name
        """The File-set's UID: Media Storage SOP Instance UID of the DICOMDIR."""
        return UID(str(self.directory.file_meta.get("MediaStorageSOPInstanceUID") or ""))

    @UID.setter
    def UID(self, value: str) -> None:  # noqa: N802
        if value != self.UID:
            self.directory.file_meta.MediaStorageSOPInstanceUID = value
            self.changed = True

    @property
    def descriptor_file_id(self) -> str | list[str] | None:
        """File-set Descriptor File ID (0004,1141): the parts of a readme's path."""
        found = self.directory.get("FileSetDescriptorFileID")
        return list(found) if isinstance(found, list) else found or None

    @descriptor_file_id.setter
    def descriptor_file_id(self, value: str | Iterable[str] | None) -> None:
        parts = [value] if isinstance(value, str) else list(value or ())
        if len(parts) > _MOST_PARTS or any(len(part) > _LONGEST for part in parts):
            raise UsageError("a File ID has at most 8 parts of 16 characters (PS3.3 F.3.2.1)")
        self._set("FileSetDescriptorFileID", parts if len(parts) > 1 else "".join(parts))

    @property
    def descriptor_character_set(self) -> str | None:
        """Specific Character Set of File-set Descriptor File (0004,1142)."""
        return self.directory.get("SpecificCharacterSetOfFileSetDescriptorFile") or None

    @descriptor_character_set.setter
    def descriptor_character_set(self, value: str | None) -> None:
        self._set("SpecificCharacterSetOfFileSetDescriptorFile", value)

    def _set(self, keyword: str, value: Any) -> None:
        if (self.directory.get(keyword) or None) != (value or None):
            if value or keyword == "FileSetID":  # Type 2: present also when empty
                setattr(self.directory, keyword, value or None)
            else:
                delattr(self.directory, keyword)
            self.changed = True
