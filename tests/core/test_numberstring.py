"""PS3.5 6.2: numbers of text, their text, and the closest text of 16 characters."""

import copy
import json
import math
import pickle
from decimal import Decimal

import numpy as np
import pydicom.config
import pydicom.valuerep
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from isocenter.core.numberstring import (
    DS,
    IS,
    DSdecimal,
    DSfloat,
    ISfloat,
    format_number_as_ds,
    is_valid_ds,
)

FINITE = st.floats(allow_nan=False, allow_infinity=False)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)


@pytest.fixture(autouse=True, scope="module")
def _pydicom_says_nothing():
    before = pydicom.config.settings.reading_validation_mode
    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
    yield
    pydicom.config.settings.reading_validation_mode = before


def pickled(one):
    return pickle.loads(pickle.dumps(one))  # noqa: S301 - our own bytes


@given(FINITE)
@example(1 / 3)
@example(-1 / 3)
@example(0.1)
@example(0.0001234567890123456)
@example(123456789012345678.0)
@example(-1.23456789012345e-300)
@example(5e-324)
@example(1.7976931348623157e308)
@example(99999999999999995.0)
def test_the_decimal_string_of_a_float_is_valid_and_the_closest(number):
    text = format_number_as_ds(number)
    assert is_valid_ds(text)
    assert pydicom.valuerep.is_valid_ds(text)
    if float(text) == number:
        return
    theirs = pydicom.valuerep.format_number_as_ds(number)
    assert _error(text, number) <= _error(theirs, number)
    assert all(_error(text, number) <= _error(other, number) for other in _short_texts(number))


def _error(text, number):
    return abs(Decimal(text) - Decimal(number))


def _short_texts(number):
    """Every usual way to write it in 16 characters."""
    for digits in range(18):
        for form in "efg":
            text = f"{number:.{digits}{form}}"
            yield from (each for each in {text, _compact(text)} if len(each) <= 16)


def _compact(text):
    mantissa, mark, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if mark else text


@given(FINITE | DECIMALS | st.integers())
def test_ps3_18_f_2_3_a_decimal_string_is_a_number_of_json(number):
    try:
        text = format_number_as_ds(number)
    except ValueError:
        assert Decimal(number).adjusted() not in range(-(10**9), 10**9)
        return
    assert len(text) <= 16
    json.loads(text, parse_float=Decimal, parse_int=Decimal)


@given(FINITE)
def test_a_float_whose_own_text_fits_keeps_it(number):
    if len(repr(number)) <= 16:
        assert format_number_as_ds(number) == repr(number)
        assert float(format_number_as_ds(number)) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1 / 3, "0.33333333333333"),
        (-1 / 3, "-0.3333333333333"),
        (math.pi, "3.14159265358979"),
        (1e300, "1e+300"),
        (100.0, "100.0"),
        (0.0001234567890123456, "1.23456789012e-4"),
        (123456789012345678.0, "12345678901235e4"),
        (1.2345678901234567e-20, "123456789012e-31"),
        (Decimal("1.2345678901234567890"), "1.23456789012346"),
        (Decimal("1.20"), "1.20"),
        (7, "7"),
        (10**20, "1e20"),
    ],
)
def test_decimal_strings(number, text):
    assert text == format_number_as_ds(number)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, Decimal("NaN")])
def test_6_2_what_is_not_finite_has_no_decimal_string(number):
    with pytest.raises(ValueError, match=r"not finite.*PS3.5 6.2"):
        format_number_as_ds(number)


def test_6_2_what_no_16_characters_come_near_raises():
    with pytest.raises(ValueError, match="no decimal string of 16"):
        format_number_as_ds(Decimal("1.23456789e-99999999999999"))


@pytest.mark.parametrize("number", ["1", None, True, 1j])
def test_what_is_no_number_is_called_wrong(number):
    with pytest.raises(TypeError):
        format_number_as_ds(number)


@given(st.text(" +-0123456789.eEnaif_", max_size=18))
def test_valid_decimal_strings_are_what_they_are_to_pydicom(text):
    assert is_valid_ds(text) == pydicom.valuerep.is_valid_ds(text)


@given(FINITE, st.booleans())
def test_a_float_is_shown_as_pydicom_shows_it(number, auto):
    ours, theirs = DSfloat(number), pydicom.valuerep.DSfloat(number)
    assert (str(theirs), repr(theirs), hash(theirs)) == (str(ours), repr(ours), hash(ours))
    assert len(str(DSfloat(number, auto_format=True))) <= 16
    assert DSfloat(number, auto_format=auto) == number


