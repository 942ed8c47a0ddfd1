"""Any folder, DICOMDIR or file as studies and series, as UIDs group what lies there.

In: :class:`BuildOptions`. Out: a :class:`Tree` whose series are gathered: their files keep
their places and get names in the library, ``studies/DATE-DIGEST/SERIES/UID.dcm``. Names follow
from what the files say alone, so that no order of a directory and no build before decides them.
What was read and planned is kept in the output: a file that has not changed costs one ``stat``,
and where none has changed the last plan holds.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from isocenter import runner
from isocenter._version import __version__
from isocenter.errors import Finding, Level, UsageError
from isocenter.files.sources import Archive, Source, source
from isocenter.files.walking import in_order
from isocenter.library import layout, listing
from isocenter.library.arrange import placing, record
from isocenter.library.arrange.model import SourceFile, State
from isocenter.library.arrange.naming import free
from isocenter.library.arrange.planning import UNREADABLE, Plan, Studies, first_date, ordered, plan
from isocenter.library.arrange.record import Record
from isocenter.library.arrange.survey import Progress, survey
from isocenter.library.frozen import dumped, loaded
from isocenter.library.model import Layout, SeriesPlace
from isocenter.library.options import BuildOptions
from isocenter.library.patients import Identity, by_id, contradict
from isocenter.library.scan import SeriesFolder, Tree
from isocenter.ordering import natural

Shown = Callable[[int, str], AbstractContextManager[Progress]]
"""Shows how many of so many files are done."""
Known = Mapping[str, SourceFile]

_DIGITS = 16  # of a SHA-256: two of a million studies are the same once in 37 million libraries


def unshown(_total: int, _unit: str) -> AbstractContextManager[Progress]:
    """Progress for nobody."""
    return nullcontext(lambda _done, _images: None)


def by_study(options: BuildOptions, *, workers: int, shown: Shown) -> Tree:
    """Group every instance of the source by study and series.

    Args:
        options: what to build, and where.
        workers: processes; 0 is one per core. Few headers are read in this one.
        shown: shows how many files are read.

    Raises:
        UsageError: there is no such source, it holds no instance, or an option cannot be followed.
        OSError: the source cannot be listed.
    """
    at = _source(options)
    names, passed = at.found((options.output,))
    key = record.key_of(at.place)
    last = _last(options, key)
    with shown(len(names), "files") as progress:
        read = survey(at, names, last.files, workers or runner.cores(), progress)
    unread = [finding.path for finding in passed if finding.code == "unreadable-folder"]
    files = _with_unread(read, last.files, unread)
    is_last = files == last.files
    made = last if is_last else _planned(at, key, files)
    series = sorted(_folders(made), key=lambda one: (natural(one.place.folder), one.place))
    if not series:
        raise UsageError(f"{options.source} holds no DICOM instance; files looked at: {len(names)}")
    told = (one for one in made.findings if one.code != "duplicate-instance")  # its series says so
    findings = ordered([*passed, *told])
    headers = b"" if is_last else _kept(made, key)
    return Tree(series, findings, unread, Layout.STUDY, headers)


def _planned(at: Source, key: str, files: Known) -> Plan:
    unplaced = {name: _unplaced(file) for name, file in files.items()}
    with at.opened() as reader:
        digest = partial(placing.digest, reader)
        return plan(Record(), key, unplaced, (digest, digest), _place_studies)


def _source(options: BuildOptions) -> Source:
    given, output = options.source, options.output.resolve()
    at = source(given)
    if isinstance(at, Archive):
        raise UsageError(f"{given} is an archive: add --arrange to lay its files out by age")
    if output in {given.resolve(), options.root.resolve()}:
        raise UsageError(
            f"{given} has no series at YY-yr/MM-mo/EX-ex/SERIES: pages of studies are not put"
            " beside their files, so name another folder for them with -O"
        )
    if given.resolve().is_relative_to(output / layout.STUDIES):
        raise UsageError(f"{given} lies where the studies of {options.output} go")
    if options.server:
        raise UsageError("a ReV viewer opens examples by age: --server needs a tree by age")
    if options.extension or options.leaf != layout.SAME_FOLDER:
        raise UsageError("extension and folder of pictures are options for trees by age")
    return at


# --- the last build -----------------------------------------------------------------------------


def _kept(made: Plan, key: str) -> bytes:
    """A plan as text: the files and their places, the findings, and the version that made it."""
    files = record.text(Record(sources={key: made.files}))
    return b"%b%b\n%b\n" % (files, dumped(tuple(made.findings)).encode(), __version__.encode())


def _last(options: BuildOptions, key: str) -> Plan:
    """The plan of the last build; an empty one where there is none that can be read."""
    path = options.output / layout.OWN / layout.HEADERS
    try:
        files, findings, version = path.read_bytes().splitlines()
        if version != __version__.encode():
            return Plan({})
        told = loaded(tuple[Finding, ...], findings.decode())
        known = record.from_text(files).sources.get(key, {})
        compared = {n: f for n, f in known.items() if not f.digest.startswith(UNREADABLE)}
        return Plan(compared, list(told))
    except (OSError, ValueError):
        return Plan({})  # everything is read again


def _unplaced(file: SourceFile) -> SourceFile:
    """What was read of a file, without the place that it had."""
    state = State.DUE if file.said else State.OTHER
    return SourceFile(
        file.stamp, file.said, file.instance_uid, file.findings, file.digest, state=state
    )


def _with_unread(files: Known, known: Known, unread: list[str]) -> Known:
    """The files, and those known to lie in folders that cannot be listed now: they are not gone."""
    if not unread:
        return files
    above = tuple(f"{folder}/" for folder in unread)
    every = {**{name: known[name] for name in known if name.startswith(above)}, **files}
    return {name: every[name] for name in in_order([*every])}


# --- places -------------------------------------------------------------------------------------


def _place_studies(known: Record, studies: Studies, made: Plan) -> None:
    """Note a folder for every study, called by its first date and a digest of its UID."""
    taken: set[str] = set()
    for study in sorted(studies):
        digest = hashlib.sha256(study.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
        name = free(f"{first_date(studies[study], made) or 'undated'}-{digest}", taken)
        taken.add(name)
        known.studies[study] = f"{layout.STUDIES}/{name}"
    _tell_patients(studies, made)


def _tell_patients(studies: Studies, made: Plan) -> None:
    """Say which studies name several patients, and which Patient IDs several people."""
    first: dict[Identity, str] = {}
    for series in studies.values():
        names = [name for members in series.values() for name in members]
        said = {_identity(made.files[name]): name for name in reversed(names)}
        count = len({one.patient_id for one in said} - {""})
        if count > 1:
            message = f"the study names {count} Patient IDs; the pages show the first"
            made.note(Level.WARNING, "mixed-patients", message, names[0])
        first = said | first
    for patient_id, identities in by_id(first).items():
        if patient_id and contradict(identities):
            message = "its Patient ID comes with other names or birth dates, too; each is shown"
            message += " as a patient of its own"
            for one in identities:
                made.note(Level.WARNING, "patient-differs", message, first[one])


def _identity(file: SourceFile) -> Identity:
    said = file.said
    if said is None:
        return Identity()
    return Identity(said.patient_id, said.patient_name, said.birth_date)


def _folders(made: Plan) -> Iterator[SeriesFolder]:
    """The series with their files, by the names these have in the library."""
    found: dict[str, list[tuple[str, str, int, int]]] = defaultdict(list)
    for path, file in made.files.items():
        if file.state is State.DUE:
            folder, _, name = file.target.rpartition("/")
            found[folder].append((name, path, file.stamp.size, file.stamp.mark))
    for folder, files in found.items():
        study, _, series = folder.rpartition("/")
        yield SeriesFolder(SeriesPlace(study, series), listing.gathered(files))
