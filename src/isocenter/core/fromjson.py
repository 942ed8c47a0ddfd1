"""From the DICOM JSON Model to a data set (PS3.18 F.2).

What real services send besides the Standard is understood too: names as plain text, a
base64 text or a URI inside an array, as the example of F.4 has it. Nesting is followed
with a list, never with the stack.
"""

from __future__ import annotations

import re
import warnings
from base64 import b64decode
from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any, NamedTuple, TypeAlias

import orjson

from isocenter.core.charset import character_sets
from isocenter.core.dataset import Dataset
from isocenter.core.deepjson import deep_value
from isocenter.core.element import DataElement
from isocenter.core.sequence import Sequence
from isocenter.core.stored import creator_tag
from isocenter.core.values import decode, empty_value
from isocenter.errors import InvalidDicomError, UsageError, ValueDecodingError
from isocenter.standard.tag import BaseTag
from isocenter.standard.vr import BYTES, VR

BulkDataURIHandler: TypeAlias = Callable[[str], Any] | Callable[[str, str, str], Any]

_UTF8 = character_sets(("ISO_IR 192",))
_VRS = frozenset(VR)
_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
_INTEGERS = frozenset({"SL", "SS", "SV", "UL", "US", "UV"})
_FLOATS = frozenset({"FD", "FL"})


def from_json(
    json_dataset: str | bytes | bytearray | dict[str, Any],
    bulk_data_uri_handler: BulkDataURIHandler | None = None,
) -> Dataset:
    """The data set of a DICOM JSON Model object (PS3.18 F.2.2).

    Args:
        json_dataset: the JSON text, or the object it says as dictionaries.
        bulk_data_uri_handler: fetches a value by its ``BulkDataURI``; takes the URI, or
            tag, VR and URI. Without one such an element is empty, with a warning.

    Raises:
        InvalidDicomError: the text is no JSON, or no object.
        ValueDecodingError: an attribute object is none of F.2.2, or its value is none of
            its VR; names the tag, with the items around it.
    """
    model = json_dataset if isinstance(json_dataset, dict) else _parsed(json_dataset)
    fetch = _fetcher(bulk_data_uri_handler)
    dataset = Dataset()
    pending = [_Level(dataset, model, "")]
    while pending:
        pending.extend(_filled(pending.pop(), fetch))
    return dataset


class _Level(NamedTuple):
    """One data set to fill: from which object, and where it is nested."""

    dataset: Dataset
    model: dict[str, Any]
    path: str


Fetch: TypeAlias = Callable[[str, str, str], Any]


def _fetcher(handler: BulkDataURIHandler | None) -> Fetch:
    if handler is None:
        return _fetch_nothing
    required = [one for one in signature(handler).parameters.values() if one.default is one.empty]
    if len(required) == 1 and required[0].kind is not Parameter.VAR_POSITIONAL:
        return lambda _tag, _vr, uri: handler(uri)  # type: ignore[call-arg]  # just counted
    return handler  # type: ignore[return-value]  # just counted


def _fetch_nothing(tag: str, vr: str, uri: str) -> Any:
    message = f"{tag} is empty: there is no bulk_data_uri_handler to fetch {uri}"
    warnings.warn(message, UserWarning, stacklevel=5)
    return empty_value(vr)


def _parsed(text: str | bytes | bytearray) -> dict[str, Any]:
    try:
        model = _loaded(text)
    except ValueError as error:
        raise InvalidDicomError(f"no JSON: {error}", clause="PS3.18 F.2") from error
    if not isinstance(model, dict):
        raise InvalidDicomError(
            f"a JSON object was expected, not {type(model).__name__}", clause="PS3.18 F.2.2"
        )
    return model


def _loaded(text: str | bytes | bytearray) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        decoded = text if isinstance(text, str) else text.decode("utf-8")
        if decoded.count("{") < _DEEP:
            raise
    return deep_value(decoded)


_DEEP = 300
"""Objects in a text that may be nested deeper than orjson reads: 1,024 levels of JSON."""


def _filled(level: _Level, fetch: Fetch) -> list[_Level]:
    """Fill one data set; the items in it, which are still to be filled."""
    dataset, model, path = level
    inside: list[_Level] = []
    # creators come before what they reserve only when sorted
    for tag, key in sorted((_tag(key, path), key) for key in model):
        try:
            vr, value = _read(tag, model[key], fetch)
            element = DataElement(tag, vr, value, _creator(dataset, tag) if tag & 0x10000 else "")
            if vr == "SQ":
                inside += _items(element, model[key], f"{path}{tag}")
        except (UsageError, ValueError, TypeError) as error:
            raise _wrong(error, f"{path}{tag}") from error
        dataset[tag] = element
    return inside


