"""``isocenter deidentify``: files without names, in folders without names."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.cleaning import left_out_lines
from isocenter.cli.console import finding_lines, progress, say
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
from isocenter.deidentify.job import deidentify_all, sources
from isocenter.deidentify.model import Done, Summary
from isocenter.deidentify.policy import Dates, Profile
from isocenter.deidentify.steps import why_left_out
from isocenter.errors import Level, worst

FINISHED_WITH_ERRORS = 1


def deidentify_command(  # noqa: PLR0913 - one argument per option
    source: Annotated[Path, typer.Argument(metavar="SRC", help="File, folder or DICOMDIR.")],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-O", metavar="OUT", help="Folder for the files.")
    ],
    profile: Annotated[
        Profile, typer.Option(help="basic: PS3.15 E. none: nothing but the templates.")
    ] = Profile.BASIC,
    dates: DatesOption = Dates.REMOVE,
    retain_uids: UidsOption = False,
    retain_device: DeviceOption = False,
    retain_institution: InstitutionOption = False,
    retain_patient: PatientOption = False,
    clean_descriptors: DescriptorsOption = False,
    key_file: KeyOption = None,
    templates: TemplatesOption = "",
    allow_burned_in: BurnedInOption = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="OUT may hold files, which are replaced.")
    ] = False,
    workers: Annotated[
        int, typer.Option(metavar="N", min=0, help="Worker processes; 0 is one per core.")
    ] = 0,
) -> int:
    """Write DICOM files without names.

    Exit code 0: no errors. 1: some files could not be cleaned and were not
    written (findings.json tells why). 2: could not run.
    """
    started = time.perf_counter()
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
    key = asked.key()
    policy = asked.policy(profile, key)
    found = sources(source, output, overwrite=overwrite)
    with progress(len(found.names), "files") as advance:

        def report(done: Done) -> None:
            advance(done.files, len(done.written))

        made = deidentify_all(
            source,
            output,
            policy,
            allow_burned_in=allow_burned_in,
            overwrite=overwrite,
            workers=workers,
            progress=report,
            found=found,
        )
    _say(made, output, time.perf_counter() - started, has_key=key is not None)
    return FINISHED_WITH_ERRORS if worst(made.findings) is Level.ERROR else 0


def _say(made: Summary, output: Path, seconds: float, *, has_key: bool) -> None:
    """What was written, what was left out and why; on the terminal with the input's paths."""
    say(f"files: {made.files:,}, written: {len(made.written):,}, left out: {len(made.left_out):,}")
    say(f"{seconds:.1f} s")
    if not has_key:
        say(FOR_THIS_RUN)
    why = why_left_out(made.findings)
    for line in left_out_lines({made.sources[one]: why[one] for one in made.left_out}):
        say(line)
    told = [replace(one, path=made.sources.get(one.path, one.path)) for one in made.findings]
    for line in finding_lines(told, notes="notes"):
        say(line)
    say(f"Files are in {output}; their pixels were not looked at")
