"""The ``isocenter`` command: its subcommands, and how it ends.

Exit codes: 0 done without errors, 1 finished but not all could be read whole,
2 could not run (one line on standard error says why), 130 interrupted.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any

import typer

from isocenter._version import __version__
from isocenter.errors import UsageError

COULD_NOT_RUN = 2
INTERRUPTED = 130

# typer carries its own copy of click since 0.26; this finds the root of either's errors
CommandLineError: Any = next(
    kind for kind in typer.BadParameter.mro() if kind.__name__ == "ClickException"
)

COMMANDS = {
    "arrange": "arrange_command",
    "attributes": "app",
    "build": "build_command",
    "show": "show_command",
    "codify": "codify_command",
    "deidentify": "deidentify_command",
    "export": "export_command",
    "view": "view_command",
    "rev": "rev_command",
    "fileset": "app",
}
"""Subcommands: each the name of a module here, and what of it is the command."""


def _app(arguments: list[str]) -> typer.Typer:
    """The command line, with the subcommand that is asked for, or with all of them.

    A module is imported with its command: half of them bring numpy and the codecs.
    """
    asked = next((one for one in arguments if not one.startswith("-")), "")
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.callback()(root)
    for name in [asked] if asked in COMMANDS else COMMANDS:
        command = getattr(import_module(f"isocenter.cli.{name}"), COMMANDS[name])
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer's callback
    if wanted:
        typer.echo(f"isocenter {__version__}")
        raise typer.Exit


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
        given = sys.argv[1:] if arguments is None else arguments
        code = _app(given)(given, standalone_mode=False)
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