@given(st.from_regex(r"\A[+-]?[0-9]{1,6}(\.[0-9]{0,6})?([eE][+-]?[0-9]{1,2})?\Z"))
def test_decimal_texts_are_what_they_are_to_pydicom(text):
    ours, theirs = DSfloat(text), pydicom.valuerep.DSfloat(text)
    assert (float(theirs), str(theirs), theirs.original_string) == (
        float(ours),
        str(ours),
        ours.original_string,
    )
    exact = DSdecimal(text)
    assert (Decimal(text), text) == (exact, str(exact))
    assert DSdecimal(text) == Decimal(text)


@given(st.from_regex(r"\A {0,2}[+-]?[0-9]{1,12}(\.0)? {0,2}\Z"))
def test_integer_texts_are_what_they_are_to_pydicom(text):
    ours, theirs = IS(text), pydicom.valuerep.IS(text)
    assert (int(theirs), str(theirs), hash(theirs)) == (int(ours), str(ours), hash(ours))
    assert ours.original_string == text.strip()


@given(st.integers())
def test_integers_are_their_own_text(number):
    assert str(IS(number)) == str(number) == str(IS(str(number)))


@pytest.mark.parametrize("number", [DSfloat("1.50"), DSdecimal("1.50")])
def test_a_number_equals_its_value_and_its_text(number):
    assert number == 1.5
    assert number == "1.50"
    assert number != "1.5"
    assert number != 2
    assert hash(number) == hash(1.5)
    assert (f"{number}", f"{number:.3f}", "%s" % number) == ("1.50", "1.500", "1.50")  # noqa: UP031


def test_an_integer_equals_its_value_and_its_text():
    assert IS("05") == 5
    assert IS("05") == "05"
    assert IS("05") != "5"
    assert IS(5) != 6
    assert IS(5) < 6 < IS(7)
    assert {IS("05")} == {5}


@pytest.mark.parametrize("number", [DSfloat("2"), IS("2")])
def test_a_number_is_compared_with_each_of_an_array(number):
    assert list(number == np.array([1, 2])) == [False, True]
    assert list(number != np.array([1, 2])) == [True, False]


def test_arithmetic_gives_plain_numbers():
    assert type(DSfloat("1.5") + 1) is float
    assert type(IS("5") + 1) is int
    assert type(DSdecimal("1.5") * 2) is Decimal
    assert type(-DSfloat("1")) is float


def test_a_number_made_of_one_keeps_its_text():
    assert str(DSfloat(DSfloat("1.50"))) == "1.50"
    assert str(DSdecimal(DSfloat("1.50"))) == "1.50"
    assert str(IS(IS("05"))) == "05"
    assert str(DSfloat(DSdecimal("1.50"))) == "1.5"


@pytest.mark.parametrize("make", [DSfloat, DSdecimal])
def test_auto_format_keeps_what_fits(make):
    assert str(make("1.500", auto_format=True)) == "1.500"
    assert str(make("1.23456789012345678", auto_format=True)) == "1.23456789012346"
    assert str(make("1.23456789012345678")) == "1.23456789012345678"


@pytest.mark.parametrize("make", [DSfloat, DSdecimal, IS])
@pytest.mark.parametrize("text", ["", " ", "abc", "1,5"])
def test_6_2_what_is_no_number_raises(make, text):
    with pytest.raises(ValueError, match=r"."):
        make(text)


def test_a_float_is_no_exact_decimal():
    with pytest.raises(TypeError, match="float"):
        DSdecimal(0.1)


@pytest.mark.parametrize("value", [1.5, "1.5", Decimal("1.5"), "1e999", math.nan, math.inf])
def test_6_2_an_integer_string_is_whole(value):
    with pytest.raises((ValueError, OverflowError)):
        IS(value)


def test_ds_gives_what_is_empty_back():
    assert (DS(None), DS(""), DS("  ")) == (None, "", "  ")
    assert (type(DS("1.5")), type(DS(2))) == (DSfloat, DSfloat)
    assert type(DS("1.5", kind=DSdecimal)) is DSdecimal
    assert str(DS(1 / 3, auto_format=True)) == "0.33333333333333"


def test_an_is_that_is_no_integer_can_be_looked_at():
    assert (ISfloat("1.5"), str(ISfloat("1.50 ")), str(ISfloat(2))) == (1.5, "1.50", "2.0")


@pytest.mark.parametrize("one", [DSdecimal("1.50"), ISfloat("1.50"), IS("05"), DSfloat("1.50")])
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled])
def test_number_texts_are_copied_with_their_text(one, again):
    assert (one, str(one), type(one)) == (again(one), str(again(one)), type(again(one)))


@pytest.mark.parametrize("one", [IS("512"), IS(7)])
def test_an_integer_whose_text_is_its_own_stores_none(one):
    assert one.__dict__ == {}
