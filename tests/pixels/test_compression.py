"""Compress, decompress and set_pixel_data: what goes in comes out, and is called what it is."""

import io
import struct

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import isocenter
from isocenter import Dataset
from isocenter.errors import PixelError, UsageError
from isocenter.pixels import Frames, compress, decompress, pixel_array, set_pixel_data
from isocenter.standard import uid
from support.files import wheel_file

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

ROOT = "1.2.840.10008.1.2."
RLE, DEFLATED, BASELINE = f"{ROOT}5", f"{ROOT}8.1", f"{ROOT}4.50"
LOSSLESS = {
    "RLE": RLE,
    "deflated": DEFLATED,
    "JPEG process 14": f"{ROOT}4.57",
    "JPEG SV1": f"{ROOT}4.70",
    "JPEG-LS": f"{ROOT}4.80",
    "JPEG 2000": f"{ROOT}4.90",
    "HTJ2K": f"{ROOT}4.201",
    "JPEG XL": f"{ROOT}4.110",
}
PHOTOMETRIC = {f"{ROOT}4.90": "YBR_RCT", f"{ROOT}4.201": "YBR_RCT"}
IN_PYDICOM = ["RLE", "JPEG 2000"]
"""What pydicom decodes without plug-ins that are not here."""


def test_what_had_to_be_assumed_is_told():
    path = wheel_file("JPEG2000.dcm")
    ds = isocenter.dcmread(path)
    ds.HighBit = 3
    ds.decompress()
    assert ("assumed-value", "(0028,0102)") in {(one.code, one.tag) for one in ds.findings}
    ds = isocenter.dcmread(wheel_file("CT_small.dcm"))
    ds.HighBit = 3
    ds.compress(RLE)
    assert ("assumed-value", "(0028,0102)") in {(one.code, one.tag) for one in ds.findings}


def test_an_icon_may_stay_as_it_is():
    """PS3.5 A.4: only the Pixel Data of the top level has to be encapsulated."""
    ds = isocenter.dcmread(wheel_file("CT_small.dcm"))
    icon = image(np.arange(16, dtype=np.uint8).reshape(4, 4))
    ds.IconImageSequence = [icon]
    ds.compress(RLE)
    again = isocenter.dcmread(written(ds))
    assert again.IconImageSequence[0].PixelData == icon.PixelData
    there = pydicom.dcmread(io.BytesIO(written(ds)))
    assert there.IconImageSequence[0].PixelData == icon.PixelData


def image(values, photometric="MONOCHROME2", bits=None):
    ds = Dataset()
    ds.SOPClassUID = uid.SecondaryCaptureImageStorage
    ds.SOPInstanceUID = "2.25.1"
    set_pixel_data(ds, values, photometric, bits or values.dtype.itemsize * 8)
    return ds


def written(ds):
    """The data set as a reader of its file sees it."""
    file = io.BytesIO()
    ds.save_as(file, enforce_file_format=True)
    return file.getvalue()


def everything(ds):
    return ds.to_json(), ds.file_meta.to_json()


@st.composite
def images(draw):
    """Arrays, their photometric interpretation and bits: shapes, depths, signs, frames."""
    dtype = draw(st.sampled_from([np.uint8, np.int8, np.uint16, np.int16]))
    width = dtype().itemsize * 8
    bits = draw(st.integers(2, width))
    colour = dtype is np.uint8 and draw(st.booleans())
    bits = 8 if colour else bits
    photometric = draw(st.sampled_from(["RGB"] if colour else ["MONOCHROME1", "MONOCHROME2"]))
    frames = draw(st.sampled_from([(), (1,), (3,)]))
    plane = draw(st.integers(1, 20)), draw(st.integers(1, 20))
    signed = np.dtype(dtype).kind == "i"
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    random = np.random.default_rng(draw(st.integers(0, 1 << 30)))
    values = random.integers(low, high, (*frames, *plane, *(3,) * colour), dtype, endpoint=True)
    return values, photometric, bits


@pytest.mark.parametrize("name", LOSSLESS)
@given(drawn=images())
@settings(max_examples=25)
def test_decode_of_encode_is_identity(name, drawn):
    values, photometric, bits = drawn
    ds = image(values, photometric, bits)
    expected = values[0] if values.shape[0] == 1 and ds.get("NumberOfFrames") is None else values
    expected = expected.reshape(pixel_array(ds).shape)
    compress(ds, LOSSLESS[name])
    again = isocenter.dcmread(written(ds))
    np.testing.assert_array_equal(again.pixel_array, expected, strict=True)
    assert Frames(again).findings == ()
    assert "LossyImageCompression" not in again
    decompress(again)
    np.testing.assert_array_equal(again.pixel_array, expected, strict=True)
    assert (again.BitsStored, again.HighBit) == (bits, bits - 1)
    assert again.PhotometricInterpretation == photometric


