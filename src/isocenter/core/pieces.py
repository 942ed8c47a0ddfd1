"""A buffer made of pieces of a file, in their order, with gaps between them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, TypeAlias

from isocenter.core.encoding import Encoded

Pieces: TypeAlias = tuple[tuple[int, int], ...]
"""Of each piece its position in the buffer and its offset in the file, ascending."""


@dataclass(slots=True)
class EncodedPieces(Encoded):
    """Bytes of a file without some of its elements; offsets stay those of the file."""

    pieces: Pieces = ((0, 0),)

    def __reduce__(self) -> tuple[Any, ...]:
        kind, state = Encoded.__reduce__(self)
        assert kind is Encoded  # noqa: S101 - the state goes to the constructor
        return EncodedPieces, (*state, self.pieces)

    def offset(self, position: int) -> int | None:
        """The offset in the file of a position in the buffer."""
        index = bisect_right(self.pieces, position, key=lambda piece: piece[0]) - 1
        start, offset = self.pieces[index]
        return offset + position - start
