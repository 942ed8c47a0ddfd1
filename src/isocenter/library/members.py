"""Which files of a series folder are images, and in which order they come.

In: files and what they are called. Out: :class:`Members`, the images in slice order and a
finding for every other file. Only headers are read; what is an image is decided by
content, never by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from isocenter import pulse
from isocenter.core.part10 import FileDataset
from isocenter.errors import Finding, Level
from isocenter.files.glance import Glance
from isocenter.files.header import header_or_finding, no_pixels, unexpected
from isocenter.library.alike import Description, Descriptions, Plain, glance_at
from isocenter.library.facts import text
from isocenter.pixels.claims import claimed_frames
from isocenter.pixels.geometry import SliceKey, slice_key, slice_order


@dataclass(frozen=True, slots=True)
class Member:
    """An image file: its name, place in the order, and how many frames it claims.

    ``size`` is the file's, in bytes; ``plain`` what was seen of its pixels at a glance.
    """

    name: str
    key: SliceKey
    frames: int
    series_uid: str
    instance_uid: str
    size: int
    plain: Plain | None


@dataclass(frozen=True, slots=True)
class Members:
    """The images in slice order, DICOM files that are no images, and the findings.

    A finding's path is what the file is called.
    """

    images: tuple[Member, ...]
    others: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def frames(self) -> int:
        """How many frames the images claim to have."""
        return sum(member.frames for member in self.images)


def members(files: Mapping[str, Path]) -> Members:
    """Read what matters of the header of every file; they are told apart by what they are called."""
    images: list[Member] = []
    others: list[str] = []
    findings: list[Finding] = []
    glances = _Glances()
    for name, path in files.items():
        pulse.beat(name)
        found = _contained(name, path, glances)
        if isinstance(found, Member):
            images.append(found)
            continue
        findings.append(found.at(name))
        if found.level is Level.NOTE and found.code != "not-dicom":
            others.append(name)
    ordered = tuple(images[i] for i in slice_order([image.key for image in images]))
    return Members(ordered, tuple(others), (*findings, *_contradictions(ordered)))


def _contained(name: str, path: Path, glances: _Glances) -> Member | Finding:
    try:
        return _member(name, path, glances)
    except Exception as error:  # noqa: BLE001 - whatever one file does, the others go on
        return unexpected(error)


def _member(name: str, path: Path, glances: _Glances) -> Member | Finding:
    seen = glance_at(path)
    if seen is not None:
        return glances.member(seen, name)
    found = header_or_finding(path)
    if isinstance(found, Finding):
        return found
    if found.stopped:
        return _as_member(found, name, path.stat().st_size)
    return no_pixels(found)


class _Glances:
    """Members from glances; what images of one description have in common is decoded once."""

    def __init__(self) -> None:
        self._descriptions = Descriptions()
        self._first: dict[Description, Member] = {}

    def member(self, seen: Glance, name: str) -> Member:
        ds, plain = seen.dataset, self._descriptions.plain(seen)
        first = None if plain is None else self._first.get(plain.description)
        if plain is None or first is None or first.size != seen.pixels.size:
            member = _as_member(ds, name, seen.pixels.size, plain)
            if plain is not None:
                self._first[plain.description] = member
            return member
        return Member(
            name=name,
            key=slice_key(ds, name, first.key),
            frames=first.frames,
            series_uid=first.series_uid,
            instance_uid=text(ds, "SOPInstanceUID"),
            size=first.size,
            plain=plain,
        )


def _as_member(ds: FileDataset, name: str, size: int, plain: Plain | None = None) -> Member:
    return Member(
        name=name,
        key=slice_key(ds, name),
        frames=claimed_frames(ds, size),
        series_uid=text(ds, "SeriesInstanceUID"),
        instance_uid=text(ds, "SOPInstanceUID"),
        size=size,
        plain=plain,
    )


def _contradictions(images: tuple[Member, ...]) -> Iterator[Finding]:
    series = {image.series_uid for image in images}
    if len(series) > 1:
        message = f"{len(series)} series in one folder are shown as one"
        yield Finding(Level.WARNING, "mixed-series", message)
    first: dict[str, str] = {}
    for image in images:
        other = first.setdefault(image.instance_uid, image.name) if image.instance_uid else ""
        if other not in {"", image.name}:
            message = f"the same SOP Instance UID as {other}; both are shown"
            yield Finding(Level.WARNING, "duplicate-instance", message, path=image.name)
