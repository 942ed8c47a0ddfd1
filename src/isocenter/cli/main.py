"""The ``isocenter`` command: its subcommands, and how it ends.

Exit codes: 0 done without errors, 1 finished but not all could be read whole,
2 could not run (one line on standard error says why), 130 interrupted.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from isocenter._version import __version__
from isocenter.cli.arrange import arrange_command
from isocenter.cli.build import build_command
from isocenter.cli.codify import codify_command
from isocenter.cli.deidentify import deidentify_command
from isocenter.cli.export import export_command
from isocenter.cli.fileset import app as fileset_app
from isocenter.cli.rev import rev_command
from isocenter.cli.show import show_command
from isocenter.cli.view import view_command
from isocenter.errors import UsageError

COULD_NOT_RUN = 2
INTERRUPTED = 130

# typer carries its own copy of click since 0.26; this finds the root of either's errors
CommandLineError: Any = next(
    kind for kind in typer.BadParameter.mro() if kind.__name__ == "ClickException"
)

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("arrange")(arrange_command)
app.command("build")(build_command)
app.command("show")(show_command)
app.command("codify")(codify_command)
app.command("deidentify")(deidentify_command)
app.command("export")(export_command)
app.command("view")(view_command)
app.command("rev")(rev_command)
app.add_typer(fileset_app, name="fileset")


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer's callback
    if wanted:
        typer.echo(f"isocenter {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Point it at DICOM, get a library."""
    del version


def main(arguments: list[str] | None = None) -> None:
    """Run the command and leave with its exit code; never a traceback for a user's mistake."""
    try:
        code = app(arguments, standalone_mode=False)
    except CommandLineError as error:
        _complain(f"{error.format_message().rstrip('.')}; see 'isocenter --help'")
    except UsageError as error:
        _complain(str(error))
    except OSError as error:
        _complain(f"{error.filename or 'output'}: {error.strerror or error}")
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:  # typer makes this code of a KeyboardInterrupt
        typer.echo("isocenter: interrupted; every file that was written is whole", err=True)
    sys.exit(code or 0)


def _complain(message: str) -> None:
    line = " ".join(message.split())
    typer.echo(f"isocenter: {line}".encode("utf-8", "backslashreplace").decode(), err=True)
    sys.exit(COULD_NOT_RUN)
