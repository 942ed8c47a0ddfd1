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
    kinds: list[_Windows | _Tables] = [_Windows(notes), _Tables(ds, notes, signed=signed)]
    offered = False
    for kind in reversed(kinds) if look.prefer_lut else kinds:
        for place in places:
            count = kind.count(place)
            offered = offered or count is not None
            found = kind.view(place, _chosen(look.voi, count, kind.name)) if count else None
            if found is not None:
                return found
    if not offered:
        _nothing(look.voi, notes)
    return None


def _chosen(voi: int, count: int, name: str) -> int:
    if voi >= count:
        raise UsageError(f"voi is {voi}, counted from 0; this image has {count} {name}(s)")
    return voi


def _nothing(voi: int, notes: Notes) -> None:
    if voi:
        raise UsageError(f"voi is {voi}; this image has no window and no VOI LUT")
    notes.note(
        "no-window",
        "The image has no window and no VOI LUT; its own range is shown",
        clause="PS3.3 C.11.2",
    )


class _Windows:
    name = "window"

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def count(self, place: PixelDataset) -> int | None:
        """How many there are; 0 when they cannot be read, ``None`` when absent."""
        if not there(place, "WindowCenter", "WindowWidth"):
            return None
        count = min(len(numbers(place, "WindowCenter")), len(numbers(place, "WindowWidth")))
        if not count:
            self._bad(place)
        return count

    def view(self, place: PixelDataset, at: int) -> Window | None:
        center, width = numbers(place, "WindowCenter")[at], numbers(place, "WindowWidth")[at]
        window = Window(center, width, _function(place, self._notes))
        if window.sound:
            return window
        self._bad(place)
        return None

    def _bad(self, place: PixelDataset) -> None:
        self._notes.warn(
            "bad-window",
            f"Window center {shown(place, 'WindowCenter')} and width "
            f"{shown(place, 'WindowWidth')} are no window; the image's own range is shown",
            tag="(0028,1051)",
            clause="PS3.3 C.11.2.1.2",
        )


class _Tables:
    name = "VOI LUT"

    def __init__(self, ds: PixelDataset, notes: Notes, *, signed: bool) -> None:
        self._ds, self._notes, self._signed = ds, notes, signed

    def count(self, place: PixelDataset) -> int | None:
        """How many there are; ``None`` when absent."""
        return len(values(place, "VOILUTSequence")) or None

    def view(self, place: PixelDataset, at: int) -> LookupTable | None:
        described = item(place, "VOILUTSequence", at)
        if described is None:
            return None
        return lookup_table(described, self._ds, signed=self._signed, notes=self._notes)


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
