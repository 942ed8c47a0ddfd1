"""Element paths: text that says where in a data set an element or an item is.

``RequestAttributesSequence[0].ScheduledProcedureStepID``: steps with dots between them.
A step names an element and, in brackets, an item of it, counted from 0, or ``[*]`` for
all. An element is named by

- its keyword, ``PatientName``,
- its tag, ``(0010,0010)`` or ``00100010``,
- a private one by its creator, ``(0029,"SIEMENS CSA HEADER",10)``: the block is the
  one that the creator reserved in each data set (PS3.5 7.8.1).

The text is parsed, never evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from isocenter.core.dataset import Dataset
from isocenter.core.element import DataElement
from isocenter.core.suggestions import hint
from isocenter.errors import UsageError
from isocenter.standard.dictionary import dictionary_vr, keyword_for_tag
from isocenter.standard.tag import BaseTag, keyword_tags

Found: TypeAlias = "tuple[str, DataElement | Dataset]"

_KEYWORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TAG = re.compile(r"\(([0-9A-Fa-f]{4}),([0-9A-Fa-f]{4})\)|([0-9A-Fa-f]{8})(?![A-Za-z0-9_])")
_PRIVATE = re.compile(
    r"""\((?P<group>[0-9A-Fa-f]{4}),(?:"(?P<one>[^"]+)"|'(?P<two>[^']+)'),(?P<low>[0-9A-Fa-f]{2})\)"""
)
_ITEM = re.compile(r"\[(?:(?P<index>[0-9]{1,9})|\*)\]")
_ELEMENT = """a keyword such as PatientName, or a tag: (0010,0010), 00100010, (0029,"CREATOR",10)"""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: an element and, when ``item`` is given, which of its items.

    With a ``creator``, ``tag`` holds the group and, as its element half, the last two
    digits of the private element's number.
    """

    tag: BaseTag
    creator: str = ""
    item: int | Literal["*"] | None = None

    @property
    def name(self) -> str:
        """The element as a path has it: by creator, else keyword, else tag."""
        if self.creator:
            quote = "'" if '"' in self.creator else '"'
            return f"({self.tag.group:04X},{quote}{self.creator}{quote},{self.tag.element:02X})"
        keyword = keyword_for_tag(self.tag)  # that of a repeating group names no one tag
        return keyword if keyword_tags().get(keyword) == self.tag else str(self.tag)

    def __str__(self) -> str:
        return self.name if self.item is None else f"{self.name}[{self.item}]"

    def tags(self, dataset: Dataset) -> list[BaseTag]:
        """Where the element can be in ``dataset``: for a private one, in any block."""
        if not self.creator:
            return [self.tag] if self.tag in dataset else []
        wanted = self.tag.group, self.tag.element
        return [
            tag
            for tag in dataset.keys()
            if tag.element >= 0x1000 and (tag.group, tag.element & 0xFF) == wanted
        ]

    def elements(self, dataset: Dataset) -> Iterator[DataElement]:
        """The element in ``dataset``, if it is there; one for each block of its creator."""
        for element in (dataset[tag] for tag in self.tags(dataset)):
            if not self.creator or element.private_creator == self.creator:
                yield element

    def items(self, element: DataElement) -> Iterator[tuple[int, Dataset]]:
        """The chosen items of ``element``, with their numbers.

        Raises:
            UsageError: it is no sequence.
        """
        if element.VR != "SQ":
            raise UsageError(f"{self}: {self.name} has VR {element.VR}; only sequences have items")
        for index, item in enumerate(element.value):
            if self.item in ("*", index):
                yield index, item


@dataclass(frozen=True, slots=True)
class ElementPath:
    """A parsed path. ``str`` gives it back, each element by its shortest name."""

    steps: tuple[Step, ...]

    @classmethod
    def parse(cls, text: str) -> ElementPath:
        """The path that ``text`` says.

        Raises:
            UsageError: it says none. The message tells what was expected at which
                character, counted from 1, and for a misspelt keyword the likely one.
        """
        return cls(tuple(_Parser(text).steps()))

    @property
    def is_file_meta(self) -> bool:
        """Whether it leads into the File Meta Information, group 2 (PS3.10 7.1)."""
        return self.steps[0].tag.group == 2

    def __str__(self) -> str:
        return ".".join(map(str, self.steps))

    def find(self, dataset: Dataset) -> Iterator[Found]:
        """What the path leads to.

        Args:
            dataset: where the first step starts.

        Yields:
            A path with the number of the item in place of ``*``, and what is there: an
            item when the last step has brackets, else an element. Nothing where an
            element or item on the way is absent.

        Raises:
            UsageError: a step has brackets, and its element is no sequence.
            ValueDecodingError: the bytes of an element on the way are no value.
        """
        *above, last = self.steps
        places = [("", dataset)]
        for step in above:
            places = [item for place in places for item in _items(step, *place)]
        for place in places:
            yield from _elements(last, *place) if last.item is None else _items(last, *place)


def _elements(step: Step, before: str, dataset: Dataset) -> Iterator[tuple[str, DataElement]]:
    for element in step.elements(dataset):
        yield _join(before, step), element


def _items(step: Step, before: str, dataset: Dataset) -> Iterator[tuple[str, Dataset]]:
    for element in step.elements(dataset):
        for index, item in step.items(element):
            yield _join(before, replace(step, item=index)), item


def _join(before: str, step: Step) -> str:
    return f"{before}.{step}" if before else str(step)


class _Parser:
    """Reads steps from left to right; ``at`` is where the next character is."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def steps(self) -> Iterator[Step]:
        while True:
            start = self.at
            step = self.item(self.element())
            yield step
            if self.at == len(self.text):
                return
            if step.item is None:
                raise self.error(f"expected [0] or [*] behind {step.name}, or the end")
            if self.text[self.at] != ".":
                raise self.error(f"expected a dot or the end behind {self.text[start : self.at]}")
            self.at += 1

    def element(self) -> Step:
        if match := self.match(_PRIVATE):
            return self.private(match)
        if match := self.match(_TAG):
            return Step(BaseTag(int("".join(match.groups("")), 16)))
        if match := self.match(_KEYWORD):
            return self.keyword(match)
        raise self.error(f"expected {_ELEMENT}")

    def private(self, match: re.Match[str]) -> Step:
        group, low = int(match["group"], 16), int(match["low"], 16)
        if not group & 1:
            raise self.error(f"expected an odd group, not {match['group']}", match.start())
        return Step(BaseTag(group << 16 | low), match["one"] or match["two"])

    def keyword(self, match: re.Match[str]) -> Step:
        tag = keyword_tags().get(match[0])
        if tag is None:
            raise self.error(f"{match[0]} is no keyword{hint(match[0])}", match.start())
        return Step(BaseTag(tag))

    def item(self, step: Step) -> Step:
        match = self.match(_ITEM)
        if match is None:
            if self.text.startswith("[", self.at):
                raise self.error("expected the number of an item, from 0, or *: [0], [*]")
            return step
        if (dictionary_vr(step.tag) or "SQ") != "SQ" and not step.tag.is_private:
            raise self.error(f"{step.name} is no sequence, it has no items", match.start())
        return replace(step, item="*" if match["index"] is None else int(match["index"]))

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match

    def error(self, problem: str, at: int | None = None) -> UsageError:
        place = (self.at if at is None else at) + 1
        where = "at the end" if place > len(self.text) else f"at character {place}"
        return UsageError(f"element path {self.text!r}, {where}: {problem}")
