"""The DICOM JSON Model, PS3.18 annex F: from bytes, from elements, and back."""

import array
import base64
import json
import math
import struct
import warnings

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.errors import BytesLengthException

import isocenter
from core.stream import (
    BIG,
    EXPLICIT,
    IMPLICIT,
    explicit,
    implicit,
    item,
    open_item,
    open_sequence,
    part10,
    sequence_end,
)
from core.test_against_pydicom import DELIBERATE, LONG_TEXTS
from isocenter import DataElement, Dataset, Sequence
from isocenter.core.deepjson import deep_text, deep_value
from isocenter.core.dicomjson import to_json, to_json_dict
from isocenter.core.fromjson import from_json
from isocenter.errors import DicomError, InvalidDicomError, UsageError, ValueDecodingError
from support.files import SHARED, shared_files, wheel_file, wheel_files


def read(*elements):
    return isocenter.dcmread(part10(b"".join(elements)))


def value(*elements):
    """The attribute objects of elements that are written by hand, both ways to them."""
    ds = read(*elements)
    model = to_json_dict(ds)
    assert model == to_json_dict(decoded(ds))
    return model


def decoded(ds):
    for _ in ds.iterall():
        pass
    return ds


# --- the example of F.4 -------------------------------------------------------------------

STUDY = "1.2.392.200036.9116.2.2.2.1762893313.1029997326.945873"
F4 = {
    "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
    "00080020": {"vr": "DT", "Value": ["20130409"]},
    "00080030": {"vr": "TM", "Value": ["131600.0000"]},
    "00080050": {"vr": "SH", "Value": ["11235813"]},
    "00080056": {"vr": "CS", "Value": ["ONLINE"]},
    "00080061": {"vr": "CS", "Value": ["CT", "PET"]},
    "00080090": {"vr": "PN", "Value": [{"Alphabetic": "^Bob^^Dr."}]},
    "00081190": {"vr": "UR", "Value": [f"http://wado.nema.org/studies/{STUDY}"]},
    "00090010": {"vr": "LO", "Value": ["Vendor A"]},
    "00091002": {"vr": "UN", "InlineBinary": "z0x9c8v7"},
    "00100010": {
        "vr": "PN",
        "Value": [{"Alphabetic": "Wang^XiaoDong", "Ideographic": "王^小東"}],
    },
    "00100020": {"vr": "LO", "Value": ["12345"]},
    "00100021": {"vr": "LO", "Value": ["Hospital A"]},
    "00100030": {"vr": "DT", "Value": ["19670701"]},
    "00100040": {"vr": "CS", "Value": ["M"]},
    "00101002": {
        "vr": "SQ",
        "Value": [
            {
                "00100020": {"vr": "LO", "Value": ["54321"]},
                "00100021": {"vr": "LO", "Value": ["Hospital B"]},
            },
            {
                "00100020": {"vr": "LO", "Value": ["24680"]},
                "00100021": {"vr": "LO", "Value": ["Hospital C"]},
            },
        ],
    },
    "0020000D": {"vr": "UI", "Value": [STUDY]},
    "00200010": {"vr": "SH", "Value": ["11235813"]},
    "00201206": {"vr": "IS", "Value": [4]},
    "00201208": {"vr": "IS", "Value": [942]},
}


def even(text):
    data = text.encode()
    return data + b" " * (len(data) % 2)


def other_patient(number, hospital):
    return open_item(
        explicit(0x00100020, "LO", even(number)) + explicit(0x00100021, "LO", even(hospital))
    )


F4_BYTES = (
    explicit(0x00080005, "CS", even("ISO_IR 192")),
    explicit(0x00080020, "DT", even("20130409")),
    explicit(0x00080030, "TM", even("131600.0000")),
    explicit(0x00080050, "SH", even("11235813")),
    explicit(0x00080056, "CS", even("ONLINE")),
    explicit(0x00080061, "CS", even("CT\\PET")),
    explicit(0x00080090, "PN", even("^Bob^^Dr.")),
    explicit(0x00081190, "UR", even(f"http://wado.nema.org/studies/{STUDY}")),
    explicit(0x00090010, "LO", even("Vendor A")),
    explicit(0x00091002, "UN", base64.b64decode("z0x9c8v7")),
    explicit(0x00100010, "PN", even("Wang^XiaoDong=王^小東=")),
    explicit(0x00100020, "LO", even("12345")),
    explicit(0x00100021, "LO", even("Hospital A")),
    explicit(0x00100030, "DT", even("19670701")),
    explicit(0x00100040, "CS", even("M")),
    open_sequence(
        0x00101002, other_patient("54321", "Hospital B"), other_patient("24680", "Hospital C")
    ),
    explicit(0x0020000D, "UI", STUDY.encode()),
    explicit(0x00200010, "SH", even("11235813")),
    explicit(0x00201206, "IS", b"4 "),
    explicit(0x00201208, "IS", b"942 "),
)


