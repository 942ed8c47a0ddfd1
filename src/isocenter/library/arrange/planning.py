"""From what headers say to a place for every instance, the same on every run.

A study, a series and a file that have a place keep it; where new studies go is for the
caller to say (by age: :mod:`isocenter.library.arrange.examples`). No order of a directory
decides anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from isocenter.errors import Finding, Level
from isocenter.files.names import folded
from isocenter.library.arrange.model import Left, Said, SourceFile, State
from isocenter.library.arrange.naming import EXTENSION, file_name, free, series_name
from isocenter.library.arrange.record import Record
from isocenter.ordering import natural

UNREADABLE = "unreadable "
"""What stands for the digest of a file that could not be read, before its name."""

Digest = Callable[[str], str]
"""SHA-256 of a file, in hexadecimal digits; raises ``OSError``."""


@dataclass(slots=True)
class Plan:
    """Where every file of a source goes. ``files`` are all of it, in natural order."""

    files: dict[str, SourceFile]
    findings: list[Finding] = field(default_factory=list)

    def note(self, level: Level, code: str, message: str, path: str) -> None:
        """Keep a finding."""
        self.findings.append(Finding(level, code, message, path))


Studies = dict[str, dict[str, list[str]]]
"""Study > series > names of files, in natural order of the names."""
PlaceStudies = Callable[[Record, Studies, Plan], None]
"""Notes in the record a folder for every study that has none."""


def plan(
    record: Record,
    source: str,
    files: Mapping[str, SourceFile],
    digests: tuple[Digest, Digest],
    place_studies: PlaceStudies,
) -> Plan:
    """Give every file a place, and note in the record what was given.

    Args:
        record: what has a place already; it is changed.
        source: the key of the source in the record.
        files: every file of the source, in natural order of their names.
        digests: of a file of the source, and of one of the output.
        place_studies: gives studies their folders.
    """
    made = Plan(dict(files))
    _leave(record, source, made)
    studies = _grouped(made.files)
    place_studies(record, studies, made)
    for study, series in studies.items():
        for uid in sorted(series, key=natural):
            _place_series(record, study, uid, [made.files[name] for name in series[uid]])
    _place_files(record, source, studies, made, digests)
    for name, file in made.files.items():
        made.findings += [finding.at(name) for finding in file.findings]
    record.sources[source] = made.files
    return made


# --- what is gone -------------------------------------------------------------------------------


def _leave(record: Record, source: str, made: Plan) -> None:
    """Files of the record that are gone, or are other instances now: they stay in the output."""
    for name, before in record.sources.get(source, {}).items():
        now = made.files.get(name)
        if not before.target or before.state is State.DUPLICATE:
            continue
        if now and now.said and identity(name, now) == identity(name, before):
            if not now.target:  # it was changed: the same instance has the same place
                made.files[name] = replace(
                    now, target=before.target, state=State.DUE, tried=before.tried
                )
            continue
        study, series, uid = identity(name, before)
        record.left[before.target] = Left(study, series, uid, moved=False)


def identity(name: str, file: SourceFile) -> tuple[str, str, str]:
    """Study, series and SOP Instance UID of a file, with what stands for a UID it has not."""
    said = file.said or Said()
    return _study(name, said), _series(name, said), file.instance_uid


def _study(name: str, said: Said) -> str:
    """What studies are told apart by; without a UID each series is one of its own."""
    return said.study_uid or f"series {_series(name, said)}"


def _series(name: str, said: Said) -> str:
    return said.series_uid or f"folder {name.rpartition('/')[0]}"


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, each once, in natural order of their paths."""
    return sorted(set(findings), key=_order)


def _order(finding: Finding) -> tuple[object, ...]:
    return (natural(finding.path), finding.path, finding.code, finding.message)


def first_date(series: Mapping[str, list[str]], made: Plan) -> str:
    """The earliest Study Date that the files of a study tell; else empty."""
    said = (made.files[name].said for names in series.values() for name in names)
    return min((one.study_date for one in said if one and one.study_date), default="")


def _grouped(files: Mapping[str, SourceFile]) -> Studies:
    studies: Studies = defaultdict(lambda: defaultdict(list))
    for name, file in files.items():
        if file.said is not None:
            study, series, _ = identity(name, file)
            studies[study][series].append(name)
    return studies


# --- series and files ---------------------------------------------------------------------------


def _place_series(record: Record, study: str, uid: str, files: list[SourceFile]) -> None:
    names = record.series.setdefault(study, {})
    if uid not in names:
        said = min(file.said for file in files if file.said)
        names[uid] = free(series_name(said), {folded(name) for name in names.values()})


def _place_files(
    record: Record, source: str, studies: Studies, made: Plan, digests: tuple[Digest, Digest]
) -> None:
    others = _others(record, source)
    taken: dict[str, set[str]] = defaultdict(set)
    for target in (*(file.target for file in made.files.values()), *others):
        folder, _, name = target.rpartition("/")
        taken[folder].add(folded(name))
    copies: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for target, instance in others.items():
        copies[instance].append(target)
    for study, series in studies.items():
        for uid, names in series.items():
            folder = f"{record.studies[study]}/{record.series[study][uid]}"
            place = _SeriesFolder(folder, taken[folder], made, record, digests)
            for instance, twins in _twins(names, made).items():
                place.files(twins, copies[instance])
    _tell_uids(studies, made)


