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
from isocenter.cli.policy import BurnedInOption
from isocenter.deidentify.policy import Policy, Profile
from isocenter.deidentify.templates import Templates
from isocenter.errors import Level, UsageError, worst
from isocenter.files.target import Placement

if TYPE_CHECKING:
    from isocenter.cli.cleaning import How
    from isocenter.library.cleaned.model import Cleaning
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
    allow_burned_in: BurnedInOption = False,
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
    from isocenter.cli.cleaning import How  # noqa: PLC0415 - as in build_command
    from isocenter.library.model import Layout  # noqa: PLC0415
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
    cleaning = _cleaning(templates, allow_burned_in=allow_burned_in)
    _check(cleaning, options, overwrite=overwrite)
    how = How(
        threads,
        force,
        progress=verbosity >= _WITH_PROGRESS,
        listed=verbosity > _QUIET and not as_json,
    )
    library, made = _run(stage, options, cleaning, how)
    seconds = time.perf_counter() - started
    if as_json:
        _say_json(library, options, stage, seconds if elapsed else None)
    elif verbosity > _QUIET:
        _say(library, options, made, seconds)
    elif elapsed:
        typer.echo(f"{seconds:.1f} s")
    return FINISHED_WITH_ERRORS if worst(library.all_findings) is Level.ERROR else 0


def _cleaning(templates: str, *, allow_burned_in: bool) -> Cleaning | None:
    """How files are cleaned; ``None`` without templates.

    Raises:
        UsageError: the templates are none, or an option is for them only.
    """
    from isocenter.library.cleaned.model import Cleaning, Naming  # noqa: PLC0415 - as above

    if not templates:
        if allow_burned_in:
            raise UsageError("--allow-burned-in is for -T: without it every series is shown")
        return None
    policy = Policy(profile=Profile.NONE, templates=Templates.from_json(templates))
    return Cleaning(policy, Naming.KEPT, allow_burned_in=allow_burned_in)


def _check(cleaning: Cleaning | None, options: BuildOptions, *, overwrite: bool) -> None:
    if cleaning and options.in_place and not overwrite:
        raise UsageError("-T in place replaces the DICOM files: add --overwrite, or give -O")
    if overwrite and not (cleaning and options.in_place):
        raise UsageError("--overwrite is for -T in place, where it replaces the DICOM files")


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
    stage: str, options: BuildOptions, cleaning: Cleaning | None, how: How
) -> tuple[Library, int]:
    """The library, and how many of its images were made now."""
    from isocenter.cli.cleaning import (  # noqa: PLC0415 - as in build_command
        clean_first,
        clean_in_place,
        cleaned_before,
    )
    from isocenter.cli.console import progress  # noqa: PLC0415
    from isocenter.library.build import opened  # noqa: PLC0415
    from isocenter.library.intake import plan  # noqa: PLC0415
    from isocenter.library.model import SeriesResult  # noqa: PLC0415
    from isocenter.library.stages import Stage, makes_series, run_stage  # noqa: PLC0415

    chosen = Stage(stage)
    if not makes_series(chosen):
        return run_stage(chosen, cleaned_before(options, cleaning) if cleaning else options), 0
    tree, made = plan(options), 0
    if cleaning and options.in_place:
        options, tree = clean_in_place(options, tree, cleaning, how)
    elif cleaning:
        options, tree, _ = clean_first(options, tree, cleaning, how)
    with (
        opened(options, tree=tree, force=how.force) as work,
        progress(len(work.changes.tasks), "series") if how.progress else nullcontext() as advance,
    ):

        def report(result: SeriesResult) -> None:
            nonlocal made
            made += result.frame_count
            if advance:
                advance(1, result.frame_count)

        library = run_stage(chosen, options, workers=how.workers, progress=report, work=work)
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
