"""Coded concepts by name: ``codes.SCT.Kidney``, ``codes.cid250.Positive`` (PS3.16)."""

from __future__ import annotations

from collections.abc import Iterable, KeysView
from typing import Any

from isocenter.compat.sr.coding import Code
from isocenter.standard.concepts import Concept, groups, in_group, in_scheme, scheme_names

_OWN = frozenset({"_name", "_number", "_found", "_codes"})
_WIDTHS = {"Attribute": 11, "Code": 6, "Scheme": 8}


class Collection:
    """The concepts of a coding scheme (``"SCT"``) or of a context group (``"CID250"``).

    Raises:
        KeyError: there is none of this name.
    """

    repr_format = "{} = {}"

    def __init__(self, name: str) -> None:
        self._name, self._number = name, 0
        if name.upper().startswith("CID"):
            self._number = int(name[3:])
            self._name = f"CID{self._number}"
            if self._number not in groups():
                raise KeyError(self._number)
        elif name not in scheme_names():
            raise KeyError(name)
        self._found: dict[str, list[Concept]] | None = None
        self._codes: dict[str, Code] = {}

    @property
    def _rows(self) -> dict[str, list[Concept]]:
        if self._found is None:
            self._found = {}
            for row in in_group(self._number) if self.is_cid else in_scheme(self._name):
                self._found.setdefault(row.keyword, []).append(row)
        return self._found

    @property
    def name(self) -> str:
        """The name of the scheme, or of the group."""
        return self._name

    scheme_designator = name

    @property
    def is_cid(self) -> bool:
        """Whether it is a context group."""
        return self._number > 0

    @property
    def concepts(self) -> dict[str, Code]:
        """Every code by its keyword."""
        if not self._codes:
            self._codes = {keyword: getattr(self, keyword) for keyword in self.dir()}
        return self._codes

    def __getattr__(self, name: str) -> Code:
        """The code of a keyword.

        Raises:
            AttributeError: there is none.
            RuntimeError: there are several.
        """
        if name in _OWN or name.startswith("__"):
            raise AttributeError(name)
        kind = "" if self.is_cid else "scheme "
        rows = self._rows.get(name)
        if not rows:
            raise AttributeError(f"{kind}{self.name!r} has no concept {name!r}")
        if len(rows) > 1:
            several = ", ".join(row.code for row in rows)
            raise RuntimeError(f"{kind}{self.name!r} has several concepts {name!r}: {several}")
        return Code(rows[0].code, rows[0].scheme, rows[0].meaning)

    def __contains__(self, item: str | Code) -> bool:
        if isinstance(item, str):
            return item in self._rows
        return item in self.concepts.values()

    def dir(self, *filters: str) -> list[str]:
        """The keywords that contain one of ``filters``, in any letter case; sorted."""
        return _filtered(self._rows, filters)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.dir()})

    def trait_names(self) -> list[str]:
        """What IPython offers behind a dot."""
        return dir(self)

    def __repr__(self) -> str:
        lines = (self.repr_format.format(name, code) for name, code in self.concepts.items())
        return f"{self.name}\n" + "\n".join(lines)

    def __str__(self) -> str:
        columns = [
            (name, code.value, code.scheme_designator, code.meaning)
            for name, code in self.concepts.items()
        ]
        heads = ("Attribute", "Code", "Scheme", "Meaning")
        table = [heads, tuple("-" * len(head) for head in heads), *columns]
        if not self.is_cid:
            table = [(name, code, meaning) for name, code, _, meaning in table]
        widths = [
            max(_WIDTHS.get(table[0][at], 0), *(len(row[at]) + 2 for row in table))
            for at in range(len(table[0]) - 1)
        ]
        first = self.name if self.is_cid else f"Scheme: {self.name}"
        return "\n".join([first, *(_padded(row, widths) for row in table)])


def _padded(row: tuple[str, ...], widths: list[int]) -> str:
    cells = [f"{cell:{width}}" for cell, width in zip(row, widths, strict=False)]
    return " ".join([*cells, row[-1]])


def _filtered(source: Iterable[str], filters: Iterable[str]) -> list[str]:
    wanted = [one.lower() for one in filters] or [""]
    return sorted({one for one in source if any(part in one.lower() for part in wanted)})


class Concepts:
    """All collections, by the name of their scheme or group."""

    def __init__(self, collections: Iterable[Collection]) -> None:
        self._collections = {one.name: one for one in collections}

    @property
    def collections(self) -> KeysView[str]:
        """The names of the collections."""
        return self._collections.keys()

    def __getattr__(self, name: str) -> Any:
        key = f"CID{name[3:]}" if name.upper().startswith("CID") else name
        if key == "_collections" or key not in self._collections:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        return self._collections[key]

    def schemes(self) -> list[str]:
        """The names of the coding schemes."""
        return [name for name in self._collections if not name.startswith("CID")]

    def CIDs(self) -> list[str]:
        """The names of the context groups."""
        return [name for name in self._collections if name.startswith("CID")]


def _all() -> Iterable[Collection]:
    yield from map(Collection, scheme_names())
    yield from (Collection(f"CID{number}") for number in groups())


codes = Concepts(_all())
