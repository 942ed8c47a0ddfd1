"""How strongly, and in which direction, an MR image is weighted by diffusion.

What the Standard's attributes say counts first; where they say nothing, or a b-value
without a direction, the vendor's private elements are asked. What each vendor's rule
rests on is in its docstring: measured in our test data, or assumed from what public
converters agree on. Values that make no sense are passed over, never corrected.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from isocenter.errors import UsageError
from isocenter.pixels.geometry import Orientation, Vector, slice_key
from isocenter.pixels.siemens import (
    MAKER,
    MR_CREATOR,
    CsaHeaderError,
    csa_image_header,
    private_value,
)
from isocenter.pixels.source import (
    PixelDataset,
    functional_groups,
    integer,
    item,
    number,
    numbers,
    text,
)

B_LIMIT = 100_000.0
"""s/mm2; a larger b-value is nonsense: research scanners reach a third of it."""

UNIT_TOLERANCE = 0.02
"""How far from 1 the length of a direction may be: vendors write two to six decimals."""

_GE_FLAG = 1_000_000_000
_UNDIRECTED = ("ISOTROPIC", "NONE")


@dataclass(frozen=True, slots=True)
class Diffusion:
    """The diffusion weighting of one image.

    ``b_value`` is in s/mm2. ``direction`` is the gradient's direction as a unit vector in
    patient coordinates (x to the left, y to the back, z to the head: PS3.3 C.7.6.2.1.1);
    a direction and its opposite weight alike, so its sign is as found. It is ``None``
    where b is 0, where all directions are averaged, or where the data set does not tell
    it. ``source`` is who said so: ``"standard"``, ``"Siemens CSA header"``,
    ``"Siemens private"``, ``"GE private"``, ``"Philips private"`` or ``"UIH private"``.

    A b-value of 0 does not mean that the image belongs to a diffusion series: GE and
    Philips write the elements into every MR image.
    """

    b_value: float
    direction: Vector | None
    source: str


def diffusion(ds: PixelDataset, frame: int | None = None) -> Diffusion | None:
    """The diffusion weighting; ``None`` when nothing, or only nonsense, is said of it.

    Args:
        ds: the data set of an MR image; pixel data are not needed.
        frame: which frame of an enhanced multi-frame image, from 0. Without it only
            what holds for the whole image counts.

    Raises:
        UsageError: the image has no such frame.

    Source: PS3.3 C.8.13.5.9 (MR Diffusion Macro), and see the vendors' rules.
    """
    count = integer(ds, "NumberOfFrames") or 1
    if frame is not None and not 0 <= frame < count:
        raise UsageError(f"There is no frame {frame}: the image has {count}, from 0")
    if count > 1:
        return _enhanced(ds, frame)
    found = _standard(functional_groups(ds, 0, "MRDiffusionSequence"))
    return found if _settled(ds, found) else _better(found, _vendors(ds))


def _enhanced(ds: PixelDataset, frame: int | None) -> Diffusion | None:
    """One frame's weighting, or that shared by all: private elements hold for neither."""
    if frame is not None:
        return _standard(functional_groups(ds, frame, "MRDiffusionSequence"))
    shared = item(ds, "SharedFunctionalGroupsSequence")
    macro = None if shared is None else item(shared, "MRDiffusionSequence")
    return _standard([ds] if macro is None else [macro, ds])


def _standard(groups: Iterable[PixelDataset]) -> Diffusion | None:
    """The first of ``groups`` that tells a b-value."""
    return next(filter(None, map(_macro, groups)), None)


def _macro(group: PixelDataset) -> Diffusion | None:
    """Measured: Philips, single-frame, with and without the sequence around the vector."""
    b_value = number(group, "DiffusionBValue")
    if _directionality(group) in _UNDIRECTED:
        return _weighting(b_value, (), "standard")
    vector = numbers(group, "DiffusionGradientOrientation")
    inner = item(group, "DiffusionGradientDirectionSequence")
    if not vector and inner is not None:
        vector = numbers(inner, "DiffusionGradientOrientation")
    return _weighting(b_value, vector, "standard")


def _directionality(group: PixelDataset) -> str:
    return text(group, "DiffusionDirectionality").upper()


def _settled(ds: PixelDataset, found: Diffusion | None) -> bool:
    """Whether no vendor need be asked."""
    if found is None:
        return False
    macro = next(iter(functional_groups(ds, 0, "MRDiffusionSequence")))
    undirected = _directionality(macro) in _UNDIRECTED
    return found.direction is not None or found.b_value == 0 or undirected


def _better(found: Diffusion | None, told: Diffusion | None) -> Diffusion | None:
    """What the vendor tells, unless it contradicts the b-value of the Standard."""
    if found is None or told is None:
        return found or told
    agrees = math.isclose(found.b_value, told.b_value, abs_tol=1)
    return told if agrees and told.direction is not None else found


def _vendors(ds: PixelDataset) -> Diffusion | None:
    """The first vendor's rule that tells a weighting."""
    rules: tuple[Callable[[PixelDataset], Diffusion | None], ...] = (
        _siemens_csa,
        _siemens,
        _ge,
        _philips,
        _uih,
    )
    return next(filter(None, (rule(ds) for rule in rules)), None)


def _siemens_csa(ds: PixelDataset) -> Diffusion | None:
    """B_value and DiffusionGradientDirection of the CSA header, in patient coordinates.

    Assumed: no header of a diffusion image was at hand, only one of another sequence,
    which has both entries without values.
    """
    try:
        header = csa_image_header(ds)
    except CsaHeaderError:
        return None
    b_value = _floats(header.get("B_value", ()))
    vector = _floats(header.get("DiffusionGradientDirection", ()))
    return _weighting(_single(b_value), vector, "Siemens CSA header")


