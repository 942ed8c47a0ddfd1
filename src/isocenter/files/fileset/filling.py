"""Placeholders for keys that a directory record must have and an instance has not.

They stand in the DICOMDIR only, never in the instance, and each one is told by a finding.
None may mix up two patients, so that a missing Patient ID becomes one of its study's own;
and none is made up for a UID, a sequence, or what describes pixels.
"""

from __future__ import annotations

from hashlib import sha256

from isocenter.core.dataset import Dataset
from isocenter.core.stored import known_vr
from isocenter.files.fileset.node import RecordNode
from isocenter.files.fileset.recordtypes import RecordType
from isocenter.standard.tag import keyword_tags

UNKNOWN = "UNKNOWN"
_COUNTED = {"InstanceNumber", "SeriesNumber"}
_BY_KEYWORD = {"Modality": "OT", "CompletionFlag": "PARTIAL", "VerificationFlag": "UNVERIFIED"}
"""The terms of PS3.3 that claim least: other, partial, unverified."""
_BY_VR = {
    **dict.fromkeys(("CS", "LO", "PN", "SH"), UNKNOWN),
    "DA": "19000101",
    "DT": "19000101",
    "TM": "000000",
}


def placeholder(ds: Dataset, _kind: RecordType, keyword: str, above: RecordNode) -> str | None:
    """What stands for a missing key, ``None`` when nothing honest can.

    Args:
        ds: the instance.
        _kind: the type of the record, which does not matter.
        keyword: the key.
        above: the record above, whose records are counted for a number.
    """
    if keyword == "PatientID":
        study = str(ds.get("StudyInstanceUID") or "")
        return f"{UNKNOWN}-{sha256(study.encode()).hexdigest()[:8]}" if study else None
    if keyword in _COUNTED:
        return str(1 + len(above.below))
    return _BY_KEYWORD.get(keyword) or _BY_VR.get(known_vr(keyword_tags()[keyword], ""))
