"""A deflated data set (PS3.5 A.5), inflated no further than asked for, and no byte twice."""

from __future__ import annotations

import zlib

from isocenter.core.encoding import Buffer
from isocenter.errors import EncodingError, LimitError


class Inflated:
    """A raw deflate stream (RFC 1951, no zlib header).

    Args:
        data: the stream, or enough of its beginning.
        offset: where in the file it begins.
        limit: most bytes it may become.
    """

    def __init__(self, data: Buffer, offset: int, limit: int) -> None:
        self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        self._rest: Buffer = data
        self._parts: list[bytes] = []
        self._size = 0
        self._offset, self._limit = offset, limit
        self.is_exhausted = False
        """Whether there is no more to come, from this much of the stream."""

    @property
    def is_whole(self) -> bool:
        """Whether the stream came to its end mark."""
        return self._stream.eof

    def up_to(self, size: int | None) -> bytes:
        """At least the first ``size`` bytes, all for ``None``; fewer where the stream ends.

        Raises:
            EncodingError: the stream is damaged.
            LimitError: it grows over the limit.
        """
        most = self._limit + 1 if size is None else min(size, self._limit + 1)
        if not self.is_exhausted and most > self._size:
            self._add(most - self._size)
        if self._size > self._limit:
            raise LimitError(
                f"the deflated data set grows over the limit of {self._limit} bytes",
                offset=self._offset,
                clause="PS3.5 A.5",
            )
        self._parts = [b"".join(self._parts)]
        return self._parts[0]

    def _add(self, size: int) -> None:
        try:
            part = self._stream.decompress(self._rest, size)
        except zlib.error as error:
            raise EncodingError(
                f"the deflated data set is damaged: {error}",
                offset=self._offset,
                clause="PS3.5 A.5",
            ) from error
        self._rest = self._stream.unconsumed_tail
        self._parts.append(part)
        self._size += len(part)
        self.is_exhausted = len(part) < size or self._stream.eof
