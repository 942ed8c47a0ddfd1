"""Data sets under the module that pydicom has them in."""

from __future__ import annotations

from isocenter.compat.filedataset import FileDataset
from isocenter.compat.filemeta import FileMetaDataset, validate_file_meta
from isocenter.compat.levels import Dataset
from isocenter.compat.privateblocks import PrivateBlock

__all__ = ["Dataset", "FileDataset", "FileMetaDataset", "PrivateBlock", "validate_file_meta"]
