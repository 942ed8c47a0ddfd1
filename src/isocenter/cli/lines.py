"""A data set as lines for a terminal: each a list of texts with the role they play.

Control characters in DICOM text are shown as escapes; there is no markup.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, TypeAlias

from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style

from isocenter.core.dataset import Dataset
from isocenter.core.element import DataElement
from isocenter.core.listing import printable
from isocenter.core.multivalue import MultiValue
from isocenter.errors import Finding, ValueDecodingError
from isocenter.standard.uid import UID

_DEEPEST = 64
"""Items below this depth are not indented further: 10,000 levels would be all blanks."""
_NAME_WIDTH = 36
_COLOURS = {
    role: Style.parse(colour)
    for role, colour in {
        "file": "bold",
        "tag": "cyan",
        "vr": "green",
        "value": "yellow",
        "note": "blue",
        "warning": "magenta",
        "error": "red",
    }.items()
}

Parts: TypeAlias = "list[tuple[str, str]]"
"""A line: texts, each with its role in ``_COLOURS``; an empty role is not coloured."""
Step: TypeAlias = "Parts | Iterator[Step]"


class Bulk(StrEnum):
    """How the JSON gives values of bytes that are long."""

    REFERENCE = "reference"
    """Where the value lies: the file and an element path."""
    INLINE = "inline"
    """The bytes in base64, four characters for three of them."""


@dataclass(frozen=True, slots=True)
class Options:
    """What of a data set is shown; ``values`` is a number of characters, 0 is all."""

    private: bool = True
    values: int = 80
    bulk: Bulk = Bulk.REFERENCE


def tree(path: str, found: DataElement | Dataset, options: Options) -> Iterator[Step]:
    """The lines of what an element path led to; the data set itself has an empty path."""
    if isinstance(found, DataElement):
        yield from _element(found, options, 0, path)
    elif path:
        yield [(path, "tag")]
        yield level(found, options, 1)
    else:
        yield level(found, options, 0)


def level(dataset: Dataset, options: Options, depth: int) -> Iterator[Step]:
    """The lines of a data set, each item as an iterator of its own."""
    for element in dataset.readable():
        if isinstance(element, ValueDecodingError):
            yield [(_indent(depth), ""), (f"{element.tag}", "tag"), *_unreadable(element)]
        elif options.private or not element.tag.is_private:
            yield from _element(element, options, depth)


def _element(element: DataElement, options: Options, depth: int, path: str = "") -> Iterator[Step]:
    is_sequence = element.VR == "SQ"
    name = path or element.keyword or element.name
    width = max(0, _NAME_WIDTH - 2 * depth)
    value = _items(len(element.value)) if is_sequence else value_text(element.value, options.values)
    yield [
        (_indent(depth), ""),
        (str(element.tag), "tag"),
        (f" {printable(str(element.VR))} ", "vr"),
        (f"{printable(name):<{width}} ", ""),
        (printable(value), "" if is_sequence else "value"),
    ]
    for number, item in enumerate(element.value if is_sequence else ()):
        yield [(_indent(depth + 1), ""), (f"[{number}]", "tag")]
        yield level(item, options, depth + 2)


def _indent(depth: int) -> str:
    return "  " * min(depth, _DEEPEST)


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count:,} items"


def _unreadable(error: ValueDecodingError) -> Parts:
    return [(f" cannot be read: {printable(error.problem)}", "error")]


def finding_line(finding: Finding) -> Parts:
    """A finding as a line: level, code, message, and where."""
    offset = None if finding.offset is None else f"byte {finding.offset}"
    facts = ", ".join(fact for fact in (finding.tag, offset, finding.clause) if fact)
    text = f"{finding.level} {finding.code}: {finding.message}" + (f" ({facts})" if facts else "")
    return [(printable(text), str(finding.level))]


def value_text(value: Any, limit: int) -> str:
    r"""A value as one line: several with ``\`` between them, as DICOM writes them.

    Args:
        value: as decoded.
        limit: characters of it, then an ellipsis and how much there is; 0 gives all.
    """
    most = limit or sys.maxsize
    if value is None:
        return ""
    if isinstance(value, bytes):
        return _cut(repr(value[:most]), most, len(value), "byte")
    if isinstance(value, UID) and value.name != value:
        return f"{value} ({value.name})"
    if not isinstance(value, MultiValue | list):
        return _cut(str(value), most, len(str(value)), "character")
    return _cut("\\".join(map(str, islice(value, most))), most, len(value), "value")


def _cut(text: str, most: int, count: int, unit: str) -> str:
    if len(text) <= most:
        return text
    return f"{text[:most]}… ({count:,} {unit}{'' if count == 1 else 's'})"


def wants_colour() -> bool:
    """Whether standard output is a terminal that is to be coloured."""
    console = Console(file=sys.stdout)  # knows NO_COLOR, FORCE_COLOR and TERM
    return console.is_terminal and not console.no_color and console.color_system is not None


def coloured(part: tuple[str, str]) -> str:
    """A text in the colour of its role."""
    text, role = part
    style = _COLOURS.get(role)
    return text if style is None else style.render(text, color_system=ColorSystem.STANDARD)
