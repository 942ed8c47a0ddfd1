"""Frozen values as JSON text and back, so that the catalog holds no pickles.

A dataclass becomes the list of its fields' values in their order; :func:`shape` tells
that order, so that a text is never read as another version's. File names may hold bytes
that are no UTF-8: they survive, as escapes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
_PLAIN = (str, int, float, bool)


def dumped(value: Any) -> str:
    """The text of a value made of dataclasses, tuples, text, numbers and ``None``."""
    return json.dumps(_listed(value), separators=(",", ":"))


def loaded(kind: type[T], text: str) -> T:
    """The value of type ``kind`` that a text was made of.

    Raises:
        ValueError: the text was not made of such a value.
    """
    try:
        value: T = _reader(cast("Hashable", kind))(json.loads(text))
    except (TypeError, KeyError) as error:
        raise ValueError(f"no {kind.__name__}: {error}") from error
    return value


def shape(kind: Any) -> str:
    """The fields of a type and of what it is made of, as text."""
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        inner = ", ".join(f"{one.name}: {shape(hints[one.name])}" for one in fields(kind))
        return f"{kind.__qualname__}({inner})"
    parts = [shape(one) for one in get_args(kind) if one is not Ellipsis]
    name = getattr(kind, "__name__", str(kind))
    return f"{name}[{', '.join(parts)}]" if parts else name


def _listed(value: Any) -> Any:
    if is_dataclass(value):
        return [_listed(getattr(value, one.name)) for one in fields(value)]
    if isinstance(value, tuple):
        return [_listed(one) for one in value]
    return value


@cache
def _reader(kind: Hashable) -> Callable[[Any], Any]:
    """What makes a value of type ``kind`` of what JSON has of it."""
    if is_dataclass(kind):
        return _record(kind)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _tuple(inner)
    if origin in {Union, UnionType}:
        (one,) = (_reader(part) for part in inner if part is not type(None))
        return lambda value: None if value is None else one(value)
    if kind is float:
        return lambda value: float(_checked(int if type(value) is int else float, value))
    if kind in _PLAIN:
        return lambda value: _checked(kind, value)
    return cast("Callable[[Any], Any]", kind)  # an enumeration, which checks its value


def _record(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers = [_reader(hints[one.name]) for one in fields(kind)]
    return lambda values: kind(*(read(value) for read, value in zip(readers, values, strict=True)))


def _tuple(inner: tuple[Any, ...]) -> Callable[[Any], Any]:
    if inner[-1:] == (Ellipsis,):
        each = _reader(inner[0])
        return lambda values: tuple(map(each, values))
    readers = [_reader(part) for part in inner]
    return lambda values: tuple(read(one) for read, one in zip(readers, values, strict=True))


def _checked(kind: Any, value: Any) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{value!r} is no {kind.__name__}")
    return value
