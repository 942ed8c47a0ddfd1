"""Values that say nothing, one for each VR (action D of PS3.15 table E.1-1)."""

from __future__ import annotations

from typing import Any

from isocenter.core.dataset import Dataset
from isocenter.standard.vr import BYTES, NUMBER_CODES

_WORD = "ANONYMIZED"
_OTHERS = {
    "AS": "000D",
    "DA": "19000101",
    "DS": "0",
    "DT": "19000101000000",
    "IS": "0",
    "TM": "000000",
    "UR": "urn:anonymized",
}


def dummy(vr: str) -> Any:
    """A value that is not empty and valid for the VR, UI aside; of a sequence one empty item."""
    if vr == "SQ":
        return [Dataset()]
    if vr in BYTES:
        return bytes(8)
    return 0 if vr in NUMBER_CODES else _OTHERS.get(vr, _WORD)
