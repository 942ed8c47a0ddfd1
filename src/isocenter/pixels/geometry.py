"""The order of a series' slices: by place along their normal, else by number, else by name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from isocenter.ordering import natural
from isocenter.pixels.source import PixelDataset, integer, numbers

Vector = tuple[float, float, float]
Orientation = tuple[float, float, float, float, float, float]

ORIENTATION_TOLERANCE = 1e-3
"""Direction cosines that differ by no more are the same; 0.06 degrees, more than rounding does."""

PLACE_TOLERANCE = 1e-3
"""Millimetres along the normal below which two slices are at one place."""


@dataclass(frozen=True, slots=True)
class SliceKey:
    """What one image of a series is ordered by.

    ``position`` is Image Position (Patient) in millimetres, ``orientation`` the
    direction cosines of row and column, ``number`` is Instance Number, ``name`` how
    the image is called when nothing else tells.
    """

    position: Vector | None
    orientation: Orientation | None
    number: int | None
    name: str


def slice_key(ds: PixelDataset, name: str, turned_as: SliceKey | None = None) -> SliceKey:
    """The key of image ``ds``; what is missing or nonsense is ``None``.

    Frames of an enhanced multi-frame image stay as stored: only the data set's own
    position counts. ``turned_as`` is the key of an image whose orientation is known to be the
    same, and need not be decoded again.
    """
    position = numbers(ds, "ImagePositionPatient")
    return SliceKey(
        position=(position[0], position[1], position[2]) if _sound(position, 3) else None,
        orientation=turned_as.orientation if turned_as else _orientation_of(ds),
        number=integer(ds, "InstanceNumber"),
        name=name,
    )


def _sound(found: tuple[float, ...], size: int) -> bool:
    return len(found) == size and all(abs(one) < 1e9 for one in found)


def _orientation_of(ds: PixelDataset) -> Orientation | None:
    """Direction cosines that span a plane."""
    found = numbers(ds, "ImageOrientationPatient")
    if not _sound(found, 6):
        return None
    whole = (found[0], found[1], found[2], found[3], found[4], found[5])
    return whole if math.hypot(*_cross(whole)) > 0.1 else None


def _cross(o: Orientation) -> Vector:
    """Row direction times column direction: the normal (PS3.3 C.7.6.2.1.1)."""
    return (
        o[1] * o[5] - o[2] * o[4],
        o[2] * o[3] - o[0] * o[5],
        o[0] * o[4] - o[1] * o[3],
    )


def slice_order(keys: Sequence[SliceKey]) -> list[int]:
    """Indices of ``keys`` in display order, whatever order they come in.

    Slices of one orientation at distinct places: ascending along the normal. If several
    share a place (time points, echoes), or orientations differ (localizers), or one is
    not told: by Instance Number, then place, then name, so that a volume stays
    together as it was acquired. Without numbers: by place and name, where 2 comes
    before 10.
    """
    places = _places(keys)
    told = [place for place in places if place is not None]
    if len(told) == len(keys) and _distinct(told):
        return sorted(range(len(keys)), key=lambda n: (told[n], _tie(keys[n])))
    return sorted(range(len(keys)), key=lambda n: (_numbered(keys[n], places[n]), _tie(keys[n])))


def _places(keys: Sequence[SliceKey]) -> list[float | None]:
    """Millimetres along the common normal; ``None`` for all when there is no common one."""
    orientations = [key.orientation for key in keys if key.orientation is not None]
    if not orientations or len(orientations) < len(keys) or not _common(orientations):
        return [None] * len(keys)
    normal = _cross(min(orientations))  # any of them, but the same one in every order
    return [None if key.position is None else _along(normal, key.position) for key in keys]


def _along(normal: Vector, position: Vector) -> float:
    return sum(a * b for a, b in zip(normal, position, strict=True))


def _common(orientations: list[Orientation]) -> bool:
    return all(
        max(column) - min(column) <= ORIENTATION_TOLERANCE
        for column in zip(*orientations, strict=True)
    )


def _distinct(places: list[float]) -> bool:
    return all(b - a > PLACE_TOLERANCE for a, b in pairwise(sorted(places)))


def _numbered(key: SliceKey, place: float | None) -> tuple[Any, ...]:
    """Numbered images first; within a number by place."""
    return (key.number is None, key.number or 0, place is None, place or 0.0)


def _tie(key: SliceKey) -> tuple[Any, ...]:
    """A total order of keys: natural name, then every other fact."""
    return (
        natural(key.name),
        key.name,
        key.number is None,
        key.number or 0,
        key.position or (),
        key.orientation or (),
    )
