"""A data set: looking up, what is inherited, how it prints, what was wrong."""

import pickle

import pytest

import isocenter
from core.stream import (
    BIG,
    EXPLICIT,
    HEAD,
    IMPLICIT,
    explicit,
    implicit,
    item,
    open_implicit_sequence,
    open_item,
    open_sequence,
    part10,
)
from isocenter import DataElement, Dataset, Tag
from isocenter.core import ambiguous, suggestions
from isocenter.core.element import DataElement as Element
from isocenter.errors import UsageError, ValueDecodingError

NAME, ROWS, SEQUENCE, PIXEL_REPRESENTATION = 0x00100010, 0x00280010, 0x00081140, 0x00280103
SMALLEST, DESCRIPTOR, LUT = 0x00280106, 0x00283002, 0x00283006


def read(data, syntax=EXPLICIT):
    return isocenter.dcmread(part10(data, syntax))


@pytest.fixture
def ds():
    return read(
        explicit(0x00080060, "CS", b"CT")
        + open_sequence(SEQUENCE, item(explicit(NAME, "PN", b"In^A")), item())
        + explicit(NAME, "PN", b"Doe^Jane")
        + explicit(ROWS, "US", b"\1\0")
    )


@pytest.mark.parametrize(
    "key", ["PatientName", "00100010", "(0010,0010)", 0x00100010, (0x10, 0x10), Tag(NAME)]
)
def test_every_way_to_name_an_element(ds, key):
    assert ds[key].value == "Doe^Jane"
    assert key in ds


@pytest.mark.parametrize(
    "key", ["PatientID", "00100020", 0x00100020, (0x10, 0x20), "NoKeyword", (1, 2, 3), None]
)
def test_what_is_not_there_is_not_in(ds, key):
    assert key not in ds


def test_an_absent_element(ds):
    with pytest.raises(KeyError):
        ds["PatientID"]
    with pytest.raises(KeyError):
        ds.raw("PatientID")
    with pytest.raises(UsageError, match="neither a keyword nor a tag"):
        ds["NoKeyword"]


def test_attributes_are_keywords(ds):
    assert (ds.Modality, ds.Rows) == ("CT", 1)
    with pytest.raises(AttributeError, match=r"^PatientID \(0010,0020\) is not in this data set$"):
        _ = ds.PatientID
    with pytest.raises(AttributeError, match=r"^FileDataset has no attribute 'NoKeyword'$"):
        _ = ds.NoKeyword
    assert not hasattr(ds, "_nothing")


def test_nothing_is_suggested_before_an_error_is_told(ds, monkeypatch):
    asked = []
    monkeypatch.setattr(suggestions, "hint", lambda name: asked.append(name) or "; a hint")
    assert not hasattr(ds, "PatientsName")
    assert getattr(ds, "file_name", None) is None
    assert asked == []
    with pytest.raises(AttributeError) as caught:
        _ = ds.PatientsName
    copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    for error in (caught.value, copied):
        assert str(error) == "FileDataset has no attribute 'PatientsName'; a hint"
        assert error.name == "PatientsName"


def test_get_gives_a_value_for_a_keyword_and_an_element_for_a_tag(ds):
    assert ds.get("Rows") == 1
    assert 1 == ds.get(ROWS).value == ds.get((0x28, 0x10)).value
    assert (ds.get("PatientID"), ds.get("PatientID", 7)) == (None, 7)
    assert (ds.get(0x00100020), ds.get(0x00100020, 7)) == (None, 7)
    assert ds.get("NoKeyword", 7) == 7


def test_a_data_set_is_an_ordered_mapping(ds):
    assert [0x00080060, SEQUENCE, NAME, ROWS] == ds.keys() == [one.tag for one in ds]
    assert (len(ds), bool(ds)) == (4, True)
    assert (len(Dataset()), bool(Dataset()), list(Dataset())) == (0, False, [])
    assert ds[NAME] is ds[NAME]


def test_raw_is_the_value_field_uncopied(ds):
    assert bytes(ds.raw("PatientName")) == b"Doe^Jane"
    assert item(explicit(NAME, "PN", b"In^A")) + item() == bytes(ds.raw(SEQUENCE))
    assert isinstance(ds.raw(ROWS), memoryview)


def test_equality_is_by_content(ds):
    other = isocenter.dcmread(
        part10(
            implicit(0x00080060, b"CT")
            + implicit(SEQUENCE, item(implicit(NAME, b"In^A")) + item())
            + implicit(NAME, b"Doe^Jane")
            + implicit(ROWS, b"\1\0"),
            IMPLICIT,
        )
    )
    assert ds == other
    assert ds[SEQUENCE] == other[SEQUENCE]
    assert ds != 5
    assert ds[NAME] != "Doe^Jane"
    with pytest.raises(TypeError):
        hash(ds)


