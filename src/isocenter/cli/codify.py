"""``isocenter codify``: a data set as a Python program that makes it again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.show import until_the_reader_leaves
from isocenter.cli.targets import not_read
from isocenter.core.codify import EXCLUDE_SIZE, codify
from isocenter.core.listing import printable
from isocenter.errors import DicomError, Level, UsageError, worst
from isocenter.files.reading import read_by_content
from isocenter.files.target import Folder

NOT_READ_WHOLE = 1


def codify_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A DICOM file.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "-O", "--output", metavar="OUT.py", help="Where the program goes; default: printed."
        ),
    ] = None,
    *,
    exclude_size: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="Binary values of more bytes become a comment."),
    ] = EXCLUDE_SIZE,
) -> int:
    """Write Python that makes the data set of FILE again.

    Exit code 0: done. 1: FILE is no DICOM file or cannot be read whole. 2: could not run.
    """
    _check(file, output)
    try:
        dataset = read_by_content(file)
    except DicomError as error:
        return _complain(not_read(file, error))
    lines = codify(dataset, file.name, f"{file.stem}-again.dcm", exclude_size)
    program = "".join(f"{line}\n" for line in lines).encode()
    _write(program, output)
    if worst(dataset.findings) is Level.ERROR:
        return _complain(f"{file}: cannot be read whole; isocenter show tells why")
    return 0


def _check(file: Path, output: Path | None) -> None:
    if not file.exists():
        raise UsageError(f"{file} does not exist")
    if not file.is_file():
        raise UsageError(f"{file} is no file")
    if output is not None and output.exists():
        if not output.is_file():
            raise UsageError(f"{output} is no file")
        if output.samefile(file):
            raise UsageError(f"{output} is the DICOM file; the program needs another name")


def _write(program: bytes, output: Path | None) -> None:
    """Python is UTF-8 (PEP 3120), whatever the terminal has."""
    if output is not None:
        Folder(output.parent).write(output.name, program)
        return
    with until_the_reader_leaves():
        sys.stdout.buffer.write(program)


def _complain(problem: str) -> int:
    typer.echo(f"isocenter: {printable(problem)}", err=True)
    return NOT_READ_WHOLE
