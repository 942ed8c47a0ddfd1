"""Overlay planes (PS3.3 C.9.2, C.9.3; PS3.5 8.1.2), against pydicom and by hand."""

import io

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st

import isocenter
from isocenter import DataElement
from isocenter.errors import PixelError, UsageError
from isocenter.pixels import Frames, overlay_array, render
from isocenter.pixels.overlays import burnt, outline, overlay_plane
from support.files import shared_files, wheel_file, wheel_files

NATIVE = "1.2.840.10008.1.2.1"


class Image(dict):
    """The keywords of an image, and elements by tag."""

    def __init__(self, syntax, **elements):
        super().__init__(elements)
        self.file_meta = {"TransferSyntaxUID": syntax}


def image(values=None, syntax=NATIVE, **changes):
    values = np.zeros((4, 6), np.uint8) if values is None else values
    bits = values.dtype.itemsize * 8
    elements = {
        "Rows": values.shape[-2],
        "Columns": values.shape[-1],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": bits,
        "BitsStored": bits,
        "HighBit": bits - 1,
        "PixelRepresentation": 0,
        "WindowCenter": 128,
        "WindowWidth": 256,
        "PixelData": values.tobytes(),
    }
    if values.ndim == 3:
        elements["NumberOfFrames"] = len(values)
    return Image(syntax, **(elements | changes))


def with_overlay(ds, bits, group=0x6000, *, origin=(1, 1), kind="G", data=None, **counted):
    bits = np.asarray(bits, np.uint8)
    plane = bits.shape[-2:]
    for element, vr, found in (
        (0x10, "US", plane[0]),
        (0x11, "US", plane[1]),
        (0x15, "IS", counted.get("frames")),
        (0x40, "CS", kind),
        (0x50, "SS", list(origin)),
        (0x51, "US", counted.get("first")),
        (0x100, "US", 1),
        (0x102, "US", 0),
        (0x3000, "OW", np.packbits(bits, bitorder="little").tobytes() if data is None else data),
    ):
        if found is not None:
            ds[group << 16 | element] = DataElement(group << 16 | element, vr, found)
    return ds


# --- arrays -----------------------------------------------------------------------------


def overlays():
    for path in (*wheel_files(), *shared_files()):
        if "verlay" in path.name or path.name == "slicethickness_empty_string.dcm":
            yield pytest.param(path, id=path.name)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("path", list(overlays()))
def test_overlays_of_real_files_are_pydicoms(path):
    theirs, ours = pydicom.dcmread(path), isocenter.dcmread(path)
    expected = theirs.overlay_array(0x6000)
    np.testing.assert_array_equal(overlay_array(ours, 0x6000), expected, strict=True)
    np.testing.assert_array_equal(ours.overlay_array(0x6000), expected, strict=True)
    assert expected.any()


@given(st.data())
def test_any_bits_are_pydicoms(data):
    rows, columns, frames = (data.draw(st.integers(1, n)) for n in (9, 20, 3))
    bits = np.random.default_rng(data.draw(st.integers(0, 999))).integers(
        0, 2, (frames, rows, columns)
    )
    packed = np.packbits(bits, bitorder="little").tobytes()
    packed += bytes(len(packed) % 2)
    ours = with_overlay(image(), bits, 0x6002, frames=frames, data=packed)
    theirs = pydicom.Dataset()
    for element in (0x10, 0x11, 0x15, 0x100, 0x102, 0x3000):
        theirs.add_new(
            (0x6002, element), ours[0x60020000 | element].VR, ours[0x60020000 | element].value
        )
    theirs.file_meta = pydicom.dataset.FileMetaDataset()
    theirs.file_meta.TransferSyntaxUID = NATIVE
    expected = theirs.overlay_array(0x6002)
    np.testing.assert_array_equal(overlay_array(ours, 0x6002), expected, strict=True)
    np.testing.assert_array_equal(expected, bits[0] if frames == 1 else bits)


def test_words_of_big_endian_files_are_swapped():
    bits = np.zeros((2, 8), np.uint8)
    bits[0, 0] = 1
    ds = with_overlay(image(syntax="1.2.840.10008.1.2.2"), bits, data=b"\x00\x01")
    np.testing.assert_array_equal(overlay_array(ds), bits)


def embedded(bit=12, **changes):
    cells = np.arange(24, dtype=np.uint16).reshape(4, 6)
    cells[1, 2] |= 1 << bit
    ds = image(cells, BitsStored=12, HighBit=11, WindowCenter=2048, WindowWidth=4096, **changes)
    return with_overlay(ds, np.zeros((4, 6)), data=b"")


