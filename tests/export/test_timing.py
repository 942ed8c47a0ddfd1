"""PS3.3 C.7.6.5: how long a frame is shown."""

import pytest

from isocenter import Dataset
from isocenter.export.timing import durations
from isocenter.pixels.notes import Notes


def lasting(frames=(0, 1, 2), **attributes):
    ds, notes = Dataset(), Notes()
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    return durations(ds, frames, notes), [finding.code for finding in notes.findings()]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"FrameTime": 40.0}, 40.0),
        ({"RecommendedDisplayFrameRate": 25, "FrameTime": 10.0}, 40.0),
        ({"CineRate": 20}, 50.0),
        ({"CineRate": 20, "FrameTime": 33.3}, 33.3),
        ({"RecommendedDisplayFrameRate": 0, "FrameTime": 33.3}, 33.3),
    ],
)
def test_one_time_for_all(attributes, expected):
    assert lasting(**attributes) == ((expected,) * 3, [])


def test_a_vector_says_when_the_next_frame_comes():
    assert lasting(FrameTimeVector=[0, 10, 20]) == ((10, 20, 20), [])
    assert lasting((0, 2), FrameTimeVector=[0, 10, 20, 30]) == ((10, 30), [])


@pytest.mark.parametrize(
    "attributes",
    [{}, {"FrameTime": 0.0}, {"FrameTime": -5.0}, {"FrameTimeVector": [0, 10]}, {"CineRate": -1}],
)
def test_nothing_sensible_is_a_tenth_of_a_second_and_said(attributes):
    assert lasting(**attributes) == ((100.0,) * 3, ["assumed-value"])
