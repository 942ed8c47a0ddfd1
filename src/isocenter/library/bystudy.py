"""Any folder, DICOMDIR or file as studies and series, as UIDs group what lies there.

In: :class:`BuildOptions`. Out: a :class:`Tree` whose series are gathered: their files keep
their places and get names in the library, ``studies/DATE-DIGEST/SERIES/UID.dcm``. Names follow
from what the files say alone, so that no order of a directory and no build before decides them.
The headers that were read are kept in the output: a file that has not changed costs one ``stat``.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial

from isocenter import runner
from isocenter.errors import Level, UsageError
from isocenter.files.sources import Archive, Source, source
from isocenter.files.walking import in_order
from isocenter.library import layout, listing
from isocenter.library.arrange import placing, record
from isocenter.library.arrange.model import SourceFile, State
from isocenter.library.arrange.naming import free
from isocenter.library.arrange.planning import Plan, Studies, first_date, ordered, plan
from isocenter.library.arrange.record import Record
from isocenter.library.arrange.survey import Progress, survey
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
    known = _known(options, key)
    with shown(len(names), "files") as progress:
        files = survey(at, names, known, workers or runner.cores(), progress)
    unread = [finding.path for finding in passed if finding.code == "unreadable-folder"]
    with at.opened() as reader:
        digest = partial(placing.digest, reader)
        every = _with_unread(files, known, unread)
        made = plan(Record(), key, every, (digest, digest), _place_studies)
    series = sorted(_folders(made), key=lambda one: (natural(one.place.folder), one.place))
    if not series:
        raise UsageError(f"{options.source} holds no DICOM instance; files looked at: {len(names)}")
    told = (one for one in made.findings if one.code != "duplicate-instance")  # its series says so
    findings = ordered([*passed, *told])
    headers = record.text(Record(sources={key: made.files}))
    return Tree(series, findings, unread, Layout.STUDY, headers)


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


# --- headers that are known ---------------------------------------------------------------------


def _known(options: BuildOptions, key: str) -> Known:
    """The files of the last build, without the places they had then."""
    path = options.output / layout.OWN / layout.HEADERS
    try:
        files = record.from_text(path.read_bytes()).sources.get(key, {})
    except (OSError, ValueError):
        return {}  # everything is read again
    return {name: _unplaced(file) for name, file in files.items()}


def _unplaced(file: SourceFile) -> SourceFile:
    return replace(file, target="", state=State.DUE if file.said else State.OTHER, tried=False)


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
