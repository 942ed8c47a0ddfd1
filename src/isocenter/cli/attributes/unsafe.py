"""``--unsafe-all-values``: the option of all subcommands, and what is said when it is given."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

UnsafeAllValues: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--unsafe-all-values", help="Every value, of data known to hold nobody's identity."
    ),
]


def warn(what: str) -> None:
    """Say on standard error that values are not withheld."""
    typer.echo(f"isocenter: warning: --unsafe-all-values: {what}, names included", err=True)
