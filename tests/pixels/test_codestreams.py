"""Sizes from codestream headers, before any decoder runs."""

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocenter.errors import PixelError
from isocenter.pixels.codestreams import Family, read_codestream

GRAY = np.arange(35 * 70, dtype=np.uint16).reshape(35, 70)
BYTES = (GRAY >> 4).astype(np.uint8)

ENCODERS = {
    "JPEG": (Family.JPEG, imagecodecs.jpeg8_encode),
    "JPEG lossless": (Family.JPEG, lambda a: imagecodecs.jpeg8_encode(a, lossless=True)),
    "JPEG-LS": (Family.JPEG_LS, imagecodecs.jpegls_encode),
    "JPEG 2000": (
        Family.JPEG_2000,
        lambda a: imagecodecs.jpeg2k_encode(a, codecformat="j2k", level=0),
    ),
    "JP2": (Family.JPEG_2000, lambda a: imagecodecs.jpeg2k_encode(a, codecformat="jp2", level=0)),
    "HTJ2K": (Family.JPEG_2000, lambda a: imagecodecs.htj2k_encode(a, reversible=True)),
    "JPEG XL": (Family.JPEG_XL, lambda a: imagecodecs.jpegxl_encode(a, lossless=True)),
}


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("samples", [1, 3])
def test_the_header_tells_family_and_extent(name, samples):
    family, encode = ENCODERS[name]
    array = BYTES if samples == 1 else np.dstack([BYTES] * 3)
    found = read_codestream(memoryview(bytes(encode(array))))
    assert (found.family, found.rows, found.columns) == (family, 35, 70)
    if family is not Family.JPEG_XL:
        assert (found.samples, found.bits, found.signed) == (samples, 8, False)


@given(rows=st.integers(1, 600), columns=st.integers(1, 600))
@settings(max_examples=30, deadline=None)
def test_jpeg_xl_extents(rows, columns):
    data = bytes(imagecodecs.jpegxl_encode(np.zeros((rows, columns), np.uint16), lossless=True))
    found = read_codestream(memoryview(data))
    assert (found.rows, found.columns) == (rows, columns)


@pytest.mark.parametrize("name", ENCODERS)
def test_every_beginning_of_a_codestream_is_read_or_refused(name):
    data = bytes(ENCODERS[name][1](BYTES))
    for size in range(min(len(data), 200)):
        try:
            read_codestream(memoryview(data[:size]))
        except PixelError:
            continue


@given(
    st.binary(max_size=200),
    st.sampled_from(
        [b"", b"\xff\xd8", b"\xff\x4f\xff\x51", b"\xff\x0a", b"\0\0\0\x0cjP  ", b"\0\0\0\x0cJXL "]
    ),
)
def test_any_bytes_are_read_or_refused(data, start):
    try:
        read_codestream(memoryview(start + data))
    except PixelError:
        return


def test_a_missing_end_mark_is_seen():
    data = bytes(imagecodecs.jpeg8_encode(BYTES))
    assert read_codestream(memoryview(data)).ended
    assert not read_codestream(memoryview(data[:-2])).ended


def test_signed_jpeg_2000():
    data = imagecodecs.jpeg2k_encode(GRAY.astype(np.int16), codecformat="j2k", level=0)
    found = read_codestream(memoryview(bytes(data)))
    assert (found.signed, found.bits) == (True, 16)
