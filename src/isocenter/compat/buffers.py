"""Values that are files, which are read when the element is written."""

from __future__ import annotations

from io import BufferedIOBase
from typing import Any

from isocenter.compat.valuerep import BUFFERABLE_VRS
from isocenter.core.element import DataElement


def usable(value: BufferedIOBase, element: DataElement) -> BufferedIOBase:
    """The file, when an element may have it as its value.

    Raises:
        ValueError: the VR takes none, or it cannot be read from any place.
    """
    if element.VR not in BUFFERABLE_VRS:
        takes = ", ".join(sorted(str(vr) for vr in BUFFERABLE_VRS if "or" not in vr))
        raise ValueError(
            f"a file cannot be the value of an element of VR {element.VR}, only of {takes}"
        )
    where = f"{element.tag} {element.name} cannot have this file as its value"
    if value.closed:
        raise ValueError(f"{where}: it is closed")
    if not value.readable() or not value.seekable():
        raise ValueError(f"{where}: it has to be open for reading, at any place")
    return value


def size(buffer: BufferedIOBase) -> int:
    """How many bytes it has."""
    here = buffer.tell()
    size = buffer.seek(0, 2)
    buffer.seek(here)
    return size


def content_of(value: Any) -> Any:
    """What is compared: of a file its bytes."""
    if not isinstance(value, BufferedIOBase):
        return value
    here = value.tell()
    value.seek(0)
    content = value.read()
    value.seek(here)
    return content
