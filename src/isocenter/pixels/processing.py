"""The grayscale steps one at a time, on arrays, under pydicom's names (PS3.3 C.11; PS3.4 N.2).

``render`` composes them into one table; here each is a function of an array and the
data set it came from. Where the frames of an image have values of their own (PS3.3
C.7.6.16), all frames are wanted, and each is processed by its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.errors import PixelError, UsageError
from isocenter.pixels.grayscale import rescale
from isocenter.pixels.luts import LookupTable, Rescale, Window, lookup_table
from isocenter.pixels.notes import Notes
from isocenter.pixels.source import (
    PixelDataset,
    functional_groups,
    integer,
    item,
    items,
    text,
    there,
)
from isocenter.pixels.views import table_count, window_at, window_count
from isocenter.pixels.voi import windowed

Places = Sequence[PixelDataset]
_GRAY = frozenset({"MONOCHROME1", "MONOCHROME2"})


def apply_modality_lut(arr: NDArray[Any], ds: PixelDataset) -> NDArray[Any]:
    """Stored values to a quantity, such as HU (PS3.3 C.11.1).

    Args:
        arr: stored values, any shape; for an image whose frames differ (frames, rows, columns).
        ds: with Modality LUT Sequence, or Rescale Slope and Intercept, its own or of its
            functional groups.

    Returns:
        uint8 or uint16, by the bits of the LUT; float64 after a rescale; else ``arr`` itself.

    Raises:
        PixelError: the LUT or the rescale is none.
        UsageError: the frames differ, and ``arr`` has not all of them.
    """
    described = item(ds, "ModalityLUTSequence")
    if described is not None:
        return _looked_up(arr, _table(described, ds, signed=arr.dtype.kind == "i"))
    return _by_frame(arr, ds, "PixelValueTransformationSequence", _rescaled)


apply_rescale = apply_modality_lut


def _rescaled(arr: NDArray[Any], places: Places) -> NDArray[Any]:
    found = _rescale(places)
    return arr if found is None else arr.astype(np.float64) * found.slope + found.intercept


def _rescale(places: Places) -> Rescale | None:
    for place in places:
        if there(place, "RescaleSlope", "RescaleIntercept"):
            notes = Notes()
            found = rescale(place, notes)
            _insist(notes)
            return found
    return None


def apply_voi_lut(
    arr: NDArray[Any],
    ds: PixelDataset,
    index: int = 0,
    prefer_lut: bool = True,  # noqa: FBT001, FBT002 - pydicom's signature
) -> NDArray[Any]:
    """A VOI LUT or a window (PS3.3 C.11.2), applied to Modality LUT output.

    Args:
        arr: what :func:`apply_modality_lut` gave.
        ds: the data set it came from.
        index: which of several, from 0.
        prefer_lut: where there are both, the LUT; else the window.

    Returns:
        As :func:`apply_voi` or :func:`apply_windowing`; ``arr`` itself when there is neither.

    Raises:
        PixelError: the LUT or the window is none.
        UsageError: there are not so many; the image is no grayscale image.
    """

    def step(values: NDArray[Any], places: Places) -> NDArray[Any]:
        has_table = any(map(table_count, places))
        has_window = any(window_count(place) is not None for place in places)
        if has_table and (prefer_lut or not has_window):
            return _voi(values, ds, index, places)
        return _windowing(values, ds, index, places) if has_window else values

    return _by_frame(arr, ds, "FrameVOILUTSequence", step)


def apply_voi(arr: NDArray[Any], ds: PixelDataset, index: int = 0) -> NDArray[Any]:
    """A VOI LUT (PS3.3 C.11.2.1.1), applied to Modality LUT output.

    Args:
        arr: what :func:`apply_modality_lut` gave; rounded to integers.
        ds: with VOI LUT Sequence, its own or of its functional groups.
        index: which of its items, from 0.

    Returns:
        uint8 or uint16, by the bits of the LUT; ``arr`` itself when there is none.

    Raises:
        PixelError: the LUT is none.
        UsageError: there are not so many.
    """
    return _by_frame(
        arr, ds, "FrameVOILUTSequence", lambda values, places: _voi(values, ds, index, places)
    )


def _voi(arr: NDArray[Any], ds: PixelDataset, index: int, places: Places) -> NDArray[Any]:
    for place in places:
        count = table_count(place)
        if count:
            described = item(place, "VOILUTSequence", _chosen(index, count, "VOI LUT"))
            return _looked_up(arr, _table(described, ds, signed=arr.dtype.kind != "u"))
    return arr


def apply_windowing(arr: NDArray[Any], ds: PixelDataset, index: int = 0) -> NDArray[Any]:
    """A window (PS3.3 C.11.2.1.2, C.11.2.1.3), applied to Modality LUT output.

    Args:
        arr: what :func:`apply_modality_lut` gave.
        ds: with Window Center and Width, its own or of its functional groups.
        index: which of several, from 0.

    Returns:
        float64 between the least and the greatest value that Modality LUT output can have, by
        Bits Stored, Pixel Representation and the rescale, or the bits of the Modality LUT;
        ``arr`` itself when there is no window.

    Raises:
        PixelError: the window is none; Bits Stored is missing.
        UsageError: there are not so many; the image is no grayscale image.
    """
    return _by_frame(
        arr, ds, "FrameVOILUTSequence", lambda values, places: _windowing(values, ds, index, places)
    )


def _windowing(arr: NDArray[Any], ds: PixelDataset, index: int, places: Places) -> NDArray[Any]:
    notes = Notes()
    for place in places:
        count = window_count(place)
        if count is None:
            continue
        photometric = text(ds, "PhotometricInterpretation").upper()
        if photometric not in _GRAY:
            raise UsageError(f"windows are for grayscale images, not for {photometric or 'this'}")
        window = window_at(place, _chosen(index, count, "window") if count else 0, notes)
        _insist(notes)
        if window is not None:
            return _through(arr, window, ds)
    return arr


def _through(arr: NDArray[Any], window: Window, ds: PixelDataset) -> NDArray[Any]:
    low, high = _output_range(ds)
    if arr.dtype.kind not in "iu" or arr.dtype.itemsize > 2 or arr.size < 1 << 16:
        return windowed(arr.astype(np.float64), window, low, high)
    cells = np.arange(1 << (8 * arr.dtype.itemsize), dtype=f"u{arr.dtype.itemsize}")
    table = windowed(cells.view(arr.dtype).astype(np.float64), window, low, high)
    found: NDArray[Any] = np.take(table, arr.view(cells.dtype))
    return found


def _output_range(ds: PixelDataset) -> tuple[float, float]:
    """What the Modality LUT can give: ymin and ymax of the window's formula."""
    described = item(ds, "ModalityLUTSequence")
    if described is not None:
        return 0.0, float((1 << _table(described, ds, signed=False).bits) - 1)
    bits = integer(ds, "BitsStored")
    if bits is None or not 0 < bits <= 64:
        raise PixelError("Bits Stored is needed for a window", tag="(0028,0101)")
    signed = integer(ds, "PixelRepresentation") == 1
    ends = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    found = _rescale(list(functional_groups(ds, 0, "PixelValueTransformationSequence")))
    low, high = sorted(
        float(end) if found is None else end * found.slope + found.intercept for end in ends
    )
    return low, high


