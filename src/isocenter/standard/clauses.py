"""Where a clause of the Standard can be read: the address of its current edition in HTML.

The pages are cut so that the first section of each section stays on the page of what it
is in: 6.2.1 is found on the page of 6.2.
"""

from __future__ import annotations

import re
from functools import cache

from isocenter._tables import sections

PAGES = "https://dicom.nema.org/medical/dicom/current/output/chtml/"
_SECTION = re.compile(r"PS3\.(\d+) ([A-Z0-9]+(?:\.\d+)*[a-z]?)")
_ANNEX = re.compile(r"PS3\.(\d+) annex ([A-Z])")


def table_clause(anchor: str) -> str:
    """``"PS3.3 table C.7-1"`` of the anchor ``table_C.7-1``."""
    return f"PS3.3 table {anchor.removeprefix('table_').removeprefix('PS3.3_')}"


def url(clause: str) -> str | None:
    """The address of a clause such as ``"PS3.5 6.2"`` or ``"PS3.3 table C.7-1"``.

    Of a table only those that list a module, a macro or an IOD are known; ``None`` for others.
    """
    if clause in _tables():
        return _tables()[clause]
    if match := _ANNEX.fullmatch(clause):
        return f"{_part(match[1])}chapter_{match[2]}.html"
    if match := _SECTION.fullmatch(clause):
        return f"{_part(match[1])}{_page(match[2])}.html#sect_{match[2]}"
    return None


def _part(number: str) -> str:
    return f"{PAGES}part{int(number):02}/"


def _page(section: str) -> str:
    while section.endswith(".1"):
        section = section.removesuffix(".1")
    return f"sect_{section}" if "." in section else f"chapter_{section}"


@cache
def _tables() -> dict[str, str]:
    found = {}
    for text in (sections.MODULES, sections.IODS, sections.MACROS):
        for _, _, page, anchor, *_ in (line.split("|") for line in text.strip().split("\n")):
            if page:
                found[table_clause(anchor)] = f"{_part('3')}{page}.html#{anchor}"
    return found
