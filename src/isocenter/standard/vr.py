"""Value Representations and what follows from each (PS3.5 6.2, 7.1.2)."""

from __future__ import annotations

from enum import StrEnum


class VR(StrEnum):
    """The Value Representations of PS3.5 table 6.2-1."""

    AE = "AE"
    AS = "AS"
    AT = "AT"
    CS = "CS"
    DA = "DA"
    DS = "DS"
    DT = "DT"
    FD = "FD"
    FL = "FL"
    IS = "IS"
    LO = "LO"
    LT = "LT"
    OB = "OB"
    OD = "OD"
    OF = "OF"
    OL = "OL"
    OV = "OV"
    OW = "OW"
    PN = "PN"
    SH = "SH"
    SL = "SL"
    SQ = "SQ"
    SS = "SS"
    ST = "ST"
    SV = "SV"
    TM = "TM"
    UC = "UC"
    UI = "UI"
    UL = "UL"
    UN = "UN"
    UR = "UR"
    US = "US"
    UT = "UT"
    UV = "UV"


LONG_LENGTH = frozenset(
    ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]
)
"""Explicit VRs whose length field has 32 bits after two reserved bytes (PS3.5 7.1.2)."""

SHORT_LENGTH = frozenset(VR) - LONG_LENGTH
"""Explicit VRs whose length field has 16 bits."""

BYTES = frozenset(["OB", "OD", "OF", "OL", "OV", "OW", "UN"])
"""VRs whose value stays bytes."""

CHARSET_TEXT = frozenset(["LO", "LT", "PN", "SH", "ST", "UC", "UT"])
"""VRs that Specific Character Set applies to (PS3.5 6.1.2.3)."""

SINGLE_TEXT = frozenset(["LT", "ST", "UR", "UT"])
"""Text VRs in which a backslash is no delimiter (PS3.5 6.4)."""

TEXT = (
    CHARSET_TEXT | SINGLE_TEXT | frozenset(["AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI"])
)
"""VRs made of characters."""

NUMBER_CODES = {
    "AT": "H",
    "FD": "d",
    "FL": "f",
    "SL": "i",
    "SS": "h",
    "SV": "q",
    "UL": "I",
    "US": "H",
    "UV": "Q",
}
"""Binary number VRs -> ``struct`` code; an AT value is two of them."""
