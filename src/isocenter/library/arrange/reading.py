"""The step that reads headers: names of a source in, what each file said out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from isocenter import runner
from isocenter.core.dataset import Dataset
from isocenter.core.part10 import FileDataset
from isocenter.errors import Finding, Level
from isocenter.files.header import killed, unexpected
from isocenter.files.sources import Reader, Source, Stamp
from isocenter.library.arrange.model import Said, SourceFile, State
from isocenter.library.facts import iso_free_date, text

UNKNOWN = Stamp(-1, 0)
"""The stamp of a file that could not be looked at: no file has it, so it is read again."""
_DIRECTORY = "1.2.840.10008.1.3.10"


@dataclass(frozen=True, slots=True)
class ReadTask:
    """Files to read the headers of; ``deadly`` ones killed the process that read them."""

    source: Source
    names: tuple[str, ...]
    deadly: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Headers:
    """What the files of a task said, by name."""

    files: dict[str, SourceFile]
    images: int


def read_headers(task: ReadTask) -> Headers:
    """Read the header of every file; whatever one does, the others go on."""
    files: dict[str, SourceFile] = {}
    images = 0
    with task.source.opened() as reader:
        for name in task.names:
            if name in task.deadly:
                files[name] = _none(UNKNOWN, killed())
                continue
            files[name], is_image = _read(reader, name)
            images += is_image
    return Headers(files, images)


def without_killers(task: ReadTask, dies: Callable[..., bool]) -> ReadTask:
    """The task without the files whose headers kill the process that reads them."""

    def kill(names: Sequence[str]) -> bool:
        return dies(read_headers, replace(task, names=tuple(names)))

    return replace(task, deadly=frozenset(runner.killers(task.names, kill)))


def _read(reader: Reader, name: str) -> tuple[SourceFile, bool]:
    stamp = UNKNOWN
    try:
        stamp = reader.stamp(name)
        found = reader.header(name)
        if isinstance(found, Finding):
            return _none(stamp, found), False
        return _said(stamp, found), found.stopped
    except OSError as error:
        finding = Finding(Level.ERROR, "unreadable-file", error.strerror or str(error))
        return _none(stamp, finding), False
    except Exception as error:  # noqa: BLE001 - whatever one file does, the others go on
        return _none(stamp, unexpected(error)), False


def _none(stamp: Stamp, finding: Finding) -> SourceFile:
    return SourceFile(stamp, findings=(finding.at(""),))


def _said(stamp: Stamp, ds: FileDataset) -> SourceFile:
    if text(ds.file_meta, "MediaStorageSOPClassUID") == _DIRECTORY:
        message = "a DICOMDIR is no instance; name it as the source to read its File-set"
        return _none(stamp, Finding(Level.NOTE, "no-image", message))
    broken = tuple(one.at("") for one in ds.findings if one.level is Level.ERROR)
    if broken and not {"SOPInstanceUID", "SeriesInstanceUID"} <= {*ds.dir()}:
        return SourceFile(stamp, findings=broken)
    findings: list[Finding] = []
    said = Said(
        study_uid=_uid(ds, "StudyInstanceUID"),
        series_uid=_uid(ds, "SeriesInstanceUID"),
        study_date=_date(ds, "StudyDate", findings),
        birth_date=_date(ds, "PatientBirthDate", findings),
        patient_age=text(ds, "PatientAge").strip(),
        patient_id=text(ds, "PatientID").strip(),
        modality=text(ds, "Modality"),
        series_number=text(ds, "SeriesNumber"),
        series_description=text(ds, "SeriesDescription"),
        syntax=str(ds.transfer_syntax),
        patient_name=text(ds, "PatientName"),
    )
    uid = _uid(ds, "SOPInstanceUID")
    return SourceFile(stamp, said, uid, tuple(findings), state=State.DUE)


def _uid(ds: Dataset, keyword: str) -> str:
    return text(ds, keyword).strip("\0 ")


def _date(ds: Dataset, keyword: str, findings: list[Finding]) -> str:
    written = text(ds, keyword)
    found = iso_free_date(written)
    if written.strip() and not found:
        message = f"{keyword} {written[:16]!r} is no date and is left out"
        findings.append(Finding(Level.WARNING, "no-date", message, clause="PS3.5 6.2"))
    return found
