r"""PS3.3 C.12.1.1.2, PS3.5 6.1 and annexes H to K: text by Specific Character Set."""

import json
import warnings

import pydicom
import pytest

import isocenter
from core.stream import explicit, item, open_sequence, part10
from isocenter.core.charset import NAME_DELIMITERS, character_sets
from isocenter.core.dataset import Dataset
from support.files import wheel_files

CHARSET, NAME, COMMENTS, LONG = 0x00080005, 0x00100010, 0x00104000, 0x00081030


def name(charset, data):
    return read(charset, explicit(NAME, "PN", data)).PatientName


def read(charset, data):
    return isocenter.dcmread(part10(explicit(CHARSET, "CS", charset.encode("latin_1")) + data))


def names(dataset):
    for element in dataset:
        if element.VR == "SQ":
            for one in element.value:
                yield from names(one)
        elif element.VR in {"PN", "LO", "SH", "LT", "ST", "UT", "UC"}:
            yield str(element.value if element.value is not None else "")


@pytest.mark.parametrize(
    "path", [p for p in wheel_files() if "charset_files" in p.parts], ids=lambda p: p.name
)
def test_the_charset_files_as_pydicom_reads_them(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = list(names(pydicom.dcmread(path, force=True)))
    assert expected == list(names(isocenter.dcmread(path, force=True)))


@pytest.mark.parametrize(
    ("clause", "charset", "data", "expected"),
    [
        (
            "PS3.5 H.3.1",
            r"\ISO 2022 IR 87",
            (
                "59 61 6D 61 64 61 5E 54 61 72 6F 75 3D 1B 24 42 3B 33 45 44 1B 28 42 5E 1B 24 42"
                "42 40 4F 3A 1B 28 42 3D 1B 24 42 24 64 24 5E 24 40 1B 28 42 5E 1B 24 42 24 3F 24"
                "6D 24 26 1B 28 42"
            ),
            "Yamada^Tarou=山田^太郎=やまだ^たろう",
        ),
        (
            "PS3.5 H.3.2",
            r"ISO 2022 IR 13\ISO 2022 IR 87",
            (
                "D4 CF C0 DE 5E C0 DB B3 3D 1B 24 42 3B 33 45 44 1B 28 4A 5E 1B 24 42 42 40 4F 3A"
                "1B 28 4A 3D 1B 24 42 24 64 24 5E 24 40 1B 28 4A 5E 1B 24 42 24 3F 24 6D 24 26 1B"
                "28 4A"
            ),
            "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
        ),
        (
            "PS3.5 I.2",
            r"\ISO 2022 IR 149",
            (
                "48 6F 6E 67 5E 47 69 6C 64 6F 6E 67 3D 1B 24 29 43 FB F3 5E 1B 24 29 43 D1 CE D4"
                "D7 3D 1B 24 29 43 C8 AB 5E 1B 24 29 43 B1 E6 B5 BF"
            ),
            "Hong^Gildong=洪^吉洞=홍^길동",
        ),
        (
            "PS3.5 J.1",
            "ISO_IR 192",
            "57 61 6E 67 5E 58 69 61 6F 44 6F 6E 67 3D E7 8E 8B 5E E5 B0 8F E6 9D B1",
            "Wang^XiaoDong=王^小東",
        ),
        (
            "PS3.5 J.3",
            "GB18030",
            "57 61 6E 67 5E 58 69 61 6F 44 6F 6E 67 3D CD F5 5E D0 A1 B6 AB",
            "Wang^XiaoDong=王^小东",
        ),
        (
            "PS3.5 K.2",
            r"\ISO 2022 IR 58",
            (
                "5A 68 61 6E 67 5E 58 69 61 6F 44 6F 6E 67 3D 1B 24 29 41 D5 C5 5E 1B 24 29 41 D0"
                "A1 B6 AB 3D"
            ),
            "Zhang^XiaoDong=张^小东",
        ),
    ],
)
def test_the_examples_of_the_standard(clause, charset, data, expected):
    assert clause
    found = name(charset, bytes.fromhex(data))
    assert expected == found
    assert tuple(expected.split("=")) == found.components


def test_i_3_korean_text_designates_the_set_again_on_each_line():
    data = b"\x1b$)C\xb1\xe6\xb5\xbf\r\n\x1b$)C\xc8\xab abc"
    assert (
        read(r"\ISO 2022 IR 149", explicit(COMMENTS, "LT", data)).get("PatientComments")
        == "길동\r\n홍 abc"
    )


@pytest.mark.parametrize("delimiter", ["^", "=", "\\"])
def test_6_1_2_5_3_a_delimiter_in_a_name_resets_the_set(delimiter):
    data = b"\x1b$)C\xc8\xab" + delimiter.encode() + b"\xe4"
    assert "홍" + delimiter + "ä" == character_sets(("", "ISO 2022 IR 149")).decode(
        data, NAME_DELIMITERS
    )


@pytest.mark.parametrize("delimiter", ["\r", "\n", "\f", "\t", "\\"])
def test_6_1_2_5_3_a_delimiter_in_text_resets_the_set(delimiter):
    sets = character_sets(("ISO 2022 IR 100", "ISO 2022 IR 126"))
    data = b"\x1b-F\xeb" + delimiter.encode() + b"\xeb"
    assert f"λ{delimiter}ë" == sets.decode(data)


def test_6_1_2_5_3_a_caret_in_text_resets_nothing():
    sets = character_sets(("ISO 2022 IR 100", "ISO 2022 IR 126"))
    assert sets.decode(b"\x1b-F\xeb^\xeb") == "λ^λ"


@pytest.mark.parametrize(
    ("escape", "byte", "expected"),
    [
        (b"\x1b-A", b"\xe4", "ä"),
        (b"\x1b-B", b"\xe8", "č"),
        (b"\x1b-C", b"\xb1", "ħ"),
        (b"\x1b-D", b"\xe7", "į"),
        (b"\x1b-F", b"\xeb", "λ"),
        (b"\x1b-G", b"\xc8", "ب"),
        (b"\x1b-H", b"\xe0", "א"),
        (b"\x1b-L", b"\xd6", "ж"),
        (b"\x1b-M", b"\xdd", "İ"),
        (b"\x1b-T", b"\xa1", "ก"),
        (b"\x1b-b", b"\xa4", "€"),
        (b"\x1b)I", b"\xd4", "ﾔ"),
        (b"\x1b$)C", b"\xc8\xab", "홍"),
        (b"\x1b$)A", b"\xd5\xc5", "张"),
        (b"\x1b$B", b"\x3b\x33", "山"),
        (b"\x1b$@", b"\x3b\x33", "山"),
    ],
)
def test_every_escape_sequence_of_tables_c_12_3_and_4(escape, byte, expected):
    sets = character_sets(("", "ISO 2022 IR 100"))
    assert "a" + expected == sets.decode(b"a" + escape + byte)


def test_jis_x_0212():
    assert character_sets(("", "ISO 2022 IR 159")).decode(b"\x1b$(D\x30\x21") == "丂"


def test_ascii_below_keeps_what_is_designated_above():
    sets = character_sets(("ISO 2022 IR 100", "ISO 2022 IR 126"))
    assert sets.decode(b"\x1b-F\xeb\x1b(Ba\xeb") == "λaλ"


def test_ascii_after_two_byte_text_is_the_first_set_again():
    sets = character_sets(("ISO 2022 IR 100", "ISO 2022 IR 87"))
    assert sets.decode(b"\x1b$B\x3b\x33\x1b(B\xe4") == "山ä"


def test_an_escape_sequence_nobody_knows_is_shown_as_not_known():
    assert character_sets(("", "ISO 2022 IR 100")).decode(b"a\x1b-Zb") == "a\ufffdb"


def test_bytes_that_are_no_text_are_shown_as_not_known():
    assert name("ISO_IR 192", b"a\xff") == "a\ufffd"


@pytest.mark.parametrize(
    ("charset", "term"),
    [("GB18030", "gb18030"), ("GBK", "gbk"), ("ISO_IR 13", "shift_jis")],
)
def test_a_second_byte_of_5c_does_not_split_a_value(charset, term):
    character = {"shift_jis": "ソ"}.get(term, "誠")
    data = character.encode(term)
    assert data[1:] == b"\\"
    assert character == name(charset, data)
    found = read(charset, explicit(LONG, "LO", data + b"\\" + data)).StudyDescription
    assert [character, character] == found


def test_two_byte_jis_with_5c_and_5e_does_not_split_a_value():
    text = "\x1b$B\x24\x5c\x24\x5e\x1b(B"  # two hiragana, their second bytes \ and ^
    assert name(r"\ISO 2022 IR 87", text.encode() + b"^x") == "ぼま^x"


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("ISO_IR_100", "ä"),
        ("ISO IR 100", "ä"),
        ("ISO-IR 100", "ä"),
        ("iso_ir 100", "ä"),
        ("ISO_IR100", "ä"),
        ("ISO 2022 IR100", "ä"),
        ("LATIN1", "ä"),
        ("ISO 8859-1", "ä"),
    ],
)
def test_a_misspelt_term_is_understood_with_a_finding(term, expected):
    ds = read(term, explicit(NAME, "PN", b"\xe4 "))
    assert expected == ds.PatientName
    (finding,) = ds.findings
    assert (finding.code, finding.tag) == ("misspelt-charset", "(0008,0005)")


