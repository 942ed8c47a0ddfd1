"""Pixel data as arrays, under pydicom's names: all frames, one frame, or one after another.

Values are stored values. YCbCr becomes RGB unless they are asked for ``raw``; neither
rescale nor window is applied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.dataset import Dataset
from isocenter.errors import PixelError
from isocenter.pixels.color import YBR, ybr_to_rgb
from isocenter.pixels.frame import Frame
from isocenter.pixels.frames import FRAME_LIMIT, Frames
from isocenter.pixels.notes import report
from isocenter.pixels.opening import Opened, Source, opened
from isocenter.pixels.source import value
from isocenter.standard.tag import Tag, TagLike

_GROUP = 0x0028


def pixel_array(  # noqa: PLR0913 - pydicom's signature
    src: Source,
    *,
    ds_out: Dataset | None = None,
    specific_tags: Iterable[TagLike] | None = None,
    index: int | None = None,
    raw: bool = False,
    limit: int = FRAME_LIMIT,
) -> NDArray[Any]:
    """The pixel data of a data set, or of a file, decoded.

    Args:
        src: a data set, a path, a file open for reading bytes, or a file's bytes.
        ds_out: takes the elements of group 0028 and the File Meta Information of a file.
        specific_tags: further elements of a file that ``ds_out`` takes.
        index: one frame, from 0; all frames when it is not given.
        raw: leave YCbCr as it is. Subsampled chroma is brought to full size all the same.
        limit: bytes one decoded frame may take; a larger one is an error before it is decoded.

    Returns:
        Stored values, writable, of shape (rows, columns[, samples]) for one frame and
        (frames, rows, columns[, samples]) for several; integers of Bits Allocated with the
        sign of Pixel Representation (of the codestream, where that is wider or signed), or
        float32 and float64 for Float and Double Float Pixel Data.

    Raises:
        NoPixelsError: there is no pixel data.
        PixelError: it cannot be decoded.
        UsageError: there is no frame ``index``.
        InvalidDicomError, OSError: the file is no DICOM file, or cannot be read.
    """
    with opened(src) as source:
        frames = _frames(source, limit, raw=raw)
        found = _all(frames, raw=raw) if index is None else _shown(frames[index], raw=raw)
        _report(source, frames, ds_out, specific_tags)
        return found


def iter_pixels(  # noqa: PLR0913 - pydicom's signature
    src: Source,
    *,
    ds_out: Dataset | None = None,
    specific_tags: Iterable[TagLike] | None = None,
    indices: Iterable[int] | None = None,
    raw: bool = False,
    limit: int = FRAME_LIMIT,
) -> Iterator[NDArray[Any]]:
    """Frame after frame, one in memory at a time; of a file nothing else is read.

    Args:
        src: see :func:`pixel_array`.
        ds_out: see :func:`pixel_array`.
        specific_tags: see :func:`pixel_array`.
        indices: which frames, from 0, in this order; all when it is not given.
        raw: see :func:`pixel_array`.
        limit: see :func:`pixel_array`.

    Yields:
        Writable arrays of shape (rows, columns[, samples]).

    Raises:
        NoPixelsError: there is no pixel data.
        PixelError: a frame cannot be decoded; those before it were given.
        UsageError: one of ``indices`` is no frame.
        InvalidDicomError, OSError: the file is no DICOM file, or cannot be read.
    """
    with opened(src) as source:
        frames = _frames(source, limit, raw=raw)
        _report(source, frames, ds_out, specific_tags)
        for index in range(frames.count) if indices is None else indices:
            found = _shown(frames[index], raw=raw)
            source.release()
            yield found
        _report(source, frames)


class _Cache:
    """The array a data set gave last. A pickle or a deep copy of it is empty."""

    def __init__(self) -> None:
        self.description: tuple[Any, ...] = ()
        self.pixels: Any = None
        self.array: NDArray[Any] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return _Cache, ()


_DESCRIPTION = (
    "BitsAllocated",
    "BitsStored",
    "Columns",
    "ExtendedOffsetTable",
    "ExtendedOffsetTableLengths",
    "HighBit",
    "NumberOfFrames",
    "PhotometricInterpretation",
    "PixelRepresentation",
    "PlanarConfiguration",
    "Rows",
    "SamplesPerPixel",
)
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")


def dataset_pixel_array(
    ds: Dataset, decode: Callable[[Dataset], NDArray[Any]] = pixel_array
) -> NDArray[Any]:
    """``ds.pixel_array``: :func:`pixel_array` of a data set, kept until it changes.

    It is decoded again, by ``decode``, when the pixel data, its description or the transfer
    syntax were assigned anew. Bytes that were changed in place are not noticed.
    """
    cache: _Cache = ds.__dict__.setdefault("_pixel_array", _Cache())
    pixels = [_pixels(ds, keyword) for keyword in _PIXELS]
    description = _description(ds)
    same = cache.array is not None and cache.description == description
    if not same or any(a is not b for a, b in zip(cache.pixels, pixels, strict=True)):
        cache.array = decode(ds)
        # reading may have decoded elements, but decoding changes no value
        cache.pixels, cache.description = [_pixels(ds, one) for one in _PIXELS], description
    assert cache.array is not None  # noqa: S101 - assigned above
    return cache.array


def _description(ds: Dataset) -> tuple[Any, ...]:
    syntax = getattr(getattr(ds, "file_meta", None), "TransferSyntaxUID", None)
    return (syntax, *(value(ds, keyword) for keyword in _DESCRIPTION))


def _pixels(ds: Dataset, keyword: str) -> Any:
    """What stays the same object as long as the element does."""
    if keyword not in ds:
        return None
    return value(ds, keyword) if ds.undecoded(keyword) is None else ds.stored


def _frames(source: Opened, limit: int, *, raw: bool) -> Frames:
    frames = Frames(source.dataset, limit=limit, raw=raw)
    source.release()
    return frames


def _shown(frame: Frame, *, raw: bool) -> NDArray[Any]:
    """One frame as callers get it: RGB unless ``raw``, and theirs to change."""
    if frame.photometric in YBR and not raw:
        return ybr_to_rgb(frame.values, frame.photometric, frame.bits)
    return _own(frame.values)


def _own(values: NDArray[Any]) -> NDArray[Any]:
    return values if values.flags.writeable else values.copy()


def _all(frames: Frames, *, raw: bool) -> NDArray[Any]:
    try:
        block = frames.block()
        if block is None:
            return _one_by_one(frames, raw=raw)
        photometric = frames.photometric
        if photometric in YBR and not raw:
            block = ybr_to_rgb(block, photometric, frames.image.bits_stored)
        return _own(block if frames.count > 1 else block[0])
    except MemoryError as error:
        raise PixelError(f"There is no memory for {frames.count} frames") from error


def _one_by_one(frames: Frames, *, raw: bool) -> NDArray[Any]:
    first = _shown(frames[0], raw=raw)
    if frames.count == 1:
        return first
    found = np.empty((frames.count, *first.shape), first.dtype)
    found[0] = first
    for index in range(1, frames.count):
        one = _shown(frames[index], raw=raw)
        if (one.shape, one.dtype) != (first.shape, first.dtype):
            raise PixelError(
                f"Frame {index} has {one.dtype} values of shape {one.shape}, "
                f"frame 0 {first.dtype} of {first.shape}: they make no array",
                tag="(7FE0,0010)",
            )
        found[index] = one
    return found


def _report(
    source: Opened,
    frames: Frames,
    ds_out: Dataset | None = None,
    specific_tags: Iterable[TagLike] | None = None,
) -> None:
    """Findings to the data set that was given; the description to the one that asks for it."""
    report(source.dataset, frames.findings)
    describe(source, ds_out, specific_tags)


def describe(
    source: Opened, ds_out: Dataset | None, specific_tags: Iterable[TagLike] | None = None
) -> None:
    """Tell ``ds_out`` what a file says of its pixels: group 0028, what is asked for, and its meta."""
    if ds_out is not None and source.buffer is not None:
        ds_out.update(source.dataset.group_dataset(_GROUP))
        wanted = (Tag(tag) for tag in specific_tags or ())
        ds_out.update({tag: source.dataset[tag] for tag in wanted if tag in source.dataset})
        ds_out.file_meta = source.dataset.file_meta
