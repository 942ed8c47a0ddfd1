"""Arrange: read what is new, plan, put everything into its place.

In: :class:`ArrangeOptions`. Out: the tree, ``arranged.json``, ``findings.json`` and an
:class:`Arranged`. The same files give the same tree, whatever order directories are in and on
any number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from isocenter import runner
from isocenter.errors import Finding, Level, UsageError
from isocenter.files.findings import findings_json, is_findings_json
from isocenter.files.sources import Archive, Source, source
from isocenter.files.target import Folder
from isocenter.library import layout, viewer
from isocenter.library.arrange import placing, record
from isocenter.library.arrange.examples import place_by_age
from isocenter.library.arrange.model import Left, SourceFile, State
from isocenter.library.arrange.options import ArrangeOptions, Transcode, Transfer
from isocenter.library.arrange.placing import Item, Placed, PlaceTask
from isocenter.library.arrange.planning import Plan, identity, ordered, plan
from isocenter.library.arrange.record import Record
from isocenter.library.arrange.survey import Progress, chunks, outcomes, survey


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to arrange."""

    source: Source
    names: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Arranged:
    """What was arranged: instances in the tree, by source; ``new`` of them by this run."""

    instances: int
    new: int
    studies: int
    series: int
    findings: tuple[Finding, ...]


def find(options: ArrangeOptions) -> Found:
    """Find the files to arrange.

    Raises:
        UsageError: there is no such source, it holds no file, source and output lie in each
            other, or the output or the way cannot be as asked.
        OSError: the source cannot be listed.
    """
    given, output = options.source, options.output
    at = source(given)
    if options.transfer is Transfer.MOVE and (isinstance(at, Archive) or given.is_file()):
        raise UsageError(f"{given}: files are moved out of a folder only; link or copy them")
    _apart(given, output)
    names, findings = at.found()
    if not names and not findings:
        raise UsageError(f"{given} holds no file")
    if output.exists() and not output.is_dir():
        raise UsageError(f"{output} is no folder")
    if (output / layout.OWN / layout.DEIDENTIFIED).is_dir():
        raise UsageError(f"{output} holds a library without names: arrange to another folder")
    report = output / layout.FINDINGS
    if report.is_file() and not is_findings_json(report.read_bytes()):
        raise UsageError(f"{report} is no list of findings; it would be replaced, so move it")
    return Found(at, names, findings)


def _apart(given: Path, output: Path) -> None:
    inner, outer = output.resolve(), given.resolve()
    if given.is_dir() and inner.is_relative_to(outer):
        raise UsageError(f"{output} lies in {given}: a tree is not made where its files are")
    if outer.is_relative_to(inner):
        raise UsageError(f"{given} lies in {output}: a tree is not made where its files are")


def arrange(
    options: ArrangeOptions,
    *,
    workers: int = 0,
    progress: Progress = lambda _done, _images: None,
    found: Found | None = None,
) -> Arranged:
    """Arrange a source into a tree by age.

    Args:
        options: what to arrange, where and how.
        workers: processes; 0 is one per core. Few files are read in this process.
        progress: called with how many more files are done, and how many images are among them.
        found: the result of :func:`find`, when the caller has it already.

    Raises:
        UsageError: as :func:`find`; or the output holds a tree that was not arranged, or a
            record that cannot be read.
        OSError: the output cannot be written.
    """
    there = find(options) if found is None else found
    target = Folder(options.output)
    known = _known(target)
    how = f"{options.transfer} {options.transcode}"
    changed, known.how = known.how != how, how
    count = workers or runner.cores()
    key = record.key_of(there.source.place)
    files = survey(there.source, there.names, known.sources.get(key, {}), count, progress)
    _leave_moved(known, key, files, options)
    with there.source.opened() as reader:
        digests = (lambda name: placing.digest(reader, name)), _digest_of(target)
        made = plan(known, key, files, digests, place_by_age)
        removed = _removed(known)
        items = _items(made, target, options, anew=changed)
        done = _place(options, there.source, items, (known, made), count)
    findings = (*there.findings, *made.findings, *done, *removed)
    told = ordered(findings)
    target.write(layout.FINDINGS, findings_json(told))
    return _arranged(known, len(items), told)