@pytest.mark.parametrize("bit", [12, 15])
def test_bits_above_the_stored_value(bit):
    ds = embedded(bit)
    del ds[0x60003000]
    ds[0x60000102].value = bit
    expected = np.zeros((4, 6), np.uint8)
    expected[1, 2] = 1
    np.testing.assert_array_equal(overlay_array(ds), expected, strict=True)
    shown = render(ds, overlays=True)
    assert shown[1, 2] == 255
    assert np.delete(shown.ravel(), 8).max() <= 2


def test_embedded_bits_of_every_frame():
    cells = np.zeros((3, 4, 6), np.uint16)
    cells[1, 2, 3] = cells[2, 0, 0] = 1 << 14
    ds = with_overlay(image(cells, BitsStored=12, HighBit=11), np.zeros((4, 6)), data=b"")
    del ds[0x60003000]
    ds[0x60000102].value = 14
    np.testing.assert_array_equal(overlay_array(ds), cells >> 14)
    assert [render(ds, frame=n, overlays=True).max() for n in range(3)] == [0, 255, 255]


@pytest.mark.parametrize("bit", [0, 11, 16])
def test_bits_that_are_not_the_overlays_own(bit):
    """ct_brain_single.dcm says bit 0 of 16 stored ones."""
    ds = embedded()
    del ds[0x60003000]
    ds[0x60000102].value = bit
    with pytest.raises(PixelError):
        overlay_array(ds)
    frames = Frames(ds)
    np.testing.assert_array_equal(render(frames, overlays=True), render(ds))
    assert "bad-overlay" in [f.code for f in frames.findings]


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.5", "1.2.840.10008.1.2.8.1"])
@pytest.mark.parametrize("signed", [0, 1])
def test_embedded_bits_of_compressed_cells(syntax, signed):
    cells = np.zeros((3, 4, 6), np.uint16)
    cells[1, 2, 3] = cells[2, 0, 0] = 1 << 15
    cells[:, 3, 3] = 0x0FFF
    ds = isocenter.Dataset()
    ds.set_pixel_data(cells, "MONOCHROME2", 16)
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 12, 11, signed
    for element, vr, value in ((0x10, "US", 4), (0x11, "US", 6), (0x40, "CS", "G")):
        ds.add_new(0x60000000 | element, vr, value)
    ds.add_new(0x60000102, "US", 15)
    before = overlay_array(ds)
    ds.compress(syntax)
    np.testing.assert_array_equal(overlay_array(ds), cells >> 15)
    np.testing.assert_array_equal(overlay_array(ds), before, strict=True)
    np.testing.assert_array_equal(ds.overlay_array(), before)


def test_overlays_of_a_big_endian_file_are_the_same_once_it_is_compressed():
    """What was read stays in memory as it was; only Pixel Data is made anew."""
    ds = isocenter.dcmread(wheel_file("examples_overlay.dcm"))
    bits = overlay_array(ds)
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.2"
    np.testing.assert_array_equal(overlay_array(ds), bits)
    file = io.BytesIO()
    ds.save_as(file)
    big = isocenter.dcmread(file.getvalue())
    np.testing.assert_array_equal(overlay_array(big), bits)
    big.compress("1.2.840.10008.1.2.5")
    np.testing.assert_array_equal(overlay_array(big), bits)
    file = io.BytesIO()
    big.save_as(file)
    again = isocenter.dcmread(file.getvalue())
    np.testing.assert_array_equal(overlay_array(again), bits)
    np.testing.assert_array_equal(again.pixel_array, ds.pixel_array)
    icon = again.IconImageSequence[0]
    assert len(icon.PixelData) == icon.Rows * icon.Columns


def test_embedded_bits_of_codestreams_are_lost():
    ds = embedded()
    del ds[0x60003000]
    ds[0x60000102].value = 12
    ds.file_meta["TransferSyntaxUID"] = "1.2.840.10008.1.2.4.90"
    ds["PixelData"] = b"\xfe\xff\x00\xe0\0\0\0\0\xfe\xff\x00\xe0\x02\0\0\0ab"
    with pytest.raises(PixelError, match="not its own"):
        overlay_array(ds)