def _others(record: Record, source: str) -> dict[str, tuple[str, str, str]]:
    """Files of the output that come from other sources, or whose source is gone."""
    found = {
        target: (left.study, left.series, left.instance_uid) for target, left in record.left.items()
    }
    for key, files in record.sources.items():
        if key != source:
            found |= {file.target: identity(name, file) for name, file in files.items()}
    found.pop("", None)
    return found


def _twins(names: Iterable[str], made: Plan) -> dict[tuple[str, str, str], list[str]]:
    """The names by instance; those without SOP Instance UID are each one of their own."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for name in names:
        study, series, uid = identity(name, made.files[name])
        found[study, series, uid or f"/{name}"].append(name)
    return found


def _holds(file: SourceFile) -> bool:
    return bool(file.target) and file.state is not State.DUPLICATE


@dataclass(frozen=True, slots=True)
class _SeriesFolder:
    """A series folder of the output while its files get their names."""

    folder: str
    taken: set[str]
    made: Plan
    record: Record
    digests: tuple[Digest, Digest]

    def files(self, names: list[str], copies: list[str]) -> None:
        """The files of one instance; ``copies`` are files of the output that are it, too."""
        files = self.made.files
        holders = {files[name].target: files[name].digest for name in names if _holds(files[name])}
        homeless = [name for name in names if not self._keeps(files[name], holders)]
        if len(names) + len(copies) == 1:
            for name in homeless:
                self._place(name)
            return
        if homeless:
            self._compare(names, homeless, copies)
        placed = [*copies, *(files[name].target for name in names)]
        first = min(placed, key=lambda target: (natural(target), target))
        for name in names:
            self._tell(name, first)

    def _keeps(self, file: SourceFile, holders: Mapping[str, str]) -> bool:
        """Whether a file has its place, or what it is a duplicate of is there and the same."""
        if file.state is not State.DUPLICATE:
            return bool(file.target)
        left = self.record.left.get(file.target)
        return holders.get(file.target, file.digest) == file.digest and (left is None or left.moved)

    def _compare(self, names: list[str], homeless: list[str], copies: list[str]) -> None:
        """Place what differs in its bytes from all that have a place."""
        held: dict[str, str] = {}
        for target in sorted(copies):
            held[self._digest_of_copy(target)] = target
        for name in names:
            if name not in homeless and _holds(self.made.files[name]):
                held.setdefault(self._digest(name), self.made.files[name].target)
        for name in homeless:
            target = held.get(self._digest(name), "")
            left = self.record.left.get(target)
            if not target:
                held[self._digest(name)] = self._place(name)
            elif left is not None and not left.moved:
                self._put(name, target, State.DUE, tried=True)
                del self.record.left[target]
            else:
                self._put(name, target, State.DUPLICATE)

    def _digest(self, name: str) -> str:
        file = self.made.files[name]
        if not file.digest:
            file = self.made.files[name] = replace(file, digest=self._asked(0, name))
        return file.digest

    def _digest_of_copy(self, target: str) -> str:
        return self._asked(1, target)

    def _asked(self, which: int, name: str) -> str:
        try:
            return self.digests[which](name)
        except OSError:
            return f"{UNREADABLE}{name}"  # equal to nothing

    def _place(self, name: str) -> str:
        plain = file_name(self.made.files[name].instance_uid, name)
        chosen = free(plain, self.taken, EXTENSION)
        self.taken.add(folded(chosen))
        target = f"{self.folder}/{chosen}"
        self._put(name, target, State.DUE)
        return target

    def _put(self, name: str, target: str, state: State, *, tried: bool = False) -> None:
        file = self.made.files[name]
        self.made.files[name] = replace(file, target=target, state=state, tried=tried)

    def _tell(self, name: str, first: str) -> None:
        file = self.made.files[name]
        if file.state is State.DUPLICATE:
            message = f"the same bytes as {file.target}; one of them is kept"
            self.made.note(Level.NOTE, "duplicate-file", message, name)
        elif file.target != first:
            message = f"the same SOP Instance UID as {first}, other bytes; both are kept"
            self.made.note(Level.WARNING, "duplicate-instance", message, name)


# --- UIDs that are missing, or tell too little apart --------------------------------------------

_UIDS: Mapping[str, Callable[[SourceFile], str]] = {
    "Study Instance UID": lambda file: file.said.study_uid if file.said else "",
    "Series Instance UID": lambda file: file.said.series_uid if file.said else "",
    "SOP Instance UID": lambda file: file.instance_uid,
}


def _tell_uids(studies: Studies, made: Plan) -> None:
    by_series: dict[str, set[str]] = defaultdict(set)
    by_instance: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    for study, series in studies.items():
        for uid, names in series.items():
            by_series[uid].add(study)
            for name in names:
                by_instance[made.files[name].instance_uid].setdefault((study, uid), name)
                _tell_missing(made, name)
    for uid, several in by_series.items():
        if len(several) > 1:
            for study in several:
                message = (
                    f"Series Instance UID {uid[:64]} is in {len(several)} studies; each has it"
                )
                made.note(Level.WARNING, "shared-uid", message, studies[study][uid][0])
    for uid, places in by_instance.items():
        first, *rest = places.values()
        for name in rest if uid else ():
            message = f"the same SOP Instance UID as {first}, in another series; both are kept"
            made.note(Level.WARNING, "shared-uid", message, name)


def _tell_missing(made: Plan, name: str) -> None:
    missing = [what for what, uid_of in _UIDS.items() if not uid_of(made.files[name])]
    if missing:
        message = f"no {', no '.join(missing)}: placed by what else is known"
        made.note(Level.WARNING, "no-uid", message, name)
