"""Open files that know how what is in them is encoded; highdicom and pynetdicom need them.

In: a binary file or bytes. Out: the same file, with readers and writers of tags and numbers in
the byte order it was told.
"""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Protocol, Self


class ReadableBuffer(Protocol):
    """What can be read from."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go elsewhere."""

    def tell(self) -> int:
        """Where it stands."""


class DicomIO:
    """A binary file with a byte order.

    Args:
        buffer: what is read from or written to; it stays open unless :meth:`close` is called.

    Attributes:
        parent: that file.
        is_little_endian: the byte order of numbers; it has to be set before they are asked for.
        is_implicit_VR: whether elements carry no VRs; the caller's own note.
    """

    is_little_endian: bool
    is_implicit_VR: bool

    def __init__(self, buffer: Any) -> None:
        self.parent = buffer

    def __getattr__(self, name: str) -> Any:
        if name in {"parent", "is_little_endian", "is_implicit_VR"} or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.parent, name)

    def read(self, size: int = -1, need_exact_length: bool = False) -> bytes:
        """The next bytes; with ``need_exact_length`` as many as asked for.

        Raises:
            EOFError: there are not as many.
        """
        data: bytes = self.parent.read(size)
        if need_exact_length and len(data) != size:
            raise EOFError(f"{size} bytes were asked for and {len(data)} are left")
        return data

    def read_exact(self, length: int, nr_retries: int = 3) -> bytes:
        """The next ``length`` bytes.

        Raises:
            EOFError: there are not as many.
        """
        del nr_retries
        return self.read(length, need_exact_length=True)

    def write(self, data: bytes) -> int:
        """Write bytes."""
        written: int = self.parent.write(data)
        return written

    def _number(self, code: str) -> int:
        code = ("<" if self.is_little_endian else ">") + code
        number: int = struct.unpack(code, self.read_exact(struct.calcsize(code)))[0]
        return number

    def _put(self, code: str, *numbers: int) -> None:
        self.write(struct.pack(("<" if self.is_little_endian else ">") + code, *numbers))

    def read_tag(self) -> tuple[int, int]:
        """Group and element number.

        Raises:
            EOFError: the file ends before.
        """
        return self._number("H"), self._number("H")

    def read_US(self) -> int:
        """A number of 16 bits."""
        return self._number("H")

    def read_UL(self) -> int:
        """A number of 32 bits."""
        return self._number("L")

    def write_tag(self, tag: int) -> None:
        """Group and element number."""
        self._put("HH", tag >> 16, tag & 0xFFFF)

    def write_US(self, value: int) -> None:
        """A number of 16 bits."""
        self._put("H", value)

    def write_UL(self, value: int) -> None:
        """A number of 32 bits."""
        self._put("L", value)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class DicomBytesIO(DicomIO):
    """A file in memory."""

    def __init__(self, initial_bytes: bytes | BytesIO | None = None) -> None:
        if not isinstance(initial_bytes, BytesIO):
            initial_bytes = BytesIO(initial_bytes or b"")
        super().__init__(initial_bytes)

    def getvalue(self) -> bytes:
        """All bytes."""
        content: bytes = self.parent.getvalue()
        return content


def DicomFile(filename: str | Path, mode: str = "rb") -> DicomIO:
    """A file on disk, opened."""
    file: BinaryIO = Path(filename).open(mode)  # type: ignore[assignment]  # noqa: SIM115 - the caller closes it
    return DicomIO(file)


DicomFileLike = DicomIO
