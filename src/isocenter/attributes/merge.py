"""Merging: the shards of several profiles become one profile; what they add up to is a sum.

A shard that several profiles have counts once, and one whose files are all in another is left out. Shards that
have only some files in common would count these twice: such profiles are not merged.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from isocenter.attributes import manifest
from isocenter.attributes.findings import findings_of
from isocenter.attributes.manifest import SHARDS, Manifest
from isocenter.attributes.tables import quoted
from isocenter.errors import Finding, UsageError
from isocenter.files.findings import NAME as FINDINGS
from isocenter.files.findings import findings_json
from isocenter.files.lock import locked
from isocenter.files.target import TEMPORARY_PREFIX, Folder


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge came to: shards in the result, and those that others have in them."""

    shards: int
    left_out: int
    findings: tuple[Finding, ...]


def merge(profiles: Sequence[Path], output: Path) -> Merged:
    """Make one profile of several.

    Args:
        profiles: their folders; the order does not matter.
        output: a folder that is empty or does not exist.

    Raises:
        UsageError: one is no profile, two were made with different keys, or have files but
            not shards in common; the output is not empty.
        OSError: the output cannot be written.
    """
    manifests = [manifest.load(folder) for folder in profiles]
    _check(profiles, manifests)
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise UsageError(f"{output} is not empty")
    where = {
        key: folder / SHARDS / key
        for folder, one in zip(profiles, manifests, strict=True)
        for key in one.shards
    }
    kept = _without_parts(where)
    (output / SHARDS).mkdir(parents=True, exist_ok=True)
    with locked(output, output, "written"):
        for key in kept:
            _place(where[key], output / SHARDS / key)
        manifest.save(output, _merged(manifests, kept))
        findings = findings_of(output, kept)
        Folder(output).write(FINDINGS, findings_json(findings))
    return Merged(len(kept), len(where) - len(kept), findings)


def _check(profiles: Sequence[Path], manifests: Sequence[Manifest]) -> None:
    first = manifests[0]
    for folder, one in zip(profiles, manifests, strict=True):
        if one.key != first.key:
            raise UsageError(
                f"{profiles[0]} and {folder} were made with different keys: nobody could"
                " tell which patients they have in common; scan again with one --key-file"
            )
        editions = one.dictionary, one.confidentiality
        if editions != (first.dictionary, first.confidentiality):
            raise UsageError(f"{profiles[0]} and {folder} follow different editions; scan again")


def _merged(manifests: Sequence[Manifest], shards: Iterable[str]) -> Manifest:
    return replace(
        manifests[0],
        samples=tuple(sorted({sample for one in manifests for sample in one.samples})),
        unsafe=any(one.unsafe for one in manifests),
        shards=tuple(sorted(shards)),
    )


def _without_parts(where: dict[str, Path]) -> list[str]:
    """The shards without those whose files are in others.

    Raises:
        UsageError: two have some files in common, or a file as it was at different times.
    """
    if not where:
        return []
    shared = _shared(where)
    if not shared:
        return sorted(where)
    kept: list[str] = []
    covered: set[tuple[int, int, int]] = set()
    numbers: set[int] = set()
    for key, files in sorted(shared.items(), key=lambda one: (-len(one[1]), one[0])):
        common = {file for file in files if file[0] in numbers}
        if not common:
            kept.append(key)
            covered |= files
            numbers |= {file[0] for file in files}
        elif not files <= covered:
            raise UsageError(
                f"the profiles have {len(common):,} files in common that were scanned with"
                " different others or have changed in between; scan all sources into one profile"
            )
    return sorted({*(where.keys() - shared.keys()), *kept})


def _shared(where: dict[str, Path]) -> dict[str, set[tuple[int, int, int]]]:
    """The files of the shards that have one in common with another, as number and stamp."""
    lists = ", ".join(quoted(path / "files.parquet") for path in where.values())
    rows = (
        f"SELECT parse_path(filename)[-2] AS key, * FROM read_parquet([{lists}], filename = true)"
    )
    query = (
        f"WITH every AS ({rows}), several AS (SELECT file FROM every"
        " GROUP BY file HAVING count(*) > 1),"
        " keys AS (SELECT DISTINCT key FROM every JOIN several USING (file))"
        " SELECT key, file, size, mark FROM every JOIN keys USING (key)"
    )
    found: dict[str, set[tuple[int, int, int]]] = {}
    try:
        with duckdb.connect(":memory:") as database:
            for key, *file in database.execute(query).fetchall():
                found.setdefault(key, set()).add((file[0], file[1], file[2]))
    except duckdb.Error as error:
        raise UsageError(f"a profile is broken: {' '.join(str(error).split())}") from error
    return found


def _place(source: Path, target: Path) -> None:
    """Link the files of a shard, or copy them where no link can be; whole or not at all."""
    temporary = target.with_name(f"{TEMPORARY_PREFIX}{os.getpid()}-{target.name}")
    shutil.copytree(source, temporary, copy_function=_link)
    temporary.replace(target)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
