"""PS3.10 7: preamble, File Meta Information, transfer syntax; and files without them."""

import copy
import csv
import pickle
import zlib

import pytest

import isocenter
from core.stream import (
    BIG,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    deflate,
    explicit,
    implicit,
    meta,
    part10,
)
from isocenter.core.encoding import Encoded
from isocenter.core.limits import Limits
from isocenter.core.part10 import (
    _file_meta,
    _plain_meta,
    has_prefix,
    looks_like_dataset,
    parse,
)
from isocenter.core.reader import PIXELS
from isocenter.errors import EncodingError, InvalidDicomError
from support.files import SHARED, wheel_file, wheel_files

MODALITY, ROWS = 0x00080060, 0x00280010
DATASET = explicit(MODALITY, "CS", b"CT") + explicit(ROWS, "US", b"\1\0")
BIG_DATASET = explicit(MODALITY, "CS", b"CT", order=">") + explicit(ROWS, "US", b"\0\1", order=">")
IMPLICIT_DATASET = implicit(MODALITY, b"CT") + implicit(ROWS, b"\1\0")


def codes(ds):
    return [finding.code for finding in ds.findings]


def test_7_1_a_file_with_preamble_and_meta():
    data = b"II*\0" + part10(DATASET)[4:]
    ds = parse(data)
    assert data[:128] == ds.preamble
    assert EXPLICIT == ds.transfer_syntax == ds.file_meta.TransferSyntaxUID
    assert (ds.Modality, ds.Rows) == ("CT", 1)
    assert (False, False, len(data), ()) == (ds.stopped, ds.cut, ds.end, ds.findings)


def test_file_meta_is_one_data_set_however_it_is_reached():
    ds = parse(part10(DATASET))
    copied = copy.copy(ds)
    assert copied.file_meta is ds.file_meta
    ds.file_meta.ImplementationVersionName = "CHANGED"
    for other in (copied, copy.deepcopy(ds), pickle.loads(pickle.dumps(ds))):  # noqa: S301 - our own
        assert other.file_meta.ImplementationVersionName == "CHANGED"
        assert other.file_meta.TransferSyntaxUID == EXPLICIT


@pytest.mark.parametrize("asked", [False, True])
def test_file_meta_can_be_replaced_and_removed(asked):
    ds = parse(part10(DATASET))
    assert not asked or ds.file_meta
    other = isocenter.FileMetaDataset()
    ds.file_meta = other
    assert ds.file_meta is other
    del ds.file_meta
    assert not hasattr(ds, "file_meta")
    with pytest.raises(AttributeError, match="no file_meta"):
        del ds.file_meta


@pytest.mark.parametrize(
    "odd",
    [
        explicit(0x00020010, "UI", b"1.2.840.10008.1.2.1\0"),
        explicit(0x00020001, "OB", b"\0\1"),
        explicit(0x00020102, "OB", b"\0" * 6)[:8] + b"\xff" * 4,
    ],
)
def test_file_meta_that_is_not_plain_is_read_as_any_data_set(odd):
    head = bytes(128) + b"DICM" + meta(EXPLICIT)
    at_once, waiting = parse(head + odd + DATASET), parse(head + DATASET)
    assert "_meta_span" in vars(waiting)
    assert "file_meta" not in vars(waiting)
    assert "file_meta" in vars(at_once)


def test_file_meta_that_waits_is_what_is_read_at_once():
    waiting = 0
    for path in wheel_files():
        data = path.read_bytes()
        start = 132 if has_prefix(data) else 0
        encoded = Encoded(data)
        plain, full = _plain_meta(encoded, start), _file_meta(encoded, start)
        if plain is not None:
            waiting += 1
            assert (full.end, full.syntax) == (plain.end, plain.syntax)
            assert full.attribute["file_meta"].findings == ()
            span = plain.attribute["_meta_span"]
            assert full.attribute["file_meta"] == isocenter.FileMetaDataset.of(span)
    assert waiting > 50


@pytest.mark.parametrize("data", [b"", b"DICM", bytes(132), DATASET, b"x" * 1000])
def test_7_1_without_the_prefix_it_is_no_dicom_file(data):
    with pytest.raises(InvalidDicomError, match=r"no DICM prefix.*PS3.10 7.1"):
        parse(data)


