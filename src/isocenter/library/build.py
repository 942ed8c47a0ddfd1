"""Build a library: scan, one step per changed series, merge, descriptors and pages.

In: :class:`BuildOptions`. Out: the files of REV.md section 2 in the output folder and
the :class:`Library` they were made from. The same input gives the same bytes, on any
executor and with any number of workers, whatever was built, interrupted or killed before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import blake2b

from isocenter import runner
from isocenter.errors import Finding, Level, UsageError
from isocenter.files.findings import findings_json
from isocenter.files.lock import locked
from isocenter.files.target import Folder, Placement
from isocenter.library import catalog as catalogs
from isocenter.library import descriptors, fingerprint, layout, listing, scan
from isocenter.library.agemap import age_map
from isocenter.library.catalog import Catalog, Entry, Origin, Totals
from isocenter.library.changes import Changes, changes, check_origin
from isocenter.library.choice import of_extension
from isocenter.library.foreign import check_foreign
from isocenter.library.intake import plan
from isocenter.library.model import Layout, Library, SeriesPlace, SeriesResult
from isocenter.library.options import BuildOptions
from isocenter.library.pages import pages, pages_by_study
from isocenter.library.removal import Removal
from isocenter.library.scan import Tree
from isocenter.library.steps import SeriesTask, build_series, decode_files
from isocenter.markup.pages import Page
from isocenter.ordering import natural

Progress = Callable[[SeriesResult], None]
Wanted = Callable[[str], bool]
"""Which files above the series are to be written, by their paths."""

_TO_BE_TRIED_AGAIN = frozenset(
    {"not-written", "series-failed", "unreadable-file", "out-of-memory", "changed-while-read"}
)
"""Findings that may not come again although no file of the input has changed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build did, how much the library shows now, and every finding.

    ``built``, ``unchanged`` and ``removed`` are series; ``frames`` were made by this build.
    """

    built: int
    unchanged: int
    removed: int
    frames: int
    totals: Totals
    findings: tuple[Finding, ...]
    catalog_lost: bool = False
    """The catalog could not be read, so that everything was built again."""


def build(  # noqa: PLR0913 - each is an option of its own
    options: BuildOptions,
    *,
    workers: int = 0,
    executor: Executor | None = None,
    progress: Progress = lambda _: None,
    tree: Tree | None = None,
    wanted: Wanted | None = None,
    force: bool = False,
    patience: float = runner.PATIENCE,
) -> Library:
    """Bring the library up to date.

    Args:
        options: what to build, and where.
        workers: processes; 0 is one per core.
        executor: run the steps there instead; then a dead worker is the caller's affair.
        progress: called with each series that was made, in no particular order.
        tree: the result of :func:`isocenter.library.intake.plan`, when the caller has it already.
        wanted: which files above the series are written, by their paths; all without it.
        force: make every series again, whether it has changed or not.
        patience: seconds without progress, after which a file is given up; 0 is for ever.

    Raises:
        UsageError: the source holds no library, the viewer address is none, or somebody
            else builds there.
        OSError: the output cannot be written.
    """
    if tree is None:
        tree = plan(options, workers=workers if executor is None else 1)
    with opened(options, tree=tree, force=force) as work:
        work.run(
            workers=workers,
            executor=executor,
            progress=progress,
            wanted=wanted,
            patience=patience,
        )
        return work.library()


@contextmanager
def opened(
    options: BuildOptions, *, tree: Tree | None = None, force: bool = False
) -> Iterator[Work]:
    """Lock the output and compare the source with what was built: ``work.changes``.

    Args and errors are those of :func:`build`.
    """
    found = plan(options) if tree is None else tree
    _check_names(options)
    told = replace(options, layout=found.layout)
    with held(options) as catalog:
        before = catalog.origin()
        if before is None:
            check_foreign(found, options)
        else:
            check_origin(before, options, found.layout)
        yield Work(told, found, catalog, changes(found, catalog, told, force=force))


def _check_names(options: BuildOptions) -> None:
    """Refuse to put what has names where a library without them lies."""
    cleaned = options.output / layout.OWN / layout.DEIDENTIFIED
    if cleaned.is_dir() and not options.source.resolve().is_relative_to(cleaned.resolve()):
        raise UsageError(
            f"{options.output} holds a library without names: de-identify again, or build elsewhere"
        )


@contextmanager
def held(options: BuildOptions) -> Iterator[Catalog]:
    """Lock the output; what is known of it.

    Raises:
        UsageError: somebody else builds there.
        OSError: the output cannot be written.
    """
    target = Folder(options.output)
    own = target.path(layout.OWN)
    own.mkdir(parents=True, exist_ok=True)
    with locked(own, options.output), catalogs.opened(own) as catalog:
        for folder in ("", layout.ASSETS):  # first, so that no series is made in vain
            target.make(folder)
        yield catalog


def write_above(
    library: Library, options: BuildOptions, catalog: Catalog, wanted: Wanted
) -> list[str]:
    """Write those files above the series that are wanted and not as they are to be.

    Returns:
        Paths of the files that were written once and are no longer of the library.
    """
    catalog.begin(())  # not whole, until somebody says so
    target, left = Folder(options.output), catalog.pages()
    for study in library.studies:
        target.make(study.folder)
    for page in outputs(library, options):
        known = left.pop(page.path, b"")
        if wanted(page.path):
            _write(target, catalog, page, known)
    return [*left]


def _write(target: Folder, catalog: Catalog, page: Page, known: bytes) -> None:
    digest = blake2b(page.content, digest_size=16).digest()
    if digest != known or not target.path(page.path).is_file():
        catalog.page(page.path, b"")  # it is ours from now on, whole or not
        target.write(page.path, page.content)
        catalog.page(page.path, digest)


class Work:
    """A build that holds the lock; made by :func:`opened`."""

    def __init__(self, options: BuildOptions, tree: Tree, catalog: Catalog, found: Changes) -> None:
        self._options, self._tree, self._catalog = options, tree, catalog
        self._removal = Removal(options)
        self.changes = found

    def run(
        self,
        *,
        workers: int = 0,
        executor: Executor | None = None,
        progress: Progress = lambda _: None,
        wanted: Wanted | None = None,
        patience: float = runner.PATIENCE,
    ) -> Outcome:
        """Do what is to be done; the arguments are those of :func:`build`."""
        self._remember()
        known = self._begin()
        for entry in self.changes.removed:
            self._removal.series(entry)
            self._catalog.forget(entry.place)
        count, frames = workers or runner.cores(), 0
        for result in _outcomes(self.changes.tasks, count, executor, patience):
            progress(self._kept(result, known[result.place.folder]))
            frames += result.frame_count
        if not self._is_whole():
            self._finish(wanted)
        return self._outcome(frames)

    def library(self) -> Library:
        """The library as the catalog has it."""
        return merge(self._catalog.results(), self._tree.findings)

    def _remember(self) -> None:
        """Note what the library is made of, and the headers that were read."""
        options, headers = self._options, self._tree.headers
        self._catalog.made_of(Origin(options.in_place, self._tree.layout))
        own = Folder(options.output / layout.OWN)
        there = own.path(layout.HEADERS)
        if headers and not (there.is_file() and there.read_bytes() == headers):
            own.write(layout.HEADERS, headers)

    def _begin(self) -> dict[str, Entry]:
        """Note what is about to change, so that it is found when this process is killed."""
        known = {task.place.folder: self._known(task) for task in self.changes.tasks}
        changing = [*known.values(), *self.changes.removed]
        if changing:
            self._catalog.begin(
                (entry.place, entry.listing, self._removal.placed(entry)) for entry in changing
            )
        for entry in known.values():
            self._moved(entry.place)
        return known

    def _moved(self, place: SeriesPlace) -> None:
        """Take the pictures of a series away that lie elsewhere than they will."""
        before = self._catalog.entry(place)
        if before and before.place.pictures != place.pictures:
            self._removal.pictures(before.place)
            self._catalog.move(place)

    def _known(self, task: SeriesTask) -> Entry:
        """The series as it will be, with the DICOM files that lie in OUT by now."""
        before = self._catalog.entry(task.place)
        placed = self._removal.placed(before) if before else frozenset[str]()
        return Entry(task.place, task.folder.listing, placed, "", settled=True)

    def _kept(self, result: SeriesResult, entry: Entry) -> SeriesResult:
        """Put the result into the catalog, and take away what is no longer of the series."""
        result = _with_changes(result, entry.listing, self._listed_now(entry))
        settled = not any(one.code in _TO_BE_TRIED_AGAIN for one in result.findings)
        placed = _placed(result)
        if settled:
            self._removal.dicom(entry.place, entry.placed - placed)
        else:
            placed |= self._removal.placed(replace(entry, settled=False))
        made_with = fingerprint.of_series(self._options)
        self._catalog.save(result, placed, made_with, settled=settled)
        return result

    def _listed_now(self, entry: Entry) -> bytes:
        """What lies in a series folder, or where its files were gathered from."""
        options = self._options
        if self._tree.layout is Layout.STUDY:
            return listing.gathered_again(options.root, entry.listing)
        exclude = () if options.in_place else (options.output,)
        found = scan.listing_now(options.source, entry.place, exclude)
        return of_extension(found, options.extension)

    def _is_whole(self) -> bool:
        """Whether the files above the series are as they would be made now."""
        made_with = fingerprint.of_whole(self._options)
        findings = tuple(self._tree.findings)
        target = Folder(self._options.output)
        return self._catalog.is_whole(made_with, findings) and all(
            target.path(path).is_file() for path in self._catalog.pages()
        )

    def _finish(self, wanted: Wanted | None) -> None:
        """Make the files above the series, and remove those that are no longer made."""
        every = wanted or (lambda _: True)
        for path in write_above(self.library(), self._options, self._catalog, every):
            self._removal.page(path)
            self._catalog.forget_page(path)
        if wanted is None:
            self._catalog.finish(fingerprint.of_whole(self._options), tuple(self._tree.findings))

    def _outcome(self, frames: int) -> Outcome:
        found = self.changes
        return Outcome(
            built=len(found.tasks),
            unchanged=found.unchanged,
            removed=len(found.removed),
            frames=frames,
            totals=self._catalog.totals(),
            findings=(*self._tree.findings, *sorted(self._catalog.findings(), key=_path_order)),
            catalog_lost=self._catalog.lost,
        )


def _path_order(finding: Finding) -> tuple[object, ...]:
    return natural(finding.path), finding.path


def _placed(result: SeriesResult) -> frozenset[str]:
    """The names of the DICOM files that the library holds for a series."""
    images = (image.path.rpartition("/")[2] for image in result.images)
    return frozenset((*images, *result.others))


def _with_changes(result: SeriesResult, before: bytes, now: bytes) -> SeriesResult:
    """The result with a finding for each file that was not the same all the time."""
    message = "the file came, went or changed while the series was made; the next build reads it"
    paths, folder = listing.origins(before), result.place.folder
    found = (
        Finding(Level.WARNING, "changed-while-read", message, paths.get(name) or f"{folder}/{name}")
        for name in listing.changed(before, now)
    )
    return replace(result, findings=(*result.findings, *found))


def merge(results: Iterable[SeriesResult], findings: Iterable[Finding] = ()) -> Library:
    """One library of all results, in the order of the tree whatever order they came in."""
    ordered = sorted(results, key=_tree_order)
    return Library(tuple(ordered), tuple(findings))


def _tree_order(result: SeriesResult) -> tuple[object, ...]:
    names = result.place.folder.split("/")
    return (*map(natural, names), *names)  # the names tell A from a


def outputs(library: Library, options: BuildOptions) -> Iterator[Page]:
    """Every file above the series: descriptors, pages, map, findings."""
    dicom = options.in_place or options.placement is not Placement.NONE
    if options.layout is Layout.STUDY:
        yield from pages_by_study(library, dicom=dicom)
    else:
        yield from pages(library, server=options.server, leaf=options.leaf, dicom=dicom)
        yield from _by_age(library)
    for study in library.studies:
        yield Page(f"{study.folder}/{options.study_json}", descriptors.study_json(study))
    yield Page(layout.FINDINGS, findings_json(library.all_findings))


def _by_age(library: Library) -> Iterator[Page]:
    """What only a library by age has: the viewer finds its examples by it."""
    for year in library.years:
        for month in year.months:
            yield Page(f"{month.folder}/{layout.MONTH_EXAMPLES}", descriptors.month_json(month))
    yield Page(layout.MAP, age_map(library))


def _outcomes(
    tasks: Iterable[SeriesTask], workers: int, executor: Executor | None, patience: float
) -> Iterator[SeriesResult]:
    job = runner.Job(build_series, _without_killers, _without_endless)
    # the largest series first, so that none is left alone at the end
    ordered = sorted(tasks, key=lambda task: -task.folder.listing.count(b"\0"))
    if executor is None:
        for outcome in runner.run(job, ordered, workers, patience=patience):
            yield _result(outcome)
    else:
        for outcome in runner.run_on(executor, job, ordered):
            yield _result(outcome)


def _without_killers(task: SeriesTask, dies: Callable[..., bool]) -> SeriesTask:
    """The task without the files that kill the process that decodes them."""
    killers = runner.killers(task.names, lambda names: dies(decode_files, task, names))
    return replace(task, skip=task.skip.union(killers))


def _without_endless(task: SeriesTask, name: str) -> SeriesTask:
    """The task without the file whose decoding came to no end."""
    return replace(task, late=task.late | {name}) if name in task.names else task


def _result(outcome: SeriesResult | runner.Failure[SeriesTask]) -> SeriesResult:
    return _failed(outcome) if isinstance(outcome, runner.Failure) else outcome


def _failed(failure: runner.Failure[SeriesTask]) -> SeriesResult:
    place = failure.task.place
    message = f"the series could not be built: {failure.reason}"
    return SeriesResult(
        place, findings=(Finding(Level.ERROR, "series-failed", message, place.folder),)
    )
