"""A data set without names, made anew: only what a rule lets pass is carried over.

In: a data set and a :class:`Policy`. Out: another one and findings. No byte of the original's
buffer is copied as such, so that nothing between, behind or around its elements comes along.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from isocenter.core.dataset import Dataset, FileMetaDataset
from isocenter.core.element import DataElement
from isocenter.core.multivalue import MultiValue
from isocenter.core.part10 import FileDataset
from isocenter.core.part10writer import IMPLEMENTATION_VERSION
from isocenter.core.sequence import Sequence
from isocenter.deidentify.dummies import dummy
from isocenter.deidentify.pixels import without_excess
from isocenter.deidentify.policy import Dates, Policy, Profile
from isocenter.deidentify.sweep import DEEPEST, identifiers, telling, texts
from isocenter.deidentify.table import TEMPORAL, Action, action, most_values, vrs
from isocenter.deidentify.temporal import shifted
from isocenter.deidentify.words import known_words
from isocenter.errors import DicomError, Finding, Level
from isocenter.standard.tag import BaseTag
from isocenter.standard.uid import EXPLICIT_LITTLE, UID
from isocenter.standard.uidgeneration import IMPLEMENTATION_UID

_CLAUSE = "PS3.15 E.2"
_UTF_8 = "ISO_IR 192"
_CHARSET, _PATIENT_ID, _PIXEL_DATA = 0x00080005, 0x00100020, 0x7FE00010
_FORMS = {
    "AS": re.compile(r"\d{3}[DWMY]"),
    "CS": re.compile(r"[A-Za-z0-9 _.+\-/]{1,16}"),
}
"""What a value that stays looks like; blanks and a few signs more than the Standard has."""
_TEMPORAL_STATE = {Dates.REMOVE: "REMOVED", Dates.SHIFT: "MODIFIED", Dates.KEEP: "UNMODIFIED"}


class NotCleanedError(DicomError):
    """A data set that cannot be de-identified; nothing of it may be handed on."""

    code = "not-deidentified"


def deidentify(ds: Dataset, policy: Policy) -> tuple[FileDataset, tuple[Finding, ...]]:
    """A new data set in which nothing identifies the patient, as far as the policy says.

    Pixels stay as they are: ask :func:`isocenter.deidentify.suspects` first. The data set
    given is not changed. The same key and policy give the same replacements everywhere, so that
    references between data sets still lead somewhere.

    Args:
        ds: read whole, with ``file_meta`` when it is a file's.
        policy: what goes and what stays.

    Returns:
        The data set, in UTF-8, with file meta and an empty preamble; and what could not be
        done as asked. Messages name attributes and never tell a value.

    Raises:
        NotCleanedError: the structure is damaged, it is a directory of files, or the transfer
            syntax is none that is known.
        InvalidValueError: a template makes a value that its VR forbids.
    """
    _check(ds, policy)
    if policy.profile is Profile.NONE:
        cleaned, findings = _as_it_was(ds), []
    else:
        work = _Cleaning(ds, policy)
        cleaned = FileDataset(work.level(ds, 0))
        _declare(cleaned, policy)
        if not _syntax(ds).is_encapsulated:
            work.pixels(cleaned)
        findings = work.findings
        _add_file_meta(cleaned, ds, policy)
    findings += policy.templates.apply(ds, cleaned)
    _follow(cleaned)
    _check(ds, policy)  # sequences were read only now
    return cleaned, tuple(dict.fromkeys(findings))


def _check(ds: Dataset, policy: Policy) -> None:
    broken = next((one for one in ds.findings if one.level is Level.ERROR), None)
    if broken is not None:
        raise NotCleanedError(f"the structure is damaged ({broken.code})", offset=broken.offset)
    if getattr(ds, "cut", False):
        raise NotCleanedError("the bytes end inside an element")
    if "DirectoryRecordSequence" in ds:
        raise NotCleanedError("a DICOMDIR names files, which get other names")
    kind = _texts_or_none(ds, "SOPClassUID") if policy.profile is Profile.BASIC else []
    if kind and UID(kind[0]).name == kind[0]:
        raise NotCleanedError("a SOP class that is not the Standard's", tag="(0008,0016)")
    if not _syntax(ds).is_transfer_syntax:
        raise NotCleanedError("the transfer syntax is not known", tag="(0002,0010)")


def _syntax(ds: Dataset) -> UID:
    return UID(getattr(ds, "transfer_syntax", EXPLICIT_LITTLE))


def _as_it_was(ds: Dataset) -> FileDataset:
    copied = deepcopy(ds)
    if isinstance(copied, FileDataset):
        return copied
    made = FileDataset(copied)
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = made.__dict__["transfer_syntax"] = _syntax(ds)
    return made


def _add_file_meta(cleaned: FileDataset, ds: Dataset, policy: Policy) -> None:
    """File meta and preamble of the new data set: of the old ones only the transfer syntax."""
    told = getattr(ds, "file_meta", Dataset())
    for keyword in ("SOPClassUID", "SOPInstanceUID"):
        if not cleaned.get(keyword):  # some files tell it in file meta only
            instead = _texts_or_none(told, f"MediaStorage{keyword}")
            if instead:
                setattr(cleaned, keyword, new_uid(instead[0], policy, keep=policy.retain_uids))
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\0\1"
    meta.TransferSyntaxUID = _syntax(ds)
    meta.ImplementationClassUID = IMPLEMENTATION_UID
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION
    cleaned.file_meta = meta
    cleaned.__dict__.update(transfer_syntax=_syntax(ds), preamble=bytes(128))


def _follow(cleaned: FileDataset) -> None:
    """Make file meta say which instance it is of (PS3.10 7.1)."""
    for keyword in ("SOPClassUID", "SOPInstanceUID"):
        if cleaned.get(keyword):
            setattr(cleaned.file_meta, f"MediaStorage{keyword}", cleaned.get(keyword))


def _texts_or_none(ds: Dataset, keyword: str) -> list[str]:
    try:
        return [text for text in texts(ds.get(keyword)) if text]
    except DicomError:
        return []


def _declare(cleaned: Dataset, policy: Policy) -> None:
    """What PS3.15 E.2 and E.3.6 want said of what was done."""
    cleaned.SpecificCharacterSet = _UTF_8
    cleaned.PatientIdentityRemoved = "YES"
    cleaned.DeidentificationMethod = list(policy.method)
    cleaned.DeidentificationMethodCodeSequence = [_code(*code) for code in policy.codes]
    cleaned.LongitudinalTemporalInformationModified = _TEMPORAL_STATE[policy.dates]


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


def new_uid(text: str, policy: Policy, *, keep: bool = False) -> str:
    """What stands for a UID: itself when the Standard registers it, or when it may stay."""
    uid = UID(text)
    stays = uid.name != text or (keep and uid.is_valid)
    return text if stays else policy.key.uid(text)


class _Cleaning:
    """One data set while it is made anew."""

    def __init__(self, ds: Dataset, policy: Policy) -> None:
        self.policy = policy
        self.findings: list[Finding] = []
        self.names = identifiers(ds)
        self.patient = self._patient(ds)

    def _patient(self, ds: Dataset) -> str:
        """Whose dates these are: the patient, else the study."""
        for keyword in ("PatientID", "StudyInstanceUID", "SOPInstanceUID"):
            told = [text.strip() for text in _texts_or_none(ds, keyword)]
            if any(told):
                if keyword != "PatientID" and self.policy.dates is Dates.SHIFT:
                    self.note("no-patient-id", f"dates are shifted by {keyword}", _PATIENT_ID)
                return "\\".join(told)
        return ""

    def note(self, code: str, message: str, tag: int) -> None:
        finding = Finding(Level.WARNING, code, message, tag=str(BaseTag(tag)), clause=_CLAUSE)
        self.findings.append(finding)

    def level(self, ds: Dataset, depth: int) -> Dataset:
        """A data set or item, of what may stay."""
        made = Dataset()
        for tag in ds.keys():
            element = self.element(ds, int(tag), depth)
            if element is not None:
                made.add(element)
        return made

    def element(self, ds: Dataset, tag: int, depth: int) -> DataElement | None:
        wanted = action(tag, self.policy)
        if wanted is Action.REMOVE or tag == _CHARSET:
            return None
        try:
            found = ds[tag]
            vr, value = str(found.VR), found.value
        except DicomError:
            self.note("not-understood", "no value of its VR: removed", tag)
            return None
        if most_values(tag) < found.VM:
            self.note("not-understood", "more values than it can have: removed", tag)
            return None
        if vr not in vrs(tag):
            self.note("not-understood", "its VR is not the Standard's: removed", tag)
            return None
        try:
            replaced = self.replaced(wanted, tag, vr, value, depth)
            return None if replaced is _GONE else DataElement(tag, vr, replaced)
        except (ValueError, TypeError, OverflowError):
            self.note("not-understood", "no value of its VR: removed", tag)
            return None

    def replaced(self, wanted: Action, tag: int, vr: str, value: Any, depth: int) -> Any:
        """The new value, or ``_GONE``."""
        if wanted is Action.EMPTY or not has_value(value):
            return [] if vr == "SQ" else None
        if wanted is Action.DUMMY and vr != "UI":
            own = tag == _PATIENT_ID
            return self.policy.key.pseudonym(str(value).strip()) if own else dummy(vr)
        if vr == "SQ":
            return self.items(tag, value, depth)
        if vr == "UI":
            keep = wanted is Action.KEEP
            return self.each(value, lambda text: new_uid(text, self.policy, keep=keep))
        if vr in TEMPORAL:
            days = self.policy.key.days(self.patient) if wanted is Action.SHIFT else 0
            return self.moved(tag, vr, value, days)
        if wanted is Action.CLEAN:
            value = self.each(value, known_words)
        return self.checked(tag, vr, value)

    def pixels(self, cleaned: FileDataset) -> None:
        """Native pixels end where the image does."""
        if _PIXEL_DATA in cleaned and without_excess(cleaned):
            self.note("excess", "bytes behind the last pixel were cut off", _PIXEL_DATA)

    def items(self, tag: int, value: Any, depth: int) -> Any:
        if depth >= DEEPEST:
            self.note("not-understood", f"nested deeper than {DEEPEST} levels: removed", tag)
            return _GONE
        style = getattr(value, "undefined_length", False)
        return Sequence(
            [self.level(item, depth + 1) for item in value or ()], undefined_length=style
        )

    def each(self, value: Any, change: Any) -> Any:
        """A value, or each of several, changed; what is empty stays so."""
        if isinstance(value, MultiValue | list):
            return [change(str(one)) if str(one) else "" for one in value]
        return change(str(value)) if has_value(value) else None

    def moved(self, tag: int, vr: str, value: Any, days: int) -> Any:
        made = [shifted(vr, text, days) if text else "" for text in written(value)]
        if None in made:
            self.note("bad-date", "no date or time that can be kept or moved: removed", tag)
            return _GONE
        return made if len(made) > 1 else (made[0] if made else None)

    def checked(self, tag: int, vr: str, value: Any) -> Any:
        """A value that stays, unless it names somebody or is none that its VR can have."""
        if telling(tag, vr, value, self.names):
            self.note("identifier-found", "it held a name or number of the patient: emptied", tag)
            return None
        form = _FORMS.get(vr)
        if form is not None and not all(form.fullmatch(text) for text in texts(value) if text):
            self.note("not-understood", "no value of its VR: removed", tag)
            return _GONE
        return value


_GONE: Any = object()
"""Stands for an element that does not stay."""


def has_value(value: Any) -> bool:
    """Whether there is a value."""
    return value is not None and (isinstance(value, int | float) or bool(value))


def written(value: Any) -> list[str]:
    """Dates and times as texts; none of an empty element."""
    if not isinstance(value, MultiValue | list):
        value = [value] if has_value(value) else []
    return [str(one) for one in value]
