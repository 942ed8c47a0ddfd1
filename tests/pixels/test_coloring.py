"""Palettes and colour spaces on arrays (PS3.3 C.7.6.3.1, C.7.9; PS3.6 B), against pydicom."""

import numpy as np
import pydicom
import pydicom.pixels
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from PIL import ImageCms
from pydicom.data import get_palette_files

import isocenter
from isocenter.errors import PixelError, UsageError
from isocenter.pixels import (
    Frames,
    apply_color_lut,
    apply_icc_profile,
    convert_color_space,
    create_icc_transform,
    render,
)
from isocenter.pixels.coloring import PALETTES
from support.files import shared_files, wheel_file, wheel_files

EVERY = np.arange(256, dtype=np.uint8)

# --- well-known palettes ----------------------------------------------------------------


def test_there_are_eight():
    assert PALETTES == (
        "HOT_IRON",
        "PET",
        "HOT_METAL_BLUE",
        "PET_20_STEP",
        "SPRING",
        "SUMMER",
        "FALL",
        "WINTER",
    )


@pytest.mark.parametrize("number", range(8))
def test_a_palette_by_name_or_uid_is_pydicoms_by_uid(number):
    name, uid = PALETTES[number], f"1.2.840.10008.1.5.{number + 1}"
    expected = pydicom.pixels.apply_color_lut(EVERY, palette=uid)
    np.testing.assert_array_equal(apply_color_lut(EVERY, palette=uid), expected, strict=True)
    np.testing.assert_array_equal(apply_color_lut(EVERY, palette=name), expected, strict=True)


@pytest.mark.filterwarnings("ignore:Invalid value for VR UI:UserWarning")
@pytest.mark.parametrize("name", PALETTES)
def test_names_are_pydicoms_but_for_two(name):
    """By name, pydicom 3.0.2 takes Fall for Winter and Winter for Fall; by UID it does not."""
    theirs = {"FALL": "WINTER", "WINTER": "FALL"}.get(name, name)
    expected = pydicom.pixels.apply_color_lut(EVERY, palette=theirs)
    np.testing.assert_array_equal(apply_color_lut(EVERY, palette=name), expected)


def test_fall_is_from_yellow_to_red():
    assert apply_color_lut(np.array([0, 255]), palette="FALL").tolist() == [
        [255, 255, 0],
        [255, 0, 0],
    ]


@pytest.mark.parametrize("path", [str(path) for path in get_palette_files("*.dcm")])
def test_a_palette_file_read_by_us_is_the_table(path):
    """Four of them are segmented: the table was expanded by pydicom, this by us."""
    ds = isocenter.dcmread(path)
    expected = apply_color_lut(EVERY, palette=str(ds.SOPInstanceUID))
    np.testing.assert_array_equal(apply_color_lut(EVERY, ds), expected, strict=True)


def test_values_outside_the_table_get_its_ends():
    found = apply_color_lut(np.array([-5, 0, 255, 256, 4095], np.int16), palette="SPRING")
    assert found[0].tolist() == found[1].tolist() == [255, 0, 255]
    assert found[2].tolist() == found[3].tolist() == found[4].tolist()


@pytest.mark.parametrize("arguments", [{"palette": "BONE"}, {"palette": ""}, {}])
def test_palettes_that_are_none(arguments):
    with pytest.raises(UsageError):
        apply_color_lut(EVERY, **arguments)
    with pytest.raises(UsageError, match="integers"):
        apply_color_lut(EVERY.astype(float), palette="PET")


# --- palettes of data sets --------------------------------------------------------------


def with_palette():
    named = {path.name: path for path in (*shared_files(), *wheel_files())}
    return [
        pytest.param(path, id=path.name)
        for path in named.values()
        if path.name.startswith(("OBXXXX1A", "examples_palette", "gdcm-US-ALOKA", "US-PAL"))
        or "palette" in path.name.lower()
    ]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("path", with_palette())
