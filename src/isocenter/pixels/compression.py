"""Pixel Data into a compressed transfer syntax and out of it (PS3.5 8.2, A.4).

Everything is made before the data set is touched: what fails leaves it as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from isocenter.core.dataset import Dataset
from isocenter.errors import Finding, PixelError, UsageError
from isocenter.pixels.codecs import Coding, coding
from isocenter.pixels.color import YBR, ybr_to_rgb
from isocenter.pixels.encapsulating import (
    encapsulate,
    encapsulate_extended,
    fits_basic_offset_table,
)
from isocenter.pixels.encoders import Encoder, Quality, encoder
from isocenter.pixels.frame import Frame, fits
from isocenter.pixels.frames import Frames
from isocenter.pixels.image_pixel import ImagePixel, image_pixel
from isocenter.pixels.native import native_photometric
from isocenter.pixels.notes import Notes, report
from isocenter.pixels.pixel_data import (
    Description,
    put,
    put_native,
    put_syntax,
    renew_instance,
)
from isocenter.pixels.source import text, transfer_syntax, values
from isocenter.standard.uid import EXPLICIT_LITTLE, UID

_LONGEST_TEXT = 1024  # ST, PS3.5 6.2


def compress(  # noqa: PLR0913 - pydicom's signature
    ds: Dataset,
    transfer_syntax_uid: str,
    arr: NDArray[Any] | None = None,
    *,
    encapsulate_ext: bool = False,
    generate_instance_uid: bool = True,
    jls_error: int | None = None,
    j2k_cr: Sequence[float] | None = None,
    j2k_psnr: Sequence[float] | None = None,
    jpeg_quality: int = 90,
) -> Dataset:
    """Compress the pixel data of ``ds`` in place.

    RLE Lossless, Deflated Image Frame, JPEG Lossless (process 14 and SV1), JPEG-LS, JPEG 2000,
    High-Throughput JPEG 2000 Lossless and JPEG XL Lossless keep every value; JPEG Baseline,
    JPEG-LS near lossless and JPEG 2000 do not, and say so in Lossy Image Compression, its
    Ratio and Method, Derivation Description and Image Type (PS3.3 C.7.6.1.1.5).

    Args:
        ds: a data set that is not compressed.
        transfer_syntax_uid: the transfer syntax to compress to.
        arr: compress this instead of the data set's own pixel data. Shape, dtype and values
            are as the data set describes them, colour by pixel.
        encapsulate_ext: write an Extended Offset Table even where the basic one suffices.
        generate_instance_uid: give the data set a new SOP Instance UID.
        jls_error: JPEG-LS near lossless: how far a value may be off.
        j2k_cr: JPEG 2000: the compression ratio to reach, one layer.
        j2k_psnr: JPEG 2000: peak signal-to-noise ratio in dB, one layer.
        jpeg_quality: JPEG Baseline: 1 to 100.

    Returns:
        ``ds``.

    Raises:
        UsageError: the data set is compressed already, there is no such encoder, an option is
            missing, or the transfer syntax cannot hold the image; ``ds`` is as it was.
        PixelError: the pixel data cannot be read, or has bits outside of its values that the
            transfer syntax would lose; ``ds`` is as it was.
    """
    kind = encoder(transfer_syntax_uid)
    if UID(transfer_syntax(ds)).is_encapsulated:
        raise UsageError("the pixel data is compressed already: decompress it first")
    quality = Quality(jls_error, j2k_cr, j2k_psnr, jpeg_quality)
    image, frames, findings = _own(ds, kind) if arr is None else _given(ds, arr)
    image = replace(image, photometric=native_photometric(image))
    _check(image, kind)
    after = _compressed(image, kind)
    made = [kind.encode(frame, image, quality) for frame in frames]
    _put_frames(ds, made, after, extended=encapsulate_ext)
    put_syntax(ds, transfer_syntax_uid)
    report(ds, findings())
    if kind.method and not (transfer_syntax_uid.endswith(".81") and not jls_error):
        _tell_loss(ds, kind.method, image.count * image.frame_bits / 8 / sum(map(len, made)))
    if generate_instance_uid:
        renew_instance(ds)
    return ds


def encode_frame(
    values: NDArray[Any], image: ImagePixel, syntax: str, quality: Quality | None = None
) -> bytes:
    """One frame as bytes of a compressed transfer syntax, without padding.

    Args:
        values: stored values (for cells, RLE and Deflated Image Frame, whole pixel cells), shape
            (rows, columns[, samples]).
        image: their description.
        syntax: the transfer syntax.
        quality: what lossy encoders are asked for.

    Raises:
        UsageError: there is no such encoder, or it cannot hold the frame.
    """
    kind = encoder(syntax)
    _check(image, kind)
    kind.photometric(image.photometric)
    if not kind.cells and not fits(values, image.bits_stored):
        raise UsageError(f"values need more than {image.bits_stored} bits")
    return kind.encode(values, image, quality or Quality())


def _put_frames(ds: Dataset, made: list[bytes], after: Description, *, extended: bool) -> None:
    if extended or not fits_basic_offset_table(made):
        value, offsets, lengths = encapsulate_extended(made)
        put(ds, value, "OB", after)
        ds.ExtendedOffsetTable, ds.ExtendedOffsetTableLengths = offsets, lengths
    else:
        put(ds, encapsulate(made), "OB", after)


_Given: TypeAlias = "tuple[ImagePixel, Iterator[NDArray[Any]], Callable[[], Iterable[Finding]]]"
"""What is to be compressed: its description, its frames, and what had to be assumed."""


def _given(ds: Dataset, arr: NDArray[Any]) -> _Given:
    """The frames of an array that is as the data set describes."""
    notes = Notes()
    image = image_pixel(ds, native=True, notes=notes, element="PixelData")
    shape = image.shape if image.count == 1 else (image.count, *image.shape)
    if arr.shape != shape or arr.dtype.newbyteorder("=") != image.dtype:
        raise UsageError(
            f"the data set describes {image.dtype} of shape {shape},"
            f" not {arr.dtype} of shape {arr.shape}"
        )
    if not fits(arr, image.bits_stored):
        raise UsageError(f"values of the array need more than {image.bits_stored} bits")
    image = replace(image, high_bit=image.bits_stored - 1)
    frames = iter(arr.astype(image.dtype, copy=False).reshape(-1, *image.shape))
    return image, frames, notes.findings


def _own(ds: Dataset, kind: Encoder) -> _Given:
    frames = Frames(ds, raw=True, cells=kind.cells)
    return frames.image, _values(frames, kind), frames.notes.findings


def _values(frames: Frames, kind: Encoder) -> Iterator[NDArray[Any]]:
    for frame in frames:
        if not kind.cells and any(one.code == "bits-above-high-bit" for one in frames.findings):
            raise PixelError(
                "Bits outside of the stored values are in use (an overlay?) and would be lost;"
                " RLE and Deflated Image Frame keep them",
                tag="(0028,0102)",
                clause="PS3.5 8.1.1",
            )
        yield frame.values


def _check(image: ImagePixel, kind: Encoder) -> None:
    """Whether the transfer syntax can hold the image."""
    if image.floating:
        raise UsageError("Float Pixel Data is never compressed (PS3.5 8.2)")
    if image.samples not in {1, 3}:
        raise UsageError(f"{image.samples} samples cannot be compressed")
    if not kind.cells and image.bits_allocated not in {8, kind.most_bits}:
        raise UsageError(
            f"{image.bits_stored} of {image.bits_allocated} bits cannot be compressed"
            " in this transfer syntax (PS3.5 8.2)"
        )
    if kind.unsigned and image.signed:
        raise UsageError("signed values cannot be compressed in this transfer syntax (PS3.5 8.2)")


def _compressed(image: ImagePixel, kind: Encoder) -> Description:
    """The description of the compressed image."""
    photometric = kind.photometric(image.photometric)
    high = image.high_bit if kind.cells else image.bits_stored - 1
    return replace(_described(image), photometric=photometric, high_bit=high)


def _described(image: ImagePixel) -> Description:
    return Description(
        image.rows,
        image.columns,
        image.samples,
        image.photometric,
        image.bits_allocated,
        image.bits_stored,
        image.high_bit,
        image.signed,
    )


def _tell_loss(ds: Dataset, method: str, ratio: float) -> None:
    """What PS3.3 C.7.6.1.1.5 asks of an image that was compressed with loss."""
    ratios = [*values(ds, "LossyImageCompressionRatio"), f"{ratio:.4g}"]
    methods = [*values(ds, "LossyImageCompressionMethod"), method]
    ds.LossyImageCompression = "01"
    ds.LossyImageCompressionRatio = ratios
    ds.LossyImageCompressionMethod = methods
    said = text(ds, "DerivationDescription")
    told = f"Lossy compression {method}, ratio {ratio:.4g}"
    described = f"{said}; {told}" if said else told
    if len(described) <= _LONGEST_TEXT:
        ds.DerivationDescription = described
    kinds = values(ds, "ImageType")
    if kinds:
        ds.ImageType = ["DERIVED", *kinds[1:]]


# --- back -----------------------------------------------------------------------------------


def decompress(ds: Dataset, *, as_rgb: bool = True, generate_instance_uid: bool = True) -> Dataset:
    """Decompress the pixel data of ``ds`` in place, to Explicit VR Little Endian.

    The description becomes that of the decoded values, Planar Configuration 0; extended offset
    tables are removed. What was lost before is lost: Lossy Image Compression stays.

    Args:
        ds: a data set whose pixel data is compressed.
        as_rgb: make RGB of YCbCr.
        generate_instance_uid: give the data set a new SOP Instance UID.

    Returns:
        ``ds``.

    Raises:
        UsageError: the data set is not compressed.
        PixelError: a frame cannot be decoded; ``ds`` is as it was.
    """
    syntax = transfer_syntax(ds)
    if not UID(syntax).is_encapsulated:
        raise UsageError("the pixel data is not compressed")
    coloured = as_rgb and text(ds, "PhotometricInterpretation").startswith("YBR")
    cells = coding(syntax) is not Coding.CODESTREAM and not coloured
    frames = Frames(ds, raw=not as_rgb, cells=cells)
    decoded, facts = _decoded(frames, as_rgb=as_rgb)
    if cells:
        facts = replace(_described(frames.image), photometric=facts.photometric)
    if facts.bits_allocated == 1:
        decoded = np.packbits(decoded.ravel(), bitorder="little")
    put_native(ds, decoded, facts)
    put_syntax(ds, EXPLICIT_LITTLE)
    report(ds, frames.findings)
    if generate_instance_uid:
        renew_instance(ds)
    return ds


def _decoded(frames: Frames, *, as_rgb: bool) -> tuple[NDArray[Any], Description]:
    """All frames, and what they all are."""
    first = frames[0]
    values_ = _converted(first, as_rgb=as_rgb)
    found = np.empty((frames.count, *values_.shape), values_.dtype)
    found[0] = values_
    for index in range(1, frames.count):
        one = frames[index]
        if _facts(one) != _facts(first) or one.values.dtype != first.values.dtype:
            raise PixelError(f"Frame {index} is not described by what describes frame 0")
        found[index] = _converted(one, as_rgb=as_rgb)
    rgb = as_rgb and first.photometric in YBR
    allocated = values_.dtype.itemsize * 8
    image = frames.image
    return found, Description(
        image.rows,
        image.columns,
        1 if values_.ndim == 2 else values_.shape[2],
        "RGB" if rgb else first.photometric,
        1 if image.bits_allocated == 1 else allocated,
        first.bits,
        first.bits - 1,
        first.signed,
    )


def _facts(frame: Frame) -> tuple[Any, ...]:
    return (frame.values.shape, frame.photometric, frame.bits, frame.signed)


def _converted(frame: Frame, *, as_rgb: bool) -> NDArray[Any]:
    if as_rgb and frame.photometric in YBR:
        return ybr_to_rgb(frame.values, frame.photometric, frame.bits)
    return frame.values
