"""From what a user points at to a stream of instances: a file, a folder, a DICOMDIR.

In: a path. Out: :class:`Instances`, paths in natural order below one root, and a finding for
everything that was passed over. A folder is walked to any depth. Symbolic links are followed,
but nothing is met twice: what is in the folder itself goes before what links lead to, so
that loops end and the order of a directory decides nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from isocenter.core.dataset import Dataset
from isocenter.core.part10 import FileDataset
from isocenter.core.sequence import Sequence
from isocenter.errors import DicomError, EncodingError, Finding, Level, UsageError
from isocenter.files.header import header_or_finding, no_pixels
from isocenter.files.target import TEMPORARY_PREFIX
from isocenter.ordering import natural

_CLAUSE = "PS3.10 8.2"
_NOT_IN_USE = 0
_LONGEST_TOLD = 80


@dataclass(frozen=True, slots=True)
class Instances:
    """Files that may be DICOM instances.

    ``names`` are relative to ``root``, with ``/``, in natural order; ``findings`` tell what
    was passed over, their paths are relative to ``root`` too.
    """

    root: Path
    names: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    def path(self, name: str) -> Path:
        """Where an instance lies."""
        return self.root / name


@dataclass(frozen=True, slots=True)
class Headers:
    """Images up to their pixel data, in natural order of their paths; the other files' findings."""

    datasets: tuple[FileDataset, ...]
    findings: tuple[Finding, ...]


def instances(source: str | os.PathLike[str], exclude: Iterable[Path] = ()) -> Instances:
    """The files that ``source`` stands for.

    Args:
        source: a folder: every file below it. A DICOMDIR: the files its records in use refer
            to (PS3.3 F.3.2). Any other file: itself.
        exclude: folders that are not walked into, such as an output.

    Raises:
        UsageError: there is no such file or folder.
        OSError: the folder itself cannot be listed.
    """
    path = Path(source)
    if path.is_dir():
        return _Walk(path, exclude).found()
    if not path.is_file():
        problem = "is no file or folder" if os.path.lexists(path) else "does not exist"
        raise UsageError(f"{path} {problem}")
    header = header_or_finding(path)
    if isinstance(header, FileDataset) and "DirectoryRecordSequence" in header:
        return _referenced(header, path)
    return Instances(path.parent, (path.name,))


def headers(source: str | os.PathLike[str]) -> Headers:
    """The header of every image that ``source`` stands for, to be sorted into series and stacks.

    Raises:
        UsageError: there is no such file or folder.
        OSError: the folder itself cannot be listed.
    """
    found = instances(source)
    datasets, findings = [], list(found.findings)
    for name in found.names:
        header = header_or_finding(found.path(name))
        if isinstance(header, FileDataset) and header.stopped:
            datasets.append(header)
        else:
            reason = header if isinstance(header, Finding) else no_pixels(header)
            findings.append(reason.at(name))
    return Headers(tuple(datasets), tuple(findings))


def in_order(names: list[str]) -> tuple[str, ...]:
    """Paths with ``/``, folder by folder in natural order."""
    return tuple(sorted(names, key=lambda name: ([*map(natural, name.split("/"))], name)))


# --- a folder -----------------------------------------------------------------------------


