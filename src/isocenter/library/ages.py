"""``ages.js``: how old the patient of each example was, in days, for the age finder.

The viewer's look-up takes the nearest decimal ``YYMMEX``; ours takes days.
"""

from __future__ import annotations

from datetime import date

from isocenter.library.cards import ExampleCard, LibraryCard
from isocenter.library.urls import Relative
from isocenter.library.wording import digits
from isocenter.markup.scripts import registered

DAYS_PER_MONTH = 365.2425 / 12
_SLACK = 31
"""Days by which dates may differ from the folder's month: months are counted in several ways."""


def ages_script(library: LibraryCard) -> bytes:
    """The examples with a readable image: page, name, age in days, and whether it is exact."""
    to = Relative()
    rows = []
    for example in library.examples:
        known = age_in_days(example)
        if known and example.study.shown:
            days, exact = known
            about = [example.fact("study_description"), ", ".join(example.modalities)]
            words = " · ".join(filter(None, about))
            rows.append(
                [to(example.page), f"{example.name}, {example.age}", words, days, int(exact)]
            )
    return registered("ages", rows)


def age_in_days(example: ExampleCard) -> tuple[int, bool] | None:
    """Days from birth to study, and whether dates tell so exactly.

    Without dates, and with dates that contradict the folder, the middle of the folder's month is
    taken. ``None`` when the folders tell no age either.
    """
    year, month = digits(example.study.year), digits(example.study.month)
    if not year or not month:
        return None
    first = (int(year) * 12 + int(month)) * DAYS_PER_MONTH
    told = _told(example)
    if told is not None and first - _SLACK <= told <= first + DAYS_PER_MONTH + _SLACK:
        return told, True
    return round(first + DAYS_PER_MONTH / 2), False


def _told(example: ExampleCard) -> int | None:
    """The distance of one series' own dates, the first that has both."""
    for series in example.study.series:
        born, studied = series.facts.patient_birth_date, series.facts.study_date
        try:
            return (date.fromisoformat(studied) - date.fromisoformat(born)).days
        except ValueError:
            continue
    return None
