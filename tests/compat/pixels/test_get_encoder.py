"""The facade's encoders: frames come back from decoders, ours and pydicom's; errors are pydicom's."""

import numpy as np
import pydicom
import pytest
from pydicom.pixels import get_decoder as their_decoder
from pydicom.pixels import get_encoder as theirs

from isocenter import compat
from isocenter.compat.pixels import get_decoder, get_encoder
from isocenter.pixels import encapsulate
from support.files import wheel_file

RLE, J2K = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.90"
BASE = {
    "rows": 2,
    "columns": 2,
    "samples_per_pixel": 1,
    "photometric_interpretation": "MONOCHROME2",
    "bits_allocated": 8,
    "bits_stored": 8,
    "pixel_representation": 0,
    "number_of_frames": 1,
}
ARRAY = np.arange(4, dtype="u1").reshape(2, 2)
KINDS = (AttributeError, TypeError, ValueError, RuntimeError)


def kind_of_error(encoder, source, options):
    try:
        encoder.encode(source, **options)
    except KINDS as error:
        return next(kind for kind in KINDS if isinstance(error, kind))
    return None


@pytest.mark.parametrize("uid", [RLE, J2K, "1.2.840.10008.1.2.4.80"])
@pytest.mark.parametrize("name", ["CT_small.dcm", "emri_small.dcm", "SC_rgb_small_odd.dcm"])
def test_frames_come_back(uid, name):
    ds = compat.dcmread(wheel_file(name))
    frames = list(get_encoder(uid).iter_encode(ds))
    options = compat.pixels.as_pixel_options(ds, pixel_keyword="PixelData")
    found, _ = get_decoder(uid).as_array(encapsulate(frames), raw=True, **options)
    np.testing.assert_array_equal(found, ds.pixel_array)
    if their_decoder(uid).is_available and uid == RLE:
        right, _ = their_decoder(uid).as_array(encapsulate(frames), raw=True, **options)
        np.testing.assert_array_equal(right, found)


@pytest.mark.parametrize("source", [ARRAY, ARRAY.tobytes(), ARRAY.astype(">u2")])
def test_arrays_and_bytes_are_sources(source):
    frame = get_encoder(RLE).encode(source, **BASE)
    found, _ = get_decoder(RLE).as_array(encapsulate([frame]), pixel_keyword="PixelData", **BASE)
    np.testing.assert_array_equal(found, ARRAY)


WRONG = [
    (b"\0\0\0", {}),
    (bytes(8), {"number_of_frames": 2}),
    (bytes(8), {"number_of_frames": 2, "index": -1}),
    (ARRAY.reshape(4, 1), {}),
    (ARRAY.ravel(), {}),
    (ARRAY.astype("i1"), {}),
    (ARRAY.astype("f4"), {}),
    (np.stack([ARRAY, ARRAY]), {"number_of_frames": 2}),
    (ARRAY + 10, {"bits_stored": 2}),
    ("x", {}),
    (None, {}),
    (ARRAY, {"encoding_plugin": "foo"}),
    (ARRAY, {"samples_per_pixel": 3, "photometric_interpretation": "RGB"}),
    *((ARRAY, {name: None}) for name in BASE if name != "number_of_frames"),
]


@pytest.mark.parametrize(("source", "options"), WRONG)
def test_errors_are_of_the_same_kind(source, options):
    expected = kind_of_error(theirs(RLE), source, {**BASE, **options})
    assert expected is not None
    assert kind_of_error(get_encoder(RLE), source, {**BASE, **options}) is expected


def test_a_frame_that_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="frame 2"):
        get_encoder(RLE).encode(bytes(8), index=2, **{**BASE, "number_of_frames": 2})


def test_compressed_data_sets_are_not_encoded():
    with pytest.raises(ValueError, match="decompress"):
        get_encoder(RLE).encode(compat.dcmread(wheel_file("emri_small_RLE.dcm")), index=0)


@pytest.mark.parametrize("uid", ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.100", "1.2.3"])
def test_there_is_no_encoder_for_everything(uid):
    with pytest.raises(NotImplementedError):
        get_encoder(uid)


@pytest.mark.parametrize(
    "name", [one for one in dir(pydicom.pixels.encoders) if one.endswith("Encoder")]
)
def test_encoders_by_name(name):
    ours, right = getattr(compat.pixels.encoders, name), getattr(pydicom.pixels.encoders, name)
    assert ours is get_encoder(right.UID)
    assert ours.UID == right.UID
    assert ours.is_available
