"""Pixel Data and its description put into a data set (PS3.3 C.7.6.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.dataset import Dataset, FileMetaDataset
from isocenter.errors import UsageError
from isocenter.pixels.frame import fits
from isocenter.pixels.source import is_big_endian, transfer_syntax
from isocenter.standard.uid import EXPLICIT_LITTLE, UID
from isocenter.standard.uidgeneration import generate_uid

_PIXEL_DATA = 0x7FE00010
_STALE = (
    "ExtendedOffsetTable",
    "ExtendedOffsetTableLengths",
    "FloatPixelData",
    "DoubleFloatPixelData",
)
_SAMPLES = {
    "MONOCHROME1": 1,
    "MONOCHROME2": 1,
    "PALETTE COLOR": 1,
    "RGB": 3,
    "YBR_FULL": 3,
    "YBR_FULL_422": 3,
}
_DTYPES = ("uint8", "int8", "uint16", "int16")
_WIDEST_SWAPPED = 2


@dataclass(frozen=True, slots=True)
class Description:
    """What a data set says about its pixel data."""

    rows: int
    columns: int
    samples: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool


def set_pixel_data(
    ds: Dataset,
    arr: NDArray[Any],
    photometric_interpretation: str,
    bits_stored: int,
    *,
    generate_instance_uid: bool = True,
) -> None:
    """Make an array the pixel data of ``ds``, not compressed, and describe it.

    The transfer syntax becomes Explicit VR Little Endian where there is none or a
    compressed one. Extended offset tables, float pixel data and Number of Frames of a
    single frame are removed.

    Args:
        ds: the data set; it is changed.
        arr: uint8, int8, uint16 or int16 of shape (rows, columns[, 3]) or
            (frames, rows, columns[, 3]).
        photometric_interpretation: MONOCHROME1, MONOCHROME2, PALETTE COLOR, RGB, YBR_FULL, or
            YBR_FULL_422, which keeps the chroma of every other column.
        bits_stored: bits of a value; none of ``arr`` may need more.
        generate_instance_uid: give the data set a new SOP Instance UID.

    Raises:
        UsageError: array and description contradict each other; ``ds`` is as it was.
    """
    samples = _samples(photometric_interpretation)
    shape = _shape(arr, samples)
    _check_values(arr, bits_stored)
    frames, rows, columns = shape[:3]
    if photometric_interpretation == "YBR_FULL_422":
        arr = _halved(arr.reshape(shape))
    description = Description(
        rows,
        columns,
        samples,
        photometric_interpretation,
        arr.dtype.itemsize * 8,
        bits_stored,
        bits_stored - 1,
        arr.dtype.kind == "i",
    )
    put_native(ds, arr, description)
    if frames > 1:
        ds.NumberOfFrames = frames
    else:
        ds.pop("NumberOfFrames", None)
    if generate_instance_uid:
        renew_instance(ds)


def _samples(photometric: str) -> int:
    if photometric not in _SAMPLES:
        raise UsageError(f"{photometric} is none of {', '.join(_SAMPLES)}")
    return _SAMPLES[photometric]


def _shape(arr: NDArray[Any], samples: int) -> tuple[int, ...]:
    """(frames, rows, columns) and, of three samples, 3."""
    shape = arr.shape
    if samples == 1 and arr.ndim in {2, 3}:
        return shape if arr.ndim == 3 else (1, *shape)
    if samples == 3 and arr.ndim in {3, 4} and shape[-1] == 3:
        return shape if arr.ndim == 4 else (1, *shape)
    raise UsageError(f"an array of shape {shape} does not hold pixels of {samples} samples")


def _check_values(arr: NDArray[Any], bits_stored: int) -> None:
    if arr.dtype.name not in _DTYPES:
        raise UsageError(f"{arr.dtype} is none of {', '.join(_DTYPES)}")
    if not arr.size:
        raise UsageError("an array without values is no image")
    if not 0 < bits_stored <= arr.dtype.itemsize * 8:
        raise UsageError(f"{arr.dtype} has no {bits_stored} bits to store")
    if not fits(arr, bits_stored):
        raise UsageError(
            f"values from {arr.min()} to {arr.max()} need more than {bits_stored} bits"
        )


def _halved(frames: NDArray[Any]) -> NDArray[Any]:
    """Y1 Y2 Cb Cr of each two pixels, colour from the first (PS3.3 C.7.6.3.1.2)."""
    if frames.shape[2] % 2:
        raise UsageError(f"YBR_FULL_422 needs an even number of columns, not {frames.shape[2]}")
    pairs = frames.reshape(-1, 2, 3)
    return np.concatenate([pairs[:, :, 0], pairs[:, 0, 1:]], axis=1)


def put_native(ds: Dataset, cells: NDArray[Any], description: Description) -> None:
    """Put pixel cells in, and what is said about them; the transfer syntax becomes native.

    Raises:
        UsageError: the data set was read as big endian and cells have more than 16 bits:
            words of 16 bits change places when it is written.
    """
    native = not UID(transfer_syntax(ds)).is_encapsulated and _declares(ds)
    big = is_big_endian(ds, transfer_syntax(ds) if native else EXPLICIT_LITTLE)
    if big and cells.dtype.itemsize > _WIDEST_SWAPPED:
        raise UsageError("a big endian data set takes pixel cells of 16 bits at most")
    ordered = np.ascontiguousarray(cells, cells.dtype.newbyteorder(">" if big else "<"))
    value = ordered.tobytes()
    vr = "OB" if description.bits_allocated <= 8 else "OW"
    put(ds, value + b"\0" * (len(value) % 2), vr, description)
    if not native:
        put_syntax(ds, EXPLICIT_LITTLE)


def _declares(ds: Dataset) -> bool:
    meta = getattr(ds, "file_meta", None)
    return bool(meta is not None and meta.get("TransferSyntaxUID"))


def put(ds: Dataset, value: bytes, vr: str, description: Description) -> None:
    """Put the element and its description in."""
    ds.SamplesPerPixel = description.samples
    ds.PhotometricInterpretation = description.photometric
    if description.samples > 1:
        ds.PlanarConfiguration = 0
    else:
        ds.pop("PlanarConfiguration", None)
    ds.Rows, ds.Columns = description.rows, description.columns
    ds.BitsAllocated, ds.BitsStored = description.bits_allocated, description.bits_stored
    ds.HighBit = description.high_bit
    ds.PixelRepresentation = int(description.signed)
    for keyword in ("PixelData", *_STALE):
        ds.pop(keyword, None)
    ds.add_new(_PIXEL_DATA, vr, value)


def put_syntax(ds: Dataset, syntax: str) -> None:
    """Say in which transfer syntax the data set is; File Meta Information is made if needed."""
    if getattr(ds, "file_meta", None) is None:
        ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(syntax)


def renew_instance(ds: Dataset) -> None:
    """Give the data set a SOP Instance UID of its own (PS3.3 C.12.4)."""
    ds.SOPInstanceUID = generate_uid()
    if getattr(ds, "file_meta", None) is not None:
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
