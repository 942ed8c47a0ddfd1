"""Where values of decoders have to be pydicom's to the last bit, and how buffers come."""

import struct

import numpy as np
import pydicom.pixels.processing as theirs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.encaps import encapsulate
from pydicom.pixels import get_decoder as their_decoder
from pydicom.pixels import get_encoder as their_encoder
from pydicom.uid import ExplicitVRLittleEndian, RLELossless

from isocenter.compat.pixels import get_decoder, processing

EVERY = np.random.default_rng(0).integers(0, 256, (2, 200, 200, 3), dtype=np.uint8)
COLOUR = {
    "rows": 200,
    "columns": 200,
    "samples_per_pixel": 3,
    "planar_configuration": 0,
    "bits_allocated": 8,
    "bits_stored": 8,
    "pixel_representation": 0,
    "number_of_frames": 2,
    "pixel_keyword": "PixelData",
}


@pytest.mark.parametrize("current", ["RGB", "YBR_FULL", "YBR_FULL_422"])
@pytest.mark.parametrize("desired", ["RGB", "YBR_FULL"])
@pytest.mark.parametrize("per_frame", [True, False])
def test_every_colour_is_pydicoms(current, desired, per_frame):
    mine = processing.convert_color_space(EVERY.copy(), current, desired, per_frame)
    other = theirs.convert_color_space(EVERY.copy(), current, desired, per_frame)
    np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize(
    ("space", "asked"),
    [("YBR_FULL", {}), ("RGB", {"force_ybr": True}), ("RGB", {"force_rgb": True})],
)
def test_so_is_every_colour_of_decoders(space, asked):
    options = COLOUR | {"photometric_interpretation": space} | asked
    mine, said = get_decoder(ExplicitVRLittleEndian).as_array(EVERY.tobytes(), **options)
    other, expected = their_decoder(ExplicitVRLittleEndian).as_array(EVERY.tobytes(), **options)
    np.testing.assert_array_equal(mine, other)
    assert said == expected


@given(
    st.lists(st.integers(0, 0xFFFF), min_size=4, max_size=4),
    st.integers(1, 16),
    st.sampled_from([0, 1]),
    st.sampled_from(["<", ">"]),
)
def test_segments_in_either_order(cells, stored, sign, order):
    layout = {
        "rows": 2,
        "columns": 2,
        "samples_per_pixel": 1,
        "photometric_interpretation": "MONOCHROME2",
        "bits_allocated": 16,
        "pixel_representation": sign,
        "number_of_frames": 1,
    }
    codestream = their_encoder(RLELossless).encode(
        struct.pack("<4H", *cells), bits_stored=16, **layout
    )
    value, options = encapsulate([codestream]), layout | {"bits_stored": stored}
    options |= {"rle_segment_order": order, "pixel_keyword": "PixelData"}
    for call in ("as_array", "as_buffer"):
        mine, said = getattr(get_decoder(RLELossless), call)(value, **options)
        other, expected = getattr(their_decoder(RLELossless), call)(value, **options)
        np.testing.assert_array_equal(mine, np.asarray(other) if call == "as_array" else other)
        assert said == expected


def test_one_compressed_frame_is_a_bytearray_as_documented():
    options = COLOUR | {"number_of_frames": 1, "photometric_interpretation": "RGB"}
    value = encapsulate([their_encoder(RLELossless).encode(EVERY[0].tobytes(), **options)])
    one, _ = get_decoder(RLELossless).as_buffer(value, index=0, **options)
    (each, _), *_ = get_decoder(RLELossless).iter_buffer(value, **options)
    assert type(one) is type(each) is bytearray
    assert one == EVERY[0].transpose(2, 0, 1).tobytes()


def test_compressed_pixels_are_always_pixel_data():
    options = {name: value for name, value in COLOUR.items() if name != "pixel_keyword"}
    options |= {"number_of_frames": 1, "photometric_interpretation": "RGB"}
    value = encapsulate([their_encoder(RLELossless).encode(EVERY[0].tobytes(), **options)])
    mine, said = get_decoder(RLELossless).as_array(value, **options)
    other, expected = their_decoder(RLELossless).as_array(value, **options)
    np.testing.assert_array_equal(mine, other)
    assert said == expected
