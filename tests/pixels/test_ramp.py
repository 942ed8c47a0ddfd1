"""Linear windows as integer arithmetic: the table, or nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.pixels.luts import Function, Grayscale, LookupTable, Rescale, Share, Window
from isocenter.pixels.ramp import find_ramp
from isocenter.pixels.voi import shades


def table(gray, dtype):
    """Every stored value, and its shade by the formula."""
    limits = np.iinfo(dtype)
    stored = np.arange(limits.min, limits.max + 1).astype(dtype)
    found = shades(gray.modality.apply(stored.astype(float)), gray.voi)
    return stored, 255 - found if gray.inverse else found


@pytest.mark.parametrize("dtype", [np.uint16, np.int16])
@pytest.mark.parametrize("inverse", [False, True])
@pytest.mark.parametrize(
    ("center", "width"), [(40, 400), (35, 80), (700, 3200), (50, 350), (-600, 1600), (300, 1500)]
)
def test_windows_of_every_day_are_ramps(center, width, inverse, dtype):
    gray = Grayscale(Rescale(1, -1024), Window(center, width), inverse=inverse)
    stored, expected = table(gray, dtype)
    ramp = find_ramp(stored, expected, gray)
    assert ramp is not None
    np.testing.assert_array_equal(ramp.apply(stored), expected, strict=True)


@given(
    slope=st.sampled_from([1, -1, 0.5, 2.5, -3.1, 0.0123]),
    intercept=st.integers(-3000, 3000),
    center=st.floats(-5000, 5000),
    width=st.floats(1, 70_000),
    function=st.sampled_from(list(Function)),
    inverse=st.booleans(),
    signed=st.booleans(),
)
def test_a_ramp_is_the_table_or_none(*, slope, intercept, center, width, function, inverse, signed):
    gray = Grayscale(Rescale(slope, intercept), Window(center, width, function), inverse=inverse)
    stored, expected = table(gray, np.int16 if signed else np.uint16)
    ramp = find_ramp(stored, expected, gray)
    if ramp is not None:
        np.testing.assert_array_equal(ramp.apply(stored), expected)


@pytest.mark.parametrize(
    "gray",
    [
        Grayscale(voi=Window(40, 400, Function.SIGMOID)),
        Grayscale(voi=Window(40, 1)),
        Grayscale(modality=LookupTable(0, 8, bytes(4)), voi=Window(1, 2)),
        Grayscale(voi=Share()),
    ],
)
def test_what_is_not_straight_is_no_ramp(gray):
    stored = np.arange(100, dtype=np.uint16)
    assert find_ramp(stored, stored.astype(np.uint8), gray) is None


def test_padding_inside_the_window_is_no_ramp():
    gray = Grayscale(voi=Window(100, 200), padding=(50, 50))
    stored, expected = table(gray, np.uint16)
    expected[50] = 0
    assert find_ramp(stored, expected, gray) is None