def _known(target: Folder) -> Record:
    """The record of the output; without one no tree may be there."""
    known = record.load(target)
    if known is not None:
        return known
    if target.root.is_dir() and any(
        layout.YEAR.fullmatch(path.name) for path in target.root.iterdir()
    ):
        raise UsageError(
            f"{target.root} holds a tree without {record.NAME}: numbers could be given twice;"
            " arrange to a new folder"
        )
    return Record()


# --- what is gone -------------------------------------------------------------------------------


def _leave_moved(
    known: Record, key: str, files: dict[str, SourceFile], options: ArrangeOptions
) -> None:
    """Files that a run which was killed had removed from the source already."""
    before = known.sources.get(key, {})
    for name in before.keys() - files.keys():
        file = before[name]
        arrived = file.target and (options.output / file.target).is_file()
        if arrived and file.state is State.DUE and options.transfer is Transfer.MOVE:
            known.left[file.target] = _left(name, file)
            del before[name]


def _left(name: str, file: SourceFile) -> Left:
    study, series, uid = identity(name, file)
    return Left(study, series, uid, moved=True)


def _removed(known: Record) -> list[Finding]:
    return [
        Finding(Level.WARNING, "source-removed", "its source is gone; it stays", target)
        for target, left in known.left.items()
        if not left.moved
    ]


# --- places -------------------------------------------------------------------------------------


def _digest_of(target: Folder) -> Callable[[str], str]:
    return lambda name: placing.digest_of(target.path(name))


def _items(made: Plan, target: Folder, options: ArrangeOptions, *, anew: bool) -> list[Item]:
    """The files that are not in their places yet."""
    items = []
    for name, file in made.files.items():
        if file.state not in {State.DUE, State.HERE}:
            continue
        moving = options.transfer is Transfer.MOVE
        if file.state is State.HERE and not (anew or moving) and _exists(target, file.target):
            continue
        syntax = file.said.syntax if file.said else ""
        foreign = options.transcode is Transcode.EXPLICIT and syntax not in viewer.DECODES
        items.append(Item(name, file.target, file.tried, foreign))
    return items


def _exists(target: Folder, name: str) -> bool:
    return target.path(name).exists()


def _place(
    options: ArrangeOptions,
    at: Source,
    items: list[Item],
    books: tuple[Record, Plan],
    workers: int,
) -> list[Finding]:
    """Write the record, place the files, and write the record again."""
    known, made = books
    target = Folder(options.output)
    target.make("")
    for item in items:
        made.files[item.name] = replace(made.files[item.name], state=State.DUE, tried=True)
    record.save(target, known)
    for folder in sorted({item.target.rpartition("/")[0] for item in items}):
        target.make(folder)
    findings: list[Finding] = []
    native = any(item.transcode for item in items)
    tasks = (
        PlaceTask(at, options.output, options.transfer, tuple(chunk)) for chunk in chunks(items)
    )
    job = runner.Job(placing.place_files, placing.without_killers)
    for outcome in outcomes(job, tasks, workers if native else 1):
        _take(outcome, known, made, findings)
    if items:
        record.save(target, known)
    return findings


def _take(
    outcome: Placed | runner.Failure[PlaceTask],
    known: Record,
    made: Plan,
    findings: list[Finding],
) -> None:
    """Note what became of some files."""
    if isinstance(outcome, runner.Failure):
        reason = f"it could not be placed: {outcome.reason}"
        lost = outcome.task.items
        findings += [Finding(Level.ERROR, "not-written", reason, item.name) for item in lost]
        return
    findings += outcome.findings
    for finding in outcome.findings:
        if finding.code == "name-taken":
            file = made.files[finding.path]
            made.files[finding.path] = replace(file, tried=False)
    for name in outcome.there:
        made.files[name] = replace(made.files[name], state=State.HERE)
    for name in outcome.moved:
        file = made.files.pop(name)
        known.left[file.target] = _left(name, file)


def _arranged(known: Record, new: int, findings: Sequence[Finding]) -> Arranged:
    files = (file for every in known.sources.values() for file in every.values())
    targets = {*known.left, *(file.target for file in files if file.state is State.HERE)}
    series = {target.rpartition("/")[0] for target in targets}
    studies = {folder.rpartition("/")[0] for folder in series}
    return Arranged(len(targets), new, len(studies), len(series), tuple(findings))
