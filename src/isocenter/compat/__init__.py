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
        "overlays",
        "pixels",
        "sr",
        "tag",
        "uid",
        "valuerep",
        "waveforms",
    }
)


def _on_demand(module: str, name: str) -> Any:
    """A method of data sets that imports numpy and codecs when it is called."""

    def method(self: Dataset, /, *args: Any, **options: Any) -> Any:
        return getattr(import_module(module), name)(self, *args, **options)

    method.__doc__ = f"See :func:`{module}.{name}`."
    return method


_ARRAYS = "isocenter.compat.pixels.arrays"
_METHODS: dict[str, Any] = {
    "pixel_array": property(_on_demand(_ARRAYS, "dataset_pixel_array")),
    "pixel_array_options": _on_demand(_ARRAYS, "pixel_array_options"),
    "compress": _on_demand(_ARRAYS, "dataset_compress"),
    "decompress": _on_demand(_ARRAYS, "dataset_decompress"),
    "overlay_array": _on_demand("isocenter.compat.overlays", "get_overlay_array"),
}
for _name, _method in _METHODS.items():
    setattr(Dataset, _name, _method)


def __getattr__(name: str) -> Any:
    """What needs numpy or files comes when it is asked for, and so do modules."""
    if name in _PIXELS:
        return getattr(import_module("isocenter.compat.pixels"), name)
    if name in _MODULES:
        return import_module(f"isocenter.compat.{name}")
    raise AttributeError(f"module 'pydicom' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_PIXELS, *_MODULES})
