"""Unique identifiers: ``isocenter.uid`` with pydicom's names and errors."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Self

from isocenter._tables.uids import ENTRIES
from isocenter.compat.rules import mode_or_reading, validate_value
from isocenter.standard import uid as standard
from isocenter.standard import uidgeneration

UID_dictionary = ENTRIES
PYDICOM_ROOT_UID = "1.2.826.0.1.3680043.8.498."
"""The root that is registered for pydicom; what is made under it is said to be pydicom's."""
RE_VALID_UID = rf"^{standard.RE_VALID_UID.pattern}$"
RE_VALID_UID_PREFIX = rf"^{standard.RE_VALID_UID_PREFIX.pattern}$"
_MOST_PREFIX = 54
_KINDS = frozenset({"SOP Class", "Transfer Syntax"})
_OFFERED = (
    "PYDICOM_IMPLEMENTATION_UID",
    "PYDICOM_ROOT_UID",
    "RE_VALID_UID",
    "RE_VALID_UID_PREFIX",
    "UID",
    "PrivateTransferSyntaxes",
    "UID_dictionary",
    "UncompressedTransferSyntaxes",
    "generate_uid",
    "register_transfer_syntax",
)


class UID(standard.UID):
    """A UID.

    Raises:
        TypeError: it is no text.
        ValueError: its form is wrong, and invalid values raise; or something is asked of it that
            only a transfer syntax can tell.
    """

    __slots__ = ()

    def __new__(cls, val: str, validation_mode: int | None = None) -> Self:  # noqa: D102 - see the class
        if not isinstance(val, str):
            raise TypeError(f"a UID is made of text, not of a {type(val).__name__}")
        validate_value("UI", str(val), mode_or_reading(validation_mode))
        made = super().__new__(cls, val.strip())
        said = getattr(val, "_private_encoding", None)
        if said is not None:
            made._private_encoding = said
        return made

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        """All is done when it is made, by subclasses too."""

    def _asked(self, what: bool) -> bool:
        if not self.is_transfer_syntax:
            raise ValueError(f"UID is not a transfer syntax: {self}")
        return what

    @property
    def is_implicit_VR(self) -> bool:
        """Whether data sets in this transfer syntax carry no VRs."""
        return self._asked(super().is_implicit_VR)

    @property
    def is_little_endian(self) -> bool:
        """Whether numbers have the least significant byte first."""
        return self._asked(super().is_little_endian)

    @property
    def is_deflated(self) -> bool:
        """Whether the whole data set is deflated."""
        return self._asked(super().is_deflated)

    @property
    def is_encapsulated(self) -> bool:
        """Whether Pixel Data comes in fragments."""
        return self._asked(super().is_encapsulated)

    is_compressed = is_encapsulated

    def set_private_encoding(self, implicit_vr: bool, little_endian: bool) -> None:
        """Say how this one UID object encodes data sets."""
        self._private_encoding = implicit_vr, little_endian


PYDICOM_IMPLEMENTATION_UID = UID(f"{PYDICOM_ROOT_UID}1")
_LISTS = (
    "AllTransferSyntaxes",
    "JPEGTransferSyntaxes",
    "JPEGLSTransferSyntaxes",
    "JPEG2000TransferSyntaxes",
    "MPEGTransferSyntaxes",
    "RLETransferSyntaxes",
)
UncompressedTransferSyntaxes = [
    UID(text)
    for text in (
        standard.EXPLICIT_LITTLE,
        standard.IMPLICIT_LITTLE,
        standard.DEFLATED_LITTLE,
        standard.EXPLICIT_BIG,
    )
]
"""The transfer syntaxes without fragments."""
PrivateTransferSyntaxes: list[UID] = []
"""Those that :func:`register_transfer_syntax` was told of."""


def register_transfer_syntax(
    uid: str,
    implicit_vr: bool | None = None,
    little_endian: bool | None = None,
) -> UID:
    """Say how data sets in a private transfer syntax are encoded.

    Raises:
        ValueError: that was said neither here nor of the UID before.
    """
    made = UID(uid)
    if implicit_vr is not None and little_endian is not None:
        made.set_private_encoding(implicit_vr, little_endian)
    elif not made.is_transfer_syntax:
        raise ValueError(f"{uid}: 'implicit_vr' and 'little_endian' must both be given")
    if made not in PrivateTransferSyntaxes:
        PrivateTransferSyntaxes.append(made)
    return made


def generate_uid(
    prefix: str | None = PYDICOM_ROOT_UID, entropy_srcs: list[str] | None = None
) -> UID:
    """A new UID; the same one each time for the same ``entropy_srcs``.

    Raises:
        ValueError: the prefix is none, or longer than 54 characters.
    """
    if prefix is None:
        return UID(uidgeneration.generate_uid())
    if len(prefix) > _MOST_PREFIX:
        raise ValueError(f"a prefix has at most {_MOST_PREFIX} characters, not {len(prefix)}")
    return UID(uidgeneration.generate_uid(prefix, entropy_srcs))


@lru_cache(maxsize=1024)
def _by_keyword(name: str) -> Any:
    if name in _LISTS:
        return [UID(uid) for uid in getattr(standard, name)]
    return UID(standard.__getattr__(name))


def __getattr__(name: str) -> Any:
    """A UID of PS3.6 by its keyword, or one of the lists of transfer syntaxes."""
    if name == "__all__":  # what ``import *`` asks for: keywords too, as they are attributes
        rows = (row for row in ENTRIES.values() if row[1] in _KINDS and row[4])
        return sorted({*_OFFERED, *_LISTS, *(row[4] for row in rows)})
    return _by_keyword(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LISTS, *dir(standard)})
