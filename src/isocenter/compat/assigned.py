"""What an element makes of a value that is assigned: the kind of its VR, checked.

In: any value that makes sense for the VR. Out: what the element holds.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from isocenter.compat.config import chosen
from isocenter.compat.moments import DA, DT, TM
from isocenter.compat.names import PersonName
from isocenter.compat.numbers import DS, IS
from isocenter.compat.rules import validate_value
from isocenter.compat.sequence import Sequence
from isocenter.compat.tag import BaseTag, Tag
from isocenter.compat.uid import UID
from isocenter.compat.valuerep import DEFAULT_CHARSET_VR, STR_VR
from isocenter.core.multivalue import MultiValue
from isocenter.standard import dictionary
from isocenter.standard.tag import LUT_DESCRIPTORS

_PIXEL_DATA = 0x7FE00010
_LONG_UN = 0xFFFF
_MOMENTS: dict[str, Callable[..., Any]] = {"DA": DA, "DT": DT, "TM": TM}


def converted(value: Any, vr: str, tag: int, mode: int) -> Any:
    """What an element holds when ``value`` is assigned; ``mode`` says what becomes of a wrong one.

    Raises:
        TypeError: it is an array, for Pixel Data.
        ValueError: the VR forbids it, and the mode is ``RAISE``.
    """
    if vr == "SQ":
        return value if isinstance(value, Sequence) else Sequence(value)
    if tag == _PIXEL_DATA and hasattr(value, "dtype"):
        raise TypeError(
            "Pixel Data (7FE0,0010) is set using 'bytes', not 'numpy.ndarray';"
            " Dataset.set_pixel_data() takes an array"
        )
    if not hasattr(value, "append"):
        return _one(value, vr, mode)
    if len(value) == 1:
        return _one(value[0], vr, mode)
    if tag in LUT_DESCRIPTORS and value:
        return _descriptor(value, vr, mode)
    return MultiValue(partial(_one, vr=vr, mode=mode), value)


def _descriptor(value: Any, vr: str, mode: int) -> MultiValue:
    """Of a LUT descriptor only the second number may have a sign (PS3.3 C.11.1.1)."""
    validate_value("US", value[0], mode)
    for number in value[1:]:
        validate_value(vr, number, mode)
    return MultiValue(value)


def _one(value: Any, vr: str, mode: int) -> Any:  # noqa: PLR0911 - one for each kind
    if isinstance(value, bytes) and vr in DEFAULT_CHARSET_VR:
        value = value.decode()
    if vr == "IS":
        return IS(value, mode)
    if vr == "DS":
        return DS(value, validation_mode=mode)
    if vr in _MOMENTS and chosen().datetime_conversion:
        return _MOMENTS[vr](value)
    if vr == "UI":
        return None if value is None else UID(value, mode)
    if vr == "PN":
        return PersonName(value, validation_mode=mode)
    if vr == "AT" and (value == 0 or value):
        return value if isinstance(value, BaseTag) else Tag(value)
    validate_value(vr, value, mode)
    return value


def known_vr(tag: int, vr: str, value: Any, *, undefined: bool) -> str:
    """The VR that is known of an element that came as UN (PS3.5 6.2.2)."""
    if vr != "UN" or BaseTag(tag).is_private or not chosen().replace_un_with_known_vr:
        return vr
    if undefined or value is None or len(value) < _LONG_UN:
        return dictionary.dictionary_vr(tag) or vr
    return vr


def empty_value_for_VR(VR: str | None, raw: bool = False) -> Any:
    """What an element without a value holds: text, ``None``, or no items."""
    if VR == "SQ":
        return b"" if raw else []
    if chosen().use_none_as_empty_text_VR_value:
        return None
    if VR == "PN":
        return b"" if raw else PersonName("")
    if VR in STR_VR and VR not in {"DS", "IS"}:
        return b"" if raw else ""
    return None
