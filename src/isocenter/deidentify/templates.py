"""Templates: values of attributes made from others', as pfdicom's ``-T`` writes them.

``%Keyword`` is the value of that attribute; a function may stand between: ``%_md5|7_PatientID``.
All are made from the original data set before any is put in place.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from isocenter.core.dataset import Dataset
from isocenter.core.validation import validate
from isocenter.deidentify.names import plausible_name
from isocenter.deidentify.sweep import texts
from isocenter.errors import DicomError, Finding, InvalidValueError, Level, UsageError
from isocenter.standard.dictionary import dictionary_vr
from isocenter.standard.rows import keyword_tags
from isocenter.standard.tag import BaseTag
from isocenter.standard.vr import TEXT

_PLACE = re.compile(
    r"%_(?P<function>[A-Za-z0-9]+)(?:\|(?P<argument>.*?))?_(?P<of>[A-Za-z][A-Za-z0-9]*)"
    r"|%(?P<keyword>[A-Za-z][A-Za-z0-9]*)"
    r"|(?P<wrong>%_)"
)
_MASKED = "*"


class Call(NamedTuple):
    """A place in a template: the value of an attribute, through a function or as it is."""

    function: str
    argument: str
    keyword: str


Parts: TypeAlias = "tuple[str | Call, ...]"


@dataclass(frozen=True, slots=True)
class Templates:
    """Attributes and what their new values are made of; see :func:`parse`."""

    parts: tuple[tuple[str, Parts], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.parts)

    @classmethod
    def from_json(cls, text: str) -> Templates:
        """The templates of a JSON object ``{"Keyword": "template"}``.

        Raises:
            UsageError: it is no such object, or a template is none.
        """
        try:
            told = json.loads(text, object_pairs_hook=_once)
        except ValueError as error:
            raise UsageError(f"templates are no JSON: {error}") from None
        if not isinstance(told, dict):
            raise UsageError('templates are a JSON object such as {"PatientID": "%_md5_PatientID"}')
        return cls.of(told)

    @classmethod
    def of(cls, told: Mapping[str, object]) -> Templates:
        """The templates of a mapping from keywords to templates.

        Raises:
            UsageError: a keyword or function is not known, or an argument is wrong.
        """
        return cls(tuple((_target(keyword), _parse(text)) for keyword, text in told.items()))

    def apply(self, original: Dataset, target: Dataset) -> list[Finding]:
        """Put the values made from ``original`` into ``target``; tell what was missing.

        Raises:
            InvalidValueError: a value does not fit the VR of its attribute.
        """
        missing: dict[str, None] = {}
        values = {keyword: _filled(parts, original, missing) for keyword, parts in self.parts}
        for keyword, value in values.items():
            _put(target, keyword, value)
        return [_missing(keyword) for keyword in missing]


NO_TEMPLATES = Templates()


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for keyword, value in pairs:
        if keyword in told:
            raise UsageError(f"there are two templates for {keyword}")
        told[keyword] = value
    return told


def _target(keyword: str) -> str:
    tag = keyword_tags().get(keyword)
    if tag is None:
        raise UsageError(f"{keyword!r} is no keyword of an attribute")
    if dictionary_vr(tag) not in TEXT or tag >> 16 < 0x0008:
        raise UsageError(f"{keyword} holds no text, so that no template can make it")
    return keyword


def _parse(text: object) -> Parts:
    if not isinstance(text, str):
        raise UsageError(f"a template is a text, not {type(text).__name__}")
    parts: list[str | Call] = []
    end = 0
    for place in _PLACE.finditer(text):
        parts += [text[end : place.start()], _call(place, text)]
        end = place.end()
    return tuple(part for part in (*parts, text[end:]) if part)


def _call(place: re.Match[str], text: str) -> Call:
    function, argument = place["function"] or "", place["argument"]
    keyword = place["of"] or place["keyword"] or ""
    if place["wrong"] or (function and function not in _FUNCTIONS):
        raise UsageError(f"{text!r} has no function of {', '.join(sorted(_FUNCTIONS))} at a %_")
    _known(keyword)
    problem = _wrong_argument(function, argument)
    if problem:
        raise UsageError(f"{text!r}: {problem}")
    if function == "name":
        argument = _seed(argument or keyword)
    return Call(function, argument or "", keyword)


def _known(keyword: str) -> str:
    if keyword not in keyword_tags():
        raise UsageError(f"{keyword!r} is no keyword of an attribute")
    return keyword


def _seed(word: str) -> str:
    """The keyword that seeds a name; its first letter may be a small one."""
    return _known(word[:1].upper() + word[1:])


def _wrong_argument(function: str, argument: str | None) -> str:
    if function == "md5" and argument is not None:
        right = argument.isascii() and argument.isdigit() and 1 <= int(argument) <= 32
        return "" if right else "md5 takes a number of digits, 1 to 32"
    return "strmsk takes a mask such as ****01" if function == "strmsk" and not argument else ""


# --- what functions make of a value -----------------------------------------------------------


def _md5(value: str, digits: str) -> str:
    digest = hashlib.md5(value.encode("utf-8", "surrogateescape"), usedforsecurity=False)
    return digest.hexdigest()[: int(digits or 32)]


def _strmsk(value: str, mask: str) -> str:
    """The mask, with the value's own character wherever the mask has ``*``."""
    return "".join(
        value[place : place + 1] if char == _MASKED else char for place, char in enumerate(mask)
    )


def _nospc(value: str, joint: str) -> str:
    return re.sub(r"\W+", lambda _: joint, value)


def _name(seed: str, _: str) -> str:
    return plausible_name(seed)


_FUNCTIONS: dict[str, Callable[[str, str], str]] = {
    "md5": _md5,
    "name": _name,
    "nospc": _nospc,
    "strmsk": _strmsk,
}


def _filled(parts: Parts, original: Dataset, missing: dict[str, None]) -> str:
    return "".join(
        part if isinstance(part, str) else _made(part, original, missing) for part in parts
    )


def _made(call: Call, original: Dataset, missing: dict[str, None]) -> str:
    """What a place becomes; nothing when the attribute, or what seeds a name, is missing."""
    keyword = call.argument if call.function == "name" else call.keyword
    value = _value(original, keyword)
    if value is None:
        missing[keyword] = None
        return ""
    if not call.function:
        return value
    return _FUNCTIONS[call.function](value, call.argument)


def _value(ds: Dataset, keyword: str) -> str | None:
    """The value as text; ``None`` when the attribute is absent or cannot be decoded."""
    try:
        return "\\".join(texts(ds.get(keyword))) if keyword in ds else None
    except DicomError:
        return None


def _put(target: Dataset, keyword: str, value: str) -> None:
    vr = dictionary_vr(keyword_tags()[keyword]) or ""
    tag = str(BaseTag(keyword_tags()[keyword]))
    try:
        if value:
            validate(vr, value)
        setattr(target, keyword, value)
    except (DicomError, ValueError):
        # the value is not told: it may be an identifier
        problem = f"the template for {keyword} made a value that its VR forbids"
        raise InvalidValueError(problem, vr=vr, tag=tag, clause="PS3.5 6.2") from None


def _missing(keyword: str) -> Finding:
    message = "a template asks for an attribute that is not there: nothing was put in its place"
    tag = str(BaseTag(keyword_tags()[keyword]))
    return Finding(Level.WARNING, "missing-attribute", message, tag=tag)
