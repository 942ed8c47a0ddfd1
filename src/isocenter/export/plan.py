"""Which picture goes where, decided before any is made.

In: the instances in natural order. Out: pieces of work, one after the other. Names are
given in that order, so that no worker's speed decides which of two instances gets the
plain name. No two pictures get one path, whatever the letter case, and none that of a file
that lies there already.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from isocenter.core.part10 import FileDataset
from isocenter.errors import Finding, Level
from isocenter.export import pattern as patterns
from isocenter.export.model import Piece
from isocenter.export.options import Options
from isocenter.export.pattern import FILE, FRAME
from isocenter.files import findings as report
from isocenter.files.header import header_or_finding, no_pixels, unexpected
from isocenter.files.names import cleaned, folded
from isocenter.files.target import TEMPORARY_PREFIX
from isocenter.files.walking import Instances
from isocenter.pixels.claims import claimed_frames

TOGETHER = 64
"""Frames of one file that one worker does at a time."""


class Plan:
    """Pieces for all instances, each planned when it is asked for.

    Args:
        found: the instances.
        output: where the pictures go.
        options: how they are called.
    """

    def __init__(self, found: Instances, output: Path, options: Options) -> None:
        self._found, self._options = found, options
        self._names = _Names(output, found, overwrite=options.overwrite)
        self.findings: list[Finding] = []
        self.passed = 0
        """Files that no piece was made of."""

    def __iter__(self) -> Iterator[Piece]:
        for name in self._found.names:
            try:
                planned = self._planned(name)
            except OSError as error:  # it went between two looks at it
                planned = Finding(Level.ERROR, "unreadable-file", error.strerror or str(error))
            except Exception as error:  # noqa: BLE001 - whatever one file does, the others go on
                planned = unexpected(error)
            if isinstance(planned, Finding):
                self.findings.append(planned.at(name))
                planned = []
            self.passed += not planned
            yield from planned

    def _planned(self, name: str) -> list[Piece] | Finding:
        found = header_or_finding(self._found.path(name))
        if isinstance(found, Finding):
            return found
        return self._pieces(name, found) if found.stopped else no_pixels(found)

    def _pieces(self, name: str, header: FileDataset) -> list[Piece]:
        count = claimed_frames(header, self._found.path(name).stat().st_size)
        frames = self._options.frames.of(count)
        if not frames:
            message = f"none of the frames asked for; there are {count}, counted from 0"
            self.findings.append(Finding(Level.WARNING, "no-such-frame", message, name))
            return []
        targets = self._targets(name, header, frames, is_multiple=count > 1)
        if self._options.cine:
            return [Piece(name, frames, targets)]
        parts = [slice(start, start + TOGETHER) for start in range(0, len(frames), TOGETHER)]
        return [Piece(name, frames[p], targets[p], is_first=not p.start) for p in parts]

    def _targets(
        self, name: str, header: FileDataset, frames: tuple[int, ...], *, is_multiple: bool
    ) -> tuple[str, ...]:
        """A free path for every frame; one for all of them in cine."""
        texts = patterns.texts(self._options.path, header)
        texts[FILE] = cleaned(PurePosixPath(name).stem.encode(errors="replace").decode())
        wanted = [_Wanted(*self._options.path.path(texts | {FRAME: str(n)}), n) for n in frames]
        numbered = is_multiple and not self._options.path.has_frame and not self._options.cine
        if self._options.cine:
            wanted = wanted[:1]

        def paths(counter: str) -> list[str]:
            return [one.path(counter, self._options.extension, numbered=numbered) for one in wanted]

        chosen, counter = self._names.free(paths)
        if counter:
            message = f"{paths('')[0]} is taken; written as {chosen[0]}"
            self.findings.append(Finding(Level.WARNING, "name-counted", message, name))
        return tuple(chosen)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The path that the pattern gives, and the frame."""

    folder: str
    name: str
    frame: int

    def path(self, counter: str, extension: str, *, numbered: bool) -> str:
        frame = f".{self.frame}" if numbered else ""
        name = f"{self.name}{counter}{frame}{extension}"
        return f"{self.folder}/{name}" if self.folder else name


class _Names:
    """Paths that are taken: by pictures planned, files that are there, and the input."""

    def __init__(self, output: Path, found: Instances, *, overwrite: bool) -> None:
        self._output, self._overwrite = output, overwrite
        self._taken = {report.NAME}
        self._folders: dict[str, frozenset[str]] = {}
        self._counters: dict[str, int] = {}
        if overwrite:  # else nothing that is there is replaced
            self._taken.update(_inside(output, found))

    def free(self, paths: Callable[[str], list[str]]) -> tuple[list[str], str]:
        """The paths for the first counter with which none is taken, and that counter."""
        plain = folded(paths("")[0])
        number = self._counters.get(plain, 1)
        while True:
            counter = f"~{number}" if number > 1 else ""
            chosen = paths(counter)
            if not any(self._is_taken(path) for path in chosen):
                self._counters[plain] = number + 1
                self._taken.update(map(folded, chosen))
                return chosen, counter
            number += 1

    def _is_taken(self, path: str) -> bool:
        return folded(path) in self._taken or (
            not self._overwrite and folded(path) in self._there(os.path.dirname(path))  # noqa: PTH120
        )

    def _there(self, folder: str) -> frozenset[str]:
        """What lies in a folder of the output; what a killed run left half written goes."""
        if folder not in self._folders:
            names = _names_in(self._output / folder)
            prefix = f"{folder}/" if folder else ""
            self._folders[folder] = frozenset(folded(prefix + name) for name in names)
        return self._folders[folder]


def _names_in(folder: Path) -> Iterator[str]:
    try:
        entries = sorted(path.name for path in folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in entries:
        if name.startswith(TEMPORARY_PREFIX):
            (folder / name).unlink(missing_ok=True)
        yield name


def _inside(output: Path, found: Instances) -> Iterable[str]:
    """The instances that lie in the output, links followed: nothing may ever replace them."""
    there = output.resolve()
    for name in found.names:
        with suppress(ValueError):
            yield folded(found.path(name).resolve().relative_to(there).as_posix())