@pytest.mark.parametrize(
    "other",
    [
        explicit(0x00080060, "CS", b"CT"),
        open_sequence(SEQUENCE, item(explicit(NAME, "PN", b"In^B")), item()),
        open_sequence(SEQUENCE, item(explicit(NAME, "PN", b"In^A"))),
        explicit(SEQUENCE, "OB", b""),
    ],
)
def test_what_differs_is_not_equal(other):
    same = open_sequence(SEQUENCE, item(explicit(NAME, "PN", b"In^A")), item())
    assert read(same) == read(same)
    assert read(same) != read(other)


def test_a_bad_value_raises_when_it_is_asked_for_and_not_before():
    ds = read(explicit(ROWS, "US", b"\1") + explicit(0x00280011, "US", b"\1\0"))
    assert ds.Columns == 1
    for ask in (lambda: ds.Rows, lambda: ds[ROWS], lambda: ds.get("Rows")):
        with pytest.raises(ValueDecodingError) as caught:
            ask()
        assert (
            caught.value.tag,
            caught.value.offset,
            caught.value.clause,
        ) == ("(0028,0010)", HEAD + 8, "PS3.5 6.2")
    error, element = ds.readable()
    assert isinstance(error, ValueDecodingError)
    assert element.value == 1


def test_how_a_data_set_prints():
    ds = read(
        explicit(0x00080016, "UI", b"1.2.840.10008.5.1.4.1.1.2\0")
        + explicit(0x00080060, "CS", b"CT")
        + open_sequence(SEQUENCE, item(explicit(NAME, "PN", b"In^A")), item())
        + explicit(0x00090010, "LO", b"ACME")
        + explicit(0x00091001, "UN", b"\1\2")
        + explicit(0x0009FF01, "UN", bytes(17))
        + explicit(0x00104000, "LT", b"a\nb\x1b[0m ")
        + explicit(0x00180050, "DS", b"1.50\\2")
        + explicit(0x00180060, "DS", b"x")
        + explicit(ROWS, "US", b"\1\0")
        + explicit(0x00280030, "DS")
    )
    assert str(ds).splitlines() == [
        "Dataset.file_meta -------------------------------",
        "(0002,0010) Transfer Syntax UID                 UI: Explicit VR Little Endian",
        "-------------------------------------------------",
        "(0008,0016) SOP Class UID                       UI: CT Image Storage",
        "(0008,0060) Modality                            CS: 'CT'",
        "(0008,1140)  Referenced Image Sequence  2 item(s) ---- ",
        "   (0010,0010) Patient's Name                      PN: 'In^A'",
        "   ---------",
        "   ---------",
        "(0009,0010) Private Creator                     LO: 'ACME'",
        "(0009,1001) Private tag data                    UN: b'\\x01\\x02'",
        "(0009,FF01) Private tag data                    UN: Array of 17 elements",
        "(0010,4000) Patient Comments                    LT: 'a\\nb\\x1b[0m'",
        "(0018,0050) Slice Thickness                     DS: [1.50, 2]",
        "(0018,0060) cannot be read: 'x' is no value of VR DS: no number",
        "(0028,0010) Rows                                US: 1",
        "(0028,0030) Pixel Spacing                       DS: None",
    ]


def test_a_text_cannot_forge_a_line():
    ds = read(explicit(0x00081030, "LO", b"a\\b\n(0010,0010)"))
    assert len(list(ds.formatted_lines())) == 1 == len(str(ds).splitlines()) - 3


def test_7_8_1_private_elements_belong_to_the_creator_of_their_block():
    ds = read(
        implicit(0x00190010, b"GEMS_ACQU_01")
        + implicit(0x00190011, b"Nobody")
        + implicit(0x00191002, b"\1\0\0\0")
        + implicit(0x00191102, b"\1\0\0\0")
        + implicit(0x00191202, b"\1\0\0\0"),
        IMPLICIT,
    )
    known, other, alone = ds[0x00191002], ds[0x00191102], ds[0x00191202]
    assert (known.VR, known.value, known.private_creator) == ("SL", 1, "GEMS_ACQU_01")
    assert known.name == "[Detector Channel]"
    assert (other.VR, other.name, other.private_creator) == ("UN", "Private tag data", "Nobody")
    assert (alone.VR, alone.private_creator) == ("UN", "")
    assert (ds[0x00190010].VR, ds[0x00190010].name) == ("LO", "Private Creator")


def test_7_8_private_groups_repeat_nothing():
    ds = read(implicit(0x7FE10010, b"ACME") + implicit(0x60013000, b"\1\0"), IMPLICIT)
    assert (
        ds[0x7FE10010].VR,
        ds[0x7FE10010].value,
        ds[0x7FE10010].name,
    ) == ("LO", "ACME", "Private Creator")
    assert ds[0x60013000].VR == "UN"


def test_7_2_group_lengths():
    ds = read(implicit(0x00280000, b"\1\0\0\0") + implicit(0x00290000, b"\1\0\0\0"), IMPLICIT)
    assert [(one.VR, one.value, one.name) for one in ds] == [("UL", 1, "Group Length")] * 2


