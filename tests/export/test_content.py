"""Formats: what a frame is in each of them, against the picture, pydicom, and other readers."""

import io

import imagecodecs
import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image
from pydicom.pixels import apply_modality_lut

from isocenter import dcmread
from isocenter.errors import PixelError, UsageError
from isocenter.export import Format, Options
from isocenter.export.content import content, played
from isocenter.pixels import imagefiles
from isocenter.pixels.display import DisplayTables
from isocenter.pixels.frames import Frames
from isocenter.pixels.look import Look
from isocenter.pixels.picture import picture
from support.files import wheel_file

GRAY, SIGNED, COLOR, PALETTE = (
    "693_UNCI.dcm",
    "CT_small.dcm",
    "US1_UNCR.dcm",
    "examples_palette.dcm",
)


def made(name, *, frame=0, **options):
    frames = Frames(dcmread(wheel_file(name)))
    return content(frames, frame, Options(**options), DisplayTables()), frames


def opened(data):
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image)


def shown(name):
    return picture(Frames(dcmread(wheel_file(name))), 0, DisplayTables(), Look(square=True))


@pytest.mark.parametrize("name", [GRAY, SIGNED, COLOR, PALETTE, "RG1_UNCI.dcm"])
def test_png_is_the_picture(name):
    assert np.array_equal(shown(name), opened(made(name, format=Format.PNG)[0]))


@pytest.mark.parametrize(("kind", "most"), [(Format.JPEG, 2.5), (Format.WEBP, 6.0)])
@pytest.mark.parametrize("name", [GRAY, SIGNED, COLOR, PALETTE])
def test_lossy_formats_are_close_to_it(kind, most, name):
    found = opened(made(name, format=kind, quality=95)[0]).astype(float)
    expected = shown(name).astype(float)
    if found.ndim > expected.ndim:
        expected = np.repeat(expected[..., None], 3, axis=2)
    assert np.sqrt(((found - expected) ** 2).mean()) < most


def test_gif_keeps_gray():
    with Image.open(io.BytesIO(made(SIGNED, format=Format.GIF)[0])) as image:
        assert np.array_equal(shown(SIGNED), np.asarray(image.convert("L")))


@pytest.mark.parametrize("kind", [Format.PNG16, Format.TIFF])
@pytest.mark.parametrize("name", [GRAY, SIGNED, "RG1_UNCI.dcm", "MR_small.dcm"])
def test_sixteen_bits_are_the_picture_with_more_between(kind, name):
    data, _ = made(name, format=kind)
    deep = opened(data)
    assert deep.dtype == np.uint16
    assert np.abs(deep / 257 - shown(name).astype(float)).max() <= 0.5 + 1e-9
    assert len(np.unique(deep)) >= len(np.unique(shown(name)))


def test_sixteen_bits_with_padding_a_window_and_a_range_of_its_own():
    window = Look(window=(40, 400))
    frames = Frames(dcmread(wheel_file(SIGNED)))
    deep = opened(content(frames, 0, Options(format=Format.PNG16, look=window), DisplayTables()))
    eight = picture(frames, 0, DisplayTables(), window)
    assert np.abs(deep / 257 - eight.astype(float)).max() <= 0.5 + 1e-9
    full = opened(made(GRAY, format=Format.TIFF, look=Look(window="full"))[0])
    assert (full.min(), full.max()) == (0, 65535)


def test_floating_point_is_in_output_units():
    expected = apply_modality_lut(
        pydicom.dcmread(wheel_file(SIGNED)).pixel_array, pydicom.dcmread(wheel_file(SIGNED))
    )
    assert np.array_equal(expected, np.load(io.BytesIO(made(SIGNED, format=Format.NPY)[0])))
    single = opened(made(SIGNED, format=Format.TIFF_FLOAT)[0])
    assert single.dtype == np.float32
    assert np.array_equal(expected, single)


@pytest.mark.parametrize("kind", [Format.PNG16, Format.TIFF, Format.TIFF_FLOAT, Format.NPY])
@pytest.mark.parametrize("name", [COLOR, PALETTE])
def test_colour_is_eight_bits_in_every_format(kind, name):
    data, _ = made(name, format=kind)
    found = np.load(io.BytesIO(data)) if kind is Format.NPY else opened(data)
    assert found.dtype == np.uint8
    assert np.array_equal(shown(name), found)


