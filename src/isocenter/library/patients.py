"""Who is one patient: Patient ID, name and birth date, compared so that nobody is mixed up.

Studies with one Patient ID are one patient's, unless they name several people or birth
dates: then each of these is shown as a patient of its own. To split one patient is a
nuisance, to join two is a danger. A value that is absent contradicts nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple


class Identity(NamedTuple):
    """What a study says of its patient; absent is empty."""

    patient_id: str = ""
    name: str = ""
    birth_date: str = ""


def contradict(said: Collection[Identity]) -> bool:
    """Whether what is said under one Patient ID names several people or birth dates."""
    names = {_plain(one.name) for one in said} - {""}
    born = {one.birth_date for one in said} - {""}
    return len(names) > 1 or len(born) > 1


def by_id(said: Iterable[Identity]) -> dict[str, list[Identity]]:
    """The different identities of each Patient ID, sorted; those without one come under ``""``."""
    found: dict[str, set[Identity]] = defaultdict(set)
    for one in said:
        found[one.patient_id.strip()].add(one)
    return {patient_id: sorted(found[patient_id]) for patient_id in sorted(found)}


def patients(said: Iterable[Identity]) -> dict[Identity, Identity]:
    """Each identity, and that of the patient it belongs to, which has what any of them has."""
    joined: dict[Identity, Identity] = {}
    for patient_id, identities in by_id(said).items():
        for one in identities:
            same = [other for other in identities if _same(one, other)]
            alone = not patient_id or contradict(identities)
            joined[one] = _whole(patient_id, same if alone else identities)
    return joined


def _same(one: Identity, other: Identity) -> bool:
    return (_plain(one.name), one.birth_date) == (_plain(other.name), other.birth_date)


def _whole(patient_id: str, identities: Iterable[Identity]) -> Identity:
    told = list(identities)
    name = next((one.name.strip() for one in told if _plain(one.name)), "")
    born = next((one.birth_date for one in told if one.birth_date), "")
    return Identity(patient_id, name, born)


def _plain(name: str) -> str:
    """A name without what is written in several ways: letter case, blanks and ``^`` at the end."""
    return name.strip(" ^").casefold()
