"""A site is written: pages, assets and data, each whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment

from isocenter.attributes.site.standardtables import editions, standard_script
from isocenter.files.target import Folder
from isocenter.markup.pages import ASSETS, Page, asset, environment, rendered

_SCRIPTS = (
    "common.js",
    "elements.js",
    "dicom-reader.js",
    "dicom-charset.js",
    "dicom-values.js",
    "standard.js",
    "nodes.js",
    "search.js",
    "tree.js",
    "details.js",
    "checks.js",
    "file.js",
    "browser.js",
)
"""In the order they run."""
_SHEETS = ("base.css", "browser.css")
_FOOT = "Made by Isocenter. The text of the DICOM Standard is NEMA's; links lead to it."


def pages() -> Iterator[Page]:
    """Every file of the site."""
    yield Page("data/standard.js", standard_script())
    yield from (asset("isocenter.markup", name) for name in ASSETS)
    own = (*_SHEETS, *_SCRIPTS)
    yield from (asset(__package__, name) for name in own if name not in ASSETS)
    yield Page("index.html", _index())


def write_site(output: Path) -> None:
    """Write the site into a folder; the page comes last, when all it needs is there."""
    target = Folder(output)
    for page in pages():
        target.make(page.path.rpartition("/")[0] or ".")
        target.write(page.path, page.content)


def _index() -> bytes:
    return rendered(
        _templates(),
        "index.html",
        to=str,
        sheets=_SHEETS,
        scripts=_SCRIPTS,
        foot=_FOOT,
        archive=False,
        stamp="",
        editions=editions(),
    )


@cache
def _templates() -> Environment:
    return environment(__package__)
