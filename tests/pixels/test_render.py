"""``render``: what each option does, and what it refuses."""

import numpy as np
import pytest
from PIL import Image, ImageCms

import isocenter
from isocenter.errors import Level, PixelError, UsageError
from isocenter.pixels import DisplayTables, Frames, Look, render
from support.files import wheel_file

RAMP = np.arange(4096, dtype=np.uint16).reshape(64, 64)
HU = {"RescaleSlope": "1", "RescaleIntercept": "-1024", "BitsStored": 12}
SEED = {"WindowCenter": [35, 700], "WindowWidth": [80, 3200]}  # of the overview's CT


def linear(x, c, w):
    slanted = ((x - (c - 0.5)) / (w - 1) + 0.5) * 255
    found = np.where(
        x <= c - 0.5 - (w - 1) / 2, 0, np.where(x > c - 0.5 + (w - 1) / 2, 255, slanted)
    )
    return np.floor(found + 0.5).astype(np.uint8)


@pytest.mark.parametrize(("voi", "window"), [(0, (35, 80)), (1, (700, 3200))])
def test_the_windows_of_the_overview_by_index(make, voi, window):
    ds = make.image(RAMP, **HU, **SEED)
    expected = linear(RAMP.astype(float) - 1024, *window)
    np.testing.assert_array_equal(render(ds, voi=voi), expected)
    np.testing.assert_array_equal(render(ds, window=window), expected)


def test_voi_out_of_range_says_how_many_there_are(make):
    with pytest.raises(UsageError, match=r"voi is 2, counted from 0; this image has 2 window"):
        render(make.image(RAMP, **HU, **SEED), voi=2)
    with pytest.raises(UsageError, match="no window and no VOI LUT"):
        render(make.image(RAMP), voi=1)


def test_no_window_is_a_note_and_the_robust_range(make):
    frames = Frames(make.image(RAMP))
    np.testing.assert_array_equal(render(frames), render(frames, window="auto"))
    assert [(f.level, f.code) for f in frames.findings] == [(Level.NOTE, "no-window")]


def test_full_is_least_to_greatest(make):
    values = RAMP.copy()
    values[0, 0], values[-1, -1] = 7, 60000
    gray = render(make.image(values, **SEED), window="full")
    expected = np.floor((values.astype(float)) / 60000 * 255 + 0.5)  # a zero is still there
    values[0, 1] = 0
    np.testing.assert_array_equal(
        render(make.image(values, **SEED), window="full").ravel()[2:], expected.ravel()[2:]
    )
    assert (gray[0, 0], gray[-1, -1]) == (0, 255)


@pytest.mark.parametrize("dtype", ["u4", "i8"])
def test_full_of_wide_values(make, dtype):
    gray = render(make.image(np.array([[1, 2], [5, 6]], dtype)), window="full")
    assert gray.tolist() == [[0, 51], [204, 255]]


def test_a_window_of_another_function(make):
    ds = make.image(np.array([[0, 1, 2]], np.uint8), WindowCenter=200, WindowWidth=4)
    assert render(ds, window=(1, 2, "LINEAR_EXACT")).tolist() == [[0, 128, 255]]
    assert render(ds, window=(1, 0.01, "SIGMOID")).tolist() == [[0, 128, 255]]


def lut(make, descriptor, data):
    return make.image(LUTDescriptor=descriptor, LUTData=data)


def test_voi_luts_are_chosen_by_number_and_preferred_on_request(make):
    tables = [lut(make, [2, 0, 8], [9, 90]), lut(make, [2, 0, 8], [200, 20])]
    values = np.array([[0, 1]], np.uint8)
    plain = make.image(values, VOILUTSequence=tables)
    assert render(plain, voi=1).tolist() == [[200, 20]]
    with pytest.raises(UsageError, match="2 VOI LUT"):
        render(plain, voi=2)
    both = make.image(values, VOILUTSequence=tables, WindowCenter=1, WindowWidth=2)
    assert render(both).tolist() == [[0, 255]]
    assert render(both, prefer_lut=True, voi=1).tolist() == [[200, 20]]
    with pytest.raises(UsageError, match="1 window"):
        render(both, voi=1)


@pytest.mark.parametrize(
    "options",
    [
        {"window": "bone"},
        {"window": (40,)},
        {"window": (40, 0)},
        {"window": (40, 0.5)},
        {"window": (float("nan"), 5)},
        {"window": (1, 2, "CUBIC")},
        {"window": None},
        {"voi": -1},
        {"voi": "0"},
        {"size": 0},
        {"size": (5,)},
        {"size": (5, 70_000)},
        {"size": "big"},
        {"frame": 1},
        {"frame": -1},
    ],
)
def test_options_without_meaning_are_refused(make, options):
    with pytest.raises(UsageError):
        render(make.image(RAMP), **options)


def test_a_look_is_a_value():
    assert Look(window=(40, 400)) == Look(window=(40, 400)) != Look()
    assert len({Look(), Look(), Look(voi=1)}) == 2