@pytest.mark.parametrize(
    ("data", "syntax"),
    [(DATASET, EXPLICIT), (IMPLICIT_DATASET, IMPLICIT), (BIG_DATASET, BIG)],
)
def test_a_data_set_without_preamble_and_meta(data, syntax):
    ds = parse(data, force=True)
    assert ds.preamble is None
    assert not ds.file_meta
    assert ("CT", 1, syntax) == (ds.Modality, ds.Rows, ds.transfer_syntax)
    assert codes(ds) == ["no-preamble", "no-transfer-syntax"]


def test_meta_without_preamble():
    ds = parse(meta(IMPLICIT) + IMPLICIT_DATASET, force=True)
    assert (ds.Modality, ds.file_meta.TransferSyntaxUID) == ("CT", IMPLICIT)
    assert codes(ds) == ["no-preamble"]


def test_the_prefix_at_the_first_byte():
    assert parse(b"DICM" + meta() + DATASET, force=True).Modality == "CT"


@pytest.mark.parametrize(
    ("data", "syntax"),
    [(DATASET, EXPLICIT), (IMPLICIT_DATASET, IMPLICIT), (BIG_DATASET, BIG), (b"", EXPLICIT)],
)
@pytest.mark.parametrize("first", [b"", explicit(0x00020010, "UI"), explicit(0x00020013, "SH")])
def test_a_missing_transfer_syntax_is_seen_in_the_bytes(data, syntax, first):
    ds = parse(bytes(128) + b"DICM" + first + data)
    assert syntax == ds.transfer_syntax
    assert ("CT" if data else None) == ds.get("Modality")
    assert codes(ds) == ["no-transfer-syntax"]


def test_the_meta_is_group_2_and_nothing_else():
    odd = implicit(0x00010001, b"ab")
    ds = parse(bytes(128) + b"DICM" + meta(IMPLICIT) + odd + IMPLICIT_DATASET)
    assert [str(tag) for tag in ds.file_meta.keys()] == ["(0002,0010)"]
    assert ds.keys() == [0x00010001, MODALITY, ROWS]


def test_a_wrong_group_length_is_passed_over():
    length = explicit(0x00020000, "UL", b"\1\0\0\0")
    ds = parse(bytes(128) + b"DICM" + length + meta(EXPLICIT) + DATASET)
    assert (ds.file_meta[0x00020000].value, ds.Modality) == (1, "CT")


def test_an_unknown_transfer_syntax_is_explicit_little_endian():
    ds = parse(part10(DATASET, "1.2.3.4"))
    assert (ds.transfer_syntax, ds.Modality) == ("1.2.3.4", "CT")
    assert ds.transfer_syntax.is_encapsulated


def test_a_5_deflated():
    ds = parse(part10(DATASET, DEFLATED))
    assert (ds.Modality, ds.Rows, ds.findings) == ("CT", 1, ())


def test_a_5_damaged():
    data = bytes(128) + b"DICM" + meta(DEFLATED) + b"\xff" * 50
    with pytest.raises(EncodingError, match=r"damaged.*at byte 162, PS3.5 A.5"):
        parse(data)


def test_a_5_with_a_zlib_header_is_damaged():
    with pytest.raises(EncodingError, match="damaged"):
        parse(bytes(128) + b"DICM" + meta(DEFLATED) + zlib.compress(DATASET))


def test_a_5_cut_between_two_elements_is_told():
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    half = stream.compress(DATASET) + stream.flush(zlib.Z_SYNC_FLUSH)
    ds = parse(bytes(128) + b"DICM" + meta(DEFLATED) + half)
    assert (ds.Rows, ds.cut, codes(ds)) == (1, True, ["truncated"])


