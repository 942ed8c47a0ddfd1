"""Why pixels may show a name: what only the attributes tell, because nothing reads the image."""

from __future__ import annotations

from collections.abc import Iterator

from isocenter.core.dataset import Dataset
from isocenter.deidentify.sweep import texts
from isocenter.errors import DicomError
from isocenter.standard.uid import UID, MPEGTransferSyntaxes

_CAPTURES = "1.2.840.10008.5.1.4.1.1.7"
_DOCUMENTS = "1.2.840.10008.5.1.4.1.1.104."
_MODALITIES = frozenset({"DOC", "ES", "GM", "IVOCT", "OP", "OT", "SC", "SM", "US", "XC"})
_SCREENS = ("SCREEN", "SAVE", "SECONDARY CAPTURE", "DOSE_INFO", "PATIENT PROTOCOL")


def suspects(ds: Dataset) -> tuple[str, ...]:
    """What suggests that the pixels show text or a person; empty when nothing does.

    Burned In Annotation (0028,0301) of ``NO`` is believed of captures and ultrasound, not
    of documents, videos and saved screens.
    """
    return tuple(_reasons(ds))


def _reasons(ds: Dataset) -> Iterator[str]:
    burned = _text(ds, "BurnedInAnnotation").upper()
    if burned == "YES":
        yield "Burned In Annotation is YES"
    if _text(ds, "RecognizableVisualFeatures").upper() == "YES":
        yield "Recognizable Visual Features is YES"
    kind = UID(_text(ds, "SOPClassUID"))
    if kind.startswith(_DOCUMENTS) or "EncapsulatedDocument" in ds:
        yield "an encapsulated document"
    if "Video" in kind.name or getattr(ds, "transfer_syntax", "") in MPEGTransferSyntaxes:
        yield "a video"
    described = " ".join(
        _text(ds, keyword).upper() for keyword in ("ImageType", "SeriesDescription")
    )
    if any(word in described for word in _SCREENS):
        yield "called a saved screen"
    if burned != "NO":
        yield from _unless_denied(ds, kind)


def _unless_denied(ds: Dataset, kind: UID) -> Iterator[str]:
    if kind == _CAPTURES or kind.startswith(f"{_CAPTURES}."):
        yield "a secondary capture"
    elif "Ultrasound" in kind.name:
        yield "an ultrasound image"
    if _text(ds, "Modality").upper() in _MODALITIES:
        yield "a modality whose images often show text"
    if "ConversionType" in ds:
        yield "converted from a film, a document or a screen"


def _text(ds: Dataset, keyword: str) -> str:
    try:
        return "\\".join(texts(ds.get(keyword)))
    except DicomError:
        return ""
