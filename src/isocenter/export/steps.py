"""The step for some files: read, show, encode, write. One bad frame never ends the others.

A step depends on nothing but its arguments and the files they name, so that it runs in any
process and twice gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from isocenter import pulse
from isocenter.core.part10 import FileDataset
from isocenter.errors import DicomError, Finding, Level, PixelError, UsageError
from isocenter.export.content import content, played
from isocenter.export.model import WHOLE, Done, Piece, Place, Task, frame_word
from isocenter.export.timing import durations
from isocenter.files.header import unexpected
from isocenter.files.reading import dcmread
from isocenter.files.target import Folder
from isocenter.pixels.display import DisplayTables
from isocenter.pixels.frames import Frames
from isocenter.pixels.imagefiles import PictureError, Pixels
from isocenter.pixels.picture import picture

MOST_PLAYED = 1 << 30
"""Bytes that the pictures of one cine may take; they are in memory together."""

_Failures: TypeAlias = "dict[Finding, list[int]]"


def export_files(task: Task) -> Done:
    """Make every picture of the task that can be made."""
    work = _Work(task)
    for piece in task.pieces:
        work.piece(piece)
    return work.done()


def try_places(task: Task, places: Iterable[Place]) -> None:
    """Open the named files, make the named frames' pictures, and write nothing.

    It is run in a process of its own to find what kills it.
    """
    tables, options = DisplayTables(), replace(task.options, cine=False)
    for source, index in places:
        with suppress(Exception):  # only death is looked for
            _beat(source, index)
            frames = Frames(dcmread(task.root / source, force=True))
            if index != WHOLE:
                content(frames, index, options, tables)


def without_endless(task: Task, thing: str) -> Task:
    """The task without the file or frame that :func:`_beat` named last."""
    index, _, source = thing.partition(" ")
    return replace(task, late=task.late | {(source, int(index))}) if source else task


def _beat(source: str, index: int) -> None:
    pulse.beat(f"{index} {source}")


class _Work:
    """The pieces of one task while they are done."""

    def __init__(self, task: Task) -> None:
        self.task, self.options = task, task.options
        self.target, self.tables = Folder(task.output), DisplayTables()
        self.written: list[str] = []
        self.frames = 0
        self.findings: list[Finding] = []

    def done(self) -> Done:
        files = sum(piece.is_first for piece in self.task.pieces)
        return Done(tuple(self.written), self.frames, files, tuple(self.findings))

    def piece(self, piece: Piece) -> None:
        """All pictures of one piece; whatever one file does, the others go on."""
        ds = None
        try:
            self.check(piece.source, WHOLE)
            ds = _read(self.task.root / piece.source)
            frames = Frames(ds, cut=ds.cut)
            make = self.playing if self.options.cine else self.stills
            failed = make(piece, frames)
        except Exception as error:  # noqa: BLE001
            self.findings.append(_reason(error, ds).at(piece.source))
            return
        self.findings += [
            finding.at(piece.source)
            for finding in (*_told(failed, frames.count), *_lowered(ds, frames))
        ]

    def check(self, source: str, index: int) -> None:
        _beat(source, index)
        if (source, index) in self.task.skip:
            raise _killer()
        if (source, index) in self.task.late:
            raise _endless()

    def stills(self, piece: Piece, frames: Frames) -> _Failures:
        """A file for each frame."""
        failed: _Failures = {}
        for index, target in zip(piece.frames, piece.targets, strict=True):

            def still(index: int = index, target: str = target) -> None:
                made = content(frames, index, self.options, self.tables)
                self.write(target, made)
                self.frames += 1

            self.attempt(piece, index, still, failed)
        return failed

    def playing(self, piece: Piece, frames: Frames) -> _Failures:
        """One file that plays all frames which can be shown."""
        failed: _Failures = {}
        shown: dict[int, Pixels] = {}
        for index in piece.frames:

            def show(index: int = index) -> None:
                shown[index] = picture(frames, index, self.tables, self.options.look)

            self.attempt(piece, index, show, failed)
            _check_memory(shown, len(piece.frames))
        if shown:
            several = len(shown) > 1
            times = durations(frames.dataset, [*shown], frames.notes) if several else (0.0,)
            self.write(piece.targets[0], played(shown.values(), times, self.options))
            self.frames += len(shown)
        return failed

    def attempt(
        self, piece: Piece, index: int, work: Callable[[], None], failed: _Failures
    ) -> None:
        """Do the work for one frame, or keep why it failed."""
        try:
            self.check(piece.source, index)
            work()
        except Exception as error:  # noqa: BLE001 - one bad frame never ends the others
            failed.setdefault(_as_finding(error), []).append(index)

    def write(self, target: str, made: bytes) -> None:
        try:
            self.target.write(target, made)
        except FileNotFoundError:
            self.target.path(target).parent.mkdir(parents=True, exist_ok=True)
            self.target.write(target, made)
        self.written.append(target)


def _check_memory(shown: dict[int, Pixels], count: int) -> None:
    needed = max((pixels.nbytes for pixels in shown.values()), default=0) * count
    if needed > MOST_PLAYED:
        raise PictureError(
            f"{count:,} frames of {needed // count:,} bytes are too many to play;"
            " choose some of them, or a smaller size"
        )


def _read(path: Path) -> FileDataset:
    try:
        return dcmread(path, force=True)
    except OSError as error:
        unreadable = DicomError(error.strerror or str(error))
        unreadable.code = "unreadable-file"
        raise unreadable from error


def _reason(error: Exception, ds: FileDataset | None) -> Finding:
    """Why a file has no pictures: where its bytes break off, else what the error says."""
    breaks = ds.findings if ds is not None and ds.cut else ()
    cut = next((finding for finding in breaks if finding.level is Level.ERROR), None)
    return cut or _as_finding(error)


def _told(failed: _Failures, count: int) -> Iterator[Finding]:
    """One finding for all frames that failed in the same way."""
    for finding, indices in failed.items():
        if count > 1:
            message = f"{frame_word(indices)}: {finding.message}"
            yield replace(finding, message=message)
        else:
            yield finding


def _lowered(ds: FileDataset, frames: Frames) -> Iterator[Finding]:
    """Findings of an image that could be shown are no errors, and its notes no findings."""
    pixels = (finding for finding in frames.findings if finding.level is not Level.NOTE)
    for finding in (*ds.findings, *pixels):
        level = Level.WARNING if finding.level is Level.ERROR else finding.level
        yield replace(finding, level=level)


def _as_finding(error: Exception) -> Finding:
    if isinstance(error, DicomError):
        return replace(Finding.from_error(error), path="")
    if isinstance(error, UsageError):
        return Finding(Level.ERROR, "no-such-view", str(error))
    if isinstance(error, MemoryError):
        return Finding(Level.ERROR, "out-of-memory", "not enough memory for this image")
    if isinstance(error, OSError):
        place = Path(error.filename).name if error.filename else "an output file"
        return Finding(Level.ERROR, "not-written", f"{place}: {error.strerror or error}")
    return unexpected(error)


def _killer() -> PixelError:
    error = PixelError("decoding this ended the process that did it; it is left out")
    error.code = "killed-decoder"
    return error


def _endless() -> PixelError:
    error = PixelError("decoding this came to no end and was stopped; it is left out")
    error.code = "timed-out"
    return error
