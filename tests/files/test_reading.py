"""Data sets from paths, bytes and open files."""

import io
import mmap
from pathlib import Path

import pytest

import isocenter
from core.stream import DEFLATED, explicit, meta, part10
from isocenter.errors import DicomError, EncodingError, InvalidDicomError
from isocenter.files import options, reading
from support.files import wheel_file

ROWS, PIXELS, PRIVATE = 0x00280010, 0x7FE00010, 0x00091001
DATASET = explicit(ROWS, "US", b"\1\0") + explicit(PIXELS, "OW", bytes(400_000))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "image.dcm"
    path.write_bytes(part10(DATASET))
    return path


def counted(monkeypatch):
    """How many bytes each look at a header was given."""
    seen, parse = [], options.parse
    monkeypatch.setattr(
        options, "parse", lambda data, **given: seen.append(len(data)) or parse(data, **given)
    )
    return seen


@pytest.mark.parametrize(
    "given", [str, Path, Path.read_bytes, lambda path: memoryview(path.read_bytes()), Path.open]
)
@pytest.mark.parametrize("stop", [True, False])
def test_everything_that_gives_bytes(path, given, stop):
    source = given(path) if given is not Path.open else io.BytesIO(path.read_bytes())
    ds = isocenter.dcmread(source, stop_before_pixels=stop)
    assert (1, stop, not stop) == (ds.Rows, ds.stopped, PIXELS in ds)


def test_an_open_file(path):
    with path.open("rb") as file:
        assert isocenter.dcmread(file).Rows == 1


def test_a_bytearray_and_pixels_uncopied(path):
    data = bytearray(path.read_bytes())
    assert len(isocenter.dcmread(data).raw(PIXELS)) == 400_000
    assert isocenter.dcmread(data).raw(PIXELS).obj is data


@pytest.mark.parametrize("stop", [True, False])
def test_errors_carry_the_path(tmp_path, stop):
    path = tmp_path / "README"
    path.write_bytes(b"no DICOM")
    with pytest.raises(InvalidDicomError, match=r"README: no DICM prefix") as caught:
        isocenter.dcmread(path, stop_before_pixels=stop)
    assert str(path) == caught.value.path
    path.write_bytes(bytes(128) + b"DICM" + meta(DEFLATED) + b"\xff" * 99)
    with pytest.raises(EncodingError) as caught:
        isocenter.dcmread(path, stop_before_pixels=stop)
    assert str(path) == caught.value.path


def test_errors_of_bytes_carry_none():
    with pytest.raises(DicomError) as caught:
        isocenter.dcmread(b"no DICOM")
    assert caught.value.path is None


@pytest.mark.parametrize("stop", [True, False])
def test_what_cannot_be_opened_is_an_os_error(tmp_path, stop):
    with pytest.raises(FileNotFoundError):
        isocenter.dcmread(tmp_path / "none", stop_before_pixels=stop)
    with pytest.raises(IsADirectoryError):
        isocenter.dcmread(tmp_path, stop_before_pixels=stop)


def test_force(tmp_path):
    path = tmp_path / "bare"
    path.write_bytes(DATASET)
    assert isocenter.dcmread(path, force=True).Rows == 1
    assert isocenter.dcmread(path, force=True, stop_before_pixels=True).Rows == 1


def test_an_empty_file(tmp_path):
    path = tmp_path / "empty"
    path.write_bytes(b"")
    with pytest.raises(InvalidDicomError):
        isocenter.dcmread(path)
    assert len(isocenter.dcmread(path, force=True, stop_before_pixels=True)) == 0


def test_a_header_takes_64_kb_and_not_the_pixels(path, monkeypatch):
    seen = counted(monkeypatch)
    assert isocenter.dcmread(path, stop_before_pixels=True).Rows == 1
    assert seen == [1 << 16]