def test_f_4_example_from_bytes():
    assert value(*F4_BYTES) == F4
    assert json.loads(to_json(read(*F4_BYTES))) == F4


def test_f_4_example_back_to_a_data_set():
    assert from_json(F4) == read(*F4_BYTES)
    listed = F4 | {"00091002": {"vr": "UN", "InlineBinary": ["z0x9c8v7"]}}  # as F.4 prints it
    assert from_json(json.dumps(listed)) == read(*F4_BYTES)


# --- values, F.2.3 to F.2.7 -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("vr", "data", "expected"),
    [
        ("CS", b"A\\\\B ", ["A", None, "B"]),
        ("LO", b"\\", [None, None]),
        ("LT", b"a\\b ", ["a\\b"]),
        ("UI", b"1.2\\1.3\0", ["1.2", "1.3"]),
        ("AT", struct.pack("<4H", 0x0010, 0x0020, 0x7FE0, 0x0010), ["00100020", "7FE00010"]),
        ("DS", b"1\\-2.50\\ 3e1", [1.0, -2.5, 30.0]),
        ("DS", b"1\\\\2 ", [1.0, None, 2.0]),
        ("DS", b"1234567890.12345", [1234567890.12345]),
        ("DS", b"9007199254740993", ["9007199254740993"]),
        ("IS", b"+12\\-3\\3.0 ", [12, -3, 3]),
        ("IS", b"9007199254740993", ["9007199254740993"]),
        ("SV", struct.pack("<2q", -(2**53) + 1, 2**53), [-(2**53) + 1, str(2**53)]),
        ("UV", struct.pack("<Q", 2**64 - 1), [str(2**64 - 1)]),
        ("FL", struct.pack("<3f", 1.5, math.nan, -math.inf), [1.5, "NaN", "-inf"]),
        ("FD", struct.pack("<2d", math.inf, 1e308), ["inf", 1e308]),
        ("FD", struct.pack("<2d", 1e308, 1e308), [1e308, 1e308]),
        ("US", struct.pack("<2H", 1, 65535), [1, 65535]),
        ("PN", b"A^B=\\\\=C==", [{"Alphabetic": "A^B"}, None, {"Ideographic": "C"}]),
        ("PN", b"A==B", [{"Alphabetic": "A", "Phonetic": "B"}]),
        ("UR", b"http://a\\b ", ["http://a\\b"]),
    ],
)
def test_the_value_array_of_each_vr(vr, data, expected):
    tag = 0x00720026
    assert value(explicit(tag, vr, data)) == {f"{tag:08X}": {"vr": vr, "Value": expected}}


@pytest.mark.parametrize("vr", ["AE", "AT", "DS", "FD", "IS", "LO", "LT", "OB", "PN", "SQ", "US"])
def test_f_2_5_an_empty_value_is_no_value(vr):
    assert value(explicit(0x00720026, vr)) == {"00720026": {"vr": vr}}


@pytest.mark.parametrize(("vr", "data"), [("DS", b"  "), ("LO", b"  "), ("PN", b"==")])
def test_a_value_of_padding_is_none(vr, data):
    assert value(explicit(0x00720026, vr, data)) == {"00720026": {"vr": vr}}


def test_f_2_2_group_lengths_are_left_out_and_tags_ascend():
    ds = read(
        explicit(0x00100000, "UL", struct.pack("<I", 10)),
        explicit(0x00100020, "LO", b"ID"),
        explicit(0x00080060, "CS", b"MR"),
    )
    assert list(to_json_dict(ds)) == ["00080060", "00100020"]


def test_f_2_2_empty_items_are_empty_objects():
    ds = read(open_sequence(0x00081140, open_item(), open_item()), explicit(0x00081150, "UI"))
    expected = {"00081140": {"vr": "SQ", "Value": [{}, {}]}, "00081150": {"vr": "UI"}}
    assert to_json_dict(ds) == expected
    assert from_json(to_json(ds)) == ds


def test_implicit_vr_gets_the_dictionary_s():
    data = implicit(0x00080060, b"MR") + implicit(0x00280010, b"\x02\0")
    ds = isocenter.dcmread(part10(data, IMPLICIT))
    expected = {
        "00080060": {"vr": "CS", "Value": ["MR"]},
        "00280010": {"vr": "US", "Value": [2]},
    }
    assert to_json_dict(ds) == expected


