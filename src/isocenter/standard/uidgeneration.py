"""New UIDs (PS3.5 9 and B).

Nobody has to register to make one: below the root ``2.25`` any UUID is a UID (PS3.5
B.2, ITU-T X.667), and Isocenter, which has no registered root, uses no other by itself.
An organization that has its own gives it as ``prefix``.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from isocenter.standard.uid import MAX_LENGTH, RE_VALID_UID_PREFIX, UID

UUID_ROOT = "2.25."
IMPLEMENTATION_UID = UID("2.25.47877209339194303579320705968815752926")
"""Isocenter's Implementation Class UID (PS3.7 D.3.3.2): a UUID drawn once, for all versions."""

_LONGEST_PREFIX = 54


def generate_uid(prefix: str | None = None, entropy_srcs: Iterable[str] | None = None) -> UID:
    """A new UID.

    Args:
        prefix: the root of an organization, with its dot behind: the digits of a SHA-512
            follow, to 64 characters in all. ``None``: ``2.25.`` and a UUID.
        entropy_srcs: texts that settle the UID: the same give the same, and it does not
            tell them. Without them it is random. With a ``prefix`` the texts are run
            together, so that ``["ab"]`` and ``["a", "b"]`` are the same.

    Raises:
        ValueError: ``prefix`` is no beginning of a UID, or is longer than 54 characters,
            which leaves too few digits (PS3.5 9.1).
    """
    if prefix is None or prefix == UUID_ROOT:
        return _from_uuid(entropy_srcs)
    if not RE_VALID_UID_PREFIX.fullmatch(prefix):
        raise ValueError(f"{prefix!r} is no beginning of a UID such as '1.2.3.' (PS3.5 9.1)")
    if len(prefix) > _LONGEST_PREFIX:
        raise ValueError(f"{prefix!r} is longer than {_LONGEST_PREFIX} characters (PS3.5 9.1)")
    texts = [uuid4().hex, uuid4().hex] if entropy_srcs is None else entropy_srcs
    digits = str(int.from_bytes(_digest("".join(texts)), "big"))
    return UID((prefix + digits)[:MAX_LENGTH])


def _from_uuid(entropy_srcs: Iterable[str] | None) -> UID:
    if entropy_srcs is None:
        return UID(f"{UUID_ROOT}{uuid4().int}")
    return UID(f"{UUID_ROOT}{_custom_uuid(_digest(chr(0).join(entropy_srcs)))}")


def _custom_uuid(data: bytes) -> int:
    """The UUID of version 8 that carries 122 bits of ``data`` (RFC 9562, 5.8)."""
    number = int.from_bytes(data[:16], "big")
    number = number & ~(0xF << 76) | 8 << 76  # the version
    return number & ~(3 << 62) | 2 << 62  # the variant


def _digest(text: str) -> bytes:
    from hashlib import sha512  # noqa: PLC0415 - loads OpenSSL, 2 ms of every import

    return sha512(text.encode("utf-8")).digest()
