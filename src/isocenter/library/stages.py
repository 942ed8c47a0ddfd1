"""The four stages of a library, each of which can be run alone (REV.md section 4).

1 makes everything of every series and keeps what it found in ``stage-1.json``; 2 makes the
study JSON and page, 3 the pages above, 4 ``map.json``. 2 and 3 need the first, 4 the second. A
stage whose input is not there is an error that says which stage makes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from isocenter.errors import Finding, UsageError
from isocenter.files.target import Folder
from isocenter.library import layout
from isocenter.library.build import Progress, Work, held, merge, opened, write_above
from isocenter.library.frozen import dumped, loaded, shape
from isocenter.library.model import Library, SeriesResult
from isocenter.library.options import BuildOptions


class Stage(StrEnum):
    """What is made."""

    ALL = "all"
    """Everything."""
    SERIES = "1"
    """Pictures, strips, tags and JSON of every series, ``ex.json`` and ``findings.json``."""
    STUDIES = "2"
    """JSON and page of every study."""
    MONTHS = "3"
    """Pages of months and years."""
    MAP = "4"
    """``map.json``."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the first stage keeps for the others."""

    series: tuple[SeriesResult, ...]
    findings: tuple[Finding, ...]


def stage_of(path: str) -> Stage:
    """The stage that makes a file above the series."""
    if path == layout.MAP:
        return Stage.MAP
    if path == layout.FINDINGS or path.endswith(f"/{layout.MONTH_EXAMPLES}"):
        return Stage.SERIES
    return Stage.STUDIES if path.count("/") == 3 else Stage.MONTHS  # YY/MM/EX/file


def run_stage(
    stage: Stage,
    options: BuildOptions,
    *,
    workers: int = 0,
    progress: Progress = lambda _: None,
    work: Work | None = None,
) -> Library:
    """Run one stage, or all.

    Args:
        stage: which one.
        options: as for :func:`isocenter.library.build.build`.
        workers: processes of the first stage; 0 is one per core.
        progress: called with each series that the first stage has finished.
        work: what :func:`isocenter.library.build.opened` gave, when the caller has opened it.

    Raises:
        UsageError: as of ``build``; or what an earlier stage makes is not there.
        OSError: the output cannot be written.
    """
    if makes_series(stage):
        if work is not None:
            return _run_first(stage, options, work, workers, progress)
        with opened(options) as own:
            return _run_first(stage, options, own, workers, progress)
    _check_input(stage, _stored(options), options)  # before anything is made

    def wanted(path: str) -> bool:
        shared = path.startswith(f"{layout.ASSETS}/") and stage is not Stage.MAP
        return shared or stage_of(path) is stage

    with held(options) as catalog:
        library = _stored(options)
        write_above(library, options, catalog, wanted)
    return library


def _run_first(
    stage: Stage, options: BuildOptions, work: Work, workers: int, progress: Progress
) -> Library:
    """Bring the series up to date, and keep what the other stages need."""

    def wanted(path: str) -> bool:
        return stage_of(path) is stage

    work.run(workers=workers, progress=progress, wanted=None if stage is Stage.ALL else wanted)
    library, target = work.library(), Folder(options.output)
    kept, there = _kept(library), target.path(layout.STAGE)
    if not there.is_file() or there.read_bytes() != kept:
        target.write(layout.STAGE, kept)
    return library


def makes_series(stage: Stage) -> bool:
    """Whether a stage starts from the DICOM files; the others start from what it kept."""
    return stage in {Stage.ALL, Stage.SERIES}


def _check_input(stage: Stage, library: Library, options: BuildOptions) -> None:
    """The map leads to study JSON files: these are there."""
    if stage is not Stage.MAP:
        return
    for example in library.examples:
        path = options.output / example.folder / options.study_json
        if not path.is_file():
            raise UsageError(f"{path} is not there: run --stage 2 first")


# --- what the first stage keeps -----------------------------------------------------------------


def _kept(library: Library) -> bytes:
    """The text ends in the shape of what it holds, so that another version's is not read."""
    told = _Kept(library.series, library.findings)
    return f"{dumped(told)}\n{shape(_Kept)}\n".encode("ascii")  # keeps names that are no UTF-8


def _stored(options: BuildOptions) -> Library:
    path = options.output / layout.STAGE
    other = UsageError(f"{path} is not what stage 1 writes: run --stage 1 again")
    try:
        text, _, made_with = path.read_text("ascii").partition("\n")
        told = loaded(_Kept, text)
    except FileNotFoundError:
        raise UsageError(f"{path} is not there: run --stage 1 first") from None
    except ValueError as error:
        raise other from error
    if made_with.strip() != shape(_Kept):
        raise other
    return merge(told.series, told.findings)
