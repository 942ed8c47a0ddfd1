"""``isocenter build``: DICOM files become a library."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isocenter.errors import Finding, Level, UsageError, worst
from isocenter.files.target import Placement
from isocenter.library.model import Layout

if TYPE_CHECKING:
    from isocenter.library.options import BuildOptions

FINISHED_WITH_ERRORS = 1


def build_command(  # noqa: PLR0913 - one argument per option
    source: Annotated[
        Path,
        typer.Argument(metavar="SRC", help="Tree of YY-yr/MM-mo/EX-ex/SERIES, or any folder."),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-O",
            "--output",
            metavar="OUT",
            help="Where the library goes; default, for a tree by age: into SRC.",
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
    arrange: Annotated[
        bool,
        typer.Option("--arrange", help="Arrange any folder, DICOMDIR or zip into OUT first."),
    ] = False,
    layout: Annotated[
        Layout | None,
        typer.Option(help="By age (rev) or by patient (study); default: what SRC is."),
    ] = None,
    windows: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME:CENTER,WIDTH",
            help="Render grey images in this window too; may be given more than once.",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Build every series again, changed or not.")
    ] = False,
    timeout: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=0,
            help="Give a file up after so long without progress; 0: never.",
        ),
    ] = 300.0,
) -> int:
    """Turn DICOM files into a library of pictures, descriptors and pages.

    What has not changed since the last build is not read again.

    Exit code 0: no errors. 1: finished, but some images could not be read whole
    (findings.json names them). 2: could not run.
    """
    started = time.perf_counter()
    # numpy, Pillow, Jinja2 and rich: 150 ms that other commands and --help need not wait for
    from isocenter.cli.console import progress, report_build  # noqa: PLC0415
    from isocenter.library.build import opened  # noqa: PLC0415
    from isocenter.library.intake import plan  # noqa: PLC0415
    from isocenter.library.model import SeriesResult  # noqa: PLC0415
    from isocenter.library.options import BuildOptions  # noqa: PLC0415
    from isocenter.library.presets import presets  # noqa: PLC0415

    options = BuildOptions(
        source,
        output or source,
        placement=dicom,
        server=server,
        windows=presets(windows or ()),
        layout=layout,
    )
    before = _arranged(options, workers) if arrange else ()
    if arrange:
        options = replace(options, source=options.output, layout=Layout.REV)
    tree = plan(options, workers=workers, shown=progress)
    tree.findings[:0] = before
    with (
        opened(options, tree=tree, force=force) as work,
        progress(len(work.changes.tasks), "series") as advance,
    ):

        def report(result: SeriesResult) -> None:
            advance(1, result.frame_count)

        outcome = work.run(workers=workers, progress=report, patience=timeout)
    report_build(outcome, tree.layout, options.output, time.perf_counter() - started)
    return FINISHED_WITH_ERRORS if worst(outcome.findings) is Level.ERROR else 0


def _arranged(options: BuildOptions, workers: int) -> tuple[Finding, ...]:
    """Arrange the source into the output, and what was found on the way."""
    from isocenter.cli.arrange import arranged  # noqa: PLC0415 - see above
    from isocenter.library.arrange.options import ArrangeOptions, Transfer  # noqa: PLC0415

    if options.layout is Layout.STUDY:
        raise UsageError("--arrange lays files out by age: leave out --layout study, or --arrange")
    if options.in_place:
        raise UsageError("--arrange needs -O: a tree is not made where its files are")
    if options.placement is Placement.NONE:
        raise UsageError("--arrange needs the DICOM files in OUT: choose --dicom link or copy")
    transfer = Transfer(options.placement.value)
    return arranged(ArrangeOptions(options.source, options.output, transfer), workers).findings
