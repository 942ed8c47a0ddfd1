"""Which frames: numbers, ranges, every Nth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.errors import UsageError
from isocenter.export.frames import FrameChoice, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", (0,)),
        ("0,3,5-7", (0, 3, 5, 6, 7)),
        ("3, 1", (1, 3)),
        ("8-", (8, 9)),
        ("/4", (0, 4, 8)),
        ("1-7/3", (1, 4, 7)),
        ("5-/2", (5, 7, 9)),
        ("5/2", (5, 7, 9)),
        ("2-100", (2, 3, 4, 5, 6, 7, 8, 9)),
        ("100", ()),
    ],
)
def test_of_ten_frames(text, expected):
    assert expected == parse(text).of(10)


def test_every_frame_is_the_default():
    assert FrameChoice().of(3) == (0, 1, 2)


@pytest.mark.parametrize("text", ["", ",", "a", "-1", "3-1", "/0", "1-2-3", "1.5", "-", "1,"])
def test_what_are_no_frames(text):
    with pytest.raises(UsageError, match="frames"):
        parse(text)


@given(st.sets(st.integers(0, 40), min_size=1))
def test_a_list_of_numbers_is_itself(numbers):
    assert tuple(sorted(numbers)) == parse(",".join(map(str, numbers))).of(41)