def test_a_5_the_beginning_is_enough_for_a_header():
    data = DATASET + explicit(0x7FE00010, "OW", bytes(range(256)) * 4000)
    whole = part10(data, DEFLATED)
    ds = parse(whole[: len(whole) // 2], stop=PIXELS)
    assert (ds.Rows, ds.stopped, ds.cut, ds.findings) == (1, True, False, ())


@pytest.mark.parametrize("size", [1000, 1_000_000])
def test_a_5_inflating_has_a_limit(size):
    data = explicit(0x00090010, "OB", bytes(size))
    whole = bytes(128) + b"DICM" + meta(DEFLATED) + deflate(data)
    assert size == len(parse(whole, limits=Limits(inflated=len(data))).raw(0x00090010))
    with pytest.raises(EncodingError, match=f"limit of {len(data) - 1} bytes"):
        parse(whole, limits=Limits(inflated=len(data) - 1))


def test_reading_stops_before_pixels():
    pixels = explicit(0x7FE00010, "OW", b"1234")
    ds = parse(part10(DATASET + pixels), stop=PIXELS)
    assert (ds.keys(), ds.stopped) == ([MODALITY, ROWS], True)
    assert len(part10(DATASET)) == ds.end


@pytest.mark.parametrize("tag", [0x7FE00001, 0x7FE10010])
def test_tags_about_pixels_are_none(tag):
    last = explicit(tag, "LO", b"1234")
    ds = parse(part10(DATASET + last), stop=PIXELS)
    assert ([MODALITY, ROWS, tag], False) == (ds.keys(), ds.stopped)


@pytest.mark.parametrize(
    "data",
    [
        explicit(0x00080005, "CS") + DATASET,
        implicit(0x00080005, b"ISO_IR 6") + IMPLICIT_DATASET,
        explicit(0x00080005, "CS", order=">") + BIG_DATASET,
        meta() + DATASET,
    ],
)
def test_a_bare_data_set_looks_like_one(data):
    assert looks_like_dataset(data)
    assert not has_prefix(data)


def test_a_bare_data_set_may_begin_with_a_long_element():
    assert looks_like_dataset(explicit(0x00020001, "OB", b"\0\1") + meta())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"README",
        b"# Isocenter\n\nPoint it at DICOM, get a library.\n" * 20,
        "Grüße aus der Röntgenabteilung, Zeile für Zeile.\n".encode() * 20,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100),
        b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(100),
        b"PK\x03\x04\x14\0\x08\0\x08\0" + bytes(100),
        b"\x1f\x8b\x08\0" + bytes(100),
        b"%PDF-1.7\n" + bytes(100),
        b"SQLite format 3\0" + bytes(100),
        b"\x08\0" * 100,
        bytes(1000),
        b"\x08\0\x05\0" + b"\xff\xff\xff\xff" + bytes(100),
        DATASET[:12],
        explicit(ROWS, "US", b"\1\0") + explicit(0x00280011, "US", b"\1\0"),
        explicit(MODALITY, "CS", b"CT") + explicit(0x00080005, "CS", b""),
        explicit(0x00080003, "CS", b"CT") + explicit(0x00100010, "PN", b"Doe "),
    ],
)
def test_what_is_no_data_set_does_not_look_like_one(data):
    assert not looks_like_dataset(data)


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not here")
def test_the_files_that_need_force_look_like_data_sets_unless_they_are_broken():
    with (SHARED / "index.csv").open(encoding="utf-8") as file:
        paths = [row["path"] for row in csv.DictReader(file) if row["readable"] == "force-only"]
    missed = [path.rsplit("/")[-1] for path in paths if not looks_like_dataset(_head(path))]
    assert len(paths) == 12
    assert missed == ["TC0385_dicm_offset0.dcm", "TC0387_dicm_offset64.dcm", "no_meta.dcm"]


def _head(path):
    return (SHARED / path).read_bytes()[:4096]


def test_of_the_wheels_only_data_sets_look_like_one():
    bare = {
        path.name
        for path in wheel_files()
        if looks_like_dataset(path.read_bytes()) and path.suffix not in {".dcm", ".DCM"}
    }
    assert set() == bare


def test_a_real_file_without_preamble():
    ds = isocenter.dcmread(wheel_file("ExplVR_BigEndNoMeta.dcm"), force=True)
    assert (ds.transfer_syntax, ds.Modality) == (BIG, "RTPLAN")