def _wrong(error: Exception, place: str) -> ValueDecodingError:
    problem = getattr(error, "problem", str(error))
    return ValueDecodingError(problem, tag=place, clause="PS3.18 F.2.2")


_is_tag = re.compile("[0-9A-Fa-f]{8}").fullmatch


def _tag(key: str, path: str) -> BaseTag:
    if _is_tag(key):
        return BaseTag(int(key, 16))
    raise ValueDecodingError(
        f"{key!r} is no tag of eight hexadecimal digits", tag=path or None, clause="PS3.18 F.2.2"
    )


def _creator(dataset: Dataset, tag: BaseTag) -> str:
    place = creator_tag(tag)
    return str(dataset[place].value) if place in dataset else ""


def _read(tag: BaseTag, attribute: Any, fetch: Fetch) -> tuple[str, Any]:
    """VR and value of one attribute object; the items of a sequence are made later."""
    vr = attribute.get("vr") if isinstance(attribute, dict) else None
    if vr not in _VRS:
        raise ValueError(f"an object with a vr was expected, not {attribute!r:.40}")
    if "Value" in attribute:
        return vr, _values(vr, attribute["Value"])
    if "InlineBinary" in attribute:
        return vr, _binary(vr, _text_of(attribute["InlineBinary"]))
    if "BulkDataURI" in attribute:
        return vr, fetch(f"{tag:08X}", vr, _text_of(attribute["BulkDataURI"]))
    return vr, [] if vr == "SQ" else empty_value(vr)


def _text_of(value: Any) -> str:
    if isinstance(value, list) and len(value) == 1:
        (value,) = value  # as in F.4
    if isinstance(value, str):
        return value
    raise TypeError(f"text was expected, not {type(value).__name__}")


def _binary(vr: str, text: str) -> Any:
    """A whole value field, which may be of any VR (F.2.7)."""
    data = b64decode("".join(text.split()), validate=True)
    return decode(vr, data, "<", _UTF8) if data else empty_value(vr)


def _values(vr: str, values: Any) -> Any:
    if not isinstance(values, list):
        raise TypeError(f"Value is an array, not {type(values).__name__}")
    if vr == "SQ":
        return Sequence(Dataset() for _ in values)
    if vr in BYTES:
        raise ValueError(f"a value of VR {vr} is InlineBinary, not Value")
    read = _READERS.get(vr, _same)
    made = [_EMPTY if value is None else read(value) for value in values]
    if len(made) == 1:
        return empty_value(vr) if made[0] == _EMPTY else made[0]
    return made


_EMPTY = ""
"""What an empty value among several is, whatever the VR."""


def _same(value: Any) -> Any:
    return value


def _integer(value: Any) -> int:
    if isinstance(value, bool) or (value != int(value) and not isinstance(value, str)):
        raise ValueError(f"{value!r} is no integer")
    return int(value)


def _decimal(value: Any) -> str:
    if isinstance(value, bool):
        raise TypeError(f"{value!r} is no number")
    return str(value)


def _float(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError(f"{value!r} is no number")
    return float(value)  # NaN, inf and Infinity too


def _name(value: Any) -> str:
    if isinstance(value, str):
        return value  # some services
    if not isinstance(value, dict):
        raise TypeError(f"a name is an object, not {value!r:.40}")
    return "=".join(_text_of(value.get(group) or "") for group in _GROUPS).rstrip("=")


def _attribute_tag(value: Any) -> int:
    return int(_text_of(value), 16)


_READERS: dict[str, Callable[[Any], Any]] = {
    "AT": _attribute_tag,
    "DS": _decimal,
    "PN": _name,
    **dict.fromkeys(_INTEGERS, _integer),
    **dict.fromkeys(_FLOATS, _float),
}


def _items(element: DataElement, attribute: dict[str, Any], place: str) -> list[_Level]:
    models = attribute.get("Value") or []
    wrong = next((model for model in models if not isinstance(model, dict | None)), None)
    if wrong is not None:
        raise TypeError(f"an item is an object, not {wrong!r:.40}")
    return [
        _Level(item, model or {}, f"{place}[{index}].")
        for index, (item, model) in enumerate(zip(element.value, models, strict=True))
    ]
