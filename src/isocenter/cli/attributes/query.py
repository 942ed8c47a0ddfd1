"""``isocenter attributes query``: a question in SQL, answered as a table, JSON or CSV."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isocenter.cli.attributes.unsafe import UnsafeAllValues, warn
from isocenter.errors import UsageError

if TYPE_CHECKING:
    from isocenter.attributes.query import Answer


def query_command(  # noqa: PLR0913 - one argument per option
    profile: Annotated[Path, typer.Argument(metavar="PROFILE", help="Folder of a profile.")],
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT over the views.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array of objects.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV with a header.")] = False,
    k: Annotated[
        int, typer.Option("--patients", "-k", metavar="K", min=1, help="Patients a value needs.")
    ] = 5,
    unsafe_all_values: UnsafeAllValues = False,
) -> None:
    """Ask a profile in SQL (DuckDB).

    Views: attributes, contexts, different, files, findings, numbers, patterns, presence,
    series, values, values_by_context, violating_files, violations, withheld.
    """
    # DuckDB and rich: what --help need not wait for
    from isocenter.attributes.profile import Profile  # noqa: PLC0415
    from isocenter.attributes.query import query  # noqa: PLC0415

    if as_json and as_csv:
        raise UsageError("choose one of --json and --csv")
    if unsafe_all_values:
        warn("the answer withholds nothing")
    with Profile(profile, k=k, unsafe=unsafe_all_values) as opened:
        answer = query(opened, sql)
    if as_json:
        _write_json(answer)
    elif as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(answer.columns)
        writer.writerows(answer.rows)
    else:
        _show(answer)


def _write_json(answer: Answer) -> None:
    import orjson  # noqa: PLC0415

    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    text = orjson.dumps(rows, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    sys.stdout.write(text.decode())


def _show(answer: Answer) -> None:
    from isocenter.cli.console import table  # noqa: PLC0415

    table(answer.columns, answer.rows)
