"""How a frame lies in the patient: the letters at its edges, and its place along its normal."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from isocenter.pixels.geometry import Vector
from isocenter.pixels.source import PixelDataset, functional_groups, numbers, text, values

LEAST_SHARE = 0.2
"""A direction cosine below which an axis gets no letter: 11.5 degrees off is still ``A``."""

_AXES = (("R", "L"), ("A", "P"), ("F", "H"))  # of x, y and z: where they start, where they go
_OPPOSITE = str.maketrans("RLAPFH", "LRPAHF")
_LETTERS = re.compile("[RLAPFH]{1,3}")


@dataclass(frozen=True, slots=True)
class Edges:
    """What lies beyond each edge of an image, such as ``R``, ``A``, ``L`` and ``P``.

    Up to three letters each, the main direction first (PS3.3 C.7.6.1.1.1): R and L are the
    patient's right and left, A anterior, P posterior, H head, F foot.
    """

    left: str
    top: str
    right: str
    bottom: str


@dataclass(frozen=True, slots=True)
class Plane:
    """A frame's plane.

    ``normal`` is row direction times column direction, a unit vector in patient
    coordinates, ``place`` is millimetres along it; ``None`` where the data do not tell.
    """

    edges: Edges | None = None
    normal: Vector | None = None
    place: float | None = None


def plane(ds: PixelDataset, index: int = 0) -> Plane:
    """The plane of frame ``index``.

    Image Orientation (Patient) decides, of the frame, of all frames or of the data set;
    without one Patient Orientation still gives letters. Quadrupeds get none: their letters
    are others.
    """
    biped = text(ds, "AnatomicalOrientationType") in {"", "BIPED"}
    cosines = _found(ds, index, "PlaneOrientationSequence", "ImageOrientationPatient")
    normal = _normal(cosines)
    if normal is None:
        return Plane(_told(ds) if biped else None)
    row, column = cosines[:3], cosines[3:]
    edges = _edges(_letters(row), _letters(column)) if biped else None
    position = _found(ds, index, "PlanePositionSequence", "ImagePositionPatient")
    return Plane(edges, normal, along(normal, position))


def _found(ds: PixelDataset, index: int, macro: str, keyword: str) -> tuple[float, ...]:
    every = (numbers(place, keyword) for place in functional_groups(ds, index, macro))
    return next(filter(None, every), ())


def _normal(cosines: tuple[float, ...]) -> Vector | None:
    """A unit vector; ``None`` when two directions of length 1 do not span a plane."""
    if len(cosines) != 6:
        return None
    a, b, c, d, e, f = cosines
    if not all(0.9 < math.hypot(*side) < 1.1 for side in ((a, b, c), (d, e, f))):
        return None
    cross = (b * f - c * e, c * d - a * f, a * e - b * d)
    length = math.hypot(*cross)
    return (cross[0] / length, cross[1] / length, cross[2] / length) if length > 0.1 else None


def along(normal: Vector, position: tuple[float, ...]) -> float | None:
    """Millimetres of a position along a normal; ``None`` for what is no position."""
    if len(position) != 3 or not all(abs(one) < 1e9 for one in position):
        return None
    return math.fsum(a * b for a, b in zip(normal, position, strict=True))


def _letters(direction: tuple[float, ...]) -> str:
    """Where a direction goes, the axis it is nearest to first."""
    shares = sorted(zip(direction, _AXES, strict=True), key=lambda pair: -abs(pair[0]))
    return "".join(axis[share > 0] for share, axis in shares if abs(share) > LEAST_SHARE)


def _told(ds: PixelDataset) -> Edges | None:
    """The letters that a projection image names itself."""
    named = [str(one).strip(" \0") for one in values(ds, "PatientOrientation")]
    if len(named) != 2 or not all(map(_LETTERS.fullmatch, named)):
        return None
    return _edges(*named)


def _edges(row: str, column: str) -> Edges:
    """Rows go from the left edge to the right one, columns from the top down."""
    return Edges(row.translate(_OPPOSITE), column.translate(_OPPOSITE), row, column)
