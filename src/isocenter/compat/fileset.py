"""DICOM File-sets under pydicom's names: ``isocenter.fileset``, whose files are read as the facade's."""

from __future__ import annotations

from isocenter import fileset as own
from isocenter.compat.filereader import dcmread
from isocenter.core.part10 import FileDataset
from isocenter.fileset import FileInstance, RecordNode, generate_filename, is_conformant_file_id


class FileSet(own.FileSet):
    """The instances under a DICOMDIR; see :class:`isocenter.fileset.FileSet`."""

    def read(self, path: str) -> FileDataset:
        """Read the file of an instance."""
        return dcmread(path)


__all__ = ["FileInstance", "FileSet", "RecordNode", "generate_filename", "is_conformant_file_id"]
