"""Unique identifiers: :class:`UID`, new ones, and the UIDs of PS3.6 by keyword.

``from isocenter.uid import UID, ExplicitVRLittleEndian, generate_uid``: every UID of
PS3.6 annex A that has a keyword is an attribute of this module.
"""

from __future__ import annotations

from isocenter.standard import uid as _uid
from isocenter.standard.uid import (
    MAX_LENGTH,
    RE_VALID_UID,
    RE_VALID_UID_PREFIX,
    UID,
    AllTransferSyntaxes,
    JPEG2000TransferSyntaxes,
    JPEGLSTransferSyntaxes,
    JPEGTransferSyntaxes,
    MPEGTransferSyntaxes,
    RLETransferSyntaxes,
)
from isocenter.standard.uidgeneration import generate_uid

__all__ = [
    "MAX_LENGTH",
    "RE_VALID_UID",
    "RE_VALID_UID_PREFIX",
    "UID",
    "AllTransferSyntaxes",
    "JPEG2000TransferSyntaxes",
    "JPEGLSTransferSyntaxes",
    "JPEGTransferSyntaxes",
    "MPEGTransferSyntaxes",
    "RLETransferSyntaxes",
    "generate_uid",
]


def __getattr__(name: str) -> UID:
    return _uid.__getattr__(name)


def __dir__() -> list[str]:
    keywords = set(dir(_uid)) - vars(_uid).keys()
    return sorted({*__all__, *keywords})
