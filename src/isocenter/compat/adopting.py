"""Elements and data sets of the core, made ones of the facade."""

from __future__ import annotations

from typing import Any

from isocenter.compat.element import DataElement
from isocenter.compat.sequence import Sequence
from isocenter.core import dataset as core
from isocenter.core.element import DataElement as CoreElement
from isocenter.core.multivalue import MultiValue


def adopted(element: CoreElement, kind: type[Any]) -> DataElement:
    """An element of the core as one of the facade, items as data sets of ``kind``."""
    value = element.value
    if element.VR == "SQ":
        value = Sequence(as_facade(item, kind) for item in value or ())
    made = DataElement(
        element.tag, element.VR, value, already_converted=element.VR == "SQ", validation_mode=0
    )
    if element.private_creator:
        made.private_creator = element.private_creator
    return made


def as_facade(ds: core.Dataset, kind: type[Any]) -> Any:
    """A data set of the core as one of ``kind``; one of that kind is given back."""
    if isinstance(ds, kind):
        return ds
    made = kind()
    for element in ds:
        made.add(adopted(element, kind))
    return made


def unsigned_first(element: Any) -> Any:
    """A LUT descriptor, whose first number is a count and has no sign (PS3.3 C.11.1.1)."""
    value = element.value
    if isinstance(value, list) and value[0] is not None and value[0] < 0:
        return DataElement.of(int(element.tag), "SS", MultiValue([value[0] + 0x10000, *value[1:]]))
    return element
