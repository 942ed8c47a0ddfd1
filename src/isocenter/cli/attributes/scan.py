"""``isocenter attributes scan``: files in, a profile out."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from isocenter.attributes.identity import Numbers
from isocenter.attributes.model import Sample, Scanned, ScanOptions
from isocenter.cli.attributes.unsafe import UnsafeAllValues, warn
from isocenter.errors import Level, worst

FINISHED_WITH_ERRORS = 1


def scan_command(  # noqa: PLR0913 - one argument per option
    sources: Annotated[
        list[Path], typer.Argument(metavar="SRC...", help="Folders, DICOMDIRs, zips or files.")
    ],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-O", metavar="PROFILE", help="Folder of the profile.")
    ],
    sample: Annotated[
        Sample, typer.Option(help="Every file, the first of each series, or of each device.")
    ] = Sample.ALL,
    key_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Secret of at least 16 bytes for the patients' numbers."),
    ] = None,
    unsafe_all_values: UnsafeAllValues = False,
    workers: Annotated[
        int, typer.Option(metavar="N", min=0, help="Worker processes; 0 is one per core.")
    ] = 0,
) -> int:
    """Count the attributes of DICOM files into a profile, or bring one up to date.

    Exit code 0: no errors. 1: some files could not be read whole (findings.json names them). 2: could
    not run.
    """
    started = time.perf_counter()
    # DuckDB and rich: what --help need not wait for
    from isocenter.attributes.scan import scan  # noqa: PLC0415
    from isocenter.cli.console import Rates, finding_lines, say  # noqa: PLC0415

    numbers = Numbers()
    if key_file is not None:
        from isocenter.deidentify.keys import Key  # noqa: PLC0415

        numbers = Numbers(Key.from_file(key_file).secret)
    if unsafe_all_values:
        warn("the profile will hold every value")
    options = ScanOptions(tuple(sources), output, sample, unsafe_all_values, numbers)
    with Rates("files") as rates:
        made = scan(options, workers=workers, total=rates.begin, progress=rates.advance)
    for line in (
        *_lines(made, time.perf_counter() - started),
        *finding_lines(made.findings, notes="notes"),
    ):
        say(line)
    say(f"The profile is in {output}")
    return FINISHED_WITH_ERRORS if worst(made.findings) is Level.ERROR else 0


def _lines(made: Scanned, seconds: float) -> list[str]:
    rate = made.walked / seconds if seconds else 0.0
    counts = {
        "files": made.files,
        "walked now": made.walked,
        "unchanged": made.kept,
        "not in the sample": made.left_out,
        "could not be walked": made.failed,
    }
    told = (f"{what}: {count:,}" for what, count in counts.items() if count or what == "files")
    return [", ".join(told), f"{seconds:.1f} s, {rate:,.0f} files/s"]
