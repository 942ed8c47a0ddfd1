"""``isocenter rev``: the options of pfdicom_rev, so that a script changes one word."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from isocenter._version import __version__
from isocenter.errors import Level, UsageError, worst
from isocenter.files.target import Placement

if TYPE_CHECKING:
    from isocenter.library.model import Library
    from isocenter.library.options import BuildOptions

FINISHED_WITH_ERRORS = 1
_IN_PLACE = "%inputDir"
_SIZE = re.compile(r"([0-9]+)[xX]([0-9]+)")
_STAGES = ("all", "1", "2", "3", "4")
_QUIET, _WITH_PROGRESS = 0, 2
_LEAST_TILE, _MOST_TILE = 16, 1024


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer's callback
    if wanted:
        typer.echo(f"isocenter {__version__}")
        raise typer.Exit


def _print_help(context: typer.Context, wanted: bool) -> None:  # noqa: FBT001 - typer's callback
    if wanted:
        typer.echo(context.get_help())
        raise typer.Exit


def _print_usage(context: typer.Context, wanted: bool) -> None:  # noqa: FBT001 - typer's callback
    if wanted:
        typer.echo(context.get_usage())
        raise typer.Exit


def rev_command(  # noqa: PLR0913 - one argument per option
    source: Annotated[Path, typer.Option("-I", "--inputDir", metavar="DIR", help="Library root.")],
    output: Annotated[
        str, typer.Option("-O", "--outputDir", metavar="DIR", help="Output root; default: DIR.")
    ] = _IN_PLACE,
    *,
    leaf: Annotated[
        str,
        typer.Option(
            "--outputLeafDir", metavar="PATTERN", help="Series output folder; %s is the series."
        ),
    ] = "%s",
    extension: Annotated[
        str, typer.Option("-e", "--extension", metavar="EXT", help="Only files of this extension.")
    ] = "",
    templates: Annotated[
        str, typer.Option("-T", "--tagStruct", metavar="JSON", help="De-identification templates.")
    ] = "",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="With -T in place: replace the files.")
    ] = False,
    server: Annotated[
        str, typer.Option("-S", "--server", metavar="URL", help="ReV viewer of the example pages.")
    ] = "",
    stage: Annotated[
        str,
        typer.Option("--stage", metavar="STAGE", help="all, 1 series, 2 study, 3 month, 4 map."),
    ] = "all",
    study_json: Annotated[
        str, typer.Option("--studyJSON", metavar="NAME", help="Name of the study JSON.")
    ] = "description.json",
    tile: Annotated[
        str,
        typer.Option("-D", "--DICOMthumbnail", metavar="WxH", help="Tiles of raw-preview.jpg."),
    ] = "300x300",
    dicom: Annotated[
        Placement, typer.Option("--dicom", help="How the DICOM files get into another output.")
    ] = Placement.LINK,
    threads: Annotated[
        int, typer.Option("--threads", metavar="N", min=0, help="Workers; 0 is one per core.")
    ] = 0,
    force: Annotated[
        bool, typer.Option("--force", help="Make every series again, changed or not.")
    ] = False,
    follow: Annotated[
        bool, typer.Option("--followLinks", help="Symbolic links are followed, always.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="The result as JSON on standard output.")
    ] = False,
    elapsed: Annotated[
        bool, typer.Option("--printElapsedTime", help="Print the seconds it took.")
    ] = False,
    verbosity: Annotated[
        int,
        typer.Option("-v", "--verbosity", metavar="LEVEL", min=0, help="0 nothing, 1 the summary."),
    ] = _WITH_PROGRESS,
    _version: Annotated[
        bool,
        typer.Option("--version", help="Print it.", callback=_print_version, is_eager=True),
    ] = False,
    _man: Annotated[
        bool,
        typer.Option("-x", "--man", help="This text.", callback=_print_help, is_eager=True),
    ] = False,
    _synopsis: Annotated[
        bool,
        typer.Option("-y", "--synopsis", help="One line.", callback=_print_usage, is_eager=True),
    ] = False,
) -> int:
    """Build a ReV library, with the options of pfdicom_rev.

    Exit code 0: no errors. 1: finished, but some images could not be read whole
    (findings.json names them). 2: could not run.
    """
    del follow  # links are followed in any case; loops end
    started = time.perf_counter()
    _de_identify(templates, overwrite=overwrite)
    from isocenter.library.model import Layout  # noqa: PLC0415 - as in build_command
    from isocenter.library.options import BuildOptions  # noqa: PLC0415

    if stage not in _STAGES:
        raise UsageError(f"there is no stage {stage!r}; there are {', '.join(_STAGES)}")
    options = BuildOptions(
        source,
        source if output == _IN_PLACE else Path(output),
        placement=dicom,
        server=server,
        medium=_side(tile),
        extension=extension,
        leaf=leaf,
        study_json=study_json,
        layout=Layout.REV,
    )
    library, made = _run(stage, options, threads, force=force, shown=verbosity >= _WITH_PROGRESS)
    seconds = time.perf_counter() - started
    if as_json:
        _say_json(library, options, stage, seconds if elapsed else None)
    elif verbosity > _QUIET:
        _say(library, options, made, seconds)
    elif elapsed:
        typer.echo(f"{seconds:.1f} s")
    return FINISHED_WITH_ERRORS if worst(library.all_findings) is Level.ERROR else 0


def _de_identify(templates: str, *, overwrite: bool) -> None:
    """Refuse what cannot be done: a library with names in it would look like one without."""
    if templates or overwrite:
        raise UsageError("-T and --overwrite: de-identifying is not part of this version")


def _side(tile: str) -> int:
    """The side of a tile in pixels: squares, because the pages find tiles by their width."""
    found = _SIZE.fullmatch(tile)
    if not found:
        raise UsageError(f"{tile!r} is no size: write it as 300x300")
    width, height = map(int, found.groups())
    if width != height:
        raise UsageError(f"{tile}: tiles are squares, so that width and height are one number")
    if not _LEAST_TILE <= width <= _MOST_TILE:
        raise UsageError(f"{tile}: tiles are of {_LEAST_TILE} to {_MOST_TILE} pixels")
    return width


def _run(
    stage: str, options: BuildOptions, workers: int, *, force: bool, shown: bool
) -> tuple[Library, int]:
    """The library, and how many of its images were made now."""
    from isocenter.cli.console import progress  # noqa: PLC0415 - as in build_command
    from isocenter.library.build import opened  # noqa: PLC0415
    from isocenter.library.intake import plan  # noqa: PLC0415
    from isocenter.library.model import SeriesResult  # noqa: PLC0415
    from isocenter.library.stages import Stage, makes_series, run_stage  # noqa: PLC0415

    chosen = Stage(stage)
    if not makes_series(chosen):
        return run_stage(chosen, options), 0
    made = 0
    with (
        opened(options, tree=plan(options), force=force) as work,
        progress(len(work.changes.tasks), "series") if shown else nullcontext() as advance,
    ):

        def report(result: SeriesResult) -> None:
            nonlocal made
            made += result.frame_count
            if advance:
                advance(1, result.frame_count)

        library = run_stage(chosen, options, workers=workers, progress=report, work=work)
    return library, made


def _say(library: Library, options: BuildOptions, made: int, seconds: float) -> None:
    from isocenter.cli.console import summary  # noqa: PLC0415 - as in build_command

    summary(library, options.output, made, seconds)


def _say_json(library: Library, options: BuildOptions, stage: str, seconds: float | None) -> None:
    """What was made, as JSON: counts, findings by level, and where it lies as it was given."""
    import orjson  # noqa: PLC0415

    from isocenter.files.findings import shown_path  # noqa: PLC0415

    levels = Counter(str(finding.level) for finding in library.all_findings)
    told: dict[str, Any] = {
        "status": worst(library.all_findings) is not Level.ERROR,
        "stage": stage,
        "inputDir": shown_path(str(options.source)),
        "outputDir": shown_path(str(options.output)),
        "examples": len([one for one in library.examples if one.shown]),
        "series": len([one for one in library.series if one.images]),
        "files": sum(len(one.images) for one in library.series),
        "images": sum(one.frame_count for one in library.series),
        "findings": {str(level): levels[str(level)] for level in Level},
    }
    if seconds is not None:
        told["elapsedTime"] = round(seconds, 3)
    sys.stdout.write(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
