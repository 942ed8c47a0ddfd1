"""The facade's decoders beside the real pydicom's: arrays, buffers, descriptions, warnings, errors."""

import io
import struct
import warnings

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.pixels import get_decoder as theirs

from isocenter import compat
from isocenter.compat.pixels import get_decoder
from isocenter.compat.uid import register_transfer_syntax
from support.files import wheel_file, wheel_files

LITTLE, BIG, RLE = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.5"
LOSSY = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.91"}
MOST = 4_000_000
BASE = {
    "rows": 2,
    "columns": 2,
    "samples_per_pixel": 1,
    "photometric_interpretation": "MONOCHROME2",
    "bits_allocated": 8,
    "bits_stored": 8,
    "pixel_representation": 0,
    "number_of_frames": 1,
    "pixel_keyword": "PixelData",
}
COLOUR = {
    **BASE,
    "samples_per_pixel": 3,
    "photometric_interpretation": "RGB",
    "planar_configuration": 0,
}


def with_pixels():
    for path in wheel_files():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                ds = pydicom.dcmread(path)
                said = ds.file_meta.TransferSyntaxUID
                if "PixelData" in ds and len(ds.PixelData) < MOST:
                    theirs(said).as_buffer(ds, index=0)
                    yield path
            except Exception:  # noqa: BLE001, S112 - whatever pydicom cannot read is no oracle
                continue


FILES = list(with_pixels())


def plain(found):
    """What a decoder gave, to be compared; a sequence of pairs for the iterators."""
    pairs = [found] if isinstance(found, tuple) else list(found)
    return [
        (pixels if isinstance(pixels, np.ndarray) else bytes(pixels), meta)
        for pixels, meta in pairs
    ]