@pytest.mark.parametrize("name", LOSSLESS)
def test_ybr_full_stays_what_it_is(name):
    values = np.random.default_rng(1).integers(0, 256, (12, 14, 3), np.uint8)
    ds = image(values, "YBR_FULL")
    if name == "JPEG XL":  # its decoder gives RGB only
        with pytest.raises(UsageError, match="YBR_FULL cannot be compressed"):
            compress(ds, LOSSLESS[name])
        return
    compress(ds, LOSSLESS[name])
    assert ds.PhotometricInterpretation == "YBR_FULL"
    np.testing.assert_array_equal(pixel_array(ds, raw=True), values)
    decompress(ds, as_rgb=False)
    assert ds.PhotometricInterpretation == "YBR_FULL"
    np.testing.assert_array_equal(pixel_array(ds, raw=True), values)


@pytest.mark.parametrize("name", LOSSLESS)
def test_what_is_said_about_colour(name):
    values = np.random.default_rng(1).integers(0, 256, (12, 14, 3), np.uint8)
    ds = compress(image(values, "RGB"), LOSSLESS[name])
    assert ds.PhotometricInterpretation == PHOTOMETRIC.get(LOSSLESS[name], "RGB")
    assert ds.PlanarConfiguration == 0
    assert decompress(ds).PhotometricInterpretation == "RGB"


@pytest.mark.parametrize("name", IN_PYDICOM)
@given(drawn=images())
@settings(max_examples=15)
def test_pydicom_decodes_what_we_write(name, drawn):
    values, photometric, bits = drawn
    ds = compress(image(values, photometric, bits), LOSSLESS[name])
    if name == "JPEG 2000" and values.dtype.kind == "i" and values.dtype.itemsize == 1:
        return  # Pillow, which pydicom asks, gives signed values of 8 bits another way
    theirs = pydicom.dcmread(io.BytesIO(written(ds)))
    if name == "JPEG 2000" and bits not in {8, 16}:
        return  # Pillow shifts values of other depths
    np.testing.assert_array_equal(theirs.pixel_array, ds.pixel_array, strict=True)


@pytest.mark.parametrize(
    "file", ["CT_small.dcm", "MR_small.dcm", "SC_rgb.dcm", "rtdose.dcm", "MR_small_bigendian.dcm"]
)
@pytest.mark.parametrize("syntax", [RLE, DEFLATED])
def test_real_files_there_and_back(file, syntax):
    ds = isocenter.dcmread(wheel_file(file))
    before = ds.pixel_array
    compress(ds, syntax)
    np.testing.assert_array_equal(ds.pixel_array, before, strict=True)
    again = isocenter.dcmread(written(ds))
    np.testing.assert_array_equal(again.pixel_array, before, strict=True)
    if syntax == RLE:
        theirs = pydicom.dcmread(io.BytesIO(written(ds)))
        np.testing.assert_array_equal(theirs.pixel_array, before)
    decompress(ds)
    np.testing.assert_array_equal(ds.pixel_array, before, strict=True)
    theirs = pydicom.dcmread(io.BytesIO(written(ds)))
    np.testing.assert_array_equal(theirs.pixel_array, before)


@pytest.mark.parametrize("syntax", [RLE, DEFLATED])
def test_cells_keep_overlays_in_their_high_bits(syntax):
    values = np.arange(48, dtype=np.uint16).reshape(6, 8)
    ds = image(values, bits=12)
    overlaid = (values | 0x3000).astype("<u2").tobytes()
    ds.PixelData = overlaid
    decompress(compress(ds, syntax))
    assert ds.PixelData == overlaid
    assert ds.BitsStored == 12


def test_codestreams_do_not_lose_overlays_in_silence():
    ds = image(np.arange(48, dtype=np.uint16).reshape(6, 8), bits=12)
    ds.PixelData = np.arange(0x3000, 0x3030, dtype="<u2").tobytes()
    before = everything(ds)
    with pytest.raises(PixelError, match="an overlay"):
        compress(ds, f"{ROOT}4.80")
    assert everything(ds) == before


