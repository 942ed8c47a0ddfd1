"""``isocenter attributes check``: files against their IODs, as lines or as JSON.

What was found goes to standard output. No value of a file is repeated, unless it is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any

import orjson
import typer

from isocenter.attributes.check import Checked, check_file, sop_class_name
from isocenter.cli.attributes.unsafe import UnsafeAllValues, warn
from isocenter.cli.lines import coloured, wants_colour
from isocenter.cli.show import until_the_reader_leaves
from isocenter.cli.targets import files, target
from isocenter.core.listing import printable
from isocenter.errors import Finding, Level, UsageError, worst
from isocenter.standard.clauses import url
from isocenter.standard.modules import EDITION

VIOLATIONS = 1
UNSAFE = "values that break a rule are shown"


def check_command(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Files, or folders: the first file of each series."),
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines.")] = False,
    level: Annotated[
        Level, typer.Option(help="The least grave findings that are shown.")
    ] = Level.NOTE,
    unsafe_all_values: UnsafeAllValues = False,
) -> int:
    """Check DICOM files against the IOD of their SOP class, the dictionary and their VRs.

    Exit code 0: no errors. 1: errors. 2: could not run.
    """
    wanted = [target(text) for text in paths]
    if any(one.element for one in wanted):
        raise UsageError("a file is checked whole, without an element path")
    if unsafe_all_values:
        warn(UNSAFE)
    show = (_Json if as_json else _Lines)(level, is_unsafe=unsafe_all_values)
    with until_the_reader_leaves():
        for one in wanted:
            for file in files(one, show.complain):
                show.file(check_file(file.path, shows_values=unsafe_all_values))
        show.end()
    return VIOLATIONS if show.failed else 0


class _Lines:
    """A heading and a line a finding for each file."""

    def __init__(self, level: Level, *, is_unsafe: bool) -> None:
        levels = list(Level)
        self.levels = levels[levels.index(level) :]
        self.failed = False
        self.colour = wants_colour()
        self.begin(is_unsafe=is_unsafe)

    def begin(self, *, is_unsafe: bool) -> None:
        """Say first that values are shown, if they are."""
        if is_unsafe:
            self.say(f"--unsafe-all-values: {UNSAFE}, names included", "warning")

    def complain(self, problem: str) -> None:
        """Say on standard error what could not be checked."""
        self.failed = True
        typer.echo(f"isocenter: {printable(problem)}", err=True)

    def file(self, checked: Checked) -> None:
        """Show one file."""
        self.failed |= worst(checked.findings) is Level.ERROR
        self.say(f"{checked.path}: {_kind(checked)}: {_counts(checked.findings)}", "file")
        for finding in self.shown(checked):
            self.say(f"  {_line(finding)}", str(finding.level))

    def shown(self, checked: Checked) -> Iterator[Finding]:
        """The findings that are grave enough."""
        return (finding for finding in checked.findings if finding.level in self.levels)

    def say(self, line: str, role: str) -> None:
        """Print a line."""
        text = printable(line)
        typer.echo(coloured((text, role)) if self.colour else text)

    def end(self) -> None:
        """Nothing stands around the lines."""


class _Json(_Lines):
    """One object: the edition, and the files with their findings."""

    def begin(self, *, is_unsafe: bool) -> None:
        """Keep what stands before the files."""
        self.head = {"edition": EDITION} | ({"unsafe_all_values": True} if is_unsafe else {})
        self.files: list[dict[str, Any]] = []

    def file(self, checked: Checked) -> None:
        """Keep one file."""
        self.failed |= worst(checked.findings) is Level.ERROR
        self.files.append(
            {
                "path": checked.path,
                "sop_class": sop_class_name(checked.sop_class),
                "iod": checked.iod.name if checked.iod else None,
                "findings": [_object(finding) for finding in self.shown(checked)],
                "undecided": checked.undecided,
                "undecided_modules": checked.undecided_modules,
            }
        )

    def end(self) -> None:
        """Print the object."""
        typer.echo(orjson.dumps({**self.head, "files": self.files}, option=orjson.OPT_INDENT_2))


def _object(finding: Finding) -> dict[str, Any]:
    return {
        "level": str(finding.level),
        "code": finding.code,
        "message": finding.message,
        "tag": finding.tag,
        "offset": finding.offset,
        "clause": finding.clause,
        "url": url(finding.clause or ""),
    }


def _kind(checked: Checked) -> str:
    return checked.iod.name if checked.iod else sop_class_name(checked.sop_class)


def _counts(findings: tuple[Finding, ...]) -> str:
    counts = Counter(finding.level for finding in findings)
    parts = (
        f"{counts[level]:,} {level}{'' if counts[level] == 1 else 's'}" for level in reversed(Level)
    )
    return ", ".join(parts)


def _line(finding: Finding) -> str:
    where = f"{finding.tag}: " if finding.tag else ""
    address = url(finding.clause or "")
    facts = ", ".join(fact for fact in (finding.clause, address) if fact)
    text = f"{finding.level} {finding.code}: {where}{finding.message}"
    return f"{text} ({facts})" if facts else text
