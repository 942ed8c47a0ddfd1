"""Icon images for directory records: a small picture of an instance (PS3.3 C.7.6.1.1.6, F.7)."""

from __future__ import annotations

from PIL import Image, ImageOps

from isocenter.core.dataset import Dataset
from isocenter.core.part10 import FileDataset
from isocenter.pixels import Frames, render

_SIZE = 64


def icon(ds: FileDataset) -> Dataset:
    """The item of an Icon Image Sequence: the middle frame as displayed, 64x64, 8 bits, gray.

    What the image does not fill is black.

    Raises:
        PixelError: there is no image, or it cannot be shown.
    """
    frames = Frames(ds)
    picture = Image.fromarray(render(frames, frame=len(frames) // 2, square=True)).convert("L")
    item = Dataset()
    item.SamplesPerPixel = 1
    item.PhotometricInterpretation = "MONOCHROME2"
    item.Rows = item.Columns = _SIZE
    item.BitsAllocated = item.BitsStored = 8
    item.HighBit = 7
    item.PixelRepresentation = 0
    item.add_new(0x7FE00010, "OB", ImageOps.pad(picture, (_SIZE, _SIZE)).tobytes())
    return item
