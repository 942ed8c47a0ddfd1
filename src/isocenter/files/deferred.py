"""Parts of a file: read without some of its values, which come from disk when they are asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from isocenter.errors import DeferredReadError


@dataclass(frozen=True, slots=True)
class FilePart:
    """The bytes of one element in a file that may have changed since it was read.

    ``header`` are the first bytes that stood there; ``size`` (bytes) and ``modified`` (ns) are the file's.
    """

    path: str
    tag: str
    offset: int
    length: int
    header: bytes
    size: int
    modified: int

    def __call__(self) -> bytes:
        """The bytes.

        Raises:
            DeferredReadError: the file has gone, cannot be read, or is no longer the same.
        """
        try:
            file = open_binary(self.path)
        except OSError as error:
            raise self._error(f"the file cannot be opened again ({error.strerror})") from error
        try:
            now, data = os.fstat(file), read_at(file, self.offset, self.length)
        except OSError as error:
            raise self._error(f"the file cannot be read again ({error.strerror})") from error
        finally:
            os.close(file)
        if (now.st_size, now.st_mtime_ns) != (self.size, self.modified):
            raise self._error("the file has changed since it was read")
        if len(data) != self.length or not data.startswith(self.header):
            raise self._error("another element stands where this one was")
        return data

    def _error(self, problem: str) -> DeferredReadError:
        return DeferredReadError(
            f"the deferred value was not read: {problem};"
            " read the file again, or without defer_size",
            path=self.path,
            tag=self.tag,
            offset=self.offset,
        )


def open_binary(path: str | bytes) -> int:
    """A file opened for reading, as a descriptor: half the cost of ``open()``."""
    return os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))


def read_at(file: int, position: int, size: int) -> bytes:
    """Bytes at a position, fewer where the file ends."""
    os.lseek(file, position, os.SEEK_SET)
    return read_up_to(lambda count: os.read(file, count), size)


def read_up_to(read: Callable[[int], bytes], size: int) -> bytes:
    """The next bytes, fewer where the file ends; ``read`` may give them in parts."""
    parts = [read(size)]
    while parts[-1] and (size := size - len(parts[-1])):
        parts.append(read(size))
    return parts[0] if len(parts) == 1 else b"".join(parts)
