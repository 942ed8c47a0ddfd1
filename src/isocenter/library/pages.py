"""The static pages of a library: root, years, months, studies, their data and assets.

Pure: a :class:`~isocenter.library.model.Library` in, bytes out; the same library
gives the same bytes. DICOM text and file names reach a page as escaped text or as
percent-encoded addresses and in no other way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TypeVar

from jinja2 import Environment

from isocenter.errors import Level
from isocenter.library import layout, wording
from isocenter.library.ages import ages_script
from isocenter.library.cards import (
    ExampleCard,
    LibraryCard,
    MonthCard,
    StudyCard,
    YearCard,
    library_card,
)
from isocenter.library.model import Library
from isocenter.library.patientcards import patients_card
from isocenter.library.patientdata import patients_script
from isocenter.library.studydata import study_script
from isocenter.library.urls import Relative, viewer_address
from isocenter.markup.pages import ASSETS as FRAME
from isocenter.markup.pages import Page, asset, environment, rendered

_SHARED = ("common.js", "leafing.js", "strip.js", "findings.js")
_LISTS = (*_SHARED, "filter.js")
_THUMBS = ("large.js", "panel.js", "thumbnails.js")
_SCRIPTS = {
    "root.html": (*_LISTS, "agefinder.js"),
    "year.html": _LISTS,
    "month.html": (*_LISTS, *_THUMBS),
    "patients.html": (*_SHARED, *_THUMBS, "patients.js"),
    "study.html": (
        *_SHARED,
        "to-viewer.js",
        "viewer-images.js",
        "viewer-gestures.js",
        "viewer-pane.js",
        "viewer-cine.js",
        "viewer-tags.js",
        "viewer.js",
    ),
    "redirect.html": (),
}
"""The scripts of each page, in the order they run."""
_SHEETS = ("base.css", "isocenter.css")
_VIEWER = "viewer.css"
_FOOT = "Previews for orientation, not for diagnosis."
_OWN = (
    *_SHEETS[1:],
    _VIEWER,
    *sorted({name for names in _SCRIPTS.values() for name in names} - {*FRAME}),
)
ASSETS = (*FRAME, *_OWN)
"""Files in ``assets/`` that the pages share."""
HERE = f"{layout.PAGE}?here"
"""The example's page that stays ours below ``library-anon/``: a query keeps it from leading on."""
_Card = TypeVar("_Card")


def pages(
    library: Library, *, server: str = "", leaf: str = "%s", dicom: bool = True
) -> Iterator[Page]:
    """Every page of the library, the data of pages and the assets they share.

    Args:
        library: what the pages show.
        server: address of a ReV viewer. With it the page of an example sends the
            reader there, and the study has another page beside it; without it the
            example's own page shows the study.
        leaf: name of the folder that holds a series' pictures and tag text;
            ``%s`` stands for the series folder's own name.
        dicom: the DICOM files lie in the library, so that pages may link to them.

    Raises:
        UsageError: ``server`` is no web address.
    """
    whole = library_card(library, leaf)
    yield _root(whole)
    yield from (_year(*near) for near in _neighbours(whole.years))
    yield from (_month(*near, server=server) for near in _neighbours(whole.months))
    yield Page(layout.AGES_SCRIPT, ages_script(whole))
    for near in _neighbours(whole.examples):
        yield from _example(*near, server=server, dicom=dicom)
    yield from _assets()


def pages_by_study(library: Library, *, dicom: bool = True) -> Iterator[Page]:
    """Every page of a library that is not by age, the data of pages and the assets they share.

    Args:
        library: what the pages show.
        dicom: the DICOM files lie in the library, so that pages may link to them.
    """
    whole = patients_card(library)
    yield _page("patients.html", layout.PAGE, library=whole)
    yield Page(layout.STUDIES_SCRIPT, patients_script(whole))
    for patient in whole.patients:
        for near in _neighbours(patient.studies):
            yield from _study(*near, page=layout.PAGE, digits={}, dicom=dicom)
    yield from _assets()


def _assets() -> Iterator[Page]:
    yield from (asset("isocenter.markup", name) for name in FRAME)
    yield from (asset("isocenter.library", name) for name in _OWN)


def _root(library: LibraryCard) -> Page:
    return _page("root.html", "index.html", library=library)


def _year(before: YearCard | None, year: YearCard, after: YearCard | None) -> Page:
    return _page("year.html", year.page, before=before, year=year, after=after)


def _month(
    before: MonthCard | None, month: MonthCard, after: MonthCard | None, *, server: str
) -> Page:
    here = layout.STUDY_PAGE if server else HERE
    return _page("month.html", month.page, before=before, month=month, after=after, here=here)


def _example(
    before: ExampleCard | None,
    example: ExampleCard,
    after: ExampleCard | None,
    *,
    server: str,
    dicom: bool,
) -> Iterator[Page]:
    page, digits = layout.PAGE, _digits(example)
    if server:
        page, digits = layout.STUDY_PAGE, {}
        yield _redirect(example, server)
    yield from _study(before, example, after, page=page, digits=digits, dicom=dicom)


def _study(  # noqa: PLR0913 - three of a row, and what is said of the middle one
    before: StudyCard | None,
    study: StudyCard,
    after: StudyCard | None,
    *,
    page: str,
    digits: Mapping[str, str],
    dicom: bool,
) -> Iterator[Page]:
    folder = study.study.folder
    told = {"before": before, "study": study, "after": after, "digits": digits, "dicom": dicom}
    yield _page("study.html", f"{folder}/{page}", name=page, **told)
    yield Page(f"{folder}/{layout.STUDY_SCRIPT}", study_script(study, dicom=dicom))


def _redirect(example: ExampleCard, server: str) -> Page:
    address = viewer_address(server, **_digits(example))
    return _page("redirect.html", example.page, example=example, address=address)


def _digits(card: ExampleCard) -> dict[str, str]:
    example = card.study
    names = {"year": example.year, "month": example.month, "example": example.name}
    return {key: wording.digits(name) for key, name in names.items()}


def _page(template: str, path: str, **values: object) -> Page:
    to = Relative(path.rpartition("/")[0])
    sheets = (*_SHEETS, _VIEWER) if template == "study.html" else _SHEETS
    values = {"scripts": _SCRIPTS[template], "sheets": sheets, "foot": _FOOT, **values}
    return Page(path, rendered(_environment(), template, **values, to=to))


def _neighbours(cards: Sequence[_Card]) -> Iterator[tuple[_Card | None, _Card, _Card | None]]:
    around = (None, *cards, None)
    return zip(around, cards, around[2:], strict=False)


@cache
def _environment() -> Environment:
    templates = environment("isocenter.library")
    templates.filters |= {
        "age": wording.age,
        "counted": wording.counted,
        "day": wording.day,
        "in_words": wording.in_words,
        "number": wording.number,
    }
    templates.globals |= {"levels": [level.value for level in Level]}
    return templates
