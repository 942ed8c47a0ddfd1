"""From loose data sets to series and stacks: images of one kind, ordered along their normal.

Only headers are asked. Frames inside a multi-frame image, and slices inside a mosaic, are
not taken apart: such a data set is one image here.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median_low
from typing import Any

import numpy as np

from isocenter.errors import Finding, Level
from isocenter.ordering import natural
from isocenter.pixels.diffusion import Diffusion, diffusion
from isocenter.pixels.geometry import (
    ORIENTATION_TOLERANCE,
    PLACE_TOLERANCE,
    Orientation,
    SliceKey,
    Vector,
    slice_key,
    slice_order,
)
from isocenter.pixels.source import PixelDataset, integer, number, text

SPACING_TOLERANCE = 0.01
"""Millimetres by which the gaps of a stack may differ and still count as one spacing."""

TEMPORAL_ATTRIBUTES = ("TriggerTime", "AcquisitionNumber", "AcquisitionTime")
"""What may tell images at one place apart, in this order."""

_POSITION = "(0020,0032)"
_CLAUSE = "PS3.3 C.7.6.2.1.1"


@dataclass(frozen=True, slots=True)
class Series:
    """Images with one Series Instance UID, in the order of :func:`slice_order`.

    ``uid`` is empty for images that name no series.
    """

    uid: str
    datasets: tuple[PixelDataset, ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """Images of one orientation, size, echo, diffusion weighting and point in time.

    ``datasets`` are in the order of :func:`slice_order`: ascending along the normal when
    every image has a place of its own. ``rows`` and ``columns`` are in pixels.

    ``echo_number`` is Echo Number(s), ``echo_time`` Echo Time in milliseconds,
    ``diffusion`` what :func:`isocenter.pixels.diffusion.diffusion` tells, ``time`` the
    index of the stack in time, from 0, and ``time_source`` the attribute that tells it
    (empty when the series has one point in time, or does not tell them apart).

    ``normal`` is row direction times column direction, a unit vector in patient
    coordinates. ``places`` are the distinct places along it, in millimetres from the
    origin, ascending; empty when an image has none. ``spacing`` is the distance between
    neighbouring places in millimetres, ``None`` for one place or when the gaps differ by
    more than ``SPACING_TOLERANCE``. ``findings`` tell missing and duplicate places.
    """

    datasets: tuple[PixelDataset, ...]
    rows: int | None
    columns: int | None
    echo_number: int | None
    echo_time: float | None
    diffusion: Diffusion | None
    time: int | None
    time_source: str
    normal: Vector | None
    places: tuple[float, ...]
    spacing: float | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Image:
    """One data set with what it is sorted by, each read once."""

    ds: PixelDataset
    key: SliceKey
    size: tuple[int | None, int | None]
    echo: tuple[int | None, float | None]
    diffusion: Diffusion | None
    position_in_time: int | None
    place: float | None


def group_series(datasets: Iterable[PixelDataset]) -> list[Series]:
    """The data sets by Series Instance UID, whatever order they come in.

    Series are in natural order of their UIDs, images in that of :func:`slice_order`
    with the SOP Instance UID for a name.
    """
    groups = _grouped(datasets, lambda ds: text(ds, "SeriesInstanceUID"))
    return [
        Series(uid, tuple(_ordered(groups[uid], lambda ds: slice_key(ds, _name(ds)))))
        for uid in sorted(groups, key=natural)
    ]


def stacks(series: Series | Iterable[PixelDataset]) -> list[Stack]:
    """The stacks of a series, whatever order its data sets come in.

    Images are in one stack when they agree in orientation (to half of
    ``ORIENTATION_TOLERANCE`` in every direction cosine), Rows and Columns, Echo
    Number(s) and Echo Time (to 0.01 ms), b-value and gradient direction, and Temporal
    Position Identifier. Localizers thereby fall apart by orientation.

    Where several such images share a place, the first of ``TEMPORAL_ATTRIBUTES`` that
    tells all images at every place apart splits them further: by its values when these
    give stacks without duplicates, else the earliest of each place come first, and so
    on. When none does, the images stay together and a finding says so. Trigger and
    acquisition times never split images at different places: within one volume they
    differ from slice to slice.

    Args:
        series: what :func:`group_series` gives, or any data sets of one series.

    Returns:
        The stacks, ordered by orientation, size, echo, diffusion and time.
    """
    datasets = series.datasets if isinstance(series, Series) else tuple(series)
    images = _images(datasets)
    groups = _grouped(images, _kind)
    numbered = len({image.position_in_time for image in images}) > 1
    return [
        stack
        for kind in sorted(groups, key=_sort_key)
        for stack in _stacks_of_kind(groups[kind], numbered=numbered)
    ]


def _grouped(things: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    return groups


def _ordered(things: Sequence[Any], key: Callable[[Any], SliceKey]) -> list[Any]:
    return [things[n] for n in slice_order([key(thing) for thing in things])]


def _name(ds: PixelDataset) -> str:
    return text(ds, "SOPInstanceUID")


def _images(datasets: Sequence[PixelDataset]) -> list[_Image]:
    """The data sets with their facts; orientations that are one become the same value."""
    keys = [slice_key(ds, _name(ds)) for ds in datasets]
    orientations = _orientations(key.orientation for key in keys)
    return [
        _image(ds, key, key.orientation and orientations[key.orientation])
        for ds, key in zip(datasets, keys, strict=True)
    ]


def _orientations(found: Iterable[Orientation | None]) -> dict[Orientation, Orientation]:
    """For every orientation the one that stands for it: half the tolerance away at most."""
    standing: dict[Orientation, Orientation] = {}
    chosen: list[Orientation] = []
    for one in sorted({orientation for orientation in found if orientation is not None}):
        near = next((other for other in chosen if _near(one, other)), None)
        if near is None:
            chosen.append(one)
        standing[one] = near or one
    return standing


def _near(one: Orientation, other: Orientation) -> bool:
    return all(abs(a - b) <= ORIENTATION_TOLERANCE / 2 for a, b in zip(one, other, strict=True))


def _image(ds: PixelDataset, key: SliceKey, orientation: Orientation | None) -> _Image:
    time = number(ds, "EchoTime")
    normal = _normal(orientation)
    return _Image(
        ds=ds,
        key=SliceKey(key.position, orientation, key.number, key.name),
        size=(integer(ds, "Rows"), integer(ds, "Columns")),
        echo=(integer(ds, "EchoNumbers"), None if time is None else round(time, 2)),
        diffusion=diffusion(ds),
        position_in_time=integer(ds, "TemporalPositionIdentifier"),
        place=_place(normal, key.position),
    )


def _normal(orientation: Orientation | None) -> Vector | None:
    """Row direction times column direction at length 1 (PS3.3 C.7.6.2.1.1)."""
    if orientation is None:
        return None
    cross = np.cross(orientation[:3], orientation[3:])
    x, y, z = (cross / np.linalg.norm(cross) + 0.0).tolist()  # no minus zeros
    return x, y, z


def _place(normal: Vector | None, position: Vector | None) -> float | None:
    if normal is None or position is None:
        return None
    return math.fsum(a * b for a, b in zip(normal, position, strict=True))


def _kind(image: _Image) -> tuple[Any, ...]:
    """What images of one stack have in common before duplicates are looked at."""
    weighting = image.diffusion
    direction = weighting.direction if weighting else None
    return (
        image.key.orientation,
        image.size,
        image.echo,
        None if weighting is None else weighting.b_value,
        direction and tuple(round(one, 3) + 0.0 for one in direction),
        image.position_in_time,
    )


def _sort_key(kind: Any) -> tuple[Any, ...]:
    """Tuples of values and gaps in an order: what is missing comes last."""
    if isinstance(kind, tuple):
        return (0, tuple(map(_sort_key, kind)))
    return (1, ()) if kind is None else (0, kind)


def _stacks_of_kind(images: list[_Image], *, numbered: bool) -> list[Stack]:
    """One stack, or one for every point in time that a temporal attribute tells."""
    first = images[0].position_in_time
    if not _repeated(images):
        source = "TemporalPositionIdentifier" if numbered and first is not None else ""
        return [_stack(images, first - 1 if source and first is not None else None, source)]
    for attribute in TEMPORAL_ATTRIBUTES:
        times = _times(images, attribute)
        if times is not None:
            return [_stack(part, n, attribute) for n, part in enumerate(times)]
    return [_stack(images, None, "")]


def _repeated(images: Sequence[_Image]) -> list[float]:
    """Places at which there is more than one image, in millimetres."""
    places = sorted(image.place for image in images if image.place is not None)
    return [b for a, b in pairwise(places) if b - a <= PLACE_TOLERANCE]


def _times(images: list[_Image], attribute: str) -> list[list[_Image]] | None:
    """The images by time; ``None`` when ``attribute`` leaves two at one place together."""
    told = [(_time(image.ds, attribute), image) for image in images]
    if any(time is None or image.place is None for time, image in told):
        return None
    by_value = _grouped(told, lambda pair: pair[0])
    parts = [[image for _, image in by_value[time]] for time in sorted(by_value)]
    whole = len(parts) == _most(images) and not any(map(_repeated, parts))
    return parts if whole else _ranked(told)


def _time(ds: PixelDataset, attribute: str) -> float | None:
    """Milliseconds, a number, or seconds since midnight: only their order counts."""
    if attribute == "AcquisitionTime":
        return _seconds(text(ds, attribute))
    return number(ds, attribute)


def _seconds(time: str) -> float | None:
    """A TM value as seconds (PS3.5 6.2), the retired form with colons too."""
    digits = time.replace(":", "")
    whole, _, _ = digits.partition(".")
    if not whole.isascii() or not whole.isdigit() or len(whole) not in {2, 4, 6}:
        return None
    try:
        return float(whole.ljust(6, "0")[:2]) * 3600 + _rest(digits)
    except ValueError:
        return None


def _rest(digits: str) -> float:
    minutes, seconds = digits[2:4] or "0", digits[4:] or "0"
    return float(minutes) * 60 + float(seconds)


def _most(images: Sequence[_Image]) -> int:
    """How many images the fullest place has."""
    return max(map(len, _by_place(images)))


def _by_place(images: Sequence[_Image]) -> list[list[_Image]]:
    groups: list[list[_Image]] = []
    last = -math.inf
    for image in sorted(images, key=lambda image: image.place or 0.0):
        place = image.place or 0.0
        if place - last > PLACE_TOLERANCE:
            groups.append([])
        groups[-1].append(image)
        last = place
    return groups


def _ranked(told: list[tuple[float | None, _Image]]) -> list[list[_Image]] | None:
    """The earliest image of each place, then the next; ``None`` when two are as early."""
    time = {id(image): moment or 0.0 for moment, image in told}
    parts: list[list[_Image]] = []
    for place in _by_place([image for _, image in told]):
        if len({time[id(image)] for image in place}) < len(place):
            return None
        for rank, image in enumerate(sorted(place, key=lambda image: time[id(image)])):
            if rank == len(parts):
                parts.append([])
            parts[rank].append(image)
    return parts


def _stack(images: list[_Image], time: int | None, source: str) -> Stack:
    """The images in order, with the facts of the stack."""
    ordered = _ordered(images, lambda image: image.key)
    first = ordered[0]
    places = _places(ordered)
    return Stack(
        datasets=tuple(image.ds for image in ordered),
        rows=first.size[0],
        columns=first.size[1],
        echo_number=first.echo[0],
        echo_time=first.echo[1],
        diffusion=first.diffusion,
        time=time,
        time_source=source,
        normal=_normal(first.key.orientation),
        places=places,
        spacing=_spacing(places),
        findings=tuple(_findings(ordered, places)),
    )


def _places(images: Sequence[_Image]) -> tuple[float, ...]:
    """The distinct places along the normal; none at all when one is not told."""
    if any(image.place is None for image in images):
        return ()
    return tuple(group[0].place or 0.0 for group in _by_place(images))


def _gaps(places: Sequence[float]) -> list[float]:
    return [b - a for a, b in pairwise(places)]


def _spacing(places: Sequence[float]) -> float | None:
    """The mean gap in millimetres, when all are alike."""
    gaps = _gaps(places)
    if not gaps or max(gaps) - min(gaps) > SPACING_TOLERANCE:
        return None
    return (places[-1] - places[0]) / len(gaps)


def _findings(images: Sequence[_Image], places: Sequence[float]) -> Iterable[Finding]:
    """What keeps the stack from being a regular volume."""
    if len(images) > 1 and not places:
        yield _finding("no-position", "Not every image says where it is; they go by number")
    if repeated := _repeated(images):
        message = f"{len(repeated)} more images than places, first at {repeated[0]:.2f} mm"
        yield _finding("duplicate-position", message)
    gaps = _gaps(places)
    if gaps and _spacing(places) is None:
        yield _uneven(gaps, places)


def _uneven(gaps: list[float], places: Sequence[float]) -> Finding:
    """Gaps that are multiples of the usual one miss slices; others are just uneven."""
    usual = median_low(gaps)
    counts = [round(gap / usual) for gap in gaps]
    odd = (
        abs(gap - n * usual) > SPACING_TOLERANCE * n for gap, n in zip(gaps, counts, strict=True)
    )
    if min(counts) < 1 or any(odd):
        message = f"Slices are {min(gaps):.3f} to {max(gaps):.3f} mm apart"
        return _finding("uneven-spacing", message)
    after = places[next(n for n, count in enumerate(counts) if count > 1)]
    message = f"Slices missing: {sum(counts) - len(counts)}, the first after {after:.2f} mm"
    return _finding("missing-slices", message)


def _finding(code: str, message: str) -> Finding:
    return Finding(Level.WARNING, code, message, tag=_POSITION, clause=_CLAUSE)
