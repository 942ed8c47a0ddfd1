"""DICOM File-sets under pydicom's names: ``isocenter.fileset``."""

from isocenter.fileset import (
    FileInstance,
    FileSet,
    RecordNode,
    generate_filename,
    is_conformant_file_id,
)

__all__ = ["FileInstance", "FileSet", "RecordNode", "generate_filename", "is_conformant_file_id"]
