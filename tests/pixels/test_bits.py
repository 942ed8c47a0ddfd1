"""Bits packed and unpacked, and YBR_FULL_422 at full size, beside the real pydicom."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pydicom.pixels import utils as theirs

from isocenter.compat.pixels import utils as ours
from support.files import wheel_file

BITS = arrays.arrays(
    st.sampled_from(["u1", "i4", "f8", "?"]), arrays.array_shapes(max_dims=3), elements=st.integers(0, 1)
)  # fmt: skip


@given(BITS, st.booleans())
def test_bits_are_packed_as_pydicom_does(array, pad):
    packed = ours.pack_bits(array, pad)
    assert packed == theirs.pack_bits(array, pad=pad)
    assert np.array_equal(ours.unpack_bits(packed)[: array.size], array.ravel())


@given(st.binary(max_size=20))
def test_bits_are_unpacked_as_pydicom_does(data):
    assert np.array_equal(ours.unpack_bits(data), theirs.unpack_bits(data))
    assert ours.unpack_bits(bytearray(data), as_array=False) == theirs.unpack_bits(
        data, as_array=False
    )
    assert ours.unpack_bits(data).flags.writeable


def test_no_bits():
    assert ours.pack_bits(np.zeros(0, "u1")) == b""
    for values in ([0, 2], [-1, 0], [0.5, 1], [np.nan]):
        with pytest.raises(ValueError, match="0 and 1"):
            ours.pack_bits(np.array(values))
    for wrong in ("text", None):
        with pytest.raises(TypeError):
            ours.unpack_bits(wrong)


@given(st.binary(max_size=64), st.sampled_from([8, 16, 32]))
def test_subsampled_colours(data, bits):
    whole = data[: len(data) // (bits // 2) * (bits // 2)]
    assert ours.expand_ybr422(whole, bits) == theirs.expand_ybr422(whole, bits)


@pytest.mark.parametrize(("data", "bits"), [(bytes(7), 8), (bytes(6), 8), (bytes(8), 1), (b"", 0)])
def test_subsampled_colours_of_other_lengths(data, bits):
    with pytest.raises(ValueError, match="bytes"):
        ours.expand_ybr422(data, bits)


def test_parameters_of_jpeg_2000():
    head = b"\xff\x4f\xff\x51" + bytes(38)
    for end in (b"\x8f\0\0", b"\x07\0\0", b"\x0b\0\0"):
        assert ours.get_j2k_parameters(head + end) == theirs.get_j2k_parameters(head + end)
    boxed = b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0\0\0\x08ftyp" + b"\0\0\0\0jp2c" + head + b"\x8b\0\0"
    assert ours.get_j2k_parameters(boxed) == {"precision": 12, "is_signed": True, "jp2": True}
    real = wheel_file("JPEG2000.dcm").read_bytes()
    real = real[real.index(b"\xff\x4f\xff\x51") :]
    assert ours.get_j2k_parameters(real) == theirs.get_j2k_parameters(real)


@given(st.binary(max_size=80))
def test_what_is_no_jpeg_2000_has_no_parameters(data):
    for head in (b"", b"\0\0\0\x0cjP  \r\n\x87\n", b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\0jp2c"):
        assert ours.get_j2k_parameters(head + data) == {}
    assert ours.get_j2k_parameters(b"\xff\x4f\xff\x51" + data[:38]) == {}
