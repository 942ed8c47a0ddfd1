"""``isocenter show``: data sets as a tree of text or as DICOM JSON.

What is shown goes to standard output, what could not be shown to standard error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from isocenter.cli.lines import Bulk, Options
from isocenter.cli.targets import files, target
from isocenter.cli.views import Json, Tree

NOT_ALL_SHOWN = 1


def show_command(
    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE[::PATH]...",
            help="Files, or folders for the first file of each series; with an element path "
            "such as BeamSequence[0].BeamName only what it leads to.",
        ),
    ],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="DICOM JSON Model (PS3.18 F) instead of a tree.")
    ] = False,
    bulk: Annotated[
        Bulk,
        typer.Option(
            help="Binary values of more than 768 bytes in the JSON: a reference to where they "
            "lie (BulkDataURI), or the bytes in base64 (InlineBinary)."
        ),
    ] = Bulk.REFERENCE,
    private: Annotated[
        bool, typer.Option("--private/--no-private", help="Whether private elements are shown.")
    ] = True,
    values: Annotated[
        int, typer.Option(metavar="LENGTH", min=0, help="Characters of a value; 0 is all.")
    ] = 80,
) -> int:
    """Show what is in DICOM files.

    Exit code 0: all shown. 1: a file or value could not be read whole, or the path leads
    to nothing in it. 2: could not run.
    """
    wanted = [target(text) for text in targets]
    options = Options(private=private, values=values, bulk=bulk)
    is_single = len(wanted) == 1 and not wanted[0].path.is_dir()
    view = Json if as_json else Tree
    shown = view(options, is_single=is_single)
    with until_the_reader_leaves():
        for one in wanted:
            for file in files(one, shown.complain):
                shown.file(file)
        shown.end()
    return NOT_ALL_SHOWN if shown.failed else 0


@contextmanager
def until_the_reader_leaves() -> Iterator[None]:
    """End quietly when nobody reads on, as behind ``| head``."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # what is still buffered has to go somewhere when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