@pytest.mark.parametrize("group", [0x6002, 0x6001, 0x6100, 0x0028])
def test_a_group_without_an_overlay(group):
    with pytest.raises(UsageError, match="there is one in 6000"):
        overlay_array(with_overlay(image(), np.ones((2, 2))), group)
    with pytest.raises(UsageError, match="none at all"):
        overlay_array(image(), group)


def test_too_few_bits():
    ds = with_overlay(image(), np.ones((40, 60)), data=b"\xff\xff")
    with pytest.raises(PixelError, match="has 2 bytes"):
        overlay_array(ds)


def test_no_size():
    ds = with_overlay(image(), np.ones((4, 6)))
    ds[0x60000011].value = 0
    with pytest.raises(PixelError, match="no size"):
        overlay_array(ds)


# --- burnt in ---------------------------------------------------------------------------


def test_overlays_are_drawn_on_request_only():
    ds = with_overlay(image(), np.eye(4, 6))
    assert render(ds).max() == 0
    np.testing.assert_array_equal(render(ds, overlays=True), np.eye(4, 6) * 255)


@given(
    rows=st.integers(1, 9),
    columns=st.integers(1, 9),
    top=st.integers(-12, 12),
    left=st.integers(-12, 12),
    seed=st.integers(0, 99),
)
def test_the_origin_counts_from_one_and_what_is_outside_is_cut_off(rows, columns, top, left, seed):
    bits = np.random.default_rng(seed).integers(0, 2, (rows, columns))
    expected = np.zeros((4, 6), np.uint8)
    for row, column in np.argwhere(bits):
        place = row + top - 1, column + left - 1
        if 0 <= place[0] < 4 and 0 <= place[1] < 6:
            expected[place] = 255
    shown = render(with_overlay(image(), bits, origin=(top, left)), overlays=True)
    np.testing.assert_array_equal(shown, expected)


def test_black_on_bright():
    values = np.full((4, 6), 191, np.uint8)
    values[:, 3:] = 192
    shown = render(with_overlay(image(values), np.ones((4, 6))), overlays=True)
    assert shown.tolist() == [[255] * 3 + [0] * 3] * 4


def test_all_groups_and_the_outline_of_a_region():
    ds = with_overlay(image(np.zeros((6, 6), np.uint8)), np.ones((5, 5)), 0x60FE, kind="R")
    with_overlay(ds, [[1]], 0x6002, origin=(6, 6))
    ring = np.pad(np.pad(np.zeros((3, 3)), 1, constant_values=1), (0, 1))
    ring[5, 5] = 1
    np.testing.assert_array_equal(render(ds, overlays=True), ring * 255)


def test_the_outline_of_what_is_thin_is_itself():
    assert outline(np.eye(3, dtype=np.uint8)).tolist() == np.eye(3).tolist()


@pytest.mark.parametrize(
    ("counted", "drawn"),
    [
        ({}, [0, 1, 2, 3]),
        ({"frames": 1}, [0]),
        ({"frames": 1, "first": 3}, [2]),
        ({"first": 2}, [1]),
        ({"frames": 2, "first": 2}, [1, 2]),
        ({"frames": 2, "first": 4}, [3]),
    ],
)
def test_c_9_3_which_frames_an_overlay_belongs_to(counted, drawn):
    count = counted.get("frames", 1)
    ds = image(np.zeros((4, 4, 6), np.uint8))
    with_overlay(ds, np.ones((count, 4, 6)), **counted)
    found = [index for index in range(4) if render(ds, frame=index, overlays=True).any()]
    assert drawn == found


def test_a_broken_overlay_is_told_and_the_others_are_drawn():
    ds = with_overlay(image(), np.ones((4, 6)), data=b"")
    with_overlay(ds, [[1]], 0x6002)
    frames = Frames(ds)
    assert render(frames, overlays=True)[0, 0] == 255
    assert [(f.code, f.tag) for f in frames.findings] == [("bad-overlay", "(6000,3000)")]


def test_colour_is_drawn_on_and_not_changed():
    picture = np.zeros((4, 6, 3), np.uint8)
    drawn = burnt(picture, Frames(with_overlay(image(), np.eye(4, 6))), 0)
    assert drawn[1, 1].tolist() == [255, 255, 255]
    assert picture.max() == 0


def test_what_a_plane_says_of_itself():
    plane = overlay_plane(with_overlay(image(), np.ones((2, 3)), origin=(0, -4), kind="R"))
    assert (plane.shape, plane.kind, plane.row, plane.column) == ((2, 3), "R", 0, -4)