def test_misspelt_utf_8():
    assert read("UTF-8", explicit(NAME, "PN", "ä".encode())).PatientName == "ä"


@pytest.mark.parametrize("term", ["ISO_IR 999", "Klingon", "ISO_IR 1000"])
def test_an_unknown_term_is_a_finding_and_the_default(term):
    ds = read(term, explicit(NAME, "PN", b"\xe4 "))
    assert ds.PatientName == "ä"
    assert [finding.code for finding in ds.findings] == ["unknown-charset"]


def test_a_nested_charset_is_its_own_and_its_finding_is_told():
    inner = explicit(CHARSET, "CS", b"ISO_IR_192") + explicit(NAME, "PN", "ä".encode())
    sequence = open_sequence(0x00081140, item(inner), item(explicit(NAME, "PN", b"\xeb")))
    ds = read("ISO_IR 126", sequence)
    assert ds.findings == ()
    first, second = ds[0x00081140].value
    assert (first.PatientName, second.PatientName) == ("ä", "λ")
    assert [finding.code for finding in ds.findings] == ["misspelt-charset"]


def test_utf_8_and_gb18030_have_no_code_extensions():
    sets = character_sets(("ISO_IR 192", "ISO 2022 IR 149"))
    assert (sets.extended, sets.decode("\x1b$)Cä".encode())) == (False, "\x1b$)Cä")


