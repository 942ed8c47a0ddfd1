"""Values as names: nothing a data set says can leave the output or be refused."""

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.files.names import LONGEST, cleaned, component, folded


def name(text):
    return component(cleaned(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("ROSSI^MARIO", "ROSSI^MARIO"),
        ("", "_"),
        (".", "_"),
        ("..", "__"),
        ("../../etc/passwd", "___.._etc_passwd"),
        ("/etc/passwd", "_etc_passwd"),
        ("C:\\Windows", "C__Windows"),
        ("a/b", "a_b"),
        ("trailing.", "trailing_"),
        ("trailing ", "trailing_"),
        (".hidden", "_hidden"),
        (".isocenter-1-1", "_isocenter-1-1"),
        ("a\0b\nc\x7f", "a_b_c_"),
        ("a\u202eb\u200bc", "a_b_c"),
        ('<>:"|?*', "_______"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com1", "_com1"),
        ("LPT\N{SUPERSCRIPT TWO}", "_LPT\N{SUPERSCRIPT TWO}"),
        ("CONSOLE", "CONSOLE"),
        ("e\N{COMBINING ACUTE ACCENT}", "\N{LATIN SMALL LETTER E WITH ACUTE}"),
        ("\N{CJK UNIFIED IDEOGRAPH-5C71}", "\N{CJK UNIFIED IDEOGRAPH-5C71}"),
        ("\udcff", "_"),
    ],
)
def test_what_becomes_of_a_value(text, expected):
    assert expected == name(text)


@given(st.text() | st.text(alphabet="./\\: \0\u00e9CONconaux1", max_size=12))
def test_any_text_is_one_name_on_every_system(text):
    made = name(text)
    assert made == PurePosixPath(made).name == PureWindowsPath(made).name
    assert made not in {"", ".", ".."}
    assert len(made.encode()) <= LONGEST
    assert not made.endswith((".", " "))
    assert not made.startswith((".", " "))
    assert not PureWindowsPath(made).is_reserved()
    assert all(unicodedata.category(char)[0] != "C" for char in made)


def test_long_names_are_cut_and_stay_apart():
    first, second = name("\u5c71" * 300), name("\u5c71" * 301)
    assert len(first.encode()) <= LONGEST
    assert first != second
    assert first[:50] == second[:50] == "\u5c71" * 50


def test_names_that_some_system_takes_for_one():
    assert folded("A/\u00c4") == folded("a/a\u0308")


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_is_cleaned_as_all_text_is(text):
    assert cleaned(f"{text}腹")[:-1] == cleaned(text)
