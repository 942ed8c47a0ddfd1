"""Compressed frames: what an encoder was given comes back, and nothing is converted twice."""

import io
import struct
import zlib

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from isocenter.errors import PixelError, UnsupportedSyntaxError
from isocenter.pixels import DisplayTables, Frames
from isocenter.pixels import picture as render

JPEG = "1.2.840.10008.1.2.4."
RLE = "1.2.840.10008.1.2.5"
DEFLATED = "1.2.840.10008.1.2.8.1"


def rle(array):
    """One frame as PS3.5 G writes it: byte planes, most significant first."""
    samples = np.atleast_3d(array)
    planes = [
        np.ascontiguousarray(samples[..., n].astype(f">u{array.dtype.itemsize}"))
        .view(np.uint8)
        .reshape(-1, array.dtype.itemsize)[:, byte]
        for n in range(samples.shape[2])
        for byte in range(array.dtype.itemsize)
    ]
    segments = [bytes(imagecodecs.packbits_encode(plane.tobytes())) for plane in planes]
    segments = [segment + b"\0" * (len(segment) % 2) for segment in segments]
    starts = [64 + sum(map(len, segments[:n])) for n in range(len(segments))]
    padding = [0] * (15 - len(starts))
    return struct.pack("<16L", len(starts), *starts, *padding) + b"".join(segments)


def deflated(array):
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(array.tobytes()) + stream.flush()


def lossless_jpeg(array, predictor):
    bits = array.dtype.itemsize * 8
    return imagecodecs.jpeg8_encode(array, lossless=True, predictor=predictor, bitspersample=bits)


LOSSLESS = {
    "RLE": (RLE, rle),
    "deflated": (DEFLATED, deflated),
    "process 14": (f"{JPEG}57", lambda a: lossless_jpeg(a, 6)),
    "SV1": (f"{JPEG}70", lambda a: lossless_jpeg(a, 1)),
    "JPEG-LS": (f"{JPEG}80", imagecodecs.jpegls_encode),
    "JPEG 2000": (
        f"{JPEG}90",
        lambda a: imagecodecs.jpeg2k_encode(a, codecformat="j2k", level=0, reversible=True),
    ),
    "JP2": (
        f"{JPEG}90",
        lambda a: imagecodecs.jpeg2k_encode(a, codecformat="jp2", level=0, reversible=True),
    ),
    "HTJ2K": (f"{JPEG}201", lambda a: imagecodecs.htj2k_encode(a, reversible=True)),
    "JPEG XL": (f"{JPEG}110", lambda a: imagecodecs.jpegxl_encode(a, lossless=True)),
}


def opened(make, name, array, **changes):
    ds = make.image(array, syntax=LOSSLESS[name][0], **changes)
    ds["PixelData"] = make.items(bytes(LOSSLESS[name][1](array)))
    return Frames(ds)


@pytest.mark.parametrize("name", LOSSLESS)
@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_lossless_round_trip(make, name, data):
    rows, columns = data.draw(st.integers(8, 40)), data.draw(st.integers(8, 40))
    dtype = data.draw(st.sampled_from([np.uint8, np.uint16]))
    samples = data.draw(st.sampled_from([(), (3,)]))
    random = np.random.default_rng(data.draw(st.integers(0, 1 << 30)))
    values = random.integers(
        0, np.iinfo(dtype).max, (rows, columns, *samples), dtype, endpoint=True
    )
    frames = opened(make, name, values)
    np.testing.assert_array_equal(frames.array(0), values, strict=True)
    assert frames.findings == ()


@pytest.mark.parametrize("name", ["RLE", "deflated", "JPEG 2000"])
def test_signed_round_trip(make, name):
    values = np.arange(-900, 900, dtype=np.int16).reshape(36, 50)
    np.testing.assert_array_equal(opened(make, name, values).array(0), values, strict=True)


@pytest.mark.parametrize("name", ["process 14", "JPEG-LS", "JPEG 2000"])
def test_the_header_gives_the_sign_a_codestream_cannot(make, name):
    values = np.arange(-900, 900, dtype=np.int16).reshape(36, 50)
    bits = (values & 0xFFF).astype(np.uint16)
    frames = opened(make, name, bits, BitsStored=12, PixelRepresentation=1)
    np.testing.assert_array_equal(frames.array(0), values, strict=True)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("JPEG 2000", (91, 92, 93)),
        ("HTJ2K", (202, 203)),
        ("JPEG XL", (111, 112)),
        ("JPEG-LS", (81,)),
    ],
)
def test_what_a_lossy_syntax_holds_without_loss(make, name, numbers):
    values = np.arange(36 * 50, dtype=np.uint16).reshape(36, 50)
    for number in numbers:
        ds = make.image(values, syntax=f"{JPEG}{number}", BitsStored=16)
        ds["PixelData"] = make.items(bytes(LOSSLESS[name][1](values)))
        np.testing.assert_array_equal(Frames(ds).array(0), values, strict=True)


