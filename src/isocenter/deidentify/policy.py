"""What is removed and what stays, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from isocenter._tables.confidentiality import EDITION
from isocenter._version import __version__
from isocenter.deidentify.keys import Key
from isocenter.deidentify.templates import NO_TEMPLATES, Templates
from isocenter.errors import UsageError


class Profile(StrEnum):
    """What is applied to every attribute."""

    BASIC = "basic"
    """PS3.15 table E.1-1, with the options of the policy."""
    NONE = "none"
    """Nothing: only templates are. All other identifiers stay."""


class Dates(StrEnum):
    """What happens to dates and times."""

    REMOVE = "remove"
    """As the Basic Profile says: removed or empty."""
    SHIFT = "shift"
    """All dates of a patient go back by the same number of days (PS3.15 E.3.6)."""
    KEEP = "keep"
    """They stay: who knows when an examination was can tell whose it is."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How data sets are de-identified.

    Args:
        key: what UIDs, pseudonyms and shifts are made with; a key for one run by default.
        profile: the table, or only templates.
        dates: what happens to dates and times.
        retain_uids: UIDs stay: they lead back to the originals for who has those.
        retain_device: serial numbers and the like of the machine stay (PS3.15 E.3.8).
        retain_institution: names and addresses of the institution stay (E.3.11).
        retain_patient: age, sex, size, weight and the like stay (E.3.7).
        clean_descriptors: descriptions stay as far as their words are known to be
            of the trade, such as ``T2 axial brain`` (E.3.5).
        templates: values of attributes, made from the original ones.

    Raises:
        UsageError: nothing would be done.
    """

    key: Key = field(default_factory=Key.random)
    profile: Profile = Profile.BASIC
    dates: Dates = Dates.REMOVE
    retain_uids: bool = False
    retain_device: bool = False
    retain_institution: bool = False
    retain_patient: bool = False
    clean_descriptors: bool = False
    templates: Templates = NO_TEMPLATES

    def __post_init__(self) -> None:
        if self.profile is Profile.NONE and not self.templates:
            raise UsageError("without a profile and without templates nothing would be removed")

    @property
    def codes(self) -> tuple[tuple[str, str], ...]:
        """Codes and meanings of what was applied, of CID 7050 (PS3.16)."""
        applied = {
            "113100": self.profile is Profile.BASIC,
            "113105": self.clean_descriptors,
            "113106": self.dates is Dates.KEEP,
            "113107": self.dates is Dates.SHIFT,
            "113108": self.retain_patient,
            "113109": self.retain_device,
            "113110": self.retain_uids,
            "113112": self.retain_institution,
        }
        return tuple((code, _MEANINGS[code]) for code, is_so in applied.items() if is_so)

    @property
    def method(self) -> tuple[str, ...]:
        """The values of De-identification Method (0012,0063)."""
        said = [f"Isocenter {__version__}", f"PS3.15 E edition {EDITION}"]
        said += ["templates"] if self.templates else []
        return (*said, *(meaning for _, meaning in self.codes))


_MEANINGS = {
    "113100": "Basic Application Confidentiality Profile",
    "113105": "Clean Descriptors Option",
    "113106": "Retain Longitudinal Temporal Information Full Dates Option",
    "113107": "Retain Longitudinal Temporal Information Modified Dates Option",
    "113108": "Retain Patient Characteristics Option",
    "113109": "Retain Device Identity Option",
    "113110": "Retain UIDs Option",
    "113112": "Retain Institution Identity Option",
}
