"""The secret that replacements are made with: the same in, the same out, and no way back.

UIDs, pseudonyms and shifts of dates are HMAC-SHA256 (RFC 2104) of what they replace. Who
does not have the key can neither undo them nor try identifiers one after the other.
"""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from isocenter.errors import UsageError
from isocenter.standard.uid import UID
from isocenter.standard.uidgeneration import generate_uid

VARIABLE = "ISOCENTER_DEIDENTIFY_KEY"
"""The environment variable that may hold the key."""
_LEAST = 16
_LONGEST_SHIFT = 3650


@dataclass(frozen=True, slots=True)
class Key:
    """A secret of at least 16 bytes; it is never printed and never written.

    Raises:
        UsageError: it is shorter.
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < _LEAST:
            raise UsageError(f"a key has at least {_LEAST} bytes; this one has {len(self.secret)}")

    @classmethod
    def random(cls) -> Key:
        """A key for one run: nothing that is made later will have the same UIDs."""
        return cls(secrets.token_bytes(32))

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Key:
        """The content of a file, without blanks and line ends around it.

        Raises:
            UsageError: it is too short.
            OSError: the file cannot be read.
        """
        return cls(Path(path).read_bytes().strip())

    @classmethod
    def from_environment(cls) -> Key | None:
        """The key in the variable ``ISOCENTER_DEIDENTIFY_KEY``; ``None`` when it is not set.

        Raises:
            UsageError: it is too short.
        """
        text = os.environ.get(VARIABLE)
        return None if text is None else cls(text.strip().encode("utf-8", "surrogateescape"))

    def uid(self, uid: str) -> UID:
        """The UID that stands for another one, below ``2.25`` (PS3.5 B.2)."""
        return generate_uid(entropy_srcs=[self._digest("uid", uid).hex()])

    def pseudonym(self, identifier: str) -> str:
        """Sixteen hexadecimal digits that stand for an identifier: 64 bits, and fit every VR."""
        return self._digest("identifier", identifier).hex()[:16].upper()

    def days(self, patient: str) -> int:
        """How many days the dates of a patient go back: 1 to 3,650."""
        return 1 + int.from_bytes(self._digest("days", patient)[:8], "big") % _LONGEST_SHIFT

    def _digest(self, purpose: str, text: str) -> bytes:
        message = f"{purpose}\0{text}".encode("utf-8", "surrogateescape")
        return hmac.digest(self.secret, message, "sha256")
