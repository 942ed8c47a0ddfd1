"""Images of a series that are described alike: what was read of one holds for the next.

The headers of a series say hundreds of times how its pixels lie and are to be shown. In: what
:mod:`isocenter.files.glance` saw of each file, and images that were read whole. Out: the
frames of the next image from its pixel data alone, where every element that was asked for in
an image before has the same bytes in it. An element nobody thought of makes no wrong picture: what
an image is asked for is written down, and one that was asked for more is never taken as a sample.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from isocenter.core.part10 import FileDataset
from isocenter.files.glance import Glance, PixelPlace, glance, read_pixels
from isocenter.library.model import FrameView
from isocenter.library.viewing import Setting, frame_views, is_gray, setting
from isocenter.pixels import Frames
from isocenter.pixels.source import PixelDataset
from isocenter.standard.tag import Tag, TagLike, keyword_tags

Description: TypeAlias = Hashable

_SAMPLES = 8
_MOST = 256
_OWN = frozenset(
    keyword_tags()[keyword]
    for keyword in ("SOPInstanceUID", "InstanceNumber", "ImagePositionPatient")
)
"""What differs from slice to slice, and has no say in how its pixels look."""
_SEQUENCES = frozenset(
    keyword_tags()[keyword]
    for keyword in (
        "ModalityLUTSequence",
        "PerFrameFunctionalGroupsSequence",
        "PresentationLUTSequence",
        "SharedFunctionalGroupsSequence",
        "VOILUTSequence",
    )
)
"""Images that have one of these are each read whole."""
_DESCRIBING = _SEQUENCES | frozenset(
    keyword_tags()[keyword]
    for keyword in (
        "AnatomicalOrientationType",
        "BitsAllocated",
        "BitsStored",
        "Columns",
        "DoubleFloatPixelData",
        "FloatPixelData",
        "FrameOfReferenceUID",
        "HighBit",
        "ImageOrientationPatient",
        "ImagerPixelSpacing",
        "NominalScannedPixelSpacing",
        "NumberOfFrames",
        "PatientOrientation",
        "PhotometricInterpretation",
        "PixelAspectRatio",
        "PixelPaddingRangeLimit",
        "PixelPaddingValue",
        "PixelRepresentation",
        "PixelSpacing",
        "PlanarConfiguration",
        "PresentationLUTShape",
        "RescaleIntercept",
        "RescaleSlope",
        "Rows",
        "SamplesPerPixel",
        "SeriesInstanceUID",
        "SpecificCharacterSet",
        "VOILUTFunction",
        "WindowCenter",
        "WindowWidth",
    )
)
_WANTED = _DESCRIBING | _OWN
_NEEDLESS = _OWN | frozenset({keyword_tags()["PixelData"]})
"""What may differ between images that are alike; the place of a slice is put right."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A file that was glanced at: what it says of its pixels, and where they lie."""

    description: Description
    pixels: PixelPlace


@dataclass(frozen=True, slots=True)
class Seen:
    """An image about to be shown: its frames, how each lies, and whether a window changes it."""

    frames: Frames
    views: tuple[FrameView, ...]
    gray: bool


def glance_at(path: Path) -> Glance | None:
    """What an image is ordered by and described with; ``None`` when it has to be read."""
    try:
        return glance(path, _WANTED)
    except OSError:  # told when it is read
        return None


class Descriptions:
    """The descriptions met in a series, each kept once.

    A series that has very many is none of images that are alike: further ones are not kept.
    """

    def __init__(self) -> None:
        self._known: dict[Description, Description] = {}

    def plain(self, found: Glance) -> Plain | None:
        """What a glance says of an image's pixels; ``None`` when they are to be read whole."""
        description = _description(found)
        if len(self._known) < _MOST:
            description = self._known.setdefault(description, description)
        else:
            description = self._known.get(description)
        return None if description is None else Plain(description, found.pixels)


def _description(found: Glance) -> Description | None:
    """Every describing element with its bytes; ``None`` where one is a sequence."""
    stored = found.dataset.stored
    if stored is None:
        return None
    buffer, encoding = stored.encoded.buffer, stored.span.encoding
    said: list[Any] = [found.dataset.transfer_syntax, encoding.explicit, encoding.little]
    said += (found.pixels.vr, found.pixels.length)
    for tag, (vr, start, length) in stored.entries.items():
        if tag in _OWN:
            continue
        if length < 0 or tag in _SEQUENCES:
            return None
        said += (tag, vr, buffer[start : start + length])
    return tuple(said)


class Asked:
    """A data set that remembers which elements were asked for."""

    def __init__(self, ds: FileDataset) -> None:
        self._ds = ds
        self.tags: set[int] = set()

    def get(self, key: TagLike, default: Any = None, /) -> Any:
        """The value of a keyword, the element of a tag."""
        self._note(key)
        return self._ds.get(key, default)

    def __contains__(self, key: TagLike, /) -> bool:
        self._note(key)
        return key in self._ds

    def __getitem__(self, key: TagLike, /) -> Any:
        self._note(key)
        return self._ds[key]

    def _note(self, key: TagLike) -> None:
        self.tags.add(int(Tag(key)))

    def __getattr__(self, name: str) -> Any:
        """What pixels ask of a data set that was read, beside its elements."""
        return getattr(self._ds, name)


@dataclass(frozen=True, slots=True)
class _Sample:
    frames: Frames
    setting: Setting
    gray: bool


class Samples:
    """The images that the next ones may be like, the last few."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Description, _Sample] = OrderedDict()

    def like(
        self, path: Path, plain: Plain | None, position: tuple[float, ...] | None
    ) -> Seen | None:
        """The image in a file, from its pixels alone.

        Args:
            path: the file.
            plain: what was seen of it, if it is plain.
            position: its Image Position (Patient), in millimetres.

        Returns:
            ``None`` when it has to be read whole: it is like none, or is not as it was.
        """
        sample = None if plain is None else self._kept.get(plain.description)
        if plain is None or sample is None:
            return None
        try:
            value = read_pixels(path, plain.pixels)
        except OSError:  # told when it is read
            return None
        if value is None:
            return None
        return Seen(sample.frames.like(value), (sample.setting.at(position),), sample.gray)

    def keep(self, plain: Plain | None, seen: Seen, ds: FileDataset) -> None:
        """Let the next images be like one that was read and shown, if its sort allows that."""
        if plain is None or ds.findings or not _is_simple(seen.frames):
            return
        sample = _Sample(seen.frames, setting(seen.frames.dataset), seen.gray)
        if _asked(seen.frames.dataset) <= _DESCRIBING | _NEEDLESS:
            self._kept[plain.description] = sample
            if len(self._kept) > _SAMPLES:
                self._kept.popitem(last=False)


def whole(ds: FileDataset) -> Seen:
    """The image of a data set that was read."""
    frames = Frames(Asked(ds), cut=ds.cut)
    return Seen(frames, frame_views(frames), is_gray(frames))


def _is_simple(frames: Frames) -> bool:
    return frames.count == 1 and frames.photometric is not None


def _asked(ds: PixelDataset) -> set[int]:
    return ds.tags if isinstance(ds, Asked) else {0}
