"""``pixel_array``, ``iter_pixels``, ``compress``, ``decompress`` of the facade beside pydicom's."""

import copy
import io
import warnings

import numpy as np
import pydicom
import pytest
from pydicom.pixels import utils as theirs

from isocenter import compat
from isocenter.compat.pixels import utils as ours
from support.files import wheel_file

RLE, JPEG_LS = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.80"
NAMES = [
    "CT_small.dcm", "emri_small.dcm", "emri_small_RLE.dcm", "SC_rgb_small_odd.dcm", "JPEG2000.dcm",
    "MR_small_bigendian.dcm", "liver_1frame.dcm", "SC_rgb_small_odd_jpeg.dcm",
]  # fmt: skip
KINDS = (NotImplementedError, OSError, AttributeError, TypeError, ValueError, RuntimeError)


@pytest.fixture(autouse=True)
def _warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def outcome(call):
    try:
        return call()
    except KINDS as error:
        return next(kind for kind in KINDS if isinstance(error, kind))


def same(found, expected):
    if not isinstance(expected, np.ndarray):
        assert found == expected
        return
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("options", [{}, {"raw": True}, {"index": 0}, {"index": 99}, {"index": -1}])
def test_pixel_array_of_files_and_data_sets(name, options):
    path = wheel_file(name)
    expected = outcome(lambda: theirs.pixel_array(path, **options))
    same(outcome(lambda: ours.pixel_array(path, **options)), expected)
    same(outcome(lambda: ours.pixel_array(compat.dcmread(path), **options)), expected)
    with path.open("rb") as file:
        same(outcome(lambda: ours.pixel_array(file, **options)), expected)
    if not options:
        same(compat.dcmread(path).pixel_array, expected)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("indices", [None, [0, 0]])
def test_frames_one_after_another(name, indices):
    path = wheel_file(name)
    found = list(ours.iter_pixels(path, indices=indices))
    expected = list(theirs.iter_pixels(path, indices=indices))
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        same(one, other)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_file_says_of_its_pixels_is_given_back(name):
    told = {}
    for module, get in ((compat, ours.pixel_array), (pydicom, theirs.pixel_array)):
        ds = module.Dataset()
        get(str(wheel_file(name)), ds_out=ds, specific_tags=[0x00100020])
        told[module] = ds.to_json_dict(), str(ds.file_meta.TransferSyntaxUID)
    assert told[compat] == told[pydicom]


@pytest.mark.parametrize("source", [None, b"123", "/no/such/file", wheel_file("rtplan.dcm")])
def test_sources_without_pixels_are_the_same_errors(source):
    expected = outcome(lambda: theirs.pixel_array(source))
    assert isinstance(expected, type)
    assert outcome(lambda: ours.pixel_array(source)) is expected


def damaged(module, damage):
    ds = module.dcmread(wheel_file("CT_small.dcm"))
    if damage == "cut off":
        ds.PixelData = ds.PixelData[:-2]
    elif damage == "twice":
        ds.PixelData *= 2
    elif damage == "syntax":
        ds.file_meta.TransferSyntaxUID = "1.2.3"
    elif damage == "meta":
        del ds.file_meta
    else:
        delattr(ds, damage)
    return ds


@pytest.mark.parametrize(
    "damage",
    ["cut off", "twice", "syntax", "meta", "Rows", "PixelData", "BitsAllocated", "BitsStored",
     "PixelRepresentation", "PhotometricInterpretation", "SamplesPerPixel"],
)  # fmt: skip
def test_damaged_data_sets_are_the_same_errors(damage):
    expected = outcome(lambda: damaged(pydicom, damage).pixel_array)
    same(outcome(lambda: damaged(compat, damage).pixel_array), expected)
    same(outcome(lambda: ours.pixel_array(damaged(compat, damage))), expected)


def test_the_array_of_a_data_set_is_kept_until_something_changes():
    ds = compat.dcmread(wheel_file("SC_rgb_small_odd_jpeg.dcm"))
    first = ds.pixel_array
    assert ds.pixel_array is first
    ds.pixel_array_options(raw=True)
    same(ds.pixel_array, theirs.pixel_array(wheel_file("SC_rgb_small_odd_jpeg.dcm"), raw=True))
    assert copy.deepcopy(ds).pixel_array is not ds.pixel_array


def test_options_reach_the_decoder():
    path = wheel_file("SC_rgb_small_odd_jpeg.dcm")
    same(ours.pixel_array(path, as_rgb=False), theirs.pixel_array(path, as_rgb=False))
    assert not ours.pixel_array(wheel_file("CT_small.dcm"), view_only=True).flags.writeable
    ours.pixel_array(wheel_file("emri_small_RLE.dcm"), decoding_plugin="pydicom")
    with pytest.raises(ValueError, match="foo"):
        ours.pixel_array(wheel_file("emri_small_RLE.dcm"), decoding_plugin="foo")


@pytest.mark.parametrize("uid", [RLE, JPEG_LS])
@pytest.mark.parametrize("name", ["CT_small.dcm", "emri_small.dcm", "SC_rgb_small_odd.dcm"])
def test_pydicom_reads_what_is_compressed_here(uid, name):
    ds = compat.dcmread(wheel_file(name))
    before = ds.pixel_array.copy()
    assert ds.compress(uid, encoding_plugin="pydicom") is None
    file = io.BytesIO()
    ds.save_as(file)
    file.seek(0)
    read = pydicom.dcmread(file)
    assert read.file_meta.TransferSyntaxUID == uid
    np.testing.assert_array_equal(read.pixel_array, before)
    assert ds.decompress() is None
    np.testing.assert_array_equal(ds.pixel_array, before)


@pytest.mark.parametrize(
    "name", ["emri_small_RLE.dcm", "SC_rgb_small_odd_jpeg.dcm", "MR_small_RLE.dcm"]
)
@pytest.mark.parametrize("as_rgb", [True, False])
def test_decompressed_data_sets_say_the_same(name, as_rgb):
    told = []
    for module, functions in ((compat, ours), (pydicom, theirs)):
        ds = functions.decompress(
            module.dcmread(wheel_file(name)), as_rgb=as_rgb, generate_instance_uid=False
        )
        del ds.PixelData
        told.append(ds.to_json_dict())
    assert told[0] == told[1]


@pytest.mark.parametrize("uid", ["1.2.3", "1.2.840.10008.1.2.1", RLE])
@pytest.mark.parametrize(
    "options", [{}, {"encoding_plugin": "foo"}, {"arr": np.zeros((2, 2), "i2")}]
)
def test_what_cannot_be_compressed_is_the_same_error(uid, options):
    expected = outcome(
        lambda: theirs.compress(pydicom.dcmread(wheel_file("CT_small.dcm")), uid, **options)
    )
    found = outcome(
        lambda: ours.compress(compat.dcmread(wheel_file("CT_small.dcm")), uid, **options)
    )
    if isinstance(expected, type):
        assert found is expected
    else:
        assert found.file_meta.TransferSyntaxUID == uid


def test_data_sets_that_are_not_compressed_are_not_decompressed():
    with pytest.raises(ValueError, match="not compressed"):
        ours.decompress(compat.dcmread(wheel_file("CT_small.dcm")))
    with pytest.raises(TypeError):
        ours.decompress(None)


def test_pixel_data_that_is_cut_off_is_not_decompressed():
    ds = compat.dcmread(wheel_file("MR_small_RLE.dcm"))
    ds.PixelData = ds.PixelData[:-600]
    with pytest.raises(RuntimeError):
        ours.decompress(ds)
