"""The types of directory records: their keys (PS3.3 F.5), places (F.4) and SOP Classes.

In: a SOP Class UID. Out: the :class:`RecordType` of the record that refers to such an
instance. The keys are those of PS3.3 2024d; a key is written as the keyword of its
attribute. Specific Character Set is a key of every type and left out here.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

ROOT = ""
"""Where records without a record above them belong."""


@dataclass(frozen=True, slots=True)
class RecordType:
    """One type of directory record.

    ``required`` keys must have a value (Type 1); ``present`` keys may be empty (Type 2);
    ``taken`` keys are there when the instance has a value for them (Type 1C, or 3 where a
    reader makes use of them). ``below`` is the type of the record above it, ``prefix`` what
    its folder's or file's name begins with, ``section`` its place in PS3.3.
    """

    name: str
    section: str
    below: str
    prefix: str
    required: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()

    @property
    def is_leaf(self) -> bool:
        """Whether such a record refers to an instance."""
        return self.name not in {"PATIENT", "STUDY", "SERIES"}


_CONTENT = ("ContentDate", "ContentTime")
_IDENTIFIED = ("InstanceNumber", "ContentLabel")
_DESCRIBED = ("ContentDescription", "ContentCreatorName")
_DOCUMENT = ("InstanceNumber", *_CONTENT, "ConceptNameCodeSequence")

_TYPES = (
    RecordType("PATIENT", "F.5.1", ROOT, "PT", ("PatientID",), ("PatientName",)),
    RecordType(
        "STUDY",
        "F.5.2",
        "PATIENT",
        "ST",
        ("StudyDate", "StudyTime", "StudyID", "StudyInstanceUID"),
        ("StudyDescription", "AccessionNumber"),
    ),
    RecordType("SERIES", "F.5.3", "STUDY", "SE", ("Modality", "SeriesInstanceUID", "SeriesNumber")),
    RecordType("IMAGE", "F.5.4", "SERIES", "IM", ("InstanceNumber",)),
    RecordType("RT DOSE", "F.5.19", "SERIES", "RD", ("InstanceNumber", "DoseSummationType")),
    RecordType(
        "RT STRUCTURE SET",
        "F.5.20",
        "SERIES",
        "RS",
        ("InstanceNumber", "StructureSetLabel"),
        ("StructureSetDate", "StructureSetTime"),
    ),
    RecordType(
        "RT PLAN",
        "F.5.21",
        "SERIES",
        "RP",
        ("InstanceNumber", "RTPlanLabel"),
        ("RTPlanDate", "RTPlanTime"),
    ),
    RecordType(
        "RT TREAT RECORD",
        "F.5.22",
        "SERIES",
        "RX",
        ("InstanceNumber",),
        ("TreatmentDate", "TreatmentTime"),
    ),
    RecordType(
        "PRESENTATION",
        "F.5.23",
        "SERIES",
        "PR",
        ("PresentationCreationDate", "PresentationCreationTime", *_IDENTIFIED),
        _DESCRIBED,
        ("ReferencedSeriesSequence", "BlendingSequence"),
    ),
    RecordType("WAVEFORM", "F.5.24", "SERIES", "WV", ("InstanceNumber", *_CONTENT)),
    RecordType(
        "SR DOCUMENT",
        "F.5.25",
        "SERIES",
        "SR",
        ("CompletionFlag", "VerificationFlag", *_DOCUMENT),
        taken=("VerificationDateTime", "ContentSequence"),
    ),
    RecordType("KEY OBJECT DOC", "F.5.26", "SERIES", "KY", _DOCUMENT, taken=("ContentSequence",)),
    RecordType(
        "SPECTROSCOPY",
        "F.5.27",
        "SERIES",
        "SP",
        (
            *("ImageType", *_CONTENT, "InstanceNumber", "NumberOfFrames", "Rows", "Columns"),
            *("DataPointRows", "DataPointColumns"),
        ),
        taken=("ReferencedImageEvidenceSequence",),
    ),
    RecordType("RAW DATA", "F.5.28", "SERIES", "RW", _CONTENT, ("InstanceNumber",)),
    RecordType("REGISTRATION", "F.5.29", "SERIES", "RG", (*_CONTENT, *_IDENTIFIED), _DESCRIBED),
    RecordType("FIDUCIAL", "F.5.30", "SERIES", "FD", (*_CONTENT, *_IDENTIFIED), _DESCRIBED),
    RecordType(
        "HANGING PROTOCOL",
        "F.5.31",
        ROOT,
        "HG",
        (
            *("HangingProtocolName", "HangingProtocolDescription", "HangingProtocolLevel"),
            *("HangingProtocolCreator", "HangingProtocolCreationDateTime"),
            *("HangingProtocolDefinitionSequence", "NumberOfPriorsReferenced"),
        ),
        ("HangingProtocolUserIdentificationCodeSequence",),
    ),
    RecordType(
        "ENCAP DOC",
        "F.5.32",
        "SERIES",
        "ED",
        ("InstanceNumber", "MIMETypeOfEncapsulatedDocument"),
        (*_CONTENT, "DocumentTitle", "ConceptNameCodeSequence"),
        ("HL7InstanceIdentifier",),
    ),
    RecordType("VALUE MAP", "F.5.34", "SERIES", "VM", (*_CONTENT, *_IDENTIFIED), _DESCRIBED),
    RecordType("STEREOMETRIC", "F.5.35", "SERIES", "SX"),
    RecordType("PALETTE", "F.5.36", ROOT, "PA", ("ContentLabel",), ("ContentDescription",)),
    RecordType(
        "IMPLANT",
        "F.5.37",
        ROOT,
        "IP",
        ("Manufacturer", "ImplantName", "ImplantPartNumber"),
        taken=("ImplantSize",),
    ),
    RecordType(
        "IMPLANT ASSY",
        "F.5.38",
        ROOT,
        "IA",
        ("ImplantAssemblyTemplateName", "Manufacturer", "ProcedureTypeCodeSequence"),
    ),
    RecordType(
        "IMPLANT GROUP",
        "F.5.39",
        ROOT,
        "IG",
        ("ImplantTemplateGroupName", "ImplantTemplateGroupIssuer"),
        taken=("ImplantTemplateGroupDescription",),
    ),
    RecordType("PLAN", "F.5.40", "SERIES", "PL"),
    RecordType("MEASUREMENT", "F.5.41", "SERIES", "MX", (*_CONTENT, *_IDENTIFIED), _DESCRIBED),
    RecordType("SURFACE", "F.5.42", "SERIES", "SF", (*_CONTENT, *_IDENTIFIED), _DESCRIBED),
    RecordType("SURFACE SCAN", "F.5.43", "SERIES", "SS", _CONTENT),
    RecordType("TRACT", "F.5.44", "SERIES", "TR", (*_CONTENT, *_IDENTIFIED), _DESCRIBED),
    RecordType(
        "ASSESSMENT",
        "F.5.45",
        "SERIES",
        "AS",
        ("InstanceNumber", "InstanceCreationDate"),
        taken=("InstanceCreationTime",),
    ),
    RecordType(
        "RADIOTHERAPY",
        "F.5.46",
        "SERIES",
        "RT",
        ("InstanceNumber",),
        _DESCRIBED,
        ("UserContentLabel", "UserContentLongLabel"),
    ),
    RecordType("ANNOTATION", "F.5.47", "SERIES", "AN", (*_CONTENT, *_IDENTIFIED), _DESCRIBED),
    RecordType(
        "INVENTORY",
        "F.5.48",
        ROOT,
        "IV",
        (
            *(*_CONTENT, "InventoryLevel", "InventoryCompletionStatus"),
            "TotalNumberOfStudyRecords",
        ),
        ("InventoryPurpose",),
        ("ScopeOfInventorySequence",),
    ),
    RecordType("PRIVATE", "F.6.1", "SERIES", "P0"),
)

RECORD_TYPES = MappingProxyType({kind.name: kind for kind in _TYPES})
"""Every type by its name."""
