"""Pixel cells without compression (PS3.5 8.1.1, D; PS3.3 C.7.6.3)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.errors import NoPixelsError, PixelError, UsageError
from isocenter.pixels import Frames
from isocenter.pixels.frame import stored_values

BIG = "1.2.840.10008.1.2.2"


def codes(frames):
    return [finding.code for finding in frames.findings]


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"])
@pytest.mark.parametrize("samples", [(), (3,)])
def test_every_width_and_sign(make, dtype, samples):
    values = np.arange(-30, 30).astype(dtype).reshape((4, 5, *samples) if samples else (6, 10))
    frames = Frames(make.image(values))
    np.testing.assert_array_equal(frames.array(0), values, strict=True)
    assert frames.findings == ()


@pytest.mark.parametrize("dtype", ["u2", "i2", "u4", "u8"])
def test_big_endian_words(make, dtype):
    values = np.arange(60).astype(dtype).reshape(6, 10)
    ds = make.image(values, syntax=BIG, PixelData=values.astype(f">{dtype}").tobytes())
    ds[0x7FE00010] = ds["PixelData"]
    assert Frames(Element(ds, "OW")).array(0).dtype.isnative
    np.testing.assert_array_equal(Frames(Element(ds, "OW")).array(0), values, strict=True)


class Element:
    """A data set whose pixel element has a VR."""

    def __init__(self, ds, vr):
        self.ds, self.VR, self.file_meta = ds, vr, ds.file_meta
        self.get = ds.get

    def __contains__(self, key):
        return key in self.ds

    def __getitem__(self, key):
        return self


@pytest.mark.parametrize("columns", [4, 5])
def test_bytes_in_big_endian_words_are_swapped(make, columns):
    stack = np.arange(3 * 3 * columns, dtype=np.uint8).reshape(3, 3, columns)
    flat = np.append(stack.ravel(), np.zeros(stack.size % 2, np.uint8))
    swapped = flat.reshape(-1, 2)[:, ::-1].tobytes()
    ds = make.image(stack, syntax=BIG, PixelData=swapped)
    frames = Frames(Element(ds, "OW"))
    for index in range(3):
        np.testing.assert_array_equal(frames.array(index), stack[index])


def test_bytes_in_big_endian_ob_are_not_swapped(make):
    values = np.arange(12, dtype=np.uint8).reshape(3, 4)
    ds = make.image(values, syntax=BIG)
    np.testing.assert_array_equal(Frames(Element(ds, "OB")).array(0), values)


@given(
    st.integers(1, 16).flatmap(lambda s: st.tuples(st.just(s), st.integers(s - 1, 15))),
    st.booleans(),
    st.integers(0, 0xFFFF),
)
def test_bits_outside_of_the_value_do_not_count(layout, signed, cell):
    stored, high = layout
    expected = cell >> (high + 1 - stored) & ((1 << stored) - 1)
    if signed and expected >> (stored - 1):
        expected -= 1 << stored
    found = stored_values(
        np.array([cell], np.uint16), bits_stored=stored, high_bit=high, signed=signed
    )
    assert found[0] == expected
    assert found.dtype == (np.int16 if signed else np.uint16)


@given(
    width=st.sampled_from([3, 4, 5, 6, 7, 8]),
    signed=st.booleans(),
    big=st.booleans(),
    data=st.data(),
)
def test_cells_of_every_width(make, width, signed, big, data):
    bits = data.draw(st.integers(1, 8 * width))
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    values = data.draw(st.lists(st.integers(low, high), min_size=6, max_size=6))
    order = "big" if big else "little"
    ds = make.image(
        syntax=BIG if big else "1.2.840.10008.1.2.1",
        BitsAllocated=8 * width,
        BitsStored=bits,
        HighBit=bits - 1,
        PixelRepresentation=int(signed),
        PixelData=b"".join(one.to_bytes(width, order, signed=signed) for one in values),
    )
    frames = Frames(Element(ds, "OW"))
    assert frames.array(0).ravel().tolist() == values
    assert frames.array(0).dtype == f"{'i' if signed else 'u'}{4 if width < 5 else 8}"
    assert frames.findings == ()


def test_a_block_of_frames_is_the_frames(make):
    stack = np.arange(3 * 5 * 7, dtype=np.uint16).reshape(3, 5, 7)
    for changes in ({}, {"BitsStored": 5}):
        frames = Frames(make.image(stack, **changes))
        np.testing.assert_array_equal(frames.block(), [one.values for one in frames], strict=True)


def test_a_block_of_subsampled_frames_of_odd_extent(make):
    data = np.arange(2 * 16, dtype=np.uint8)  # 5 pixels of 3 rows: 8 pairs a frame
    ds = make.image(
        np.zeros((2, 3, 5, 3), np.uint8),
        PhotometricInterpretation="YBR_FULL_422",
        PixelData=np.tile(data, 2).tobytes(),
    )
    frames = Frames(ds)
    np.testing.assert_array_equal(frames.block(), [one.values for one in frames], strict=True)


def test_overlay_bits_are_cut_off_and_told(make):
    values = np.arange(6, dtype=np.uint16).reshape(2, 3)
    frames = Frames(make.image(values | 0xF000, BitsStored=12))
    np.testing.assert_array_equal(frames.array(0), values)
    assert codes(frames) == ["bits-above-high-bit"]


@pytest.mark.parametrize("mask", [0xFFFF, 0x0FFF], ids=["sign extended", "zero"])
def test_bits_above_a_sign_are_no_finding_when_zero_or_the_sign(make, mask):
    values = np.array([[-5, 5]], np.int16)
    cells = values.view(np.uint16) & mask
    frames = Frames(make.image(values, BitsStored=12, PixelData=cells.tobytes()))
    np.testing.assert_array_equal(frames.array(0), values)
    assert codes(frames) == []


def test_values_at_the_top_of_the_cell(make):
    values = np.array([[0, 1, 4095]], np.uint16)
    frames = Frames(make.image(values << 4, BitsStored=12, HighBit=15))
    np.testing.assert_array_equal(frames.array(0), values)
    assert codes(frames) == []


@given(st.integers(1, 4), st.integers(1, 9), st.integers(1, 9), st.randoms(use_true_random=False))
def test_single_bits_are_packed_across_frames(make, count, rows, columns, random):
    bits = np.array(
        [random.getrandbits(1) for _ in range(count * rows * columns)], np.uint8
    ).reshape(count, rows, columns)
    data = np.packbits(bits, bitorder="little").tobytes()
    ds = make.image(
        bits[0],
        BitsAllocated=1,
        BitsStored=1,
        HighBit=0,
        NumberOfFrames=count,
        PixelData=data + b"\0" * (len(data) % 2),
    )
    frames = Frames(ds)
    for index in reversed(range(count)):
        np.testing.assert_array_equal(frames.array(index), bits[index])


def test_planes_become_pixels(make):
    values = np.arange(36, dtype=np.uint8).reshape(2, 2, 3, 3)
    data = np.ascontiguousarray(values.transpose(0, 3, 1, 2)).tobytes()
    frames = Frames(make.image(values, PlanarConfiguration=1, PixelData=data))
    for index in range(2):
        np.testing.assert_array_equal(frames.array(index), values[index])


def test_422_is_two_pixels_in_four_bytes(make):
    ds = make.image(
        np.zeros((1, 4, 3), np.uint8),
        PhotometricInterpretation="YBR_FULL_422",
        PixelData=bytes([1, 2, 90, 91, 3, 4, 92, 93]),
    )
    frame = Frames(ds)[0]
    assert frame.photometric == "YBR_FULL"
    expected = [[[1, 90, 91], [2, 90, 91], [3, 92, 93], [4, 92, 93]]]
    np.testing.assert_array_equal(frame.values, expected)


def test_422_that_is_not_subsampled_is_told(make):
    values = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    frames = Frames(make.image(values, PhotometricInterpretation="YBR_FULL_422"))
    np.testing.assert_array_equal(frames.array(0), values)
    assert codes(frames) == ["not-subsampled"]


@pytest.mark.parametrize(
    ("element", "dtype"), [("FloatPixelData", "f4"), ("DoubleFloatPixelData", "f8")]
)
@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", BIG])
def test_floating_point_cells(make, element, dtype, syntax):
    values = np.linspace(-1, 1, 12, dtype=dtype).reshape(3, 4)
    order = ">" if syntax == BIG else "<"
    ds = make.image(values, syntax=syntax)
    ds[element] = values.astype(f"{order}{dtype}").tobytes()
    del ds["PixelData"], ds["BitsStored"], ds["HighBit"]
    frames = Frames(Element(ds, "OF"))
    np.testing.assert_array_equal(frames.array(0), values, strict=True)


def test_a_view_of_the_value_is_not_copied(make):
    values = np.arange(12, dtype=np.uint16).reshape(3, 4)
    whole = bytearray(values.tobytes())
    array = Frames(make.image(values, PixelData=memoryview(whole))).array(0)
    whole[0] = 99
    assert array[0, 0] == 99


@pytest.mark.parametrize("missing", [None, ""])
def test_number_of_frames_absent_is_one(make, missing):
    ds = make.image()
    if missing is not None:
        ds["NumberOfFrames"] = missing
    frames = Frames(ds)
    assert frames.count == 1
    assert codes(frames) == ([] if missing is None else ["assumed-value"])


@pytest.mark.parametrize("garbage", [0, -3, "1A", "many", 1 << 40, 1.5, [2, 3, "x"]])
def test_number_of_frames_that_is_garbage_is_told(make, garbage):
    frames = Frames(make.image(NumberOfFrames=garbage))
    assert frames.count == 1
    assert codes(frames) == ["assumed-value"]


def test_an_odd_length_is_padded(make):
    frames = Frames(make.image(np.zeros((1, 3), np.uint8), PixelData=b"abc\0"))
    assert codes(frames) == []
    assert frames.array(0).tolist() == [[97, 98, 99]]


def test_too_little_is_an_error_that_says_how_much(make):
    with pytest.raises(PixelError, match="2 frames need 12 bytes; 10 were found"):
        Frames(make.image(NumberOfFrames=2, PixelData=bytes(10)))


def test_too_much_is_told(make):
    assert codes(Frames(make.image(PixelData=bytes(8)))) == ["excess"]


@pytest.mark.parametrize(
    "changes",
    [
        {"Rows": 0},
        {"Columns": None},
        {"Rows": "ABC"},
        {"BitsAllocated": 12},
        {"BitsAllocated": None},
        {"SamplesPerPixel": 2},
        {"PixelData": b""},
        {"PixelData": None},
        {"PixelData": 5},
        {"Rows": 65535, "Columns": 65535, "SamplesPerPixel": 3, "BitsAllocated": 64},
        {"NumberOfFrames": 2**31 - 1},
    ],
)
def test_descriptions_nobody_can_read(make, changes):
    with pytest.raises(PixelError):
        Frames(make.image(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"BitsStored": 0},
        {"BitsStored": 99, "HighBit": 7},
        {"HighBit": 200},
        {"PixelRepresentation": 7},
        {"PhotometricInterpretation": None},
        {"SamplesPerPixel": None},
    ],
)
def test_descriptions_somebody_can_guess_are_told(make, changes):
    frames = Frames(make.image(**changes))
    frames.array(0)
    assert set(codes(frames)) == {"assumed-value"}


def test_no_pixel_element(make):
    ds = make.image()
    del ds["PixelData"]
    with pytest.raises(NoPixelsError):
        Frames(ds)


def test_the_limit_comes_before_the_allocation(make):
    with pytest.raises(PixelError, match="over the limit of 5"):
        Frames(make.image(), limit=5)


@pytest.mark.parametrize("index", [-1, 1, 10**9])
def test_a_frame_that_is_not_there(make, index):
    with pytest.raises(UsageError):
        Frames(make.image())[index]