def test_a_palette_of_a_real_file_is_pydicoms(path):
    theirs, ours = pydicom.dcmread(path), isocenter.dcmread(path)
    if "RedPaletteColorLookupTableDescriptor" not in ours:
        pytest.skip("has none")
    if "expb" in path.name:
        pytest.skip("big endian words, which pydicom does not swap: see the next test")
    stored = Frames(ours).array(0)
    expected = pydicom.pixels.apply_color_lut(stored, theirs)
    np.testing.assert_array_equal(apply_color_lut(stored, ours), expected, strict=True)


def test_big_endian_palettes_are_the_little_endian_ones():
    """PS3.5 7.3. pydicom gives 37 where the same image in little endian has 9472."""
    little, big = (
        isocenter.dcmread(wheel_file(name)) for name in ("OBXXXX1A.dcm", "OBXXXX1A_expb.dcm")
    )
    found = apply_color_lut(Frames(big).array(0), big)
    np.testing.assert_array_equal(found, apply_color_lut(Frames(little).array(0), little))


def palette(make, bits, *, first=0, alpha=False, dtype=np.uint8):
    elements = {}
    for n, color in enumerate(("Red", "Green", "Blue", "Alpha")[: 3 + alpha]):
        entries = np.arange(4) + 10 * n
        elements[f"{color}PaletteColorLookupTableDescriptor"] = [4, first, bits]
        elements[f"{color}PaletteColorLookupTableData"] = entries.astype(
            "u1" if bits == 8 else "<u2"
        ).tobytes()
    values = np.arange(6).reshape(2, 3).astype(dtype)
    return values, make.image(values, PhotometricInterpretation="PALETTE COLOR", **elements)


@pytest.mark.parametrize(("bits", "dtype"), [(8, np.uint8), (16, np.uint16), (12, np.uint16)])
def test_entries_come_as_they_are(make, bits, dtype):
    found = apply_color_lut(*palette(make, bits, first=1))
    assert found.dtype == dtype
    assert found[0].tolist() == [[0, 10, 20], [0, 10, 20], [1, 11, 21]]
    assert found[1].tolist() == [[2, 12, 22], [3, 13, 23], [3, 13, 23]]


def test_alpha_is_the_fourth_sample_and_no_part_of_a_picture(make):
    values, ds = palette(make, 8, alpha=True)
    assert apply_color_lut(values, ds)[0, 1].tolist() == [1, 11, 21, 31]
    frames = Frames(ds)
    assert render(frames)[0, 1].tolist() == [1, 11, 21]
    assert [finding.code for finding in frames.findings] == ["alpha-palette"]


def test_signed_values_of_a_signed_palette(make):
    values, ds = palette(make, 8, first=65534, dtype=np.int16)
    assert apply_color_lut(values - 3, ds)[0, :, 0].tolist() == [0, 0, 1]


def test_no_palette(make):
    with pytest.raises(PixelError, match="no descriptor"):
        apply_color_lut(EVERY, make.image())


def test_a_supplemental_palette_is_no_part_of_a_grayscale_picture(make):
    """C.7.6.19: it is for the values it is meant for, on top of the grayscale ones."""
    values, ds = palette(make, 8)
    ds["PhotometricInterpretation"] = "MONOCHROME2"
    ds |= {"WindowCenter": 3, "WindowWidth": 6, "PixelPresentation": "COLOR"}
    assert render(ds).shape == values.shape


# --- colour spaces ----------------------------------------------------------------------


@pytest.mark.parametrize(("current", "desired"), [("RGB", "YBR_FULL"), ("YBR_FULL", "RGB")])
def test_colours_are_pydicoms_to_one(current, desired):
    """Of 16.7 million colours a thousandth is rounded the other way; none differs by more."""
    green, blue = np.indices((256, 256), np.uint8)
    wrong = 0
    for red in range(0, 256, 17):
        values = np.stack([np.full_like(green, red), green, blue], axis=-1)
        found = convert_color_space(values, current, desired).astype(int)
        difference = np.abs(found - pydicom.pixels.convert_color_space(values, current, desired))
        assert difference.max() <= 1
        wrong += int((difference > 0).sum())
    assert wrong < 0.001 * 16 * 256 * 256 * 3


@given(arrays(np.uint8, (2, 3, 4, 3)))
def test_there_and_back(values):
    """Colours of 8 bits come back to within 2 of 255: YCbCr has a quarter of them."""
    there = convert_color_space(values, "RGB", "YBR_FULL")
    back = convert_color_space(there, "YBR_FULL_422", "RGB")
    assert np.abs(back.astype(int) - values).max() <= 2


