"""A second net: what names the patient in one place must not stand in another.

Descriptions that the table lets pass, or that nobody expected a name in, are searched for
the names and numbers that the data set itself gives for its people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from isocenter.core.dataset import Dataset
from isocenter.core.multivalue import MultiValue
from isocenter.errors import DicomError
from isocenter.standard.dictionary import dictionary_vr
from isocenter.standard.modalities import MODALITIES
from isocenter.standard.tag import Tag
from isocenter.standard.vr import TEXT

_IDENTIFIERS = frozenset(
    int(Tag(keyword))
    for keyword in (
        "PatientID",
        "OtherPatientIDs",
        "AccessionNumber",
        "AdmissionID",
        "MedicalRecordLocator",
        "MilitaryRank",
        "PatientAddress",
        "PatientTelephoneNumbers",
        "ResponsibleOrganization",
        "InstitutionAddress",
    )
)
_PARTS = re.compile(r"[\s^=,;]+")
_SEARCHED = TEXT - {"AS", "DA", "DS", "DT", "IS", "TM", "UI"}
_TERMS = {
    int(Tag("Modality")): MODALITIES,
    int(Tag("PhotometricInterpretation")): frozenset(
        [
            "ARGB",
            "CMYK",
            "HSV",
            "MONOCHROME1",
            "MONOCHROME2",
            "RGB",
            "XYB",
            "YBR_FULL",
            "YBR_FULL_422",
            "YBR_ICT",
            "YBR_PARTIAL_420",
            "YBR_PARTIAL_422",
            "YBR_RCT",
        ]
    )
    | {"PALETTE COLOR"},
}
"""Terms that the image needs to be read: they stay although a patient is called so."""
DEEPEST = 64
"""Levels of sequences; what lies deeper is neither searched nor kept."""


def identifiers(ds: Dataset) -> re.Pattern[str] | None:
    """What finds the names and numbers of the people in a data set; ``None`` when it has none."""
    found = {word.casefold() for word in _words(ds, 0) if _is_telling(word)}
    if not found:
        return None
    return re.compile("|".join(_searched(word) for word in sorted(found)), re.IGNORECASE)


def _words(ds: Dataset, depth: int) -> Iterator[str]:
    for tag in ds.keys():
        vr = dictionary_vr(tag) if not tag.is_private else None
        is_name = vr == "PN" or tag in _IDENTIFIERS
        if not is_name and vr != "SQ":
            continue
        try:
            value = ds[tag].value
        except DicomError:
            continue  # it is not kept either
        if is_name:
            for text in texts(value):
                yield text.strip()
                yield from _PARTS.split(text)
        elif isinstance(value, list) and depth < DEEPEST:
            for item in value:
                yield from _words(item, depth + 1)


def texts(value: Any) -> Iterable[str]:
    """The values of an element as texts; none of an empty one."""
    if value is None or isinstance(value, bytes):
        return ()
    return [str(one) for one in value] if isinstance(value, MultiValue | list) else [str(value)]


def _is_telling(word: str) -> bool:
    """Three characters tell somebody; two do where they are no letters of ours."""
    return len(word) >= (3 if word.isascii() else 2) and any(map(str.isalnum, word))


def _searched(word: str) -> str:
    """Long words are found inside others, short ones by themselves."""
    inside = len(word) >= 6 or not word.isascii()
    return re.escape(word) if inside else rf"(?<![^\W_]){re.escape(word)}(?![^\W_])"


def telling(tag: int, vr: str, value: Any, pattern: re.Pattern[str] | None) -> bool:
    """Whether a value has one of the words that ``pattern`` finds."""
    if pattern is None or vr not in _SEARCHED:
        return False
    terms = _TERMS.get(tag, frozenset())
    return any(pattern.search(text) for text in texts(value) if text.strip() not in terms)
