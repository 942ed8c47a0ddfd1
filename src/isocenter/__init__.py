"""Isocenter: point it at DICOM, get a library."""

from isocenter import datadict, uid
from isocenter._version import __version__
from isocenter.core.dataset import Dataset, FileMetaDataset, attach
from isocenter.core.dicomjson import to_json, to_json_dict
from isocenter.core.element import DataElement
from isocenter.core.fromjson import from_json
from isocenter.core.limits import Limits
from isocenter.core.part10 import FileDataset
from isocenter.core.sequence import Sequence
from isocenter.files.reading import dcmread, is_dicom, read_file_meta_info
from isocenter.files.writing import dcmwrite
from isocenter.standard.tag import Tag
from isocenter.standard.uidgeneration import generate_uid

attach("to_json", to_json)
attach("to_json_dict", to_json_dict)
attach("from_json", staticmethod(from_json))

__all__ = [
    "DataElement",
    "Dataset",
    "FileDataset",
    "FileMetaDataset",
    "Limits",
    "Sequence",
    "Tag",
    "__version__",
    "datadict",
    "dcmread",
    "dcmwrite",
    "generate_uid",
    "is_dicom",
    "read_file_meta_info",
    "uid",
]