@pytest.mark.parametrize(("vr", "width"), [("OW", 2), ("OL", 4), ("OF", 4), ("OD", 8), ("OV", 8)])
def test_f_2_7_words_of_a_big_endian_source_are_swapped(vr, width):
    data = bytes(range(2 * width))
    ds = isocenter.dcmread(part10(explicit(0x00720026, vr, data, order=">"), BIG))
    little = bytes([*reversed(data[:width]), *reversed(data[width:])])
    expected = {"00720026": {"vr": vr, "InlineBinary": base64.b64encode(little).decode()}}
    assert to_json_dict(ds) == expected
    assert to_json_dict(decoded(ds)) == expected


def test_f_2_7_octets_of_a_big_endian_source_are_not():
    ds = isocenter.dcmread(part10(explicit(0x00720026, "OB", b"\1\2", order=">"), BIG))
    assert to_json_dict(ds) == {"00720026": {"vr": "OB", "InlineBinary": "AQI="}}


def test_assigned_values():
    ds = Dataset()
    ds.Rows, ds.PatientName, ds.SliceThickness = 3, "A^B", "1.50"
    ds.SmallestImagePixelValue = 7
    ds.OffendingElement = [0x00100010]
    ds.ReferencedImageSequence = [Dataset()]
    expected = {
        "00081140": {"vr": "SQ", "Value": [{}]},
        "00000901": {"vr": "AT", "Value": ["00100010"]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "A^B"}]},
        "00180050": {"vr": "DS", "Value": [1.5]},
        "00280010": {"vr": "US", "Value": [3]},
        "00280106": {"vr": "US", "Value": [7]},
    }
    assert to_json_dict(ds) == expected


def test_a_changed_element_is_written_as_it_is_now():
    ds = read(*F4_BYTES)
    ds.PatientID = "54321"
    ds.OtherPatientIDsSequence[1].PatientID = "0"
    model = to_json_dict(ds)
    assert model["00100020"]["Value"] == ["54321"]
    assert model["00101002"]["Value"][1]["00100020"]["Value"] == ["0"]


def test_an_assigned_value_that_is_none_of_its_vr():
    ds = Dataset()
    ds.add(DataElement(0x00280010, "US", "three"))
    with pytest.raises(UsageError, match=r"\(0028,0010\).*US"):
        to_json(ds)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_buffer(kind):
    assert to_json_dict(isocenter.dcmread(kind(part10(b"".join(F4_BYTES))))) == F4


# --- options ---------------------------------------------------------------------------------

BAD = explicit(0x00280008, "IS", b"1A")


def test_a_value_that_cannot_be_decoded_names_its_tag():
    with pytest.raises(ValueDecodingError) as caught:
        to_json(read(BAD))
    assert caught.value.tag == "(0028,0008)"


def test_suppress_invalid_tags_leaves_out_that_element_only_nested_ones_too():
    nested = open_sequence(0x00081140, open_item(BAD + explicit(0x00280010, "US", b"\1\0")))
    kept = {"00280010": {"vr": "US", "Value": [1]}}
    expected = {"00081140": {"vr": "SQ", "Value": [kept]}}
    assert to_json_dict(read(nested, BAD), suppress_invalid_tags=True) == expected


def test_the_bulk_data_handler_gets_what_is_longer_than_the_threshold():
    seen = []

    def handler(element):
        seen.append((element.tag, element.VR, element.value))
        return "http://bulk/1"

    ds = read(explicit(0x00720026, "OB", bytes(12)), explicit(0x00720028, "OW", bytes(14)))
    expected = {
        "00720026": {"vr": "OB", "InlineBinary": "A" * 16},
        "00720028": {"vr": "OW", "BulkDataURI": "http://bulk/1"},
    }
    assert to_json_dict(ds, 16, handler) == expected
    assert seen == [(0x00720028, "OW", bytes(14))]
    assert "InlineBinary" in to_json_dict(ds, 1)["00720028"]


def test_the_dump_handler_makes_the_text():
    ds = read(explicit(0x00080060, "CS", b"MR"))
    assert to_json(ds, dump_handler=list) == ["00080060"]
    assert to_json(ds) == '{"00080060":{"vr":"CS","Value":["MR"]}}'


def test_reading_does_not_change_the_data_set():
    ds = read(*F4_BYTES)
    to_json(ds)
    assert set(ds._elements.values()) == {None}


# --- back, from_json ---------------------------------------------------------------------------


def attribute(vr, **rest):
    return from_json({"00720026": {"vr": vr, **rest}})[0x00720026].value


