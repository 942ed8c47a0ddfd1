"""``dcmread``: positions of its arguments, what it takes, character sets, limits."""

import array
import io
import mmap
import os
import zipfile
from pathlib import Path

import numpy as np
import pydicom
import pytest

import isocenter
from core.stream import (
    DEFLATED,
    EXPLICIT,
    deflate,
    explicit,
    meta,
    open_item,
    open_sequence,
    part10,
)
from isocenter.core.inflating import Inflated
from isocenter.core.limits import Limits
from isocenter.errors import EncodingError, LimitError, UsageError
from support.files import wheel_file, wheel_files

CHARSET, MODALITY, NAME, ROWS, PIXELS = 0x00080005, 0x00080060, 0x00100010, 0x00280010, 0x7FE00010
HEAD = explicit(MODALITY, "CS", b"CT") + explicit(ROWS, "US", b"\1\0")
WITH_PIXELS = part10(HEAD + explicit(PIXELS, "OW", bytes(400_000)))


def test_the_first_five_arguments_are_in_pydicoms_order():
    path = wheel_file("CT_small.dcm")
    ours = isocenter.dcmread(path, None, True, False, ["PatientID"])  # noqa: FBT003 - the point
    theirs = pydicom.dcmread(path, None, True, False, ["PatientID"])  # noqa: FBT003 - the point
    assert [int(tag) for tag in theirs.keys()] == [int(tag) for tag in ours.keys()]
    assert isocenter.dcmread(path, 1000)[PIXELS].is_unread
    assert isocenter.dcmread(wheel_file("no_meta.dcm"), None, False, True).stored  # noqa: FBT003


class OnlyReads:
    """A stream that knows nothing but ``read``, and gives less than it was asked for."""

    def __init__(self, data):
        self._file = io.BytesIO(data)

    def read(self, size=-1):
        return self._file.read(min(size, 1000) if size >= 0 else -1)


class BytesPath:
    def __init__(self, path):
        self._path = path

    def __fspath__(self):
        return os.fsencode(self._path)


@pytest.mark.parametrize("stop", [True, False])
@pytest.mark.parametrize(
    "given",
    [
        OnlyReads,
        array.array,
        np.frombuffer,
        lambda data: memoryview(data).cast("H"),
        lambda data: memoryview(bytes(byte for one in data for byte in (one, 0)))[::2],
    ],
)
def test_whatever_gives_bytes(given, stop):
    data = WITH_PIXELS + bytes(len(WITH_PIXELS) % 2)
    source = {
        array.array: lambda: array.array("H", data),
        np.frombuffer: lambda: np.frombuffer(data, "u2"),
    }
    made = source.get(given, lambda: given(data))()
    ds = isocenter.dcmread(made, stop_before_pixels=stop)
    assert (1, stop, not stop, None) == (ds.Rows, ds.stopped, PIXELS in ds, ds.filename)


@pytest.mark.parametrize("wrong", [None, 5, object(), []])
def test_nothing_that_can_be_read(wrong):
    with pytest.raises(TypeError, match=type(wrong).__name__):
        isocenter.dcmread(wrong)


