"""pydicom's names on Isocenter: existing programs run unchanged.

``import isocenter.compat as pydicom`` in one module; :func:`install` once at the start of a
program, or ``python -m isocenter.compat SCRIPT``, for all modules of a process. docs/compat.md
says what is covered and what differs.
"""

from importlib import import_module
from typing import Any

from isocenter.compat.dataelem import DataElement
from isocenter.compat.dataset import Dataset, FileDataset, FileMetaDataset
from isocenter.compat.filereader import dcmread
from isocenter.compat.filewriter import dcmwrite
from isocenter.compat.importing import install, uninstall
from isocenter.compat.sequence import Sequence
from isocenter.compat.version import __version__, __version_info__

__all__ = [
    "DataElement",
    "Dataset",
    "FileDataset",
    "FileMetaDataset",
    "Sequence",
    "__version__",
    "__version_info__",
    "dcmread",
    "dcmwrite",
    "install",
    "uninstall",
]

_PIXELS = frozenset({"pixel_array", "iter_pixels"})
_MODULES = frozenset(
    {
        "charset",
        "config",
        "data",
        "datadict",
        "encaps",
        "errors",
        "examples",
        "filebase",
        "fileset",
        "misc",
        "multival",
        "pixels",
        "sr",
        "tag",
        "uid",
        "valuerep",
    }
)


def __getattr__(name: str) -> Any:
    """What needs numpy or files comes when it is asked for, and so do modules."""
    if name in _PIXELS:
        return getattr(import_module("isocenter.compat.pixels"), name)
    if name in _MODULES:
        return import_module(f"isocenter.compat.{name}")
    raise AttributeError(f"module 'pydicom' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_PIXELS, *_MODULES})
