"""Stored values to gray: Modality LUT, window, VOI LUT, inversion, padding (PS3.3 C.11)."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocenter.errors import Level
from isocenter.pixels import DisplayTables, Frames
from isocenter.pixels import picture as render


def shown(make, values, **elements):
    frames = Frames(make.image(np.asarray(values), **elements))
    gray = render(frames, 0, DisplayTables())
    return gray, [f.code for f in frames.findings if f.level is not Level.NOTE]


def picture(make, values, **elements):
    gray, codes = shown(make, values, **elements)
    assert codes == []
    return gray


# --- windows, to the last bit -----------------------------------------------------------


def linear(x, c, w):
    if x <= c - 0.5 - (w - 1) / 2:
        return 0.0
    if x > c - 0.5 + (w - 1) / 2:
        return 255.0
    return ((x - (c - 0.5)) / (w - 1) + 0.5) * 255.0


def linear_exact(x, c, w):
    if x <= c - w / 2:
        return 0.0
    if x > c + w / 2:
        return 255.0
    return ((x - c) / w + 0.5) * 255.0


def sigmoid(x, c, w):
    exponent = -4 * (x - c) / w
    return 0.0 if exponent > 700 else 255.0 / (1 + math.exp(exponent))


FORMULAS = {"LINEAR": linear, "LINEAR_EXACT": linear_exact, "SIGMOID": sigmoid}


def rounded(y):
    return math.floor(y + 0.5)


def test_c_11_2_1_2_abdomen_window(make):
    values = np.arange(-200, 300, dtype=np.int16).reshape(20, 25)
    gray = picture(make, values, WindowCenter=40, WindowWidth=400).ravel()
    expected = [rounded(linear(x, 40, 400)) for x in range(-200, 300)]
    assert gray.tolist() == expected
    assert (values.ravel()[gray == 0].max(), values.ravel()[gray == 255].min()) == (-160, 239)


@pytest.mark.parametrize(
    ("center", "width", "x", "expected"),
    [
        # PS3.3 C.11.2.1.2.1, its examples for 0..255 of ymin 0, ymax 255
        (2048, 4096, 0, 0),
        (2048, 4096, 4095, 255),
        (2048, 1, 2047, 0),
        (2048, 1, 2048, 255),
        (0, 100, -50, 0),
        (0, 100, 49, 255),
        (0, 100, 0, 129),
        (0, 1, -1, 0),
        (0, 1, 0, 255),
    ],
)
def test_c_11_2_1_2_examples(make, center, width, x, expected):
    values = np.array([[x, x]], np.int16)
    assert picture(make, values, WindowCenter=center, WindowWidth=width)[0, 0] == expected


@given(
    bits=st.integers(2, 16),
    signed=st.booleans(),
    slope=st.floats(-20, 20).filter(lambda s: abs(s) > 1e-3),
    intercept=st.floats(-3000, 3000),
    center=st.floats(-5000, 5000),
    width=st.floats(1, 8000),
    function=st.sampled_from(sorted(FORMULAS)),
    inverse=st.booleans(),
    seed=st.integers(0, 1 << 30),
)
@settings(max_examples=150, deadline=None)
def test_the_table_is_the_formula(
    make, *, bits, signed, slope, intercept, center, width, function, inverse, seed
):
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    stored = np.random.default_rng(seed).integers(low, high, (6, 7), np.int64, endpoint=True)
    dtype = f"{'i' if signed else 'u'}{1 if bits <= 8 else 2}"
    gray = picture(
        make,
        stored.astype(dtype),
        BitsStored=bits,
        RescaleSlope=slope,
        RescaleIntercept=intercept,
        WindowCenter=center,
        WindowWidth=width,
        VOILUTFunction=function,
        PhotometricInterpretation="MONOCHROME1" if inverse else "MONOCHROME2",
    )
    for x, found in zip(stored.ravel().tolist(), gray.ravel().tolist(), strict=True):
        y = FORMULAS[function](x * slope + intercept, center, width)
        expected = 255 - rounded(y) if inverse else rounded(y)
        if function == "SIGMOID":  # exp() of two libraries may differ in the last bit
            assert abs(found - expected) <= (abs(y + 0.5 - round(y + 0.5)) < 1e-9)
        else:
            assert found == expected


@pytest.mark.parametrize("dtype", ["i4", "u4", "i8"])
def test_wide_integers_are_computed_by_the_same_formula(make, dtype):
    values = np.arange(0, 240).astype(dtype).reshape(12, 20)
    window = {"WindowCenter": 100.3, "WindowWidth": 77.7}
    narrow = picture(make, values.astype("i2"), **window)
    np.testing.assert_array_equal(picture(make, values, **window), narrow)


def test_the_first_of_several_windows(make):
    values = np.arange(256, dtype=np.uint8).reshape(16, 16)
    several = picture(make, values, WindowCenter=[50.0, 128.0], WindowWidth=[20.0, 256.0])
    only = picture(make, values, WindowCenter=50, WindowWidth=20)
    np.testing.assert_array_equal(several, only)


NONSENSE = [
    {"WindowCenter": 40, "WindowWidth": 0},
    {"WindowCenter": 40, "WindowWidth": 0.5},
    {"WindowCenter": 40, "WindowWidth": -400},
    {"WindowCenter": 40},
    {"WindowWidth": 40},
    {"WindowCenter": math.nan, "WindowWidth": 40},
    {"WindowCenter": 40, "WindowWidth": math.inf},
    {"WindowCenter": "wide", "WindowWidth": 40},
    {"WindowCenter": 1, "WindowWidth": 0, "VOILUTFunction": "SIGMOID"},
]


@pytest.mark.parametrize("elements", NONSENSE)
def test_a_window_that_is_none_falls_back_and_is_told(make, elements):
    values = np.arange(256, dtype=np.uint16).reshape(16, 16)
    gray, codes = shown(make, values, **elements)
    assert codes == ["bad-window"]
    np.testing.assert_array_equal(gray, picture(make, values))


def test_empty_elements_are_absent(make):
    values = np.arange(256, dtype=np.uint16).reshape(16, 16)
    empty = ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept", "VOILUTFunction")
    gray = picture(make, values, **dict.fromkeys(empty))
    np.testing.assert_array_equal(gray, picture(make, values))


@pytest.mark.parametrize(
    "elements",
    [
        {"RescaleSlope": 0, "RescaleIntercept": 5},
        {"RescaleSlope": math.nan, "RescaleIntercept": 5},
        {"RescaleSlope": 1},
        {"RescaleSlope": "steep", "RescaleIntercept": 0},
    ],
)
def test_a_rescale_that_is_none_is_not_used_and_told(make, elements):
    values = np.arange(256, dtype=np.uint16).reshape(16, 16)
    gray, codes = shown(make, values, WindowCenter=128, WindowWidth=256, **elements)
    assert codes == ["bad-rescale"]
    np.testing.assert_array_equal(gray, values)


def test_an_unknown_function_is_linear_and_told(make):
    window = {"WindowCenter": 128, "WindowWidth": 256}
    values = np.arange(256, dtype=np.uint16).reshape(16, 16)
    gray, codes = shown(make, values, VOILUTFunction="CUBIC", **window)
    assert codes == ["assumed-value"]
    np.testing.assert_array_equal(gray, picture(make, values, **window))


# --- the image's own range ------------------------------------------------------------------


def test_own_range_spans_half_a_percent_to_99_and_a_half(make):
    values = np.arange(1000, dtype=np.uint16).reshape(20, 50)
    gray = picture(make, values).ravel()
    assert (values.ravel()[gray == 0].max(), values.ravel()[gray == 255].min()) == (5, 993)
    assert gray[499] in {127, 128}


def test_own_range_leaves_outliers_and_padding_out(make):
    values = np.tile(np.arange(100, 200, dtype=np.int16), (30, 1))
    values[0, 0] = 30000
    values[20:] = -2000
    gray = picture(make, values, PixelPaddingValue=-2000)
    np.testing.assert_array_equal(gray[1], picture(make, values[1:20])[0])
    assert gray[20:].max() == 0


def test_few_pixels_of_a_mask_are_seen(make):
    values = np.zeros((40, 40), np.uint8)
    values[3, 3] = 1
    np.testing.assert_array_equal(picture(make, values), values * 255)


@pytest.mark.parametrize(("shade", "value"), [(0, 0), (255, 7), (0, -7)])
def test_a_constant_image_is_seen_against_zero(make, shade, value):
    """A mask that is set everywhere is white, not black as an empty one is."""
    assert {shade} == set(picture(make, np.full((4, 4), value, np.int16)).flat)


def test_own_range_with_a_falling_rescale(make):
    values = np.arange(1000, dtype=np.uint16).reshape(20, 50)
    falling = picture(make, values, RescaleSlope=-1, RescaleIntercept=0)
    assert falling.ravel()[0] == 255
    assert falling.ravel()[-1] == 0


@pytest.mark.parametrize("dtype", ["i4", "u4", "f4", "f8"])
def test_own_range_of_wide_values(make, dtype):
    values = np.arange(1000).astype(dtype).reshape(20, 50)
    element = {"f4": "FloatPixelData", "f8": "DoubleFloatPixelData"}.get(dtype, "PixelData")
    ds = make.image(values)
    data = ds.pop("PixelData")
    gray = render(Frames(_with(ds, element, data)), 0, DisplayTables()).ravel()
    assert (values.ravel()[gray == 0].max(), values.ravel()[gray == 255].min()) == (5, 994)


def _with(ds, element, data):
    ds[element] = data
    return ds


def test_what_is_not_a_number_is_black_and_does_not_count(make):
    values = np.arange(1000, dtype=np.float32).reshape(20, 50)
    clean = _float(make, values)
    values[0, :4] = [np.nan, np.inf, -np.inf, np.nan]
    gray = _float(make, values)
    assert gray[0, :4].tolist() == [0, 255, 0, 0]
    assert np.abs(gray[1:].astype(int) - clean[1:]).max() <= 1


def _float(make, values, **elements):
    ds = make.image(values, PhotometricInterpretation="MONOCHROME2", **elements)
    ds["FloatPixelData"] = ds.pop("PixelData")
    return render(Frames(ds), 0, DisplayTables())


def test_nothing_but_nan(make):
    assert _float(make, np.full((3, 3), np.nan, np.float32)).max() == 0


def test_float_padding_is_black(make):
    values = np.array([[-1e30, 0, 1, 2]], np.float32)
    gray = _float(make, values, FloatPixelPaddingValue=-1e30)
    assert gray[0].tolist() == [0, 0, 128, 255]


# --- inversion and padding --------------------------------------------------------------------


WINDOW = {"WindowCenter": 128, "WindowWidth": 256}
BYTES = np.arange(256, dtype=np.uint8).reshape(16, 16)


@pytest.mark.parametrize(
    ("photometric", "shape", "inverse"),
    [
        ("MONOCHROME2", None, False),
        ("MONOCHROME2", "IDENTITY", False),
        ("MONOCHROME2", "INVERSE", True),
        ("MONOCHROME1", None, True),
        ("MONOCHROME1", "INVERSE", True),
    ],
)
def test_inversion_is_applied_once(make, photometric, shape, inverse):
    gray = picture(
        make, BYTES, PhotometricInterpretation=photometric, PresentationLUTShape=shape, **WINDOW
    )
    np.testing.assert_array_equal(gray, 255 - BYTES if inverse else BYTES)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize(
    ("value", "limit", "black"), [(9, None, {9}), (9, 12, {9, 10, 11, 12}), (12, 10, {10, 11, 12})]
)
def test_padding_is_black(make, photometric, value, limit, black):
    elements = {"PhotometricInterpretation": photometric, **WINDOW}
    plain = picture(make, BYTES, **elements)
    gray = picture(make, BYTES, PixelPaddingValue=value, PixelPaddingRangeLimit=limit, **elements)
    expected = plain.copy()
    expected[np.isin(BYTES, list(black))] = 0
    np.testing.assert_array_equal(gray, expected)


def test_padding_read_with_the_wrong_sign(make):
    values = np.array([[-2000, 0, 100]], np.int16)
    gray = picture(make, values, PixelPaddingValue=63536, WindowCenter=-2000, WindowWidth=2)
    assert gray.tolist() == [[0, 255, 255]]


# --- look-up tables ---------------------------------------------------------------------------


def lut(make, descriptor, data):
    return [make.image(LUTDescriptor=descriptor, LUTData=data)]


def test_modality_lut_then_window(make):
    table = [10 * n for n in range(20)]
    gray = picture(
        make,
        np.array([[0, 5, 24, 99]], np.uint8),
        ModalityLUTSequence=lut(make, [20, 5, 16], table),
        WindowCenter=128,
        WindowWidth=256,
    )
    assert gray.tolist() == [[0, 0, 190, 190]]


@pytest.mark.parametrize(
    ("descriptor", "data"),
    [
        ([4, 10, 8], [0, 100, 200, 255]),
        ([4, 10, 8], bytes([0, 100, 200, 255])),
        ([4, 10, 8], bytes([0, 0, 100, 0, 200, 0, 255, 0])),
        ([4, 10, 8], [0x6400, 0xFFC8]),
        ([4, 10, 0], [0, 100, 200, 255]),
        ([4, 10, 16], [0, 100 * 257, 200 * 257, 0xFFFF]),
    ],
)
def test_voi_lut_when_there_is_no_window(make, descriptor, data):
    values = np.array([[0, 10, 11, 12, 13, 200]], np.uint8)
    gray = picture(make, values, VOILUTSequence=lut(make, descriptor, data))
    assert gray.tolist() == [[0, 0, 100, 200, 255, 255]]


def test_a_window_comes_before_a_voi_lut(make):
    gray = picture(make, BYTES, VOILUTSequence=lut(make, [2, 0, 8], [0, 1]), **WINDOW)
    np.testing.assert_array_equal(gray, BYTES)


def test_a_voi_lut_below_zero(make):
    values = np.array([[0, 24, 25]], np.uint16)
    gray = picture(
        make,
        values,
        RescaleSlope=1,
        RescaleIntercept=-1024,
        VOILUTSequence=lut(make, [2, 65536 - 1000, 8], [0, 255]),
    )
    assert gray.tolist() == [[0, 0, 255]]


def test_zero_entries_are_65536(make):
    data = np.arange(65536, dtype="<u2").tobytes()
    values = np.array([[0, 257, 65535]], np.uint16)
    gray = picture(make, values, VOILUTSequence=lut(make, [0, 0, 16], data))
    assert gray.tolist() == [[0, 1, 255]]


@pytest.mark.parametrize(
    ("descriptor", "data"), [(None, [1, 2]), ([2, 0], [1, 2]), ([2, 0, 8], None), ("x", "y")]
)
def test_a_lut_that_is_incomplete_is_told(make, descriptor, data):
    gray, codes = shown(make, BYTES, VOILUTSequence=lut(make, descriptor, data))
    assert codes == ["bad-lut"]
    np.testing.assert_array_equal(gray, picture(make, BYTES))


# --- enhanced multi-frame ----------------------------------------------------------------------


def group(make, **elements):
    return make.image(**{name: [make.image(**values)] for name, values in elements.items()})


def test_functional_groups_of_a_frame_come_before_shared_ones(make):
    stack = np.stack([BYTES, BYTES, BYTES]).astype(np.uint16)
    narrow = {"WindowCenter": 50, "WindowWidth": 20}
    ds = make.image(
        stack,
        SharedFunctionalGroupsSequence=[
            group(
                make,
                FrameVOILUTSequence=WINDOW,
                PixelValueTransformationSequence={"RescaleSlope": 2, "RescaleIntercept": -8},
            )
        ],
        PerFrameFunctionalGroupsSequence=[
            group(make),
            group(make, FrameVOILUTSequence=narrow),
            group(
                make, PixelValueTransformationSequence={"RescaleSlope": 1, "RescaleIntercept": 0}
            ),
        ],
    )
    frames, tables = Frames(ds), DisplayTables()
    rescale = {"RescaleSlope": 2, "RescaleIntercept": -8}
    for index, elements in enumerate([WINDOW | rescale, narrow | rescale, WINDOW]):
        expected = picture(make, stack[index], **elements)
        np.testing.assert_array_equal(render(frames, index, tables), expected)
    assert len(tables) == 3


# --- tables are made once ------------------------------------------------------------------------


def test_equal_parameters_share_a_table(make):
    tables = DisplayTables()
    for _ in range(3):
        render(Frames(make.image(BYTES, **WINDOW)), 0, tables)
    render(Frames(make.image(BYTES, WindowCenter=3, WindowWidth=5)), 0, tables)
    assert len(tables) == 2


def test_tables_are_bounded(make):
    tables = DisplayTables(capacity=3)
    for center in range(10):
        render(Frames(make.image(BYTES, WindowCenter=center, WindowWidth=5)), 0, tables)
    assert len(tables) == 3
