"""Coded concepts of PS3.16: by coding scheme, and by context group (CID).

The table is read when a concept is first asked for; a row is one code of one scheme.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from isocenter._tables.concepts import CONCEPTS, GROUPS, SNOMED


class Concept(NamedTuple):
    """One code, under the keyword that is made of its meaning."""

    scheme: str
    keyword: str
    code: str
    meaning: str
    groups: str
    """The numbers of the context groups that hold it, with a comma before and behind each."""


@cache
def scheme_names() -> tuple[str, ...]:
    """The coding scheme designators, in the order of the table."""
    return tuple(dict.fromkeys(re.findall(r"^([^|]+)", CONCEPTS.strip(), re.MULTILINE)))


@cache
def _concepts() -> tuple[Concept, ...]:
    rows = (line.split("|") for line in CONCEPTS.strip().split("\n"))
    return tuple(Concept._make((*row[:4], f",{row[4]},")) for row in rows)


@cache
def in_scheme(name: str) -> tuple[Concept, ...]:
    """The concepts of a coding scheme.

    Raises:
        KeyError: there is no such scheme.
    """
    if name not in scheme_names():
        raise KeyError(name)
    return tuple(concept for concept in _concepts() if concept.scheme == name)


@cache
def groups() -> dict[int, str]:
    """Number of a context group -> its name, as a keyword."""
    rows = (line.split("|") for line in GROUPS.strip().split("\n"))
    return {int(number): name for number, name in rows}


@cache
def in_group(number: int) -> tuple[Concept, ...]:
    """The concepts of a context group.

    Raises:
        KeyError: there is no such group.
    """
    groups()[number]
    return tuple(concept for concept in _concepts() if f",{number}," in concept.groups)


@cache
def _former() -> dict[str, str]:
    return {old: new for new, old in (line.split("|") for line in SNOMED.strip().split("\n"))}


def present_code(scheme: str, code: str) -> tuple[str, str]:
    """Scheme and code as they are today: of a SNOMED-RT style identifier, SNOMED CT's (PS3.16 8.1)."""
    present = _former().get(code) if scheme == "SRT" else None
    return ("SCT", present) if present else (scheme, code)
