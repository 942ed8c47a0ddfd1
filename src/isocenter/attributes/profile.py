"""A profile opened: its numbers as frozen values, and as tables.

In: the folder of a profile. Out: counts of files, series and patients by path and context, and
what may be told of values. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import duckdb

from isocenter.attributes import manifest
from isocenter.attributes.findings import findings_of
from isocenter.attributes.manifest import SHARDS, Manifest
from isocenter.attributes.naming import (
    ShownPath,
    is_defined,
    patients_of_creators,
    shown_paths,
)
from isocenter.attributes.tables import TABLES, insert, quoted
from isocenter.attributes.views import (
    DIMENSIONS,
    MACROS,
    presence_query,
    values_query,
    view_statements,
    violations_query,
)
from isocenter.errors import Finding, UsageError
from isocenter.standard.dictionary import is_known_creator

PATIENTS = 5
"""How many different patients have to have a value before it is told."""


_KINDS = {"str": "VARCHAR", "bool": "BOOLEAN"}


class Totals(NamedTuple):
    """What there is in a profile as a whole; ``files`` are those that were walked."""

    files: int
    series: int
    patients: int
    failed: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Context:
    """Files of one kind. What may not be told is ``withheld``, what is absent is empty."""

    sop_class: str = ""
    modality: str = ""
    manufacturer: str = ""
    model: str = ""


EVERYWHERE = Context()
"""The context of what was not asked by context."""


@dataclass(frozen=True, slots=True)
class ContextCount:
    """How much there is of a context."""

    context: Context
    files: int
    series: int
    patients: int


@dataclass(frozen=True, slots=True)
class Presence:
    """Where a path occurs: in how many files, series and patients of a context.

    ``files_with_value`` have it with a non-empty value, a sequence with an item. ``vrs`` are those found. ``flags`` tells of
    how many files have it with which flag, such as ``{"other-vr": 3}``.
    """

    context: Context
    path: str
    keyword: str
    files: int
    files_with_value: int
    occurrences: int
    series: int
    patients: int
    vrs: tuple[str, ...]
    lengths: tuple[int, int]
    vms: tuple[int, int]
    flags: dict[str, int]

    @property
    def sop_class(self) -> str:
        """The SOP Class UID of the context."""
        return self.context.sop_class


@dataclass(frozen=True, slots=True)
class Value:
    """A value that may be told, and how much it occurs."""

    context: Context
    path: str
    keyword: str
    vr: str
    value: str
    files: int
    series: int
    patients: int


@dataclass(frozen=True, slots=True)
class Withheld:
    """Values of a path that fewer patients have than it takes to tell them."""

    path: str
    keyword: str
    different_values: int
    files: int


@dataclass(frozen=True, slots=True)
class Violation:
    """Elements with a flag, and a file that has one."""

    path: str
    keyword: str
    flag: str
    files: int
    series: int
    patients: int
    example: str


class Profile(AbstractContextManager["Profile"]):
    """A profile to read.

    Args:
        folder: where it is.
        k: how many different patients have to have a value before it is told.
        unsafe: tell every value, of a profile that was scanned so.

    Raises:
        UsageError: there is no profile, it is broken, or values were not kept.
    """

    def __init__(self, folder: Path | str, *, k: int = PATIENTS, unsafe: bool = False) -> None:
        self.folder, self.k = Path(folder), k
        if k < 1:
            raise UsageError(f"a value is told of 1 or more patients, not of {k}")
        self.manifest: Manifest = manifest.load(self.folder)
        if unsafe and not self.manifest.unsafe:
            raise UsageError(f"{folder} was not scanned with --unsafe-all-values")
        self.unsafe, self._confined = unsafe, False
        self.database = duckdb.connect(":memory:")
        try:
            self.paths: tuple[ShownPath, ...] = self._prepare()
        except duckdb.Error as error:
            raise UsageError(f"{folder} is a broken profile: {_line(error)}") from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.database.close()

    # --- what is asked ------------------------------------------------------------------------

    def totals(self) -> Totals:
        """What there is as a whole."""
        (row,) = self.rows(
            "SELECT count(*) FILTER (state = 'walked'), count(DISTINCT u.series),"
            " count(DISTINCT u.patient), count(*) FILTER (state = 'failed'),"
            " count(*) FILTER (state = 'left out')"
            " FROM raw_files LEFT JOIN raw_units u USING (unit)"
        )
        return Totals(*row)

    def contexts(self, by: Sequence[str] = DIMENSIONS) -> tuple[ContextCount, ...]:
        """The contexts, those with most files first.

        Args:
            by: see :meth:`presence`; a series or patient of several contexts counts in each.
        """
        columns = _columns(by)
        rows = self.rows(
            f"SELECT {columns} sum(files)::BIGINT AS files, count(DISTINCT series),"
            f" count(DISTINCT patient) FROM series GROUP BY ALL ORDER BY {columns} files"
        )
        rows.sort(key=lambda row: -row[len(by)])
        parts = len(by)
        return tuple(ContextCount(_context(by, row[:parts]), *row[parts:]) for row in rows)

    def presence(self, by: Sequence[str] = ("sop_class",)) -> Iterator[Presence]:
        """Where each path occurs, in the order of contexts and paths.

        Args:
            by: which of ``sop_class``, ``modality``, ``manufacturer``, ``model`` to tell apart;
                none counts all files together.

        Raises:
            UsageError: there is no such part of a context.
        """
        columns = _columns(by)
        flags: dict[tuple[Any, ...], dict[str, int]] = {}
        for *key, flag, files in self.rows(
            f"SELECT {columns} path, flag, sum(files)::BIGINT FROM violations GROUP BY ALL"
        ):
            flags.setdefault(tuple(key), {})[flag] = files
        for row in self.rows(f"{presence_query(columns)} ORDER BY {columns} p.path"):
            told, (path, keyword, *counts) = row[: len(by)], row[len(by) :]
            files, valued, occurrences, vrs, *ends, series, patients = counts
            yield Presence(
                context=_context(by, told),
                path=path,
                keyword=keyword,
                files=files,
                files_with_value=valued,
                occurrences=occurrences,
                series=series,
                patients=patients,
                vrs=tuple(vrs),
                lengths=(ends[0], ends[1]),
                vms=(ends[2], ends[3]),
                flags=flags.get((*told, path), {}),
            )

    def values(self, by: Sequence[str] = ()) -> Iterator[Value]:
        """The values that may be told, those of most patients first for each path.

        Args:
            by: see :meth:`presence`. The rule is applied to each context by itself.
        """
        columns = _columns(by)
        rows = self.rows(
            f"{values_query(columns, self.k, unsafe=self.unsafe)}"
            f" ORDER BY {columns} p.path, patients DESC, series DESC, files DESC, r.text"
        )
        for row in rows:
            yield Value(_context(by, row[: len(by)]), *row[len(by) :])

    def withheld(self) -> tuple[Withheld, ...]:
        """How many values of which paths too few patients have."""
        return tuple(Withheld(*row) for row in self.rows("SELECT * FROM withheld ORDER BY path"))

    def violations(self) -> tuple[Violation, ...]:
        """What is remarkable about elements, by path, with a file for each."""
        rows = self.rows(
            f"WITH counted AS ({violations_query()})"
            " SELECT counted.*, (SELECT min(e.file) FROM violating_files e"
            " WHERE e.path = counted.path AND e.flag = counted.flag)"
            " FROM counted ORDER BY path, flag"
        )
        return tuple(Violation(*row) for row in rows)

    def findings(self) -> tuple[Finding, ...]:
        """What was wrong with files, in the order of their paths."""
        return findings_of(self.folder, self.manifest.shards)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query of our own."""
        return self.database.execute(query).fetchall()

    def confine(self) -> None:
        """Let the database open no file but the shards, from now on."""
        folders = [str(self.folder.absolute() / SHARDS)]
        if not self._confined:
            self.database.execute("SET allowed_directories = ?", [folders])
            self.database.execute("SET enable_external_access = false")
            self.database.execute("SET lock_configuration = true")
            self._confined = True

    # --- how it is prepared -------------------------------------------------------------------

    @property
    def _least(self) -> int:
        return 0 if self.unsafe else self.k

    def _prepare(self) -> tuple[ShownPath, ...]:
        for name in TABLES:
            self.database.execute(f"CREATE VIEW raw_{name}_rows AS {self._shards(name)}")
            distinct = "DISTINCT" if name in {"contexts", "units"} else ""
            kind = "TABLE" if distinct else "VIEW"
            self.database.execute(
                f"CREATE {kind} raw_{name} AS SELECT {distinct} * FROM raw_{name}_rows"
            )
        for macro in MACROS:
            self.database.execute(macro)
        paths = self._show_paths()
        self._show_contexts()
        statements = view_statements(self.k, unsafe=self.unsafe)
        for name in sorted(statements, key=lambda name: name != "files"):
            self.database.execute(f"CREATE VIEW {name} AS {statements[name]}")
        return paths

    def _shards(self, table: str) -> str:
        if not self.manifest.shards:
            columns = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in TABLES[table])
            return f"SELECT {columns} LIMIT 0"
        files = (
            quoted(self.folder.absolute() / SHARDS / key / f"{table}.parquet")
            for key in self.manifest.shards
        )
        return f"SELECT * FROM read_parquet([{', '.join(files)}])"

    def _show_paths(self) -> tuple[ShownPath, ...]:
        paths = [path for (path,) in self.rows("SELECT DISTINCT path FROM raw_presence")]
        patients = {} if self.unsafe else patients_of_creators(self.database, paths)
        shown = shown_paths(
            paths,
            lambda creator: (
                self.unsafe or is_known_creator(creator) or patients.get(creator, 0) >= self.k
            ),
        )
        columns = tuple((one.name, _KINDS[str(one.type)]) for one in fields(ShownPath))
        insert(self.database, "shown_paths", columns, [astuple(one) for one in shown])
        return tuple(shown)

    def _show_contexts(self) -> None:
        told = {name: self._told(name) for name in DIMENSIONS}
        rows = [
            [
                number,
                *(told[name].get(value, "") for name, value in zip(DIMENSIONS, parts, strict=True)),
            ]
            for number, *parts in self.rows("SELECT * FROM raw_contexts")
        ]
        columns = (("context", "UBIGINT"), *((name, "VARCHAR") for name in DIMENSIONS))
        insert(self.database, "shown_contexts", columns, rows)

    def _told(self, dimension: str) -> dict[str, str]:
        """The values of a part of the contexts -> what is told of them."""
        rows = self.rows(
            f"SELECT {dimension}, count(DISTINCT patient) FROM raw_files"
            " JOIN raw_contexts USING (context) JOIN raw_units USING (unit) GROUP BY 1"
        )
        return {
            value: value
            if not value or patients >= self._least or is_defined(dimension, value)
            else "withheld"
            for value, patients in rows
        }


def _columns(by: Sequence[str]) -> str:
    for name in by:
        if name not in DIMENSIONS:
            raise UsageError(f"a context has {', '.join(DIMENSIONS)}, no {name}")
    return "".join(f"{name}, " for name in by)


def _context(by: Sequence[str], told: Sequence[str]) -> Context:
    return Context(**dict(zip(by, told, strict=True)))


def _line(error: duckdb.Error) -> str:
    return " ".join(str(error).split())
