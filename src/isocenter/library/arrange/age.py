"""The age of a patient at a study, in whole years and months; nothing is guessed.

From Study Date and Patient's Birth Date by the calendar, else from Patient's Age (AS,
PS3.5 6.2). Where the files of a study tell different ages, that is said and none is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from isocenter.errors import Finding, Level
from isocenter.library.arrange.model import Said

TOLERANCE = 1
"""Units of Patient's Age (days, weeks, months or years) by which it may be off the dates."""

_AGE = re.compile(r"([0-9]{1,3})([DWMY])")  # AS has three digits; fewer are as clear
_DAYS_PER_MONTH = 365.2425 / 12
_MONTHS = 12


@dataclass(frozen=True, slots=True, order=True)
class Age:
    """Whole months since birth."""

    months: int

    @property
    def year_and_month(self) -> tuple[int, int]:
        """Years, and the months beyond them."""
        return divmod(self.months, _MONTHS)

    @property
    def text(self) -> str:
        """``4 y 3 m``, to be read."""
        years, months = self.year_and_month
        return f"{years} y {months} m"


@dataclass(frozen=True, slots=True)
class AgeFound:
    """What the files of a study say of the age: one, or none and why; findings have no path.

    ``reason`` is the name of the folder where studies of that kind are kept apart, empty
    when the age is known.
    """

    age: Age | None
    reason: str = ""
    findings: tuple[Finding, ...] = ()


def age_between(birth: date, day: date) -> Age:
    """Whole months from birth to a day. A month is complete when its day is reached.

    Who was born on the 31st completes a month of 30 days on the first of the next.

    Raises:
        ValueError: the day is before the birth.
    """
    if day < birth:
        raise ValueError("the study is dated before the birth")
    months = (day.year - birth.year) * _MONTHS + day.month - birth.month
    return Age(months - (day.day < birth.day))


def study_age(told: Iterable[Said]) -> AgeFound:
    """The age that all files of one study agree on."""
    every = sorted(set(told))
    patients = sorted({said.patient_id for said in every if said.patient_id})
    if len(patients) > 1:
        message = f"the study names {len(patients)} Patient IDs and is kept apart"
        return _none("mixed-patients", "mixed-patients", message)
    wrong: list[Finding] = []
    by_dates = {age for said in every for age in _by_dates(said, wrong)}
    if wrong:
        return AgeFound(None, "contradiction", tuple(dict.fromkeys(wrong)))
    by_age = {text for text in (said.patient_age for said in every) if text}
    return _agreed(every, by_dates, by_age)


def _agreed(every: list[Said], by_dates: set[Age], by_age: set[str]) -> AgeFound:
    found = [text for text in sorted(by_age) if _AGE.fullmatch(text)]
    strange = tuple(map(_no_age, sorted(by_age.difference(found))))
    if len(by_dates) > 1:
        return _contradiction(_listed(by_dates), strange)
    if by_dates:
        (age,) = by_dates
        off = [text for text in found if not _agrees(text, every)]
        if off:
            return _contradiction(f"{age.text} by the dates, {off[0]} by Patient's Age", strange)
        return AgeFound(age, findings=strange)
    ages = {_of_text(text) for text in found}
    if len(ages) > 1:
        return _contradiction(" and ".join(found), strange)
    if not ages:
        message = "no Study Date and Birth Date to tell the age by, and no Patient's Age"
        return _none("no-age", "age-unknown", message, strange)
    (age,) = ages
    return AgeFound(age, findings=(*strange, *_without_months(found)))


def _by_dates(said: Said, wrong: list[Finding]) -> Iterator[Age]:
    if said.study_date and said.birth_date:
        try:
            yield age_between(_day(said.birth_date), _day(said.study_date))
        except ValueError as problem:
            wrong.append(Finding(Level.WARNING, "age-contradicts", str(problem)))


def _day(digits: str) -> date:
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def _of_text(text: str) -> Age:
    number, unit = int(text[:-1]), text[-1]
    if unit == "Y":
        return Age(number * _MONTHS)
    if unit == "M":
        return Age(number)
    return Age(int(number * (7 if unit == "W" else 1) / _DAYS_PER_MONTH))


def _agrees(text: str, every: list[Said]) -> bool:
    """Whether an age is that by the dates, in its own unit and within the tolerance."""
    number, unit = int(text[:-1]), text[-1]
    for said in every:
        if said.patient_age == text and said.study_date and said.birth_date:
            birth, day = _day(said.birth_date), _day(said.study_date)
            if abs(_units(birth, day, unit) - number) > TOLERANCE:
                return False
    return True


def _units(birth: date, day: date, unit: str) -> int:
    if unit in "DW":
        return (day - birth).days // (7 if unit == "W" else 1)
    months = age_between(birth, day).months
    return months // _MONTHS if unit == "Y" else months


def _listed(ages: Iterable[Age]) -> str:
    return " and ".join(age.text for age in sorted(ages))


def _contradiction(what: str, more: tuple[Finding, ...]) -> AgeFound:
    message = f"the study tells more than one age: {what}"
    return _none("contradiction", "age-contradicts", message, more)


def _none(reason: str, code: str, message: str, more: tuple[Finding, ...] = ()) -> AgeFound:
    return AgeFound(None, reason, (Finding(Level.WARNING, code=code, message=message), *more))


def _no_age(text: str) -> Finding:
    message = f"Patient's Age {text[:16]!r} is none and is left out"
    return Finding(Level.WARNING, "no-age", message, tag="(0010,1010)", clause="PS3.5 6.2")


def _without_months(found: list[str]) -> Iterator[Finding]:
    if any(text.endswith("Y") for text in found):
        message = f"only Patient's Age {found[0]} tells the age: the study lies at 00 months"
        yield Finding(Level.NOTE, "age-in-years", message)
