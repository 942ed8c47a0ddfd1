"""What a file is counted under: its context, its series and its patient."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from isocenter.attributes.identity import PUBLIC, Numbers
from isocenter.core.charset import CharacterSets, character_sets
from isocenter.core.part10 import FileDataset
from isocenter.core.stored import Stored

_MEDIA_SOP_CLASS = 0x00020002
_TAGS = (
    0x00080005,
    0x00080016,
    0x00080060,
    0x00080070,
    0x00081090,
    0x00181020,
    0x0020000E,
    0x00100020,
    0x00100021,
)
"""Character set, SOP class, modality, manufacturer, model, software, series, patient, issuer."""
_PLAIN = CharacterSets()
_LONGEST = 1024


class Context(NamedTuple):
    """What files of the same kind have in common; absent is empty."""

    sop_class: str
    """SOP Class UID, where the data set has none the Media Storage SOP Class UID."""
    modality: str
    manufacturer: str
    model: str

    @property
    def number(self) -> int:
        """What stands for it in the tables."""
        return _number(self)


class Facts(NamedTuple):
    """What a header says of its file."""

    context: Context
    software: str
    """Software Versions, as part of what a device is."""
    series_uid: str
    patient_id: str
    issuer: str

    @property
    def device(self) -> tuple[str, ...]:
        """What tells one kind of device from another, for each SOP class."""
        context = self.context
        return context.sop_class, context.manufacturer, context.model, self.software


class Unit(NamedTuple):
    """The files of a series that tell the same patient."""

    number: int
    series: int
    patient: int
    has_uid: bool
    """Whether the series has a UID; if not, the files of a folder are its series."""


def facts(dataset: FileDataset) -> Facts:
    """What a header says; what is not told, or no text, is empty."""
    stored, meta = dataset.stored, dataset.file_meta.stored
    if stored is None:
        return _facts((b"",) * len(_TAGS), b"")
    told = tuple(_field(stored, tag) for tag in _TAGS)
    media = b"" if meta is None or told[1] else _field(meta, _MEDIA_SOP_CLASS)
    return _facts(told, media)


@lru_cache(1 << 12)
def _facts(told: tuple[bytes, ...], media_sop_class: bytes) -> Facts:
    terms, *texts = told
    sets = character_sets(tuple(term.strip() for term in _text(terms, _PLAIN).split("\\")))
    sop_class, modality, manufacturer, model, software, series, patient, issuer = (
        _text(one, sets) for one in texts
    )
    context = Context(sop_class or _text(media_sop_class, _PLAIN), modality, manufacturer, model)
    return Facts(context, software, series, patient, issuer)


@lru_cache(1 << 12)
def unit(said: Facts, folder: str, numbers: Numbers) -> Unit:
    """The unit of a file; a ``folder`` is its series where it tells none."""
    series = numbers.series(said.series_uid, folder)
    patient = numbers.patient(said.patient_id, said.issuer)
    return Unit(numbers.unit(series, patient), series, patient, bool(said.series_uid))


def _field(stored: Stored, tag: int) -> bytes:
    return bytes(stored.field(tag)[:_LONGEST]) if tag in stored.entries else b""


def _text(data: bytes, sets: CharacterSets) -> str:
    parts = sets.decode(data).split("\\")
    return "\\".join(part.strip("\0 ") for part in parts).strip("\\")


@lru_cache(1 << 12)
def _number(context: Context) -> int:
    return PUBLIC.of("context", "\\".join(context))
