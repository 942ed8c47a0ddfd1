"""The names of a ReV library: which folders make the tree, where each output goes.

REV.md sections 1 and 2. Every path is relative to the root of the library.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from isocenter.files.target import TEMPORARY_PREFIX
from isocenter.library.model import SeriesPlace

YEAR, MONTH, EXAMPLE = (re.compile(rf"[0-9]{{2}}-{unit}") for unit in ("yr", "mo", "ex"))
"""Folder names: two digits each, so that ``map.json`` reduces to ``YYMMEX``."""

RAW, MEDIUM, SMALL = "dcm2jpgRaw", "dcm2jpgDCMresize", "dcm2jpgResize"
WINDOW_PREFIX = "dcm2jpgWindow-"
"""A window preset's JPEG folder is called this and the preset's name."""
PREVIEW, RAW_PREVIEW, TAGS = "preview.jpg", "raw-preview.jpg", "tag-raw.txt"
TAGS_SCRIPT = "tag-raw.js"
"""The tags as text once more, for pages that may not read files (``file://``)."""
JPEG_FOLDERS = frozenset({RAW, MEDIUM, SMALL})
SERIES_FILES = frozenset({PREVIEW, RAW_PREVIEW, TAGS, TAGS_SCRIPT})

MAP, FINDINGS, PAGE, ASSETS = "map.json", "findings.json", "index.html", "assets"
OWN = ".isocenter"
"""Folder of what we remember of a library: catalog and lock."""
HEADERS = "headers.json"
"""In that folder: what the headers say that a library by study is grouped by."""
STUDIES, STUDIES_SCRIPT = "studies", "studies.js"
"""Folder of the studies of a library that is not by age, and the data of its root page."""
DEIDENTIFIED = "deidentified"
"""Folder in that one: the cleaned files that a library without names is made of."""
STUDY, MONTH_EXAMPLES = "description.json", "ex.json"
ARRANGED, STAGE = "arranged.json", "stage-1.json"
SAME_FOLDER = "%s"
"""Pattern of the folder of a series' pictures: that of its files."""
RECORDS = frozenset({ARRANGED, STAGE})
"""What arranging and ``isocenter rev`` keep for their next run."""
STUDY_SCRIPT, STUDY_PAGE, AGES_SCRIPT = "study.js", "study.html", "ages.js"
"""Data of our own pages; the study page, where ``index.html`` leads to another viewer."""

_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}")
_PICTURE = re.compile(r".+\.[0-9]+\.jpg|middle-.+\.jpg", re.DOTALL)


def series_json(place: SeriesPlace) -> str:
    """``<SERIES>-series.json``, beside the series folder."""
    return f"{place.folder}-series.json"


def middle(place: SeriesPlace) -> str:
    """The file name of the middle image's copy."""
    return f"middle-{place.series}.jpg"


def is_picture(name: str) -> bool:
    """Whether a file in a JPEG folder is called as ours are; others are not touched."""
    return _PICTURE.fullmatch(name) is not None


def window_folder(name: str) -> str:
    """The JPEG folder of a window preset."""
    return f"{WINDOW_PREFIX}{name}"


def is_jpeg_folder(name: str) -> bool:
    """Whether a folder in a series' folder is one of ours."""
    return name in JPEG_FOLDERS or name.startswith(WINDOW_PREFIX)


def is_temporary(name: str) -> bool:
    """Whether a file is one that was being written when its writer was killed."""
    return name.startswith(TEMPORARY_PREFIX)


def stems(names: Iterable[str]) -> dict[str, str]:
    """File name -> the stem its JPEGs get; no two are equal, whatever the case.

    The extension goes (``a.dcm`` -> ``a``) when it looks like one, so not from a UID.
    Where that makes two names one, each keeps its extension; names that differ only in
    case are numbered, because some file systems cannot tell them apart.
    """
    every = sorted(names)
    short = {name: _stem(name) for name in every}
    taken = _repeated(short.values())
    chosen = {name: name if stem.casefold() in taken else stem for name, stem in short.items()}
    used: set[str] = set()
    for name, stem in chosen.items():
        chosen[name] = _unused(stem, used)
    return chosen


def _stem(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    return stem if stem and _EXTENSION.fullmatch(dot + extension) else name


def _repeated(stems: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    again: set[str] = set()
    for stem in stems:
        folded = stem.casefold()
        (again if folded in seen else seen).add(folded)
    return again


def _unused(stem: str, used: set[str]) -> str:
    candidate, number = stem, 1
    while candidate.casefold() in used:
        number += 1
        candidate = f"{stem}~{number}"
    used.add(candidate.casefold())
    return candidate
