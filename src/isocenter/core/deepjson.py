"""DICOM JSON text nested deeper than a JSON library's stack allows (PS3.18 F.2.2).

Sequences may be nested to any depth (PS3.5 7.5). orjson writes about 80 and reads about
300 levels of them; here is the same with a list in place of the stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import orjson

Model: TypeAlias = dict[str, dict[str, Any]]
"""A data set: tag as eight hexadecimal digits -> attribute object."""

_TOKEN = re.compile(r'\s*([\[\]{},:]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s\[\]{},:"]+)')
_END = re.compile(r"\s*\Z")
_OPENING: dict[str, type[Any]] = {"[": list, "{": dict}


def deep_text(model: Model) -> str:
    """The JSON text of a data set.

    Raises:
        orjson.JSONEncodeError: a value is nothing that JSON has.
    """
    written: list[str] = []
    pending: list[str | Model] = [model]
    while pending:
        part = pending.pop()
        if isinstance(part, str):
            written.append(part)
        else:
            pending.extend(reversed(list(_dataset_parts(part))))
    return "".join(written)


def _dataset_parts(model: Model) -> Iterator[str | Model]:
    comma = "{"
    for key, attribute in model.items():
        yield f'{comma}"{key}":'
        yield from _attribute_parts(attribute)
        comma = ","
    yield "}" if model else "{}"


def _attribute_parts(attribute: dict[str, Any]) -> Iterator[str | Model]:
    if attribute["vr"] != "SQ" or "Value" not in attribute:
        yield orjson.dumps(attribute).decode()
        return
    yield '{"vr":"SQ","Value":'
    comma = "["
    for item in attribute["Value"]:
        yield comma
        yield item
        comma = ","
    yield "]}"


def deep_value(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: the text is no JSON.
    """
    root: list[Any] = []
    _Reader(root).read(text)
    if len(root) != 1:
        raise ValueError("one JSON value was expected")
    return root[0]


class _Reader:
    """Puts what it reads into the innermost open container.

    ``due`` names what may come next: a ``value``, its ``end`` instead, a ``key``, a
    ``colon`` or a ``comma``.
    """

    def __init__(self, root: list[Any]) -> None:
        self.open: list[Any] = [root]
        self.keys: list[str] = []
        self.due = "value"

    def read(self, text: str) -> None:
        position = 0
        while not _END.match(text, position):
            found = _TOKEN.match(text, position)
            if found is None or (len(self.open) == 1 and self.open[0] and self.due == "comma"):
                raise ValueError(f"no JSON at character {position}")
            self._take(found[1])
            position = found.end()
        if len(self.open) > 1:
            raise ValueError("the JSON text ends too early")

    def _take(self, mark: str) -> None:
        if mark in "]}":
            self._close(mark)
        elif mark == ",":
            self._expect("comma")
            self.due = "key" if isinstance(self.open[-1], dict) else "value"
        elif mark == ":":
            self._expect("colon")
            self.due = "value"
        elif "key" in self.due:
            self._key(mark)
        else:
            self._value(mark)

    def _expect(self, *allowed: str) -> None:
        if self.due not in allowed:
            raise ValueError(f"a {self.due} was expected")

    def _close(self, mark: str) -> None:
        self._expect("comma", "first value" if mark == "]" else "first key")
        if len(self.open) == 1 or isinstance(self.open[-1], list) != (mark == "]"):
            raise ValueError(f"{mark} closes nothing")
        self.open.pop()
        self.due = "comma"

    def _key(self, mark: str) -> None:
        key = orjson.loads(mark)
        if not isinstance(key, str):
            raise ValueError(f"{mark} is no name")  # noqa: TRY004 - the text is wrong
        self.keys.append(key)
        self.due = "colon"

    def _value(self, mark: str) -> None:
        self._expect("value", "first value")
        make = _OPENING.get(mark)
        value = make() if make else orjson.loads(mark)
        inside = self.open[-1]
        if isinstance(inside, dict):
            inside[self.keys.pop()] = value
        else:
            inside.append(value)
        self.due = "comma"
        if make:
            self.open.append(value)
            self.due = "first key" if make is dict else "first value"
