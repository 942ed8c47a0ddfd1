"""What a data set asks for between stored values and shades of gray.

Modality LUT or rescale (PS3.3 C.11.1), VOI LUT or window (C.11.2), Presentation LUT
(C.11.4, C.11.6) and Pixel Padding (C.7.5.1.1.2), of the frame's functional groups
(C.7.6.16.2.9, C.7.6.16.2.10) or of the data set.
"""

from __future__ import annotations

import numpy as np

from isocenter.pixels.frame import Frame
from isocenter.pixels.look import Look
from isocenter.pixels.luts import (
    Grayscale,
    LookupTable,
    Range,
    Rescale,
    Share,
    Window,
    lookup_table,
)
from isocenter.pixels.notes import Notes
from isocenter.pixels.source import (
    PixelDataset,
    functional_groups,
    integer,
    item,
    number,
    shown,
    text,
    there,
)
from isocenter.pixels.views import described_view

_WHOLE = Share(0.0, 1.0)


def grayscale(
    ds: PixelDataset, index: int, frame: Frame, notes: Notes, look: Look | None = None
) -> Grayscale:
    """How frame ``index`` of ``ds`` is to be shown.

    Raises:
        UsageError: ``look.voi`` is not among the windows or VOI LUTs.
    """
    modality = _modality(ds, index, frame, notes)
    presentation = _presentation(ds, notes)
    return Grayscale(
        modality=modality,
        voi=_voi(ds, index, look or Look(), notes, signed=_signed(frame, modality)),
        presentation=presentation,
        inverse=presentation is None and _inverse(ds, frame),
        padding=_padding(ds, frame),
    )


def _signed(frame: Frame, modality: Rescale | LookupTable) -> bool:
    """Whether what goes into the VOI may be negative."""
    return frame.signed or (isinstance(modality, Rescale) and modality.intercept < 0)


def _voi(
    ds: PixelDataset, index: int, look: Look, notes: Notes, *, signed: bool
) -> Window | LookupTable | Range | Share:
    if look.explicit is not None:
        return look.explicit
    if look.window == "full":
        return _WHOLE
    if look.window == "auto":
        return Share()
    return described_view(ds, index, look, notes, signed=signed) or Share()


# --- presentation ---------------------------------------------------------------------


def _presentation(ds: PixelDataset, notes: Notes) -> LookupTable | None:
    described = item(ds, "PresentationLUTSequence")
    return None if described is None else lookup_table(described, ds, signed=False, notes=notes)


def _inverse(ds: PixelDataset, frame: Frame) -> bool:
    """MONOCHROME1 and INVERSE say the same thing; together they do not cancel (C.8.11.3.1.2)."""
    shape = text(ds, "PresentationLUTShape").upper()
    return frame.photometric == "MONOCHROME1" or shape == "INVERSE"


# --- modality -------------------------------------------------------------------------


def _modality(ds: PixelDataset, index: int, frame: Frame, notes: Notes) -> Rescale | LookupTable:
    described = item(ds, "ModalityLUTSequence")
    if described is not None:
        table = lookup_table(described, ds, signed=frame.signed, notes=notes)
        if table is not None:
            return table
    for group in functional_groups(ds, index, "PixelValueTransformationSequence"):
        if there(group, "RescaleSlope", "RescaleIntercept"):
            return rescale(group, notes)
    return Rescale()


def rescale(ds: PixelDataset, notes: Notes) -> Rescale:
    """Rescale Slope and Intercept of ``ds``; stored values as they are, and a finding, if bad."""
    slope, intercept = number(ds, "RescaleSlope"), number(ds, "RescaleIntercept")
    if not slope or intercept is None or abs(slope) > 1e30 or abs(intercept) > 1e30:
        notes.warn(
            "bad-rescale",
            f"Rescale slope {shown(ds, 'RescaleSlope')} and intercept "
            f"{shown(ds, 'RescaleIntercept')} are no line; not used",
            tag="(0028,1053)",
            clause="PS3.3 C.11.1.1.2",
        )
        return Rescale()
    return Rescale(slope, intercept)


# --- padding --------------------------------------------------------------------------


def _padding(ds: PixelDataset, frame: Frame) -> tuple[float, float] | None:
    """Pixel Padding Value, to Pixel Padding Range Limit when there is one."""
    if frame.values.dtype.kind == "f":
        double = frame.values.dtype.itemsize == 8
        prefix = "DoubleFloat" if double else "Float"
        value_, limit = (
            number(ds, f"{prefix}PixelPaddingValue"),
            number(ds, f"{prefix}PixelPaddingRangeLimit"),
        )
    else:
        value_, limit = (
            _like_stored(integer(ds, keyword), frame)
            for keyword in ("PixelPaddingValue", "PixelPaddingRangeLimit")
        )
    if value_ is None:
        return None
    ends = (value_, value_ if limit is None else limit)
    return min(ends), max(ends)


def _like_stored(found: int | None, frame: Frame) -> int | None:
    """US or SS read the wrong way round, put right by the sign of the stored values."""
    if found is None:
        return None
    span = 1 << (frame.values.dtype.itemsize * 8)
    limits = np.iinfo(frame.values.dtype)
    return found - span if found > limits.max else found + span if found < limits.min else found
