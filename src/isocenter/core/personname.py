"""Person names: three scripts, five components each (PS3.5 6.2.1)."""

from __future__ import annotations


class PersonName:
    """A PN value. Compares equal to its text.

    ``=`` separates the alphabetic, ideographic and phonetic group, ``^`` the family
    name, given name, middle name, prefix and suffix inside each.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str | PersonName) -> None:
        self._text = str(text)

    @property
    def components(self) -> tuple[str, ...]:
        """The component groups that are there, at most three."""
        return tuple(self._text.split("=")[:3])

    def _group(self, index: int) -> str:
        groups = self.components
        return groups[index] if index < len(groups) else ""

    def _part(self, index: int) -> str:
        parts = self.alphabetic.split("^")
        return parts[index] if index < len(parts) else ""

    @property
    def alphabetic(self) -> str:
        """The first component group."""
        return self._group(0)

    @property
    def ideographic(self) -> str:
        """The second component group."""
        return self._group(1)

    @property
    def phonetic(self) -> str:
        """The third component group."""
        return self._group(2)

    @property
    def family_name(self) -> str:
        """The family name of the alphabetic group."""
        return self._part(0)

    @property
    def given_name(self) -> str:
        """The given name of the alphabetic group."""
        return self._part(1)

    @property
    def middle_name(self) -> str:
        """The middle name of the alphabetic group."""
        return self._part(2)

    @property
    def name_prefix(self) -> str:
        """The prefix of the alphabetic group."""
        return self._part(3)

    @property
    def name_suffix(self) -> str:
        """The suffix of the alphabetic group."""
        return self._part(4)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return repr(self._text)

    def __eq__(self, other: object) -> bool:
        return self._text == str(other) if isinstance(other, str | PersonName) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __len__(self) -> int:
        return len(self._text)

    def __contains__(self, part: str) -> bool:
        return part in self._text