@pytest.mark.parametrize("syntax", [RLE, DEFLATED])
def test_single_bits(syntax):
    bits = np.random.default_rng(2).integers(0, 2, (3, 5, 7), np.uint8)
    ds = image(bits)
    ds.BitsAllocated = ds.BitsStored = 1
    ds.HighBit = 0
    ds.PixelData = packed = np.packbits(bits.ravel(), bitorder="little").tobytes()
    compress(ds, syntax)
    np.testing.assert_array_equal(ds.pixel_array, bits)
    decompress(ds)
    assert ds.PixelData == packed
    assert ds.BitsAllocated == 1


@pytest.mark.parametrize("width", [3, 4, 5, 8])
@pytest.mark.parametrize("syntax", [RLE, DEFLATED])
def test_wide_cells(syntax, width):
    data = np.random.default_rng(3).integers(0, 256, 6 * 7 * width, np.uint8).tobytes()
    ds = image(np.zeros((6, 7), np.uint16))
    ds.BitsAllocated = ds.BitsStored = 8 * width
    ds.HighBit = 8 * width - 1
    ds.PixelData = data
    expected = ds.pixel_array
    assert expected.dtype.itemsize == (4 if width < 5 else 8)
    assert int(expected[0, 1]) == int.from_bytes(data[width : 2 * width], "little")
    np.testing.assert_array_equal(compress(ds, syntax).pixel_array, expected, strict=True)
    if width in {4, 8}:
        assert decompress(ds).PixelData == data


# --- lossy ------------------------------------------------------------------------------------

