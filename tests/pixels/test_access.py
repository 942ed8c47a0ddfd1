"""pixel_array and iter_pixels: of data sets, paths and open files; shapes, colours, memory."""

import copy
import gzip
import io
import pickle
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pydicom
import pytest

import isocenter
from isocenter import Dataset
from isocenter.errors import (
    DeferredReadError,
    InvalidDicomError,
    NoPixelsError,
    PixelError,
    UsageError,
)
from isocenter.pixels import (
    Frames,
    compress,
    encapsulate,
    iter_pixels,
    pixel_array,
    render,
    set_pixel_data,
)
from isocenter.standard import uid
from support.files import wheel_file

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def image(values, photometric="MONOCHROME2"):
    ds = Dataset()
    ds.SOPClassUID = uid.SecondaryCaptureImageStorage
    set_pixel_data(ds, values, photometric, values.dtype.itemsize * 8)
    return ds


STACK = np.arange(4 * 5 * 6, dtype=np.uint16).reshape(4, 5, 6)
RAMP = np.add.outer(np.arange(32), np.arange(32)).astype(np.uint8)
COLOUR = np.dstack([RAMP * 4, 255 - RAMP * 4, RAMP * 2 + 60])


# --- shapes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [STACK, STACK[0], COLOUR, np.stack([COLOUR, COLOUR])])
@pytest.mark.parametrize("compressed", [False, True])
def test_shapes(values, compressed):
    ds = image(values, "RGB" if values.shape[-1] == 3 else "MONOCHROME2")
    if compressed:
        compress(ds, uid.JPEGLSLossless)
    found = pixel_array(ds)
    np.testing.assert_array_equal(found, values, strict=True)
    assert found.flags.writeable
    frames = values if ds.get("NumberOfFrames") else values[None]
    for index, frame in enumerate(iter_pixels(ds)):
        np.testing.assert_array_equal(frame, frames[index], strict=True)
        np.testing.assert_array_equal(pixel_array(ds, index=index), frames[index], strict=True)
        assert frame.flags.writeable


def test_indices_in_any_order():
    found = list(iter_pixels(image(STACK), indices=[3, 0, 3]))
    np.testing.assert_array_equal(np.stack(found), STACK[[3, 0, 3]])


@pytest.mark.parametrize("index", [4, -1])
def test_a_frame_that_is_not_there(index):
    ds = image(STACK)
    with pytest.raises(UsageError, match=f"no frame {index}"):
        pixel_array(ds, index=index)
    with pytest.raises(UsageError, match=f"no frame {index}"):
        list(iter_pixels(ds, indices=[index]))


def test_what_is_given_can_be_changed_without_changing_the_data_set():
    ds = image(STACK)
    before = ds.PixelData
    pixel_array(ds)[:] = 0
    pixel_array(ds, index=1)[:] = 0
    next(iter_pixels(ds))[:] = 0
    assert ds.PixelData == before
    ds.PixelData = mutable = bytearray(before)
    pixel_array(ds)[:] = 0
    assert mutable == before


def test_frames_that_make_no_array():
    ds = compress(image(np.stack([RAMP, RAMP])), uid.JPEGLSLossless)
    wide = compress(image(RAMP.astype(np.uint16)), uid.JPEGLSLossless)
    ds.PixelData = encapsulate([bytes(Frames(one)._frames._codestreams[0]) for one in (ds, wide)])
    with pytest.raises(PixelError, match="they make no array"):
        pixel_array(ds)
    assert [one.dtype for one in iter_pixels(ds)] == [np.uint8, np.uint16]


# --- colours --------------------------------------------------------------------------------


def test_ybr_becomes_rgb_unless_raw():
    ds = image(COLOUR, "YBR_FULL")
    np.testing.assert_array_equal(pixel_array(ds, raw=True), COLOUR)
    assert np.abs(pixel_array(ds).astype(int) - COLOUR).max() > 10
    theirs = pydicom.dcmread(io.BytesIO(saved(ds))).pixel_array
    assert np.abs(pixel_array(ds).astype(int) - theirs).max() <= 1


@pytest.mark.parametrize("name", ["SC_rgb_jpeg_dcmtk.dcm", "color3d_jpeg_baseline.dcm"])
def test_raw_jpeg_is_ycbcr(name):
    path = wheel_file(name)
    ours = pixel_array(path, index=0, raw=True)
    theirs = pydicom.pixels.pixel_array(path, index=0, raw=True)
    assert ours.shape == theirs.shape
    assert np.sqrt(((ours.astype(float) - theirs) ** 2).mean()) <= 1
    ours, theirs = pixel_array(path, index=0), pydicom.pixels.pixel_array(path, index=0)
    assert np.sqrt(((ours.astype(float) - theirs) ** 2).mean()) <= 1


# --- where it comes from -----------------------------------------------------------------------


