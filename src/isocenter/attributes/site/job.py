"""A site is written: pages, assets and data, each whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment

from isocenter.attributes.examples import NUMBER, UNSAFE
from isocenter.attributes.profile import Profile
from isocenter.attributes.site.archivedata import archive_pages
from isocenter.attributes.site.standardtables import editions, standard_script
from isocenter.errors import UsageError
from isocenter.files.target import Folder
from isocenter.markup.pages import ASSETS, Page, asset, environment, rendered

_SCRIPTS = (
    "common.js",
    "elements.js",
    "dicom-reader.js",
    "dicom-charset.js",
    "dicom-values.js",
    "standard.js",
    "presence.js",
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
PAGE = "index.html"
_DATA, _DATA_FOLDERS = "data", ("iods", "attributes")
_FOOT = "Made by Isocenter. The text of the DICOM Standard is NEMA's; links lead to it."


def pages(profile: Profile | None = None, number: int = NUMBER) -> Iterator[Page]:
    """Every file of the site.

    Args:
        profile: what the archive holds, opened with the number of patients that a value takes;
            without one the site is the Standard alone.
        number: how many values of an attribute are shown at most.
    """
    yield Page("data/standard.js", standard_script())
    if profile is not None:
        yield from archive_pages(profile, number)
    yield from (asset("isocenter.markup", name) for name in ASSETS)
    own = (*_SHEETS, *_SCRIPTS)
    yield from (asset(__package__, name) for name in own if name not in ASSETS)
    yield Page(PAGE, _index(profile))


def write_site(output: Path, profile: Profile | None = None, number: int = NUMBER) -> None:
    """Write the site into a folder; see :func:`pages`.

    Every file appears whole or not at all, the page last, when all it needs is there. Data of an
    older site that this one does not have is removed.

    Raises:
        UsageError: there is something else in the folder.
        OSError: it cannot be written.
    """
    target = Folder(output)
    _check(output)
    written = set()
    for page in pages(profile, number):
        target.make(page.path.rpartition("/")[0] or ".")
        target.write(page.path, page.content)
        written.add(page.path)
    for folder in (_DATA, *(f"{_DATA}/{name}" for name in _DATA_FOLDERS)):
        names = {path.rpartition("/")[2] for path in written if path.rpartition("/")[0] == folder}
        target.keep_only(folder, names)


def _check(output: Path) -> None:
    """A folder that holds something but no site of ours is not written into."""
    if output.is_dir() and any(output.iterdir()) and not (output / _DATA / "standard.js").is_file():
        raise UsageError(f"{output} is not empty and holds no site; choose another folder")


def _index(profile: Profile | None) -> bytes:
    return rendered(
        _templates(),
        PAGE,
        to=str,
        sheets=_SHEETS,
        scripts=_SCRIPTS,
        foot=_FOOT,
        archive=profile is not None,
        stamp=UNSAFE if profile is not None and profile.unsafe else "",
        editions=editions(),
    )


@cache
def _templates() -> Environment:
    return environment(__package__)
