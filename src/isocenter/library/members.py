"""Which files of a series folder are images, and in which order they come.

In: a folder and its file names. Out: :class:`Members`, the images in slice order and a
finding for every other file. Only headers are read; what is an image is decided by
content, never by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from isocenter.core.part10 import FileDataset
from isocenter.errors import DicomError, Finding, InvalidDicomError, Level
from isocenter.files.reading import read_by_content
from isocenter.library.facts import text
from isocenter.library.layout import DICOM_EXTENSIONS
from isocenter.pixels.geometry import SliceKey, slice_key, slice_order
from isocenter.pixels.source import integer
from isocenter.standard.uid import UID

_FRAME_SIZE = ("Rows", "Columns", "BitsAllocated")


@dataclass(frozen=True, slots=True)
class Member:
    """An image file: its name, place in the order, and how many frames it claims."""

    name: str
    key: SliceKey
    frames: int
    series_uid: str
    instance_uid: str


@dataclass(frozen=True, slots=True)
class Members:
    """The images in slice order, DICOM files that are no images, and the findings.

    A finding's path is the file's name in the folder.
    """

    images: tuple[Member, ...]
    others: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def frames(self) -> int:
        """How many frames the images claim to have."""
        return sum(member.frames for member in self.images)


def members(folder: Path, names: Iterable[str]) -> Members:
    """Read the header of every named file."""
    images: list[Member] = []
    others: list[str] = []
    findings: list[Finding] = []
    for name in names:
        found = _contained(folder / name)
        if isinstance(found, Member):
            images.append(found)
            continue
        findings.append(found.at(name))
        if found.level is Level.NOTE and found.code != "not-dicom":
            others.append(name)
    ordered = tuple(images[i] for i in slice_order([image.key for image in images]))
    return Members(ordered, tuple(others), (*findings, *_contradictions(ordered)))


def _contained(path: Path) -> Member | Finding:
    try:
        return _member(path)
    except Exception as error:  # noqa: BLE001 - whatever one file does, the others go on
        return unexpected(error)


def unexpected(error: Exception) -> Finding:
    """The finding for a file that met a fault of this program."""
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return Finding(Level.ERROR, "unexpected", f"the file could not be processed: {what}")


def _member(path: Path) -> Member | Finding:
    try:
        ds = _header(path)
        return _as_member(ds, path) if ds.stopped else _no_pixels(ds)
    except InvalidDicomError as error:
        return Finding.from_error(error, _level(error, path))
    except DicomError as error:
        return Finding.from_error(error)
    except OSError as error:
        return Finding(Level.ERROR, "unreadable-file", error.strerror or str(error))


def _level(error: InvalidDicomError, path: Path) -> Level:
    """A README is no image; what is empty or called an image was to be one."""
    named = path.suffix.casefold() in DICOM_EXTENSIONS
    return Level.ERROR if named or error.code == "empty-file" else Level.NOTE


def _header(path: Path) -> FileDataset:
    try:
        return read_by_content(path, stop_before_pixels=True)
    except InvalidDicomError:
        raise _not_dicom(path) from None


def _not_dicom(path: Path) -> DicomError:
    error = InvalidDicomError("no DICOM file: no DICM prefix, and no data set starts at byte 0")
    if not path.stat().st_size:
        error.problem, error.code = "the file is empty", "empty-file"
    elif path.suffix.casefold() in DICOM_EXTENSIONS:
        error.problem += f", although it is called {path.suffix}"
    return error


def _as_member(ds: FileDataset, path: Path) -> Member:
    return Member(
        name=path.name,
        key=slice_key(ds, path.name),
        frames=_claimed_frames(ds, path.stat().st_size),
        series_uid=text(ds, "SeriesInstanceUID"),
        instance_uid=text(ds, "SOPInstanceUID"),
    )


def _claimed_frames(ds: FileDataset, file_size: int) -> int:
    """Number of Frames, but no more than the file can hold."""
    claimed = integer(ds, "NumberOfFrames") or 1
    rows, columns, cell = (integer(ds, keyword) or 0 for keyword in _FRAME_SIZE)
    bits = rows * columns * cell
    smallest = 64 if ds.transfer_syntax.is_encapsulated else max(bits, 8)
    return max(1, min(claimed, file_size * 8 // smallest))


def _no_pixels(ds: FileDataset) -> Finding:
    """A complete data set without pixel data is no image, unless it says it is one."""
    for finding in ds.findings:
        if finding.level is Level.ERROR:
            return finding
    kind = UID(text(ds, "SOPClassUID") or text(ds.file_meta, "MediaStorageSOPClassUID")).name
    if ("Rows" in ds or "BitsAllocated" in ds) and "SpectroscopyData" not in ds:
        return Finding(
            Level.ERROR, "no-pixel-data", f"{kind or 'image'} without pixel data", tag="(7FE0,0010)"
        )
    return Finding(Level.NOTE, "no-image", f"{kind or 'DICOM data set'} holds no image")


def _contradictions(images: tuple[Member, ...]) -> Iterator[Finding]:
    series = {image.series_uid for image in images}
    if len(series) > 1:
        message = f"{len(series)} series in one folder are shown as one"
        yield Finding(Level.WARNING, "mixed-series", message)
    first: dict[str, str] = {}
    for image in images:
        other = first.setdefault(image.instance_uid, image.name) if image.instance_uid else ""
        if other not in {"", image.name}:
            message = f"the same SOP Instance UID as {other}; both are shown"
            yield Finding(Level.WARNING, "duplicate-instance", message, path=image.name)
