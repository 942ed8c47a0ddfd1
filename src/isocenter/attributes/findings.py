"""What was wrong with files, as the shards of a profile tell it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from isocenter.attributes.manifest import SHARDS
from isocenter.attributes.tables import quoted
from isocenter.errors import Finding, Level


def findings_of(folder: Path, keys: Iterable[str]) -> tuple[Finding, ...]:
    """The findings of the files of some shards, in the order of their paths."""
    shards = sorted(keys)
    if not shards:
        return ()
    findings, files = (
        ", ".join(quoted(folder / SHARDS / key / f"{table}.parquet") for key in shards)
        for table in ("findings", "files")
    )
    query = (
        'SELECT level, code, message, place || name, tag, nullif("offset", -1), clause'
        f" FROM read_parquet([{findings}]) JOIN read_parquet([{files}]) USING (file)"
        " ORDER BY 4, 6, 2, 3"
    )
    with duckdb.connect(":memory:") as database:
        rows = database.execute(query).fetchall()
    return tuple(Finding(Level(level), *rest) for level, *rest in rows)
