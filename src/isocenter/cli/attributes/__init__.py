"""``isocenter attributes``: what files and archives have in their attributes, and how it should be.

Each subcommand is a module here, which imports what it works with when it is called.
"""

from __future__ import annotations

from importlib import import_module

import typer

COMMANDS = {
    "check": "check_command",
    "examples": "examples_command",
    "merge": "merge_command",
    "query": "query_command",
    "report": "report_command",
    "scan": "scan_command",
    "site": "site_command",
}
"""Subcommands: each the name of a module here, and what of it is the command."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Check and count the attributes of DICOM files.",
)
for _name, _command in COMMANDS.items():
    app.command(_name)(getattr(import_module(f"{__name__}.{_name}"), _command))


@app.callback()
def group() -> None:
    """Check and count the attributes of DICOM files."""
