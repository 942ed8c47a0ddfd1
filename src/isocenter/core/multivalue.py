"""The values of an element that has several."""

from __future__ import annotations

from typing import Any


class MultiValue(list[Any]):
    """A list of values that prints as one; text in quotes, numbers as they were written."""

    __slots__ = ()

    def __str__(self) -> str:
        return "[" + ", ".join(_shown(value) for value in self) + "]" if self else ""


def _shown(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)
