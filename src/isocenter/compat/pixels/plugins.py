"""What coders of a transfer syntax have in common, and pydicom's names of plug-ins.

There is one implementation of each codec here; the names of pydicom's plug-ins are taken and
change nothing, so that programs which choose one run.
"""

from __future__ import annotations

from isocenter.compat.uid import UID
from isocenter.pixels.codecs import Coding, coding

OURS = "isocenter"
_KNOWN = frozenset({OURS, "pydicom", "pylibjpeg", "gdcm", "pillow", "pyjpegls"})


def check_plugin(name: str) -> None:
    """Whether a plug-in may be chosen by this name.

    Raises:
        ValueError: neither pydicom nor we have it.
    """
    if name and name not in _KNOWN:
        raise ValueError(f"no plug-in is called {name!r}; {OURS!r} can be used")


class Coder:
    """An encoder or decoder of one transfer syntax."""

    def __init__(self, uid: UID) -> None:
        self._uid = UID(uid)

    @property
    def UID(self) -> UID:
        """The transfer syntax."""
        return self._uid

    @property
    def is_available(self) -> bool:
        """Whether it can be used: always."""
        return True

    @property
    def is_encapsulated(self) -> bool:
        """Whether the transfer syntax is for compressed pixel data."""
        return coding(self._uid) is not Coding.NATIVE

    @property
    def is_native(self) -> bool:
        """Whether the transfer syntax is for pixel data that is not compressed."""
        return not self.is_encapsulated

    @property
    def available_plugins(self) -> tuple[str, ...]:
        """Who can do it."""
        return (OURS,) if self.is_encapsulated else ()

    @property
    def missing_dependencies(self) -> list[str]:
        """What would have to be installed: nothing."""
        return []

    def _check_plugin(self, name: str) -> None:
        if self.is_encapsulated:
            check_plugin(name)
