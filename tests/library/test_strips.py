"""Preview strips stay within what a JPEG can hold (REV.md section 5)."""

import io

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from isocenter.errors import PixelError
from isocenter.library import strips
from isocenter.library.model import StripShape
from isocenter.library.pictures import fitted
from isocenter.pixels.imagefiles import JPEG_LIMIT, jpeg
from library.trees import changed, ct, run

TILES = st.sampled_from([16, 64, 96, 128, 300])
TOTALS = st.integers(0, 20_000)


@given(TOTALS, TILES)
def test_a_strip_is_never_longer_than_a_jpeg_can_be(total, tile):
    shape = strips.shape(total, tile)
    assert shape.tile * shape.shown <= 65_500
    assert 16 <= shape.tile <= tile
    assert total == shape.total


@given(TOTALS, TILES)
def test_frames_are_left_out_only_where_the_smallest_tiles_do_not_fit(total, tile):
    shape = strips.shape(total, tile)
    assert shape.shown == total or (shape.tile == 16 and shape.shown == 65_500 // 16)


@given(TOTALS, TILES)
def test_tiles_are_no_smaller_than_they_must_be(total, tile):
    shape = strips.shape(total, tile)
    assert shape.tile in {tile, 16} or (shape.tile + 1) * total > 65_500


@pytest.mark.parametrize(
    ("total", "tile", "expected"),
    [
        (1, 96, StripShape(96, 1, 1)),
        (682, 96, StripShape(96, 682, 682)),
        (683, 96, StripShape(95, 683, 683)),
        (218, 300, StripShape(300, 218, 218)),
        (219, 300, StripShape(299, 219, 219)),
        (4093, 96, StripShape(16, 4093, 4093)),
        (4094, 96, StripShape(16, 4093, 4094)),
        (100_000, 300, StripShape(16, 4093, 100_000)),
    ],
)
def test_where_tiles_have_to_shrink(total, tile, expected):
    assert expected == strips.shape(total, tile)


def gray(shade: int, side: int = 16) -> Image.Image:
    return Image.new("L", (side, side), shade)


def filled(total: int, tile: int = 16) -> strips.Strip:
    strip = strips.Strip(strips.shape(total, tile))
    for index in range(total):
        strip.add(gray(index * 255 // total, tile))
    return strip


@pytest.mark.parametrize("total", [4094, 5000, 8186, 8187, 12_000])
def test_a_subset_is_evenly_spaced(total):
    strip = strips.Strip(strips.shape(total, 96))
    taken = []
    for index in range(total):
        before = strip.mark[0]
        strip.add(gray(0))
        if strip.mark[0] > before:
            taken.append(index)
    gaps = set(np.diff(taken).tolist())
    assert StripShape(16, 4093, total) == strip.shape
    assert taken[0] == 0
    assert gaps <= {total // 4093, total // 4093 + 1}
    assert total - taken[-1] <= total // 4093 + 1


def test_tiles_stand_in_the_order_they_came():
    pixels = filled(5, 96).pixels
    assert pixels.shape == (480, 96)
    assert pixels[48::96, 48].tolist() == [0, 51, 102, 153, 204]


def test_one_coloured_frame_makes_the_strip_coloured_and_keeps_the_gray_ones():
    strip = strips.Strip(strips.shape(3, 16))
    for picture in (gray(50), Image.new("RGB", (16, 16), (200, 0, 0)), gray(70)):
        strip.add(picture)
    assert strip.pixels.shape == (48, 16, 3)
    assert strip.pixels[8::16, 8].tolist() == [[50, 50, 50], [200, 0, 0], [70, 70, 70]]


@pytest.mark.parametrize("total", [3, 5000])
def test_a_frame_that_was_taken_back_leaves_no_trace(total):
    strip, expected = (strips.Strip(strips.shape(total, 16)) for _ in range(2))
    for index in range(total):
        mark = strip.mark
        strip.add(gray(255))
        strip.rewind(mark)
        for one in (strip, expected):
            one.add(gray(index % 200))
    assert np.array_equal(expected.pixels, strip.pixels)
    assert expected.shape == strip.shape


def test_a_strip_that_was_not_filled_says_how_far_it_got():
    strip = strips.Strip(strips.shape(9, 16))
    strip.add(gray(9))
    assert StripShape(16, 1, 1) == strip.shape
    assert strip.pixels.shape == (16, 16)


def test_a_series_of_700_frames_has_strips_that_can_be_read(tree):
    pixels = np.repeat(np.arange(700, dtype=np.uint16), 64).tobytes()
    frames = changed(
        "MR_small.dcm",
        NumberOfFrames=700,
        Rows=8,
        Columns=8,
        PixelData=pixels,
        WindowCenter=350,
        WindowWidth=700,
    )
    series = tree.series("S", {"a.dcm": frames})
    made = run(tree.root)
    assert made.picture(f"{series}/preview.jpg").size == (93, 93 * 700)
    assert made.picture(f"{series}/raw-preview.jpg").size == (93, 65_100)
    shades = np.asarray(made.picture(f"{series}/preview.jpg"), int)[46::93, 46]
    assert np.abs(shades - np.arange(700) * 255 / 700).max() < 4
    (one,) = made.library.series
    assert StripShape(93, 700, 700) == one.preview


@pytest.mark.parametrize(("count", "small", "large"), [(1000, 65, 65), (5000, 16, 16)])
def test_a_series_of_many_files_has_strips_that_can_be_read(tree, count, small, large):
    tiny = ct(1, Rows=16, Columns=16, PixelData=bytes(range(256)) * 2)
    series = tree.series("S", {"0.dcm": tiny})
    first = tree.root / series / "0.dcm"
    for number in range(1, count):
        first.with_name(f"{number}.dcm").hardlink_to(first)
    made = run(tree.root, workers=1)
    assert len(made.data(series)) == count
    for name, tile in (("preview", small), ("raw-preview", large)):
        picture = made.picture(f"{series}/{name}.jpg")
        assert picture.size == (tile, tile * min(count, JPEG_LIMIT // tile))
        assert picture.getextrema()[1] > 100  # not empty


@pytest.mark.parametrize("side", [65_501, 65_535])
def test_a_picture_no_reader_would_take_is_not_written(side):
    with pytest.raises(PixelError, match="65,500"):
        jpeg(np.zeros((side, 1), np.uint8), 90)


def test_the_longest_picture_can_be_read():
    with Image.open(io.BytesIO(jpeg(np.zeros((65_500, 16), np.uint8), 90))) as picture:
        picture.load()
        assert picture.size == (16, 65_500)


@given(st.integers(1, 700), st.integers(1, 700))
def test_a_fitted_picture_is_square_and_keeps_its_proportions(rows, columns):
    square = np.asarray(fitted(np.full((rows, columns), 255, np.uint8), 96))
    assert square.shape == (96, 96)
    high, wide = (square > 127).any(1).sum(), (square > 127).any(0).sum()
    assert max(high, wide) == 96
    assert abs(min(high, wide) - max(1, 96 * min(rows, columns) / max(rows, columns))) <= 1


def test_colour_is_not_subsampled():
    pixels = np.zeros((16, 16, 3), np.uint8)
    pixels[:, ::2] = (255, 0, 0)
    found = imagecodecs.jpeg8_decode(jpeg(pixels, 95)).astype(int)
    assert np.abs(found - pixels).mean() < 12
