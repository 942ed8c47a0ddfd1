"""Which files are in the sample: the first of each series, or of each device and what brings new paths.

A survey reads headers in pieces, on workers; what the pieces found adds up to the same choice
whatever their size. A file that cannot be read whole is never the first of anything, so that the second
is tried; it is walked all the same, to be told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from isocenter import pulse
from isocenter.attributes.facts import facts
from isocenter.attributes.identity import PUBLIC
from isocenter.attributes.model import Sample
from isocenter.attributes.shards import ShardTask, header, place_of, without_killers, without_stuck
from isocenter.attributes.walk import Walker
from isocenter.core.part10 import FileDataset
from isocenter.errors import Level
from isocenter.files.sources import source


@dataclass(frozen=True, slots=True)
class SurveyTask:
    """Files to survey; ``start`` is the place of the first of them in the order of all."""

    files: ShardTask
    sample: Sample
    start: int


@dataclass(slots=True)
class Survey:
    """What headers said: places in the order of all files.

    ``firsts`` has the first readable file of each series or device, ``paths`` of files that may bring new paths
    the numbers of all their paths, ``unreadable`` those that cannot be read whole.
    """

    files: int = 0
    firsts: dict[int, int] = field(default_factory=dict)
    paths: dict[int, frozenset[int]] = field(default_factory=dict)
    unreadable: set[int] = field(default_factory=set)

    def add(self, other: Survey) -> None:
        """Take in what another survey found."""
        self.files += other.files
        for key, place in other.firsts.items():
            self.firsts[key] = min(place, self.firsts.get(key, place))
        self.paths |= other.paths
        self.unreadable |= other.unreadable

    def chosen(self) -> set[int]:
        """The files of the sample.

        Those with new paths are chosen in their order. A piece leaves out files whose paths
        earlier ones of it have; these are covered by then, so that the choice is the same.
        """
        chosen = {*self.firsts.values()}
        covered: set[int] = set()
        for place in chosen:
            covered |= self.paths.get(place, frozenset())
        for place in sorted(self.paths):
            if not self.paths[place] <= covered:
                chosen.add(place)
                covered |= self.paths[place]
        return chosen | self.unreadable


def survey(task: SurveyTask) -> Survey:
    """Read the headers of a piece."""
    found = Survey()
    opened = source(task.files.source)
    look = _Series(task) if task.sample is Sample.SERIES else _Device(task)
    with opened.opened() as reader:
        for place, member in enumerate(task.files.members, start=task.start):
            pulse.beat(member.name)
            found.files += 1
            dataset = header(task.files, reader, member.name)
            if not isinstance(dataset, FileDataset) or not look.at(
                dataset, member.name, found, place
            ):
                found.unreadable.add(place)
    return found


def without_killers_of(task: SurveyTask, dies: Callable[..., bool]) -> SurveyTask:
    """The piece without the files whose headers kill the process that reads them."""
    return replace(task, files=without_killers(task.files, dies))


def without_stuck_of(task: SurveyTask, name: str) -> SurveyTask:
    """The piece without a file whose header has no end."""
    return replace(task, files=without_stuck(task.files, name))


class _Series:
    """Looks for the first file of each series."""

    def __init__(self, task: SurveyTask) -> None:
        self.place, self.numbers = place_of(source(task.files.source)), task.files.rules.numbers

    def at(self, dataset: FileDataset, name: str, found: Survey, place: int) -> bool:
        if not _is_whole(dataset):
            return False
        folder = f"{self.place}{name}".rpartition("/")[0]
        found.firsts.setdefault(self.numbers.series(facts(dataset).series_uid, folder), place)
        return True


class _Device:
    """Looks for the first file of each device, and for files with paths that no earlier one had."""

    def __init__(self, task: SurveyTask) -> None:
        self.walker, self.seen = Walker(task.files.rules), set[int]()
        self.known: dict[int, frozenset[int]] = {}

    def at(self, dataset: FileDataset, _name: str, found: Survey, place: int) -> bool:
        try:
            bundles = self.walker.walk(dataset)
        except Exception:  # noqa: BLE001 - it is walked again, and told then
            return False
        if not _is_whole(dataset):
            return False
        device = PUBLIC.of("device", "\0".join(facts(dataset).device))
        paths = frozenset[int]().union(*map(self.paths, bundles))
        if device not in found.firsts or not paths <= self.seen:
            found.paths[place] = paths
            self.seen |= paths
        found.firsts.setdefault(device, place)
        return True

    def paths(self, bundle: int) -> frozenset[int]:
        """The numbers of the paths in a bundle."""
        known = self.known.get(bundle)
        if known is None:
            names = {occurrence.path for occurrence, _ in self.walker.bundles[bundle]}
            known = frozenset(PUBLIC.of("path", name) for name in names)
            self.known[bundle] = known
        return known


def _is_whole(dataset: FileDataset) -> bool:
    return all(finding.level is not Level.ERROR for finding in dataset.findings)
