# ruff: noqa: DTZ001 - most DT values have no offset
"""PS3.5 6.2: dates and times keep their text, their precision and their offset."""

import copy
import pickle
from datetime import UTC, date, datetime, time, timedelta, timezone

import pydicom.valuerep
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.core.temporal import DA, DT, TM, Precision

OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def pickled(one):
    return pickle.loads(pickle.dumps(one))  # noqa: S301 - our own bytes


@pytest.mark.parametrize("text", ["20200131", "2020.01.31", "20200229"])
def test_a_date_is_its_text(text):
    ours, theirs = DA(text), pydicom.valuerep.DA(text)
    assert (text, text, f'"{text}"') == (str(ours), ours.original_string, repr(ours))
    assert date(theirs.year, theirs.month, theirs.day) == ours
    assert hash(date(theirs.year, theirs.month, theirs.day)) == hash(ours)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "2020",
        "202001",
        "20201331",
        "20200230",
        "2020.0131",
        "20200101-20200131",
        "00000101",
        *("٢٠٢٠٠١٠١", "20200101x", "-20200101"),
    ],
)
def test_6_2_what_is_no_date_raises_with_the_clause(text):
    with pytest.raises(ValueError, match=r"is no DA value.*PS3.5 6.2"):
        DA(text)


def test_a_date_made_of_a_date():
    assert "20200102" == str(DA(date(2020, 1, 2))) == str(DA(datetime(2020, 1, 2, 3, tzinfo=UTC)))
    assert str(DA(2020, 1, 2)) == "20200102"
    assert str(DA(DA("2020.01.02"))) == "20200102"


def test_what_is_computed_of_a_date_has_the_text_of_its_value():
    assert str(DA("2020.01.31") + timedelta(1)) == "20200201"
    assert str(DA("20200131").replace(year=2021)) == "20210131"
    assert DA("20200131") - DA("20200130") == timedelta(1)
    assert DA("20200130") < DA("2020.01.31") < date(2020, 2, 1)


def test_padding_behind_is_no_part():
    assert (str(DA("20200131 ")), str(TM("12  ")), str(DT("2020 "))) == ("20200131", "12", "2020")


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        ("12", time(12), Precision.HOUR),
        ("1234", time(12, 34), Precision.MINUTE),
        ("123456", time(12, 34, 56), Precision.SECOND),
        ("123456.7", time(12, 34, 56, 700000), Precision.FRACTION),
        ("123456.000001", time(12, 34, 56, 1), Precision.FRACTION),
        ("12:34:56.5", time(12, 34, 56, 500000), Precision.FRACTION),
        ("12:34", time(12, 34), Precision.MINUTE),
        ("235960", time(23, 59, 59), Precision.SECOND),
    ],
)
def test_a_time_is_its_text(text, expected, precision):
    ours = TM(text)
    assert (expected, text, precision) == (ours, str(ours), ours.precision)


@pytest.mark.parametrize(
    "text",
    ["", "1", "24", "123", "1260", "123461", "123456.", "123456.1234567", "12:3456", "1200-1300"],
)
def test_6_2_what_is_no_time_raises_with_the_clause(text):
    with pytest.raises(ValueError, match=r"is no TM value.*PS3.5 6.2"):
        TM(text)


def test_a_time_made_of_a_time():
    assert str(TM(time(1, 2, 3, 4))) == "010203.000004"
    assert str(TM(time(1, 2))) == str(TM(1, 2)) == str(TM(TM("0102"))) == "010200"
    assert str(TM("0102").replace(second=9)) == "010209"
    assert str(TM()) == "000000"


