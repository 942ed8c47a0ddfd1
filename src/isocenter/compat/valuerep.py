"""Values of each VR, and which are taken."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from isocenter.compat.moments import DA, DT, TM
from isocenter.compat.names import PersonName
from isocenter.compat.numbers import (
    DS,
    IS,
    DSdecimal,
    DSfloat,
    ISfloat,
    format_number_as_ds,
    is_valid_ds,
)
from isocenter.compat.rules import MAX_VALUE_LEN, VALIDATORS, validate_value
from isocenter.standard import vr as standard

__all__ = [
    "ALLOW_BACKSLASH",
    "AMBIGUOUS_VR",
    "BUFFERABLE_VRS",
    "BYTES_VR",
    "CUSTOMIZABLE_CHARSET_VR",
    "DA",
    "DEFAULT_CHARSET_VR",
    "DS",
    "DT",
    "EXPLICIT_VR_LENGTH_16",
    "EXPLICIT_VR_LENGTH_32",
    "FLOAT_VR",
    "INT_VR",
    "IS",
    "LIST_VR",
    "LONG_VALUE_VR",
    "MAX_VALUE_LEN",
    "PN_DELIMS",
    "STANDARD_VR",
    "STR_VR",
    "TEXT_VR_DELIMS",
    "TM",
    "VALIDATORS",
    "VR",
    "DSdecimal",
    "DSfloat",
    "ISfloat",
    "PersonName",
    "default_encoding",
    "format_number_as_ds",
    "is_valid_ds",
    "validate_value",
]
default_encoding = "iso8859"
TEXT_VR_DELIMS, PN_DELIMS = {0x0D, 0x0A, 0x09, 0x0C}, {0x5E}
"""The characters that reset code extensions, besides the delimiters of values (PS3.5 6.1.2.5.3)."""
_AMBIGUOUS = {
    "US_SS_OW": "US or SS or OW",
    "US_SS": "US or SS",
    "US_OW": "US or OW",
    "OB_OW": "OB or OW",
}


_NAMES: dict[str, str] = {**{one: str(one) for one in standard.VR}, **_AMBIGUOUS}
VR: Any = StrEnum("VR", _NAMES, module=__name__)  # type: ignore[misc]  # members from a table
"""The Value Representations of PS3.5 table 6.2-1, and those that depend on other elements."""


def _those(names: frozenset[str]) -> set[str]:
    return {VR(name) for name in names}


STANDARD_VR = _those(frozenset(standard.VR))
AMBIGUOUS_VR = _those(frozenset(_AMBIGUOUS.values()))
DEFAULT_CHARSET_VR = _those(standard.TEXT - standard.CHARSET_TEXT)
CUSTOMIZABLE_CHARSET_VR = _those(standard.CHARSET_TEXT)
BYTES_VR = _those(standard.BYTES)
FLOAT_VR = _those(frozenset({"DS", "FD", "FL"}))
INT_VR = _those(frozenset(standard.NUMBER_CODES) - {"FD", "FL"} | {"IS"})
LIST_VR = _those(frozenset({"SQ"}))
STR_VR = DEFAULT_CHARSET_VR | CUSTOMIZABLE_CHARSET_VR
ALLOW_BACKSLASH = BYTES_VR | AMBIGUOUS_VR - {VR("US or SS")} | _those(frozenset({"LT", "ST", "UT"}))
LONG_VALUE_VR = BYTES_VR | AMBIGUOUS_VR | _those(frozenset({"LT", "UC", "UT"}))
EXPLICIT_VR_LENGTH_16 = _those(standard.SHORT_LENGTH)
EXPLICIT_VR_LENGTH_32 = _those(standard.LONG_LENGTH)
BUFFERABLE_VRS = (BYTES_VR | {VR("OB or OW")}) - {VR("UN")}
