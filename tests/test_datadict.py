"""The data dictionary under pydicom's names: asking it, and adding rows to it."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pydicom.datadict as theirs
import pytest
from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary
from pydicom._private_dict import private_dictionaries

import isocenter
from core.stream import EXPLICIT, IMPLICIT, explicit, implicit, item, open_implicit_sequence, part10
from isocenter import Dataset, datadict
from isocenter.core.codify import codify
from isocenter.core.paths import ElementPath
from isocenter.errors import DictionaryError, UsageError
from isocenter.standard import dictionary, rows

ONE, TWO = 0x10021001, 0x10021002


@pytest.fixture
def additions():
    """What a test adds is gone afterwards."""
    before = dict(rows.ELEMENTS), dict(datadict.keyword_tags()), dict(dictionary.PRIVATE_ADDITIONS)
    yield datadict
    for mapping, content in zip(
        (rows.ELEMENTS, datadict.keyword_tags(), dictionary.PRIVATE_ADDITIONS), before, strict=True
    ):
        mapping.clear()
        mapping.update(content)


# --- asking ------------------------------------------------------------------------------

ASKED = [
    "dictionary_has_tag",
    "dictionary_VR",
    "dictionary_VM",
    "dictionary_description",
    "dictionary_keyword",
    "dictionary_is_retired",
    "get_entry",
    "keyword_for_tag",
]


def answer(module, name, *arguments):
    try:
        return getattr(module, name)(*arguments)
    except KeyError:
        return KeyError


@pytest.mark.parametrize("name", ASKED)
def test_every_row_is_answered_as_pydicom_does(name):
    masks = [mask.replace("x", digit) for mask, digit in product(RepeatersDictionary, "02468ACE")]
    unknown = [0x00280000, 0x00090010, 0x00091001, 0x60013000, 0x10020010, 0x00089999]
    for tag in (*DicomDictionary, *(int(mask, 16) for mask in masks), *unknown):
        assert answer(theirs, name, tag) == answer(datadict, name, tag), hex(tag)


@pytest.mark.parametrize("form", ["PatientName", (0x10, 0x10), 0x00100010, "00100010"])
def test_a_tag_in_any_form(form):
    assert datadict.dictionary_VR(form) == theirs.dictionary_VR(form) == "PN"
    assert datadict.keyword_for_tag(form) == "PatientName"


def test_keywords_and_repeating_groups():
    keywords = {row[4] for row in (*DicomDictionary.values(), *RepeatersDictionary.values())}
    for keyword in (keywords | {"Nothing", "overlaydata"}) - {""}:
        assert theirs.tag_for_keyword(keyword) == datadict.tag_for_keyword(keyword)
        assert theirs.repeater_has_keyword(keyword) == datadict.repeater_has_keyword(keyword)
    for tag in (0x60003000, 0x601E3000, 0x7F020010, 0x10001230, 0x00280010, 0x60000001):
        assert theirs.repeater_has_tag(tag) == datadict.repeater_has_tag(tag)
    assert not datadict.repeater_has_tag(0x60013000)  # pydicom's own text: non-private ones
    assert not datadict.dictionary_has_tag("OverlayData")


def test_private_rows_are_answered_as_pydicom_does():
    names = ("get_private_entry", "private_dictionary_VR", "private_dictionary_VM")
    for name, (creator, known) in product(names, list(private_dictionaries.items())[::9]):
        for mask in known:
            tag = int(mask.replace("x", "1"), 16)
            expected, found = (
                answer(theirs, name, tag, creator),
                answer(datadict, name, tag, creator),
            )
            assert expected == found or "OB_OW" in str(expected), (creator, mask)
    assert datadict.private_dictionary_description(0x00191002, "GEMS_ACQU_01") == "Detector Channel"
    for tag, creator in ((0x00191002, "Nobody"), (0x001910FE, "GEMS_ACQU_01")):
        with pytest.raises(KeyError):
            datadict.get_private_entry(tag, creator)


def test_what_is_no_tag_is_the_callers_mistake():
    with pytest.raises(UsageError):
        datadict.dictionary_VR("NoKeyword")


# --- adding ------------------------------------------------------------------------------


def test_the_example_of_pydicoms_documentation(additions):
    additions.add_dict_entry(ONE, "UL", "TestOne", "Test One")
    additions.add_dict_entry(TWO, "DS", "TestTwo", "Test Two", VM="3")
    ds = Dataset()
    ds.TestOne = 7
    ds.TestTwo = ["1", "2", "3"]
    assert (ds[ONE].VR, ds[ONE].value) == ("UL", 7)
    assert ds.TestTwo == [1, 2, 3]
    assert additions.get_entry(TWO) == ("DS", "3", "Test Two", "", "TestTwo")
    assert additions.dictionary_has_tag(TWO)
    assert additions.tag_for_keyword("TestOne") == ONE


def test_an_added_attribute_is_known_everywhere(additions):
    nested = open_implicit_sequence(TWO, item(implicit(ONE, b"\6\0\0\0")))
    data = part10(implicit(ONE, b"\5\0\0\0") + nested, IMPLICIT)
    assert isocenter.dcmread(data)[ONE].VR == "UN"
    additions.add_dict_entries(
        {
            ONE: ("SL", "1", "Test One", "", "TestOne"),
            TWO: ("SQ", "1", "Test Two Sequence", "", "TestTwoSequence"),
        }
    )
    ds = isocenter.dcmread(data)
    assert (ds.TestOne, ds.TestTwoSequence[0].TestOne) == (5, 6)
    assert ds.get("TestOne") == ds["TestOne"].value == ds.data_element("TestOne").value == 5
    assert "TestOne" in ds
    assert ds.dir("test") == ["TestOne", "TestTwoSequence"]
    assert "TestOne" in dir(ds)
    assert [one.keyword for one in ds.iterall()] == ["TestOne", "TestTwoSequence", "TestOne"]
    assert list(ds.formatted_lines()) == [
        "(1002,1001) Test One                            SL: 5",
        "(1002,1002)  Test Two Sequence  1 item(s) ---- ",
        "   (1002,1001) Test One                            SL: 6",
        "   ---------",
    ]
    assert "ds.TestOne = 5" in list(codify(ds, "a.dcm", "b.dcm"))
    assert [one.value for _, one in ElementPath.parse("TestTwoSequence[0].TestOne").find(ds)] == [6]
    again = Dataset.from_json(ds.to_json())
    assert json.loads(ds.to_json())["10021001"] == {"vr": "SL", "Value": [5]}
    assert (again.TestOne, again[ONE].keyword) == (5, "TestOne")
    with pytest.raises(AttributeError, match="did you mean TestOne"):
        _ = ds.TestOn
    del ds.TestOne
    assert "TestOne" not in ds


def test_an_added_row_is_replaced_and_its_keyword_goes(additions):
    additions.add_dict_entry(ONE, "UL", "TestOne", "Test One")
    additions.add_dict_entry(ONE, "US", "TestAgain", "Test Again")
    assert additions.tag_for_keyword("TestOne") is None
    assert (additions.tag_for_keyword("TestAgain"), additions.dictionary_VR(ONE)) == (ONE, "US")
    additions.add_dict_entry(TWO, "US", "TestAgain", "Moved")
    additions.add_dict_entry(ONE, "US", "TestOne", "Test One")
    assert additions.tag_for_keyword("TestAgain") == TWO


def test_what_the_standard_says_stays(additions):
    for tag, vr, keyword in (
        (0x00100010, "LO", "PatientName"),
        (0x00100010, "PN", "PatientsName"),
        (0x60023000, "OB", "OverlayData"),
        (ONE, "PN", "PatientName"),
        (ONE, "OW", "OverlayData"),
    ):
        with pytest.raises(DictionaryError, match=r"PS3\.6"):
            additions.add_dict_entry(tag, vr, keyword, "Mine")
    assert (
        additions.dictionary_VR(0x00100010),
        additions.tag_for_keyword("PatientName"),
    ) == ("PN", 0x00100010)
    assert additions.tag_for_keyword("PatientsName") is None
    # what a later edition has, and this one too, may be added by a program written before
    additions.add_dict_entry(0x00100010, "PN", "PatientName", "patient name")
    assert additions.dictionary_description(0x00100010) == "Patient's Name"


@pytest.mark.parametrize(
    ("tag", "vr", "keyword", "says"),
    [
        (0x10011001, "UL", "TestOne", "is private"),
        (ONE, "UL", "Test One", "stands before the description"),
        (ONE, "ZZ", "TestOne", "no Value Representation"),
        (ONE, "US or ZZ", "TestOne", "no Value Representation"),
    ],
)
def test_a_row_that_cannot_be(additions, tag, vr, keyword, says):
    with pytest.raises(ValueError, match=says):
        additions.add_dict_entries(
            {TWO: ("UL", "1", "Two", "", "TestTwo"), tag: (vr, "1", "One", "", keyword)}
        )
    assert not additions.dictionary_has_tag(TWO)  # all or none


def test_rows_added_by_threads_are_all_there(additions):
    def add(number):
        additions.add_dict_entry(ONE + number, "US", f"Test{number}", f"Test {number}")
        ds = Dataset()
        setattr(ds, f"Test{number}", number)
        return ds[ONE + number].value

    with ThreadPoolExecutor(8) as pool:
        assert list(range(200)) == list(pool.map(add, range(200)))
        assert {"US"} == set(pool.map(additions.dictionary_VR, range(ONE, ONE + 200)))


# --- adding private rows -----------------------------------------------------------------


def test_a_private_row_makes_an_implicit_value_readable(additions):
    body = implicit(0x10010010, b"ACME 3.1") + implicit(0x10011001, b"*\0\0\0")
    body += implicit(0x10011002, b"Hello World ") + implicit(0x10011003, b"1.2.3.4.5\0")
    assert {"UN", "LO"} == {one.VR for one in isocenter.dcmread(part10(body, IMPLICIT))}
    new = {
        0x10010001: ("UL", "1", "Test One"),
        0x10010002: ("SH", "1", "Test Two", ""),
        0x10010003: ("UI", "1", "Test Three"),
    }
    additions.add_private_dict_entries("ACME 3.1", new)
    assert list(isocenter.dcmread(part10(body, IMPLICIT)).formatted_lines()) == [
        "(1001,0010) Private Creator                     LO: 'ACME 3.1'",
        "(1001,1001) [Test One]                          UL: 42",
        "(1001,1002) [Test Two]                          SH: 'Hello World'",
        "(1001,1003) [Test Three]                        UI: 1.2.3.4.5",
    ]
    assert additions.get_private_entry(0x1001FE01, "ACME 3.1") == ("UL", "1", "Test One", "")
    with pytest.raises(KeyError):
        additions.get_private_entry(0x10011001, "ACME 3.2")


def test_a_private_row_stands_before_a_known_one(additions):
    additions.add_private_dict_entry("GEMS_ACQU_01", 0x00190002, "US", "Mine", VM="2")
    assert additions.get_private_entry(0x00191002, "GEMS_ACQU_01") == ("US", "2", "Mine", "")
    assert additions.private_dictionary_description(0x0019FE02, "GEMS_ACQU_01") == "Mine"


def test_a_private_row_that_cannot_be(additions):
    with pytest.raises(ValueError, match="is not private"):
        additions.add_private_dict_entry("ACME", 0x00100010, "UL", "Test One")
    with pytest.raises(DictionaryError, match="no Value Representation"):
        additions.add_private_dict_entries(
            "ACME", {0x00110001: ("US", "1", "One"), 0x00110002: ("XX", "1", "Two")}
        )
    with pytest.raises(KeyError):
        additions.get_private_entry(0x00110001, "ACME")


def test_a_private_sequence_nobody_knew_is_one_when_its_row_is_added(additions):
    items = item(implicit(0x00100020, b"12")) * 2
    bodies = {
        IMPLICIT: implicit(0x20050010, b"ACME 3.1") + implicit(0x2005100F, items),
        EXPLICIT: explicit(0x20050010, "LO", b"ACME 3.1") + explicit(0x2005100F, "UN", items),
    }
    for syntax, body in bodies.items():
        element = isocenter.dcmread(part10(body, syntax))[0x2005100F]
        assert (element.VR, element.value) == ("UN", items)
    additions.add_private_dict_entry("ACME 3.1", 0x2005000F, "SQ", "Nested")
    for syntax, body in bodies.items():
        ds = isocenter.dcmread(part10(body, syntax))
        assert [one.PatientID for one in ds[0x2005100F].value] == ["12", "12"]
