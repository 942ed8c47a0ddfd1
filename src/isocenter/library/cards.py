"""What the templates show of a series, an example, a month and a year.

A card knows paths from the library's root; the page turns them into addresses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from isocenter.errors import Finding, Level
from isocenter.library import layout
from isocenter.library.model import (
    Example,
    Library,
    Month,
    SeriesResult,
    StripShape,
    Study,
    Year,
)
from isocenter.library.wording import age, day, example_name, in_words

FINDINGS_SHOWN = 200
"""As many findings as a page lists; ``findings.json`` has them all."""


@dataclass(frozen=True, slots=True)
class StripCard:
    """A preview strip: where it lies and the tile it starts with, counted from 0."""

    path: str
    shape: StripShape
    start: int

    @property
    def whole(self) -> bool:
        """Every frame has its tile."""
        return self.shape.shown == self.shape.total


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding and the page with its series; empty when it belongs to none."""

    finding: Finding
    page: str = ""


@dataclass(frozen=True, slots=True)
class FindingList:
    """The gravest findings of ``total``: no page lists ten thousand."""

    rows: tuple[FindingRow, ...]
    total: int
    levels: tuple[tuple[str, int], ...]

    @property
    def cut(self) -> bool:
        """There are more than are listed."""
        return len(self.rows) < self.total


@dataclass(frozen=True, slots=True)
class SeriesCard:
    """A series; ``folder`` holds its pictures, ``number`` counts it in its example."""

    result: SeriesResult
    number: int
    folder: str

    @property
    def title(self) -> str:
        """The series description, or the folder's name where there is none."""
        return self.result.facts.series_description or self.result.place.series

    @property
    def page(self) -> str:
        """The page of its example."""
        return f"{self.result.place.study}/index.html"

    @property
    def anchor(self) -> str:
        """Its section's id there."""
        return f"series-{self.number}"

    @property
    def frames(self) -> tuple[str, ...]:
        """The JPEGs' names in slice order."""
        return tuple(frame for image in self.result.images for frame in image.frames)

    @property
    def middle(self) -> int:
        """Index of the middle frame."""
        frames = self.frames
        return (
            frames.index(self.result.middle) if self.result.middle in frames else len(frames) // 2
        )

    @property
    def native(self) -> tuple[str, ...]:
        """Paths of the JPEGs of native size."""
        return tuple(f"{self.folder}/{layout.RAW}/{frame}" for frame in self.frames)

    @property
    def thumbnail(self) -> str:
        """Path of the middle image, small; empty when no image could be read."""
        frames = self.frames
        return f"{self.folder}/{layout.MEDIUM}/{frames[self.middle]}" if frames else ""

    @property
    def preview(self) -> StripCard | None:
        """The small strip."""
        return self._strip(layout.PREVIEW, self.result.preview)

    @property
    def raw_preview(self) -> StripCard | None:
        """The large strip."""
        return self._strip(layout.RAW_PREVIEW, self.result.raw_preview)

    @property
    def tags(self) -> str:
        """Path of the tags as text; empty when no image could be read."""
        return f"{self.folder}/{layout.TAGS}" if self.result.images else ""

    @property
    def sizes(self) -> tuple[tuple[int, int], ...]:
        """The images' different (columns, rows), in pixels."""
        return tuple(sorted({(image.columns, image.rows) for image in self.result.images}))

    @property
    def findings(self) -> FindingList:
        """Its findings, for its own page."""
        return listed(FindingRow(finding) for finding in self.result.findings)

    @property
    def rows(self) -> Iterator[FindingRow]:
        """Its findings, for other pages."""
        return (
            FindingRow(finding, f"{self.page}#{self.anchor}-about")
            for finding in self.result.findings
        )

    @property
    def texts(self) -> tuple[str, ...]:
        """The facts a filter looks through; an absent one is empty."""
        facts = self.result.facts
        return facts.series_description, facts.study_description, facts.modality

    @property
    def search(self) -> str:
        """The same and the folder's name, joined."""
        return " ".join(filter(None, (self.result.place.series, *self.texts)))

    def _strip(self, name: str, shape: StripShape | None) -> StripCard | None:
        if shape is None or not shape.shown or not self.result.images:
            return None
        start = self.middle if shape.shown == len(self.frames) else shape.shown // 2
        return StripCard(f"{self.folder}/{name}", shape, start)


