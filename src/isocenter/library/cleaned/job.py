"""Clean the files of a library: look, clean what has changed, give every folder its place.

In: :class:`BuildOptions`, the tree that was found in its source, a :class:`Cleaning`. Out: a tree
of cleaned files inside the output, and a :class:`CleanedTree`. What is built from that
tree has seen nothing of the input. The same input and key give the same tree, on any executor
and with any number of workers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from isocenter.deidentify.series import OF_FOLDER, Seen
from isocenter.deidentify.steps import why_left_out
from isocenter.errors import UsageError
from isocenter.files.lock import locked
from isocenter.files.names import folded
from isocenter.files.target import TEMPORARY_PREFIX
from isocenter.library import layout
from isocenter.library.arrange.naming import free
from isocenter.library.cleaned.findings import neutral, told
from isocenter.library.cleaned.model import Cleaned, CleanedTree, Cleaning, Naming, UnitTask
from isocenter.library.cleaned.runs import Progress, Runs, left_out
from isocenter.library.cleaned.store import Store, tree_of
from isocenter.library.intake import plan
from isocenter.library.model import Layout
from isocenter.library.options import BuildOptions
from isocenter.library.scan import SeriesFolder, Tree
from isocenter.ordering import natural

_TO_BE_TRIED_AGAIN = frozenset(
    {"not-written", "unreadable-file", "out-of-memory", "unexpected", "series-failed"}
)
_NAMELESS = "series"
_UNSEEN = Seen(*[frozenset({f"{OF_FOLDER}unseen"})] * 2)
"""Of a folder that could not be looked at: its mark is none that was made without looking."""


def check_output(options: BuildOptions) -> None:
    """Refuse an output that may hold names, or be inside of what has them.

    Raises:
        UsageError: source and output lie in each other, or the output holds something else.
    """
    source, output = options.root.resolve(), options.output.resolve()
    inside = output.is_relative_to(source) and (not options.source.is_file() or output == source)
    if inside or source.is_relative_to(output):
        raise UsageError(
            f"{options.source} and {options.output} lie in each other:"
            " what has names and what has none stay apart"
        )
    if output.exists() and not output.is_dir():
        raise UsageError(f"{options.output} is no folder")
    if (output / layout.OWN / layout.DEIDENTIFIED).is_dir() or not output.exists():
        return
    if any(not path.name.startswith(TEMPORARY_PREFIX) for path in output.iterdir()):
        raise UsageError(
            f"{options.output} holds files that may have names: de-identify into a new folder"
        )


def clean(  # noqa: PLR0913 - as build()
    options: BuildOptions,
    tree: Tree,
    cleaning: Cleaning,
    runs: Runs,
    progress: Progress = lambda _: None,
    *,
    force: bool = False,
) -> CleanedTree:
    """Bring the cleaned tree of a library up to date.

    Args:
        options: what to build, and where.
        tree: what was found in the source.
        cleaning: what goes and what stays.
        runs: where steps run.
        progress: called with what became of each folder, in no particular order.
        force: clean everything again, whether it has changed or not.

    Raises:
        UsageError: as of :func:`check_output`; or somebody else builds there.
        OSError: the output cannot be written.
    """
    check_output(options)
    own = options.output / layout.OWN
    (own / layout.DEIDENTIFIED).mkdir(parents=True, exist_ok=True)
    with locked(own, options.output):
        return _Work(options, tree, cleaning, runs).run(progress, force=force)


def was_made_so(options: BuildOptions, cleaning: Cleaning) -> bool:
    """Whether the last run cleaned in this way, as far as no key matters."""
    return Store(options.output, cleaning).was_made_so()


def tree_to_build(options: BuildOptions, cleaned: CleanedTree) -> tuple[BuildOptions, Tree]:
    """What to build a library without names from: options and tree, which may have no series."""
    instead = replace(options, source=cleaned.root)
    tree = plan(instead) if any(cleaned.root.iterdir()) else Tree(layout=cleaned.layout)
    tree.findings[:0] = (*cleaned.passed, *cleaned.findings)
    return instead, tree


class _Work:
    """A run over all folders of the input."""

    def __init__(self, options: BuildOptions, tree: Tree, cleaning: Cleaning, runs: Runs) -> None:
        self.options, self.tree, self.cleaning, self.runs = options, tree, cleaning, runs
        self.units = [one for one in tree.series if one.listing]
        self.store = Store(options.output, cleaning)
        self.withheld: Mapping[SeriesFolder, frozenset[str]] = {}

    def run(self, progress: Progress, *, force: bool) -> CleanedTree:
        self.store.open()
        if force:
            self.store.keep_only(set(), set(), ())
        marks = self.marks()
        looks = {self.store.mark(self.options.root, unit) for unit in self.units}
        taken = self.store.keep_only(looks, {*marks.values()}, self.unread())
        states = {unit: self.store.state(mark) for unit, mark in marks.items()}
        tasks = [self.task(unit, marks[unit]) for unit, state in states.items() if state is None]
        made = {}
        for task, state in self.cleaned(tasks):
            made[task.work.name] = state
            progress(state)
        every = {unit: state or made[marks[unit]] for unit, state in states.items()}
        placed = self.placed(every, marks, taken)
        self.store.finish()
        return self.result(placed, len(made))

    def unread(self) -> list[str]:
        """Folders of the tree whose input may only be out of sight: an example, or all."""
        if self.tree.layout is Layout.STUDY:
            return [""] if self.tree.unread else []
        return ["/".join(folder.split("/")[:3]) for folder in self.tree.unread]

    # --- which series are left out --------------------------------------------------------------

    def marks(self) -> dict[SeriesFolder, str]:
        """The mark of every folder, which depends on the series that are left out of it."""
        root = self.options.root
        if self.cleaning.allow_burned_in:
            return {unit: self.store.mark(root, unit) for unit in self.units}
        self.withheld = left_out(self.looked())
        return {unit: self.store.mark(root, unit, self.withheld[unit]) for unit in self.units}

    def looked(self) -> dict[SeriesFolder, Seen]:
        """The series of every folder; those of unchanged ones are known."""
        root = self.options.root
        looks = {self.store.mark(root, unit): unit for unit in self.units}
        found = {unit: self.store.seen(mark) for mark, unit in looks.items()}
        tasks = [self.task(unit, mark) for mark, unit in looks.items() if found[unit] is None]
        for work, one in self.runs.seen(tasks):
            found[looks[work.name]] = one
            self.store.save_seen(work.name, one)
        return {unit: one or _UNSEEN for unit, one in found.items()}

    # --- what is cleaned ------------------------------------------------------------------------

    def task(self, unit: SeriesFolder, mark: str) -> UnitTask:
        return UnitTask(
            self.options.root,
            (*unit.paths.items(),),
            self.store.work(mark),
            self.cleaning,
            self.withheld.get(unit, frozenset()),
        )

    def cleaned(self, tasks: list[UnitTask]) -> Iterator[tuple[UnitTask, Cleaned]]:
        """What becomes of folders; what may go better next time is not kept."""
        for task, state in self.runs.cleaned(tasks):
            if not any(one.code in _TO_BE_TRIED_AGAIN for one in state.findings):
                self.store.save(task.work.name, state)
            yield task, state

    # --- where it goes --------------------------------------------------------------------------

    def placed(
        self,
        states: Mapping[SeriesFolder, Cleaned],
        marks: Mapping[SeriesFolder, str],
        taken: Iterable[str],
    ) -> dict[str, tuple[SeriesFolder, Cleaned]]:
        """The folders by their places; new ones get theirs in the order of the input."""
        used = {folded(place) for place in taken}
        found = {}
        for unit, state in states.items():
            place = state.place or self.place(unit, state, used)
            used.add(folded(place))
            found[place] = unit, state
            if not state.place:
                self.put(marks[unit], replace(state, place=place))
        return dict(sorted(found.items(), key=lambda one: (natural(one[0]), one[0])))

    def place(self, unit: SeriesFolder, state: Cleaned, used: set[str]) -> str:
        if self.cleaning.naming is Naming.KEPT:
            return unit.place.folder
        name = state.wanted or _NAMELESS
        by_age = self.tree.layout is Layout.REV  # any other folder is called by what is removed
        return free(f"{unit.place.study}/{name}" if by_age else name, used)

    def put(self, mark: str, state: Cleaned) -> None:
        """Move a folder into the tree; it has its place from now on, if it is known at all."""
        if state.files:
            self.store.put(mark, state.place)
        if self.store.is_known(mark):
            self.store.save(mark, state)

    def result(self, placed: Mapping[str, tuple[SeriesFolder, Cleaned]], made: int) -> CleanedTree:
        found = [one for place, (_, state) in placed.items() for one in told(place, state)]
        walked = self.tree.findings
        safe = self.cleaning.naming is Naming.SAFE
        return CleanedTree(
            root=tree_of(self.options.output),
            passed=(*(neutral(walked) if safe else walked),),
            findings=(*found,),
            left_out=_left_out(placed),
            made=made,
            naming=self.cleaning.naming,
            layout=self.tree.layout,
            units={place: unit for place, (unit, _) in placed.items()},
        )


def _left_out(placed: Mapping[str, tuple[SeriesFolder, Cleaned]]) -> dict[str, str]:
    """The files that are left out, by the names they would have, and why."""
    found = {}
    for place, (_, state) in placed.items():
        why = why_left_out(state.findings)
        found.update({f"{place}/{name}": why[name] for name in state.left_out})
    return found
