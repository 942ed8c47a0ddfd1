"""Isocenter: point it at DICOM, get a library."""

from isocenter._version import __version__
from isocenter.core.dataset import Dataset, Sequence
from isocenter.core.element import DataElement
from isocenter.files.reading import dcmread
from isocenter.standard.tag import Tag

__all__ = ["DataElement", "Dataset", "Sequence", "Tag", "__version__", "dcmread"]
