"""What a file is counted under: its context, its series and its patient."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from isocenter.attributes.identity import PUBLIC, Numbers
from isocenter.core.charset import CharacterSets
from isocenter.core.part10 import FileDataset
from isocenter.core.stored import Stored

_SOP_CLASS, _MEDIA_SOP_CLASS = 0x00080016, 0x00020002
_CONTEXT = (0x00080060, 0x00080070, 0x00081090)
_SOFTWARE = 0x00181020
_SERIES, _PATIENT, _ISSUER = 0x0020000E, 0x00100020, 0x00100021
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
        return PUBLIC.of("context", "\\".join(self))


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
        return Facts(Context("", "", "", ""), "", "", "", "")
    sets = stored.character_sets
    sop_class = _text(stored, _SOP_CLASS, sets)
    if not sop_class and meta is not None:
        sop_class = _text(meta, _MEDIA_SOP_CLASS, sets)
    modality, manufacturer, model = (_text(stored, tag, sets) for tag in _CONTEXT)
    return Facts(
        Context(sop_class, modality, manufacturer, model),
        _text(stored, _SOFTWARE, sets),
        _text(stored, _SERIES, sets),
        _text(stored, _PATIENT, sets),
        _text(stored, _ISSUER, sets),
    )


@lru_cache(1 << 14)
def unit(said: Facts, folder: str, numbers: Numbers) -> Unit:
    """The unit of a file that lies in a folder."""
    series = numbers.series(said.series_uid, "" if said.series_uid else folder)
    patient = numbers.patient(said.patient_id, said.issuer)
    return Unit(numbers.unit(series, patient), series, patient, bool(said.series_uid))


def _text(stored: Stored, tag: int, sets: CharacterSets) -> str:
    if tag not in stored.entries:
        return ""
    return _decoded(bytes(stored.field(tag)[:_LONGEST]), sets)


@lru_cache(1 << 12)
def _decoded(data: bytes, sets: CharacterSets) -> str:
    return "\\".join(part.strip("\0 ") for part in sets.decode(data).split("\\")).strip("\\")
