"""The step for one series: its folder in, its outputs written, a :class:`SeriesResult` out.

A step depends on nothing but its arguments and the files they name, so that it runs in
any process and twice gives the same bytes. It raises nothing for a bad file: that file
becomes a finding, leaves no picture behind, and the rest of the series goes on.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from isocenter import pulse
from isocenter.core.part10 import FileDataset
from isocenter.errors import DicomError, Finding, Level
from isocenter.files.header import header_or_finding, unexpected
from isocenter.files.reading import dcmread
from isocenter.library import alike, layout, viewer
from isocenter.library.descriptors import series_json
from isocenter.library.facts import series_facts, text
from isocenter.library.members import Member, Members, members
from isocenter.library.model import (
    ImageFile,
    SeriesFacts,
    SeriesPlace,
    SeriesResult,
    WindowPreset,
)
from isocenter.library.options import BuildOptions
from isocenter.library.output import SeriesOutput
from isocenter.library.scan import SeriesFolder
from isocenter.library.viewing import frame_time
from isocenter.ordering import natural
from isocenter.pixels import DisplayTables, Frames, picture
from isocenter.pixels.look import Look

KILLED, TIMED_OUT = "killed-decoder", "timed-out"
"""Codes of the findings of files that are left out until they change."""


@dataclass(frozen=True, slots=True)
class SeriesTask:
    """One series to process, without the files that cannot be decoded here.

    ``skip`` names those that killed a worker before, ``late`` those that came to no end.
    """

    folder: SeriesFolder
    options: BuildOptions
    skip: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()

    @property
    def place(self) -> SeriesPlace:
        """Where the series lives."""
        return self.folder.place

    @property
    def names(self) -> list[str]:
        """The files to look at."""
        left_out = self.skip | self.late
        return [name for name in self.folder.files if name not in left_out]

    @property
    def files(self) -> dict[str, Path]:
        """The same, and where they lie."""
        root, paths = self.options.root, self.folder.paths
        return {name: root / paths[name] for name in self.names}


def build_series(task: SeriesTask) -> SeriesResult:
    """Make everything REV.md section 2 asks for one series."""
    files = task.files
    work = _Work(task, files, members(files))
    try:
        work.run()
    except OSError as error:
        work.give_up(error)
    return work.result()


def decode_files(task: SeriesTask, names: Iterable[str]) -> None:
    """Decode and render every frame of the named files, and write nothing.

    It is run in a process of its own to find the file that kills it.
    """
    files = task.files
    for name in names:
        with suppress(Exception):  # only death is looked for
            _decode(name, files[name])


def _decode(name: str, path: Path) -> None:
    pulse.beat(name)
    frames = Frames(dcmread(path, force=True))
    tables = DisplayTables()
    for index in range(frames.count):
        pulse.beat(name)
        picture(frames, index, tables)


class _Work:
    """The series while it is being made."""

    def __init__(self, task: SeriesTask, files: Mapping[str, Path], found: Members) -> None:
        self.task, self.files, self.found = task, files, found
        self.paths = task.folder.paths
        self.output = SeriesOutput(task.place, task.options, found.frames)
        self.tables, self.samples = DisplayTables(), alike.Samples()
        self.facts = SeriesFacts()
        self.frame_time: float | None = None
        self.images: list[ImageFile] = []
        self.others: list[str] = []
        self.findings: list[Finding] = []
        self.foreign: dict[str, None] = {}
        for finding in found.findings:
            self.note(finding)
        for name in sorted(task.skip):
            self.note(_killer().at(name))
        for name in sorted(task.late):
            self.note(_endless().at(name))

    def note(self, finding: Finding) -> None:
        """Keep a finding of a file, by its path in the input, or of the series."""
        self.findings.append(finding.at(self.paths.get(finding.path, self.task.place.folder)))

    def run(self) -> None:
        self.output.prepare()
        stems = layout.stems(member.name for member in self.found.images)
        for member in self.found.images:
            self.image(member, stems[member.name])
        for name in self.found.others:
            self.output.dicom(name, self.files[name])
            self.others.append(name)
        for reason in self.foreign:
            self.note(_viewer_cannot(reason))
        if self.images:
            self.output.previews(self.frame_names, self.middle)
        else:
            self.describe_unshown()
        self.output.tidy(self.frame_names)
        self.output.descriptor(series_json(self.result()))

    def give_up(self, error: OSError) -> None:
        """Nothing of a series is shown whose outputs could not all be written."""
        self.note(_no_output(error))
        self.images.clear()
        with suppress(OSError):
            self.output.clear()

    def image(self, member: Member, stem: str) -> None:
        """All pictures of one file, or a finding and none."""
        name, path = member.name, self.files[member.name]
        pulse.beat(name)
        mark, ds = self.output.mark, None
        try:
            seen = self.samples.like(path, member.plain, member.key.position)
            if seen is not None:
                self.images.append(self.pictures(seen, name, stem))
                return
            ds = _read(path)
            seen = alike.whole(ds)
            self.images.append(self.pictures(seen, name, stem, ds))
            self.samples.keep(member.plain, seen, ds)
        except Exception as error:  # whatever one file does, the others go on
            if isinstance(error, OSError) and error.errno != errno.ENAMETOOLONG:
                raise  # the output is at fault, not this file
            self.output.rewind(mark)
            self.note(_reason(error, ds).at(name))

    def pictures(
        self, seen: alike.Seen, name: str, stem: str, ds: FileDataset | None = None
    ) -> ImageFile:
        """Write the pictures of an image; its data set comes along where it was read."""
        frames = seen.frames
        names = tuple(f"{stem}.{index}.jpg" for index in range(frames.count))
        for index, jpeg in enumerate(names):
            pulse.beat(name)
            self.output.frame(picture(frames, index, self.tables), jpeg)
        for preset in self.task.options.windows if seen.gray else ():
            look = Look(window=(preset.center, preset.width))
            for index, jpeg in enumerate(names):
                pulse.beat(name)
                self.output.windowed(preset.name, jpeg, picture(frames, index, self.tables, look))
        self.output.dicom(name, self.files[name])
        for finding in _lowered(ds, frames):
            self.note(finding.at(name))
        if ds is not None:
            self.foreign |= dict.fromkeys(_foreign_to_viewer(ds))
            if not self.images:
                self.describe(ds)
        path = f"{self.task.place.folder}/{name}"
        return ImageFile(path, names, frames.rows, frames.columns, seen.views, seen.gray)

    def describe(self, ds: FileDataset) -> None:
        """What the first image in slice order says of the series."""
        self.facts, findings = series_facts(ds)
        self.frame_time = frame_time(ds)
        for finding in findings:
            self.note(finding)
        self.output.tags(f"{ds}\n")

    def describe_unshown(self) -> None:
        """What the first file says of a series without an image that could be read."""
        for path in self.files.values():
            header = header_or_finding(path)
            if not isinstance(header, Finding):
                self.facts, _ = series_facts(header)
                return

    @property
    def frame_names(self) -> list[str]:
        return [name for image in self.images for name in image.frames]

    @property
    def middle(self) -> str:
        names = self.frame_names
        return names[len(names) // 2] if names else ""

    @property
    def windows(self) -> tuple[WindowPreset, ...]:
        """The presets, when every image of the series has them."""
        whole = bool(self.images) and all(image.windowed for image in self.images)
        return self.task.options.windows if whole else ()

    def result(self) -> SeriesResult:
        small, medium = self.output.shapes if self.images else (None, None)
        return SeriesResult(
            place=self.task.place,
            facts=self.facts,
            images=tuple(self.images),
            middle=self.middle,
            preview=small,
            raw_preview=medium,
            windows=self.windows,
            frame_time=self.frame_time,
            findings=tuple(
                sorted(self.findings, key=lambda found: (natural(found.path), found.path))
            ),
            others=tuple(self.others),
        )


def _reason(error: Exception, ds: FileDataset | None) -> Finding:
    """Why a file has no pictures: where its bytes break off, else what the error says."""
    breaks = ds.findings if ds is not None and ds.cut else ()
    cut = next((finding for finding in breaks if finding.level is Level.ERROR), None)
    return cut or _as_finding(error)


def _lowered(ds: FileDataset | None, frames: Frames) -> Iterator[Finding]:
    """Findings of an image that was read whole are no errors, and its notes no findings."""
    pixels = (finding for finding in frames.findings if finding.level is not Level.NOTE)
    for finding in (*(ds.findings if ds is not None else ()), *pixels):
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
    if ds.transfer_syntax not in viewer.DECODES:
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
    return Finding(Level.ERROR, KILLED, message)


def _endless() -> Finding:
    message = "decoding this file came to no end and was stopped; the file is left out"
    return Finding(Level.ERROR, TIMED_OUT, message)


def _viewer_cannot(reason: str) -> Finding:
    message = f"the ReV viewer cannot decode {reason} images; these pages show them"
    return Finding(Level.WARNING, "viewer-cannot-decode", message)
