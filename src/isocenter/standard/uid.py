"""Unique identifiers, and what a transfer syntax UID means (PS3.5 9, 10, A)."""

from __future__ import annotations

from isocenter._tables.uids import ENTRIES

IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
DEFLATED_LITTLE = "1.2.840.10008.1.2.1.99"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
PAPYRUS = "1.2.840.10008.1.20"
GE_PRIVATE_IMPLICIT = "1.2.840.113619.5.2"

_NATIVE = frozenset(
    {IMPLICIT_LITTLE, EXPLICIT_LITTLE, DEFLATED_LITTLE, EXPLICIT_BIG, PAPYRUS, GE_PRIVATE_IMPLICIT}
)
_IMPLICIT = frozenset({IMPLICIT_LITTLE, PAPYRUS, GE_PRIVATE_IMPLICIT})


class UID(str):
    """A UID. It is a ``str``; the properties below come from PS3.6 annex A."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The registered name, or the UID itself when it has none."""
        row = ENTRIES.get(self)
        return row[0] if row else str(self)

    @property
    def kind(self) -> str:
        """``"Transfer Syntax"``, ``"SOP Class"``, ...; empty when not registered."""
        row = ENTRIES.get(self)
        return row[1] if row else ""

    @property
    def is_private(self) -> bool:
        """Whether it lies outside the Standard's root."""
        return not self.startswith("1.2.840.10008.")

    @property
    def is_transfer_syntax(self) -> bool:
        """Whether the Standard registers it as a transfer syntax."""
        return self.kind == "Transfer Syntax"

    @property
    def is_implicit_VR(self) -> bool:  # noqa: N802 - pydicom's name
        """Whether data sets in this transfer syntax carry no VRs."""
        return self in _IMPLICIT

    @property
    def is_little_endian(self) -> bool:
        """Whether numbers have the least significant byte first."""
        return self != EXPLICIT_BIG

    @property
    def is_deflated(self) -> bool:
        """Whether the whole data set is deflated (PS3.5 A.5)."""
        return self == DEFLATED_LITTLE

    @property
    def is_encapsulated(self) -> bool:
        """Whether Pixel Data comes in fragments (PS3.5 A.4); so for all but the native ones."""
        return self not in _NATIVE

    is_compressed = is_encapsulated