def test_a_signed_codestream_is_signed_whatever_the_header_says(make):
    values = np.arange(-900, 900, dtype=np.int16).reshape(36, 50)
    frames = opened(make, "JPEG 2000", values, PixelRepresentation=0)
    np.testing.assert_array_equal(frames.array(0), values, strict=True)
    assert [f.code for f in frames.findings] == ["codestream-contradicts"]


@pytest.mark.parametrize("name", ["RLE", "SV1"])
def test_overlay_bits_are_cut_off_after_decoding(make, name):
    values = np.arange(2400, dtype=np.uint16).reshape(40, 60)
    frames = opened(make, name, values | 0x8000, BitsStored=12)
    np.testing.assert_array_equal(frames.array(0), values)
    assert [f.code for f in frames.findings] == ["bits-above-high-bit"]


def test_lossy_overshoot_is_not_wrapped(make):
    values = np.full((16, 16), 4100, np.uint16)  # a decoder's overshoot of 12 bits
    data = imagecodecs.jpeg2k_encode(values, codecformat="j2k", level=0, reversible=True)
    ds = make.image(values, syntax=f"{JPEG}91", BitsStored=12, PixelData=make.items(bytes(data)))
    assert Frames(ds).array(0).min() == 4100


def test_random_access_to_many_frames(make):
    stack = np.arange(5 * 64, dtype=np.uint16).reshape(5, 8, 8)
    ds = make.image(stack, syntax=f"{JPEG}70")
    ds["PixelData"] = make.items(*(bytes(LOSSLESS["SV1"][1](plane)) for plane in stack))
    frames = Frames(ds)
    for index in (4, 0, 2):
        np.testing.assert_array_equal(frames.array(index), stack[index])
    assert len(list(frames)) == len(frames) == 5


# --- colour: converted exactly once ------------------------------------------------------

RAMP = np.add.outer(np.arange(32), np.arange(32)).astype(np.uint8)
COLOR = np.dstack([RAMP * 4, 255 - RAMP * 4, RAMP * 2 + 60])


def baseline(make, *, photometric, **options):
    data = bytes(imagecodecs.jpeg8_encode(COLOR, 98, **options))
    ds = make.image(COLOR, syntax=f"{JPEG}50", PhotometricInterpretation=photometric)
    return ds, data


def shown(make, ds, data):
    ds["PixelData"] = make.items(data)
    frames = Frames(ds)
    assert frames[0].photometric == "RGB"
    return frames, render(frames, 0, DisplayTables()).astype(int)


@pytest.mark.parametrize("photometric", ["YBR_FULL", "YBR_FULL_422"])
def test_baseline_ybr_comes_out_as_rgb_once(make, photometric):
    frames, picture = shown(make, *baseline(make, photometric=photometric))
    assert np.abs(picture - COLOR).max() <= 12  # lossy, quality 98, chroma subsampled
    assert frames.findings == ()


def without(data, marker):
    """``data`` without its segments of ``marker``."""
    at, parts = 2, [data[:2]]
    while data[at + 1] != 0xDA:
        length = 2 + struct.unpack_from(">H", data, at + 2)[0]
        parts += [] if data[at + 1] == marker else [data[at : at + length]]
        at += length
    return b"".join(parts) + data[at:]


def renamed(data, names):
    """``data`` with component identifiers ``names`` in frame and scan header."""
    out = bytearray(data)
    frame = data.index(b"\xff\xc0")
    scan = data.index(b"\xff\xda")
    for n, name in enumerate(names):
        out[frame + 10 + 3 * n] = name
        out[scan + 5 + 2 * n] = name
    return bytes(out)


def test_rgb_without_any_mark_is_not_converted(make):
    ds, data = baseline(make, photometric="RGB", colorspace="RGB", outcolorspace="RGB")
    data = renamed(without(data, 0xEE), (0, 1, 2))
    frames, picture = shown(make, ds, data)
    assert np.abs(picture - COLOR).max() <= 8
    assert frames.findings == ()


def test_ybr_without_any_mark_is_converted(make):
    ds, data = baseline(make, photometric="YBR_FULL", subsampling="444")
    frames, picture = shown(make, ds, without(data, 0xE0))
    assert np.abs(picture - COLOR).max() <= 8
    assert frames.findings == ()


def test_a_jfif_file_that_says_rgb_is_converted_and_told(make):
    frames, picture = shown(make, *baseline(make, photometric="RGB"))
    assert np.abs(picture - COLOR).max() <= 12
    assert [f.code for f in frames.findings] == ["codestream-contradicts"]


