"""PS3.5 6.2, table 6.2-1: what may be written under each VR, a passing and a failing example each."""

import array
import pickle
import struct
from datetime import date
from decimal import Decimal

import pydicom.config
import pydicom.valuerep
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.core.multivalue import MultiValue
from isocenter.core.numberstring import DS, IS, DSdecimal, DSfloat
from isocenter.core.personname import PersonName
from isocenter.core.temporal import DA, DT, TM
from isocenter.core.validation import RULES, validate
from isocenter.errors import DicomError, InvalidValueError
from isocenter.standard.tag import Tag
from isocenter.standard.uid import UID
from isocenter.standard.vr import BYTES, SINGLE_TEXT, TEXT, VR

LONG = "x" * 65


class Sets:
    def __init__(self, codec):
        self.codec = codec

    def encode(self, text):
        return text.encode(self.codec)


@pytest.mark.parametrize(
    ("vr", "good", "bad", "clause"),
    [
        ("AE", "A" * 16, "A" * 17, "PS3.5 6.2"),
        ("AE", "a_b-1 [x]~", "Ä", "PS3.5 6.1.2.1"),
        ("AE", "a b", "a\tb", "PS3.5 6.1.2.1"),
        ("AE", " a ", "   ", "PS3.5 6.2"),
        ("AS", "018M", "18M", "PS3.5 6.2"),
        ("AS", "999Y", "018m", "PS3.5 6.2"),
        ("CS", "A" * 16, "A" * 17, "PS3.5 6.2"),
        ("CS", "ISO_IR 100", "Original", "PS3.5 6.2"),
        ("CS", "0", "A-B", "PS3.5 6.2"),
        ("DA", "20200229", "20210229", "PS3.5 6.2"),
        ("DA", "00010101", "2020.01.01", "PS3.5 6.2"),
        ("DA", "99991231", "20200101-20200102", "PS3.5 6.2"),
        ("DS", "1234567890123456", "12345678901234567", "PS3.5 6.2"),
        ("DS", " +1.5e-03 ", "1.5 e3", "PS3.5 6.2"),
        ("DS", ".5", "nan", "PS3.5 6.2"),
        ("DS", "-0.", "1,5", "PS3.5 6.2"),
        ("DT", "20200101010101.123456+0100", "20200101010101.123456+01000", "PS3.5 6.2"),
        ("DT", "2020", "2020-01-01", "PS3.5 6.2"),
        ("DT", "20200101+1400", "20200101+1401", "PS3.5 6.2"),
        ("DT", "20200101+0000", "20200101-0000", "PS3.5 6.2"),
        ("DT", "20200101 ", "20201301", "PS3.5 6.2"),
        ("IS", "123456789012"[:10], "1234567890123", "PS3.5 6.2"),
        ("IS", " +05 ", "1.0", "PS3.5 6.2"),
        ("IS", "2147483647", "2147483648", "PS3.5 6.2"),
        ("IS", "-2147483648", "-2147483649", "PS3.5 6.2"),
        ("LO", "ä" * 64, "ä" * 65, "PS3.5 6.2"),
        ("LO", "a b", "a\nb", "PS3.5 6.1.3"),
        ("LO", "a b", "a\x1bb", "PS3.5 6.1.3"),
        ("LO", "a b", "a\x85b", "PS3.5 6.1.3"),
        ("LT", "x" * 10240, "x" * 10241, "PS3.5 6.2"),
        ("LT", "a\\b\r\n\f\tc", "a\0b", "PS3.5 6.1.3"),
        ("PN", "=".join(["x" * 64] * 3), f"a={LONG}", "PS3.5 6.2.1"),
        ("PN", "a=b=c", "a=b=c=d", "PS3.5 6.2.1"),
        ("PN", "a^b^c^d^e=a^b^c^d^e", "a=a^b^c^d^e^f", "PS3.5 6.2.1"),
        ("PN", "a b", "a\rb", "PS3.5 6.1.3"),
        ("SH", "x" * 16, "x" * 17, "PS3.5 6.2"),
        ("SH", "a/b", "a\x7fb", "PS3.5 6.1.3"),
        ("ST", "x" * 1024, "x" * 1025, "PS3.5 6.2"),
        ("ST", "a\\b\n", "a\x0bb", "PS3.5 6.1.3"),
        ("TM", "235960.123456", "2359.5", "PS3.5 6.2"),
        ("TM", "12", "24", "PS3.5 6.2"),
        ("TM", "120000", "12:00:00", "PS3.5 6.2"),
        ("TM", "123456.12345  "[:14], "123456.123456  ", "PS3.5 6.2"),
        ("UC", "x" * 100000, "a\nb", "PS3.5 6.1.3"),
        ("UI", "1." * 31 + "1", "1." * 32 + "1", "PS3.5 6.2"),
        ("UI", "1.2.0.3", "1.2.03", "PS3.5 9.1"),
        ("UI", "2.25.1", "1..2", "PS3.5 9.1"),
        ("UI", "0", "1.2.", "PS3.5 9.1"),
        ("UR", "https://a.b/c?d=%20#e ", " https://a.b", "PS3.5 6.2.3"),
        ("UR", "urn:x", "a b", "PS3.5 6.2.3"),
        ("UR", "urn:x", "a\\b", "PS3.5 6.2.3"),
        ("UT", "x" * 100000 + "\\\n", "a\x01b", "PS3.5 6.1.3"),
    ],
)
def test_table_6_2_1_text(vr, good, bad, clause):
    assert validate(vr, good) is None
    with pytest.raises(InvalidValueError, match=f"VR {vr}") as caught:
        validate(vr, bad)
    assert (vr, clause) == (caught.value.vr, caught.value.clause)
    assert caught.value.rule in str(caught.value)


