"""Isocenter: point it at DICOM, get a library."""

from importlib import import_module
from typing import Any

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


def _overlay_array(ds: Dataset, group: int = 0x6000) -> Any:
    """The bits of the overlay plane in ``group`` (see ``isocenter.pixels.overlay_array``)."""
    from isocenter.pixels.overlays import overlay_array  # noqa: PLC0415 - numpy only when needed

    return overlay_array(ds, group)


attach("overlay_array", _overlay_array)
attach("to_json", to_json)
attach("to_json_dict", to_json_dict)
attach("from_json", staticmethod(from_json))


def _on_demand(module: str, name: str) -> Any:
    """A method that imports its module when it is called: headers need no numpy, no codecs."""

    def method(self: Dataset, /, *args: Any, **options: Any) -> Any:
        return getattr(import_module(module), name)(self, *args, **options)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"See :func:`{module}.{name}`."
    return method


attach("pixel_array", property(_on_demand("isocenter.pixels.access", "dataset_pixel_array")))
attach("waveform_array", _on_demand("isocenter.waveforms", "waveform_array"))
for _name in ("compress", "decompress", "set_pixel_data"):
    attach(_name, _on_demand("isocenter.pixels", _name))

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