def test_adobe_rgb_that_says_ybr_is_not_converted_and_told(make):
    ds, data = baseline(make, photometric="YBR_FULL", colorspace="RGB", outcolorspace="RGB")
    frames, picture = shown(make, ds, data)
    assert np.abs(picture - COLOR).max() <= 8
    assert [f.code for f in frames.findings] == ["codestream-contradicts"]


@pytest.mark.parametrize("photometric", ["YBR_RCT", "YBR_ICT", "RGB"])
def test_jpeg_2000_component_transform_comes_out_as_rgb(make, photometric):
    frames = opened(make, "JPEG 2000", COLOR, PhotometricInterpretation=photometric)
    np.testing.assert_array_equal(render(frames, 0, DisplayTables()), COLOR)


@pytest.mark.parametrize("name", ["RLE", "JPEG-LS", "SV1"])
def test_lossless_ybr_stays_ybr_until_it_is_shown(make, name):
    gray = np.dstack([RAMP, np.full_like(RAMP, 128), np.full_like(RAMP, 128)])
    frames = opened(make, name, gray, PhotometricInterpretation="YBR_FULL")
    assert frames[0].photometric == "YBR_FULL"
    np.testing.assert_array_equal(render(frames, 0, DisplayTables()), np.dstack([RAMP] * 3))


def test_a_jpeg_inside_of_jpeg_xl_comes_out_as_rgb_once(make):
    jpeg = bytes(imagecodecs.jpeg8_encode(COLOR, 98))
    ds = make.image(COLOR, syntax=f"{JPEG}111", PhotometricInterpretation="YBR_FULL_422")
    _, picture = shown(make, ds, bytes(imagecodecs.jpegxl_encode_jpeg(jpeg)))
    assert np.abs(picture - COLOR).max() <= 12


def test_jpeg_xl_of_12_bits_is_not_stretched(make):
    values = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    data = imagecodecs.jpegxl_encode(values, lossless=True, bitspersample=12)
    ds = make.image(values, syntax=f"{JPEG}110", BitsStored=12, PixelData=make.items(bytes(data)))
    np.testing.assert_array_equal(Frames(ds).array(0), values)


def test_the_codestream_decides_how_many_components_there_are(make):
    ds = make.image(RAMP, syntax=f"{JPEG}80")
    ds["PixelData"] = make.items(bytes(imagecodecs.jpegls_encode(COLOR)))
    frames = Frames(ds)
    np.testing.assert_array_equal(render(frames, 0, DisplayTables()), COLOR)
    assert [f.code for f in frames.findings] == ["codestream-contradicts"]


def test_the_codestream_decides_its_family(make):
    ds = make.image(RAMP, syntax=f"{JPEG}50")
    ds["PixelData"] = make.items(bytes(imagecodecs.jpegls_encode(RAMP)))
    frames = Frames(ds)
    np.testing.assert_array_equal(frames.array(0), RAMP)
    assert [f.code for f in frames.findings] == ["codestream-contradicts"]


# --- lossy processes of JPEG ----------------------------------------------------------------


def rms(one, two):
    difference = one.astype(float) - two.astype(float)
    return np.sqrt((difference**2).mean(axis=(0, 1))).max()


@pytest.mark.parametrize("signed", [False, True])
def test_extended_jpeg_of_12_bits(make, signed):
    values = (np.add.outer(np.arange(48), np.arange(64)) * 36).astype(np.uint16)
    data = bytes(imagecodecs.jpeg8_encode(values, 95, bitspersample=12))
    ds = make.image(
        values,
        syntax=f"{JPEG}51",
        BitsStored=12,
        PixelRepresentation=int(signed),
        PixelData=make.items(data),
    )
    frames = Frames(ds)
    expected = np.where(values > 2047, values.astype(int) - 4096, values) if signed else values
    inner = np.abs(expected) < 2000  # not where rounding changes the sign
    assert rms(frames.array(0)[inner][None], expected[inner][None]) <= 6
    assert frames.array(0).dtype == (np.int16 if signed else np.uint16)
    assert frames.findings == ()


@pytest.mark.parametrize("options", [{"progressive": True}, {"optimize": True}])
@pytest.mark.parametrize("values", [RAMP, COLOR], ids=["gray", "colour"])
@pytest.mark.parametrize("number", [50, 53, 55])
def test_spectral_and_progressive_jpeg(make, number, values, options):
    stream = io.BytesIO()
    Image.fromarray(values).save(stream, "JPEG", quality=98, subsampling=0, **options)
    photometric = "YBR_FULL" if values.ndim == 3 else "MONOCHROME2"
    ds = make.image(values, syntax=f"{JPEG}{number}", PhotometricInterpretation=photometric)
    ds["PixelData"] = make.items(stream.getvalue())
    assert rms(Frames(ds).array(0), values) <= 2


