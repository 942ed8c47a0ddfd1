"""The tables of a shard as Parquet files: what columns they have, written whole or not at all.

A shard is a folder ``shards/KEY`` with one file per table. DuckDB writes and reads them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import numpy as np

from isocenter.attributes.counts import Rows
from isocenter.files.target import TEMPORARY_PREFIX

Columns: TypeAlias = tuple[tuple[str, str], ...]
"""Names and DuckDB types."""

_CONTEXT, _UNIT, _PATH = ("context", "UBIGINT"), ("unit", "UBIGINT"), ("path", "VARCHAR")
_FILES, _EXAMPLE = ("files", "UBIGINT"), ("example", "UBIGINT")

TABLES: dict[str, Columns] = {
    "files": (
        ("file", "UBIGINT"),
        ("source", "VARCHAR"),
        ("place", "VARCHAR"),
        ("name", "VARCHAR"),
        ("size", "BIGINT"),
        ("mark", "BIGINT"),
        _CONTEXT,
        _UNIT,
        ("state", "VARCHAR"),
    ),
    "findings": (
        ("file", "UBIGINT"),
        ("level", "VARCHAR"),
        ("code", "VARCHAR"),
        ("message", "VARCHAR"),
        ("tag", "VARCHAR"),
        ("offset", "BIGINT"),
        ("clause", "VARCHAR"),
    ),
    "contexts": (
        _CONTEXT,
        ("sop_class", "VARCHAR"),
        ("modality", "VARCHAR"),
        ("manufacturer", "VARCHAR"),
        ("model", "VARCHAR"),
    ),
    "units": (_UNIT, ("series", "UBIGINT"), ("patient", "UBIGINT"), ("has_uid", "BOOLEAN")),
    "presence": (
        _CONTEXT,
        _UNIT,
        _PATH,
        ("vr", "VARCHAR"),
        _FILES,
        ("valued", "UBIGINT"),
        ("occurrences", "UBIGINT"),
        ("least_length", "BIGINT"),
        ("greatest_length", "BIGINT"),
        ("least_vm", "BIGINT"),
        ("greatest_vm", "BIGINT"),
        _EXAMPLE,
    ),
    "flags": (_CONTEXT, _UNIT, _PATH, ("flag", "UTINYINT"), _FILES, _EXAMPLE),
    "texts": (
        _CONTEXT,
        _UNIT,
        _PATH,
        ("vr", "VARCHAR"),
        ("text", "VARCHAR"),
        ("kind", "VARCHAR"),
        _FILES,
    ),
    "numbers": (
        _CONTEXT,
        _PATH,
        ("vr", "VARCHAR"),
        ("count", "UBIGINT"),
        ("least", "DOUBLE"),
        ("greatest", "DOUBLE"),
    ),
    "buckets": (_CONTEXT, _PATH, ("vr", "VARCHAR"), ("bucket", "INTEGER"), ("count", "UBIGINT")),
    "different": (_CONTEXT, _PATH, ("vr", "VARCHAR"), ("number", "UBIGINT")),
}
"""What a shard holds. Contexts, units and files are numbers that stand for them."""

_NUMPY = {
    "UBIGINT": np.uint64,
    "BIGINT": np.int64,
    "INTEGER": np.int32,
    "UTINYINT": np.uint8,
    "DOUBLE": np.float64,
    "BOOLEAN": np.bool_,
}


def rows_of(counts: Rows) -> dict[str, Iterator[tuple[Any, ...]]]:
    """The rows of the tables that counting makes."""
    return {
        "presence": (
            (
                *key,
                one.files,
                one.valued,
                one.occurrences,
                one.least_length,
                one.greatest_length,
                one.least_vm,
                one.greatest_vm,
                one.example,
            )
            for key, one in counts.presence.items()
        ),
        "flags": ((*key, *found) for key, found in counts.flags.items()),
        "texts": ((*key, files) for key, files in counts.texts.items()),
        "numbers": (
            (*key, one.count, one.least, one.greatest) for key, one in counts.numbers.items()
        ),
        "buckets": (
            (*key, bucket, count)
            for key, one in counts.numbers.items()
            for bucket, count in one.buckets.items()
        ),
        "different": (
            (*key, number) for key, one in counts.different.items() for number in one.numbers
        ),
    }


def write(folder: Path, tables: Mapping[str, Iterable[tuple[Any, ...]]]) -> None:
    """Make the folder of a shard; it is there whole or not at all.

    Args:
        folder: where it will be.
        tables: the rows of every table.

    Raises:
        OSError: it cannot be written.
    """
    temporary = folder.with_name(f"{TEMPORARY_PREFIX}{os.getpid()}-{folder.name}")
    try:
        temporary.mkdir(parents=True)
        with duckdb.connect(":memory:", config={"threads": 1}) as database:
            for name, columns in TABLES.items():
                _write(database, temporary / f"{name}.parquet", columns, [*tables[name]])
        if folder.exists():  # another run made the same meanwhile
            shutil.rmtree(temporary)
        else:
            temporary.replace(folder)
    except duckdb.Error as error:
        raise OSError(f"a shard of the profile cannot be written: {error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write(
    database: duckdb.DuckDBPyConnection, path: Path, columns: Columns, rows: list[tuple[Any, ...]]
) -> None:
    insert(database, "rows", columns, rows)
    select = "SELECT * FROM rows ORDER BY ALL"
    database.execute(f"COPY ({select}) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd)")
    database.execute("DROP TABLE rows")


def insert(
    database: duckdb.DuckDBPyConnection,
    table: str,
    columns: Columns,
    rows: Sequence[Sequence[Any]],
) -> None:
    """Make a table and put rows into it."""
    told = ", ".join(f'"{name}" {kind}' for name, kind in columns)
    database.execute(f"CREATE TABLE {table} ({told})")
    if not rows:
        return
    arrays: dict[str, Any] = {
        name: np.array(values, dtype=_NUMPY.get(kind, object))
        for (name, kind), values in zip(columns, zip(*rows, strict=True), strict=True)
    }
    database.register("arrays", arrays)
    chosen = ", ".join(f'"{name}"::{kind}' for name, kind in columns)
    database.execute(f"INSERT INTO {table} SELECT {chosen} FROM arrays")
    database.unregister("arrays")


def quoted(path: Path) -> str:
    """A path as SQL has it."""
    return "'" + str(path).replace("'", "''") + "'"
