"""``isocenter attributes report``: a profile summed up, in the terminal or as files."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isocenter.cli.attributes.unsafe import UnsafeAllValues, warn
from isocenter.core.listing import printable

if TYPE_CHECKING:
    from rich.text import Text

    from isocenter.attributes.report import AttributeRow, Report
    from isocenter.attributes.reportfiles import Form

_BESIDE_A_TERMINAL = 5_000
"""Columns where nobody looks at a screen: no line is broken, so that ``grep`` finds what it should."""
_MANY = "… {:,} more"


def report_command(  # noqa: PLR0913 - one argument per option
    profile: Annotated[Path, typer.Argument(metavar="PROFILE", help="Folder of a profile.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, whole.")] = False,
    csv: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write each table whole as CSV into a folder."),
    ] = None,
    parquet: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write each table whole as Parquet into a folder."),
    ] = None,
    number: Annotated[
        int, typer.Option(metavar="N", min=1, help="Rows of each table in the terminal.")
    ] = 20,
    examples: Annotated[
        bool,
        typer.Option("--examples/--no-examples", help="Whether violations name a file."),
    ] = True,
    k: Annotated[
        int, typer.Option("--patients", "-k", metavar="K", min=1, help="Patients a value needs.")
    ] = 5,
    unsafe_all_values: UnsafeAllValues = False,
) -> None:
    """Sum up a profile: coverage, filled and empty attributes, violations, makers.

    Exit code 0: told. 2: could not run.
    """
    # DuckDB: what --help need not wait for
    from isocenter.attributes.profile import Profile  # noqa: PLC0415
    from isocenter.attributes.report import report  # noqa: PLC0415
    from isocenter.attributes.reportfiles import Form, report_json  # noqa: PLC0415

    if unsafe_all_values:
        warn("the report withholds nothing")
    with Profile(profile, k=k, unsafe=unsafe_all_values) as opened:
        made = report(opened, examples=examples)
    for folder, form in ((csv, Form.CSV), (parquet, Form.PARQUET)):
        if folder is not None:
            _write(made, folder, form)
    if as_json:
        sys.stdout.write(report_json(made).decode())
    elif csv is None and parquet is None:
        _show(made, number)


def _write(report: Report, folder: Path, form: Form) -> None:
    from isocenter.attributes.reportfiles import write_tables  # noqa: PLC0415

    for path in write_tables(report, folder, form):
        typer.echo(f"written: {path}", err=True)


def _show(report: Report, number: int) -> None:
    screen = _Screen(number)
    totals = report.totals
    screen.say(
        f"{totals.files:,} files, {totals.series:,} series, {totals.patients:,} patients; "
        f"{totals.failed:,} files could not be read, {totals.left_out:,} were not in the sample"
    )
    if report.unsafe:
        screen.say("--unsafe-all-values: nothing is withheld, names included")
    values, attributes = report.withheld
    screen.say(f"withheld: {values:,} values of {attributes:,} attributes")
    screen.table(
        "Coverage",
        ("number", "count", "of", "%", "counted", "of what"),
        (
            (one.name, one.covered, one.total, f"{100 * one.share:.2f}", one.counted, one.of)
            for one in report.ratios
        ),
    )
    screen.table(
        "Coverage by module and Type: attributes with a value / expected",
        ("IOD", "module", "usage", "1", "1C", "2", "2C", "3"),
        _types(report),
    )
    _show_groups(screen, report)
    columns = ("attribute", "files", "with value", "%", "series", "patients", "VR")
    screen.table("Most filled", columns, map(_attribute, report.most_filled(number)))
    screen.table("Least filled", columns, map(_attribute, report.least_filled(number)))
    _show_violations(screen, report)
    screen.table(
        "Private creators",
        ("creator", "attributes", "files, at least", "in the dictionary"),
        ((one.creator, one.attributes, one.files, _yes(one.known)) for one in report.creators),
    )


def _show_groups(screen: _Screen, report: Report) -> None:
    titles = {"sop_class": "SOP classes", "modality": "Modalities", "manufacturer": "Manufacturers"}
    for by, title in titles.items():
        screen.table(
            title,
            ("", "files", "series", "patients", "paths", "with value"),
            ((row.name or "(none)", *row[2:]) for row in report.groups if row.by == by),
        )


def _show_violations(screen: _Screen, report: Report) -> None:
    kinds = Counter(row.flag for row in report.violations)
    for flag in sorted(kinds):
        screen.table(
            f"{flag}: {kinds[flag]:,} attributes",
            ("attribute", "files", "series", "patients", "for example"),
            (
                (row.keyword, row.files, row.series, row.patients, row.example)
                for row in report.violations
                if row.flag == flag
            ),
        )


def _types(report: Report) -> Iterator[tuple[object, ...]]:
    """A row for each module of an IOD, with the Types as columns."""
    rows: dict[tuple[str, str, str], dict[str, str]] = {}
    for one in report.types:
        place = rows.setdefault((one.iod, one.module, one.usage), {})
        place[one.type] = f"{one.filled}/{one.expected}"
    for module, kinds in rows.items():
        yield (*module, *(kinds.get(kind, "") for kind in ("1", "1C", "2", "2C", "3")))


def _attribute(row: AttributeRow) -> tuple[object, ...]:
    share = f"{100 * row.filled:.0f}"
    return row.keyword, row.files, row.files_with_value, share, row.series, row.patients, row.vrs


def _yes(known: bool) -> str:  # noqa: FBT001 - what the column shows
    return "yes" if known else "no"


class _Screen:
    """Tables of at most so many rows, as wide as the terminal is."""

    def __init__(self, number: int) -> None:
        from rich.console import Console  # noqa: PLC0415 - what --json need not wait for

        self.number = number
        self.console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
        if not self.console.is_terminal:
            self.console.width = _BESIDE_A_TERMINAL

    def say(self, line: str) -> None:
        """A line of text."""
        self.console.print(line)

    def table(self, title: str, columns: Iterable[str], rows: Iterable[tuple[object, ...]]) -> None:
        """A table with a heading; nothing when it has no rows."""
        from rich.table import Table  # noqa: PLC0415

        every = list(rows)
        if not every:
            return
        made = Table(box=None, pad_edge=False, header_style="bold")
        numeric = [all(isinstance(row[at], int) for row in every) for at in range(len(every[0]))]
        for name, is_number in zip(columns, numeric, strict=True):
            made.add_column(name, justify="right" if is_number else "left", overflow="fold")
        for row in every[: self.number]:
            made.add_row(*map(_cell, row))
        self.console.print()
        self.console.print(title, style="bold")
        self.console.print(made)
        if len(every) > self.number:
            self.console.print(_MANY.format(len(every) - self.number))


def _cell(value: object) -> Text:
    from rich.text import Text  # noqa: PLC0415

    return Text(printable(f"{value:,}" if isinstance(value, int) else str(value)))