class _Walk:
    """A folder while it is walked: what lies in it, and then what links lead to."""

    def __init__(self, root: Path, exclude: Iterable[Path]) -> None:
        self.root = root
        self.names: list[str] = []
        self.links: list[str] = []
        self.findings: list[Finding] = []
        self.met = {_place(path) for path in exclude if path.is_dir()}

    def found(self) -> Instances:
        os.scandir(self.root).close()  # who cannot list the root is told so
        self.enter("")
        to_files: list[str] = []
        while self.links:
            waiting, self.links = in_order(self.links), []
            for link in waiting:
                if (self.root / link).is_dir():
                    self.follow_to_folder(link)
                else:
                    to_files.append(link)
        self.follow_to_files(to_files)
        findings = sorted(self.findings, key=lambda finding: natural(finding.path))
        return Instances(self.root, in_order(self.names), tuple(findings))

    def enter(self, folder: str) -> None:
        """A folder and those below it; links are kept for later."""
        waiting = [folder]
        while waiting:
            folder = waiting.pop()
            try:
                place = _place(self.root / folder)
                if place not in self.met:
                    self.met.add(place)
                    with os.scandir(self.root / folder) as entries:
                        waiting += [*self.folders(entries, folder)]
            except OSError as error:
                self.report(Level.ERROR, "unreadable-folder", error.strerror or str(error), folder)

    def folders(self, entries: Iterable[os.DirEntry[str]], above: str) -> Iterator[str]:
        """The folders among ``entries``; everything else finds its place."""
        for entry in entries:
            path = f"{above}/{entry.name}" if above else entry.name
            if entry.is_symlink():
                self.links.append(path)
            elif entry.is_dir():
                yield path
            elif not entry.is_file():
                self.special(path)
            elif not entry.name.startswith(TEMPORARY_PREFIX):
                self.names.append(path)

    def special(self, path: str) -> None:
        self.report(Level.NOTE, "no-file", "a pipe, socket or device is no file", path)

    def follow_to_folder(self, link: str) -> None:
        if _place(self.root / link) in self.met:
            self.report(Level.NOTE, "met-already", "a link to a folder that is read", link)
        else:
            self.enter(link)

    def follow_to_files(self, links: list[str]) -> None:
        """What links lead to, unless it was met without them."""
        met = {_place(self.root / name) for name in self.names} if links else set()
        for link in in_order(links):
            try:
                place, is_file = _place(self.root / link), (self.root / link).is_file()
            except OSError as error:
                self.report(Level.ERROR, "unreadable-file", error.strerror or str(error), link)
                continue
            if not is_file:
                self.special(link)
            elif place in met:
                self.report(Level.NOTE, "met-already", "a link to a file that is read", link)
            else:
                met.add(place)
                self.names.append(link)

    def report(self, level: Level, code: str, message: str, path: str) -> None:
        self.findings.append(Finding(level, code, message, path))


def _place(path: Path) -> tuple[int, int]:
    """What tells a file or folder from any other, whatever path leads to it."""
    status = path.stat()
    return status.st_dev, status.st_ino


# --- a DICOMDIR ---------------------------------------------------------------------------


def _referenced(directory: FileDataset, path: Path) -> Instances:
    """The files that the records of a DICOMDIR refer to, each once.

    What is wrong with the DICOMDIR itself is told too: where it breaks off, files are missing.
    """
    names: dict[str, None] = {}
    findings: list[Finding] = []
    try:
        for record in _records(directory):
            try:
                parts = _file_id(record)
                if parts:
                    names[_on_disk(path.parent, parts)] = None
            except DicomError as error:
                findings.append(Finding.from_error(error))
    except DicomError as error:
        findings.append(Finding.from_error(error))
    told = [finding.at(path.name) for finding in (*directory.findings, *findings)]
    return Instances(path.parent, in_order([*names]), tuple(dict.fromkeys(told)))


def _records(directory: FileDataset) -> Iterable[Dataset]:
    """The directory records.

    Raises:
        DicomError: the records cannot be read, or are no sequence.
    """
    found = directory.get("DirectoryRecordSequence")
    if not isinstance(found, Sequence):
        raise EncodingError(
            "Directory Record Sequence is no sequence", tag="(0004,1220)", clause="PS3.3 F.3.2.2"
        )
    return found


def _file_id(record: Dataset) -> list[str]:
    """The components of Referenced File ID; none for a record without, or not in use.

    Raises:
        DicomError: the ID could lead out of the File-set.
    """
    if record.get("RecordInUseFlag") == _NOT_IN_USE:
        return []
    told = record.get("ReferencedFileID")
    parts = [str(part) for part in (told if isinstance(told, list) else [told] if told else ())]
    if any(part in {"", ".", ".."} or set(part) & set("/\\:\0") for part in parts):
        raise _wrong_reference(f"Referenced File ID {parts} is no path inside the File-set")
    return parts


def _wrong_reference(problem: str) -> DicomError:
    error = DicomError(problem, tag="(0004,1500)", clause=_CLAUSE)
    error.code = "wrong-file-id"
    return error


def _on_disk(root: Path, parts: list[str]) -> str:
    """The path of a file; discs are often read with names in other letter case.

    Raises:
        DicomError: there is no such file, or a link leads out of the File-set.
    """
    path = root
    for part in parts:
        path /= part if os.path.lexists(path / part) else _in_other_case(path, part)
    if not os.path.isfile(path):  # noqa: PTH113 - Path's raises for a name that is too long
        raise _wrong_reference(f"The file {_shortened('/'.join(parts))} is not there")
    if not path.resolve().is_relative_to(root.resolve()):
        raise _wrong_reference(f"The file {'/'.join(parts)} lies outside the File-set")
    return path.relative_to(root).as_posix()


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_TOLD else f"{name[:_LONGEST_TOLD]}..."


def _in_other_case(folder: Path, name: str) -> str:
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return name
    return next((one for one in names if one.casefold() == name.casefold()), name)
