"""The values of an element that has several (PS3.5 6.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self, SupportsIndex, TypeAlias

Constructor: TypeAlias = Callable[[Any], Any]


class MultiValue(list[Any]):
    """A list of values that prints as one; text in quotes, numbers as they were written.

    Args:
        type_constructor: makes a value of its type of whatever comes into the list,
            now and later; ``None`` and ``""``, which stand for no value, stay. It may
            be left out: then nothing is converted.
        iterable: the values.

    Raises:
        ValueError: or whatever the constructor raises, here and on every change.
    """

    __slots__ = ("_make",)
    _make: Constructor

    def __init__(
        self,
        type_constructor: Constructor | Iterable[Any] = (),
        iterable: Iterable[Any] | None = None,
    ) -> None:
        if iterable is None:
            list.__init__(self, type_constructor)  # type: ignore[arg-type]  # one argument: the values
            return
        self._make = type_constructor  # type: ignore[assignment]  # two arguments: how to make one
        list.__init__(self, map(self._made, iterable))

    @classmethod
    def of(cls, values: Iterable[Any], type_constructor: Constructor | None = None) -> Self:
        """The values as they are; only what comes in later is converted."""
        made = cls(values)
        if type_constructor is not None:
            made._make = type_constructor
        return made

    @property
    def type_constructor(self) -> Constructor | None:
        """What converts, if anything does."""
        return getattr(self, "_make", None)

    def _made(self, value: Any) -> Any:
        make = self.type_constructor
        return value if make is None or value is None or value == "" else make(value)

    def append(self, value: Any) -> None:
        """Add a value at the end."""
        super().append(self._made(value))

    def insert(self, index: SupportsIndex, value: Any) -> None:
        """Put a value before the one at ``index``."""
        super().insert(index, self._made(value))

    def extend(self, values: Iterable[Any]) -> None:
        """Add values at the end."""
        super().extend([self._made(value) for value in values])

    def __iadd__(self, values: Iterable[Any]) -> Self:  # type: ignore[misc]  # list has two signatures for it
        self.extend(values)
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(index, slice):
            super().__setitem__(index, [self._made(each) for each in value])
        else:
            super().__setitem__(index, self._made(value))

    def __str__(self) -> str:
        return "[" + ", ".join(_shown(value) for value in self) + "]" if self else ""

    def __repr__(self) -> str:
        return str(self) or "[]"

    def __reduce_ex__(self, _protocol: SupportsIndex) -> tuple[Any, ...]:
        return _rebuild, (type(self), list(self), self.type_constructor)


def _rebuild(kind: type[MultiValue], values: list[Any], make: Constructor | None) -> MultiValue:
    return kind.of(values, make)


def _shown(value: object) -> str:
    return repr(str(value)) if isinstance(value, str) else str(value)
