"""What cleaning the files of a library is told and hands back, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from isocenter.deidentify.policy import Policy
from isocenter.errors import Finding
from isocenter.library.model import Layout
from isocenter.library.scan import SeriesFolder


class Naming(StrEnum):
    """What cleaned files and their folders are called."""

    KEPT = "kept"
    """As the originals, whose names tell whatever they tell."""
    SAFE = "safe"
    """Folders of series by what the cleaned file says, files by number; ages stay."""


@dataclass(frozen=True, slots=True)
class Cleaning:
    """How files are cleaned, and what they are called then."""

    policy: Policy
    naming: Naming = Naming.SAFE
    allow_burned_in: bool = False


@dataclass(frozen=True, slots=True)
class UnitTask:
    """A series folder to clean into ``work``.

    ``files`` are names and where below ``root`` they lie, in natural order. ``withheld`` are
    series that are left out, ``skip`` names files that killed a worker before, ``late`` those
    that came to no end.
    """

    root: Path
    files: tuple[tuple[str, str], ...]
    work: Path
    cleaning: Cleaning
    withheld: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()

    @property
    def names(self) -> list[str]:
        """The names of the files."""
        return [name for name, _ in self.files]

    def path(self, name: str) -> Path:
        """Where a file lies."""
        return self.root / dict(self.files)[name]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of a folder.

    ``wanted`` is the name it would have by what its first file says. ``files`` are the
    cleaned ones, ``left_out`` those that may show text; findings have these names as paths.
    ``place`` is the folder's own in the cleaned tree, empty until it has one.
    """

    wanted: str = ""
    files: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class CleanedTree:
    """A tree of cleaned files: what a library may be built from.

    ``made`` of its folders were cleaned now. ``passed`` is what was found before, ``findings``
    while files were cleaned; neither names the input unless names are kept. ``left_out`` are files
    of the tree that there are not, and why. ``units`` leads
    from a folder of the tree back to that of the input, whose layout it has.
    """

    root: Path
    passed: tuple[Finding, ...]
    findings: tuple[Finding, ...]
    left_out: Mapping[str, str]
    made: int
    naming: Naming
    layout: Layout
    units: Mapping[str, SeriesFolder]

    def source_of(self, path: str) -> str:
        """The path in the input that a path of the tree stands for; itself when none is known."""
        if path in self.units:
            return self.units[path].place.folder
        place, _, name = path.rpartition("/")
        unit = self.units.get(place)
        if unit is None or self.naming is Naming.KEPT:
            return path
        number = int(name.partition(".")[0]) if name[:6].isdecimal() else 0
        paths = [*unit.paths.values()]
        return paths[number - 1] if 0 < number <= len(paths) else path


def file_name(number: int, name: str, naming: Naming) -> str:
    """What a cleaned file is called; ``number`` is its place among the files of its folder."""
    return name if naming is Naming.KEPT else f"{number:06}.dcm"
