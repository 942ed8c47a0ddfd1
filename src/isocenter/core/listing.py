"""A data set as lines of text: one line an element, items indented."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from isocenter.core.element import DataElement
from isocenter.errors import ValueDecodingError

Readable: TypeAlias = "Iterable[DataElement | ValueDecodingError]"
Step: TypeAlias = "str | Iterator[Step]"
_INDENT = "   "
_DEEPEST = 64
"""Items below this depth are not indented further: 10,000 levels would be all blanks."""


def lines(elements: Readable, *, nested: bool = True) -> Iterator[str]:
    """The lines that show a data set.

    Args:
        elements: elements in tag order, or in the place of one that cannot be decoded
            the error that says so.
        nested: whether the items of sequences are shown.
    """
    levels = [_level(elements, 0)]  # nesting may be deeper than the stack
    while levels:
        step = next(levels[-1], None)
        if step is None:
            levels.pop()
        elif isinstance(step, str):
            yield step
        elif nested:
            levels.append(step)


def _level(elements: Readable, depth: int) -> Iterator[Step]:
    indent = _INDENT * min(depth, _DEEPEST)
    for element in elements:
        if isinstance(element, ValueDecodingError):
            yield f"{indent}{element.tag} cannot be read: {element.problem}"
        elif element.VR == "SQ":
            yield f"{indent}{element.tag}  {element.name}  {len(element.value)} item(s) ---- "
            for item in element.value:
                yield _item(item.readable(), depth + 1)
        else:
            yield f"{indent}{printable(str(element))}"


def _item(elements: Readable, depth: int) -> Iterator[Step]:
    yield from _level(elements, depth)
    yield f"{_INDENT * min(depth, _DEEPEST + 1)}---------"


def printable(text: str) -> str:
    """Control characters as escapes, so that a value can neither forge a line nor colour it."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