def apply_presentation_lut(arr: NDArray[Any], ds: PixelDataset) -> NDArray[Any]:
    """P-Values of what the VOI gave (PS3.3 C.11.4, C.11.6).

    Args:
        arr: what :func:`apply_voi_lut` gave; its own range is spread over the table.
        ds: with Presentation LUT Sequence or Presentation LUT Shape.

    Returns:
        uint16 of a LUT; for INVERSE the greatest value less each; else ``arr`` itself.

    Raises:
        PixelError: the LUT or the shape is none.
    """
    described = item(ds, "PresentationLUTSequence")
    if described is not None:
        return _presented(arr, _table(described, ds, signed=False).array())
    shape = text(ds, "PresentationLUTShape").upper()
    if shape not in {"", "IDENTITY", "INVERSE"}:
        raise PixelError(f"Presentation LUT Shape is {shape[:40]}", tag="(2050,0020)")
    return _inverse(arr) if shape == "INVERSE" and arr.size else arr


def _presented(arr: NDArray[Any], entries: NDArray[np.uint16]) -> NDArray[np.uint16]:
    values = arr.astype(np.float64)
    low, high = (float(values.min()), float(values.max())) if arr.size else (0.0, 0.0)
    last = len(entries) - 1
    place = (values - low) * last / (high - low) if high > low else np.zeros(arr.shape)
    found: NDArray[np.uint16] = np.take(entries, place.astype(np.intp))
    return found


def _inverse(arr: NDArray[Any]) -> NDArray[Any]:
    """The greatest value less each, in a type that holds them."""
    greatest = arr.max()
    if arr.dtype.kind == "i" and int(greatest) - int(arr.min()) > np.iinfo(arr.dtype).max:
        arr = arr.astype(np.int64)
    found: NDArray[Any] = greatest - arr
    return found


# --- shared ---------------------------------------------------------------------------


def _by_frame(
    arr: NDArray[Any],
    ds: PixelDataset,
    macro: str,
    step: Callable[[NDArray[Any], Places], NDArray[Any]],
) -> NDArray[Any]:
    """``step`` with the places where ``macro`` may stand: of all frames, or of each."""
    own = [item(group, macro) for group in items(ds, "PerFrameFunctionalGroupsSequence")]
    if not any(one is not None for one in own) or all(one == own[0] for one in own):
        return step(arr, list(functional_groups(ds, 0, macro)))
    if arr.ndim < 3 or len(arr) != len(own):
        raise UsageError(
            f"the {len(own)} frames have values of their own; an array of all frames is wanted,"
            f" not one of shape {arr.shape}"
        )
    return np.stack(
        [step(frame, list(functional_groups(ds, n, macro))) for n, frame in enumerate(arr)]
    )


def _table(described: PixelDataset, ds: PixelDataset, *, signed: bool) -> LookupTable:
    notes = Notes()
    table = lookup_table(described, ds, signed=signed, notes=notes)
    if table is None:
        _insist(notes)
        raise PixelError("A look-up table is incomplete", tag="(0028,3002)")
    return table


def _looked_up(arr: NDArray[Any], table: LookupTable) -> NDArray[Any]:
    entries = table.array().astype(np.uint8 if table.bits <= 8 else np.uint16)
    whole = arr if arr.dtype.kind in "iu" else np.rint(arr)
    place = np.clip(whole, table.first, table.first + len(entries) - 1).astype(np.intp)
    found: NDArray[Any] = np.take(entries, place - table.first)
    return found


def _chosen(index: int, count: int, name: str) -> int:
    if not 0 <= index < count:
        raise UsageError(f"index is {index}, counted from 0; there are {count} {name}(s)")
    return index


def _insist(notes: Notes) -> None:
    """What a picture may pass over is an error where a step was asked for.

    A message says what is wrong, then what a picture does about it, which is not done here.
    """
    for finding in notes.findings():
        problem = finding.message.partition("; ")[0]
        raise PixelError(problem, tag=finding.tag, clause=finding.clause)
