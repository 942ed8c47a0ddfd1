"""A data set as Python that makes it again.

In: a data set. Out: the lines of a program that uses the names ``Dataset``,
``FileMetaDataset`` and ``Sequence``, which mean the same in pydicom. Every value stands
there as the ``repr`` of a plain Python value, and every comment on one line with
control characters escaped, so that text of the data set is never read as Python.

What is not made again: (0002,0000), which writing makes anew, binary values that are
longer than asked for, and values that cannot be decoded. For each of the last two a
comment says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from isocenter.core.dataset import Dataset
from isocenter.core.element import DataElement
from isocenter.core.listing import printable
from isocenter.core.multivalue import MultiValue
from isocenter.core.part10 import FileDataset
from isocenter.core.stored import creator_tag
from isocenter.errors import ValueDecodingError
from isocenter.standard.dictionary import dictionary_vr
from isocenter.standard.tag import BaseTag, keyword_tags
from isocenter.standard.vr import TEXT

IMPORT = "from isocenter import Dataset, FileMetaDataset, Sequence"
"""The line that differs from a program for pydicom."""
EXCLUDE_SIZE = 100
"""Binary values of more bytes are left out unless more are asked for."""
_META_LENGTH = 0x00020000
_TRANSFER_SYNTAX = 0x00020010
_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

Step: TypeAlias = "str | Iterator[Step]"


def codify(
    dataset: FileDataset, name: str, output: str, exclude_size: int = EXCLUDE_SIZE
) -> Iterator[str]:
    """The lines of a program that makes ``dataset`` again.

    Args:
        dataset: what was read.
        name: what a comment calls it, most often the name of its file.
        output: where the program saves it when it is run.
        exclude_size: binary values of more bytes become a comment.
    """
    # the first two lines are ours: what Python takes there for an encoding (PEP 263) is
    # not to come from the name of a file
    yield '"""Makes a DICOM data set again."""'
    yield ""
    yield f"# Written by isocenter codify from {printable(repr(name))}"
    yield ""
    yield IMPORT
    yield ""
    yield from _once_blank(_flat(_statements(dataset, exclude_size)))
    yield ""
    yield 'if __name__ == "__main__":'
    yield f"    ds.save_as({output!r}, enforce_file_format=True)"


def _statements(dataset: FileDataset, exclude_size: int) -> Iterator[Step]:
    yield "file_meta = FileMetaDataset()"
    yield _Owner("file_meta", dataset.file_meta, exclude_size).lines()
    if _TRANSFER_SYNTAX not in dataset.file_meta:
        yield f"# not in the file: {printable(dataset.transfer_syntax.name)}, as its bytes look like"
        yield f"file_meta.TransferSyntaxUID = {str(dataset.transfer_syntax)!r}"
    yield ""
    yield "ds = Dataset()"
    yield "ds.file_meta = file_meta"
    if dataset.preamble and dataset.preamble.strip(b"\0"):
        yield f"ds.preamble = {dataset.preamble!r}"
    yield _Owner("ds", dataset, exclude_size).lines()


def _once_blank(lines: Iterator[str]) -> Iterator[str]:
    """The lines with one blank line where several follow each other."""
    before = ""
    for line in lines:
        if line or before:
            yield line
        before = line


def _flat(steps: Iterator[Step]) -> Iterator[str]:
    levels = [steps]  # nesting may be deeper than the stack
    while levels:
        step = next(levels[-1], None)
        if step is None:
            levels.pop()
        elif isinstance(step, str):
            yield step
        else:
            levels.append(step)


@dataclass(frozen=True, slots=True)
class _Owner:
    """A data set and the variable that holds it, ``depth`` items deep."""

    variable: str
    dataset: Dataset
    exclude_size: int
    depth: int = 0

    def lines(self) -> Iterator[Step]:
        blocks = _blocks(self.dataset)
        for element in self.dataset.readable():
            if isinstance(element, ValueDecodingError):
                yield f"# {element.tag} cannot be read: {printable(element.problem)}"
            elif element.tag in blocks:
                yield self.block(element)
            elif element.VR == "SQ":
                yield self.sequence(element, blocks)
            elif element.tag != _META_LENGTH:
                yield self.value(element, blocks)

    def value(self, element: DataElement, blocks: frozenset[int]) -> str:
        value = element.value
        if isinstance(value, bytes) and len(value) > self.exclude_size:
            return f"# {self.put(element, '...', blocks)}  # {len(value):,} bytes left out"
        return self.put(element, literal(element.VR, value), blocks)

    def put(self, element: DataElement, value: str, blocks: frozenset[int]) -> str:
        """The statement that gives the element its value."""
        tag, vr = element.tag, str(element.VR)
        if _is_attribute(element):
            return f"{self.variable}.{element.keyword} = {value}"
        if creator_tag(tag) in blocks:
            return (
                f"{self.block_name(creator_tag(tag))}.add_new(0x{tag & 0xFF:02X}, {vr!r}, {value})"
            )
        return f"{self.variable}.add_new({_pair(tag)}, {vr!r}, {value})"

    def block(self, creator: DataElement) -> str:
        reserved = f"private_block(0x{creator.tag.group:04X}, {str(creator.value)!r}, create=True)"
        return f"{self.block_name(creator.tag)} = {self.variable}.{reserved}"

    def block_name(self, creator: int) -> str:
        return f"{self.variable}_block_{creator >> 16:04x}_{creator & 0xFF:02x}"

    def sequence(self, element: DataElement, blocks: frozenset[int]) -> Iterator[Step]:
        yield ""
        yield f"# {printable(element.name)}: {len(element.value)} item{'' if len(element.value) == 1 else 's'}"
        yield self.put(element, "Sequence()", blocks)
        item_name = _item_name(element, self.depth)
        for item in element.value:
            yield f"{item_name} = Dataset()"
            yield f"{self.got(element)}.append({item_name})"
            yield _Owner(item_name, item, self.exclude_size, self.depth + 1).lines()
            yield ""

    def got(self, element: DataElement) -> str:
        """The expression that gives the element's value."""
        if _is_attribute(element):
            return f"{self.variable}.{element.keyword}"
        return f"{self.variable}[{_pair(element.tag)[1:-1]}].value"


