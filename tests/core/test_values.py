"""PS3.5 6.2 and 6.4: from the bytes of a value field to Python values."""

import copy
import pickle
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.core.charset import DEFAULT
from isocenter.core.multivalue import MultiValue
from isocenter.core.numberstring import IS, DSfloat
from isocenter.core.personname import PersonName
from isocenter.core.values import decode, empty_value
from isocenter.errors import ValueDecodingError
from isocenter.standard.uid import UID
from isocenter.standard.vr import VR


def pickled(one):
    return pickle.loads(pickle.dumps(one))  # noqa: S301 - our own bytes


def value(vr, data, order="<"):
    return decode(vr, data, order, DEFAULT)


@pytest.mark.parametrize("vr", ["AE", "AS", "CS", "DA", "DT", "LO", "PN", "SH", "TM", "UC", "UI"])
def test_6_4_a_backslash_separates_values_and_padding_is_none(vr):
    assert value(vr, b"1 \\2\0") == ["1", "2"]
    assert value(vr, b"1 ") == "1"
    assert type(value(vr, b"1\\2")) is MultiValue


@pytest.mark.parametrize("vr", ["LT", "ST", "UT", "UR"])
def test_6_4_a_backslash_is_a_character_of_texts_of_one_value(vr):
    assert value(vr, b"a\\b ") == "a\\b"


@pytest.mark.parametrize("vr", ["LO", "SH", "LT", "ST", "UT", "UC"])
def test_leading_blanks_are_kept(vr):
    assert value(vr, b"  a ") == "  a"


