"""Element paths: what they lead to, and what is said about text that is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import isocenter
from isocenter.core.paths import ElementPath
from isocenter.errors import UsageError, ValueDecodingError
from support.files import wheel_file


def read(name):
    return isocenter.dcmread(wheel_file(name), force=True)


def found(path, name):
    return list(ElementPath.parse(path).find(read(name)))


# --- where a path leads ---------------------------------------------------------------------


@pytest.mark.parametrize("path", ["PatientName", "(0010,0010)", "00100010"])
def test_an_element_by_keyword_and_by_tag(path):
    ((text, element),) = found(path, "CT_small.dcm")
    assert text == "PatientName"
    assert element.value == "CompressedSamples^CT1"


def test_hexadecimal_digits_may_have_either_case():
    assert str(ElementPath.parse("(7fe0,0010)")) == "PixelData"
    assert str(ElementPath.parse("7FE00010")) == "PixelData"


def test_an_item_is_a_data_set():
    ((text, item),) = found("BeamSequence[0]", "rtplan.dcm")
    assert text == "BeamSequence[0]"
    assert item.BeamName == "Field 1"


def test_an_element_of_an_item_of_an_item():
    path = "BeamSequence[0].ControlPointSequence[1].ControlPointIndex"
    ((text, element),) = found(path, "rtplan.dcm")
    assert text == path
    assert element.value == 1


def test_all_items_each_with_its_number():
    paths = found("DoseReferenceSequence[*].DoseReferenceDescription", "rtplan.dcm")
    assert [(text, element.value) for text, element in paths] == [
        ("DoseReferenceSequence[0].DoseReferenceDescription", "iso"),
        ("DoseReferenceSequence[1].DoseReferenceDescription", "PTV"),
    ]


def test_all_items_of_all_items_in_order():
    paths = found("BeamSequence[*].ControlPointSequence[*]", "rtplan.dcm")
    assert [text for text, _ in paths] == [
        "BeamSequence[0].ControlPointSequence[0]",
        "BeamSequence[0].ControlPointSequence[1]",
    ]


def test_a_sequence_without_brackets_is_the_element():
    ((_, element),) = found("BeamSequence", "rtplan.dcm")
    assert (element.VR, len(element.value)) == ("SQ", 1)


@pytest.mark.parametrize(
    "path",
    ["InstitutionAddress", "BeamSequence[7]", "BeamSequence[7].BeamName", "WaveformSequence[*]"],
)
def test_what_is_absent_is_not_found(path):
    assert found(path, "rtplan.dcm") == []


@pytest.mark.parametrize("path", ['(0009,"GEMS_IDEN_01",01)', "(0009,'GEMS_IDEN_01',01)"])
def test_a_private_element_by_its_creator(path):
    ((text, element),) = found(path, "CT_small.dcm")
    assert text == '(0009,"GEMS_IDEN_01",01)'
    assert (element.tag, element.value) == (0x00091001, "GE_GENESIS_FF")


def test_a_private_element_of_another_creator_is_not_found():
    assert found('(0009,"SOMEONE ELSE",01)', "CT_small.dcm") == []
    assert found('(0043,"GEMS_IDEN_01",10)', "CT_small.dcm") == []


def test_a_private_element_by_its_tag():
    ((text, _),) = found("(0009,1001)", "CT_small.dcm")
    assert text == "(0009,1001)"


def test_items_of_a_private_sequence():
    (outer,) = [element for element in read("nested_priv_SQ.dcm") if element.VR == "SQ"]
    ((text, item),) = found(f"{outer.tag}[0]", "nested_priv_SQ.dcm")
    assert text == f"{outer.tag}[0]"
    assert isinstance(item, isocenter.Dataset)


def test_a_repeating_group_is_named_by_its_tag():
    assert str(ElementPath.parse("(6002,0010)")) == "(6002,0010)"


def test_a_path_into_the_file_meta_information():
    path = ElementPath.parse("TransferSyntaxUID")
    assert path.is_file_meta
    ((_, element),) = path.find(read("CT_small.dcm").file_meta)
    assert element.value == "1.2.840.10008.1.2.1"
    assert not ElementPath.parse("PatientName").is_file_meta


def test_a_private_element_without_items_is_told_when_the_path_is_followed():
    with pytest.raises(UsageError, match=r"has VR LO; only sequences have items"):
        found("(0009,1001)[0]", "CT_small.dcm")


def test_a_value_that_cannot_be_read_raises_when_it_is_asked_for():
    with pytest.raises(ValueDecodingError, match=r"\(0028,0008\)"):
        found("NumberOfFrames", "badVR.dcm")


def test_a_path_of_ten_thousand_steps():
    text = ".".join(["ContentSequence[0]"] * 10_000)
    path = ElementPath.parse(text)
    assert str(path) == text
    assert list(path.find(read("reportsi.dcm"))) == []


# --- text that is no path -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "at the end: expected a keyword"),
        ("PatientNam", "at character 1: PatientNam is no keyword; did you mean PatientName"),
        (
            "BeamSequence[0].BeamNam",
            "at character 17: BeamNam is no keyword; did you mean BeamName",
        ),
        ("BeamSequence[0].", "at the end: expected a keyword"),
        ("BeamSequence.BeamName", "at character 13: expected [0] or [*] behind BeamSequence"),
        ("BeamSequence[0]BeamName", "at character 16: expected a dot or the end behind BeamSeq"),
        ("BeamSequence[-1]", "at character 13: expected the number of an item"),
        ("BeamSequence[]", "at character 13: expected the number of an item"),
        ("BeamSequence[0", "at character 13: expected the number of an item"),
        ("BeamSequence[1:3]", "at character 13: expected the number of an item"),
        ("BeamSequence[\N{ARABIC-INDIC DIGIT ONE}]", "expected the number of an item"),
        ("BeamSequence[" + "9" * 5000 + "]", "expected the number of an item"),
        ("PatientName[0]", "at character 12: PatientName is no sequence"),
        ("(0010,001)", "at character 1: expected a keyword"),
        ("0010001", "at character 1: expected a keyword"),
        ("001000100", "at character 1: expected a keyword"),
        ('(0028,"CREATOR",10)', "at character 1: expected an odd group, not 0028"),
        ('(0029,"",10)', "at character 1: expected a keyword"),
        ("PatientName ", "at character 12: expected [0] or [*] behind PatientName, or the end"),
        (" PatientName", "at character 1: expected a keyword"),
        ("__class__", "at character 1: __class__ is no keyword"),
        ("PatientName()", "at character 12: expected"),
        ("__import__('os')", "at character 1: __import__ is no keyword"),
    ],
)
def test_what_was_expected_and_where(text, said):
    with pytest.raises(UsageError) as raised:
        ElementPath.parse(text)
    assert said in str(raised.value)


def test_a_name_without_a_likely_keyword_has_no_suggestion():
    with pytest.raises(UsageError, match=r"Zzzzzzzzqqq is no keyword$"):
        ElementPath.parse("Zzzzzzzzqqq")


WORDS = ("BeamSequence", "PatientName", "(0029,1010)", '(0029,"A.B[0]",10)', "00100010", "(0029,'")
SIGNS = ("[0]", "[*]", "[", "]", ".", "9", "\n", "\ud800")
PIECES = st.lists(st.sampled_from(WORDS + SIGNS)).map("".join)


@given(st.text() | PIECES)
def test_any_text_is_a_path_or_a_usage_error(text):
    try:
        path = ElementPath.parse(text)
    except UsageError:
        return
    assert path == ElementPath.parse(str(path))
    list(path.find(isocenter.Dataset()))
