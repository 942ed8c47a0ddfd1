"""``isocenter deidentify``: files without names, in folders without names."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.console import finding_lines, progress, say
from isocenter.deidentify.job import deidentify_all, sources
from isocenter.deidentify.keys import VARIABLE, Key
from isocenter.deidentify.model import Done, Summary
from isocenter.deidentify.policy import Dates, Policy, Profile
from isocenter.deidentify.templates import NO_TEMPLATES, Templates
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
    dates: Annotated[
        Dates, typer.Option(help="remove; shift, by days that differ by patient; or keep.")
    ] = Dates.REMOVE,
    retain_uids: Annotated[bool, typer.Option("--retain-uids", help="UIDs stay.")] = False,
    retain_device: Annotated[
        bool, typer.Option("--retain-device", help="The machine's identity stays.")
    ] = False,
    retain_institution: Annotated[
        bool, typer.Option("--retain-institution", help="The institution's identity stays.")
    ] = False,
    retain_patient: Annotated[
        bool, typer.Option("--retain-patient", help="Age, sex, size and weight stay.")
    ] = False,
    clean_descriptors: Annotated[
        bool, typer.Option("--clean-descriptors", help="Known words of descriptions stay.")
    ] = False,
    key_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Secret of at least 16 bytes; else one for this run."),
    ] = None,
    templates: Annotated[
        str, typer.Option("--templates", "-T", metavar="JSON", help='{"Keyword": "template"}')
    ] = "",
    allow_burned_in: Annotated[
        bool,
        typer.Option("--allow-burned-in", help="Write series whose pixels may show text, too."),
    ] = False,
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
    key = Key.from_file(key_file) if key_file else Key.from_environment()
    policy = Policy(
        key=key or Key.random(),
        profile=profile,
        dates=dates,
        retain_uids=retain_uids,
        retain_device=retain_device,
        retain_institution=retain_institution,
        retain_patient=retain_patient,
        clean_descriptors=clean_descriptors,
        templates=Templates.from_json(templates) if templates else NO_TEMPLATES,
    )
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


def left_out_lines(sources: Iterable[str]) -> Iterator[str]:
    """What was left out, by the folders of the input."""
    for folder, found in groupby(sources, key=lambda source: source.rpartition("/")[0]):
        first, *more = found
        yield (
            f"  left out: {folder or '.'}: {len(more) + 1:,} files"
            if more
            else (f"  left out: {first}")
        )


def _say(made: Summary, output: Path, seconds: float, *, has_key: bool) -> None:
    """What was written, what was left out and why; on the terminal with the input's paths."""
    say(f"files: {made.files:,}, written: {len(made.written):,}, left out: {len(made.left_out):,}")
    say(f"{seconds:.1f} s")
    if not has_key:
        say(f"The key was for this run only; --key-file or {VARIABLE} makes runs agree")
    for line in left_out_lines(made.sources[target] for target in made.left_out):
        say(line)
    told = [replace(one, path=made.sources.get(one.path, one.path)) for one in made.findings]
    for line in finding_lines(told, notes="notes"):
        say(line)
    say(f"Files are in {output}; their pixels were not looked at")
