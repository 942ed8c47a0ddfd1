"""``isocenter fileset``: File-sets and their DICOMDIR, made, searched, changed and checked."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, TypeAlias

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from isocenter.cli.icons import icon
from isocenter.cli.show import until_the_reader_leaves
from isocenter.core.listing import printable
from isocenter.core.part10 import looks_like_dataset
from isocenter.errors import DicomError, Finding, InvalidDicomError, Level, UsageError, worst
from isocenter.files.fileset.check import PROFILES, check
from isocenter.files.fileset.fileids import DICOMDIR
from isocenter.files.fileset.fileset import FileSet
from isocenter.files.fileset.instance import FileInstance
from isocenter.files.fileset.querying import each_value
from isocenter.files.fileset.sources import NotAnInstanceError
from isocenter.files.fileset.storing import Intake
from isocenter.files.target import TEMPORARY_PREFIX
from isocenter.ordering import natural

NOT_ALL = 1
_SUFFIXES = {".dcm", ".dicom", ".dic", ".ima"}
"""Whose name says DICOM and who is none is most often the rest of a copy that failed."""
_FIRST_READ = 1 << 16

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Make, search, change and check DICOM File-sets: folders with a DICOMDIR.",
)

FileSetPath: TypeAlias = Annotated[
    Path, typer.Argument(metavar="FILESET", help="A DICOMDIR, or the folder that has one.")
]
Conditions: TypeAlias = Annotated[
    list[str],
    typer.Argument(
        metavar="KEY=VALUE...",
        help="Keywords and values that an instance must all have; * and ? stand for characters.",
    ),
]
Link: TypeAlias = Annotated[
    bool, typer.Option("--link", help="Hard link the files instead of copying them.")
]
Fill: TypeAlias = Annotated[
    bool, typer.Option("--fill", help="Put placeholders where a record needs a missing value.")
]
Icons: TypeAlias = Annotated[
    bool, typer.Option("--icons", help="Put an icon image of 64x64 into the record of an image.")
]
Load: TypeAlias = Annotated[
    bool, typer.Option("--load", help="Read the files for what the DICOMDIR does not tell.")
]


@app.command("new")
def new_command(  # noqa: PLR0913 - its parameters are the options
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="DICOM files, at any depth.")],
    output: Annotated[
        Path | None, typer.Option("-O", "--output", metavar="OUT", help="The File-set's root.")
    ] = None,
    *,
    name: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="File-set ID, up to 16 characters.")
    ] = None,
    copy: Annotated[bool, typer.Option("--copy", help="Copy the files; the default.")] = False,
    link: Link = False,
    in_place: Annotated[
        bool,
        typer.Option("--in-place", help="Make FOLDER itself the root; only names change."),
    ] = False,
    fill: Fill = False,
    icons: Icons = False,
) -> int:
    """Make a File-set of the DICOM files in FOLDER.

    Exit code 0: done. 1: done, but some DICOM files could not be taken. 2: could not run.
    """
    if copy + link + in_place > 1:
        raise UsageError("--copy, --link and --in-place exclude each other")
    if in_place == (output is not None):
        raise UsageError("either -O OUT or --in-place says where the File-set goes")
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder")
    root = (output or folder).absolute()
    if os.path.lexists(root / DICOMDIR):
        raise UsageError(f"{root} is a File-set already; see 'isocenter fileset add'")
    fs = FileSet()
    fs.ID = name
    intake = Intake.MOVE if in_place else Intake.LINK if link else Intake.COPY
    findings = _taken(fs, _files(folder, None if in_place else root), fill=fill, icons=icons)
    if len(fs) == 0:
        raise UsageError(f"{folder}: no DICOM file that a File-set can have")
    return _written(fs, root, findings, intake=intake, use_existing=in_place)


@app.command("ls")
def ls_command(
    file_set: FileSetPath,
    *,
    files: Annotated[bool, typer.Option("--files", help="The paths of the files instead.")] = False,
) -> int:
    """Show what is in a File-set.

    Exit code 0: all shown. 1: shown, but something is wrong with it. 2: could not run.
    """
    fs = _opened(file_set)
    with until_the_reader_leaves():
        for line in (one.path for one in fs) if files else str(fs).splitlines():
            _say(line)
    return _told(fs.findings)


@app.command("find")
def find_command(file_set: FileSetPath, conditions: Conditions, *, load: Load = False) -> int:
    """Print the path of every instance that has the values.

    Exit code 0: there are some. 1: there are none. 2: could not run.
    """
    found = _found(_opened(file_set), conditions, load=load)
    with until_the_reader_leaves():
        for one in found:
            _say(one.path)
    return 0 if found else NOT_ALL


@app.command("add")
def add_command(  # noqa: PLR0913 - its parameters are the options
    file_set: FileSetPath,
    sources: Annotated[
        list[Path], typer.Argument(metavar="SRC...", help="DICOM files, or folders of them.")
    ],
    *,
    link: Link = False,
    move: Annotated[bool, typer.Option("--move", help="Move the files.")] = False,
    fill: Fill = False,
    icons: Icons = False,
    rename: Annotated[
        bool, typer.Option("--rename", help="Give every file a new name, by its place.")
    ] = False,
) -> int:
    """Add DICOM files to a File-set; files that are in it keep their names.

    Exit code 0: all added. 1: some DICOM files could not be taken. 2: could not run.
    """
    if link and move:
        raise UsageError("--link and --move exclude each other")
    missing = next((source for source in sources if not source.exists()), None)
    if missing is not None:
        raise UsageError(f"{missing} does not exist")
    fs = _opened(file_set)
    files = [file for source in sources for file in _files(source, Path(str(fs.path)))]
    findings = _taken(fs, files, fill=fill, icons=icons)
    intake = Intake.MOVE if move else Intake.LINK if link else Intake.COPY
    return _written(fs, None, findings, intake=intake, use_existing=not rename)


@app.command("rm")
def rm_command(
    file_set: FileSetPath,
    conditions: Conditions,
    *,
    load: Load = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Delete the files; without it they are listed.")
    ] = False,
) -> int:
    """Remove the instances that have the values, and delete their files.

    Exit code 0: removed, or listed. 1: there are none. 2: could not run.
    """
    fs = _opened(file_set)
    found = _found(fs, conditions, load=load)
    for one in found:
        _say(one.path)
    if not yes:
        _say(f"{len(found):,} would be deleted; --yes deletes them")
    elif found:
        fs.remove(found)
        _written(fs, None, [], intake=Intake.COPY, use_existing=True)
    return 0 if found else NOT_ALL


@app.command("write")
def write_command(
    file_set: FileSetPath,
    *,
    name: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="File-set ID, up to 16 characters.")
    ] = None,
    keep_names: Annotated[
        bool, typer.Option("--keep-names", help="Write the DICOMDIR only; no file is renamed.")
    ] = False,
) -> int:
    """Write the DICOMDIR anew and give every file a name by its place.

    It finishes what a killed write left. Exit code 0: done. 1: done, but something was wrong.
    2: could not run.
    """
    fs = _opened(file_set)
    if name is not None:
        fs.ID = name
    return _written(fs, None, list(fs.findings), intake=Intake.COPY, use_existing=keep_names)


@app.command("check")
def check_command(
    file_set: FileSetPath,
    *,
    profile: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=f"Media profile as well: {', '.join(PROFILES)}."),
    ] = None,
) -> int:
    """Check a File-set against the Standard: DICOMDIR, records, names and files.

    Exit code 0: no errors. 1: errors. 2: could not run.
    """
    if profile is not None and profile not in PROFILES:
        raise UsageError(f"{profile} is no profile that is known: {', '.join(PROFILES)}")
    with _one_line():
        found = check(file_set, profile=profile)
    with until_the_reader_leaves():
        for finding in found:
            _say(_line(finding))
        _say(_totals(found))
    return NOT_ALL if worst(found) is Level.ERROR else 0


# --- files in, a File-set out ---------------------------------------------------------------


def _files(source: Path, without: Path | None) -> list[Path]:
    """A file, or every file below a folder in natural order; not what is in ``without``."""
    if not source.is_dir():
        return [source]
    found = [Path(folder, name) for folder, _, names in os.walk(source) for name in names]
    wanted = (
        path
        for path in found
        if path.is_file()
        and not path.name.startswith(TEMPORARY_PREFIX)
        and (without is None or without not in path.absolute().parents)
    )
    return sorted(wanted, key=lambda path: ([natural(part) for part in path.parts], path))


def _taken(fs: FileSet, files: list[Path], *, fill: bool, icons: bool) -> list[Finding]:
    """Add files; what could not be taken, and what a placeholder was needed for."""
    before = len(fs.findings)
    failed = []
    with _bar("files read", len(files)) as advance:
        for file in files:
            try:
                fs.add(file, fill=fill, icon=icon if icons else None)
            except DicomError as error:
                failed.append(Finding.from_error(error, _gravity(error, file)).at(str(file)))
            except OSError as error:
                message = error.strerror or str(error)
                failed.append(Finding(Level.ERROR, "unreadable-file", message, str(file)))
            advance()
    return [*fs.findings[before:], *failed]


def _gravity(error: DicomError, file: Path) -> Level:
    """A note for what is no instance, an error for an instance that cannot be taken."""
    if isinstance(error, NotAnInstanceError):
        return Level.NOTE
    if not isinstance(error, InvalidDicomError) or file.suffix.lower() in _SUFFIXES:
        return Level.ERROR
    with file.open("rb") as opened:
        beginning = opened.read(_FIRST_READ)
    return Level.ERROR if not beginning or looks_like_dataset(beginning) else Level.NOTE


def _written(
    fs: FileSet, root: Path | None, findings: list[Finding], *, intake: Intake, use_existing: bool
) -> int:
    with _one_line(), _bar("files written", len(fs)) as advance:
        fs.write(root, use_existing=use_existing, intake=intake, progress=advance)
    code = _told(findings)
    _say(f"{len(fs):,} instance{'' if len(fs) == 1 else 's'} in {Path(str(fs.path)) / DICOMDIR}")
    return code


def _opened(path: Path) -> FileSet:
    with _one_line():
        return FileSet(path)


@contextmanager
def _one_line() -> Iterator[None]:
    """A File-set that cannot be read or written is told in one line, exit code 2."""
    try:
        yield
    except DicomError as error:
        raise UsageError(str(error)) from error


# --- conditions -----------------------------------------------------------------------------


def _found(fs: FileSet, conditions: list[str], *, load: bool) -> list[FileInstance]:
    found = list(fs)
    with _one_line():
        for condition in conditions:
            key, sign, pattern = condition.partition("=")
            if not sign:
                raise UsageError(f"{condition!r} is no KEY=VALUE")
            values = each_value(found, key, load=load)
            found = [one for one, value in values if fnmatchcase(str(value), pattern)]
    return found


# --- what is said ---------------------------------------------------------------------------


def _told(findings: Iterable[Finding]) -> int:
    """Print findings to standard error, and the exit code that they lead to."""
    found = list(findings)
    for finding in found:
        typer.echo(_printable(_line(finding)), err=True)
    return NOT_ALL if worst(found) is Level.ERROR else 0


def _line(finding: Finding) -> str:
    facts = ", ".join(fact for fact in (finding.tag, finding.clause) if fact)
    where = f"{finding.path}: " if finding.path else ""
    text = f"{finding.level} {finding.code}: {where}{finding.message}"
    return f"{text} ({facts})" if facts else text


def _totals(findings: list[Finding]) -> str:
    counts = Counter(finding.level for finding in findings)
    return ", ".join(
        f"{counts[level]:,} {level}{'' if counts[level] == 1 else 's'}" for level in reversed(Level)
    )


def _say(line: str) -> None:
    typer.echo(_printable(line))


def _printable(line: str) -> str:
    """One line that any terminal can show."""
    encoding = sys.stdout.encoding or "utf-8"
    return printable(line).encode(encoding, "backslashreplace").decode(encoding)


@contextmanager
def _bar(what: str, total: int) -> Iterator[Callable[[], None]]:
    """Something to be called for each of ``total``; on a terminal it moves a bar."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)
