"""``pixels.processing`` of the facade beside pydicom's: the same values, the same kinds of error."""

import warnings

import numpy as np
import pydicom
import pytest
from pydicom.pixels import processing as theirs

from isocenter import compat
from isocenter.compat.pixels import common
from isocenter.compat.pixels import processing as ours
from support.files import wheel_file

GRAY = {
    "PhotometricInterpretation": "MONOCHROME2",
    "BitsAllocated": 16,
    "BitsStored": 12,
    "PixelRepresentation": 1,
}
VALUES = np.array([-200, 0, 1, 5, 100, 2047], "i2")
COLOURS = np.random.default_rng(0).integers(0, 256, (5, 6, 3), "u1")
KINDS = (NotImplementedError, AttributeError, TypeError, IndexError, ValueError)
SPACES = ["RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "FOO"]


def made(module, values):
    ds = module.Dataset()
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


def outcome(call):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return call()
        except KINDS as error:
            return next(kind for kind in KINDS if isinstance(error, kind))


def agree(name, array, values, *arguments):
    found = outcome(lambda: getattr(ours, name)(array, made(compat, values), *arguments))
    expected = outcome(lambda: getattr(theirs, name)(array, made(pydicom, values), *arguments))
    if isinstance(expected, type):
        assert found is expected
    else:
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID", "FOO"])
@pytest.mark.parametrize(
    ("center", "width"), [(40, 400), (40, 1), (40, 0), (40, 0.5), ([40, 50], [400, 300])]
)
@pytest.mark.parametrize("index", [0, 1, 5])
def test_windows(function, center, width, index):
    values = {"WindowCenter": center, "WindowWidth": width, "VOILUTFunction": function}
    agree("apply_windowing", VALUES, GRAY | values, index)


@pytest.mark.parametrize(
    "name", ["apply_modality_lut", "apply_rescale", "apply_voi_lut", "apply_voi"]
)
@pytest.mark.parametrize("values", [{}, {"RescaleSlope": 2, "RescaleIntercept": -10}])
def test_steps_that_are_described_or_not(name, values):
    agree(name, VALUES, GRAY | values)


@pytest.mark.parametrize("shape", ["IDENTITY", "INVERSE"])
def test_presentation_lut_shape(shape):
    agree("apply_presentation_lut", VALUES, {"PresentationLUTShape": shape})


@pytest.mark.parametrize("current", SPACES)
@pytest.mark.parametrize("desired", SPACES)
def test_colour_spaces(current, desired):
    found = outcome(lambda: ours.convert_color_space(COLOURS, current, desired))
    expected = outcome(lambda: theirs.convert_color_space(COLOURS, current, desired))
    if isinstance(expected, type):
        assert found is expected
    else:
        np.testing.assert_array_equal(found, expected)


def test_members_of_the_enumeration_are_colour_spaces():
    kinds = common.PhotometricInterpretation
    found = ours.convert_color_space(COLOURS, kinds.RGB, kinds.YBR_FULL)
    np.testing.assert_array_equal(found, ours.convert_color_space(COLOURS, "RGB", "YBR_FULL"))
    assert [one.value for one in kinds] == [
        one.value for one in pydicom.pixels.common.PhotometricInterpretation
    ]


@pytest.mark.parametrize("palette", ["PET", "HOT_METAL_BLUE", "FOO", None])
def test_palettes(palette):
    array = np.array([[0, 1, 2], [3, 200, 255]], "u1")
    found = outcome(lambda: ours.apply_color_lut(array, palette=palette))
    expected = outcome(lambda: theirs.apply_color_lut(array, palette=palette))
    if isinstance(expected, type):
        assert found is expected
    else:
        np.testing.assert_array_equal(found, expected)


def test_images_without_a_palette_or_a_profile_are_the_same_errors():
    name = "CT_small.dcm"
    ds, right = compat.dcmread(wheel_file(name)), pydicom.dcmread(wheel_file(name))
    for step in ("apply_color_lut", "apply_icc_profile"):
        array = COLOURS if step == "apply_icc_profile" else COLOURS[..., 0]
        expected = outcome(lambda: getattr(theirs, step)(array, right))  # noqa: B023 - called at once
        assert isinstance(expected, type)
        assert outcome(lambda: getattr(ours, step)(array, ds)) is expected  # noqa: B023 - likewise
