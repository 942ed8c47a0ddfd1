"""Numbers written as text, DS and IS, that keep the text they came from (PS3.5 6.2)."""

from __future__ import annotations

from typing import Any, Self


class DSfloat(float):
    """A Decimal String: a ``float`` whose ``str`` is the original text."""

    __slots__ = ("original_string",)
    original_string: str

    def __new__(cls, value: str | float) -> Self:  # noqa: D102 - see the class
        number = super().__new__(cls, value)
        number.original_string = value.strip() if isinstance(value, str) else repr(float(value))
        return number

    def __str__(self) -> str:
        return self.original_string

    def __repr__(self) -> str:
        return f"'{self.original_string}'"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.original_string,)


class IS(int):
    """An Integer String: an ``int`` whose ``str`` is the original text.

    Text such as ``"3.0"``, which some writers make, is the integer it equals.
    """

    original_string: str

    def __new__(cls, value: str | float) -> Self:  # noqa: D102 - see the class
        number = super().__new__(cls, _whole(value))
        number.original_string = value.strip() if isinstance(value, str) else str(int(value))
        return number

    def __str__(self) -> str:
        return self.original_string

    def __repr__(self) -> str:
        return f"'{self.original_string}'"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.original_string,)


def _whole(value: str | float) -> int:
    try:
        return int(value) if isinstance(value, str | int) else _integral(value)
    except ValueError:
        return _integral(float(value))


def _integral(value: float) -> int:
    if value != value // 1:
        raise ValueError(f"{value} is no integer")
    return int(value)