@pytest.mark.parametrize("vr", ["US", "UL", "UV", "SS", "SL", "SV", "AT"])
def test_table_6_2_1_ranges_of_whole_numbers(vr):
    bits = {"S": 16, "L": 32, "V": 64, "T": 32}[vr[1]]
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if vr[0] == "S" else (0, 2**bits - 1)
    validate(vr, low)
    validate(vr, [low, high])
    for bad in (low - 1, high + 1, 1.5, "1"):
        with pytest.raises(InvalidValueError, match=r"whole number from .* to 2\^.*PS3.5 6.2"):
            validate(vr, bad)


def test_table_6_2_1_ranges_of_floats():
    for vr in ("FL", "FD"):
        validate(vr, [1.5, 1, float("nan"), float("inf")])
        with pytest.raises(InvalidValueError, match="bit float"):
            validate(vr, "1.5")
    validate("FD", 1e39)
    with pytest.raises(InvalidValueError, match=r"1e\+39 is no value of VR FL.*32-bit float"):
        validate("FL", [1.0, 1e39])


@pytest.mark.parametrize(
    ("vr", "word"), [("OB", 1), ("OD", 8), ("OF", 4), ("OL", 4), ("OV", 8), ("OW", 2), ("UN", 1)]
)
def test_table_6_2_1_bytes_come_in_words(vr, word):
    for good in (b"", "", None, bytes(8), bytearray(8), memoryview(bytes(8)), bytes(word)):
        validate(vr, good)
    validate(vr, array.array("d", [1.5]))
    for bad in (8, "abc", [1, 2], 1.5):
        with pytest.raises(InvalidValueError, match="bytes, not"):
            validate(vr, bad)
    if word > 1:
        with pytest.raises(InvalidValueError, match=f"words of {word} bytes"):
            validate(vr, bytes(word + 1))


@pytest.mark.parametrize("vr", sorted(SINGLE_TEXT))
def test_6_4_texts_of_one_value_have_one(vr):
    validate(vr, ["a"])
    with pytest.raises(InvalidValueError, match=r"one value only.*PS3.5 6.4"):
        validate(vr, ["a", "b"])


def test_6_4_each_of_several_values_is_asked():
    validate("CS", ["A", "", None, "B"])
    validate("CS", "A\\\\B")
    for bad in (["A", "b"], ("A", "b"), MultiValue(["A", "b"]), "A\\b"):
        with pytest.raises(InvalidValueError, match="'b' is no value of VR CS"):
            validate("CS", bad)


@pytest.mark.parametrize("vr", ["LO", "SH", "PN", "UC", "AE", "CS", "UI", "DS", "IS", "DA"])
def test_6_4_a_backslash_inside_one_of_several_would_make_two_of_it(vr):
    with pytest.raises(InvalidValueError):
        validate(vr, ["1\\2"])


@pytest.mark.parametrize("vr", list(VR))
def test_7_4_no_value_is_always_one(vr):
    validate(vr, None)
    if vr in TEXT:
        validate(vr, "")
        validate(vr, [])


