"""Questions in SQL: one SELECT over the views of a profile, and nothing else.

The statement is taken apart before it runs: it may name the views and what it defines itself, and call no
function that makes tables but those of numbers and lists. While it runs, DuckDB may open no
file but the shards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import duckdb

from isocenter.attributes.profile import Profile
from isocenter.attributes.views import view_statements
from isocenter.errors import UsageError

_TABLE_FUNCTIONS = frozenset({"generate_series", "range", "unnest"})
_REFUSED_FUNCTIONS = frozenset({"getenv", "current_setting", "query", "query_table"})


@dataclass(frozen=True, slots=True)
class Answer:
    """The columns of an answer, and its rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def arrow(self) -> Any:
        """The answer as an Arrow table.

        Raises:
            ModuleNotFoundError: pyarrow is not installed.
        """
        arrow = import_module("pyarrow")  # not needed to run
        columns = [*zip(*self.rows, strict=True)] or [()] * len(self.columns)
        return arrow.table([arrow.array(one) for one in columns], names=[*self.columns])

    def df(self) -> Any:
        """The answer as a pandas data frame.

        Raises:
            ModuleNotFoundError: pandas is not installed.
        """
        return import_module("pandas").DataFrame(self.rows, columns=[*self.columns])


def query(profile: Profile, sql: str) -> Answer:
    """Ask a profile.

    Args:
        profile: what to ask; what it withholds is in no answer.
        sql: one SELECT over the views of docs/attributes.md.

    Raises:
        UsageError: it is no such statement, or DuckDB refuses it.
    """
    _check(profile.database, sql)
    try:
        profile.confine()
        found = profile.database.execute(sql)
        columns = tuple(column[0] for column in found.description or ())
        return Answer(columns, tuple(found.fetchall()))
    except duckdb.Error as error:
        raise UsageError(_line(error)) from error


def _check(database: duckdb.DuckDBPyConnection, sql: str) -> None:
    (text,) = database.execute("SELECT json_serialize_sql(?)", [sql]).fetchone() or ("{}",)
    tree = json.loads(text)
    if tree.get("error"):
        raise UsageError(" ".join(str(tree.get("error_message")).split()))
    if len(tree["statements"]) != 1:
        raise UsageError("one SELECT is asked at a time")
    nodes = [*_nodes(tree)]
    views = view_statements(1, unsafe=True).keys()
    own = {one["key"].lower() for node in nodes for one in _defined(node)}
    for node in nodes:
        kind = node.get("type")
        if kind == "BASE_TABLE":
            _check_table(node, views | own)
        elif kind == "TABLE_FUNCTION":
            name = str(node.get("function", {}).get("function_name", "")).lower()
            if name not in _TABLE_FUNCTIONS:
                raise UsageError(f"{name} is not to be called here; ask the views")
        elif kind == "FUNCTION":
            name = str(node.get("function_name", "")).lower()
            if name in _REFUSED_FUNCTIONS or name.startswith(("read_", "pragma_", "duckdb_")):
                raise UsageError(f"{name} is not to be called here; ask the views")
        elif kind == "SHOW_REF" and not node.get("query"):
            raise UsageError("only SELECT is answered; docs/attributes.md has the views")


def _check_table(node: dict[str, Any], known: set[str]) -> None:
    name = str(node.get("table_name", ""))
    if name.lower() not in known or node.get("schema_name") or node.get("catalog_name"):
        views = ", ".join(sorted(view_statements(1, unsafe=True)))
        raise UsageError(f"{name} is no view; there are {views}")


def _defined(node: dict[str, Any]) -> list[dict[str, Any]]:
    """What a WITH defines."""
    held = node.get("cte_map")
    return held.get("map", []) if isinstance(held, dict) else []


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON tree."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _line(error: duckdb.Error) -> str:
    return " ".join(str(error).split())
