"""Data elements under the module that pydicom has them in."""

from __future__ import annotations

from isocenter.compat.assigned import empty_value_for_VR
from isocenter.compat.element import DataElement
from isocenter.compat.raw import RawDataElement
from isocenter.compat.rawelements import DataElement_from_raw, convert_raw_data_element

DataElement.__module__ = __name__  # what programs print, and what pickles say

__all__ = [
    "DataElement",
    "DataElement_from_raw",
    "RawDataElement",
    "convert_raw_data_element",
    "empty_value_for_VR",
]