RAMP = np.add.outer(np.arange(64), np.arange(64)).astype(np.uint8)
COLOUR = np.dstack([RAMP, 255 - RAMP, RAMP // 2 + 60])
LOSSY = {
    "baseline": (BASELINE, {}, "ISO_10918_1", "YBR_FULL_422"),
    "near": (f"{ROOT}4.81", {"jls_error": 2}, "ISO_14495_1", "RGB"),
    "psnr": (f"{ROOT}4.91", {"j2k_psnr": [45]}, "ISO_15444_1", "YBR_ICT"),
    "ratio": (f"{ROOT}4.91", {"j2k_cr": [5]}, "ISO_15444_1", "YBR_ICT"),
}


def rms(one, two):
    difference = one.astype(float) - two.astype(float)
    return float(np.sqrt((difference**2).mean(axis=(0, 1))).max())


@pytest.mark.parametrize("name", LOSSY)
@pytest.mark.parametrize("values", [RAMP, COLOUR], ids=["gray", "colour"])
def test_loss_is_told(name, values):
    syntax, options, method, photometric = LOSSY[name]
    colour = values.ndim == 3
    ds = image(values, "RGB" if colour else "MONOCHROME2")
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.LossyImageCompressionRatio, ds.LossyImageCompressionMethod = "2", "ISO_10918_1"
    before = ds.SOPInstanceUID
    compress(ds, syntax, **options)
    assert rms(ds.pixel_array, values) <= 3
    assert ds.LossyImageCompression == "01"
    assert list(ds.LossyImageCompressionMethod) == ["ISO_10918_1", method]
    first, ratio = ds.LossyImageCompressionRatio
    assert (first, ratio > 1.5) == (2, True)
    assert list(ds.ImageType) == ["DERIVED", "PRIMARY"]
    assert method in ds.DerivationDescription
    assert ds.SOPInstanceUID == ds.file_meta.MediaStorageSOPInstanceUID != before
    assert ds.PhotometricInterpretation == (photometric if colour else "MONOCHROME2")
    assert Frames(ds).findings == ()
    lossy = ds.pixel_array
    np.testing.assert_array_equal(decompress(ds).pixel_array, lossy)
    assert ds.LossyImageCompression == "01"
    assert ds.PhotometricInterpretation == ("RGB" if colour else "MONOCHROME2")


def test_the_ratio_asked_for_is_reached():
    values = np.random.default_rng(5).normal(2000, 200, (64, 64)).astype(np.uint16)
    ds = compress(image(values, bits=12), f"{ROOT}4.91", j2k_cr=[8])
    assert 8 <= 64 * 64 * 12 / 8 / len(ds.PixelData) < 10 or len(ds.PixelData) < 900


def test_near_lossless_is_near():
    values = np.random.default_rng(5).integers(0, 4000, (32, 32)).astype(np.uint16)
    ds = compress(image(values, bits=12), f"{ROOT}4.81", jls_error=3)
    assert np.abs(ds.pixel_array.astype(int) - values).max() == 3


@pytest.mark.parametrize("name", ["baseline", "ratio"])
def test_pydicom_sees_the_same_picture(name):
    syntax, options, *_ = LOSSY[name]
    ds = compress(image(COLOUR, "RGB"), syntax, **options)
    theirs = pydicom.dcmread(io.BytesIO(written(ds))).pixel_array
    assert rms(ds.pixel_array, theirs) <= 1


def test_baseline_of_ybr_is_not_converted_twice():
    ds = image(COLOUR, "RGB")
    rgb = pixel_array(compress(ds, BASELINE))
    decompress(ds, as_rgb=False)
    assert ds.PhotometricInterpretation == "YBR_FULL"
    compress(ds, BASELINE, jpeg_quality=100)
    assert ds.PhotometricInterpretation == "YBR_FULL_422"
    assert rms(pixel_array(ds), rgb) <= 3


# --- what is refused ------------------------------------------------------------------------


SIGNED = np.arange(-8, 8, dtype=np.int8).reshape(4, 4)
SIXTEEN = np.arange(16, dtype=np.uint16).reshape(4, 4)


@pytest.mark.parametrize(
    ("values", "syntax", "options", "match"),
    [
        (RAMP, f"{ROOT}1", {}, "no encoder"),
        (RAMP, f"{ROOT}4.81", {}, "jls_error"),
        (RAMP, f"{ROOT}4.91", {}, "either j2k_cr or j2k_psnr"),
        (RAMP, f"{ROOT}4.91", {"j2k_cr": [5], "j2k_psnr": [5]}, "either"),
        (RAMP, f"{ROOT}4.91", {"j2k_cr": [20, 5]}, "one quality layer"),
        (RAMP, f"{ROOT}4.91", {"j2k_cr": [1e6]}, "times smaller"),
        (RAMP, BASELINE, {"jpeg_quality": 0}, "jpeg_quality"),
        (SIGNED, BASELINE, {}, "signed"),
        (SIGNED, f"{ROOT}4.81", {"jls_error": 1}, "signed"),
        (SIXTEEN, BASELINE, {}, "16 of 16 bits"),
        (SIXTEEN + 4080, f"{ROOT}4.81", {"jls_error": 1}, "more than 12 bits"),
    ],
)
def test_what_cannot_be_compressed_stays_as_it_was(values, syntax, options, match):
    ds = image(values, bits=12 if values.max() > 4000 else None)
    before = everything(ds)
    with pytest.raises(UsageError, match=match):
        compress(ds, syntax, **options)
    assert everything(ds) == before


def test_palette_indices_are_not_compressed_with_loss():
    ds = image(RAMP, "PALETTE COLOR")
    with pytest.raises(UsageError, match="PALETTE COLOR"):
        compress(ds, BASELINE)
    assert compress(ds, f"{ROOT}4.80").PhotometricInterpretation == "PALETTE COLOR"


def test_float_pixel_data_is_not_compressed():
    ds = image(RAMP)
    ds.FloatPixelData = np.zeros((64, 64), "<f4").tobytes()
    del ds.PixelData
    with pytest.raises(UsageError, match="Float Pixel Data"):
        compress(ds, RLE)


def test_compressed_twice_and_decompressed_twice():
    ds = compress(image(RAMP), RLE)
    with pytest.raises(UsageError, match="already"):
        compress(ds, RLE)
    decompress(ds)
    with pytest.raises(UsageError, match="not compressed"):
        decompress(ds)


def test_a_broken_frame_leaves_the_data_set_as_it_was():
    ds = compress(image(np.stack([RAMP, RAMP])), f"{ROOT}4.80")
    ds.PixelData = ds.PixelData[:-40] + bytes(40)
    before = everything(ds)
    with pytest.raises(PixelError):
        decompress(ds)
    assert everything(ds) == before


# --- an array of one's own ----------------------------------------------------------------------


def test_another_array():
    ds = compress(image(RAMP), f"{ROOT}4.80", RAMP[::-1].copy())
    np.testing.assert_array_equal(ds.pixel_array, RAMP[::-1])


@pytest.mark.parametrize("wrong", [RAMP[:, :5], RAMP.astype(np.int8), RAMP.astype(np.uint16)])
def test_an_array_that_is_not_as_described(wrong):
    with pytest.raises(UsageError, match="the data set describes uint8"):
        compress(image(RAMP), RLE, wrong)


def test_values_that_bits_stored_cannot_hold():
    with pytest.raises(UsageError, match="more than 12 bits"):
        compress(image(SIXTEEN, bits=12), RLE, SIXTEEN + 5000)


def test_pixel_data_that_is_not_there_yet():
    ds = image(RAMP)
    del ds.PixelData
    np.testing.assert_array_equal(compress(ds, RLE, RAMP).pixel_array, RAMP)


def test_methods_of_data_sets():
    ds = Dataset()
    ds.set_pixel_data(RAMP, "MONOCHROME2", 8)
    ds.compress(RLE, generate_instance_uid=False)
    assert ds.file_meta.TransferSyntaxUID == uid.RLELossless
    ds.decompress(generate_instance_uid=False)
    assert ds.file_meta.TransferSyntaxUID == uid.ExplicitVRLittleEndian
    np.testing.assert_array_equal(ds.pixel_array, RAMP)


def test_instance_uid_is_kept_when_asked():
    ds = image(RAMP)
    before = ds.SOPInstanceUID
    compress(ds, RLE, generate_instance_uid=False)
    assert decompress(ds, generate_instance_uid=False).SOPInstanceUID == before


def test_extended_offset_table():
    stack = np.stack([RAMP, RAMP // 3, RAMP // 5])
    ds = compress(image(stack), f"{ROOT}4.80", encapsulate_ext=True)
    assert struct.unpack("<3Q", ds.ExtendedOffsetTable)[0] == 0
    assert len(ds.ExtendedOffsetTableLengths) == 24
    again = isocenter.dcmread(written(ds))
    np.testing.assert_array_equal(pixel_array(again, index=2), stack[2])
    assert Frames(again).findings == ()
    decompress(again)
    assert "ExtendedOffsetTable" not in again
    assert "ExtendedOffsetTableLengths" not in again


# --- set_pixel_data, against pydicom ----------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "photometric", "bits"),
    [
        (RAMP, "MONOCHROME1", 8),
        (SIXTEEN, "MONOCHROME2", 12),
        (SIGNED, "MONOCHROME2", 5),
        (np.stack([RAMP, RAMP]), "PALETTE COLOR", 8),
        (COLOUR, "RGB", 8),
        (np.stack([COLOUR, COLOUR]), "YBR_FULL", 8),
        (COLOUR, "YBR_FULL_422", 8),
        (np.zeros((3, 3), np.uint8), "MONOCHROME2", 8),
    ],
)
def test_set_pixel_data_is_pydicoms(values, photometric, bits):
    ours, theirs = Dataset(), pydicom.Dataset()
    set_pixel_data(ours, values, photometric, bits, generate_instance_uid=False)
    pydicom.pixels.set_pixel_data(theirs, values, photometric, bits, generate_instance_uid=False)
    expected = {int(one.tag): (one.VR, one.value) for one in theirs}
    assert {int(one.tag): (one.VR, one.value) for one in ours} == expected
    assert ours.file_meta.TransferSyntaxUID == theirs.file_meta.TransferSyntaxUID


@pytest.mark.parametrize(
    ("values", "photometric", "bits"),
    [
        (RAMP, "RGB", 8),
        (COLOUR, "MONOCHROME9", 8),
        (RAMP, "MONOCHROME2", 9),
        (RAMP, "MONOCHROME2", 0),
        (RAMP, "MONOCHROME2", 4),
        (RAMP.astype(np.uint32), "MONOCHROME2", 8),
        (RAMP[:0], "MONOCHROME2", 8),
        (COLOUR[:, :63], "YBR_FULL_422", 8),
    ],
)
def test_arrays_that_are_no_pixel_data(values, photometric, bits):
    ds = Dataset()
    with pytest.raises(UsageError):
        set_pixel_data(ds, values, photometric, bits)
    assert not ds


def test_a_compressed_data_set_becomes_native():
    ds = isocenter.dcmread(wheel_file("MR_small_RLE.dcm"))
    set_pixel_data(ds, RAMP, "MONOCHROME2", 8)
    again = isocenter.dcmread(written(ds))
    np.testing.assert_array_equal(again.pixel_array, RAMP)
    assert again.file_meta.TransferSyntaxUID == uid.ExplicitVRLittleEndian


def test_a_big_endian_data_set_stays_big_endian():
    ds = isocenter.dcmread(wheel_file("MR_small_bigendian.dcm"))
    set_pixel_data(ds, SIXTEEN, "MONOCHROME2", 16)
    np.testing.assert_array_equal(ds.pixel_array, SIXTEEN)
    theirs = pydicom.dcmread(io.BytesIO(written(ds)))
    np.testing.assert_array_equal(theirs.pixel_array, SIXTEEN)
    ds.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    np.testing.assert_array_equal(ds.pixel_array, SIXTEEN)
    theirs = pydicom.dcmread(io.BytesIO(written(ds)))
    np.testing.assert_array_equal(theirs.pixel_array, SIXTEEN)