@pytest.mark.parametrize("marker", [0xC5, 0xC7, 0xCD])
def test_hierarchical_jpeg_is_refused(make, marker):
    data = bytes(imagecodecs.jpeg8_encode(RAMP)).replace(b"\xff\xc0", bytes([0xFF, marker]), 1)
    ds = make.image(RAMP, syntax=f"{JPEG}60", PixelData=make.items(data))
    with pytest.raises(PixelError, match="cannot be decoded"):
        Frames(ds).array(0)


# --- errors --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(LOSSLESS) - {"RLE", "deflated"}))
def test_an_extent_that_contradicts_the_header_is_an_error(make, name):
    frames = opened(make, name, RAMP, Rows=33)
    with pytest.raises(PixelError, match="32 rows of 32; 33 of 32"):
        frames.array(0)


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.100", "1.2.3", "nonsense"])
def test_unknown_transfer_syntaxes(make, syntax):
    with pytest.raises(UnsupportedSyntaxError, match="no decoder"):
        Frames(make.image(RAMP, syntax=syntax))


def test_a_missing_end_of_image_is_told(make):
    ds = make.image(RAMP, syntax=f"{JPEG}50")
    ds["PixelData"] = make.items(bytes(imagecodecs.jpeg8_encode(RAMP))[:-2])
    frames = Frames(ds)
    frames.array(0)
    assert [f.code for f in frames.findings] == ["no-end-of-image"]


@pytest.mark.parametrize("options", [{}, {"subsampling": "420"}])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9, 0.97])
def test_a_jpeg_that_breaks_off_is_an_error_not_a_gray_rest(make, kept, options):
    colour = bool(options.get("subsampling"))
    picture = np.random.default_rng(3).integers(0, 255, (64, 64) + (3,) * colour, np.uint8)
    whole = bytes(imagecodecs.jpeg8_encode(picture, level=90, **options))
    ds = make.image(
        picture,
        syntax=f"{JPEG}50",
        PhotometricInterpretation="YBR_FULL" if colour else "MONOCHROME2",
    )
    header = whole.index(b"\xff\xda") + 20
    ds["PixelData"] = make.items(whole[: header + int(kept * (len(whole) - header))])
    with pytest.raises(PixelError, match=r"breaks off|cannot be decoded"):
        Frames(ds).array(0)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_progressive_jpeg_that_breaks_off_is_an_error(make, kept):
    picture = np.random.default_rng(3).integers(0, 255, (64, 64), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG", quality=90, progressive=True)
    whole = stream.getvalue()
    ds = make.image(picture, syntax=f"{JPEG}50")
    ds["PixelData"] = make.items(whole[: int(kept * len(whole))])
    with pytest.raises(PixelError, match=r"breaks off|cannot be decoded"):
        Frames(ds).array(0)


# --- RLE (PS3.5 G) -------------------------------------------------------------------------


def rle_frames(make, data, **changes):
    return Frames(make.image(RAMP, syntax=RLE, PixelData=make.items(data), **changes))


def test_an_rle_segment_with_too_much_is_told(make):
    data = rle(RAMP) + b"\x03more"
    frames = rle_frames(make, data)
    np.testing.assert_array_equal(frames.array(0), RAMP)
    assert [f.code for f in frames.findings] == ["excess"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\0" * 10, "header has 10 bytes"),
        (rle(COLOR), "tells 3 segments; 1 are needed"),
        (struct.pack("<16L", 1, 1000, *[0] * 14), "leave the frame"),
        (struct.pack("<16L", 1, 64, *[0] * 14) + b"\x01ab", "holds 2 bytes; 1024 are needed"),
        (struct.pack("<16L", 1, 64, *[0] * 14) + b"\x7fab", "cannot be decoded"),
    ],
)
def test_rle_errors(make, data, problem):
    with pytest.raises(PixelError, match=problem):
        rle_frames(make, data).array(0)


def test_single_bits_in_rle(make):
    bits = np.random.default_rng(1).integers(0, 2, (10, 13), np.uint8)
    packed = np.packbits(bits, bitorder="little").reshape(1, -1)
    ds = make.image(bits, syntax=RLE, BitsAllocated=1, BitsStored=1, HighBit=0)
    ds["PixelData"] = make.items(rle(packed))
    np.testing.assert_array_equal(Frames(ds).array(0), bits)


def test_a_deflated_frame_that_is_short(make):
    ds = make.image(RAMP, syntax=DEFLATED, PixelData=make.items(deflated(RAMP[:5])))
    with pytest.raises(PixelError, match="holds 160 bytes; 1024 are needed"):
        Frames(ds).array(0)


def test_a_deflated_bomb_is_not_inflated(make):
    stream = zlib.compressobj(wbits=-15)
    bomb = stream.compress(bytes(50 << 20)) + stream.flush()
    ds = make.image(RAMP, syntax=DEFLATED, PixelData=make.items(bomb))
    assert Frames(ds).array(0).sum() == 0