# --- raw ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [GRAY, SIGNED, "MR_small.dcm", "SC_rgb_16bit.dcm", "liver.dcm"])
def test_raw_is_what_is_stored(name):
    expected = pydicom.dcmread(wheel_file(name)).pixel_array
    if name == "liver.dcm":
        expected = expected[0]
    assert np.array_equal(expected, np.load(io.BytesIO(made(name, format=Format.NPY, raw=True)[0])))
    data, _ = made(name, format=Format.TIFF, raw=True)
    found = imagecodecs.tiff_decode(data)
    assert found.dtype == expected.dtype
    assert np.array_equal(expected, found)
    data, frames = made(name, raw=True)
    offset = 0x8000 if expected.dtype.kind == "i" else 0
    assert np.array_equal(expected.astype(int) + offset, imagecodecs.png_decode(data))
    assert imagecodecs.png_decode(data).dtype == np.uint16
    assert [finding.code for finding in frames.findings] == ["offset-added"] * bool(offset)


def floating(values):
    """CT_small with these values for Float or Double Float Pixel Data."""
    ds = pydicom.dcmread(wheel_file(SIGNED))
    del ds.PixelData
    keyword = "FloatPixelData" if values.itemsize == 4 else "DoubleFloatPixelData"
    setattr(ds, keyword, values.tobytes())
    ds.Rows, ds.Columns = values.shape
    ds.BitsAllocated = values.itemsize * 8
    for name in ("RescaleSlope", "RescaleIntercept", "BitsStored", "HighBit"):
        delattr(ds, name)
    written = pydicom.filebase.DicomBytesIO()
    ds.save_as(written)
    return Frames(dcmread(written.getvalue()))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_what_a_png_cannot_hold_is_refused_and_a_tiff_can(dtype):
    values = np.linspace(-1, 1, 12, dtype=dtype).reshape(3, 4)
    with pytest.raises(PixelError, match="write tiff or npy") as raised:
        content(floating(values), 0, Options(raw=True), DisplayTables())
    assert raised.value.code == "does-not-fit"
    tiff = Options(raw=True, format=Format.TIFF)
    found = imagecodecs.tiff_decode(content(floating(values), 0, tiff, DisplayTables()))
    assert found.dtype == dtype
    assert np.array_equal(values, found)


def test_stored_values_of_32_bits():
    expected = pydicom.dcmread(wheel_file("rtdose.dcm")).pixel_array[0]
    with pytest.raises(PixelError, match="write tiff or npy"):
        made("rtdose.dcm", raw=True)
    found = imagecodecs.tiff_decode(made("rtdose.dcm", format=Format.TIFF, raw=True)[0])
    assert np.array_equal(expected, found)


def test_a_value_too_large_for_single_precision():
    values = np.array([[1e300, -1.0], [np.inf, np.nan]])
    with pytest.raises(PixelError, match="too large"):
        content(floating(values), 0, Options(format=Format.TIFF_FLOAT), DisplayTables())
    data = content(floating(values), 0, Options(format=Format.NPY), DisplayTables())
    assert np.array_equal(values, np.load(io.BytesIO(data)), equal_nan=True)


# --- moving ---------------------------------------------------------------------------------


def test_a_gif_plays_gray_without_loss():
    frames = [np.full((8, 8), shade, np.uint8) for shade in (0, 100, 101, 255)]
    data = imagefiles.gif(frames, [40, 120, 5, 33.4])
    with Image.open(io.BytesIO(data)) as image:
        assert (image.n_frames, image.info["loop"]) == (4, 0)
        for index, (frame, lasting) in enumerate(zip(frames, [40, 120, 20, 30], strict=True)):
            image.seek(index)
            assert image.info["duration"] == lasting
            assert np.array_equal(frame, np.asarray(image.convert("L")))


def test_a_webp_plays():
    frames = [np.full((8, 8, 3), shade, np.uint8) for shade in (0, 128, 255)]
    data = played(frames, [40, 10.4, 33], Options(format=Format.WEBP, cine=True))
    with Image.open(io.BytesIO(data)) as image:
        found = []
        for index in range(image.n_frames):
            image.seek(index)
            image.load()
            found.append((image.info["duration"], int(np.asarray(image)[0, 0, 0])))
    assert [time for time, _ in found] == [40, 10, 33]
    assert [shade for _, shade in found] == pytest.approx([0, 128, 255], abs=2)


