"""Which values pydicom takes for a VR, and what becomes of the others (PS3.5 6.2).

In: a VR, one value, a mode. Out: nothing, a warning or a ``ValueError``. The rules are looser
than those of ``isocenter.core.validation``, which decide when a file is written: queries have
ranges of dates (PS3.4 C.2.2.2.5), and control characters are let pass.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, TypeAlias

from isocenter.compat.config import IGNORE, RAISE, chosen
from isocenter.compat.misc import warn_and_log
from isocenter.core.personname import PersonName
from isocenter.standard.vr import NUMBER_CODES

Verdict: TypeAlias = tuple[bool, str]
Validator: TypeAlias = Callable[[str, Any], Verdict]

MAX_VALUE_LEN = {
    "AE": 16,
    "CS": 16,
    "DS": 16,
    "IS": 12,
    "LO": 64,
    "LT": 10240,
    "SH": 16,
    "ST": 1024,
    "UI": 64,
}
"""Characters of the longest value (PS3.5 table 6.2-1)."""
_MONTH, _DAY, _HOUR, _MINUTE = (
    "(0[1-9]|1[0-2])",
    "([0-2][0-9]|3[01])",
    "([01][0-9]|2[0-3])",
    "[0-5][0-9]",
)
_CLOCK = rf"{_HOUR}({_MINUTE}((60|{_MINUTE})(\.[0-9]{{1,6}} ?)?)?)?"


def _range(one: str) -> str:
    """One value, or a range of which either end may be open (PS3.4 C.2.2.2.5)."""
    return rf"{one}|-{one} ?|{one}- ?|{one}-{one} ?"


FORMS = {
    "AE": r"[\x20-\x7e]*",
    "AS": "[0-9]{3}[DWMY]",
    "CS": "[A-Z0-9 _]*",
    "DA": _range(f"[0-9]{{4}}{_MONTH}{_DAY}"),
    "DS": r" *[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)? *",
    "DT": _range(rf"[0-9]{{4}}({_MONTH}({_DAY}({_CLOCK})?)?)?([+-][01][0-9]{{3}})?"),
    "IS": " *[+-]?[0-9]+ *",
    "TM": _range(_CLOCK),
    "UI": r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*",
    "UR": r"[A-Za-z_0-9:/?#\[\]@!$&'()*+,;=%.~-]* *",
}
"""VR -> the form of the whole value."""
_MATCHES = {vr: re.compile(form).fullmatch for vr, form in FORMS.items()}
_MOMENTS: dict[str, type] = {"DA": date, "DT": datetime, "TM": time}
_SEE = " Please see PS3.5 table 6.2-1 for the values that each VR takes."
_GOOD = (True, "")


def _kind(vr: str, value: Any, *kinds: type) -> Verdict:
    if isinstance(value, kinds):
        return _GOOD
    return False, (f"A {type(value).__name__} is nothing that an element of VR {vr} can have.")


def _length(vr: str, value: Any) -> Verdict:
    most = MAX_VALUE_LEN.get(vr, len(value))
    if len(value) <= most:
        return _GOOD
    return False, (
        f"The value length ({len(value)}) exceeds the maximum length of {most} allowed for VR {vr}."
    )


def _form(vr: str, value: Any) -> Verdict:
    text = value.decode("latin_1") if isinstance(value, bytes) else value
    if not text or _MATCHES[vr](text):
        return _GOOD
    return False, f"Invalid value for VR {vr}: {value!r}."


def _text(vr: str, value: Any) -> Verdict:
    kind = _kind(vr, value, str, bytes)
    return _length(vr, value) if kind[0] else kind


def _formed(vr: str, value: Any) -> Verdict:
    kind = _kind(vr, value, str, bytes)
    return _form(vr, value) if kind[0] else kind


def _short_and_formed(vr: str, value: Any) -> Verdict:
    kind = _kind(vr, value, str, bytes)
    if not kind[0]:
        return kind
    wrong = [say for good, say in (_length(vr, value), _form(vr, value)) if not good]
    return (False, " ".join(wrong) + _SEE) if wrong else _GOOD


def _moment(vr: str, value: Any) -> Verdict:
    return _GOOD if isinstance(value, _MOMENTS[vr]) else _formed(vr, value)


def _name(vr: str, value: Any) -> Verdict:
    if not value or isinstance(value, PersonName):
        return _GOOD
    kind = _kind(vr, value, str, bytes)
    if not kind[0]:
        return kind
    groups = value.split(b"=" if isinstance(value, bytes) else "=")
    if len(groups) > 3:
        return False, (
            f"A person name has at most 3 groups, this one has {len(groups)} (PS3.5 6.2.1)."
        )
    return next((verdict for verdict in map(name_part, groups) if not verdict[0]), _GOOD)


def name_part(value: str | bytes) -> Verdict:
    """Whether a component, or a group of them, has at most 64 characters (PS3.5 6.2.1)."""
    if len(value) <= 64:
        return _GOOD
    return False, (
        f"A group of a person name has at most 64 characters, this one has {len(value)}."
    )


def _whole(vr: str, value: Any) -> Verdict:
    kind = _kind(vr, value, int, bytes)
    size = struct.calcsize("<" + NUMBER_CODES[vr])
    if not kind[0]:
        return kind
    if isinstance(value, bytes):
        if len(value) % size == 0:
            return _GOOD
        return False, (
            f"{len(value)} bytes are no whole number of values of VR {vr}, which take {size} each."
        )
    signed = NUMBER_CODES[vr].islower()
    least, most = (
        (-(1 << 8 * size - 1), (1 << 8 * size - 1) - 1) if signed else (0, (1 << 8 * size) - 1)
    )
    if least <= value <= most:
        return _GOOD
    return False, (f"The value is none of VR {vr}, whose values go from {least} to {most}.")


def _real(vr: str, value: Any) -> Verdict:
    return _kind(vr, value, float, int)


def _binary(vr: str, value: Any) -> Verdict:
    return _kind(vr, value, bytes, bytearray)


VALIDATORS: dict[str, Validator] = {
    **dict.fromkeys(("LO", "LT", "SH", "ST"), _text),
    **dict.fromkeys(("AS", "UR"), _formed),
    **dict.fromkeys(("AE", "CS", "DS", "IS", "UI"), _short_and_formed),
    **dict.fromkeys(_MOMENTS, _moment),
    **dict.fromkeys(("SL", "SS", "SV", "UL", "US", "UV"), _whole),
    **dict.fromkeys(("FD", "FL"), _real),
    **dict.fromkeys(("OB", "OD", "OF", "OL", "OV", "OW"), _binary),
    "PN": _name,
}
"""VR -> what tells whether one value of it is taken, and why not."""


def validate_value(
    vr: str, value: Any, validation_mode: int, validator: Validator | None = None
) -> None:
    """Nothing, when the value is taken or the mode is ``IGNORE``; else a warning or an error.

    Args:
        vr: the Value Representation.
        value: one value; ``None`` is always taken.
        validation_mode: ``config.IGNORE``, ``WARN`` or ``RAISE``.
        validator: another rule than that of the VR.

    Raises:
        ValueError: the value is not taken and the mode is ``RAISE``.
    """
    if validation_mode == IGNORE or value is None:
        return
    rule = validator or VALIDATORS.get(vr)
    good, why = rule(vr, value) if rule else _GOOD
    if not good:
        complain(why, validation_mode)


def complain(
    message: str, mode: int, error: type[Exception] = ValueError, stacklevel: int = 3
) -> None:
    """An error, a warning, or nothing, as the mode says."""
    if mode == RAISE:
        raise error(message)
    if mode != IGNORE:
        warn_and_log(message, stacklevel=stacklevel)


def mode_or_reading(mode: int | None) -> int:
    """The mode that was given, else the one in force for what is read or made."""
    return chosen().reading_mode if mode is None else mode