def test_per_frame_is_in_place():
    values = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3)).astype(np.uint8)
    expected = convert_color_space(values, "RGB", "YBR_FULL")
    assert convert_color_space(values, "RGB", "YBR_FULL", per_frame=True) is values
    np.testing.assert_array_equal(values, expected)
    assert convert_color_space(values, "YBR_FULL", "YBR_FULL_422") is values


@pytest.mark.parametrize(
    ("values", "current", "desired"),
    [
        (np.zeros((2, 2, 3), np.uint8), "RGB", "CMYK"),
        (np.zeros((2, 2, 3), np.uint8), "HSV", "RGB"),
        (np.zeros((2, 2, 3), np.uint16), "RGB", "YBR_FULL"),
        (np.zeros((2, 2), np.uint8), "RGB", "YBR_FULL"),
        (np.zeros((2, 2, 4), np.uint8), "RGB", "YBR_FULL"),
    ],
)
def test_colours_that_are_not_converted(values, current, desired):
    with pytest.raises(UsageError):
        convert_color_space(values, current, desired)


# --- ICC profiles -----------------------------------------------------------------------


def profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped():
    """sRGB with the primaries of red and blue in each other's place."""
    changed = bytearray(profile())
    red, blue = changed.find(b"rXYZ"), changed.find(b"bXYZ")
    changed[red : red + 4], changed[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(changed)


@pytest.mark.parametrize("intent", [None, 0, 1, 2, 3])
@pytest.mark.parametrize("source", [swapped, *map(str, get_palette_files("h*.dcm"))])
def test_profiles_are_applied_as_pydicom_does(source, intent):
    """The palette files have profiles of their own."""
    theirs, ours = pydicom.Dataset(), isocenter.Dataset()
    theirs.ICCProfile = source() if callable(source) else pydicom.dcmread(source).ICCProfile
    ours.ICCProfile = theirs.ICCProfile
    values = np.random.default_rng(0).integers(0, 256, (2, 9, 9, 3)).astype(np.uint8)
    expected = pydicom.pixels.apply_icc_profile(values.copy(), theirs, intent=intent)
    np.testing.assert_array_equal(apply_icc_profile(values, ours, intent=intent), expected)


def test_a_profile_is_seen(make):
    values = np.full((4, 4, 3), [10, 20, 200], np.uint8)
    ds = make.image(values, ICCProfile=swapped())
    assert render(ds, icc=True)[0, 0].tolist() == [200, 20, 10]
    assert render(ds)[0, 0].tolist() == [10, 20, 200]


def test_a_transform_is_made_once_for_many():
    transform = create_icc_transform(icc_profile=profile(), intent=1)
    values = np.random.default_rng(0).integers(0, 256, (9, 9, 3)).astype(np.uint8)
    before = values.copy()
    assert apply_icc_profile(values, transform=transform) is values
    assert np.abs(values.astype(int) - before).max() <= 1


def test_the_profile_of_an_optical_path(make):
    values = np.zeros((4, 4, 3), np.uint8)
    ds = make.image(values, OpticalPathSequence=[make.image(ICCProfile=profile())])
    assert render(ds, icc=True).shape == (4, 4, 3)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, UsageError),
        ({"icc_profile": b"no profile"}, PixelError),
        ({"icc_profile": profile(), "intent": 4}, UsageError),
        ({"icc_profile": profile(), "color_space": "CRAYON"}, UsageError),
    ],
)
def test_transforms_that_cannot_be_made(arguments, error):
    with pytest.raises(error):
        create_icc_transform(**arguments)


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 4), (1, 2, 4, 4, 3)])
def test_arrays_that_are_no_rgb(shape):
    transform = create_icc_transform(icc_profile=profile())
    with pytest.raises(UsageError, match="8 bits"):
        apply_icc_profile(np.zeros(shape, np.uint8), transform=transform)
    with pytest.raises(UsageError, match="either"):
        apply_icc_profile(np.zeros((4, 4, 3), np.uint8))
