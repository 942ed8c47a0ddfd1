"""Clean a tree where it lies: every file is replaced, or none.

In: :class:`BuildOptions` whose output is the source, its tree, a :class:`Cleaning`. Out: the same
tree of cleaned files. All of them are made before the first one is replaced, so that a file
which cannot be cleaned ends the run while nothing has changed. What was replaced is noted
before it is: a run that was killed is finished by the next one, and no template is applied twice.
"""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from isocenter.errors import Finding, Level, UsageError
from isocenter.files.lock import locked
from isocenter.files.target import Folder
from isocenter.library import layout, listing
from isocenter.library.cleaned.findings import told
from isocenter.library.cleaned.model import Cleaned, Cleaning, UnitTask
from isocenter.library.cleaned.runs import Progress, Runs, withheld
from isocenter.library.frozen import dumped, loaded
from isocenter.library.options import BuildOptions
from isocenter.library.scan import SeriesFolder, Tree

_RECORD, _WORK = "in-place.json", "in-place"
_SHOWN = 3


@dataclass(slots=True)
class _Record:
    """Which files were replaced, with what they looked like then: size and time of change."""

    how: str = ""
    files: dict[str, list[int]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def was_made_so(options: BuildOptions, cleaning: Cleaning) -> bool:
    """Whether the last run replaced the files in this way."""
    return _load(_record_of(options)).how == _how(cleaning)


def clean_in_place(
    options: BuildOptions,
    tree: Tree,
    cleaning: Cleaning,
    runs: Runs,
    progress: Progress = lambda _: None,
) -> tuple[Finding, ...]:
    """Replace the files of a tree by cleaned ones.

    Args:
        options: what to build, in place.
        tree: what was found in the source.
        cleaning: what goes and what stays; names are kept.
        runs: where steps run.
        progress: called with what became of each folder, in no particular order.

    Returns:
        The findings, of this and of earlier runs.

    Raises:
        UsageError: a file cannot be cleaned or would be left out, a folder is reached by a link,
            or somebody else builds there. Then no file was replaced.
        OSError: a file cannot be written or replaced.
    """
    own = options.output / layout.OWN
    own.mkdir(parents=True, exist_ok=True)
    with locked(own, options.output):
        work = own / _WORK
        if work.exists():
            shutil.rmtree(work)  # of a run that was killed
        try:
            return _replaced(options, tree, cleaning, runs, progress)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _replaced(
    options: BuildOptions, tree: Tree, cleaning: Cleaning, runs: Runs, progress: Progress
) -> tuple[Finding, ...]:
    root, record = options.source, _load(_record_of(options))
    if record.how != _how(cleaning):
        record = _Record(_how(cleaning))
    every = tree.series
    due = [unit for one in every if (unit := _due(one, record)).listing]
    _check_links(root, due)
    made = dict(_cleaned(options, due, cleaning, runs, progress))
    _check_whole(made)
    _note(record, every, made, options)
    for unit, state in made.items():
        for name in state.files:
            _replace(root / unit.place.folder / name, _work_of(options, unit) / name)
    return record.findings


def _due(unit: SeriesFolder, record: _Record) -> SeriesFolder:
    """The folder with those of its files that were not replaced yet."""
    stamps = listing.stamps(unit.listing)

    def is_due(name: str) -> bool:
        known = record.files.get(f"{unit.place.folder}/{name}")
        return known is None or tuple(known) != tuple(map(int, stamps[name]))

    return SeriesFolder(unit.place, listing.only(unit.listing, is_due))


def _check_links(root: Path, units: Iterable[SeriesFolder]) -> None:
    for unit in units:
        if (root / unit.place.folder).resolve() != root.resolve() / unit.place.folder:
            raise UsageError(
                f"{root / unit.place.folder} is reached by a symbolic link: files behind it are not"
                " replaced; give -O"
            )


def _cleaned(
    options: BuildOptions,
    units: list[SeriesFolder],
    cleaning: Cleaning,
    runs: Runs,
    progress: Progress,
) -> Iterable[tuple[SeriesFolder, Cleaned]]:
    works = {_work_of(options, unit): unit for unit in units}
    tasks = [
        UnitTask(options.source, (*unit.paths.items(),), work, cleaning)
        for work, unit in works.items()
    ]
    if not cleaning.allow_burned_in:
        tasks = withheld(tasks, dict(runs.seen(tasks)))
    for task, state in runs.cleaned(tasks):
        progress(state)
        yield works[task.work], state


def _work_of(options: BuildOptions, unit: SeriesFolder) -> Path:
    return options.output / layout.OWN / _WORK / unit.place.folder


def _check_whole(made: Mapping[SeriesFolder, Cleaned]) -> None:
    """End the run while nothing was replaced, when not everything can be."""
    wrong = [
        f"{unit.place.folder}/{finding.path}: {finding.message}"
        for unit, state in made.items()
        for finding in state.findings
        if finding.level is Level.ERROR or finding.path in state.left_out
    ]
    if not wrong:
        return
    more = f" and {len(wrong) - _SHOWN:,} more" if len(wrong) > _SHOWN else ""
    allow = ", --allow-burned-in" if any(state.left_out for state in made.values()) else ""
    raise UsageError(
        f"in place all files are de-identified or none, and {len(wrong):,} cannot be:"
        f" {'; '.join(wrong[:_SHOWN])}{more}. Move them away{allow}, or give -O"
    )


def _replace(path: Path, by: Path) -> None:
    """Put a cleaned file where the original is, with its permissions."""
    by.chmod(stat.S_IMODE(path.stat().st_mode))
    by.replace(path)


# --- what was replaced --------------------------------------------------------------------------


def _note(
    record: _Record,
    every: list[SeriesFolder],
    made: Mapping[SeriesFolder, Cleaned],
    options: BuildOptions,
) -> None:
    """Write down what the files will look like once they are replaced."""
    there = {f"{unit.place.folder}/{name}" for unit in every for name in unit.files}
    record.files = {path: stamp for path, stamp in record.files.items() if path in there}
    for unit, state in made.items():
        for name in state.files:
            status = (_work_of(options, unit) / name).stat()
            record.files[f"{unit.place.folder}/{name}"] = [status.st_size, status.st_mtime_ns]
    folders = {unit.place.folder for unit in every}
    before = [
        one
        for one in record.findings
        if one.path in there or one.path in folders or one.path == layout.ARRANGED
    ]
    found = [one for unit, state in made.items() for one in told(unit.place.folder, state)]
    if (options.output / layout.ARRANGED).exists():
        found.append(_with_names(layout.ARRANGED))
    record.findings = (*dict.fromkeys((*before, *found)),)
    _save(options, record)


def _with_names(name: str) -> Finding:
    message = "it is needed to arrange again and names files and patients: do not publish it"
    return Finding(Level.WARNING, "has-names", message, name)


def _how(cleaning: Cleaning) -> str:
    return sha256(repr(cleaning.policy).encode("utf-8", "backslashreplace")).hexdigest()


def _record_of(options: BuildOptions) -> Path:
    return options.output / layout.OWN / _RECORD


def _load(path: Path) -> _Record:
    try:
        how, files, findings = json.loads(path.read_bytes())
        return _Record(how, dict(files), loaded(tuple[Finding, ...], findings))
    except FileNotFoundError:
        return _Record()
    except (ValueError, TypeError) as error:
        problem = f"{path} is damaged: it cannot be told which files were de-identified"
        raise UsageError(problem) from error


def _save(options: BuildOptions, record: _Record) -> None:
    content = json.dumps([record.how, record.files, dumped(record.findings)], sort_keys=True)
    Folder(options.output / layout.OWN).write(_RECORD, content.encode("ascii"))
