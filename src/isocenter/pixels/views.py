"""The views a data set offers of a frame: windows and VOI LUTs (PS3.3 C.11.2).

Several values of Window Center and Width, or several items of the VOI LUT Sequence,
are alternatives; one is chosen by its number.
"""

from __future__ import annotations

from isocenter.errors import UsageError
from isocenter.pixels.look import Look
from isocenter.pixels.luts import Function, LookupTable, Window, lookup_table
from isocenter.pixels.notes import Notes
from isocenter.pixels.source import (
    PixelDataset,
    functional_groups,
    item,
    numbers,
    shown,
    text,
    there,
    values,
)


def described_view(
    ds: PixelDataset, index: int, look: Look, notes: Notes, *, signed: bool
) -> Window | LookupTable | None:
    """View ``look.voi`` of frame ``index``; ``None`` when there is none that can be used.

    Windows come first, or VOI LUTs with ``look.prefer_lut``; what a frame's functional
    groups say comes before what the data set says. ``signed`` tells that input may be
    negative.

    Raises:
        UsageError: there are windows or VOI LUTs, but not so many; or none, and one other
            than the first was asked for.
    """
    places = list(functional_groups(ds, index, "FrameVOILUTSequence"))
    offered = False
    for tables in (True, False) if look.prefer_lut else (False, True):
        for place in places:
            count = table_count(place) if tables else window_count(place)
            if count is None:
                continue
            offered = True
            _check(look.voi, count, "VOI LUT" if tables else "window")
            found = (
                table_at(place, look.voi, ds, notes, signed=signed)
                if tables
                else window_at(place, look.voi, notes)
            )
            if found is not None:
                return found
    if not offered:
        _nothing(look.voi, notes)
    return None


def _check(voi: int, count: int, name: str) -> None:
    if count and voi >= count:
        raise UsageError(f"voi is {voi}, counted from 0; this image has {count} {name}(s)")


def _nothing(voi: int, notes: Notes) -> None:
    if voi:
        raise UsageError(f"voi is {voi}; this image has no window and no VOI LUT")
    notes.note(
        "no-window",
        "The image has no window and no VOI LUT; its own range is shown",
        clause="PS3.3 C.11.2",
    )


def window_count(place: PixelDataset) -> int | None:
    """How many windows there are; 0 when they cannot be read, ``None`` when absent."""
    if not there(place, "WindowCenter", "WindowWidth"):
        return None
    return min(len(numbers(place, "WindowCenter")), len(numbers(place, "WindowWidth")))


def window_at(place: PixelDataset, at: int, notes: Notes) -> Window | None:
    """One of the windows; ``None``, and a finding, when it is none."""
    centers, widths = numbers(place, "WindowCenter"), numbers(place, "WindowWidth")
    if centers and widths:
        window = Window(centers[at], widths[at], _function(place, notes))
        if window.sound:
            return window
    notes.warn(
        "bad-window",
        f"Window center {shown(place, 'WindowCenter')} and width "
        f"{shown(place, 'WindowWidth')} are no window; the image's own range is shown",
        tag="(0028,1051)",
        clause="PS3.3 C.11.2.1.2",
    )
    return None


def table_count(place: PixelDataset) -> int | None:
    """How many VOI LUTs there are; ``None`` when there is none."""
    return len(values(place, "VOILUTSequence")) or None


def table_at(
    place: PixelDataset, at: int, ds: PixelDataset, notes: Notes, *, signed: bool
) -> LookupTable | None:
    """One of the VOI LUTs; ``None``, and a finding, when it is none."""
    described = item(place, "VOILUTSequence", at)
    if described is None:
        return None
    return lookup_table(described, ds, signed=signed, notes=notes)


def _function(ds: PixelDataset, notes: Notes) -> Function:
    found = text(ds, "VOILUTFunction").upper() or Function.LINEAR.value
    try:
        return Function(found)
    except ValueError:
        notes.warn(
            "assumed-value",
            f"VOILUTFunction is {found[:40]}; taken as LINEAR",
            tag="(0028,1056)",
            clause="PS3.3 C.11.2.1.3",
        )
        return Function.LINEAR
