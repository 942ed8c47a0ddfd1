"""What a build or an export says while it runs and when it is done.

On a terminal a progress bar; elsewhere plain lines, at most one per tenth of the work.
File names and DICOM text are printed as text: no markup, no control characters.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from isocenter.core.listing import printable
from isocenter.errors import Finding, Level
from isocenter.library import layout
from isocenter.library.catalog import Totals
from isocenter.library.model import Layout, Library
from isocenter.library.wording import counted

if TYPE_CHECKING:  # numpy and the codecs: 150 ms that no other command need wait for
    from isocenter.library.build import Outcome

_SHOWN_ERRORS = 10
_LAYOUTS = {Layout.REV: "years > months > examples", Layout.STUDY: "patients > studies > series"}

Advance = Callable[[int, int], None]
"""To be told how many more units are done, and how many images were made of them."""


@contextmanager
def progress(total: int, unit: str) -> Iterator[Advance]:
    """Show how many of ``total`` units, such as series or files, are done."""
    console = Console(stderr=True)
    if console.is_terminal:
        with _bar(console) as bar:
            task = bar.add_task(unit, total=total, images=0)
            yield lambda done, images: _advance(bar, task, done, images)
    else:
        yield _Lines(total, unit)


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[images]} images"),
        TimeRemainingColumn(),
        console=console,
    )


def _advance(bar: Progress, task: TaskID, done: int, images: int) -> None:
    total = bar.tasks[0].fields["images"] + images
    bar.update(task, advance=done, images=total)


class _Lines:
    """A line whenever another tenth of the units is done."""

    def __init__(self, total: int, unit: str) -> None:
        self.total, self.unit, self.done, self.images = max(total, 1), unit, 0, 0

    def __call__(self, done: int, images: int) -> None:
        before = self.done * 10 // self.total
        self.done += done
        self.images += images
        if self.done * 10 // self.total != before:
            line = f"{self.done:,} of {self.total:,} {self.unit}, images: {self.images:,}"
            print(line, file=sys.stderr, flush=True)  # noqa: T201 - this is its output


class Rates:
    """How many files are done, how many a second, and how long the rest will take.

    Args:
        unit: what is counted, such as files.
    """

    def __init__(self, unit: str) -> None:
        self.unit, self.total, self.done = unit, 0, 0
        self._started = time.monotonic()
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def begin(self, total: int) -> None:
        """Say how many there are, of this step of the work."""
        if self._bar is not None:
            self._bar.stop()
        self.total, self.done, self._started = total, 0, time.monotonic()
        console = Console(stderr=True)
        if console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                console=console,
            )
            self._bar.add_task(self.unit, total=total, rate="")
            self._bar.start()

    def advance(self, done: int, _failed: int) -> None:
        """Say that so many more are done."""
        before = self.done * 10 // max(self.total, 1)
        self.done += done
        rate = self.done / max(time.monotonic() - self._started, 1e-3)
        if self._bar is not None:
            self._bar.update(TaskID(0), advance=done, rate=f"{rate:,.0f} {self.unit}/s")
        elif self.done * 10 // max(self.total, 1) != before:
            left = (self.total - self.done) / rate
            line = f"{self.done:,} of {self.total:,} {self.unit}, {rate:,.0f}/s, {left:.0f} s left"
            print(line, file=sys.stderr, flush=True)  # noqa: T201 - this is its output


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as a table of plain text: no markup, no control characters."""
    texts = [[printable("" if one is None else str(one)) for one in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *texts, strict=True)]
    for row in (columns, ["-" * width for width in widths], *texts):
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def summary(library: Library, output: Path, made: int, seconds: float) -> None:
    """Say what there is, what was left out and why, and how long it took.

    An image is a frame, here as on the pages; ``made`` of them were made now.
    """
    totals = Totals(
        series=sum(1 for series in library.series if series.images),
        files=sum(len(series.images) for series in library.series),
        frames=sum(series.frame_count for series in library.series),
    )
    _say_totals(totals, made, seconds)
    _say_end(library.all_findings, output)


def report_build(outcome: Outcome, found: Layout, output: Path, seconds: float) -> None:
    """As :func:`summary`, and how it is laid out and what has changed since the last build."""
    say(f"layout: {found} ({_LAYOUTS[found]})")
    _say_totals(outcome.totals, outcome.frames, seconds)
    if outcome.catalog_lost:
        say("The catalog of the last build could not be read: everything was built again")
    if outcome.unchanged or outcome.removed:
        parts = {"built": outcome.built, "unchanged": outcome.unchanged, "gone": outcome.removed}
        say("series: " + ", ".join(f"{count:,} {what}" for what, count in parts.items()))
    _say_end(outcome.findings, output)


def _say_totals(totals: Totals, made: int, seconds: float) -> None:
    rate = made / seconds if seconds else 0.0
    parts = (
        counted(totals.series, "series"),
        counted(totals.frames, "image"),
        counted(totals.files, "file"),
    )
    say("{}, {} from {}".format(*parts).replace("\xa0", " "))
    say(f"{seconds:.1f} s, {rate:,.0f} images/s")


def _say_end(findings: Iterable[Finding], output: Path) -> None:
    for line in finding_lines(findings):
        say(line)
    say(f"Open {output / layout.PAGE}")


def finding_lines(
    findings: Iterable[Finding], *, notes: str = "skipped, no images"
) -> Iterator[str]:
    """The findings as lines: how many of each kind, then the first errors in full."""
    every = list(findings)
    kinds = {Level.ERROR: "skipped with an error", Level.NOTE: notes, Level.WARNING: "warnings"}
    for level, kind in kinds.items():
        codes = Counter(finding.code for finding in every if finding.level is level)
        if codes:
            reasons = ", ".join(f"{count:,} {code}" for code, count in codes.most_common())
            yield f"{kind}: {codes.total():,} ({reasons})"
    errors = [finding for finding in every if finding.level is Level.ERROR]
    yield from (f"  {_line(error)}" for error in errors[:_SHOWN_ERRORS])
    if len(errors) > _SHOWN_ERRORS:
        yield f"  and {len(errors) - _SHOWN_ERRORS:,} more"
    if every:
        yield f"All findings are in {layout.FINDINGS}"


def _line(finding: Finding) -> str:
    where = [finding.tag, None if finding.offset is None else f"byte {finding.offset}"]
    facts = ", ".join(fact for fact in where if fact)
    return f"{finding.path}: {finding.message}" + (f" ({facts})" if facts else "")


def say(line: str) -> None:
    """Print a line of text, whatever characters it has."""
    safe = printable(line)
    encoding = sys.stdout.encoding or "utf-8"
    text = safe.encode(encoding, "backslashreplace").decode(encoding)
    print(text)  # noqa: T201 - this is its output