def outcome(call):
    """What a call gives or the kind of its error, and whether it warned."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            found = plain(call())
        except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
            kinds = (AttributeError, NotImplementedError, TypeError, ValueError, RuntimeError)
            return next(kind for kind in kinds if isinstance(error, kind)), bool(seen)
    return found, bool(seen)


def same(ours, expected, *, within=0):
    assert len(ours) == len(expected)
    for (pixels, meta), (right, said) in zip(ours, expected, strict=True):
        assert meta == said
        assert type(pixels) is type(right)
        if isinstance(right, np.ndarray):
            assert (pixels.shape, pixels.dtype) == (right.shape, right.dtype)
            if within:
                difference = np.abs(pixels.astype(int) - right.astype(int))
                assert difference.max() <= within
            else:
                np.testing.assert_array_equal(pixels, right)
        elif not within:
            assert pixels == right


def agree(uid, source, method="as_array", **options):
    ours, warned = outcome(lambda: getattr(get_decoder(uid), method)(source, **options))
    right, should = outcome(lambda: getattr(theirs(uid), method)(source, **options))
    assert warned == should
    if isinstance(right, type):
        assert ours is right
    else:
        same(ours, right)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_that_pydicom_decodes_is_decoded_alike(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        right, ours = pydicom.dcmread(path), compat.dcmread(path)
        uid = right.file_meta.TransferSyntaxUID
        last = int(right.get("NumberOfFrames") or 1) - 1
        for options in ({}, {"raw": True}, {"as_rgb": False}, {"index": last}):
            try:
                expected = plain(theirs(uid).as_array(right, **options))
            except (RuntimeError, ValueError, AttributeError):
                continue
            found = plain(get_decoder(uid).as_array(ours, **options))
            same(found, expected, within=3 if uid in LOSSY else 0)


@pytest.mark.parametrize("name", ["emri_small.dcm", "emri_small_RLE.dcm", "SC_rgb_rle_2frame.dcm"])
@pytest.mark.parametrize("method", ["as_buffer", "iter_buffer", "iter_array"])
def test_buffers_and_iterators(name, method):
    right, ours = pydicom.dcmread(wheel_file(name)), compat.dcmread(wheel_file(name))
    uid = right.file_meta.TransferSyntaxUID
    expected = plain(getattr(theirs(uid), method)(right))
    same(plain(getattr(get_decoder(uid), method)(ours)), expected)
    if method == "iter_array":
        wanted = [1, 0, 1]
        expected = plain(theirs(uid).iter_array(right, indices=wanted))
        same(plain(get_decoder(uid).iter_array(ours, indices=wanted)), expected)


@pytest.mark.parametrize("name", sorted(set(BASE) - {"number_of_frames"}))
@pytest.mark.parametrize("value", [None, 0, -1, 1, 2, 7, 8, 9, 12, 128, 65536, "", "RGB", "Foo"])
def test_wrong_descriptions_are_the_same_errors(name, value):
    agree(LITTLE, bytes(4), **{**BASE, name: value})


@pytest.mark.parametrize("name", BASE)
def test_missing_descriptions_are_the_same_errors(name):
    agree(LITTLE, bytes(4), **{key: value for key, value in BASE.items() if key != name})


@pytest.mark.parametrize("value", [None, 0, -1, 1, 2, "2"])
def test_number_of_frames(value):
    agree(LITTLE, bytes(8), **{**BASE, "number_of_frames": value})


@pytest.mark.parametrize("size", range(13))
@pytest.mark.parametrize(
    "options", [{}, {"allow_excess_frames": False}, {"index": 0}, {"index": 1}]
)
@pytest.mark.parametrize("method", ["as_array", "as_buffer"])
def test_too_few_and_too_many_bytes(size, options, method):
    agree(LITTLE, bytes(range(size)), method, **BASE, **options)


@pytest.mark.parametrize("index", [-1, 0, 1, 2, 3])
@pytest.mark.parametrize("method", ["as_array", "as_buffer"])
@pytest.mark.parametrize("validate", [True, False])
def test_index(index, method, validate):
    described = {**BASE, "number_of_frames": 3}
    if index < 0:
        with pytest.raises(ValueError, match="counted from 0"):
            getattr(get_decoder(LITTLE), method)(bytes(12), index=index, **described)
    else:
        agree(LITTLE, bytes(range(12)), method, index=index, validate=validate, **described)


@pytest.mark.parametrize("photometric", ["RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "ARGB", "X"])
@pytest.mark.parametrize("size", [8, 12, 14, 24])
@pytest.mark.parametrize("options", [{}, {"raw": True}, {"as_rgb": False}, {"force_ybr": True}])
def test_colours(photometric, size, options):
    described = {**COLOUR, "photometric_interpretation": photometric}
    agree(LITTLE, bytes(range(0, 10 * size, 10)), **described, **options)


@pytest.mark.parametrize("planar", [0, 1, 2, None])
@pytest.mark.parametrize("method", ["as_array", "as_buffer", "iter_array", "iter_buffer"])
def test_planar_configuration(planar, method):
    described = {**COLOUR, "planar_configuration": planar, "number_of_frames": 2}
    agree(LITTLE, bytes(range(24)), method, **described)


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("method", ["as_array", "as_buffer", "iter_array", "iter_buffer"])
def test_single_bits_of_frames_that_end_inside_a_byte(count, method):
    described = {**BASE, "rows": 3, "columns": 3, "bits_allocated": 1, "bits_stored": 1}
    data = bytes.fromhex("aa03ccff")[: -(-9 * count // 8)]
    agree(LITTLE, data, method, **{**described, "number_of_frames": count})


@pytest.mark.parametrize("vr", ["OB", "OW", None])
@pytest.mark.parametrize("columns", [2, 3])
@pytest.mark.parametrize("index", [None, 0, 1, 2])
@pytest.mark.parametrize("method", ["as_array", "as_buffer"])
def test_big_endian_bytes_lie_in_words_where_the_vr_says_so(vr, columns, index, method):
    described = {**BASE, "rows": 1, "columns": columns, "number_of_frames": 3}
    data = bytes(range(3 * columns)) + bytes(columns % 2)
    options = {} if index is None else {"index": index}
    agree(BIG, data, method, pixel_vr=vr, **described, **options)


@pytest.mark.parametrize("bits", [16, 32, 64])
def test_big_endian_cells_keep_their_byte_order(bits):
    described = {**BASE, "bits_allocated": bits, "bits_stored": bits}
    agree(BIG, bytes(range(4 * bits // 8)), **described)


@pytest.mark.parametrize(
    ("keyword", "bits"), [("FloatPixelData", 32), ("DoubleFloatPixelData", 64)]
)
@pytest.mark.parametrize("uid", [LITTLE, BIG])
def test_float_pixel_data(keyword, bits, uid):
    described = {name: value for name, value in BASE.items() if name != "bits_stored"}
    described |= {"pixel_keyword": keyword, "bits_allocated": bits}
    numbers = struct.pack("<4f" if bits == 32 else "<4d", 0, 1, -2.5, 3)
    agree(uid, numbers, **described)


@pytest.mark.parametrize("signed", [0, 1])
@pytest.mark.parametrize("options", [{}, {"correct_unused_bits": False}, {"raw": True}])
def test_bits_above_bits_stored(signed, options):
    described = {**BASE, "bits_allocated": 16, "bits_stored": 12, "pixel_representation": signed}
    agree(LITTLE, struct.pack("<4H", 0xF001, 0x0FFF, 0x8800, 0x0800), **described, **options)


def test_a_high_bit_that_the_data_set_declares_is_obeyed():
    ds = compat.dcmread(wheel_file("CT_small.dcm"))
    ds.BitsStored, ds.HighBit = 12, 15
    found, _ = get_decoder(LITTLE).as_array(ds)
    np.testing.assert_array_equal(found, np.frombuffer(ds.PixelData, "<i2").reshape(128, 128) >> 4)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, io.BytesIO])
@pytest.mark.parametrize("view", [True, False])
@pytest.mark.parametrize("method", ["as_array", "as_buffer"])
@pytest.mark.parametrize("index", [None, 1])
def test_buffers_and_files_are_sources(kind, view, method, index):
    described = {**BASE, "number_of_frames": 2, "index": index, "view_only": view}
    source = kind(bytes(range(8)))
    ours, right = (
        getattr(get(LITTLE), method)(source, **described) for get in (get_decoder, theirs)
    )
    same(plain(ours), plain(right))
    assert type(ours[0]) is type(right[0])
    if method == "as_array":
        assert ours[0].flags.writeable == right[0].flags.writeable


def test_a_file_is_read_from_where_it_stands_and_stays_there():
    file = io.BytesIO(b"xx" + bytes(range(8)))
    file.seek(2)
    found, _ = get_decoder(LITTLE).as_array(file, index=1, **{**BASE, "number_of_frames": 2})
    assert (found.tolist(), file.tell()) == ([[4, 5], [6, 7]], 2)


def test_what_is_given_can_be_changed_without_harm_to_the_source():
    source = bytearray(range(4))
    found, _ = get_decoder(LITTLE).as_array(source, **BASE)
    found[...] = 9
    assert source == bytes(range(4))


ITEM = b"\xfe\xff\x00\xe0"


def encapsulated(*frames, table=True):
    starts, at = [], 0
    for frame in frames:
        starts.append(at)
        at += 8 + len(frame)
    offsets = struct.pack(f"<{len(starts)}L", *starts) if table else b""
    return b"".join(ITEM + struct.pack("<L", len(part)) + part for part in (offsets, *frames))


def segment(*values):
    return struct.pack("<16L", 1, 64, *[0] * 14) + bytes([len(values) - 1, *values]) + b"\x80"


ONE, TWO = segment(1, 2, 3, 4), segment(5, 6, 7, 8)


@pytest.mark.parametrize("table", [True, False])
@pytest.mark.parametrize("method", ["as_array", "as_buffer", "iter_array", "iter_buffer"])
def test_rle_frames(table, method):
    data = encapsulated(ONE, TWO, table=table)
    agree(RLE, data, method, **{**BASE, "number_of_frames": 2})


@pytest.mark.parametrize("options", [{}, {"allow_excess_frames": False}, {"index": 1}])
def test_more_rle_frames_than_declared(options):
    agree(RLE, encapsulated(ONE, TWO), **BASE, **options)


@pytest.mark.filterwarnings("ignore:The compressed pixel data has the length")
@pytest.mark.parametrize(
    "data",
    [
        ITEM,
        b"native!!",
        encapsulated(ONE[:20]),
        encapsulated(b"\0" * 64),
        encapsulated(segment(1, 2)),
    ],
    ids=["no table", "no items", "short header", "no segments", "short segment"],
)
def test_rle_that_cannot_be_decoded_is_an_error(data):
    with pytest.raises((ValueError, RuntimeError)):
        get_decoder(RLE).as_array(data, **BASE)


def test_a_codestream_that_cannot_be_decoded_is_the_same_error():
    agree(RLE, encapsulated(b"\0" * 64), **BASE)
    agree(RLE, encapsulated(segment(1, 2)), **BASE)
    agree(RLE, encapsulated(ONE), **{**BASE, "bits_allocated": 16})


def test_compressed_data_of_the_length_of_native_data_is_warned_of():
    side = len(encapsulated(ONE))
    described = {**BASE, "rows": 1, "columns": side}
    with pytest.warns(UserWarning, match="transfer syntax"), pytest.raises(RuntimeError):
        get_decoder(RLE).as_array(encapsulated(ONE), **described)


def test_extended_offsets_find_frames():
    data = encapsulated(ONE, TWO, table=False)
    described = {**BASE, "number_of_frames": 2}
    tables = [0, 8 + len(ONE)], [len(ONE), len(TWO)]
    as_bytes = tuple(struct.pack("<2Q", *one) for one in tables)
    for offsets in (tables, as_bytes):
        agree(RLE, data, extended_offsets=offsets, **described)
        agree(RLE, data, extended_offsets=offsets, index=1, **described)


def test_frames_that_are_not_there_are_an_error():
    with pytest.raises(ValueError, match="frame"):
        get_decoder(RLE).as_array(encapsulated(ONE), **{**BASE, "number_of_frames": 2})
    with pytest.raises(ValueError, match="frame 2"):
        get_decoder(RLE).as_array(encapsulated(ONE, TWO), index=2, **BASE)


@pytest.mark.parametrize("uid", ["1.2.3", "1.2.840.10008.1.2.4.100", "x", ""])
def test_there_is_no_decoder_for_everything(uid):
    with pytest.raises(NotImplementedError):
        get_decoder(uid)


def test_deflated_frames_which_pydicom_does_not_know_are_decoded():
    uid = "1.2.840.10008.1.2.8.1"
    ds = compat.dcmread(wheel_file("emri_small.dcm"))
    before = ds.pixel_array
    ds.compress(uid)
    np.testing.assert_array_equal(get_decoder(uid).as_array(ds)[0], before)
    assert get_decoder(uid).is_encapsulated


def test_private_transfer_syntaxes_have_no_decoder():
    uid = register_transfer_syntax("1.2.3.4.5.6.7", implicit_vr=False, little_endian=True)
    with pytest.raises(NotImplementedError):
        get_decoder(uid)


@pytest.mark.parametrize(
    "name", [name for name in dir(pydicom.pixels.decoders) if name.endswith("Decoder")]
)
def test_decoders_by_name(name):
    ours, right = (getattr(module.pixels.decoders, name) for module in (compat, pydicom))
    assert ours is get_decoder(right.UID)
    assert (ours.UID, ours.is_native, ours.is_encapsulated) == (
        right.UID,
        right.is_native,
        right.is_encapsulated,
    )
    assert ours.is_available
    assert not ours.missing_dependencies
    assert bool(ours.available_plugins) == ours.is_encapsulated


def test_names_of_plugins_are_taken():
    for name in ("pydicom", "pylibjpeg", "isocenter", ""):
        get_decoder(RLE).as_array(encapsulated(ONE), decoding_plugin=name, **BASE)
    with pytest.raises(ValueError, match="foo"):
        get_decoder(RLE).as_array(encapsulated(ONE), decoding_plugin="foo", **BASE)


LAYOUTS = st.fixed_dictionaries(
    {
        "rows": st.integers(1, 3),
        "columns": st.integers(1, 4),
        "number_of_frames": st.integers(1, 3),
        "bits_allocated": st.sampled_from([8, 16, 32]),
        "planar_configuration": st.sampled_from([0, 1]),
        "pixel_representation": st.sampled_from([0, 1]),
    }
)


@given(LAYOUTS, st.integers(0, 3), st.sampled_from([LITTLE, BIG]), st.randoms())
def test_native_layouts(layout, lost, uid, random):
    described = {**COLOUR, **layout, "bits_stored": layout["bits_allocated"] - lost}
    frames = layout["number_of_frames"]
    samples = 3 * layout["rows"] * layout["columns"] * frames
    data = random.randbytes(samples * layout["bits_allocated"] // 8)
    agree(uid, data, **described)
    agree(uid, data, index=frames - 1, **described)