def test_6_2_a_time_has_no_offset():
    with pytest.raises(ValueError, match="UTC offset"):
        TM(time(1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        ("2020", datetime(2020, 1, 1), Precision.YEAR),
        ("202002", datetime(2020, 2, 1), Precision.MONTH),
        ("20200203", datetime(2020, 2, 3), Precision.DAY),
        ("2020020304", datetime(2020, 2, 3, 4), Precision.HOUR),
        ("202002030405", datetime(2020, 2, 3, 4, 5), Precision.MINUTE),
        ("20200203040506", datetime(2020, 2, 3, 4, 5, 6), Precision.SECOND),
        ("20200203040560", datetime(2020, 2, 3, 4, 5, 59), Precision.SECOND),
        ("20200203040506.07", datetime(2020, 2, 3, 4, 5, 6, 70000), Precision.FRACTION),
        ("2020+0100", datetime(2020, 1, 1, tzinfo=timezone(timedelta(hours=1))), Precision.YEAR),
        (
            "20200203040506.1-0330",
            datetime(2020, 2, 3, 4, 5, 6, 100000, timezone(-timedelta(hours=3, minutes=30))),
            Precision.FRACTION,
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:.*value of '60'")
def test_a_date_time_is_its_text(text, expected, precision):
    ours, theirs = DT(text), pydicom.valuerep.DT(text)
    assert (expected, text, precision) == (ours, str(ours), ours.precision)
    assert theirs == datetime(*ours.timetuple()[:6], ours.microsecond, ours.tzinfo)
    assert theirs.utcoffset() == ours.utcoffset()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20",
        "202013",
        "20200230",
        "2020-0000",
        "2020+1401",
        "2020-1201",
        "2020+0060",
        *("20200101-20200102", "2020.5", "2020010203.5", "2020 +0100", "0000"),
    ],
)
def test_6_2_what_is_no_date_time_raises_with_the_clause(text):
    with pytest.raises(ValueError, match=r"is no DT value.*PS3.5 6.2"):
        DT(text)


def test_a_date_time_made_of_a_datetime():
    assert str(DT(datetime(2020, 1, 2, 3, 4, 5))) == "20200102030405"
    assert str(DT(2020, 1, 2, tzinfo=UTC)) == "20200102000000+0000"
    assert str(DT("2020").replace(year=3)) == "00030101000000"
    assert str(DT("2020") - timedelta(1)) == "20191231000000"
    assert str(DT("2020+0100").astimezone(UTC)) == "20191231230000+0000"
    assert str(DT(date(2020, 1, 2))) == "20200102"


@pytest.mark.parametrize(
    "offset", [timedelta(hours=15), timedelta(hours=-13), timedelta(seconds=30)]
)
def test_6_2_an_offset_that_has_no_text_raises(offset):
    with pytest.raises(ValueError, match="from UTC"):
        DT(datetime(2020, 1, 1, tzinfo=timezone(offset)))


@pytest.mark.parametrize(
    "one", [DA("2020.01.02"), TM("12"), TM("235960"), DT("2020-0330"), DT("2020")]
)
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled])
def test_dates_and_times_are_copied_with_their_text(one, again):
    assert (one, str(one), type(one)) == (again(one), str(again(one)), type(again(one)))


@given(st.dates())
def test_every_date_round_trips(day):
    assert DA(day) == day == DA(str(DA(day)))
    assert str(DA(day)) == str(pydicom.valuerep.DA(day)).zfill(8)


@given(st.times())
def test_every_time_round_trips(clock):
    assert TM(clock) == clock == TM(str(TM(clock)))
    assert str(TM(clock)) == str(pydicom.valuerep.TM(clock))


@given(st.datetimes(timezones=st.none() | OFFSETS))
def test_every_date_time_round_trips(moment):
    ours = DT(moment)
    assert ours == moment == DT(str(ours))
    assert ours.utcoffset() == moment.utcoffset() == DT(str(ours)).utcoffset()


@given(
    st.text("0123456789.:+- ", max_size=28), st.sampled_from([(DA, "DA"), (TM, "TM"), (DT, "DT")])
)
@pytest.mark.filterwarnings("ignore:.*value of '60'")
def test_what_pydicom_understands_is_understood_the_same(text, kind):
    ours, theirs = kind[0], getattr(pydicom.valuerep, kind[1])
    try:
        value = ours(text)
    except ValueError:
        return
    assert str(value) == text.rstrip()
    if ":" not in text and not text.endswith(" "):
        assert value == theirs(text)


@given(st.integers(1, 9999), st.integers(1, 12), st.integers(1, 28), st.integers(0, 23))
def test_date_times_of_every_length_are_what_they_are_to_pydicom(year, month, day, hour):
    text = f"{year:04}{month:02}{day:02}{hour:02}"
    for length in (4, 6, 8, 10):
        assert DT(text[:length]) == pydicom.valuerep.DT(text[:length])
