"""The steps for one folder: look which series may show text; write cleaned files.

Both run in any process and depend on nothing but their arguments and the files these name. No
message tells a value or a name of the input.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from isocenter import pulse
from isocenter.deidentify.series import Seen, seen
from isocenter.deidentify.steps import MAY_SHOW_TEXT, cleaned_bytes, killer, not_written, outcome
from isocenter.errors import Finding, Level
from isocenter.files.reading import dcmread
from isocenter.files.target import Folder
from isocenter.library.arrange.model import Said
from isocenter.library.arrange.naming import series_name
from isocenter.library.cleaned.model import Cleaned, UnitTask, file_name
from isocenter.library.facts import text


def look_at_unit(task: UnitTask) -> tuple[Path, Seen]:
    """The series of a folder's files, and those of them that may show text, by its work folder."""
    return task.work, seen(_beaten(task), task.cleaning.policy)


def _beaten(task: UnitTask) -> Iterator[tuple[Path, str]]:
    for name, path in task.files:
        if name not in task.skip | task.late:
            pulse.beat(name)
            yield task.root / path, ""


def clean_unit(task: UnitTask) -> tuple[UnitTask, Cleaned]:
    """Write every file of a folder that can be cleaned and need not be left out."""
    work = _Work(task)
    work.run()
    return task, work.result()


def try_files(task: UnitTask, names: Iterable[str]) -> None:
    """Clean and write nothing: run in a process of its own to find what kills it."""
    for name in names:
        pulse.beat(name)
        with suppress(Exception):  # only death is looked for
            cleaned_bytes(task.path(name), task.cleaning.policy, allow_burned_in=True)


class _Work:
    """A folder while it is cleaned."""

    def __init__(self, task: UnitTask) -> None:
        self.task, self.target = task, Folder(task.work)
        self.wanted = ""
        self.files: list[str] = []
        self.left_out: list[str] = []
        self.findings: list[Finding] = []

    def run(self) -> None:
        for number, (name, path) in enumerate(self.task.files, 1):
            pulse.beat(name)
            target = file_name(number, name, self.task.cleaning.naming)
            content, found = self.outcome(name, self.task.root / path)
            self.findings += [finding.at(target) for finding in found]
            if content is not None:
                self.write(target, content)
            elif any(finding.code == MAY_SHOW_TEXT for finding in found):
                self.left_out.append(target)

    def outcome(self, name: str, path: Path) -> tuple[bytes | None, tuple[Finding, ...]]:
        """The bytes without names of a file, if it is to be written."""
        task = self.task
        if name in task.skip:
            return None, (killer(),)
        if name in task.late:
            return None, (_endless(),)
        return outcome(
            path,
            task.cleaning.policy,
            allow_burned_in=task.cleaning.allow_burned_in,
            withheld=task.withheld,
            folder="",
        )

    def write(self, target: str, content: bytes) -> None:
        try:
            if not self.files:
                self.target.make("")
            self.target.write(target, content)
        except OSError as error:
            self.findings.append(not_written(error).at(target))
            return
        self.files.append(target)
        self.wanted = self.wanted or _name(content)

    def result(self) -> Cleaned:
        return Cleaned(self.wanted, tuple(self.files), tuple(self.left_out), tuple(self.findings))


def _name(content: bytes) -> str:
    """The folder's name, by what a cleaned file says."""
    ds = dcmread(content, stop_before_pixels=True)
    said = Said(
        modality=text(ds, "Modality"),
        series_number=text(ds, "SeriesNumber"),
        series_description=text(ds, "SeriesDescription"),
    )
    return series_name(said)


def _endless() -> Finding:
    message = "working on the file came to no end and was stopped"
    return Finding(Level.ERROR, "timed-out", message)