def test_a_member_of_a_zip_file(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one/image.dcm", WITH_PIXELS)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        for options in ({}, {"stop_before_pixels": True}, {"defer_size": 100}):
            with archive.open("one/image.dcm") as member:
                ds = isocenter.dcmread(member, **options)
            assert (ds.Rows, ds.filename) == (1, "one/image.dcm")


def test_a_file_is_read_from_where_it_stands_and_stays_open(tmp_path):
    path = tmp_path / "second.dcm"
    path.write_bytes(b"before" + WITH_PIXELS)
    with path.open("rb") as file:
        for options in ({}, {"stop_before_pixels": True}, {"defer_size": 100}):
            file.seek(6)
            assert isocenter.dcmread(file, **options).Rows == 1
            assert not file.closed


def test_of_a_file_a_header_is_not_read_to_the_end(tmp_path):
    path = tmp_path / "image.dcm"
    path.write_bytes(WITH_PIXELS)
    with path.open("rb") as file:
        assert isocenter.dcmread(file, stop_before_pixels=True).stopped
        assert file.tell() == 1 << 16


def test_a_mapped_file(tmp_path):
    path = tmp_path / "image.dcm"
    path.write_bytes(WITH_PIXELS)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert isocenter.dcmread(mapped).Rows == 1


def test_the_name_of_the_file(tmp_path):
    path = tmp_path / "image.dcm"
    path.write_bytes(WITH_PIXELS)
    for given in (path, str(path), BytesPath(path)):
        assert str(path) == isocenter.dcmread(given).filename
        assert str(path) == isocenter.dcmread(given, stop_before_pixels=True).filename
        assert isocenter.is_dicom(given)
        assert isocenter.read_file_meta_info(given).TransferSyntaxUID == EXPLICIT
    with path.open("rb") as file:
        assert str(path) == isocenter.dcmread(file).filename
    assert isocenter.dcmread(io.BytesIO(WITH_PIXELS)).filename is None
    assert isocenter.is_dicom(os.fsencode(path))


@pytest.mark.parametrize(
    "name", ["CT_small.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm"]
)
def test_the_original_encoding(name):
    path = wheel_file(name)
    ours, theirs = isocenter.dcmread(path), pydicom.dcmread(path)
    assert theirs.original_encoding == ours.original_encoding
    assert isocenter.Dataset().original_encoding == (None, None)


# --- character sets (PS3.3 C.12.1.1.2) ---------------------------------------------------

UTF8 = "Müller^Jörg".encode()


def wrong(declared=b"ISO_IR 100", inner=b""):
    item = open_item(
        (explicit(CHARSET, "CS", inner) if inner else b"") + explicit(NAME, "PN", UTF8)
    )
    named = explicit(CHARSET, "CS", declared) if declared else b""
    return part10(named + open_sequence(0x00081110, item) + explicit(NAME, "PN", UTF8 + b" "))


@pytest.mark.parametrize("declared", [b"ISO_IR 100", b"", b"nonsense"])
@pytest.mark.parametrize("override", ["ISO_IR 192", ["ISO_IR 192"], ("ISO_IR 192",)])
def test_the_character_set_that_is_true(declared, override):
    data = wrong(declared)
    ds = isocenter.dcmread(data, character_set=override)
    assert "Müller^Jörg" == str(ds.PatientName) == str(ds[0x00081110].value[0].PatientName)
    assert declared.decode() == ds.get("SpecificCharacterSet", "")
    assert str(ds.PatientName) == "Müller^Jörg"
    assert ds.to_json_dict()["00100010"]["Value"][0]["Alphabetic"] == "Müller^Jörg"
    assert str(isocenter.dcmread(data).PatientName) != "Müller^Jörg"


def test_an_item_that_declares_its_own_keeps_it():
    ds = isocenter.dcmread(wrong(inner=b"ISO_IR 100"), character_set="ISO_IR 192")
    assert str(ds.PatientName) == "Müller^Jörg"
    assert UTF8.decode("latin_1") == str(ds[0x00081110].value[0].PatientName)


def test_text_that_was_not_changed_is_written_byte_for_byte(tmp_path):
    data = wrong()
    ds = isocenter.dcmread(data, character_set="ISO_IR 192")
    assert ds.PatientName == "Müller^Jörg"
    assert ds.SpecificCharacterSet == "ISO_IR 100"
    ds.save_as(tmp_path / "same.dcm")
    assert isocenter.dcmread(tmp_path / "same.dcm").raw(NAME) == UTF8 + b" "
    ds.PatientID = "Ä"
    ds.save_as(tmp_path / "same.dcm")
    assert isocenter.dcmread(tmp_path / "same.dcm").raw("PatientID") == "Ä".encode()


@pytest.mark.parametrize(("term", "codec"), [("ISO_IR 192", "utf_8"), ("ISO_IR 101", "iso8859_2")])
def test_setting_specific_character_set_repairs_the_file(tmp_path, term, codec):
    ds = isocenter.dcmread(wrong(), character_set="ISO_IR 192")
    ds.SpecificCharacterSet = term
    ds.save_as(tmp_path / "repaired.dcm")
    found = isocenter.dcmread(tmp_path / "repaired.dcm")
    assert "Müller^Jörg" == str(found.PatientName) == str(found[0x00081110].value[0].PatientName)
    assert "Müller^Jörg".encode(codec) == bytes(found.raw(NAME)).rstrip(b" ")


def test_an_override_of_a_deferred_and_of_a_pickled_data_set(tmp_path):
    path = tmp_path / "wrong.dcm"
    comment = explicit(0x00204000, "LT", UTF8 * 20)
    path.write_bytes(wrong() + comment)
    ds = isocenter.dcmread(path, 100, character_set="ISO_IR 192")
    assert ds[0x00204000].is_unread
    assert UTF8.decode() * 20 == ds.ImageComments


@pytest.mark.parametrize("unknown", ["ISO_IR 999", "nonsense", ["ISO_IR 100", "x"]])
def test_an_unknown_character_set_is_a_mistake_of_the_caller(unknown):
    with pytest.raises(UsageError, match="is not known"):
        isocenter.dcmread(wrong(), character_set=unknown)


@pytest.mark.parametrize(
    ("term", "code", "text"),
    [
        (b"ISO IR 100", "misspelt-charset", "ä"),
        (b"ISO-IR-100", "misspelt-charset", "ä"),
        (b"ISO_IR100", "misspelt-charset", "ä"),
        (b"iso_ir 100", "misspelt-charset", "ä"),
        (b"latin1", "misspelt-charset", "ä"),
        (b"ISO 2022 IR 6", None, "ä"),
        (b"ISO_IR 192", None, "\N{REPLACEMENT CHARACTER}"),
        (b"UTF-8", "misspelt-charset", "\N{REPLACEMENT CHARACTER}"),
        (b"utf8", "misspelt-charset", "\N{REPLACEMENT CHARACTER}"),
        (b"KOI8", "unknown-charset", "ä"),
    ],
)
def test_c_12_1_1_2_terms_as_files_spell_them(term, code, text):
    ds = isocenter.dcmread(part10(explicit(CHARSET, "CS", term) + explicit(NAME, "PN", b"\xe4 ")))
    assert text == str(ds.PatientName)
    assert ([code] if code else []) == [finding.code for finding in ds.findings]


# --- limits ------------------------------------------------------------------------------


def deep(levels):
    pieces = explicit(0x00081115, "SQ", length=0xFFFFFFFF) + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    ends = b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"
    return part10(HEAD + pieces * levels + ends * levels)


def test_nesting_has_a_limit():
    data = deep(10_000)
    ds = isocenter.dcmread(data)
    assert ds.findings == ()
    for _ in range(10_000):
        ds = ds[0x00081115].value[0]
    ds = isocenter.dcmread(data, limits=Limits(nesting=20_000))
    assert ds.findings == ()
    ds = isocenter.dcmread(data, limits=Limits(nesting=5000))
    assert [finding.code for finding in ds.findings] == ["over-limit"]
    assert "limit of 5000 levels" in ds.findings[0].message
    assert (ds.Rows, ds.cut) == (1, True)


def test_the_limit_of_nesting_holds_in_a_deflated_data_set():
    data = bytes(128) + b"DICM" + meta(DEFLATED) + deflate(deep(100)[len(part10(b"")) :])
    ds = isocenter.dcmread(data, limits=Limits(nesting=50))
    assert [finding.code for finding in ds.findings] == ["over-limit"]


@pytest.mark.parametrize("vr", ["OB", "UN", "SQ", "UT"])
def test_a_length_of_4_gb_in_a_small_file_costs_nothing(tmp_path, vr):
    path = tmp_path / "claims.dcm"
    path.write_bytes(part10(HEAD + explicit(0x00420011, vr, b"1234", length=0xFFFFFFFE)))
    for options in ({}, {"defer_size": 10}, {"skip_pixels": True}):
        ds = isocenter.dcmread(path, **options)
        assert (ds.Rows, ds.cut) == (1, True)


@pytest.mark.parametrize("stop", [True, False])
def test_inflating_has_a_limit(tmp_path, stop):
    path = tmp_path / "bomb.dcm"
    path.write_bytes(part10(explicit(0x00090010, "OB", bytes(3_000_000)) + HEAD, DEFLATED))
    with pytest.raises(LimitError, match="limit of 1000000 bytes") as caught:
        isocenter.dcmread(path, stop_before_pixels=stop, limits=Limits(inflated=1_000_000))
    assert isinstance(caught.value, EncodingError)
    assert isocenter.dcmread(path, stop_before_pixels=stop).Rows == 1


def test_a_header_of_a_deflated_file_inflates_no_pixels(monkeypatch):
    dataset = HEAD + explicit(PIXELS, "OW", bytes(50_000_000))
    sizes, up_to = [], Inflated.up_to
    monkeypatch.setattr(
        Inflated, "up_to", lambda self, size: sizes.append(size) or up_to(self, size)
    )
    data = part10(dataset, DEFLATED)
    ds = isocenter.dcmread(data, stop_before_pixels=True, limits=Limits(inflated=1 << 20))
    assert (ds.Rows, ds.stopped, ds.findings) == (1, True, ())
    assert sizes == [1 << 16]


@pytest.mark.parametrize("size", [10, 65_000, 65_536, 70_000, 3_000_000])
def test_a_header_of_a_deflated_file_is_the_whole_header(tmp_path, size):
    path = tmp_path / "deflated.dcm"
    private = explicit(0x00091001, "OB", os.urandom(size))
    path.write_bytes(part10(private + HEAD + explicit(PIXELS, "OW", os.urandom(100_000)), DEFLATED))
    ds = isocenter.dcmread(path, stop_before_pixels=True)
    assert (size, 1, True, ()) == (len(ds.raw(0x00091001)), ds.Rows, ds.stopped, ds.findings)


def test_a_stream_is_inflated_in_steps():
    data = deflate(bytes(range(256)) * 40)
    stream = Inflated(data, 0, 20_000)
    assert [len(stream.up_to(size)) for size in (10, 5, 600)] == [10, 10, 600]
    assert not stream.is_exhausted
    assert bytes(range(256)) * 40 == stream.up_to(None)
    assert stream.is_whole


def test_every_header_of_the_wheels_from_an_open_file():
    for path in wheel_files():
        try:
            expected = isocenter.dcmread(path, stop_before_pixels=True, force=True)
        except EncodingError:
            continue
        with Path(path).open("rb") as file:
            found = isocenter.dcmread(file, stop_before_pixels=True, force=True)
        assert expected.keys() == found.keys()
