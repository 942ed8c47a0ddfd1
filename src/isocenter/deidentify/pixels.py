"""Pixel Data without what lies behind its last pixel, where anything may be hidden."""

from __future__ import annotations

from isocenter.core.dataset import Dataset
from isocenter.errors import DicomError

_SUBSAMPLED = "422"


def without_excess(ds: Dataset) -> int:
    """Cut native Pixel Data to the bytes that the image has (PS3.5 8.1.1).

    Where the image is not described, or samples are shared between pixels, nothing is cut.

    Returns:
        How many bytes went.
    """
    try:
        told = [
            ds.get(keyword) for keyword in ("Rows", "Columns", "SamplesPerPixel", "BitsAllocated")
        ]
        frames = int(ds.get("NumberOfFrames") or 1)
        photometric = str(ds.get("PhotometricInterpretation"))
    except (DicomError, ValueError, TypeError):
        return 0
    if not all(isinstance(one, int) and one > 0 for one in told) or _SUBSAMPLED in photometric:
        return 0
    rows, columns, samples, bits = told
    size = (rows * columns * samples * bits * frames + 7) // 8
    size += size % 2
    data = ds.PixelData
    if not isinstance(data, bytes) or len(data) <= size:
        return 0
    ds.PixelData = data[:size]
    return len(data) - int(size)