# --- limits ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encode", "limit"),
    [
        (lambda pixels: imagefiles.jpeg(pixels, 90), 65_500),
        (lambda pixels: imagefiles.webp(pixels, 90), 16_383),
        (lambda pixels: imagefiles.moving_webp([pixels, pixels], [1, 1], 90), 16_383),
        (lambda pixels: imagefiles.gif([pixels]), 65_535),
        (imagefiles.png, 1_000_000),
    ],
)
def test_a_side_no_reader_takes_is_refused(encode, limit):
    for shape in ((limit, 1), (1, limit)):
        assert max(opened(encode(np.zeros(shape, np.uint8))).shape[:2]) == limit
    with pytest.raises(PixelError, match=f"{limit:,} a side") as raised:
        encode(np.zeros((limit + 1, 1), np.uint8))
    assert raised.value.code == "does-not-fit"


@given(
    arrays.arrays(
        st.sampled_from(["u1", "u2"]),
        st.tuples(st.integers(1, 9), st.integers(1, 9))
        | st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)),
    )
)
def test_png_is_lossless(pixels):
    assert np.array_equal(pixels, imagecodecs.png_decode(imagefiles.png(pixels)))


@given(
    arrays.arrays(
        st.sampled_from(["u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"]),
        st.tuples(st.integers(1, 9), st.integers(1, 9))
        | st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)),
    )
)
def test_tiff_is_lossless(pixels):
    found = imagecodecs.tiff_decode(imagefiles.tiff(pixels))
    assert found.dtype == pixels.dtype
    assert np.array_equal(pixels, found, equal_nan=pixels.dtype.kind == "f")


# --- options that contradict each other -----------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"pattern": "a.jpg", "format": Format.PNG}, "not called .jpg"),
        ({"pattern": "a.jpg", "raw": True}, "raw is written as"),
        ({"format": Format.TIFF_FLOAT, "raw": True}, "raw is written as"),
        ({"format": Format.PNG, "cine": True}, "gif or webp"),
        ({"raw": True, "cine": True}, "raw is written as|gif or webp"),
        ({"quality": 0}, "1 to 100"),
        ({"format": Format.NPY, "look": Look(window="auto")}, "no window"),
        ({"raw": True, "look": Look(voi=1)}, "no window"),
        ({"format": Format.TIFF, "look": Look(size=10)}, "8 bits"),
        ({"format": Format.PNG16, "look": Look(overlays=True)}, "8 bits"),
    ],
)
def test_options_that_contradict_each_other(options, said):
    with pytest.raises(UsageError, match=said):
        Options(**options)


@pytest.mark.parametrize(
    ("options", "kind", "extension"),
    [
        ({}, Format.JPEG, ".jpg"),
        ({"pattern": "a.JPEG"}, Format.JPEG, ".JPEG"),
        ({"pattern": "a.tif"}, Format.TIFF, ".tif"),
        ({"pattern": "a.png"}, Format.PNG, ".png"),
        ({"pattern": "a.png", "format": Format.PNG16}, Format.PNG16, ".png"),
        ({"pattern": "a.tiff", "format": Format.TIFF_FLOAT}, Format.TIFF_FLOAT, ".tiff"),
        ({"format": Format.NPY}, Format.NPY, ".npy"),
        ({"raw": True}, Format.PNG16, ".png"),
        ({"pattern": "a.png", "raw": True}, Format.PNG16, ".png"),
        ({"pattern": "a.npy", "raw": True}, Format.NPY, ".npy"),
        ({"cine": True}, Format.GIF, ".gif"),
        ({"pattern": "a.webp", "cine": True}, Format.WEBP, ".webp"),
    ],
)
def test_the_format_chosen(options, kind, extension):
    made = Options(**options)
    assert (kind, extension) == (made.kind, made.extension)


def test_what_decodes_as_colour_has_no_output_units():
    """The bitstream wins over a header that declares gray."""
    ds = pydicom.dcmread(wheel_file("SC_rgb_jpeg_dcmtk.dcm"))
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    del ds.PlanarConfiguration
    written = pydicom.filebase.DicomBytesIO()
    ds.save_as(written)
    frames = Frames(dcmread(written.getvalue()))
    for kind in (Format.NPY, Format.PNG16):
        with pytest.raises(PixelError):
            content(frames, 0, Options(format=kind), DisplayTables())
