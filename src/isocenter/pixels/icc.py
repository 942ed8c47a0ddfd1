"""ICC profiles of colour images, by Pillow's LittleCMS (PS3.3 C.11.15)."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from isocenter.errors import PixelError, UsageError
from isocenter.pixels.source import PixelDataset, items, text, value

INTENTS = range(4)
"""Perceptual, relative colorimetric, saturation, absolute colorimetric."""


def icc_profile(ds: PixelDataset) -> bytes:
    """The ICC Profile of a data set, or of its first optical path that has one; else empty."""
    for place in (ds, *items(ds, "OpticalPathSequence")):
        found = value(place, "ICCProfile")
        if isinstance(found, (bytes, bytearray, memoryview)) and len(found):
            return bytes(found)
    return b""


def create_icc_transform(
    ds: PixelDataset | None = None,
    icc_profile: bytes = b"",
    intent: int | None = None,
    color_space: str | None = None,
) -> ImageCms.ImageCmsTransform:
    """A transform from a profile's colours to another colour space.

    Args:
        ds: a data set with ICC Profile; or
        icc_profile: a profile itself.
        intent: rendering intent, 0 to 3 (see :data:`INTENTS`); the profile's own if ``None``.
        color_space: what comes out, as Pillow names it; else Color Space of ``ds``, else
            ``"sRGB"``.

    Raises:
        UsageError: neither or both are given, or the intent or colour space is unknown.
        PixelError: there is no profile, or it cannot be used for RGB.
    """
    if bool(icc_profile) == (ds is not None):
        raise UsageError("either a data set or an ICC profile is wanted")
    if intent is not None and intent not in INTENTS:
        raise UsageError(f"intent is {intent!r}; 0 to 3 is wanted")
    return _transform(icc_profile or _profile_of(ds), intent, _space(ds, color_space))


def _profile_of(ds: PixelDataset | None) -> bytes:
    found = b"" if ds is None else icc_profile(ds)
    if not found:
        raise PixelError("There is no ICC Profile", tag="(0028,2000)", clause="PS3.3 C.11.15")
    return found


def _space(ds: PixelDataset | None, wanted: str | None) -> str:
    """The output's colour space: DICOM writes SRGB what Pillow calls sRGB."""
    found = wanted or (text(ds, "ColorSpace") if ds is not None else "") or "sRGB"
    return "sRGB" if found.upper() == "SRGB" else found


def _transform(profile: bytes, intent: int | None, space: str) -> ImageCms.ImageCmsTransform:
    try:
        target = ImageCms.createProfile(space)  # type: ignore[arg-type]  # checked by Pillow
    except ImageCms.PyCMSError as error:
        raise UsageError(f"the colour space {space!r} is not known to Pillow") from error
    try:
        source = ImageCms.getOpenProfile(io.BytesIO(profile))
        meant = ImageCms.getDefaultIntent(source) if intent is None else intent
        return ImageCms.buildTransform(source, target, "RGB", "RGB", ImageCms.Intent(meant))
    except (ImageCms.PyCMSError, ValueError, OSError) as error:
        raise PixelError(
            "The ICC Profile cannot be used", tag="(0028,2000)", clause="PS3.3 C.11.15"
        ) from error


def apply_icc_profile(
    arr: NDArray[Any],
    ds: PixelDataset | None = None,
    *,
    transform: ImageCms.ImageCmsTransform | None = None,
    intent: int | None = None,
    color_space: str | None = None,
) -> NDArray[Any]:
    """Convert colours in place.

    Args:
        arr: uint8, RGB, shape (rows, columns, 3) or (frames, rows, columns, 3).
        ds: a data set with ICC Profile; or
        transform: what :func:`create_icc_transform` gave.
        intent: see :func:`create_icc_transform`.
        color_space: see :func:`create_icc_transform`.

    Returns:
        ``arr``.

    Raises:
        UsageError: neither or both are given, or ``arr`` is no such array.
        PixelError: there is no profile, or it cannot be used.
    """
    if (ds is None) == (transform is None):
        raise UsageError("either a data set or a transform is wanted")
    if arr.dtype != np.uint8 or arr.ndim not in {3, 4} or arr.shape[-1] != 3:
        raise UsageError(f"RGB of 8 bits is wanted, not {arr.dtype} of shape {arr.shape}")
    if transform is None:
        transform = create_icc_transform(ds, intent=intent, color_space=color_space)
    for frame in arr if arr.ndim == 4 else arr[None]:
        image = Image.fromarray(np.ascontiguousarray(frame))
        ImageCms.applyTransform(image, transform, inPlace=True)
        frame[...] = np.asarray(image)
    return arr
