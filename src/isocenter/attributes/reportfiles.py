"""The tables of a report as files: CSV, Parquet, or one JSON object.

Each table is one file, ``NAME.csv`` or ``NAME.parquet``, that appears whole or not at all. Without the
rule for values it is ``NAME.unsafe.csv``, and the object says so.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

import duckdb
import orjson

from isocenter.attributes.report import Report
from isocenter.attributes.tables import insert, quoted
from isocenter.files.target import Folder

_KINDS = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN"}


class Form(StrEnum):
    """What kind of files the tables become."""

    CSV = "csv"
    """Comma-separated values with a header, UTF-8."""
    PARQUET = "parquet"
    """Typed columns, for data frames and SQL."""


def write_tables(report: Report, folder: Path, form: Form) -> Iterator[Path]:
    """Write every table; the files, as they are written.

    Raises:
        OSError: one cannot be written; those before it are there.
    """
    target = Folder(folder)
    target.make("")
    make = _csv if form is Form.CSV else _parquet
    for name, (row, rows) in report.tables().items():
        file = f"{name}{'.unsafe' if report.unsafe else ''}.{form}"
        target.write(file, make(row, rows))
        yield target.path(file)


def report_json(report: Report) -> bytes:
    """The whole report as one object, its tables as arrays of objects."""
    tables = {
        name: [row._asdict() for row in rows]  # type: ignore[attr-defined]  # named tuples all
        for name, (_, rows) in report.tables().items()
    }
    head: dict[str, Any] = {
        "totals": report.totals._asdict(),
        "withheld": dict(zip(("values", "attributes"), report.withheld, strict=True)),
        "without_iod": report.coverage.without_iod,
    }
    if report.unsafe:
        head["unsafe_all_values"] = True
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(head | tables, option=option)


def _csv(row: type[NamedTuple], rows: Sequence[tuple[object, ...]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(row._fields)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8", "backslashreplace")


def _parquet(row: type[NamedTuple], rows: Sequence[tuple[object, ...]]) -> bytes:
    kinds = get_type_hints(row)
    columns = tuple((name, _KINDS[kinds[name]]) for name in row._fields)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(":memory:") as database:
        path = Path(folder) / "table.parquet"
        insert(database, "rows", columns, rows)
        database.execute(f"COPY rows TO {quoted(path)} (FORMAT parquet)")
        return path.read_bytes()
