"""Data sets under the module that pydicom has them in."""

from __future__ import annotations

from isocenter.compat.filedataset import FileDataset
from isocenter.compat.filemeta import FileMetaDataset, validate_file_meta
from isocenter.compat.levels import Dataset
from isocenter.compat.privateblocks import PrivateBlock

for _kind in (Dataset, FileDataset, FileMetaDataset, PrivateBlock):
    _kind.__module__ = __name__  # what programs print, and what pickles say

__all__ = ["Dataset", "FileDataset", "FileMetaDataset", "PrivateBlock", "validate_file_meta"]
