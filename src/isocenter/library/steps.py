"""The step for one series: its folder in, its outputs written, a :class:`SeriesResult` out.

A step depends on nothing but its arguments and the files they name, so that it runs in
any process and twice gives the same bytes. It raises nothing for a bad file: that file
becomes a finding, leaves no picture behind, and the rest of the series goes on.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image

from isocenter.core.part10 import FileDataset
from isocenter.errors import DicomError, Finding, Level
from isocenter.files.reading import dcmread
from isocenter.files.target import Folder
from isocenter.library import layout, strips
from isocenter.library.descriptors import series_json
from isocenter.library.facts import series_facts, text
from isocenter.library.members import Member, Members, members, unexpected
from isocenter.library.model import ImageFile, SeriesFacts, SeriesPlace, SeriesResult
from isocenter.library.options import BuildOptions
from isocenter.library.pictures import Pixels, fitted, jpeg, smaller
from isocenter.library.scan import SeriesFolder
from isocenter.pixels import DisplayTables, Frames, render
from isocenter.pixels.geometry import natural

_VIEWER_DECODES = frozenset(
    f"1.2.840.10008.1.2{tail}"
    for tail in ("", ".1", ".2", ".5", ".4.50", ".4.51", ".4.57", ".4.70", ".4.90", ".4.91")
)
"""Native, RLE, JPEG baseline, extended and lossless, JPEG 2000 (measured, REV.md 3)."""


@dataclass(frozen=True, slots=True)
class SeriesTask:
    """One series to process; ``skip`` names files that killed a worker before."""

    folder: SeriesFolder
    options: BuildOptions
    skip: frozenset[str] = frozenset()

    @property
    def place(self) -> SeriesPlace:
        """Where the series lives."""
        return self.folder.place

    @property
    def names(self) -> list[str]:
        """The files to look at."""
        return [name for name in self.folder.files if name not in self.skip]


def build_series(task: SeriesTask) -> SeriesResult:
    """Make everything REV.md section 2 asks for one series."""
    found = members(task.options.source / task.place.folder, task.names)
    work = _Work(task, found)
    try:
        work.run()
    except OSError as error:
        work.give_up(error)
    return work.result()


def decode_files(task: SeriesTask, names: Iterable[str]) -> None:
    """Decode and render every frame of the named files, and write nothing.

    It is run in a process of its own to find the file that kills it.
    """
    for name in names:
        with suppress(Exception):  # only death is looked for
            _decode(task.options.source / task.place.folder / name)


def _decode(path: Path) -> None:
    frames = Frames(dcmread(path, force=True))
    tables = DisplayTables()
    for index in range(frames.count):
        render(frames, index, tables)


@dataclass(slots=True)
class _Work:
    """The series while it is being made."""

    task: SeriesTask
    found: Members
    facts: SeriesFacts | None = None
    images: list[ImageFile] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    foreign: dict[str, None] = field(default_factory=dict)
    target: Folder = field(init=False)
    in_place: bool = field(init=False)
    tables: DisplayTables = field(default_factory=DisplayTables)
    small: strips.Strip = field(init=False)
    medium: strips.Strip = field(init=False)

    def __post_init__(self) -> None:
        options = self.task.options
        self.target, self.in_place = Folder(options.output), options.in_place
        self.small = strips.Strip(strips.shape(self.found.frames, options.small))
        self.medium = strips.Strip(strips.shape(self.found.frames, options.medium))
        for finding in self.found.findings:
            self.note(finding)
        for name in sorted(self.task.skip):
            self.note(_killer().at(name))

    @property
    def folder(self) -> str:
        return self.task.place.folder

    def note(self, finding: Finding) -> None:
        """Keep a finding; its path becomes relative to the library's root."""
        path = f"{self.folder}/{finding.path}" if finding.path else self.folder
        self.findings.append(finding.at(path))

    def run(self) -> None:
        for name in ("", *sorted(layout.JPEG_FOLDERS)):
            self.target.make(f"{self.folder}/{name}")
        stems = layout.stems(member.name for member in self.found.images)
        for member in self.found.images:
            self.image(member, stems[member.name])
        for name in self.found.others:
            self.place_dicom(name)
        for reason in self.foreign:
            self.note(_viewer_cannot(reason))
        self.previews()
        self.tidy()
        self.target.write(layout.series_json(self.task.place), series_json(self.result()))

    def give_up(self, error: OSError) -> None:
        """Nothing of a series is shown whose outputs could not all be written."""
        self.note(_no_output(error))
        self.images.clear()
        with suppress(OSError):
            self.tidy()
            self.target.remove(layout.series_json(self.task.place))

    def image(self, member: Member, stem: str) -> None:
        """All pictures of one file, or a finding and none."""
        marks = self.small.mark, self.medium.mark
        try:
            self.images.append(self.pictures(member, stem))
        except Exception as error:  # whatever one file does, the others go on
            if isinstance(error, OSError) and error.errno != errno.ENAMETOOLONG:
                raise  # the output is at fault, not this file
            self.small.rewind(marks[0])
            self.medium.rewind(marks[1])
            self.note(_as_finding(error).at(member.name))

    def pictures(self, member: Member, stem: str) -> ImageFile:
        ds = _read(self.task.options.source / self.folder / member.name)
        frames = Frames(ds)
        names = tuple(f"{stem}.{index}.jpg" for index in range(frames.count))
        for index, name in enumerate(names):
            self.frame(render(frames, index, self.tables), name)
        self.place_dicom(member.name)
        for finding in _lowered(ds, frames):
            self.note(finding.at(member.name))
        self.foreign |= dict.fromkeys(_foreign_to_viewer(ds))
        if not self.images:
            self.describe(ds)
        path = f"{self.folder}/{member.name}"
        return ImageFile(path, names, frames.rows, frames.columns)

    def frame(self, pixels: Pixels, name: str) -> None:
        """Encode once per size; the smaller sizes come from the larger ones."""
        options = self.task.options
        medium = fitted(pixels, options.medium)
        small = smaller(medium, options.small)
        self.medium.add(medium)
        self.small.add(small)
        for folder, picture in (
            (layout.RAW, pixels),
            (layout.MEDIUM, strips.as_pixels(medium)),
            (layout.SMALL, strips.as_pixels(small)),
        ):
            self.target.write(f"{self.folder}/{folder}/{name}", jpeg(picture, options.quality))

    def place_dicom(self, name: str) -> None:
        if not self.in_place:
            options = self.task.options
            source = options.source / self.folder / name
            self.target.place(f"{self.folder}/{name}", source, options.placement)

    def describe(self, ds: FileDataset) -> None:
        """What the first image in slice order says of the series."""
        self.facts, findings = series_facts(ds)
        for finding in findings:
            self.note(finding)
        tags = f"\ufeff{ds.file_meta}\n{ds}\n"  # the mark makes browsers read it as UTF-8
        self.target.write(f"{self.folder}/{layout.TAGS}", tags.encode("utf-8", "backslashreplace"))

    def previews(self) -> None:
        """Both preview strips and the copy of the middle image."""
        if not self.images:
            return
        options = self.task.options
        self.small = self.complete(self.small, options.small)
        self.medium = self.complete(self.medium, options.medium)
        for name, strip in ((layout.PREVIEW, self.small), (layout.RAW_PREVIEW, self.medium)):
            self.target.write(f"{self.folder}/{name}", jpeg(strip.pixels, options.quality))
        raw = f"{self.folder}/{layout.RAW}"
        middle = self.target.path(f"{raw}/{self.middle}").read_bytes()
        self.target.write(f"{raw}/{layout.middle(self.task.place)}", middle)

    def complete(self, strip: strips.Strip, tile: int) -> strips.Strip:
        """The strip, made again when it was planned for frames that did not come."""
        names = self.frame_names
        planned = strips.shape(len(names), tile)
        if strip.shape == planned:
            return strip
        again = strips.Strip(planned)
        for name in names:
            with Image.open(self.target.path(f"{self.folder}/{layout.MEDIUM}/{name}")) as picture:
                again.add(picture)
        return again

    @property
    def frame_names(self) -> list[str]:
        return [name for image in self.images for name in image.frames]

    @property
    def middle(self) -> str:
        names = self.frame_names
        return names[len(names) // 2] if names else ""

    def tidy(self) -> None:
        """Remove what an earlier run made of files that are gone or unreadable now."""
        names = set(self.frame_names)
        middle = {layout.middle(self.task.place)} if names else set()
        for name in layout.JPEG_FOLDERS:
            folder = f"{self.folder}/{name}"
            made = names | middle if name == layout.RAW else names
            self.target.keep_only(folder, made | self.not_ours(folder))
        if not names:
            for name in layout.SERIES_FILES:
                self.target.remove(f"{self.folder}/{name}")

    def not_ours(self, folder: str) -> set[str]:
        """Files that somebody else put into a JPEG folder."""
        names = {path.name for path in self.target.path(folder).iterdir()}
        return {name for name in names if not layout.is_picture(name)}

    def result(self) -> SeriesResult:
        return SeriesResult(
            place=self.task.place,
            facts=self.facts or SeriesFacts(),
            images=tuple(self.images),
            middle=self.middle,
            preview=self.small.shape if self.images else None,
            raw_preview=self.medium.shape if self.images else None,
            findings=tuple(
                sorted(self.findings, key=lambda found: (natural(found.path), found.path))
            ),
        )


def _lowered(ds: FileDataset, frames: Frames) -> Iterator[Finding]:
    """Findings of an image that was read whole are no errors, whatever they are."""
    for finding in (*ds.findings, *frames.findings):
        level = Level.WARNING if finding.level is Level.ERROR else finding.level
        yield replace(finding, level=level)


def _read(path: Path) -> FileDataset:
    try:
        return dcmread(path, force=True)
    except OSError as error:
        unreadable = DicomError(error.strerror or str(error), path=str(path))
        unreadable.code = "unreadable-file"
        raise unreadable from error


def _foreign_to_viewer(ds: FileDataset) -> Iterator[str]:
    """What of an image the ReV viewer cannot decode."""
    if ds.transfer_syntax not in _VIEWER_DECODES:
        yield ds.transfer_syntax.name
    if text(ds, "PhotometricInterpretation") == "PALETTE COLOR":
        yield "PALETTE COLOR"


def _as_finding(error: Exception) -> Finding:
    if isinstance(error, DicomError):
        return Finding.from_error(error)
    if isinstance(error, MemoryError):
        return Finding(Level.ERROR, "out-of-memory", "not enough memory for this image")
    if isinstance(error, OSError):
        return _no_output(error)
    return unexpected(error)


def _no_output(error: OSError) -> Finding:
    place = Path(error.filename).name if error.filename else "an output file"
    return Finding(Level.ERROR, "not-written", f"{place}: {error.strerror or error}")


def _killer() -> Finding:
    message = "decoding this file ended the process that did it; the file is left out"
    return Finding(Level.ERROR, "killed-decoder", message)


def _viewer_cannot(reason: str) -> Finding:
    message = f"the ReV viewer cannot decode {reason} images; these pages show them"
    return Finding(Level.WARNING, "viewer-cannot-decode", message)
