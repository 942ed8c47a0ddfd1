"""The age of a patient at a study: the calendar, Patient's Age, and what contradicts."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.library.arrange.age import Age, age_between, study_age
from isocenter.library.arrange.model import Said


def said(birth="", day="", age="", patient=""):
    return Said(study_date=day, birth_date=birth, patient_age=age, patient_id=patient)


def codes(found):
    return [finding.code for finding in found.findings]


@pytest.mark.parametrize(
    ("birth", "day", "expected"),
    [
        ("20000101", "20000101", (0, 0)),
        ("20000115", "20000214", (0, 0)),
        ("20000115", "20000215", (0, 1)),
        ("20000131", "20000229", (0, 0)),
        ("20000131", "20000301", (0, 1)),
        ("20000229", "20010228", (0, 11)),
        ("20000229", "20010301", (1, 0)),
        ("19991231", "20000101", (0, 0)),
        ("19400105", "20100104", (69, 11)),
    ],
)
def test_an_age_is_counted_by_the_calendar(birth, day, expected):
    found = study_age([said(birth, day)])
    assert found.age.year_and_month == expected
    assert codes(found) == []


@given(st.dates(date(1900, 1, 1), date(2030, 1, 1)), st.integers(0, 40_000))
def test_an_age_never_falls_and_its_month_is_reached(birth, days):
    day = min(birth + timedelta(days), date(2090, 1, 1))
    months = age_between(birth, day).months
    assert 0 <= months - age_between(birth, max(birth, day - timedelta(1))).months <= 1
    assert abs(months - (day - birth).days / 30.436875) < 1.1


def test_a_study_before_the_birth_has_no_age():
    found = study_age([said("20000102", "20000101", "000Y")])
    assert (found.age, found.reason, codes(found)) == (None, "contradiction", ["age-contradicts"])


@pytest.mark.parametrize(
    ("age", "expected", "told"),
    [
        ("034Y", (34, 0), ["age-in-years"]),
        ("0Y", (0, 0), ["age-in-years"]),
        ("018M", (1, 6), []),
        ("010W", (0, 2), []),
        ("040D", (0, 1), []),
        ("000D", (0, 0), []),
    ],
)
def test_without_dates_patients_age_tells_it(age, expected, told):
    found = study_age([said(age=age), said(day="20200101")])
    assert found.age.year_and_month == expected
    assert codes(found) == told


@pytest.mark.parametrize("age", ["42", "Y", "-1Y", "0042Y", "42y", "abc"])
def test_what_is_no_age_is_left_out_and_said(age):
    found = study_age([said(age=age)])
    assert (found.age, found.reason) == (None, "no-age")
    assert sorted(codes(found)) == ["age-unknown", "no-age"]


@pytest.mark.parametrize(("birth", "day"), [("", "20200101"), ("20200101", ""), ("", "")])
def test_a_date_that_is_missing_is_not_invented(birth, day):
    found = study_age([said(birth, day)])
    assert (found.age, found.reason, codes(found)) == (None, "no-age", ["age-unknown"])


@pytest.mark.parametrize(
    ("age", "agrees"),
    [
        ("020Y", True),
        ("019Y", True),
        ("021Y", True),
        ("018Y", False),
        ("022Y", False),
        ("245M", True),
        ("244M", False),
        ("248M", False),
        ("001D", False),
    ],
)
def test_patients_age_may_be_off_by_one_of_its_units(age, agrees):
    found = study_age([said("20000110", "20200715", age)])
    assert (found.age == Age(246)) == agrees
    assert codes(found) == ([] if agrees else ["age-contradicts"])


@pytest.mark.parametrize(
    "files",
    [
        [said("20000101", "20200101"), said("20010101", "20200101")],
        [said(age="020Y"), said(age="030Y")],
    ],
)
def test_files_of_one_study_that_tell_two_ages(files):
    found = study_age(files)
    assert (found.age, found.reason, codes(found)) == (None, "contradiction", ["age-contradicts"])


def test_two_patients_in_one_study_are_kept_apart():
    found = study_age([said("20000101", "20200101", patient=name) for name in "AB"])
    assert (found.age, found.reason, codes(found)) == (None, "mixed-patients", ["mixed-patients"])
