"""Elements whose bytes were left where they are, and come when they are asked for.

In: a :class:`Source`, which gets the bytes of one element, header included, and what the other
elements decide about it (VR, private creator, character sets). Out: a :class:`DataElement`
that gets them at first use, and keeps them.
"""

from __future__ import annotations

from copy import copy, deepcopy
from typing import Any, Protocol, Self

from isocenter.core.element import DataElement
from isocenter.core.encoding import Span
from isocenter.core.pieces import EncodedPieces
from isocenter.core.reader import Elements, Raw
from isocenter.core.stored import Making, Stored, size
from isocenter.standard.vr import BYTES


class Source(Protocol):
    """Gets the bytes of one element from where they are."""

    @property
    def offset(self) -> int:
        """Where the element's header begins in the file."""

    def __call__(self) -> bytes:
        """The element: header, value, and the delimitation item if there is one.

        Raises:
            DeferredReadError: they are no longer there.
        """


class StoredApart(Stored):
    """One element in a buffer of its own; its VR was settled by the others."""

    __slots__ = ("_settled",)

    def __init__(self, data: bytes, element: DeferredElement, others: Stored, entry: Raw) -> None:
        tag = int(element.tag)
        encoded = EncodedPieces(
            data, findings=others.span.encoded.findings, pieces=((0, element.source.offset),)
        )
        span = Span(encoded, 0, len(data), others.span.encoding)
        elements = Elements(len(data))
        elements.entries[tag] = entry
        super().__init__(span, others.handed_down(), elements)
        self._blocks[tag >> 8] = element.private_creator
        self._settled = element.VR

    def _vr(self, _tag: int, _entry: Raw, _creator: str) -> str:
        return self._settled


class DeferredElement(DataElement):
    """An element whose value is read at first use.

    Copies and pickles of one that was not read yet hold no bytes: they read the same place.
    """

    __slots__ = ("_apart", "_entry", "_here", "_making", "_others", "_unread", "source")

    def __init__(
        self,
        tag: int,
        entry: Raw,
        source: Source,
        others: Stored,
        making: Making,
    ) -> None:
        """An element that lies elsewhere.

        Args:
            tag: its number.
            entry: its entry in a table over the bytes that ``source`` gives.
            source: gets them.
            others: the table of the elements around it.
            making: see :meth:`Stored.element`.
        """
        self._tag = tag
        self.VR, self.private_creator = others.settled(tag, entry)
        self.source, self._entry, self._others = source, entry, others
        self._making, self._unread, self.as_read = making, True, True
        self._here: Any = None
        self._apart: Stored | None = None

    @property
    def is_unread(self) -> bool:
        """Whether the value was neither read nor assigned yet."""
        return self._unread

    @property
    def length(self) -> int:
        """How many bytes the value has in the file."""
        return size(self._entry[2])

    def stored(self) -> Stored | None:
        """The table of this element alone; ``None`` when it was assigned and never read.

        Raises:
            DeferredReadError: its bytes are no longer where they were.
        """
        if self._apart is None and self._unread:
            self._apart = StoredApart(self.source(), self, self._others, self._entry)
        return self._apart

    @property
    def _value(self) -> Any:  # in place of the slot that other elements have
        stored = self.stored()
        if self._unread and stored is not None:
            self._here = stored.element(self._tag, self._making).value
            self._unread = False
        return self._here

    @_value.setter
    def _value(self, value: Any) -> None:
        self._here, self._unread = value, False

    @property
    def repval(self) -> str:
        """The value as one line of text; bytes are not read for it."""
        if self._unread and self.VR in BYTES:
            return f"Array of {self.length} elements"
        return super().repval

    def __getstate__(self) -> dict[str, Any]:
        names = ("_tag", "VR", "private_creator", "as_read", *DeferredElement.__slots__)
        return {name: getattr(self, name) for name in names}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        other = copy(self)
        memo[id(self)] = other
        other._here = deepcopy(self._here, memo)  # noqa: SLF001 - its own
        return other
