"""Numbers that stand for files, series and patients, so that a profile holds no identifiers.

A number is 64 bits of a BLAKE2b digest (RFC 7693). With a secret it is keyed, and nobody without
it can try identifiers one after the other. Without one the same identifiers give the same
numbers everywhere, so that any two profiles can be merged; see docs/attributes.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

NOBODY = 0
"""The patient of files that tell no Patient ID: all of them count as one."""
_LONGEST_KEY = 64


@dataclass(frozen=True, slots=True)
class Numbers:
    """What makes numbers of identifiers.

    Args:
        secret: the key; empty for none. One of more than 64 bytes counts by its digest.
    """

    secret: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) > _LONGEST_KEY:
            object.__setattr__(self, "secret", blake2b(self.secret).digest())

    @property
    def is_keyed(self) -> bool:
        """Whether there is a secret."""
        return bool(self.secret)

    @property
    def fingerprint(self) -> str:
        """What tells two secrets apart and gives neither away; empty for none."""
        return f"{self.of('key', ''):016x}" if self.secret else ""

    def of(self, purpose: str, text: str) -> int:
        """The number of a text; another one for each purpose, of at most 16 letters."""
        data = text.encode("utf-8", "surrogatepass")
        digest = blake2b(data, digest_size=8, key=self.secret, person=purpose.encode()).digest()
        return int.from_bytes(digest, "little")

    def patient(self, identifier: str, issuer: str) -> int:
        """The patient of a Patient ID and its issuer; :data:`NOBODY` where there is no ID."""
        return self.of("patient", f"{identifier}\0{issuer}") if identifier else NOBODY

    def series(self, uid: str, folder: str) -> int:
        """The series of a UID; of a file that tells none, that of its folder."""
        return self.of("series", uid) if uid else self.of("folder", folder)

    def unit(self, series: int, patient: int) -> int:
        """The files of a series that tell the same patient: what everything is counted by."""
        return self.of("unit", f"{series} {patient}")


PUBLIC = Numbers()
"""Numbers of what is no secret: paths of files, contexts."""