@pytest.mark.parametrize("size", [(1 << 16) - 200, 1 << 16, 1_000_000])
def test_a_header_of_more_than_64_kb_grows(tmp_path, monkeypatch, size):
    path = tmp_path / "image.dcm"
    path.write_bytes(part10(explicit(PRIVATE, "OB", bytes(size)) + DATASET + bytes(1 << 23)))
    seen = counted(monkeypatch)
    ds = isocenter.dcmread(path, stop_before_pixels=True)
    assert (size, 1, True, ()) == (len(ds.raw(PRIVATE)), ds.Rows, ds.stopped, ds.findings)
    assert [(1 << 16) * 8**n for n in range(len(seen))] == seen
    assert size < seen[-1] < max(size * 10, 1 << 20)


@pytest.mark.parametrize("size", [(1 << 16) - 200 + n for n in range(0, 80, 7)])
def test_a_header_that_ends_about_at_64_kb(tmp_path, size):
    path = tmp_path / "image.dcm"
    path.write_bytes(part10(explicit(PRIVATE, "OB", bytes(size)) + DATASET))
    ds = isocenter.dcmread(path, stop_before_pixels=True)
    assert (ds.keys(), ds.stopped, ds.cut) == ([PRIVATE, ROWS], True, False)


@pytest.mark.parametrize("length", [1 << 16, 1 << 19])
def test_a_file_without_pixels_as_long_as_one_read(tmp_path, length):
    path = tmp_path / "report.dcm"
    head = len(part10(explicit(PRIVATE, "OB")))
    path.write_bytes(part10(explicit(PRIVATE, "OB", bytes(length - head))))
    ds = isocenter.dcmread(path, stop_before_pixels=True)
    assert (length - head, False, ()) == (len(ds.raw(PRIVATE)), ds.stopped, ds.findings)


def test_a_large_file_is_mapped(path, monkeypatch):
    monkeypatch.setattr(reading, "_MAPPED", 1 << 10)
    ds = isocenter.dcmread(path)
    assert isinstance(ds.raw(PIXELS).obj, mmap.mmap)
    assert (ds.Rows, len(ds[PIXELS].value)) == (1, 400_000)
    path.unlink()
    assert bytes(400_000) == ds.raw(PIXELS)


def test_a_large_file_that_is_no_dicom_carries_its_path(path, monkeypatch):
    path.write_bytes(bytes(5000))
    monkeypatch.setattr(reading, "_MAPPED", 1 << 10)
    with pytest.raises(InvalidDicomError, match=r"image\.dcm"):
        isocenter.dcmread(path)


def test_specific_tags_are_kept_and_what_comes_later_is_not_read():
    wanted = ["PatientID", 0x00080060, (0x0020, 0x0013)]
    found = isocenter.dcmread(wheel_file("CT_small.dcm"), specific_tags=wanted)
    assert [int(t) for t in found.keys()] == [0x00080005, 0x00080060, 0x00100020, 0x00200013]
    whole = isocenter.dcmread(wheel_file("CT_small.dcm"))
    assert all(found[tag] == whole[tag] for tag in found.keys())
    assert found.stopped


def test_specific_tags_behind_the_pixels():
    path = wheel_file("CT_small.dcm")
    assert [int(tag) for tag in isocenter.dcmread(path, specific_tags=[0xFFFCFFFC]).keys()] == [
        0x00080005,
        0xFFFCFFFC,
    ]


def test_file_meta_alone():
    path = wheel_file("MR_small.dcm")
    assert isocenter.dcmread(path).file_meta == isocenter.read_file_meta_info(path)


@pytest.mark.parametrize(("name", "expected"), [("MR_small.dcm", True), ("no_meta.dcm", False)])
def test_is_dicom(name, expected):
    assert expected == isocenter.is_dicom(wheel_file(name))


def test_a_header_does_not_keep_the_pixels_that_were_read_with_it(tmp_path):
    path = tmp_path / "large.dcm"
    ds = isocenter.dcmread(wheel_file("CT_small.dcm"))
    path.write_bytes(wheel_file("CT_small.dcm").read_bytes())
    header = isocenter.dcmread(path, stop_before_pixels=True)
    assert len(header.stored.span.encoded.buffer) < 7000
    assert str(ds.file_meta) == str(header.file_meta)
    assert all(header[tag] == ds[tag] for tag in header.keys())
