"""YCbCr and palettes to RGB (PS3.3 C.7.6.3.1.2, C.7.6.3.1.5, C.7.9.2), and what is shown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.errors import PixelError
from isocenter.pixels import DisplayTables, Frames
from isocenter.pixels import picture as render
from isocenter.pixels.color import ybr_to_rgb
from isocenter.pixels.segments import expand_segments


def shown(ds):
    frames = Frames(ds)
    return render(frames, 0, DisplayTables()), [f.code for f in frames.findings]


# --- YCbCr -----------------------------------------------------------------------------

FULL = np.array([[0.299, 0.587, 0.114], [-0.1687, -0.3313, 0.5], [0.5, -0.4187, -0.0813]])
PARTIAL = np.array(
    [[0.2568, 0.5041, 0.0979], [-0.1482, -0.291, 0.4392], [0.4392, -0.3678, -0.0714]]
)


@pytest.mark.parametrize(
    ("photometric", "matrix", "black"), [("YBR_FULL", FULL, 0), ("YBR_PARTIAL", PARTIAL, 16)]
)
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_the_standards_equations_and_back(photometric, matrix, black, bits):
    scale = 1 << (bits - 8)
    top = (1 << bits) - 1
    rgb = np.random.default_rng(0).integers(0, top, (50, 40, 3), endpoint=True)
    ybr = rgb @ matrix.T + np.array([black, 128, 128]) * scale
    dtype = np.uint8 if bits == 8 else np.uint16
    found = ybr_to_rgb(np.clip(np.rint(ybr), 0, top).astype(dtype), photometric, bits)
    # rounded coefficients of 4 digits, and values rounded on the way
    assert np.abs(found.astype(int) - rgb).max() <= 2 + top // 2000


@pytest.mark.parametrize("photometric", ["YBR_FULL", "YBR_PARTIAL"])
def test_tables_of_8_bits_are_the_formula(photometric):
    every = np.random.default_rng(0).integers(0, 256, (300, 300, 3)).astype(np.uint8)
    tables = ybr_to_rgb(every, photometric, 8)
    formula = ybr_to_rgb(every.astype(np.uint16), photometric, 8)
    assert np.abs(tables.astype(int) - formula).max() <= 1
    assert (tables != formula).mean() < 1e-4


def test_gray_stays_gray(make):
    gray = np.arange(256, dtype=np.uint8).reshape(16, 16)
    neutral = np.full_like(gray, 128)
    ds = make.image(np.dstack([gray, neutral, neutral]), PhotometricInterpretation="YBR_FULL")
    np.testing.assert_array_equal(shown(ds)[0], np.dstack([gray] * 3))


@pytest.mark.parametrize("photometric", ["YBR_PARTIAL_420", "YBR_PARTIAL"])
def test_partial_range_is_converted_whatever_its_subsampling_was(make, photometric):
    values = np.array([[[16, 128, 128], [235, 128, 128]]], np.uint8)
    found, codes = shown(make.image(values, PhotometricInterpretation=photometric))
    assert found.tolist() == [[[0, 0, 0], [255, 255, 255]]]
    assert codes == []


# --- colour as shown -------------------------------------------------------------------

COLOR = np.arange(27, dtype=np.uint8).reshape(3, 3, 3) * 9


def test_rgb_of_8_bits_passes_untouched_whatever_window_it_has(make):
    picture, codes = shown(make.image(COLOR, WindowCenter=1, WindowWidth=1))
    np.testing.assert_array_equal(picture, COLOR)
    assert picture.flags.c_contiguous
    assert codes == []


@pytest.mark.parametrize("photometric", ["YBR_RCT", "YBR_ICT"])
def test_native_values_that_were_never_decompressed_officially_are_rgb(make, photometric):
    ds = make.image(COLOR, PhotometricInterpretation=photometric)
    np.testing.assert_array_equal(shown(ds)[0], COLOR)


@pytest.mark.parametrize("bits", [10, 12, 16])
def test_rgb_of_more_bits_is_scaled_by_bits_stored(make, bits):
    top = (1 << bits) - 1
    values = np.array([[[0, top, top // 2]]], np.uint16)
    picture, _ = shown(make.image(values, BitsStored=bits))
    assert picture[0, 0].tolist() in ([0, 255, 127], [0, 255, 128])


def test_an_unknown_colour_is_shown_as_rgb_and_told(make):
    picture, codes = shown(make.image(COLOR, PhotometricInterpretation="HSV"))
    np.testing.assert_array_equal(picture, COLOR)
    assert codes == ["assumed-value"]


def test_four_samples_are_read_but_not_shown(make):
    ds = make.image(COLOR[0], SamplesPerPixel=4, Rows=1, Columns=2, PixelData=bytes(8))
    ds["PlanarConfiguration"] = 0
    frames = Frames(ds)
    assert frames.array(0).shape == (1, 2, 4)
    with pytest.raises(PixelError, match="4 samples"):
        render(frames, 0, DisplayTables())


# --- palettes ----------------------------------------------------------------------------


def palette(make, values, descriptor, *data, prefix="", **elements):
    tables = {}
    for color, entries in zip(("Red", "Green", "Blue"), data, strict=True):
        tables[f"{color}PaletteColorLookupTableDescriptor"] = descriptor
        tables[f"{prefix}{color}PaletteColorLookupTableData"] = entries
    return make.image(
        np.array([values]), PhotometricInterpretation="PALETTE COLOR", **tables, **elements
    )


def words(*values):
    return np.array(values, "<u2").tobytes()


def test_8_bit_entries_two_in_a_word(make):
    ds = palette(
        make, np.array([0, 5, 6, 9], np.uint8), [2, 5, 8], b"\x01\x02", b"\x03\x04", b"\x05\x06"
    )
    assert shown(ds)[0].tolist() == [[[1, 3, 5], [1, 3, 5], [2, 4, 6], [2, 4, 6]]]


def test_16_bit_entries_show_their_high_byte(make):
    ds = palette(
        make,
        np.array([0, 1], np.uint8),
        [2, 0, 16],
        words(0x1234, 0xFFFF),
        words(0, 0xFF00),
        words(0x00FF, 0x8000),
    )
    assert shown(ds) == (pytest.approx(np.array([[[0x12, 0, 0], [255, 255, 0x80]]])), [])


def test_8_bit_values_in_a_palette_of_16_bits_are_told(make):
    ds = palette(make, np.array([0, 1], np.uint8), [2, 0, 16], *[words(1, 255)] * 3)
    picture, codes = shown(ds)
    assert picture[0, :, 0].tolist() == [1, 255]
    assert codes == ["bad-lut"]


@pytest.mark.parametrize("first", [-2, 65534])
def test_the_first_value_has_the_sign_of_the_pixels(make, first):
    ds = palette(make, np.array([-3, -2, -1, 0], np.int16), [2, first, 8], *[b"\x01\x02"] * 3)
    assert shown(ds)[0][0, :, 0].tolist() == [1, 1, 2, 2]


def test_zero_entries_are_65536(make):
    data = np.arange(65536, dtype="<u2").tobytes()
    ds = palette(make, np.array([0, 0x1200, 0xFFFF], np.uint16), [0, 0, 16], *[data] * 3)
    assert shown(ds)[0][0, :, 0].tolist() == [0, 0x12, 255]


@pytest.mark.parametrize("descriptor", [None, [2, 0], [2, 0, 8]])
def test_an_incomplete_palette_is_an_error(make, descriptor):
    ds = palette(make, np.array([0, 1], np.uint8), descriptor, b"\x01\x02", b"\x01\x02", None)
    with pytest.raises(PixelError, match="palette has no"):
        shown(ds)


def test_a_short_palette_is_told(make):
    ds = palette(make, np.array([0, 7], np.uint8), [8, 0, 8], *[b"\x01\x02"] * 3)
    assert shown(ds)[1] == ["bad-lut"]


def test_segmented_palette(make):
    data = words(0, 2, 0, 256, 1, 4, 1280)
    ds = palette(
        make, np.arange(6, dtype=np.uint8), [6, 0, 16], data, data, data, prefix="Segmented"
    )
    assert shown(ds)[0][0, :, 0].tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ([0, 3, 7, 8, 9], [7, 8, 9]),
        ([0, 1, 0, 1, 5, 10], [0, 2, 4, 6, 8, 10]),
        ([0, 1, 10, 1, 2, 0], [10, 5, 0]),
        ([0, 2, 1, 9, 1, 2, 3, 2, 2, 0, 0], [1, 9, 6, 3, 1, 9, 6, 3]),
    ],
    ids=["discrete", "linear up", "linear down", "indirect"],
)
def test_segments(units, expected):
    assert expand_segments(np.array(units, np.uint16), 16, len(expected)).tolist() == expected


def test_segments_of_bytes():
    data = np.frombuffer(bytes([0, 2, 1, 9, 2, 1, 0, 0, 0, 0]), "<u2")
    assert expand_segments(data, 8, 4).tolist() == [1, 9, 1, 9]


def test_segments_stop_at_the_number_of_entries():
    assert len(expand_segments(np.array([0, 1, 0, 1, 65535, 9], np.uint16), 16, 10)) == 10


@pytest.mark.parametrize("units", [[1, 2, 3], [9, 1, 1], [2, 1, 0, 0], [0, 1, 5, 2, 1, 6, 0]])
def test_segments_that_cannot_be_followed(units):
    with pytest.raises(PixelError, match="cannot be expanded"):
        expand_segments(np.array(units, np.uint16), 16, 100)


@given(st.lists(st.integers(0, 65535), max_size=60), st.sampled_from([8, 16]))
def test_any_segments_are_expanded_or_refused(units, bits):
    try:
        assert len(expand_segments(np.array(units, np.uint16), bits, 256)) <= 256
    except PixelError:
        return
