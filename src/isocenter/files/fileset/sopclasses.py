"""Which type of directory record refers to an instance of a SOP Class (PS3.3 F.5).

Most storage SOP Classes are images; those that are not are listed by UID or by the root
that their UIDs share, as PS3.4 B.5 numbers them.
"""

from __future__ import annotations

_STORAGE = "1.2.840.10008.5.1.4.1.1."
_OTHER = "1.2.840.10008.5.1.4."

_EXACT = {
    **dict.fromkeys(("481.2",), "RT DOSE"),
    **dict.fromkeys(("481.3",), "RT STRUCTURE SET"),
    **dict.fromkeys(("481.5", "481.8"), "RT PLAN"),
    **dict.fromkeys(("481.4", "481.6", "481.7", "481.9"), "RT TREAT RECORD"),
    **dict.fromkeys(("481.1", "481.23", "481.24"), "IMAGE"),
    "131": "PRESENTATION",
    "88.59": "KEY OBJECT DOC",
    "4.2": "SPECTROSCOPY",
    **dict.fromkeys(("66",), "RAW DATA"),
    **dict.fromkeys(("66.1", "66.3"), "REGISTRATION"),
    "66.2": "FIDUCIAL",
    "66.5": "SURFACE",
    "66.6": "TRACT",
    "67": "VALUE MAP",
    "77.1.5.3": "STEREOMETRIC",
    "78.6": "SR DOCUMENT",
    "79.1": "SR DOCUMENT",
    "90.1": "ASSESSMENT",
    "91.1": "ANNOTATION",
    "201.1": "INVENTORY",
}
"""Below the root of the storage SOP Classes."""

_ROOTS = (
    ("481.", "RADIOTHERAPY"),
    ("11.", "PRESENTATION"),
    ("9.", "WAVEFORM"),
    ("88.", "SR DOCUMENT"),
    ("104.", "ENCAP DOC"),
    ("68.", "SURFACE SCAN"),
    ("78.", "MEASUREMENT"),
    ("80.", "MEASUREMENT"),
)
_ELSEWHERE = {
    "34.7": "PLAN",
    "34.10": "PLAN",
    "38.1": "HANGING PROTOCOL",
    "39.1": "PALETTE",
    "43.1": "IMPLANT",
    "44.1": "IMPLANT ASSY",
    "45.1": "IMPLANT GROUP",
}
"""Storage SOP Classes that are numbered outside the storage root."""


def record_type(sop_class: str) -> str:
    """The name of the record type; ``IMAGE`` for every storage SOP Class that is none other.

    Raises:
        KeyError: nothing is known of this SOP Class.
    """
    if sop_class.startswith(_STORAGE):
        number = sop_class[len(_STORAGE) :]
        found = _EXACT.get(number)
        return found or next((kind for root, kind in _ROOTS if number.startswith(root)), "IMAGE")
    return _ELSEWHERE[sop_class.removeprefix(_OTHER)]
