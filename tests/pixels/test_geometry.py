"""The order of slices."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.ordering import natural
from isocenter.pixels import SliceKey, slice_key, slice_order

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)


def key(z=None, number=None, name="", orientation=AXIAL):
    position = None if z is None else (0.0, 0.0, float(z))
    return SliceKey(position, orientation, number, name)


def test_by_place_along_the_normal_whatever_the_numbers_say():
    keys = [key(5, 1), key(-3, 2), key(40, 3), key(12.5, 4)]
    assert slice_order(keys) == [1, 0, 3, 2]


def test_the_normal_is_row_times_column():
    flipped = (1.0, 0.0, 0.0, 0.0, -1.0, 0.0)
    assert slice_order([key(1, orientation=flipped), key(2, orientation=flipped)]) == [1, 0]


def test_an_oblique_stack():
    c, s = math.cos(0.4), math.sin(0.4)
    oblique = (1.0, 0.0, 0.0, 0.0, c, s)
    places = [3, 0, 2, 1]
    keys = [SliceKey((7.0, -s * d, c * d), oblique, None, "") for d in places]
    assert slice_order(keys) == [1, 3, 2, 0]


def test_orientations_that_differ_by_rounding_are_one():
    other = (1.0, 0.0, 0.0004, 0.0, 1.0, -0.0003)
    assert slice_order([key(2, 1), key(1, 2, orientation=other)]) == [1, 0]


def test_localizers_go_by_number():
    keys = [key(0, 3), key(9, 1, orientation=SAGITTAL), key(-9, 2)]
    assert slice_order(keys) == [1, 2, 0]


def test_time_points_of_a_place_go_by_number_then_place():
    keys = [key(10, 3), key(0, 1), key(10, 4), key(0, 2), key(5, 2)]
    assert slice_order(keys) == [1, 3, 4, 0, 2]


def test_echoes_with_equal_numbers_go_by_place():
    keys = [key(10, 1, "b"), key(0, 1, "a"), key(10, 1, "a"), key(0, 1, "b")]
    assert slice_order(keys) == [1, 3, 2, 0]


def test_an_image_without_a_place_sends_all_to_their_numbers():
    assert slice_order([key(5, 2), key(None, 1), key(1, 3)]) == [1, 0, 2]


def test_images_without_numbers_come_after_numbered_ones():
    assert slice_order([key(None, None, "a"), key(None, 7, "z")]) == [1, 0]


def test_names_are_the_last_resort_and_natural():
    names = ["im10", "im2", "IM1", "im02"]
    keys = [key(name=name, orientation=None) for name in names]
    assert [names[n] for n in slice_order(keys)] == ["IM1", "im02", "im2", "im10"]


def test_nothing_to_order():
    assert slice_order([]) == []


def test_natural_keys_of_any_characters():
    assert sorted(["a²", "a1", "٣", "", "1", "a"], key=natural)[:2] == ["", "1"]


keys = st.builds(
    SliceKey,
    st.none() | st.tuples(*[st.floats(-500, 500)] * 3),
    st.none() | st.sampled_from([AXIAL, SAGITTAL, (1.0, 0.0, 0.0, 0.0, 1.0, 2e-4)]),
    st.none() | st.integers(-2, 5),
    st.text("ab12", max_size=3),
)


@given(st.lists(keys, max_size=12), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order(images, shuffle: random.Random):
    expected = [images[n] for n in slice_order(images)]
    mixed = images.copy()
    shuffle.shuffle(mixed)
    assert [mixed[n] for n in slice_order(mixed)] == expected
    assert sorted(slice_order(images)) == list(range(len(images)))


@given(st.lists(st.integers(-(10**6), 10**6), unique=True, max_size=20))
def test_distinct_places_ascend(places):
    ordered = [places[n] for n in slice_order([key(z, 1) for z in places])]
    assert ordered == sorted(places)


def test_slice_key_reads_the_data_set(make):
    ds = make.image(
        ImagePositionPatient=[1.5, 2, -3],
        ImageOrientationPatient=list(AXIAL),
        InstanceNumber="12",
    )
    assert slice_key(ds, "x") == SliceKey((1.5, 2.0, -3.0), AXIAL, 12, "x")


@pytest.mark.parametrize(
    "nonsense",
    [
        "ABC",
        None,
        "",
        [],
        [1, 2],
        [1, 2, 3, 4],
        5,
        ["a", "b", "c"],
        [1, 2, math.nan],
        [1, 2, 1e300],
    ],
)
def test_slice_key_of_nonsense(make, nonsense):
    ds = make.image(ImagePositionPatient=nonsense, InstanceNumber="ABC")
    assert slice_key(ds, "x") == SliceKey(None, None, None, "x")


@pytest.mark.parametrize("flat", [[0] * 6, [1, 0, 0, 1, 0, 0], [math.inf] * 6, "nonsense"])
def test_an_orientation_without_a_plane_is_none(make, flat):
    assert slice_key(make.image(ImageOrientationPatient=flat), "x").orientation is None
