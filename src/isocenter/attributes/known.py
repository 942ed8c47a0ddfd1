"""Which shards of a profile's folder are still true: what was walked once is not walked again.

A shard is true when each of its files was found again as it was, and is in or out of the
sample as it was. Shards of sources that this scan is not about stay as they are, unless a file
of theirs was found and has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import duckdb

from isocenter.attributes.manifest import SHARDS
from isocenter.attributes.shards import LEFT_OUT, Member
from isocenter.attributes.tables import quoted
from isocenter.files.sources import Stamp


class Known(NamedTuple):
    """A file as a shard has it."""

    number: int
    source: str
    place: str
    member: Member
    left_out: bool

    @property
    def single(self) -> bool:
        """Whether the file is a source itself."""
        return self.source == f"{self.place}{self.member.name}"


class Found(NamedTuple):
    """A file as this scan found it."""

    stamp: Stamp
    left_out: bool


def shard_keys(folder: Path) -> list[str]:
    """The shards that lie in the folder, listed in the manifest or not."""
    shards = folder / SHARDS
    if not shards.is_dir():
        return []
    return sorted(one.name for one in shards.iterdir() if not one.name.startswith("."))


def files_of(folder: Path, key: str) -> list[Known]:
    """The files of a shard; none of one that cannot be read, which is then not true."""
    path = folder / SHARDS / key / "files.parquet"
    query = f"SELECT file, source, place, name, size, mark, state FROM {quoted(path)}"
    try:
        with duckdb.connect(":memory:", config={"threads": 1}) as database:
            rows = database.execute(query).fetchall()
    except duckdb.Error:
        return []
    return [
        Known(number, source, place, Member(name, Stamp(size, mark)), state == LEFT_OUT)
        for number, source, place, name, size, mark, state in rows
    ]


def true_shards(
    shards: Iterable[tuple[str, list[Known]]], found: Mapping[int, Found], sources: set[str]
) -> tuple[list[str], set[int], list[Known]]:
    """Which shards still hold.

    Args:
        shards: keys and files, those that come first preferred where two have a file in common.
        found: what this scan found, by number.
        sources: what it is about.

    Returns:
        The keys; the files that they cover; of the others those files that this scan
        was not about, which have to be walked again.
    """
    keys: list[str] = []
    covered: set[int] = set()
    strangers: dict[int, Known] = {}
    for key, files in shards:
        numbers = {one.number for one in files}
        if files and not numbers & covered and all(_holds(one, found, sources) for one in files):
            keys.append(key)
            covered |= numbers
        else:
            strangers |= {one.number: one for one in _strangers(files, found, sources)}
    return keys, covered, [one for number, one in strangers.items() if number not in covered]


def _holds(known: Known, found: Mapping[int, Found], sources: set[str]) -> bool:
    now = found.get(known.number)
    if now is None:
        return known.source not in sources
    return now == (known.member.stamp, known.left_out)


def _strangers(
    files: list[Known], found: Mapping[int, Found], sources: set[str]
) -> Iterator[Known]:
    return (one for one in files if one.source not in sources and one.number not in found)
