"""Build a library: scan, one step per series, merge, descriptors and pages.

In: :class:`BuildOptions`. Out: the files of REV.md section 2 in the output folder and
the :class:`Library` they were made from. The same input gives the same bytes, on any
executor and with any number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import replace

from isocenter import runner
from isocenter.errors import Finding, Level, UsageError
from isocenter.files.findings import findings_json
from isocenter.files.target import Folder, Placement
from isocenter.library import descriptors, layout
from isocenter.library.agemap import age_map
from isocenter.library.choice import chosen
from isocenter.library.model import Library, SeriesResult
from isocenter.library.options import BuildOptions
from isocenter.library.pages import Page, pages
from isocenter.library.scan import NAME_TAKEN, Tree, scan
from isocenter.library.steps import SeriesTask, build_series, decode_files
from isocenter.library.urls import viewer_address
from isocenter.ordering import natural

Progress = Callable[[SeriesResult], None]


def plan(options: BuildOptions) -> Tree:
    """Find the series to build.

    Raises:
        UsageError: the source is no folder, or holds no series; the viewer's address is none.
    """
    source = options.source
    if options.server:
        viewer_address(options.server, year="00", month="00", example="00")
    if not source.is_dir():
        problem = "is no folder" if source.exists() else "does not exist"
        raise UsageError(f"{source} {problem}")
    try:
        tree = scan(source, exclude=() if options.in_place else (options.output,))
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror}") from error
    tree = chosen(tree, options)
    taken = [finding.path for finding in tree.findings if finding.code == NAME_TAKEN]
    if taken and options.in_place:
        raise UsageError(f"{taken[0]} is a DICOM file with the name of an output; rename it")
    if not tree.series:
        raise UsageError(
            f"{source} has no series: expected YY-yr/MM-mo/EX-ex/SERIES/files below it"
        )
    return tree


def build(  # noqa: PLR0913 - each is an option of its own
    options: BuildOptions,
    *,
    workers: int = 0,
    executor: Executor | None = None,
    progress: Progress = lambda _: None,
    tree: Tree | None = None,
    wanted: Callable[[str], bool] = lambda _: True,
) -> Library:
    """Build the library.

    Args:
        options: what to build, and where.
        workers: processes; 0 is one per core.
        executor: run the steps there instead; then a dead worker is the caller's affair.
        progress: called with each finished series, in no particular order.
        tree: the result of :func:`plan`, when the caller has it already.
        wanted: which files above the series are written, by their paths.

    Raises:
        UsageError: the source holds no library, or the viewer address is none.
        OSError: the output cannot be written.
    """
    found = plan(options) if tree is None else tree
    target = Folder(options.output)
    target.make("")
    target.make(layout.ASSETS)  # first, so that a folder that may not be written is known at once
    tasks = [SeriesTask(folder, options) for folder in found.series]
    results = []
    for result in _outcomes(tasks, workers or runner.cores(), executor):
        progress(result)
        results.append(result)
    library = merge(results, found.findings)
    for example in library.examples:
        target.make(example.folder)
    for page in outputs(library, options):
        if wanted(page.path):
            target.write(page.path, page.content)
    return library


def merge(results: Iterable[SeriesResult], findings: Iterable[Finding] = ()) -> Library:
    """One library of all results, in the order of the tree whatever order they came in."""
    ordered = sorted(results, key=_tree_order)
    return Library(tuple(ordered), tuple(findings))


def _tree_order(result: SeriesResult) -> tuple[object, ...]:
    place = result.place
    names = (place.year, place.month, place.example, place.series)
    return (*map(natural, names), *names)  # the names tell A from a


def outputs(library: Library, options: BuildOptions) -> Iterator[Page]:
    """Every file above the series: descriptors, pages, map, findings."""
    dicom = options.in_place or options.placement is not Placement.NONE
    yield from pages(library, server=options.server, leaf=options.leaf, dicom=dicom)
    for year in library.years:
        for month in year.months:
            yield Page(f"{month.folder}/{layout.MONTH_EXAMPLES}", descriptors.month_json(month))
    for example in library.examples:
        yield Page(f"{example.folder}/{options.study_json}", descriptors.study_json(example))
    yield Page(layout.FINDINGS, findings_json(library.all_findings))
    yield Page(layout.MAP, age_map(library))


def _outcomes(
    tasks: list[SeriesTask], workers: int, executor: Executor | None
) -> Iterator[SeriesResult]:
    job = runner.Job(build_series, _without_killers)
    # the largest series first, so that none is left alone at the end
    ordered = sorted(tasks, key=lambda task: -len(task.names))
    if executor is None:
        for outcome in runner.run(job, ordered, workers):
            yield _result(outcome)
    else:
        for outcome in runner.run_on(executor, job, ordered):
            yield _result(outcome)


def _without_killers(task: SeriesTask, dies: Callable[..., bool]) -> SeriesTask:
    """The task without the files that kill the process that decodes them."""
    killers = runner.killers(task.names, lambda names: dies(decode_files, task, names))
    return replace(task, skip=task.skip.union(killers))


def _result(outcome: SeriesResult | runner.Failure[SeriesTask]) -> SeriesResult:
    return _failed(outcome) if isinstance(outcome, runner.Failure) else outcome


def _failed(failure: runner.Failure[SeriesTask]) -> SeriesResult:
    place = failure.task.place
    message = f"the series could not be built: {failure.reason}"
    return SeriesResult(
        place, findings=(Finding(Level.ERROR, "series-failed", message, place.folder),)
    )
