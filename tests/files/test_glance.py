"""A glance at a file sees what reading it whole sees, or says that it does not."""

import io
import os

import pydicom
import pytest
from pydicom.encaps import encapsulate

from isocenter import dcmread
from isocenter.files.glance import glance, read_pixels
from library.trees import changed
from support.files import shared_files, wheel_files

WANTED = frozenset({0x00080005, 0x00200013, 0x00200032, 0x00280010, 0x00280011, 0x00281050})
NAME = "CT_small.dcm"


def written(tmp_path, content):
    path = tmp_path / "a.dcm"
    path.write_bytes(content)
    return path


def saved(ds):
    file = io.BytesIO()
    ds.save_as(file)
    return file.getvalue()


def in_syntax(uid):
    ds = pydicom.dcmread(io.BytesIO(changed(NAME)))
    ds.file_meta.TransferSyntaxUID = uid
    written_to = io.BytesIO()
    ds.save_as(written_to, implicit_vr=uid == "1.2.840.10008.1.2", little_endian=True)
    return written_to.getvalue()


@pytest.mark.filterwarnings("ignore")
def test_what_is_seen_is_what_is_read():
    seen = 0
    for path in (*wheel_files(), *shared_files()):
        found = glance(path, WANTED)
        if found is None:
            continue
        seen += 1
        ds = dcmread(path)
        assert ds.findings == (), path
        assert ds.transfer_syntax == found.dataset.transfer_syntax
        assert {tag for tag in WANTED if tag in ds} == set(found.dataset.keys())
        assert all(ds.raw(tag) == found.dataset.raw(tag) for tag in found.dataset.keys())
        assert ds.undecoded("PixelData") == read_pixels(path, found.pixels), path
    assert seen > 60


@pytest.mark.parametrize("uid", ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"])
def test_a_plain_file_in_implicit_and_explicit_vr(tmp_path, uid):
    path = written(tmp_path, in_syntax(uid))
    found = glance(path, WANTED)
    assert found.dataset.Rows == 128
    assert pydicom.dcmread(path).PixelData == read_pixels(path, found.pixels)


def test_padding_behind_the_pixels_is_passed_over(tmp_path):
    assert "DataSetTrailingPadding" in pydicom.dcmread(written(tmp_path, changed(NAME)))
    assert glance(tmp_path / "a.dcm", WANTED) is not None
    ds = pydicom.dcmread(tmp_path / "a.dcm")
    del ds.DataSetTrailingPadding
    assert glance(written(tmp_path, saved(ds)), WANTED) is not None


def encapsulated():
    ds = pydicom.dcmread(io.BytesIO(changed(NAME)))
    ds.PixelData = encapsulate([ds.PixelData])
    ds["PixelData"].is_undefined_length = True
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.5"
    return saved(ds)


def with_signature_behind():
    ds = pydicom.dcmread(io.BytesIO(changed(NAME)))
    ds.add_new(0xFFFAFFFA, "SQ", [])
    return saved(ds)


WHOLE = changed(NAME)
NOT_PLAIN = {
    "no prefix": WHOLE[132:],
    "empty": b"",
    "a text": b"x" * 3000,
    "cut in the header": WHOLE[:2000],
    "cut in the pixels": WHOLE[:-1000],
    "cut in the padding": WHOLE[:-1],
    "more behind it": WHOLE + b"\0\0",
    "no pixels": WHOLE[: WHOLE.index(b"\xe0\x7f\x10\0OW")],
    "header of the pixels cut": WHOLE[: WHOLE.index(b"\xe0\x7f\x10\0OW") + 9],
    "an element behind them": with_signature_behind(),
    "encapsulated": encapsulated(),
    "a syntax that is contradicted": WHOLE.replace(
        b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2\0\0\0"
    ),
    "a header over 64 KiB": changed(NAME, ICCProfile=bytes(70_000)),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("content", NOT_PLAIN.values(), ids=NOT_PLAIN.keys())
def test_what_is_not_plain_is_left_to_the_reader(tmp_path, content):
    assert glance(written(tmp_path, content), WANTED) is None


@pytest.mark.parametrize("change", ["longer", "later", "shorter"])
def test_a_file_that_has_changed_gives_no_pixels(tmp_path, change):
    path = written(tmp_path, WHOLE)
    place = glance(path, WANTED).pixels
    assert read_pixels(path, place) is not None
    if change == "later":
        os.utime(path, ns=(0, place.modified + 1))
    else:
        path.write_bytes(WHOLE + b"\0" if change == "longer" else WHOLE[:-2])
        os.utime(path, ns=(0, place.modified))
    assert read_pixels(path, place) is None


def test_a_file_that_is_gone(tmp_path):
    with pytest.raises(FileNotFoundError):
        glance(tmp_path / "a.dcm", WANTED)
