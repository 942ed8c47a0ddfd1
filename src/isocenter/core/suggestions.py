"""What a name that is no keyword may have meant."""

from __future__ import annotations

import re

from isocenter.standard.tag import keyword_tags

_PLURAL = re.compile(r"s$")
_MOST = 3


def suggestions(name: str) -> list[str]:
    """Keywords that ``name`` may have meant, the likeliest first.

    The names of pydicom's first guide are known: ``PatientsName`` for ``PatientName``
    and plurals for sequences, ``Beams`` for ``BeamSequence``.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - 1 ms of every import, for misspellings

    old = todays_name(name)
    close = get_close_matches(name, keyword_tags(), n=_MOST, cutoff=0.8)
    return list(dict.fromkeys([old, *close] if old else close))


def todays_name(name: str) -> str:
    """Today's keyword for a name of 2010, empty when it is none."""
    candidates = [_PLURAL.sub("Sequence", name), _PLURAL.sub("", name).replace("ies", "y")]
    candidates += [re.sub(r"s(?=[A-Z])", "", name), re.sub(r"sID$", "ID", name)]
    if name.endswith("ies"):
        candidates.append(f"{name[:-3]}ySequence")
    if name.endswith("es"):
        candidates.append(f"{name[:-2]}Sequence")
    return next((one for one in candidates if one != name and one in keyword_tags()), "")


def hint(name: str) -> str:
    """A clause to end a message with: ``; did you mean PatientName?`` or nothing."""
    found = suggestions(name)
    return f"; did you mean {' or '.join(found)}?" if found else ""


class NoSuchAttributeError(AttributeError):
    """A data set has no attribute of this name; what it may have meant is looked for when it is told.

    ``hasattr`` and ``getattr`` with a default throw the error away unread.
    """

    def __init__(self, owner: str, name: str) -> None:
        super().__init__(owner, name)
        self.name = name

    def __str__(self) -> str:
        owner, name = self.args
        return f"{owner} has no attribute {name!r}{hint(name)}"


def looks_like_keyword(name: str) -> bool:
    """Whether a name is written as keywords are, so that it was probably meant as one."""
    return bool(re.fullmatch(r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*", name))
