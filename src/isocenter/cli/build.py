"""``isocenter build``: DICOM files become a library."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isocenter.cli.policy import (
    FOR_THIS_RUN,
    BurnedInOption,
    DatesOption,
    DescriptorsOption,
    DeviceOption,
    InstitutionOption,
    KeyOption,
    PatientOption,
    PolicyOptions,
    TemplatesOption,
    UidsOption,
)
from isocenter.deidentify.policy import Dates, Profile
from isocenter.errors import Finding, Level, UsageError, worst
from isocenter.files.target import Placement
from isocenter.library.model import Layout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isocenter.cli.cleaning import How
    from isocenter.library.build import Outcome
    from isocenter.library.cleaned.model import Cleaning
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
    tree: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Arrange into DIR instead, where names stay."),
    ] = None,
    deidentify: Annotated[
        Profile | None,
        typer.Option(help="Remove names. basic: PS3.15 E. none: nothing but the templates."),
    ] = None,
    dates: DatesOption = Dates.REMOVE,
    retain_uids: UidsOption = False,
    retain_device: DeviceOption = False,
    retain_institution: InstitutionOption = False,
    retain_patient: PatientOption = False,
    clean_descriptors: DescriptorsOption = False,
    key_file: KeyOption = None,
    templates: TemplatesOption = "",
    allow_burned_in: BurnedInOption = False,
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
    from isocenter.cli.cleaning import How, cleaning_asked  # noqa: PLC0415
    from isocenter.cli.console import report_build, say  # noqa: PLC0415
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
    asked = PolicyOptions(
        dates=dates,
        retain_uids=retain_uids,
        retain_device=retain_device,
        retain_institution=retain_institution,
        retain_patient=retain_patient,
        clean_descriptors=clean_descriptors,
        key_file=key_file,
        templates=templates,
        allow_burned_in=allow_burned_in,
    )
    cleaning = cleaning_asked(deidentify, asked)
    _check(options, cleaning, tree, arrange=arrange)
    before: tuple[Finding, ...] = ()
    if arrange:
        options, before = _arranged(options, tree, workers)
    outcome, found = _built(options, cleaning, How(workers, force, timeout), before)
    report_build(outcome, found, options.output, time.perf_counter() - started)
    if cleaning and asked.key() is None:
        say(FOR_THIS_RUN)
    return FINISHED_WITH_ERRORS if worst(outcome.findings) is Level.ERROR else 0


def _built(
    options: BuildOptions, cleaning: Cleaning | None, how: How, before: Iterable[Finding]
) -> tuple[Outcome, Layout]:
    """Find the series, clean their files where that is asked for, and build; the layout, too.

    ``before`` is what was found on the way to the source.
    """
    from isocenter.cli.cleaning import clean_first, with_sources  # noqa: PLC0415 - see above
    from isocenter.cli.console import progress  # noqa: PLC0415
    from isocenter.library.build import opened  # noqa: PLC0415
    from isocenter.library.intake import plan  # noqa: PLC0415
    from isocenter.library.model import SeriesResult  # noqa: PLC0415

    found = plan(options, workers=how.workers, shown=progress)
    found.findings[:0] = before
    cleaned, passed = None, (*found.findings,)
    if cleaning:
        options, found, cleaned = clean_first(options, found, cleaning, how)
    with (
        opened(options, tree=found, force=how.force) as work,
        progress(len(work.changes.tasks), "series") as advance,
    ):

        def report(result: SeriesResult) -> None:
            advance(1, result.frame_count)

        outcome = work.run(workers=how.workers, progress=report, patience=how.patience)
    if cleaned:
        outcome = replace(outcome, findings=with_sources(outcome.findings, cleaned, passed))
    return outcome, found.layout


def _check(
    options: BuildOptions, cleaning: Cleaning | None, tree: Path | None, *, arrange: bool
) -> None:
    """Refuse, before anything is read or written, what would put names where they must not be."""
    if tree and not arrange:
        raise UsageError("--tree is for --arrange: the folder that the source is arranged into")
    if arrange and options.layout is Layout.STUDY:
        raise UsageError("--arrange lays files out by age: leave out --layout study, or --arrange")
    if arrange and options.in_place:
        raise UsageError("--arrange needs -O: a tree is not made where its files are")
    if cleaning and options.in_place:
        raise UsageError("--deidentify needs -O: what has names and what has none stay apart")
    if cleaning and arrange and not tree:
        raise UsageError(
            "--arrange with --deidentify needs --tree DIR: files with names are arranged there,"
            " outside of the output; keep it private, and for the next run"
        )
    if cleaning:
        from isocenter.library.cleaned.job import check_output  # noqa: PLC0415 - as above

        check_output(options)
        check_output(replace(options, source=tree) if tree else options)
    if arrange and not tree and options.placement is Placement.NONE:
        raise UsageError("--arrange needs the DICOM files in OUT: choose --dicom link or copy")


def _arranged(
    options: BuildOptions, tree: Path | None, workers: int
) -> tuple[BuildOptions, tuple[Finding, ...]]:
    """Arrange the source into the tree or the output: what to build then, and what was found."""
    from isocenter.cli.arrange import arranged  # noqa: PLC0415 - see above
    from isocenter.library.arrange.options import ArrangeOptions, Transfer  # noqa: PLC0415

    into = tree or options.output
    transfer = Transfer.LINK if tree else Transfer(options.placement.value)
    made = arranged(ArrangeOptions(options.source, into, transfer), workers)
    return replace(options, source=into, layout=Layout.REV), made.findings