class Group:
    """Counts and a picture of everything below one level of the tree."""

    __slots__ = ()

    @property
    def cards(self) -> tuple[SeriesCard, ...]:
        """The series below."""
        raise NotImplementedError

    @property
    def images(self) -> int:
        """How many frames there are."""
        return sum(card.result.frame_count for card in self.cards)

    @property
    def modalities(self) -> tuple[str, ...]:
        """The different modalities, sorted."""
        return tuple(sorted({card.result.facts.modality for card in self.cards} - {""}))

    @property
    def descriptions(self) -> str:
        """The different texts a filter looks through, joined."""
        texts = (text for card in self.cards for text in card.texts)
        return " ".join(dict.fromkeys(filter(None, texts)))

    @property
    def thumbnail(self) -> str:
        """Path of the middle image of the middle series; empty when there is none."""
        pictured = [card for card in self.cards if card.result.images]
        return pictured[len(pictured) // 2].thumbnail if pictured else ""

    @property
    def findings(self) -> FindingList:
        """The findings below, the gravest first."""
        return listed(row for card in self.cards for row in card.rows)


@dataclass(frozen=True, slots=True)
class StudyCard(Group):
    """A study and its series; what it is called when nothing else is known than its date."""

    study: Study
    series: tuple[SeriesCard, ...]

    others = "Studies of the patient before and after"
    """What the links to its neighbours lead to."""

    @property
    def cards(self) -> tuple[SeriesCard, ...]:
        """Its series."""
        return self.series

    @property
    def page(self) -> str:
        """Path of its page."""
        return f"{self.study.folder}/index.html"

    @property
    def name(self) -> str:
        """``2004-01-19``."""
        return day(self.fact("study_date")) or "Study without a date"

    @property
    def about(self) -> tuple[str, ...]:
        """What it is, beside its description."""
        return tuple(filter(None, (self.name, self.fact("patient_name"))))

    @property
    def title(self) -> str:
        """What it is called in a list of studies."""
        return ", ".join(filter(None, (self.name, self.fact("study_description"))))

    @property
    def crumbs(self) -> tuple[tuple[str, str], ...]:
        """The pages above it, and what they are called."""
        return (("index.html", "Library"),)

    def fact(self, name: str) -> str:
        """The first value any of its series has for an attribute; else empty."""
        values = (getattr(series.facts, name) for series in self.study.series)
        return next(filter(None, values), "")


@dataclass(frozen=True, slots=True)
class ExampleCard(StudyCard):
    """A study in a tree by age."""

    study: Example

    others = "Examples before and after"

    @property
    def name(self) -> str:
        """``Example 01``."""
        return example_name(self.study.name)

    @property
    def age(self) -> str:
        """``3 years 2 months``."""
        return age(self.study.year, self.study.month)

    @property
    def about(self) -> tuple[str, ...]:
        """``Example 01`` and ``3 years 2 months``."""
        return self.name, self.age

    @property
    def title(self) -> str:
        """``Example 01, 3 years 2 months``."""
        return ", ".join(self.about)

    @property
    def crumbs(self) -> tuple[tuple[str, str], ...]:
        """The library, the year and the month."""
        year, month = self.study.year, self.study.month
        return (
            ("index.html", "Library"),
            (f"{year}/index.html", in_words(year, "year")),
            (f"{year}/{month}/index.html", in_words(month, "month")),
        )


@dataclass(frozen=True, slots=True)
class MonthCard(Group):
    """A month and its examples."""

    month: Month
    examples: tuple[ExampleCard, ...]

    @property
    def cards(self) -> tuple[SeriesCard, ...]:
        """The series of its examples."""
        return tuple(card for example in self.examples for card in example.series)

    @property
    def name(self) -> str:
        """``3 months``."""
        return in_words(self.month.name, "month")

    @property
    def age(self) -> str:
        """``3 years 2 months``."""
        return age(self.month.year, self.month.name)

    @property
    def page(self) -> str:
        """Path of its page."""
        return f"{self.month.folder}/index.html"


@dataclass(frozen=True, slots=True)
class YearCard(Group):
    """A year and its months."""

    year: Year
    months: tuple[MonthCard, ...]

    @property
    def cards(self) -> tuple[SeriesCard, ...]:
        """The series of its months."""
        return tuple(card for month in self.months for card in month.cards)

    @property
    def examples(self) -> tuple[ExampleCard, ...]:
        """The examples of its months."""
        return tuple(example for month in self.months for example in month.examples)

    @property
    def name(self) -> str:
        """``3 years``."""
        return in_words(self.year.name, "year")

    @property
    def page(self) -> str:
        """Path of its page."""
        return f"{self.year.name}/index.html"


@dataclass(frozen=True, slots=True)
class LibraryCard(Group):
    """The whole library."""

    library: Library
    years: tuple[YearCard, ...]

    @property
    def cards(self) -> tuple[SeriesCard, ...]:
        """Every series."""
        return tuple(card for year in self.years for card in year.cards)

    @property
    def months(self) -> tuple[MonthCard, ...]:
        """Every month."""
        return tuple(month for year in self.years for month in year.months)

    @property
    def examples(self) -> tuple[ExampleCard, ...]:
        """Every example."""
        return tuple(example for year in self.years for example in year.examples)

    @property
    def findings(self) -> FindingList:
        """Every finding; those that belong to no series come first."""
        own = (FindingRow(finding) for finding in self.library.findings)
        return listed(own, (row for card in self.cards for row in card.rows))


def library_card(library: Library, leaf: str) -> LibraryCard:
    """The library's cards; ``leaf`` names the folder of a series' pictures, ``%s`` its own."""
    return LibraryCard(library, tuple(_year(year, leaf) for year in library.years))


def listed(*groups: Iterable[FindingRow]) -> FindingList:
    """The first findings of the groups, in each the gravest first."""
    rows = [row for group in groups for row in sorted(group, key=_gravity)]
    counts = Counter(row.finding.level for row in rows)
    levels = tuple((level.value, counts[level]) for level in reversed(Level) if counts[level])
    return FindingList(tuple(rows[:FINDINGS_SHOWN]), len(rows), levels)


def _gravity(row: FindingRow) -> int:
    return -list(Level).index(row.finding.level)


def _year(year: Year, leaf: str) -> YearCard:
    return YearCard(year, tuple(_month(month, leaf) for month in year.months))


def _month(month: Month, leaf: str) -> MonthCard:
    return MonthCard(month, tuple(_example(example, leaf) for example in month.examples))


def _example(example: Example, leaf: str) -> ExampleCard:
    return ExampleCard(example, series_cards(example, leaf))


def series_cards(study: Study, leaf: str = layout.SAME_FOLDER) -> tuple[SeriesCard, ...]:
    """The cards of a study's series, in their order."""
    numbered = enumerate(study.series, start=1)
    return tuple(_series(result, number, leaf) for number, result in numbered)


def _series(result: SeriesResult, number: int, leaf: str) -> SeriesCard:
    name = leaf.replace("%s", result.place.series)
    return SeriesCard(result, number, f"{result.place.study}/{name}")