def _is_attribute(element: DataElement) -> bool:
    """Whether assigning to the keyword makes this tag with this VR."""
    known = keyword_tags().get(element.keyword) == element.tag
    return known and dictionary_vr(element.tag) == element.VR


def _pair(tag: BaseTag) -> str:
    return f"(0x{tag.group:04X}, 0x{tag.element:04X})"


def _item_name(element: DataElement, depth: int) -> str:
    """A variable for items: no data set around them has the same, so none is lost."""
    words = _BORDER.sub("_", element.keyword.removesuffix("Sequence")).lower()
    name = words or f"private_{element.tag:08x}"
    return f"{name}_item_{depth + 1}" if depth else f"{name}_item"


def _blocks(dataset: Dataset) -> frozenset[int]:
    """The creators that ``private_block`` puts where they are: one behind the other."""
    found: dict[int, str] = {}
    for tag in dataset.keys():
        if not tag.is_private_creator:
            continue
        name = _creator(dataset, tag)
        before = [found.get(other) for other in range(tag & 0xFFFF0000 | 0x10, tag)]
        if name and None not in before and name not in before:
            found[tag] = name
    return frozenset(found)


def _creator(dataset: Dataset, tag: int) -> str:
    try:
        element = dataset[tag]
    except ValueDecodingError:
        return ""
    return element.value if element.VR == "LO" and isinstance(element.value, str) else ""


def literal(vr: str, value: Any) -> str:
    """The Python expression for a decoded value; numbers as text keep their text."""
    if isinstance(value, MultiValue | list | tuple):
        return "[" + ", ".join(_single(vr, one) for one in value) + "]"
    return _single(vr, value)


def _single(vr: str, value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, bytes | bytearray | memoryview):
        return repr(bytes(value))
    if vr == "AT":
        return f"0x{value:08X}"
    if isinstance(value, float) and vr not in TEXT:
        return repr(float(value)) if math.isfinite(value) else f"float({str(float(value))!r})"
    if isinstance(value, int) and vr not in TEXT:
        return repr(int(value))
    return repr(str(value))
