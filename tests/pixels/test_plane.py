"""How a frame lies: letters at its edges (PS3.3 C.7.6.1.1.1), and its place along its normal."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter import Dataset
from isocenter.pixels.plane import Edges, Plane, plane

AXIAL = [1, 0, 0, 0, 1, 0]
SAGITTAL = [0, 1, 0, 0, 0, -1]
CORONAL = [1, 0, 0, 0, 0, -1]


def dataset(orientation=None, position=None, **values) -> Dataset:
    ds = Dataset()
    if orientation is not None:
        ds.ImageOrientationPatient = list(orientation)
    if position is not None:
        ds.ImagePositionPatient = list(position)
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


@pytest.mark.parametrize(
    ("edges", "orientation"),
    [
        (Edges(left="R", top="A", right="L", bottom="P"), AXIAL),
        (Edges(left="A", top="H", right="P", bottom="F"), SAGITTAL),
        (Edges(left="R", top="H", right="L", bottom="F"), CORONAL),
        (Edges(left="L", top="P", right="R", bottom="A"), [-1, 0, 0, 0, -1, 0]),
    ],
)
def test_letters_of_the_three_planes(edges, orientation):
    assert edges == plane(dataset(orientation)).edges


def test_the_main_direction_comes_first():
    c, s = math.cos(0.5), math.sin(0.5)
    found = plane(dataset([c, s, 0, 0, 0, -1])).edges
    assert found == Edges(left="RA", top="H", right="LP", bottom="F")


def test_a_small_tilt_has_no_letter_of_its_own():
    c, s = math.cos(0.15), math.sin(0.15)
    assert plane(dataset([1, 0, 0, 0, c, s])).edges == plane(dataset(AXIAL)).edges


@given(st.integers(0, 2**32 - 1))
def test_any_rotation_names_the_direction_of_the_greatest_cosine_first(seed):
    q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    found = plane(dataset([*q[:, 0].tolist(), *q[:, 1].tolist()])).edges
    assert found is not None
    for direction, letters in ((q[:, 0], found.right), (q[:, 1], found.bottom)):
        axis = int(np.argmax(np.abs(direction)))
        assert ("RL", "AP", "FH")[axis][int(direction[axis] > 0)] == letters[0]
        assert 1 <= len(letters) <= 3


def test_place_is_millimetres_along_the_normal():
    found = plane(dataset(SAGITTAL, [12.5, 3, 4]))
    assert found.normal == (-1.0, 0.0, 0.0)
    assert found.place == -12.5


def test_a_frame_of_an_enhanced_image_has_its_own_plane():
    frames = []
    for z in (5, 10):
        frame = Dataset()
        place = Dataset()
        place.ImagePositionPatient = [0, 0, z]
        frame.PlanePositionSequence = [place]
        frames.append(frame)
    shared = Dataset()
    shared.PlaneOrientationSequence = [dataset(AXIAL)]
    ds = dataset(SharedFunctionalGroupsSequence=[shared], PerFrameFunctionalGroupsSequence=frames)
    assert [plane(ds, index).place for index in (0, 1)] == [5.0, 10.0]
    assert plane(ds, 1).edges == Edges("R", "A", "L", "P")


@pytest.mark.parametrize(
    "orientation",
    [None, [1, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0], [1, 0, 0], [9, 0, 0, 0, 9, 0]],
)
def test_without_two_directions_nothing_is_told(orientation):
    assert plane(dataset(orientation, [0, 0, 0])) == Plane()


def test_a_projection_image_names_its_letters_itself():
    found = plane(dataset(PatientOrientation=["P", "FR"]))
    assert found == Plane(Edges(left="A", top="HL", right="P", bottom="FR"))


@pytest.mark.parametrize("written", [["X", "F"], ["P"], ["", ""], "P"])
def test_letters_that_are_none_are_not_shown(written):
    assert plane(dataset(PatientOrientation=written)).edges is None


def test_a_quadruped_gets_no_letters_of_a_biped():
    found = plane(dataset(AXIAL, [0, 0, 7], AnatomicalOrientationType="QUADRUPED"))
    assert (found.edges, found.place) == (None, 7.0)


@pytest.mark.parametrize("position", [None, [1, 2], [0, 0, 1e12]])
def test_without_a_position_there_is_no_place(position):
    assert plane(dataset(AXIAL, position)).place is None
