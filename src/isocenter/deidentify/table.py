"""What to do with an attribute: PS3.15 table E.1-1, the options, and what the table leaves open.

The table lists attributes known to identify. Of those it does not list only what the data
dictionary has, what is not retired, and what is neither free text nor a name stays here.
"""

from __future__ import annotations

from enum import Enum, auto
from functools import cache
from typing import NamedTuple

from isocenter._tables.confidentiality import ROWS
from isocenter.deidentify.policy import Dates, Policy
from isocenter.standard import dictionary

TEMPORAL = frozenset({"DA", "DT", "TM"})
_FREE = frozenset({"AE", "LT", "PN", "ST", "UC", "UN", "UR", "UT"})
"""VRs that anything may be written in; who is not in the table and has one of them goes."""
_FIRST_GROUP = 0x0008  # below it: messages, file meta, directories
_PIXELS = 0x7FE0


class Action(Enum):
    """What happens to one element."""

    KEEP = auto()
    """Unchanged; the items of a sequence are cleaned."""
    REMOVE = auto()
    EMPTY = auto()
    DUMMY = auto()
    UID = auto()
    SHIFT = auto()
    CLEAN = auto()


class Row(NamedTuple):
    """A line of the table: action codes, empty where a column has none."""

    basic: str
    uids: str
    device: str
    institution: str
    patient: str
    dates: str
    descriptors: str


@cache
def rows() -> dict[int, Row]:
    """Tag -> line."""
    lines = (line.split("|") for line in ROWS.strip().split("\n"))
    return {int(tag, 16): Row(*codes) for tag, *codes in lines}


def vrs(tag: int) -> frozenset[str]:
    """The VRs that the data dictionary gives an attribute; none when it does not know it."""
    row = dictionary.entry(tag)
    return frozenset(row.vr.split(" or ")) if row else frozenset()


def most_values(tag: int) -> float:
    """How many values an attribute may have; letters may be written as numbers, too."""
    row = dictionary.entry(tag)
    last = row.vm.rpartition("-")[2].partition(" ")[0] if row else ""
    return int(last) if last.isdigit() else float("inf")


def action(tag: int, policy: Policy) -> Action:
    """What the policy says about an attribute.

    Curves and overlays, 50xx and 60xx, go with all that describes them; the table names their
    data and comments only, and labels and descriptions would mean nothing without.
    """
    known = vrs(tag)
    group = tag >> 16
    if group % 2 or group < _FIRST_GROUP or group >> 8 in {0x50, 0x60} or not known:
        return Action.REMOVE
    row = rows().get(tag)
    if row is None:
        return _unlisted(tag, known)
    return _optional(row, known, policy) or _basic(row.basic, known)


def _unlisted(tag: int, known: frozenset[str]) -> Action:
    if known & {"UI"}:
        return Action.UID
    row = dictionary.entry(tag)
    retired = row is not None and row.is_retired and tag >> 16 != _PIXELS
    return Action.REMOVE if retired or known & (_FREE | TEMPORAL) else Action.KEEP


def _optional(row: Row, known: frozenset[str], policy: Policy) -> Action | None:
    """What an option says instead of the Basic Profile, if one does."""
    if known & TEMPORAL:
        if row.dates != "K" or policy.dates is Dates.REMOVE:
            return None
        return Action.SHIFT if policy.dates is Dates.SHIFT else Action.KEEP
    columns = (
        (policy.retain_uids, row.uids),
        (policy.retain_device, row.device),
        (policy.retain_institution, row.institution),
        (policy.retain_patient, row.patient),
    )
    # the newer editions say C, not K, of Application Entity titles
    if any(wanted and code == "K" for wanted, code in columns) and "AE" not in known:
        return Action.KEEP
    can_be_cleaned = policy.clean_descriptors and row.descriptors == "C" and "SQ" not in known
    return Action.CLEAN if can_be_cleaned and not known - _TEXT else None


_TEXT = frozenset({"LO", "LT", "SH", "ST", "UC", "UT"})
_SINGLE = {"X": Action.REMOVE, "Z": Action.EMPTY, "D": Action.DUMMY, "U": Action.UID}


def _basic(code: str, known: frozenset[str]) -> Action:
    """The Basic Profile's action; where it depends on the IOD, one that fits every IOD.

    A dummy fits wherever an attribute may be present. Dates, times and sequences get none
    unless the table asks for nothing else: what was not measured is not invented.
    """
    if code in _SINGLE:
        return _SINGLE[code]
    if code == "X/Z/U*":
        return Action.KEEP
    if code == "X/Z":
        return Action.EMPTY
    if known & (TEMPORAL | {"SQ"}):
        return Action.REMOVE if code == "X/D" else Action.EMPTY
    return Action.DUMMY