def saved(ds):
    file = io.BytesIO()
    ds.SOPInstanceUID = "2.25.7"
    ds.save_as(file, enforce_file_format=True)
    return file.getvalue()


@pytest.fixture
def path(tmp_path):
    place = tmp_path / "stack.dcm"
    place.write_bytes(saved(image(STACK)))
    return place


def test_paths(path):
    np.testing.assert_array_equal(pixel_array(path), STACK)
    np.testing.assert_array_equal(pixel_array(str(path), index=2), STACK[2])


def test_open_files_are_read_from_where_they_stand_and_stay_there(path):
    with path.open("rb") as file:
        np.testing.assert_array_equal(pixel_array(file), STACK)
        assert file.tell() == 0
    shifted = path.with_name("shifted")
    shifted.write_bytes(b"before" + path.read_bytes())
    with shifted.open("rb") as file:
        file.seek(6)
        np.testing.assert_array_equal(np.stack(list(iter_pixels(file))), STACK)
        assert file.tell() == 6


def test_files_that_are_not_on_a_disk(path):
    stream = io.BytesIO(b"before" + path.read_bytes())
    stream.seek(6)
    np.testing.assert_array_equal(pixel_array(stream), STACK)
    assert stream.tell() == 6
    packed = path.with_name("stack.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    with gzip.open(packed) as file:
        np.testing.assert_array_equal(pixel_array(file), STACK)
    np.testing.assert_array_equal(pixel_array(path.read_bytes()), STACK)


def test_without_a_preamble(path):
    bare = path.with_name("bare")
    bare.write_bytes(path.read_bytes()[132:])
    np.testing.assert_array_equal(pixel_array(bare), STACK)


def test_errors_name_the_file(path):
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(PixelError, match=str(path)):
        pixel_array(path)
    with pytest.raises(PixelError, match=str(path)):
        list(iter_pixels(path))
    path.write_bytes(b"hello")
    with pytest.raises(InvalidDicomError, match=str(path)):
        pixel_array(path)
    with pytest.raises(FileNotFoundError):
        pixel_array(path.with_name("nothing"))


def test_the_description_of_a_file(path):
    ds = Dataset()
    pixel_array(path, ds_out=ds, specific_tags=["SOPClassUID", 0x00100010])
    assert (ds.Rows, ds.Columns, ds.NumberOfFrames, ds.BitsStored) == (5, 6, 4, 16)
    assert ds.SOPClassUID == uid.SecondaryCaptureImageStorage
    assert ds.file_meta.TransferSyntaxUID == uid.ExplicitVRLittleEndian
    assert "PixelData" not in ds
    other = Dataset()
    next(iter_pixels(path, ds_out=other))
    assert other.Rows == 5


def test_the_limit_is_passed_on(path):
    with pytest.raises(PixelError, match="over the limit of 10"):
        pixel_array(path, limit=10)
    with pytest.raises(PixelError, match="over the limit of 10"):
        list(iter_pixels(path, limit=10))


# --- ds.pixel_array ----------------------------------------------------------------------------


def test_the_array_is_kept_until_something_changes():
    ds = isocenter.dcmread(wheel_file("CT_small.dcm"))
    first = ds.pixel_array
    assert ds.pixel_array is first
    ds.PatientName = "Somebody"
    assert ds.pixel_array is first
    ds.PixelData = bytes(len(ds.PixelData))
    assert not ds.pixel_array.any()
    ds.PixelRepresentation = 0
    assert ds.pixel_array.dtype == np.uint16
    ds.Rows, ds.Columns = 64, 256
    assert ds.pixel_array.shape == (64, 256)


def test_looking_at_the_bytes_changes_nothing():
    ds = isocenter.dcmread(wheel_file("CT_small.dcm"))
    first = ds.pixel_array
    assert ds.PixelData
    np.testing.assert_array_equal(ds.pixel_array, first)


def test_pixel_data_that_was_assigned_is_what_is_decoded():
    ds = isocenter.dcmread(wheel_file("CT_small.dcm"))
    ds.PixelData = bytes(range(256)) * 128
    np.testing.assert_array_equal(ds.pixel_array.tobytes(), ds.PixelData)
    np.testing.assert_array_equal(Frames(ds).array(0).tobytes(), ds.PixelData)


def test_another_transfer_syntax_is_another_array():
    ds = image(STACK)
    native = ds.pixel_array
    ds.compress(uid.RLELossless)
    assert ds.pixel_array is not native
    np.testing.assert_array_equal(ds.pixel_array, native)


def test_copies_and_pickles_do_not_carry_arrays():
    ds = image(STACK)
    array = ds.pixel_array
    for other in (copy.deepcopy(ds), pickle.loads(pickle.dumps(ds))):  # noqa: S301 - our own
        assert other.pixel_array is not array
        np.testing.assert_array_equal(other.pixel_array, array)
    assert len(pickle.dumps(ds)) < 2 * STACK.nbytes + 3000


def test_no_pixels():
    ds = isocenter.dcmread(wheel_file("rtplan.dcm"))
    with pytest.raises(NoPixelsError, match="There is no Pixel Data"):
        _ = ds.pixel_array
    with pytest.raises(AttributeError, match="There is no Pixel Data"):
        _ = ds.pixel_array
    assert not hasattr(ds, "pixel_array")


def test_findings_come_to_the_data_set():
    ds = isocenter.dcmread(wheel_file("CT_small.dcm"))
    ds.BitsStored, ds.HighBit = 4, 3
    assert ds.pixel_array.max() == 7
    assert "bits-above-high-bit" in {finding.code for finding in ds.findings}


def test_reading_headers_imports_neither_numpy_nor_codecs():
    code = (
        "import sys, isocenter; assert hasattr(isocenter.Dataset, 'pixel_array');"
        "print(sorted({'numpy', 'imagecodecs'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "[]\n"


def test_pydicoms_data_sets_serve_too():
    ds = pydicom.dcmread(wheel_file("MR_small_RLE.dcm"))
    np.testing.assert_array_equal(pixel_array(ds), ds.pixel_array, strict=True)


# --- memory ----------------------------------------------------------------------------------


FRAMES, SIDE = 10_000, 64


def many_native(place: Path):
    """A sparse file of 10,000 frames, the last of which is not zero."""
    ds = image(np.zeros((SIDE, SIDE), np.uint16))
    ds.NumberOfFrames = FRAMES
    head = saved(ds)[: -SIDE * SIDE * 2 - 4]
    size = FRAMES * SIDE * SIDE * 2
    with place.open("wb") as file:
        file.write(head + size.to_bytes(4, "little"))
        file.truncate(len(head) + 4 + size)
        file.seek(-SIDE * SIDE * 2, 2)
        file.write(b"\1" * (SIDE * SIDE * 2))


def many_compressed(place: Path):
    noise = np.random.default_rng(0).integers(0, 1 << 16, (2, SIDE, SIDE), np.uint16)
    one, last = (
        bytes(Frames(compress(image(values), uid.JPEGLSLossless))._frames._codestreams[0])
        for values in (noise[0], noise[1] | 1)
    )
    ds = image(noise[0])
    ds.NumberOfFrames = FRAMES
    ds.file_meta.TransferSyntaxUID = uid.JPEGLSLossless
    ds.PixelData = encapsulate([one] * (FRAMES - 1) + [last])
    place.write_bytes(saved(ds))


def resident():
    """KiB of memory that this process has for itself, and of files that it has mapped."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    found = dict(line.split(":", 1) for line in lines)
    return tuple(int(found[name].split()[0]) for name in ("RssAnon", "RssFile"))


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="no /proc")
@pytest.mark.parametrize("make", [many_native, many_compressed])
def test_memory_is_flat_over_10_000_frames(make, tmp_path):
    place = tmp_path / "many.dcm"
    make(place)
    assert place.stat().st_size > 75 << 20
    frames = iter_pixels(place)
    next(frames)
    anonymous, mapped = resident()
    most_anonymous = most_mapped = 0
    for count, frame in enumerate(frames, start=2):
        last = frame
        if not count % 250:
            now = resident()
            most_anonymous = max(most_anonymous, now[0] - anonymous)
            most_mapped = max(most_mapped, now[1] - mapped)
    assert (count, bool(last.all())) == (FRAMES, True)
    assert most_anonymous < 4 << 10
    assert most_mapped < 4 << 10


@pytest.mark.parametrize("make", [many_native, many_compressed])
def test_one_frame_of_10_000_takes_the_memory_of_one(make, tmp_path):
    place = tmp_path / "many.dcm"
    make(place)
    pixel_array(place, index=0)
    tracemalloc.start()
    try:
        found = pixel_array(place, index=FRAMES - 1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.all()
    assert peak < 8 << 20


def test_an_open_file_without_a_byte_is_no_dicom(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    with (tmp_path / "empty").open("rb") as file, pytest.raises(InvalidDicomError):
        pixel_array(file)


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small_RLE.dcm"])
def test_pixels_left_in_a_file_that_has_gone_are_an_error_that_says_so(tmp_path, name):
    path = tmp_path / "a.dcm"
    path.write_bytes(wheel_file(name).read_bytes())
    ds = isocenter.dcmread(path, defer_size=1000)
    path.unlink()
    for ask in (lambda: ds.pixel_array, lambda: render(ds), lambda: Frames(ds)):
        with pytest.raises(DeferredReadError, match="cannot be opened again"):
            ask()


@pytest.mark.parametrize("source", [str, Path, bytes])
def test_a_picture_is_made_of_a_data_set_not_of_a_path(source):
    path = wheel_file("CT_small.dcm")
    with pytest.raises(UsageError, match="dcmread"):
        render(path.read_bytes() if source is bytes else source(path))
