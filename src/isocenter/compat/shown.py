"""Data sets as text, with pydicom's lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from isocenter.compat.config import chosen
from isocenter.core import dataset as core

_RULE = "-" * 49
_HEAD = "Dataset.file_meta ".ljust(49, "-")


class Shown(core.Dataset):
    """How a data set is printed."""

    indent_chars = "   "

    def trait_names(self) -> list[str]:
        """What IPython offers behind a dot."""
        return dir(self)

    def formatted_lines(
        self,
        element_format: str = "%(tag)s %(name)-35.35s %(VR)s: %(repval)s",
        sequence_element_format: str = "%(tag)s %(name)-35.35s %(VR)s: %(repval)s",
        indent_format: str | None = None,
    ) -> Iterator[str]:
        """A line for each element of all levels, by a template of an element's attributes."""
        names = re.findall(r"%\((\w+)\)", element_format + sequence_element_format)
        del indent_format
        for element in self.iterall():
            template = sequence_element_format if element.VR == "SQ" else element_format
            yield template % {name: getattr(element, name) for name in names}

    def __str__(self) -> str:
        """The elements, a line each; before them those of ``file_meta`` where that is chosen."""
        meta = getattr(self, "file_meta", None) if chosen().show_file_meta else None
        head = [_HEAD, *(str(element) for element in meta), _RULE] if meta else []
        return "\n".join([*head, *_lines(self, 0)])

    __repr__ = __str__

    def top(self) -> str:
        """The lines of this level only."""
        return "\n".join(_lines(self, 0, nested=False))


def _lines(ds: Shown, depth: int, *, nested: bool = True) -> Iterator[str]:
    indent = ds.indent_chars * depth
    for element in ds:
        if element.VR != "SQ":
            yield f"{indent}{element}"
            continue
        yield f"{indent}{element.tag}  {element.name}  {len(element.value)} item(s) ---- "
        if nested:
            for item in element.value:
                yield from _lines(item, depth + 1)
                yield f"{ds.indent_chars * (depth + 1)}---------"
