"""One data set against the IOD of its SOP class, the data dictionary and its VRs.

    for finding in check(isocenter.dcmread("image.dcm")).findings: ...

In: a data set. Out: :class:`Checked`, with a finding for whatever deviates: at which element
path, by which clause. What the tables cannot decide is counted and said, never guessed. Of
what a file holds no value is repeated, unless it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from isocenter.attributes import groups, values
from isocenter.attributes.deviations import Deviation, Deviations, Where
from isocenter.attributes.requirements import Present, Requirements, Skipped, requirements, verdict
from isocenter.core.dataset import Dataset
from isocenter.core.element import DataElement
from isocenter.core.part10 import FileDataset
from isocenter.errors import (
    DicomError,
    Finding,
    InvalidDicomError,
    Level,
    ValueDecodingError,
)
from isocenter.files.findings import shown_path
from isocenter.files.header import not_dicom
from isocenter.files.reading import read_by_content
from isocenter.standard.dictionary import keyword_for_tag, private_entry
from isocenter.standard.modules import EDITION, Iod, Usage, iod
from isocenter.standard.tag import BaseTag, Tag, keyword_tags
from isocenter.standard.uid import UID

_SOP_CLASS, _MEDIA_SOP_CLASS = 0x00080016, 0x00020002
_PADDING = 0xFFFCFFFC


@dataclass(frozen=True, slots=True)
class Checked:
    """What came out.

    Attributes:
        path: the file, as it was named.
        sop_class: its SOP Class UID; empty when it has none.
        iod: what it was checked against; ``None`` when the tables have none for it.
        findings: what deviates, in the order of the data set, items after what they are in.
        undecided: general element paths of attributes of Type 1C and 2C that are absent.
        undecided_modules: names of conditional modules that seem absent.
    """

    path: str
    sop_class: str
    iod: Iod | None
    findings: tuple[Finding, ...]
    undecided: tuple[str, ...] = ()
    undecided_modules: tuple[str, ...] = ()


def check(dataset: Dataset, path: str = "", *, shows_values: bool = False) -> Checked:
    """Hold a data set against its IOD, the dictionary and its VRs.

    Args:
        dataset: of a file or not; its pixel data may have been skipped when it was read.
        path: the file, for the findings.
        shows_values: repeat values that break a rule of their VR, whatever they say of a patient.
    """
    sop_class = _sop_class(dataset)
    found = iod(sop_class)
    run = _Run(shows_values, _stranger(found))
    if isinstance(dataset, FileDataset):
        run.values(Where(), _present(dataset.file_meta))
    present = _present(dataset)
    top = requirements(found, present) if found is not None else None
    run.levels(dataset, top)
    if found is not None:
        for deviation in groups.deviations(found, present):
            run.found.add(Where(), deviation)
    left_out = _undecided_modules(found, top)
    result = Checked(path, sop_class, found, (), tuple(dict.fromkeys(run.undecided)), left_out)
    read = (one if shows_values else _without_terms(one) for one in dataset.findings)
    told = [*(one.at(path) for one in read), *run.found.findings(path)]
    return replace(result, findings=(*told, *_limits(result)))


def check_file(path: Path, *, shows_values: bool = False) -> Checked:
    """As :func:`check`, for a file; one that cannot be read is an error among its findings."""
    name = shown_path(str(path))
    try:
        return check(read_by_content(path, skip_pixels=True), name, shows_values=shows_values)
    except InvalidDicomError:
        found = replace(not_dicom(path.stat().st_size, path.suffix), level=Level.ERROR)
    except DicomError as error:
        found = Finding.from_error(error)
    except OSError as error:
        found = Finding(Level.ERROR, "unreadable-file", error.strerror or str(error))
    return Checked(name, "", None, (found.at(name),))


def _without_terms(finding: Finding) -> Finding:
    """What reading found, without the words of Specific Character Set that it may repeat."""
    if finding.clause == "PS3.3 C.12.1.1.2":
        return replace(finding, message="a term of Specific Character Set is none")
    return finding


def _stranger(iod: Iod | None) -> Deviation:
    """What is said of an attribute that the IOD does not have."""
    message = "no module of the IOD has it; a standard extended SOP class may"
    clause = iod.place.clause if iod is not None else ""
    return Deviation(Level.NOTE, "not-in-iod", message, clause)


class _Level(NamedTuple):
    """A data set at some depth, and what is asked of it; ``None`` when it may hold anything."""

    where: Where
    dataset: Dataset
    asked: Requirements | None


@dataclass(slots=True)
class _Run:
    """A walk through all levels: what deviates, and what nobody can say."""

    shows_values: bool
    stranger: Deviation
    found: Deviations = field(default_factory=Deviations)
    undecided: list[str] = field(default_factory=list)

    def levels(self, dataset: Dataset, asked: Requirements | None) -> None:
        """Every level, those of items after the one that they are in; with a list, not the stack."""
        pending = [_Level(Where(), dataset, asked)]
        while pending:
            level = pending.pop()
            present = _present(level.dataset)
            self.values(level.where, present)
            if level.asked is not None:
                self.expected(level.where, level.asked, present)
            pending.extend(reversed(list(_items(level, present))))

    def values(self, where: Where, present: Present) -> None:
        """Each element by itself."""
        for tag, element in present.items():
            if isinstance(element, Skipped):
                continue
            here = where.element(_name(tag, element))
            if isinstance(element, ValueDecodingError):
                self.found.add(here, values.undecodable(element))
                continue
            for deviation in values.deviations(element, shows_values=self.shows_values):
                self.found.add(here, deviation)

    def expected(self, where: Where, asked: Requirements, present: Present) -> None:
        """What lacks, and what no module has."""
        judged = verdict(asked, present)
        for tag, deviation in judged.lacking:
            self.found.add(where.element(_keyword(tag)), deviation)
        self.undecided += [where.element(_keyword(tag)).general for tag in judged.undecided]
        for place, element in present.items():
            if _may_be_listed(place) and not asked.lists(place):
                self.found.add(where.element(_name(place, element)), self.stranger)


def _items(level: _Level, present: Present) -> Iterator[_Level]:
    for tag, element in present.items():
        if isinstance(element, DataElement) and element.VR == "SQ":
            here = level.where.element(_name(tag, element))
            asked = level.asked.below(tag) if level.asked is not None else None
            for number, item in enumerate(element.value):
                yield _Level(here.item(number), item, asked)


def _present(dataset: Dataset) -> Present:
    skipped: tuple[int, ...] = getattr(dataset, "skipped", ())
    read = {int(_place(element)): element for element in dataset.readable()}
    return {**read, **dict.fromkeys(skipped, Skipped())}


def _place(element: DataElement | ValueDecodingError) -> BaseTag:
    return element.tag if isinstance(element, DataElement) else Tag(element.tag or 0)


def _may_be_listed(tag: int) -> bool:
    """Whether a module could have it: a public attribute, no length, no padding (PS3.10 7.2)."""
    return not tag & 0x10000 and bool(tag & 0xFFFF) and tag != _PADDING


def _sop_class(dataset: Dataset) -> str:
    """That of the data set, else of the file meta: a DICOMDIR has it there only."""
    places = [(dataset, _SOP_CLASS), (getattr(dataset, "file_meta", None), _MEDIA_SOP_CLASS)]
    for holder, tag in places:
        try:
            if holder is not None and tag in holder and (uid := str(holder[tag].value or "")):
                return uid
        except DicomError:
            continue
    return ""


def _keyword(tag: int) -> str:
    keyword = keyword_for_tag(tag)  # that of a repeating group names no one tag
    return keyword if keyword_tags().get(keyword) == tag else str(BaseTag(tag))


def _name(tag: int, element: object) -> str:
    """As an element path has it; a creator that no dictionary knows may be a name, and is not told."""
    if isinstance(element, DataElement) and element.private_creator:
        creator = element.private_creator
        if private_entry(tag, creator) is not None and '"' not in creator:
            return f'({tag >> 16:04X},"{creator}",{tag & 0xFF:02X})'
    return _keyword(tag)


def sop_class_name(uid: str) -> str:
    """The name of a SOP class; one that is not registered may be anything, and is not repeated."""
    if not uid:
        return "no SOP Class UID"
    name = UID(uid).name
    return "a SOP class that is not registered" if name == uid else name


def _undecided_modules(found: Iod | None, top: Requirements | None) -> tuple[str, ...]:
    if found is None or top is None:
        return ()
    conditional = (use.module for use in found.modules if use.usage is Usage.CONDITIONAL)
    return tuple(one.name for one in conditional if one.key not in top.used)


def _limits(result: Checked) -> Iterator[Finding]:
    """What was not checked, and why not."""
    path = result.path
    if result.iod is None:
        name = sop_class_name(result.sop_class)
        message = f"the tables of {EDITION} have no IOD for it ({name}): only values were checked"
        yield Finding(Level.NOTE, "no-iod", message, path, "SOPClassUID")
        return
    for module in result.iod.unlisted:
        message = f"the tables do not list the attributes of {module.name}"
        yield Finding(Level.NOTE, "not-listed", message, path)
    if result.undecided or result.undecided_modules:
        message = (
            f"absent, and nobody can say whether rightly: {len(result.undecided):,} attributes of "
            f"Type 1C or 2C, {len(result.undecided_modules):,} conditional modules; "
            "the conditions are prose"
        )
        yield Finding(Level.NOTE, "conditions-not-checked", message, path, clause="PS3.5 7.4")
