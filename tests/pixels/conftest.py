"""Data sets made for one test, as any data set with keywords: the core's or pydicom's."""

from __future__ import annotations

import struct
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"


class Image(dict[Any, Any]):
    """Values by keyword: the least a data set is to ``isocenter.pixels``."""

    def __init__(self, syntax: str, **values: Any) -> None:
        super().__init__(values)
        self.file_meta = Image.__new__(Image)
        dict.__init__(self.file_meta, TransferSyntaxUID=syntax)


def make_image(values: Any = None, *, syntax: str = EXPLICIT_LITTLE, **changes: Any) -> Image:
    """A data set that describes ``values``: (rows, columns), (..., 3) or (frames, ...)."""
    array = np.zeros((2, 3), np.uint8) if values is None else np.asarray(values)
    samples = 3 if array.ndim > 2 and array.shape[-1] == 3 else 1
    plane = array.shape[-3:-1] if samples == 3 else array.shape[-2:]
    bits = array.dtype.itemsize * 8
    stored = changes.get("BitsStored", bits) or 0
    facts: dict[str, Any] = {
        "Rows": plane[0],
        "Columns": plane[1],
        "SamplesPerPixel": samples,
        "PhotometricInterpretation": "RGB" if samples == 3 else "MONOCHROME2",
        "BitsAllocated": bits,
        "BitsStored": stored,
        "HighBit": stored - 1 if isinstance(stored, int) else 0,
        "PixelRepresentation": int(array.dtype.kind == "i"),
        "PixelData": array.tobytes(),
    }
    if samples == 3:
        facts["PlanarConfiguration"] = 0
    frames = array.size // (plane[0] * plane[1] * samples)
    if frames > 1:
        facts["NumberOfFrames"] = frames
    return Image(syntax, **(facts | changes))


def make_items(*fragments: bytes, table: bytes = b"") -> bytes:
    """An encapsulated value: the Basic Offset Table, then an item per fragment."""
    parts = [table, *(fragment + b"\0" * (len(fragment) % 2) for fragment in fragments)]
    return b"".join(b"\xfe\xff\x00\xe0" + struct.pack("<L", len(part)) + part for part in parts)


@pytest.fixture(scope="session")
def make() -> Any:
    """Makers: ``make.image(array, **elements)`` and ``make.items(*fragments)``."""
    return SimpleNamespace(image=make_image, items=make_items)