@pytest.mark.parametrize(
    ("vr", "value"),
    [
        ("DA", DA("20200101")),
        ("DT", DT("2020+0100")),
        ("TM", TM("12")),
        ("DS", [1.5, 2, Decimal("1.20"), DSfloat("1.50"), DSdecimal("2.0")]),
        ("DS", DS(1 / 3, auto_format=True)),
        ("IS", [5, IS("05"), -1]),
        ("PN", PersonName("a^b")),
        ("UI", UID("1.2.3")),
        ("AT", Tag(0x10, 0x10)),
    ],
)
def test_values_of_their_types_may_be_written(vr, value):
    validate(vr, value)


@pytest.mark.parametrize(
    ("vr", "value"),
    [
        ("DS", 1 / 3),
        ("DS", float("inf")),
        ("DA", date(2020, 1, 1)),
        ("DA", DA("2020.01.01")),
        ("IS", 2**31),
        ("IS", 1.5),
        ("LO", 5),
        ("LO", b"a"),
        ("PN", 5),
        ("UI", 1.2),
    ],
)
def test_values_that_would_be_written_wrong_are_refused(vr, value):
    with pytest.raises(InvalidValueError):
        validate(vr, value)


@pytest.mark.parametrize("vr", ["LO", "SH", "LT", "ST", "UT", "UC", "PN"])
def test_6_1_2_3_characters_that_are_in_no_set_are_refused(vr):
    validate(vr, "Ä", sets=Sets("latin_1"))
    validate(vr, "亜")
    with pytest.raises(InvalidValueError, match=r"\(0008,0005\), which has no '亜'") as caught:
        validate(vr, "ab亜", sets=Sets("latin_1"))
    assert caught.value.clause == "PS3.5 6.1.2.3"


def test_a_vr_that_is_none():
    with pytest.raises(InvalidValueError, match="VR US or SS"):
        validate("US or SS", 1)


def test_sequences_are_not_looked_into():
    validate("SQ", [object()])


def test_what_is_told():
    with pytest.raises(ValueError, match="Original") as caught:
        validate("CS", "Original")
    error = caught.value
    assert isinstance(error, DicomError)
    assert (error.vr, error.value, error.code) == ("CS", "'Original'", "invalid-value")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (str(error), error.facts) == (str(again), again.facts)


def test_a_long_value_is_shown_short():
    for vr, value in [("CS", "x" * 10**6), ("OW", bytes(10**6 + 1)), ("US", ["x"] * 10**5)]:
        with pytest.raises(InvalidValueError) as caught:
            validate(vr, value)
        assert len(str(caught.value)) < 250


def test_every_vr_of_text_has_its_row():
    assert set(TEXT) == set(RULES)
    assert not TEXT & BYTES


@given(
    st.sampled_from(
        [
            "AE",
            "AS",
            "CS",
            "DA",
            "DS",
            "DT",
            "IS",
            "LO",
            "LT",
            "PN",
            "SH",
            "ST",
            "TM",
            "UC",
            "UI",
            "UR",
            "UT",
        ]
    ),
    st.text("aAZ09 ._-+:^=e\n\x1b", max_size=20)
    | st.text("0123456789.", max_size=18)
    | st.text(max_size=70),
)
def test_what_may_be_written_may_be_written_for_pydicom(vr, text):
    if "\\" in text:
        return
    try:
        validate(vr, text)
    except InvalidValueError:
        return
    if text:
        pydicom.valuerep.validate_value(vr, text, pydicom.config.RAISE)


@given(st.sampled_from(["AS", "CS", "UI", "IS"]), st.text("AaMY0129 ._+-", max_size=70))
def test_the_forms_of_plain_vrs_are_those_of_pydicom(vr, text):
    if text:
        assert _accepts(lambda: validate(vr, text)) == _accepts(
            lambda: pydicom.valuerep.validate_value(vr, text, pydicom.config.RAISE)
        )


def _accepts(call):
    try:
        call()
    except ValueError:
        return False
    return True


@given(st.sampled_from(["US", "SS", "UL", "SL", "UV", "SV"]), st.integers(-(2**65), 2**65))
def test_whole_numbers_fit_when_struct_can_pack_them(vr, number):
    code = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q"}[vr]
    try:
        struct.pack(f"<{code}", number)
    except struct.error:
        with pytest.raises(InvalidValueError):
            validate(vr, number)
    else:
        validate(vr, number)
