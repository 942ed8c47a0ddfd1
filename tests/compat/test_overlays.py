"""Overlay planes of the facade, beside the real pydicom."""

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.overlays import numpy_handler as theirs

from isocenter import compat
from isocenter.compat.overlays import get_overlay_array
from isocenter.compat.overlays import numpy_handler as ours
from support.files import wheel_files

PLACES = {
    "rows": (0x0010, "US"),
    "columns": (0x0011, "US"),
    "frames": (0x0015, "IS"),
    "bits": (0x0100, "US"),
    "data": (0x3000, "OW"),
}


def overlay(kind, **values):
    ds = kind()
    for name, value in {"rows": 2, "columns": 4, "bits": 1, "data": b"\x0f\0", **values}.items():
        if value is not None:
            ds.add_new(0x60020000 | PLACES[name][0], PLACES[name][1], value)
    return ds


@given(
    st.integers(1, 50), st.integers(1, 50), st.integers(1, 5), st.sampled_from(["bytes", "pixels"])
)
def test_lengths_and_shapes(rows, columns, frames, unit):
    plane = {"OverlayRows": rows, "OverlayColumns": columns, "NumberOfFramesInOverlay": frames}
    assert ours.get_expected_length(plane, unit) == theirs.get_expected_length(plane, unit)
    bits = np.arange(rows * columns * frames)
    assert np.array_equal(
        ours.reshape_overlay_array(plane, bits), theirs.reshape_overlay_array(plane, bits)
    )


@pytest.mark.parametrize("frames", [0, -1])
def test_no_frames(frames):
    plane = {"OverlayRows": 1, "OverlayColumns": 1, "NumberOfFramesInOverlay": frames}
    with pytest.raises(ValueError, match="Number of Frames in Overlay"):
        ours.reshape_overlay_array(plane, np.zeros(1))


def test_every_overlay_of_the_files():
    seen = 0
    for path in wheel_files():
        try:
            real = pydicom.dcmread(path)
            groups = [group for group in range(0x6000, 0x6100, 2) if (group, 0x3000) in real]
        except Exception:  # noqa: BLE001, S112 - what is no DICOM file is others' business
            continue
        for group in groups:
            mine = compat.dcmread(path).overlay_array(group)
            assert np.array_equal(mine, real.overlay_array(group)), path
            assert mine.flags.writeable
            seen += 1
    assert seen > 0


@pytest.mark.parametrize(
    "values", [{}, {"frames": 2, "data": b"\x0f\1"}, {"rows": 3, "columns": 3, "data": b"\xff\1"}]
)
def test_planes_made_anew(values):
    mine = get_overlay_array(overlay(compat.Dataset, **values), 0x6002)
    assert np.array_equal(
        mine, theirs.get_overlay_array(overlay(pydicom.Dataset, **values), 0x6002)
    )


@pytest.mark.parametrize("data", [b"\x0f", b"\x0f\1\1\1"])
def test_padding_that_is_not_as_it_should_be_is_told(data):
    with pytest.warns(UserWarning, match="padding"):
        mine = overlay(compat.Dataset, data=data).overlay_array(0x6002)
    assert mine.tolist() == [[1] * 4, [0] * 4]


@pytest.mark.parametrize("name", ["rows", "columns", "bits", "data"])
def test_what_is_missing_is_named(name):
    for kind in (compat.Dataset, pydicom.Dataset):
        with pytest.raises(AttributeError, match="missing"):
            overlay(kind, **{name: None}).overlay_array(0x6002)


@pytest.mark.parametrize(
    ("group", "values", "kind"),
    [(0x5000, {}, ValueError), (0x6004, {}, AttributeError), (0x6002, {"rows": 90}, ValueError),
     (0x6002, {"data": b""}, ValueError)],
)  # fmt: skip
def test_what_cannot_be_read(group, values, kind):
    for module in (compat, pydicom):
        with pytest.raises(kind):
            overlay(module.Dataset, **values).overlay_array(group)