@pytest.mark.parametrize(
    ("vr", "code", "number"),
    [
        ("US", "H", 65535),
        ("SS", "h", -2),
        ("UL", "I", 4294967295),
        ("SL", "i", -2),
        ("UV", "Q", 1 << 63),
        ("SV", "q", -2),
        ("FL", "f", 0.5),
        ("FD", "d", -0.1),
    ],
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_binary_numbers(vr, code, number, order):
    one = struct.pack(order + code, number)
    assert number == value(vr, one, order)
    assert [number, number] == value(vr, one + one, order)
    assert value(vr, b"") is None
    with pytest.raises(ValueDecodingError, match=f"{len(one) + 1} bytes are no whole number"):
        value(vr, one + b"\0")


@pytest.mark.parametrize("order", ["<", ">"])
def test_attribute_tags(order):
    one = struct.pack(order + "HH", 0x0018, 0x1063)
    assert value("AT", one, order) == 0x00181063
    assert [str(tag) for tag in value("AT", one * 2, order)] == ["(0018,1063)"] * 2
    assert value("AT", b"") is None
    with pytest.raises(ValueDecodingError, match="no whole number of AT"):
        value("AT", one + b"\0\0")


@pytest.mark.parametrize(
    ("data", "expected", "text"),
    [
        (b"1.50 ", 1.5, "1.50"),
        (b" -1e3", -1000.0, "-1e3"),
        (b"+.5\0", 0.5, "+.5"),
    ],
)
def test_decimal_strings_keep_their_text(data, expected, text):
    found = value("DS", data)
    assert (expected, text, f"'{text}'") == (found, str(found), repr(found))
    assert [expected, expected] == value("DS", data.strip(b"\0 ") + b"\\" + data)


@pytest.mark.parametrize(
    ("data", "expected", "text"), [(b"42", 42, "42"), (b" -7 ", -7, "-7"), (b"3.0", 3, "3.0")]
)
def test_integer_strings_keep_their_text(data, expected, text):
    found = value("IS", data)
    assert (expected, text, f"'{text}'") == (found, str(found), repr(found))


@pytest.mark.parametrize("vr", ["DS", "IS"])
@pytest.mark.parametrize("data", [b"", b"  ", b" \0"])
def test_number_texts_of_blanks_have_no_value(vr, data):
    assert value(vr, data) is None
    assert value(vr, b"1\\ \\2") == [1, "", 2]


@pytest.mark.parametrize("data", [b"1_000", b"nan", b"inf", b"1A", b"\xa01", b"1,5", b"0x10", b"-"])
@pytest.mark.parametrize("vr", ["DS", "IS"])
def test_6_2_what_is_no_number_text_raises(vr, data):
    with pytest.raises(ValueDecodingError, match=f"is no value of VR {vr}"):
        value(vr, data)


@pytest.mark.parametrize("data", [b"1.5", b"1e999", b"9" * 5000])
def test_6_2_an_integer_string_is_whole_and_finite(data):
    with pytest.raises(ValueDecodingError):
        value("IS", data)


def test_a_decimal_string_beyond_every_float_raises():
    with pytest.raises(ValueDecodingError):
        value("DS", b"1e999")


def test_a_long_bad_value_is_shown_short():
    with pytest.raises(ValueDecodingError) as caught:
        value("DS", b"x" * 5000)
    assert len(str(caught.value)) < 200
    assert "…" in str(caught.value)


@pytest.mark.parametrize("vr", ["OB", "OD", "OF", "OL", "OV", "OW", "UN", "??"])
def test_bytes_stay_bytes(vr):
    assert value(vr, b"\1 \0") == b"\1 \0"


def test_uids_lose_blanks_on_both_sides():
    assert value("UI", b"1.2 \\ 3\0") == ["1.2", "3"]
    assert isinstance(value("UI", b"1.2\0"), UID)


@pytest.mark.parametrize("vr", list(VR))
def test_the_empty_value_is_what_decoding_nothing_gives(vr):
    if vr == "SQ" or vr in {"OB", "OD", "OF", "OL", "OV", "OW", "UN"}:
        assert empty_value(vr) is None or vr == "SQ"
    else:
        assert empty_value(vr) == value(vr, b"")


@given(st.binary(max_size=64), st.sampled_from(list(VR)), st.sampled_from("<>"))
def test_any_bytes_are_a_value_or_raise_one_error(data, vr, order):
    try:
        str(value(vr, data, order))
    except ValueDecodingError as error:
        assert error.clause == "PS3.5 6.2"  # noqa: PT017 - most bytes raise nothing


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_decimal_strings_round_trip(number):
    assert number == DSfloat(number) == DSfloat(str(DSfloat(number)))
    assert number == value("DS", repr(number).encode())


@pytest.mark.parametrize("one", [DSfloat("1.50"), IS("07"), IS(7), IS(7.0), DSfloat(1.5)])
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled])
def test_number_texts_are_copied_with_their_text(one, again):
    assert (one, str(one), type(one)) == (again(one), str(again(one)), type(again(one)))


def test_6_2_1_the_parts_of_a_person_name():
    name = PersonName("Adams^John Robert^Quincy^Rev.^B.A. M.Div.=亜^一=あ")
    assert (
        name.family_name,
        name.given_name,
        name.middle_name,
        name.name_prefix,
        name.name_suffix,
    ) == ("Adams", "John Robert", "Quincy", "Rev.", "B.A. M.Div.")
    assert (name.ideographic, name.phonetic) == ("亜^一", "あ")
    assert len(name.components) == 3


def test_6_2_1_parts_that_are_not_there_are_empty():
    name = PersonName("Doe")
    assert (
        name.family_name,
        name.given_name,
        name.ideographic,
        name.phonetic,
    ) == ("Doe", "", "", "")
    assert not PersonName("")


def test_a_person_name_is_its_text():
    name = PersonName(PersonName("Doe^Jane"))
    assert name == "Doe^Jane"
    assert name == PersonName("Doe^Jane")
    assert name != 5
    assert {name} == {"Doe^Jane"}
    assert (repr(name), str(name), len(name)) == ("'Doe^Jane'", "Doe^Jane", 8)
    assert "Jane" in name


def test_6_2_1_empty_component_groups_at_the_end_are_left_out():
    assert value("PN", b"Doe== ") == "Doe"


def test_values_print_as_one():
    assert str(value("LO", b"a\\b")) == "['a', 'b']"
    assert str(value("DS", b"1.0\\2")) == "[1.0, 2]"
    assert str(MultiValue()) == ""
