"""What a library consists of, as frozen values.

``SeriesPlace`` says where a series lives in the library; ``SeriesResult`` is what the
step for one series hands back; ``Library`` is the merge of all of them and the only
input of the JSON and the pages. Its studies are the same in every layout; years, months and
examples are what the folders of studies say when they are called by age. Paths are relative
to the library's root, with ``/``, and as they are on disk: percent-encoding is done where a
URL is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import attrgetter

from isocenter.errors import Finding


class Layout(StrEnum):
    """How the studies of a library are laid out."""

    REV = "rev"
    """By age, as the input is: ``YY-yr/MM-mo/EX-ex/SERIES``; pages of years and months."""
    STUDY = "study"
    """As UIDs group the files, wherever they lie: patients > studies > series on one page."""


@dataclass(frozen=True, slots=True, order=True)
class SeriesPlace:
    """A series' folder in that of its study, ``YY-yr/MM-mo/EX-ex`` in a tree by age."""

    study: str
    series: str
    leaf: str = ""
    """Name of the folder of the pictures, where it is not that of the files."""

    @property
    def folder(self) -> str:
        """``YY-yr/MM-mo/EX-ex/SERIES`` in a tree by age."""
        return f"{self.study}/{self.series}"

    @property
    def pictures(self) -> str:
        """The folder of the pictures, strips and tags: most often :attr:`folder`."""
        return f"{self.study}/{self.leaf or self.series}"


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """The attributes a series is described by; an absent one is the empty string.

    Dates are ``YYYYMMDD`` or empty. They come from the first image in slice order, without
    one from the first file.
    """

    series_uid: str = ""
    study_uid: str = ""
    series_description: str = ""
    study_description: str = ""
    modality: str = ""
    modalities_in_study: str = ""
    patient_id: str = ""
    patient_name: str = ""
    patient_birth_date: str = ""
    study_date: str = ""
    series_date: str = ""
    acquisition_date: str = ""


@dataclass(frozen=True, slots=True)
class WindowPreset:
    """A named window, in Modality LUT output units (Hounsfield units for CT)."""

    name: str
    center: float
    width: float


@dataclass(frozen=True, slots=True)
class FrameView:
    """How a frame lies in the patient, and the shape of its pixels.

    ``edges`` are the letters beyond the left, top, right and bottom edge, or nothing.
    ``plane`` is equal for frames whose ``place`` (millimetres along the normal) can be
    compared; it is empty, and ``place`` ``None``, where the data do not tell. ``aspect`` is
    the height of a pixel as part of its width.
    """

    edges: tuple[str, ...] = ()
    plane: str = ""
    place: float | None = None
    aspect: float = 1.0


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A DICOM file that could be read whole, and the JPEGs made of it.

    ``frames`` are file names, the same in each of the JPEG folders, one per frame in
    frame order; ``rows`` and ``columns`` are the native size in pixels. ``views`` has one
    entry per frame, or none. ``windowed`` tells whether the presets apply: not to colour.
    """

    path: str
    frames: tuple[str, ...]
    rows: int
    columns: int
    views: tuple[FrameView, ...] = ()
    windowed: bool = False


@dataclass(frozen=True, slots=True)
class StripShape:
    """A preview strip: ``shown`` square tiles of ``tile`` pixels, stacked downwards.

    ``total`` frames there are; fewer are shown when a JPEG cannot hold them all.
    """

    tile: int
    shown: int
    total: int


@dataclass(frozen=True, slots=True)
class SeriesResult:
    """One series, processed. ``images`` is in slice order and may be empty."""

    place: SeriesPlace
    facts: SeriesFacts = SeriesFacts()
    images: tuple[ImageFile, ...] = ()
    middle: str = ""
    """File name of the middle frame's JPEG."""
    preview: StripShape | None = None
    raw_preview: StripShape | None = None
    findings: tuple[Finding, ...] = ()
    windows: tuple[WindowPreset, ...] = ()
    """The presets in which every frame was rendered once more."""
    frame_time: float | None = None
    """Milliseconds for which a frame of a cine is shown; ``None`` where no file tells."""
    others: tuple[str, ...] = ()
    """Names of the DICOM files without an image that the library holds too."""

    @property
    def frame_count(self) -> int:
        """How many frames were rendered."""
        return sum(len(image.frames) for image in self.images)


@dataclass(frozen=True, slots=True)
class Study:
    """A study of the library and its folder."""

    folder: str
    series: tuple[SeriesResult, ...]

    @property
    def shown(self) -> tuple[SeriesResult, ...]:
        """The series that have at least one image."""
        return tuple(series for series in self.series if series.images)


@dataclass(frozen=True, slots=True)
class Example(Study):
    """A study in a tree by age: one ``YY-yr/MM-mo/EX-ex`` folder."""

    @property
    def year(self) -> str:
        """``YY-yr``."""
        return self.folder.split("/")[0]

    @property
    def month(self) -> str:
        """``MM-mo``."""
        return self.folder.split("/")[1]

    @property
    def name(self) -> str:
        """``EX-ex``."""
        return self.folder.split("/")[2]


@dataclass(frozen=True, slots=True)
class Month:
    """One ``MM-mo`` folder."""

    year: str
    name: str
    examples: tuple[Example, ...]

    @property
    def folder(self) -> str:
        """``YY-yr/MM-mo``."""
        return f"{self.year}/{self.name}"


@dataclass(frozen=True, slots=True)
class Year:
    """One ``YY-yr`` folder."""

    name: str
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class Library:
    """Every series, in the order of the tree, and the findings that belong to none."""

    series: tuple[SeriesResult, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def studies(self) -> tuple[Study, ...]:
        """Every study, in tree order."""
        return tuple(Study(folder, members) for folder, members in self._by_study())

    @property
    def examples(self) -> tuple[Example, ...]:
        """Every study of a tree by age, in tree order."""
        return tuple(Example(folder, members) for folder, members in self._by_study())

    @property
    def years(self) -> tuple[Year, ...]:
        """The tree by age: years > months > examples > series, each in tree order."""
        return tuple(
            Year(year, tuple(_months(year, examples)))
            for year, examples in groupby(self.examples, key=attrgetter("year"))
        )

    def _by_study(self) -> Iterator[tuple[str, tuple[SeriesResult, ...]]]:
        for folder, members in groupby(self.series, key=attrgetter("place.study")):
            yield folder, tuple(members)

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """The findings of the tree and of every series."""
        return self.findings + tuple(f for series in self.series for f in series.findings)


def _months(year: str, examples: Iterable[Example]) -> Iterator[Month]:
    for month, members in groupby(examples, key=attrgetter("month")):
        yield Month(year, month, tuple(members))
