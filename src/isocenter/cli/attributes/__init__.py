"""``isocenter attributes``: what files and archives have in their attributes, and how it should be."""

from __future__ import annotations

import typer

from isocenter.cli.attributes.check import check_command
from isocenter.cli.attributes.site import site_command

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Check and count the attributes of DICOM files.",
)
app.command("check")(check_command)
app.command("site")(site_command)


@app.callback()
def group() -> None:
    """Check and count the attributes of DICOM files."""