@pytest.mark.parametrize(
    ("vr", "rest", "expected"),
    [
        ("DS", {"Value": ["1.50", 2, None]}, ["1.50", "2", ""]),
        ("IS", {"Value": ["0012"]}, "0012"),
        ("PN", {"Value": ["A^B"]}, "A^B"),
        ("PN", {"Value": [{"Phonetic": "C"}]}, "==C"),
        ("AT", {"Value": ["00100020"]}, "(0010,0020)"),
        ("UV", {"Value": [str(2**64 - 1)]}, str(2**64 - 1)),
        ("CS", {}, ""),
        ("SQ", {}, "[]"),
        ("FD", {"Value": ["-Infinity", "NaN", "inf", 1]}, ["-inf", "nan", "inf", "1.0"]),
        ("US", {"InlineBinary": "AQACAA=="}, ["1", "2"]),
        ("OB", {"InlineBinary": "AQ\n=="}, "b'\\x01'"),
    ],
)
def test_what_from_json_understands(vr, rest, expected):
    found = attribute(vr, **rest)
    assert expected == ([str(one) for one in found] if isinstance(expected, list) else str(found))


@pytest.mark.parametrize(
    "wrong",
    [
        {"Value": ["LO is missing"]},
        {"vr": "XX"},
        {"vr": "LO", "Value": "no array"},
        {"vr": "US", "Value": ["x"]},
        {"vr": "US", "Value": [1.5]},
        {"vr": "US", "Value": [True]},
        {"vr": "FD", "Value": [True]},
        {"vr": "LO", "Value": [1]},
        {"vr": "DS", "Value": ["1_0x"]},
        {"vr": "PN", "Value": [1]},
        {"vr": "AT", "Value": ["xyz"]},
        {"vr": "OB", "Value": [1]},
        {"vr": "OB", "InlineBinary": "not base64"},
        {"vr": "OB", "InlineBinary": 1},
        {"vr": "SQ", "Value": ["no object"]},
        "no object",
    ],
)
def test_a_wrong_attribute_object_names_its_place(wrong):
    nested = {"00081140": {"vr": "SQ", "Value": [{}, {"00720026": wrong}]}}
    with pytest.raises(ValueDecodingError) as caught:
        from_json(nested)
    assert caught.value.tag == "(0008,1140)[1].(0072,0026)"


@pytest.mark.parametrize("text", ["{", "[]", "1", "", b"\xff"])
def test_no_json_object(text):
    with pytest.raises(InvalidDicomError):
        from_json(text)


def test_a_key_that_is_no_tag():
    with pytest.raises(ValueDecodingError, match="PatientName"):
        from_json({"PatientName": {"vr": "PN"}})


def test_bulk_data_uri_handlers_of_both_forms():
    model = {"7FE00010": {"vr": "OW", "BulkDataURI": "http://bulk/1"}}
    assert from_json(model, lambda uri: uri.encode()).PixelData == b"http://bulk/1"
    assert from_json(model, lambda tag, vr, uri: repr((tag, vr, uri)).encode()).PixelData == (
        b"('7FE00010', 'OW', 'http://bulk/1')"
    )
    with pytest.warns(UserWarning, match="no bulk_data_uri_handler"):
        assert from_json(model).PixelData is None


def test_private_elements_know_their_creator():
    ds = from_json(F4)
    assert ds[0x00091002].private_creator == "Vendor A"


# --- every file ---------------------------------------------------------------------------------


def like_ours(model):
    """What pydicom gives, with the deliberate differences of docs/differences.md."""
    ours = {}
    for key, attribute_object in model.items():
        if key.endswith("0000"):
            continue
        kept = dict(attribute_object)
        values = kept.pop("Value", None)
        if values and values not in ([""], [{"Alphabetic": ""}]):
            kept["Value"] = [one_like_ours(kept["vr"], one) for one in values]
        ours[key] = kept
    return ours


def one_like_ours(vr, one):
    if vr == "SQ":
        return like_ours(one)
    if vr == "PN":
        return {group: text for group, text in one.items() if text} or None
    if vr == "CS":
        one = one.rstrip(" ")
    return None if one == "" else one


def swap_words(model):
    for attribute_object in model.values():
        if "InlineBinary" in attribute_object and attribute_object["vr"] == "OW":
            data = base64.b64decode(attribute_object["InlineBinary"])
            words = array.array("H", data)
            words.byteswap()
            attribute_object["InlineBinary"] = base64.b64encode(words).decode()
    return model


