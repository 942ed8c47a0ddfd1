"""One coded concept."""

from __future__ import annotations

from typing import NamedTuple

from isocenter.standard.concepts import present_code


class _Fields(NamedTuple):
    value: str
    scheme_designator: str
    meaning: str
    scheme_version: str | None = None


class Code(_Fields):
    """A code of a coding scheme, with its meaning.

    Equal are codes of the same value, scheme and version, whatever their meaning says; a
    SNOMED-RT style identifier is the SNOMED CT concept it was replaced by.
    """

    __slots__ = ()

    def _present(self) -> tuple[tuple[str, str], str | None]:
        return present_code(self.scheme_designator, self.value), self.scheme_version

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Fields):
            return NotImplemented
        return self._present() == Code._present(other)  # type: ignore[arg-type]  # the same fields

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.scheme_designator + self.value)