def test_frames_of_a_file_opened_once_share_tables(make):
    frames, tables = Frames(make.image(np.stack([RAMP, RAMP + 1]), **SEED)), DisplayTables()
    first = render(frames, tables=tables)
    second = render(frames, frame=1, tables=tables)
    assert (len(tables), (first != second).any()) == (1, True)


# --- presentation ------------------------------------------------------------------------


@pytest.mark.parametrize("photometric", ["MONOCHROME2", "MONOCHROME1"])
def test_a_presentation_lut_spans_the_range_of_the_voi(make, photometric):
    """C.11.4.1: its input is the whole range of the VOI's output; it says which way is up."""
    ds = make.image(
        np.array([[0, 100, 200, 255]], np.uint8),
        PhotometricInterpretation=photometric,
        WindowCenter=128,
        WindowWidth=256,
        PresentationLUTSequence=[lut(make, [256, 0, 10], list(range(1023, 1023 - 256, -1)))],
    )
    expected = [int((1023 - x) / 1023 * 255 + 0.5) for x in (0, 100, 200, 255)]
    assert render(ds).tolist() == [expected]


# --- size and shape ---------------------------------------------------------------------


def test_without_size_rows_and_columns_stay(make):
    ds = make.image(RAMP[:32], PixelSpacing=[2, 1])
    assert render(ds).shape == (32, 64)
    assert render(ds, square=True).shape == (64, 64)


@pytest.mark.parametrize(
    ("size", "shape"),
    [(128, (64, 128)), (32, (16, 32)), ((10, 1000), (5, 10)), ((1000, 10), (10, 20)), (1, (1, 1))],
)
def test_size_is_the_long_edge_or_a_box(make, size, shape):
    assert render(make.image(RAMP[:32]), size=size).shape == shape


@pytest.mark.parametrize(
    ("elements", "shape"),
    [
        ({"PixelSpacing": [0.5, 1.0]}, (64, 128)),
        ({"PixelSpacing": [1.0, 0.5]}, (128, 64)),
        ({"ImagerPixelSpacing": [1, 2]}, (64, 128)),
        ({"NominalScannedPixelSpacing": [1, 2]}, (64, 128)),
        ({"PixelAspectRatio": [1, 2]}, (64, 128)),
        ({"PixelAspectRatio": [2, 1]}, (128, 64)),
        ({"PixelAspectRatio": [2, 1], "PixelSpacing": [1, 1]}, (64, 64)),
        ({"PixelAspectRatio": [2, 1], "PixelSpacing": None}, (128, 64)),
    ],
)
def test_c_7_6_3_1_7_rows_come_first(make, elements, shape):
    assert render(make.image(RAMP, **elements), square=True).shape == shape


@pytest.mark.parametrize(
    "elements",
    [
        {"PixelSpacing": [0, 1]},
        {"PixelSpacing": [1]},
        {"PixelSpacing": "x"},
        {"PixelSpacing": [-1, -1]},
        {"PixelAspectRatio": [1, 100_000]},
    ],
)
def test_a_shape_that_is_none_is_told_and_not_used(make, elements):
    frames = Frames(make.image(RAMP, WindowCenter=1, WindowWidth=2, **elements))
    assert render(frames, square=True).shape == (64, 64)
    assert [f.code for f in frames.findings] == ["bad-aspect"]


def test_the_spacing_of_a_frame(make):
    group = make.image(PixelMeasuresSequence=[make.image(PixelSpacing=[1, 2])])
    ds = make.image(RAMP, SharedFunctionalGroupsSequence=[group], PixelSpacing=[1, 1])
    assert render(ds, square=True).shape == (64, 128)


def test_colour_is_resized_too(make):
    color = np.full((8, 16, 3), [200, 100, 50], np.uint8)
    assert render(make.image(color), size=4).tolist() == [[[200, 100, 50]] * 4] * 2


# --- colour profiles --------------------------------------------------------------------


def swapped_profile():
    """A profile whose conversion is seen: Pillow's LAB is none for RGB, sRGB changes nothing."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def test_icc_only_on_request_and_on_a_copy(make):
    color = np.random.default_rng(0).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    ds = make.image(color, ICCProfile=swapped_profile())
    np.testing.assert_array_equal(render(ds), color)
    converted = render(ds, icc=True)
    assert np.abs(converted.astype(int) - color).max() <= 1
    np.testing.assert_array_equal(Frames(ds).array(0), color)


def test_icc_without_a_profile_is_an_error(make):
    with pytest.raises(PixelError, match="no ICC Profile"):
        render(make.image(np.zeros((2, 2, 3), np.uint8)), icc=True)


# --- a real file ------------------------------------------------------------------------


def test_a_real_file_resized_is_pillows_picture():
    ds = isocenter.dcmread(wheel_file("CT_small.dcm"))
    whole = render(ds, window=(40, 400))
    half = Image.fromarray(whole).resize((64, 64), Image.Resampling.HAMMING, reducing_gap=2.0)
    np.testing.assert_array_equal(render(ds, window=(40, 400), size=64), np.asarray(half))
