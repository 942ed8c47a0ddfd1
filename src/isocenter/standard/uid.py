"""Unique identifiers, and what a transfer syntax UID means (PS3.5 9, 10, A).

Every UID of PS3.6 annex A that has a keyword is an attribute of this module:
``uid.ExplicitVRLittleEndian``, ``uid.CTImageStorage``. They are made when first asked
for (PEP 562).
"""

from __future__ import annotations

import re
from functools import lru_cache

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


RE_VALID_UID = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*")
"""The form of a UID, to be matched in full (PS3.5 9.1)."""
RE_VALID_UID_PREFIX = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*\.")
"""The form of what a UID begins with, to be matched in full."""

MAX_LENGTH = 64
"""Characters of the longest UID (PS3.5 9.1)."""

_NOT_REGISTERED = ("", "", "", "", "")


class UID(str):
    """A UID. It is a ``str``; the properties below come from PS3.6 annex A.

    Args:
        text: the UID; its form is not asked for until :attr:`is_valid`.

    Raises:
        TypeError: it is no text.
    """

    __slots__ = ("_private_encoding",)
    _private_encoding: tuple[bool, bool]

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise TypeError(f"a UID is made of text, not {type(text).__name__}")

    @property
    def is_valid(self) -> bool:
        """Whether it has the form and the length of a UID (PS3.5 9.1)."""
        return len(self) <= MAX_LENGTH and RE_VALID_UID.fullmatch(self) is not None

    @property
    def name(self) -> str:
        """The registered name, or the UID itself when it has none."""
        row = ENTRIES.get(self)
        return row[0] if row else str(self)

    @property
    def kind(self) -> str:
        """``"Transfer Syntax"``, ``"SOP Class"``, ...; empty when not registered."""
        return ENTRIES.get(self, _NOT_REGISTERED)[1]

    type = kind

    @property
    def info(self) -> str:
        """What PS3.6 remarks about it; mostly nothing."""
        return ENTRIES.get(self, _NOT_REGISTERED)[2]

    @property
    def is_retired(self) -> bool:
        """Whether PS3.6 says that it is retired."""
        return bool(ENTRIES.get(self, _NOT_REGISTERED)[3])

    @property
    def keyword(self) -> str:
        """The keyword of PS3.6, which is its name in this module; empty when it has none."""
        return ENTRIES.get(self, _NOT_REGISTERED)[4]

    @property
    def is_private(self) -> bool:
        """Whether it lies outside the Standard's root."""
        return not self.startswith("1.2.840.10008.")

    def set_private_encoding(self, implicit_vr: bool, little_endian: bool) -> None:  # noqa: FBT001 - pydicom's name
        """Say how this one UID object, a private transfer syntax, encodes data sets.

        Raises:
            ValueError: the Standard registers it and says so itself.
        """
        if not self.is_private:
            raise ValueError(f"{self} is no private transfer syntax")
        self._private_encoding = implicit_vr, little_endian

    def _said(self, which: int) -> bool | None:
        """What was said about a private transfer syntax."""
        said = getattr(self, "_private_encoding", None)
        return said[which] if said else None

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (str(self), getattr(self, "_private_encoding", None))

    @property
    def is_transfer_syntax(self) -> bool:
        """Whether it is registered as a transfer syntax, or was said to be one."""
        return self.kind == "Transfer Syntax" or self._said(0) is not None

    @property
    def is_implicit_VR(self) -> bool:  # noqa: N802 - pydicom's name
        """Whether data sets in this transfer syntax carry no VRs."""
        said = self._said(0)
        return self in _IMPLICIT if said is None else said

    @property
    def is_little_endian(self) -> bool:
        """Whether numbers have the least significant byte first."""
        said = self._said(1)
        return self != EXPLICIT_BIG if said is None else said

    @property
    def is_deflated(self) -> bool:
        """Whether the whole data set is deflated (PS3.5 A.5)."""
        return self == DEFLATED_LITTLE

    @property
    def is_encapsulated(self) -> bool:
        """Whether Pixel Data comes in fragments (PS3.5 A.4); so for all but the native ones."""
        return self not in _NATIVE

    is_compressed = is_encapsulated


def _rebuild(text: str, private_encoding: tuple[bool, bool] | None) -> UID:
    uid = UID(text)
    if private_encoding is not None:
        uid.set_private_encoding(*private_encoding)
    return uid


@lru_cache(maxsize=1)
def _by_keyword() -> dict[str, UID]:
    return {row[4]: UID(text) for text, row in ENTRIES.items() if row[4]}


def __getattr__(name: str) -> UID:
    try:
        return _by_keyword()[name]
    except KeyError:
        raise AttributeError(f"PS3.6 has no UID with the keyword {name}") from None


def __dir__() -> list[str]:
    return sorted({*globals(), *_by_keyword()})


def _syntaxes(first: str, *others: str) -> tuple[UID, ...]:
    return tuple(UID(f"1.2.840.10008.1.2.4.{last}") for last in (first, *others))


JPEGTransferSyntaxes = _syntaxes("50", "51", "57", "70")
"""JPEG of ISO/IEC 10918, lossy and lossless (PS3.5 A.4.1)."""
JPEGLSTransferSyntaxes = _syntaxes("80", "81")
"""JPEG-LS (PS3.5 A.4.3)."""
JPEG2000TransferSyntaxes = _syntaxes("90", "91", "92", "93", "201", "202", "203")
"""JPEG 2000 and its high-throughput form (PS3.5 A.4.4)."""
MPEGTransferSyntaxes = tuple(
    UID(text)
    for text, row in ENTRIES.items()
    if row[1] == "Transfer Syntax" and row[0].startswith(("MPEG", "HEVC", "Fragmentable"))
)
"""MPEG2, MPEG-4 and HEVC (PS3.5 A.4.5 to A.4.8)."""
RLETransferSyntaxes = (UID("1.2.840.10008.1.2.5"),)
"""RLE Lossless (PS3.5 A.4.2)."""
AllTransferSyntaxes = tuple(
    UID(text)
    for text, row in ENTRIES.items()
    if row[1] == "Transfer Syntax" and (not row[3] or text == EXPLICIT_BIG)
)
"""Every transfer syntax that is not retired, and Explicit VR Big Endian, which files have."""
