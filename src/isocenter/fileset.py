"""DICOM File-sets: instances under a DICOMDIR (PS3.10 8, PS3.3 F).

Not part of ``import isocenter``, which stays small: ``from isocenter.fileset import FileSet``.
"""

from isocenter.files.fileset.fileids import generate_filename, is_conformant_file_id
from isocenter.files.fileset.fileset import FileSet
from isocenter.files.fileset.instance import FileInstance
from isocenter.files.fileset.node import RecordNode
from isocenter.files.fileset.records import MissingKeyError, RecordCreator
from isocenter.files.fileset.recordtypes import RECORD_TYPES, RecordType
from isocenter.files.fileset.sopclasses import record_type
from isocenter.files.fileset.storing import Intake

__all__ = [
    "RECORD_TYPES",
    "FileInstance",
    "FileSet",
    "Intake",
    "MissingKeyError",
    "RecordCreator",
    "RecordNode",
    "RecordType",
    "generate_filename",
    "is_conformant_file_id",
    "record_type",
]
