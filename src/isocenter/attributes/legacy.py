"""Examples as Innolitics' Standard Browser reads them: ``{"(gggg,eeee)": ["v1", …]}``.

Only attributes of the data set itself, as their scraper sees, and public ones. Values come
as in :mod:`isocenter.attributes.examples`: those of most patients first, several values
joined with a backslash, none of them empty.
"""

from __future__ import annotations

from isocenter.attributes.examples import LENGTH, UNSAFE, Examples
from isocenter.attributes.paths import components
from isocenter.errors import UsageError
from isocenter.standard.tag import BaseTag

STAMP = "unsafe-all-values"
"""A key that is no tag: whose value says that nothing was withheld."""
_CUT = "…"


def legacy(found: Examples, *, length: int = LENGTH) -> dict[str, list[str]]:
    """The map of a profile's examples.

    Args:
        found: the examples, already as many as are wanted.
        length: characters of the longest value; a longer one is cut, and ends in ``…``.

    Raises:
        UsageError: a value of that length could be nothing but the mark.
    """
    if length < 2:
        raise UsageError(f"a value is cut to 2 or more characters, not to {length}")
    told = {STAMP: [UNSAFE]} if found.is_unsafe else {}
    for one in found.attributes:
        first, *nested = components(one.path)
        values = dict.fromkeys(_cut(each.value, length) for each in one.examples if each.value)
        if values and not nested and not first.creator:
            told[str(BaseTag(first.tag))] = list(values)
    return told


def _cut(value: str, length: int) -> str:
    return value if len(value) <= length else value[: length - len(_CUT)] + _CUT
