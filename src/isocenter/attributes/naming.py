"""Under which names paths and contexts are told: what could name somebody is withheld.

A private creator is text that whoever wrote the file made up. One that the dictionary of private
elements has, or that at least ``k`` different patients' files have, is told; others become
``withheld 1``, ``withheld 2``. So it is with makers and models, and with SOP classes and modalities
that the Standard does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import duckdb

from isocenter.attributes.classes import is_listed
from isocenter.attributes.paths import Component, components, keyword_path, with_creators
from isocenter.standard.dictionary import is_known_creator
from isocenter.standard.modalities import MODALITIES
from isocenter.standard.uid import UID

WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class ShownPath:
    """A path of the shards, as it is told."""

    raw: str
    path: str
    keyword: str
    tag: str
    name: str
    dictionary_vr: str
    dictionary_vm: str
    retired: bool
    private: bool
    listed: bool
    """Whether PS3.15 table E.1-1 has the attribute or one around it, so that no value is kept."""


def shown_paths(paths: Iterable[str], is_told: Callable[[str], bool]) -> list[ShownPath]:
    """How the paths are told.

    Args:
        paths: those of the shards.
        is_told: whether a private creator may be told.
    """
    known = {path: components(path) for path in sorted(paths)}
    creators = sorted({one.creator for path in known.values() for one in path if one.creator})
    hidden = [creator for creator in creators if not is_told(creator)]
    words = {creator: f"{WITHHELD} {number}" for number, creator in enumerate(hidden, start=1)}
    return [_shown(path, parts, words) for path, parts in known.items()]


def _shown(raw: str, parts: tuple[Component, ...], words: Mapping[str, str]) -> ShownPath:
    path = with_creators(raw, lambda creator: words.get(creator, creator))
    last = parts[-1]
    row = last.entry
    return ShownPath(
        raw=raw,
        path=path,
        keyword=keyword_path(path),
        tag="" if last.creator else f"{last.tag:08X}",
        name=row.name if row else "",
        dictionary_vr=row.vr if row else "",
        dictionary_vm=row.vm if row else "",
        retired=row is not None and row.is_retired,
        private=last.is_private,
        listed=any(map(is_listed, parts)),
    )


def patients_of_creators(
    database: duckdb.DuckDBPyConnection, paths: Iterable[str]
) -> dict[str, int]:
    """How many patients have elements of the creators that no dictionary has."""
    pairs = [
        (path, one.creator)
        for path in paths
        for one in components(path)
        if one.creator and not is_known_creator(one.creator)
    ]
    if not pairs:
        return {}
    database.execute("CREATE TEMP TABLE unknown_creators (path VARCHAR, creator VARCHAR)")
    database.executemany("INSERT INTO unknown_creators VALUES (?, ?)", sorted(set(pairs)))
    rows = database.execute(
        "SELECT creator, count(DISTINCT patient) FROM unknown_creators"
        " JOIN raw_presence USING (path) JOIN raw_units USING (unit) GROUP BY creator"
    ).fetchall()
    database.execute("DROP TABLE unknown_creators")
    return dict(rows)


def is_defined(dimension: str, value: str) -> bool:
    """Whether the Standard has a SOP class or modality, so that it names nobody."""
    if dimension == "sop_class":
        return UID(value).name != value
    return dimension == "modality" and value in MODALITIES