def test_a_two_byte_set_as_the_first_one_begins_as_ascii():
    assert character_sets(("ISO 2022 IR 87",)).decode(b"ab\x1b$B\x3b\x33") == "ab山"


def test_without_charset_bytes_above_ascii_are_latin_1():
    assert isocenter.dcmread(part10(explicit(NAME, "PN", b"\xe4 "))).PatientName == "ä"
    assert Dataset().character_sets.codec == "latin_1"


def test_the_element_that_names_the_sets_may_be_empty():
    assert read("", explicit(NAME, "PN", b"\xe4 ")).PatientName == "ä"


# --- writing with code extensions ---------------------------------------------------------

TWO_PARTS = ("ISO 2022 IR 100", "ISO 2022 IR 126")
JAPANESE = ("ISO 2022 IR 13", "ISO 2022 IR 87")


def test_6_1_2_5_3_back_to_the_first_set_within_a_part_is_designated():
    sets = character_sets(TWO_PARTS)
    assert sets.encode("δJÄ") == b"\x1b-F\xe4J\x1b-A\xc4"
    assert sets.decode(sets.encode("ÄδÄΔ")) == "ÄδÄΔ"


def test_the_upper_half_is_designated_again_behind_two_byte_text():
    sets = character_sets(("ISO 2022 IR 126", "ISO 2022 IR 87"))
    assert sets.decode(sets.encode("δ山δ")) == "δ山δ"


def test_two_byte_text_under_jis_x_0201_is_designated_and_ends_with_it():
    assert character_sets(JAPANESE).encode("ﾔ山") == b"\xd4\x1b$B;3\x1b(J"
    assert character_sets(JAPANESE).encode("山^ﾔ", NAME_DELIMITERS) == b"\x1b$B;3\x1b(J^\xd4"


@pytest.mark.parametrize(
    ("terms", "foreign"),
    [
        (("ISO_IR 13",), "山"),
        (("", "ISO 2022 IR 159"), "简"),
        (("", "ISO 2022 IR 159"), "가"),
        (("", "ISO 2022 IR 87"), "¥"),
    ],
)
def test_what_only_the_codec_of_that_name_has_is_not_written(terms, foreign):
    sets = character_sets(terms)
    with pytest.raises(UnicodeEncodeError):
        sets.encode(foreign)
    assert sets.encode(f"A{foreign}B", errors="replace") == b"A?B"


def test_6_1_2_5_3_a_backslash_resets_nothing_in_text_of_one_value():
    several = explicit(0x00100020, "LO", b"a\\\x1b$)C\xd1\xce ")
    single = explicit(COMMENTS, "LT", b"\x1b$)C\\\xd1\xce ")
    ds = read("\\ISO 2022 IR 149", several + single)
    told = json.loads(ds.to_json())["00104000"]["Value"]
    assert ["\\\u5409"] == told == [ds.PatientComments]
    assert ds.PatientID == ["a", "\u5409"]
