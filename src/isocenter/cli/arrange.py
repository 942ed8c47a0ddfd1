"""``isocenter arrange``: any folder, File-set or zip becomes a tree by age."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isocenter.errors import Level, UsageError, worst
from isocenter.library.arrange.options import ArrangeOptions, Transcode, Transfer

if TYPE_CHECKING:
    from isocenter.library.arrange.job import Arranged

FINISHED_WITH_ERRORS = 1


def arrange_command(  # noqa: PLR0913 - one argument per option
    source: Annotated[Path, typer.Argument(metavar="SRC", help="Folder, DICOMDIR, file or zip.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Where the tree goes.")],
    *,
    link: Annotated[bool, typer.Option("--link", help="Link the files; the default.")] = False,
    copy: Annotated[bool, typer.Option("--copy", help="Copy the files.")] = False,
    move: Annotated[
        bool, typer.Option("--move", help="Move the files: removed from SRC when they are in OUT.")
    ] = False,
    transcode: Annotated[
        Transcode, typer.Option(help="What the ReV viewer cannot decode is written so.")
    ] = Transcode.NONE,
    workers: Annotated[
        int, typer.Option(metavar="N", min=0, help="Worker processes; 0 is one per core.")
    ] = 0,
) -> int:
    """Arrange DICOM files into a tree of YY-yr/MM-mo/EX-ex/SERIES/files.

    Exit code 0: no errors. 1: finished, but some files could not be read or placed
    (findings.json names them). 2: could not run.
    """
    options = ArrangeOptions(source, output, _transfer(link, copy, move), transcode)
    made = arranged(options, workers)
    from isocenter.cli.console import finding_lines, say  # noqa: PLC0415 - see arranged()

    for line in finding_lines(made.findings, notes="notes"):
        say(line)
    say(f"The tree is in {output}")
    return FINISHED_WITH_ERRORS if worst(made.findings) is Level.ERROR else 0


def _transfer(link: bool, copy: bool, move: bool) -> Transfer:  # noqa: FBT001 - as told
    chosen = [way for way, told in zip(Transfer, (link, copy, move), strict=True) if told]
    if len(chosen) > 1:
        raise UsageError("choose one of --link, --copy and --move")
    return chosen[0] if chosen else Transfer.LINK


def arranged(options: ArrangeOptions, workers: int) -> Arranged:
    """Arrange with progress, and say what was done."""
    started = time.perf_counter()
    # rich and the codecs: what --help need not wait for
    from isocenter.cli.console import progress, say  # noqa: PLC0415
    from isocenter.library.arrange.job import arrange, find  # noqa: PLC0415

    found = find(options)
    with progress(len(found.names), "files") as advance:
        made = arrange(options, workers=workers, progress=advance, found=found)
    say(
        f"{made.studies:,} studies, {made.series:,} series, {made.instances:,} instances;"
        f" placed now: {made.new:,}"
    )
    say(f"{time.perf_counter() - started:.1f} s")
    return made