def _siemens(ds: PixelDataset) -> Diffusion | None:
    """B value (0019,xx0C) and direction (0019,xx0E), in patient coordinates. Assumed."""
    b_value = _private(ds, 0x0019100C, MR_CREATOR, MAKER, "IS")
    vector = _private(ds, 0x0019100E, MR_CREATOR, MAKER, "FD")
    return _weighting(_single(b_value), vector, "Siemens private")


def _ge(ds: PixelDataset) -> Diffusion | None:
    """The first value of (0043,xx39) and the vector (0019,xxBB) to (0019,xxBD).

    Measured: where they stand, and b-values of 0 and 1000. Assumed: some releases add
    10^9 to b, so it is taken modulo 10^9; and the axes of the vector, see
    :func:`_from_gradient_axes`. A vector that is neither 0 nor of length 1 stands for a
    smaller b than told in some releases and not in others: that is no answer.
    """
    b_value = _single(_private(ds, 0x00431039, "GEMS_PARM_01", "GE ", "IS"))
    tags = 0x001910BB, 0x001910BC, 0x001910BD
    vector = [one for tag in tags for one in _private(ds, tag, "GEMS_ACQU_01", "GE ", "DS")[:1]]
    found = _weighting(None if b_value is None else b_value % _GE_FLAG, vector, "GE private")
    if found is None or found.direction is None:
        return found
    turned = _from_gradient_axes(ds, found.direction)
    return Diffusion(found.b_value, turned, found.source)


def _from_gradient_axes(ds: PixelDataset, vector: Vector) -> Vector | None:
    """A direction along frequency, phase and slice gradients in patient coordinates.

    Assumed, not measured: with row direction r, column direction c and normal n = r x c
    of the image, phase encoding along the columns (COL) means x r + y c - z n, along the
    rows (ROW) y r - x c - z n, up to a common sign. Two public converters that were
    checked by their users against anatomy agree on it. ``None`` when In-plane Phase
    Encoding Direction or Image Orientation (Patient) does not tell the axes.
    """
    cosines = slice_key(ds, "").orientation
    phase = text(ds, "InPlanePhaseEncodingDirection").upper()
    x, y, z = vector
    in_plane = {"COL": (x, y), "ROW": (y, -x)}.get(phase)
    return None if cosines is None or in_plane is None else _turned((*in_plane, -z), cosines)


def _turned(vector: Vector, cosines: Orientation) -> Vector | None:
    """The vector along row, column and normal, in patient coordinates."""
    row, column = np.array(cosines[:3]), np.array(cosines[3:])
    return _unit(np.column_stack([row, column, np.cross(row, column)]) @ np.array(vector))


def _philips(ds: PixelDataset) -> Diffusion | None:
    """Diffusion B-Factor (2001,xx03) and Direction RL, AP, FH (2005,xxB0) to (2005,xxB2).

    Measured: in one file with both, (-1, 0, 0) is also what the standard attribute says,
    so x counts to the left. Assumed: so y to the back and z to the head.
    """
    b_value = _private(ds, 0x20011003, "Philips Imaging DD 001", "PHILIPS", "FL")
    tags = 0x200510B0, 0x200510B1, 0x200510B2
    creator = "Philips MR Imaging DD 001"
    vector = [one for tag in tags for one in _private(ds, tag, creator, "PHILIPS", "FL")]
    return _weighting(_single(b_value), vector, "Philips private")


def _uih(ds: PixelDataset) -> Diffusion | None:
    """The actual b-value (0065,xx09).

    The vector (0065,xx37) is documented by name only, and converters disagree with the
    vendor's users about its axes: no direction is told.
    """
    b_value = _private(ds, 0x00651009, "Image Private Header", "UIH", "FD")
    return _weighting(_single(b_value), (), "UIH private")


_BINARY = {"FL": struct.Struct("<f"), "FD": struct.Struct("<d")}


def _private(ds: PixelDataset, tag: int, creator: str, maker: str, vr: str) -> tuple[float, ...]:
    """The numbers of a private element; of VR UN its bytes are read as ``vr``.

    Behind VR UN bytes are little endian (PS3.5 6.2.2).
    """
    found = private_value(ds, tag, creator, maker)
    if not isinstance(found, bytes):
        several = isinstance(found, Iterable) and not isinstance(found, str)
        return _floats(found if several else [found])
    form = _BINARY.get(vr)
    if form is None:
        return _floats(found.decode("latin_1").split("\\"))
    return () if len(found) % form.size else _floats(one for (one,) in form.iter_unpack(found))


def _floats(found: Iterable[Any]) -> tuple[float, ...]:
    """Every value as a finite number; none at all when one of them is not."""
    try:
        read = tuple(float(str(one).strip(" \0")) for one in found)
    except ValueError:
        return ()
    return read if all(map(math.isfinite, read)) else ()


def _single(found: tuple[float, ...]) -> float | None:
    return found[0] if found else None


def _weighting(b_value: float | None, vector: Iterable[float], source: str) -> Diffusion | None:
    """A weighting that makes sense: 0 <= b <= B_LIMIT, and no, a zero or a unit vector."""
    vector = tuple(vector)
    if b_value is None or not 0 <= b_value <= B_LIMIT:
        return None
    if b_value == 0 or not any(vector):
        return Diffusion(b_value, None, source)
    direction = _unit(vector)
    return direction and Diffusion(b_value, direction, source)


def _unit(vector: Iterable[float]) -> Vector | None:
    """The vector at length 1; ``None`` when it has not three components or is far from it."""
    found = tuple(map(float, vector))
    length = math.hypot(*found)
    if len(found) != 3 or not abs(length - 1) <= UNIT_TOLERANCE:
        return None
    return found[0] / length, found[1] / length, found[2] / length
