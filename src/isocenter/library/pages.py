"""The static pages of a library: root, years, months, examples, their data and assets.

Pure: a :class:`~isocenter.library.model.Library` in, bytes out; the same library
gives the same bytes. DICOM text and file names reach a page as escaped text or as
percent-encoded addresses and in no other way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from isocenter.errors import Level
from isocenter.library import layout, wording
from isocenter.library.ages import ages_script
from isocenter.library.cards import ExampleCard, LibraryCard, MonthCard, YearCard, library_card
from isocenter.library.model import Library
from isocenter.library.studydata import study_script
from isocenter.library.urls import Relative, viewer_address

_BLANK_LINES = re.compile("^[ \t]*\n", re.MULTILINE)  # what conditions and macros leave behind
_SHARED = ("common.js", "strip.js", "findings.js")
_LISTS = (*_SHARED, "filter.js")
_SCRIPTS = {
    "root.html": (*_LISTS, "agefinder.js"),
    "year.html": _LISTS,
    "month.html": (*_LISTS, "large.js", "panel.js", "thumbnails.js"),
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
_SHEETS = ("isocenter.css", "viewer.css")
ASSETS = (*_SHEETS, *sorted({name for names in _SCRIPTS.values() for name in names}))
"""Files in ``assets/`` that the pages share."""
HERE = f"{layout.PAGE}?here"
"""The example's page that stays ours below ``library-anon/``: a query keeps it from leading on."""
_Card = TypeVar("_Card")


@dataclass(frozen=True, slots=True)
class Page:
    """A file of the library: ``path`` from its root with ``/``, and its bytes."""

    path: str
    content: bytes


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
        if server:
            yield _redirect(near[1], server)
        yield _study(*near, server=server, dicom=dicom)
        script = f"{near[1].example.folder}/{layout.STUDY_SCRIPT}"
        yield Page(script, study_script(near[1], dicom=dicom))
    yield from (_asset(name) for name in ASSETS)


def _root(library: LibraryCard) -> Page:
    return _page("root.html", "index.html", library=library)


def _year(before: YearCard | None, year: YearCard, after: YearCard | None) -> Page:
    return _page("year.html", year.page, before=before, year=year, after=after)


def _month(
    before: MonthCard | None, month: MonthCard, after: MonthCard | None, *, server: str
) -> Page:
    here = layout.STUDY_PAGE if server else HERE
    return _page("month.html", month.page, before=before, month=month, after=after, here=here)


def _study(
    before: ExampleCard | None,
    example: ExampleCard,
    after: ExampleCard | None,
    *,
    server: str,
    dicom: bool,
) -> Page:
    near = {"before": before, "example": example, "after": after}
    page = f"{example.example.folder}/{layout.STUDY_PAGE}" if server else example.page
    digits = {} if server else _digits(example)
    return _page("study.html", page, digits=digits, name=_name(page), dicom=dicom, **near)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _redirect(example: ExampleCard, server: str) -> Page:
    address = viewer_address(server, **_digits(example))
    return _page("redirect.html", example.page, example=example, address=address)


def _digits(card: ExampleCard) -> dict[str, str]:
    example = card.example
    names = {"year": example.year, "month": example.month, "example": example.name}
    return {key: wording.digits(name) for key, name in names.items()}


def _page(template: str, path: str, **values: object) -> Page:
    to = Relative(path.rpartition("/")[0])
    values = {"scripts": _SCRIPTS[template], **values}
    text = _environment().get_template(template).render(values, to=to)
    return Page(path, _BLANK_LINES.sub("", text).encode())


def _asset(name: str) -> Page:
    content = files("isocenter.library").joinpath("assets", name).read_bytes()
    return Page(f"assets/{name}", content)


def _neighbours(cards: Sequence[_Card]) -> Iterator[tuple[_Card | None, _Card, _Card | None]]:
    around = (None, *cards, None)
    return zip(around, cards, around[2:], strict=False)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("isocenter.library"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
    )
    environment.filters |= {
        "age": wording.age,
        "counted": wording.counted,
        "day": wording.day,
        "in_words": wording.in_words,
        "number": wording.number,
    }
    environment.globals |= {"levels": [level.value for level in Level]}
    return environment


def _finalize(value: object) -> object:
    """Every value a template writes, as something UTF-8 and HTML can hold."""
    return (
        value
        if isinstance(value, Markup) or not isinstance(value, str)
        else wording.printable(value)
    )