def pairs(paths):
    for path in paths:
        if path.name in DELIBERATE or LONG_TEXTS.fullmatch(path.name):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                yield path, isocenter.dcmread(path, force=True), pydicom.dcmread(path, force=True)
            except (DicomError, OSError, ValueError, BytesLengthException):
                continue


def unexplained(paths):
    wrong, compared = [], 0
    for path, ours, theirs in pairs(paths):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = like_ours(theirs.to_json_dict())
        if ours.transfer_syntax == BIG:
            swap_words(expected)
        wrong += [path.name] * (to_json_dict(ours) != expected)
        compared += 1
    return wrong, compared


def test_every_file_of_the_wheels_gives_what_pydicom_gives():
    wrong, compared = unexplained(wheel_files())
    assert wrong == []
    assert compared > 200


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not here")
def test_every_shared_file_gives_what_pydicom_gives():
    wrong, compared = unexplained(shared_files())
    assert wrong == []
    assert compared > 500


def test_every_file_comes_back_from_its_json_and_is_the_same_the_long_way():
    wrong = []
    for path in wheel_files():
        try:
            ds = isocenter.dcmread(path, force=True)
            text = to_json(ds)
        except DicomError:
            continue
        back = from_json(text)
        if to_json(back) != text or to_json(decoded(ds)) != text:
            wrong.append(path.name)
    assert wrong == []


def test_pydicom_reads_what_we_write():
    ds = isocenter.dcmread(wheel_file("rtplan.dcm"))
    theirs = pydicom.Dataset.from_json(to_json(ds))
    assert from_json(theirs.to_json()) == ds


# --- depth ---------------------------------------------------------------------------------------


def nested(depth):
    head = explicit(0x00081140, "SQ", length=0xFFFFFFFF) + item(length=0xFFFFFFFF)
    tail = open_item()[8:] + sequence_end()
    return head * depth + explicit(0x00080060, "CS", b"MR") + tail * depth


@pytest.mark.parametrize("depth", [1, 84, 85, 400, 5000])
def test_any_depth_there_and_back(depth):
    ds = isocenter.dcmread(part10(nested(depth), EXPLICIT))
    text = to_json(ds)
    assert text.count('"vr":"SQ"') == depth
    back = from_json(text)
    assert to_json(back) == text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values, st.sampled_from([None, 2]))
def test_deep_value_reads_json(thing, indent):
    assert deep_value(json.dumps(thing, indent=indent)) == thing


@given(st.text('[]{}:,"1a\\ ', max_size=12))
def test_deep_value_knows_what_is_no_json(text):
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(ValueError, match=r"[a-z]"):
            deep_value(text)
    else:
        assert deep_value(text) == expected


# --- any data set --------------------------------------------------------------------------------

LETTERS = st.text(st.characters(codec="utf-8", exclude_characters="\\^=\0\r\n\f\t\x1b"), max_size=8)
TRIMMED = LETTERS.map(str.strip).filter(bool)
NAMES = st.lists(TRIMMED, min_size=1, max_size=3).map("=".join)


def several(one):
    return one | st.lists(one, min_size=2, max_size=3)


VALUES = {
    "LO": several(TRIMMED),
    "UT": TRIMMED,
    "PN": several(NAMES),
    "DS": several(st.integers(-(10**9), 10**9).map(lambda n: str(n / 1000))),
    "IS": several(st.integers(-(2**31), 2**31 - 1)),
    "US": several(st.integers(0, 2**16 - 1)),
    "SV": several(st.integers(-(2**63), 2**63 - 1)),
    "FD": several(st.floats(allow_nan=False)),
    "AT": several(st.integers(0, 2**32 - 1)),
    "OW": st.binary(min_size=1, max_size=8),
    "UN": st.binary(min_size=1, max_size=8),
}
TAGS = {vr: 0x00720060 + 2 * number for number, vr in enumerate(VALUES)}


def made(values, items=()):
    ds = Dataset()
    for vr, one in values.items():
        ds.add_new(TAGS[vr], vr, one)
    if items:
        ds.add_new(0x00081140, "SQ", Sequence(items))
    return ds


data_sets = st.recursive(
    st.builds(made, st.fixed_dictionaries({}, optional=VALUES)),
    lambda inner: st.builds(
        made, st.fixed_dictionaries({}, optional=VALUES), st.lists(inner, max_size=3)
    ),
    max_leaves=6,
)


@given(data_sets)
@settings(deadline=None)
def test_any_data_set_comes_back(ds):
    text = to_json(ds)
    assert from_json(text) == ds
    assert json.loads(text) == to_json_dict(ds) == json.loads(deep_text(to_json_dict(ds)))
