"""``isocenter build``: a tree of DICOM files becomes a library."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from isocenter.errors import Level, worst
from isocenter.files.target import Placement

FINISHED_WITH_ERRORS = 1


def build_command(
    source: Annotated[
        Path, typer.Argument(metavar="SRC", help="Tree of YY-yr/MM-mo/EX-ex/SERIES/files.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-O", "--output", metavar="OUT", help="Where the library goes; default: into SRC."
        ),
    ] = None,
    *,
    workers: Annotated[
        int, typer.Option(metavar="N", min=0, help="Worker processes; 0 is one per core.")
    ] = 0,
    dicom: Annotated[
        Placement, typer.Option(help="How the DICOM files get into OUT.")
    ] = Placement.LINK,
    server: Annotated[
        str,
        typer.Option(
            "-S", "--server", metavar="URL", help="ReV viewer that the example pages lead to."
        ),
    ] = "",
) -> int:
    """Turn a tree of DICOM files into a library of pictures, descriptors and pages.

    Exit code 0: no errors. 1: finished, but some images could not be read whole
    (findings.json names them). 2: could not run.
    """
    started = time.perf_counter()
    # numpy, Pillow, Jinja2 and rich: 150 ms that other commands and --help need not wait for
    from isocenter.cli.console import progress, summary  # noqa: PLC0415
    from isocenter.library.build import build, plan  # noqa: PLC0415
    from isocenter.library.model import SeriesResult  # noqa: PLC0415
    from isocenter.library.options import BuildOptions  # noqa: PLC0415

    options = BuildOptions(source, output or source, placement=dicom, server=server)
    tree = plan(options)
    with progress(len(tree.series), "series") as advance:

        def report(result: SeriesResult) -> None:
            advance(1, result.frame_count)

        library = build(options, workers=workers, progress=report, tree=tree)
    summary(library, options.output, time.perf_counter() - started)
    return FINISHED_WITH_ERRORS if worst(library.all_findings) is Level.ERROR else 0