def test_an_unknown_element():
    ds = read(implicit(0x00089999, b"\1\0"), IMPLICIT)
    element = ds[0x00089999]
    assert (
        element.VR,
        element.value,
        element.name,
        element.keyword,
    ) == ("UN", b"\1\0", "Unknown", "")


@pytest.mark.parametrize(("sign", "vr", "value"), [(0, "US", 65535), (1, "SS", -1)])
def test_us_or_ss_follows_pixel_representation(sign, vr, value):
    ds = read(
        implicit(PIXEL_REPRESENTATION, bytes([sign, 0])) + implicit(SMALLEST, b"\xff\xff"),
        IMPLICIT,
    )
    assert (vr, value) == (ds[SMALLEST].VR, ds[SMALLEST].value)


def test_us_or_ss_is_us_where_nothing_says_so():
    assert read(implicit(SMALLEST, b"\xff\xff"), IMPLICIT)[SMALLEST].VR == "US"
    empty = implicit(PIXEL_REPRESENTATION) + implicit(SMALLEST, b"\xff\xff")
    assert read(empty, IMPLICIT)[SMALLEST].VR == "US"


def test_us_or_ss_in_items_follows_the_data_set_around_them():
    leaf = item(implicit(SMALLEST, b"\xff\xff"))
    own = item(implicit(SMALLEST, b"\xff\xff") + implicit(PIXEL_REPRESENTATION, b"\0\0"))
    inner = open_item(open_implicit_sequence(0x00283010, leaf, own))
    data = open_implicit_sequence(SEQUENCE, inner) + implicit(PIXEL_REPRESENTATION, b"\1\0")
    first, second = read(data, IMPLICIT)[SEQUENCE].value[0][0x00283010].value
    assert (first.SmallestImagePixelValue, second.SmallestImagePixelValue) == (-1, 65535)


def test_us_or_ss_behind_un_in_big_endian():
    data = explicit(PIXEL_REPRESENTATION, "US", b"\0\1", order=">") + explicit(
        SMALLEST, "UN", b"\xfe\xff", order=">"
    )
    assert (read(data, BIG)[SMALLEST].VR, read(data, BIG)[SMALLEST].value) == ("SS", -2)


@pytest.mark.parametrize(("entries", "vr"), [(1, "US"), (2, "OW"), (None, "OW")])
def test_lut_data_of_one_entry_is_a_number(entries, vr):
    descriptor = b"" if entries is None else implicit(DESCRIPTOR, bytes([entries, 0, 0, 0, 8, 0]))
    assert vr == read(descriptor + implicit(LUT, b"\1\0"), IMPLICIT)[LUT].VR


@pytest.mark.parametrize(
    ("tag", "bits", "vr"),
    [
        (0x7FE00010, 8, "OW"),
        (0x7FE00010, 16, "OW"),
        (0x60023000, 8, "OW"),
        (0x54001010, None, "OW"),
        (0x54001010, 8, "OB"),
    ],
)
def test_a_1_bytes_or_words_in_implicit_vr(tag, bits, vr):
    found = ambiguous.resolve(
        tag, "OB or OW", pixel_representation=None, bits_allocated=bits, lut_entries=None
    )
    assert vr == found


def test_a_4_pixel_data_of_undefined_length_are_fragments():
    ds = read(open_implicit_sequence(0x7FE00010, item(), item(b"12")), IMPLICIT)
    assert ("OB", item() + item(b"12")) == (ds[0x7FE00010].VR, ds[0x7FE00010].value)


def test_findings_grow_as_more_is_read():
    inner = explicit(ROWS, "US", b"\1\0")[:9]
    ds = read(explicit(SEQUENCE, "SQ", item(inner)))
    assert ds.findings == ()
    str(ds)
    (finding,) = ds.findings
    assert (finding.code, finding.offset) == ("truncated", HEAD + 28)
    assert (finding,) == ds[SEQUENCE].value[0].findings == ds.findings
    assert Dataset().findings == ()


@pytest.mark.parametrize(
    ("value", "vr", "vm", "empty"),
    [
        (None, "US", 0, True),
        ("", "LO", 0, True),
        (0, "US", 1, False),
        (0.0, "FD", 1, False),
        (b"\0", "OB", 1, False),
        ([], "SQ", 1, True),
    ],
)
def test_6_4_value_multiplicity(value, vr, vm, empty):
    element = Element(ROWS, vr, value)
    assert (vm, empty) == (element.VM, element.is_empty)


def test_6_4_several_values():
    assert read(explicit(0x00080008, "CS", b"A\\B "))["ImageType"].VM == 2


def test_elements_compare_by_tag_vr_and_value():
    assert DataElement(ROWS, "US", 1) == DataElement(ROWS, "US", 1)
    assert DataElement(ROWS, "US", 1) != DataElement(ROWS, "SS", 1)
    assert (
        repr(DataElement(ROWS, "US", 1)) == "(0028,0010) Rows                                US: 1"
    )
    with pytest.raises(TypeError):
        hash(DataElement(ROWS, "US", 1))
