"""What a data set says of its pixel data, as pydicom's functions tell it (PS3.3 C.7.6.3).

In: a data set with attributes of the Image Pixel Module. Out: plain numbers, a numpy type, an
arranged array. An attribute that is missing is an ``AttributeError``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.compat.misc import warn_and_log
from isocenter.compat.uid import UID
from isocenter.core.dataset import Dataset
from isocenter.standard.uid import EXPLICIT_BIG

OPTIONS = {
    "samples_per_pixel": "SamplesPerPixel",
    "photometric_interpretation": "PhotometricInterpretation",
    "planar_configuration": "PlanarConfiguration",
    "rows": "Rows",
    "columns": "Columns",
    "bits_allocated": "BitsAllocated",
    "bits_stored": "BitsStored",
    "pixel_representation": "PixelRepresentation",
}
"""pydicom's name of an option, and the keyword it is read from."""
_ROOT = "1.2.840.10008.1.2"
_ALWAYS = {
    f"{_ROOT}.5": True,
    **{f"{_ROOT}.4.{number}": False for number in (50, 57, 70, 80, 81, 90, 91)},
}
"""Whether decoders give planes, in transfer syntaxes where the data set does not tell."""


def as_pixel_options(ds: Dataset, **kwargs: Any) -> dict[str, Any]:
    """What ``ds`` says of its pixel data by the names of options; ``kwargs`` go before it.

    ``number_of_frames`` is always there, the others where their elements are.
    """
    found = {name: getattr(ds, keyword) for name, keyword in OPTIONS.items() if keyword in ds}
    return {**found, "number_of_frames": get_nr_frames(ds, warn=False), **kwargs}


def get_nr_frames(ds: Dataset, warn: bool = True) -> int:
    """Number of Frames; 1 where it is absent, empty or 0, with a warning where it is there."""
    if "NumberOfFrames" not in ds:
        return 1
    return frames_of(ds.NumberOfFrames, warn=warn)


def frames_of(said: Any, *, warn: bool = True) -> int:
    """The count that a value of Number of Frames stands for."""
    if said:
        return int(said)
    if warn:
        warn_and_log(f"Number of Frames (0028,0008) is {said!r}, which is no count: taken as 1")
    return 1


def get_expected_length(ds: Dataset, unit: str = "bytes") -> int:
    """How long native pixel data is that ``ds`` describes.

    Args:
        ds: with Rows, Columns, Samples per Pixel, Bits Allocated and, where ``unit`` is
            ``"bytes"``, Photometric Interpretation.
        unit: ``"bytes"``, whole ones without padding to an even length; ``"pixels"``, samples.
    """
    samples: int = ds.Rows * ds.Columns * ds.SamplesPerPixel * get_nr_frames(ds)
    if unit == "pixels":
        return samples
    return expected_bytes(samples, ds.BitsAllocated, ds.PhotometricInterpretation)


def expected_bytes(samples: int, bits_allocated: int, photometric: str) -> int:
    """The bytes of so many samples; YBR_FULL_422 leaves out every third."""
    length = -(-samples // 8) if bits_allocated == 1 else samples * (bits_allocated // 8)
    return length // 3 * 2 if photometric == "YBR_FULL_422" else length


def pixel_dtype(ds: Dataset, as_float: bool = False) -> np.dtype[Any]:
    """The numpy type of pixel cells, in the byte order of the data set.

    Args:
        ds: with Bits Allocated, Pixel Representation, and a transfer syntax.
        as_float: for Float and Double Float Pixel Data.

    Raises:
        AttributeError: the transfer syntax is not known, or an attribute is missing.
        ValueError: one of them has a value that the Standard does not define.
        NotImplementedError: numpy has no such type, of 24 bits for example.
    """
    order = "<" if _is_little_endian(ds) else ">"
    kind = "f" if as_float else _kind(ds.PixelRepresentation)
    bits = ds.BitsAllocated
    if bits == 1:
        return np.dtype("uint8")
    if bits <= 0 or bits % 8:
        raise ValueError(f"Bits Allocated (0028,0100) is {bits}, not 1 nor a multiple of 8")
    try:
        return np.dtype(f"{order}{kind}{bits // 8}")
    except TypeError:
        raise NotImplementedError(
            f"numpy has no {'float' if as_float else 'integer'} of {bits} bits for pixel data"
        ) from None


def _kind(representation: Any) -> str:
    if representation not in {0, 1}:
        raise ValueError(f"Pixel Representation (0028,0103) is {representation!r}, not 0 or 1")
    return "i" if representation else "u"


def _is_little_endian(ds: Dataset) -> bool:
    meta = getattr(ds, "file_meta", None)
    syntax = meta.get("TransferSyntaxUID") if meta is not None else None
    if syntax:
        return str(syntax) != EXPLICIT_BIG
    little: bool | None = ds.original_encoding[1]
    if little is None:
        raise AttributeError(
            "the byte order is not known: put Transfer Syntax UID into the data set's file_meta"
        )
    return little


def reshape_pixel_array(ds: Dataset, arr: NDArray[Any]) -> NDArray[Any]:
    """A one-dimensional array of samples in the shape that ``ds`` describes.

    Args:
        ds: with Rows, Columns, Samples per Pixel and, of several samples, Planar Configuration;
            in RLE Lossless it is always 1, in other compressed transfer syntaxes 0.
        arr: all samples, as they lie in memory.

    Returns:
        An array of shape ([frames, ]rows, columns[, samples]).

    Raises:
        ValueError: a value is impossible, or ``arr`` has another size.
        AttributeError: an attribute is missing.
    """
    frames, samples = get_nr_frames(ds), ds.SamplesPerPixel
    if frames < 1:
        raise ValueError(f"Number of Frames (0028,0008) is {frames}")
    if samples < 1:
        raise ValueError(f"Samples per Pixel (0028,0002) is {samples}")
    plane, several = (ds.Rows, ds.Columns), () if frames == 1 else (frames,)
    if samples == 1:
        return arr.reshape(*several, *plane)
    if _planar(ds):
        return np.moveaxis(arr.reshape(*several, samples, *plane), -3, -1)
    return arr.reshape(*several, *plane, samples)


def _planar(ds: Dataset) -> bool:
    syntax = UID(ds.file_meta.TransferSyntaxUID)
    if syntax in _ALWAYS:
        return _ALWAYS[syntax]
    planar = ds.PlanarConfiguration
    if planar not in {0, 1}:
        raise ValueError(f"Planar Configuration (0028,0006) is {planar}, not 0 or 1")
    return bool(planar)
