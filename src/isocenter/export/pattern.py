"""A path pattern over keywords: ``{PatientID}/{StudyDate}/{SeriesNumber}/{InstanceNumber}.jpg``."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TypeAlias

from isocenter.core.dataset import Dataset
from isocenter.core.part10 import FileDataset
from isocenter.core.suggestions import hint
from isocenter.errors import DicomError, UsageError
from isocenter.export.formats import EXTENSIONS, OTHERS
from isocenter.files.names import cleaned, component
from isocenter.standard.dictionary import dictionary_vr, tag_for_keyword

FRAME, FILE = "frame", "file"
"""The fields that are no keywords: the frame from 0, the file's name without extension."""

_FIELD = re.compile(r"\{([^{}:]*)(?::0?([0-9]{1,2}))?\}")
_NO_TEXT = frozenset({"SQ", "OB", "OD", "OF", "OL", "OV", "OW", "UN"})
_META_END = 0x00030000


@dataclass(frozen=True, slots=True)
class Field:
    """A keyword, ``frame`` or ``file``; numbers are filled with zeros to ``width`` digits."""

    name: str
    width: int = 0

    def padded(self, text: str) -> str:
        """The text, filled up when it is a number."""
        return text.zfill(self.width) if text.isascii() and text.isdigit() else text


Part: TypeAlias = "str | Field"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Folders and a file name, each a run of text and fields, and the extension (or none)."""

    folders: tuple[tuple[Part, ...], ...]
    name: tuple[Part, ...]
    extension: str

    @property
    def has_frame(self) -> bool:
        """Whether the pattern says where the frame's number goes."""
        return any(
            isinstance(part, Field) and part.name == FRAME
            for parts in (*self.folders, self.name)
            for part in parts
        )

    def path(self, texts: dict[str, str]) -> tuple[str, str]:
        """The folder, with ``/``, and the file name without extension for the fields' texts."""
        folders = [component(_joined(parts, texts)) for parts in self.folders]
        return "/".join(folders), component(_joined(self.name, texts))

    @property
    def keywords(self) -> tuple[str, ...]:
        """The keywords asked for, each once."""
        fields = [
            part
            for parts in (*self.folders, self.name)
            for part in parts
            if isinstance(part, Field) and part.name not in {FRAME, FILE}
        ]
        return tuple(dict.fromkeys(field.name for field in fields))


def _joined(parts: tuple[Part, ...], texts: dict[str, str]) -> str:
    return "".join(
        part if isinstance(part, str) else part.padded(texts[part.name]) for part in parts
    )


def parse(text: str) -> Pattern:
    """The pattern written in ``text``.

    An extension is one that pictures have; any other is part of the name.

    Raises:
        UsageError: a field is no keyword or holds no text, the path leads out of the output, or
            the extension is one of files that are not written here.
    """
    *folders, name = [_parts(piece, text) for piece in text.split("/")]
    last = name[-1]
    extension = _extension(last, text) if isinstance(last, str) else ""
    if extension and isinstance(last, str):
        stem = last.removesuffix(extension)
        name = (*name[:-1], stem) if stem else name[:-1]
    if not name:
        raise UsageError(f"pattern {text!r} has no file name")
    return Pattern(tuple(folders), name, extension)


def _extension(text: str, pattern: str) -> str:
    """The extension of a picture that ``text`` ends with, as written; else empty."""
    suffix = text[text.rfind(".") :] if "." in text else ""
    if suffix.casefold() in OTHERS:
        raise UsageError(
            f"pattern {pattern!r} ends in {suffix}, which is no format written here;"
            f" there are {', '.join(sorted(EXTENSIONS))}"
        )
    return suffix if suffix.casefold() in EXTENSIONS else ""


def _parts(piece: str, pattern: str) -> tuple[Part, ...]:
    """Text and fields of what stands between two slashes."""
    if piece.strip(". ") == "":
        raise UsageError(f"pattern {pattern!r} has a folder without a name, or leads out of OUT")
    parts: list[Part] = []
    at = 0
    for match in _FIELD.finditer(piece):
        parts += [_literal(piece[at : match.start()], pattern), _field(match)]
        at = match.end()
    parts.append(_literal(piece[at:], pattern))
    return tuple(part for part in parts if part)


def _literal(text: str, pattern: str) -> str:
    if set(text) & set("{}"):
        raise UsageError(f"pattern {pattern!r} has a brace that is no field such as {{PatientID}}")
    text = unicodedata.normalize("NFC", text)
    wrong = next((char for char in text if cleaned(char) == "_" != char), "")
    if wrong:
        raise UsageError(f"pattern {pattern!r} has {wrong!r}, which file systems refuse")
    return text


def _field(match: re.Match[str]) -> Field:
    name = match[1]
    if name not in {FRAME, FILE}:
        tag = tag_for_keyword(name)
        if tag is None:
            raise UsageError(f"{{{name}}} in the pattern is no keyword{hint(name)}")
        if dictionary_vr(tag) in _NO_TEXT or " or " in (dictionary_vr(tag) or ""):
            raise UsageError(f"{{{name}}} in the pattern holds no text to name a file with")
    return Field(name, int(match[2] or 0))


def texts(pattern: Pattern, ds: FileDataset) -> dict[str, str]:
    """What the fields of ``pattern`` say for a data set, fit for names.

    What is missing is said: ``unknown-`` and the keyword for an absent attribute,
    ``empty-`` for one without value, ``unreadable-`` for one that cannot be decoded.
    """
    return {keyword: _text(ds, keyword) for keyword in pattern.keywords}


def _text(ds: FileDataset, keyword: str) -> str:
    tag = tag_for_keyword(keyword)
    holder: Dataset = ds.file_meta if tag is not None and tag < _META_END else ds
    if keyword not in holder:
        return f"unknown-{keyword}"
    try:
        value = holder.get(keyword)
    except DicomError:
        return f"unreadable-{keyword}"
    several = value if isinstance(value, list) else [value]
    text = "\\".join("" if one is None else str(one) for one in several).strip()
    return cleaned(text) if text.strip("\\") else f"empty-{keyword}"
