"""The overview "DICOM images in Python", up to pixel data: its snippets and what they print.

The article's files are not public. They are made here from the values it prints, written,
and read again; what is printed then must be what the article shows. Its text has lost
indentation and runs of blanks, and its tags are in the form of pydicom 2, ``(0008, 103e)``.
"""

import io
import re
from ast import literal_eval

import pydicom
import pytest

import isocenter
from isocenter import DataElement, Dataset, FileMetaDataset, Sequence, dcmread
from isocenter.uid import UID, ExplicitVRLittleEndian, MediaStorageDirectoryStorage

LISTING = r"""
Dataset.file_meta -------------------------------
(0002, 0000) File Meta Information Group Length UL: 168
(0002, 0001) File Meta Information Version OB: b'\x00\x01'
(0002, 0002) Media Storage SOP Class UID UI: CT Image Storage
(0002, 0003) Media Storage SOP Instance UID UI: 1.3.12.2.1107.5.1.4.55050.30000022121515300815600002074
(0002, 0010) Transfer Syntax UID UI: Explicit VR Little Endian
(0002, 0012) Implementation Class UID UI: 1.2.840.113704.7.0.2
-------------------------------------------------
(0008, 0008) Image Type CS: ['DERIVED', 'SECONDARY', 'OTHER', 'CSA MPR', 'CSAPARALLEL', 'AXIAL', 'CT_SOM5 SEQ']
(0008, 0016) SOP Class UID UI: CT Image Storage
(0008, 0018) SOP Instance UID UI: 1.3.12.2.1107.5.1.4.55050.30000022121515300815600002074
(0008, 0020) Study Date DA: '20221215'
(0008, 0021) Series Date DA: '20221215'
(0008, 0022) Acquisition Date DA: '20221215'
(0008, 0023) Content Date DA: '20221215'
(0008, 0030) Study Time TM: '162614'
(0008, 0031) Series Time TM: '163202'
(0008, 0032) Acquisition Time TM: '162821.901196'
(0008, 0033) Content Time TM: '163202.921000'
(0008, 0050) Accession Number SH: '5895682501'
(0008, 0060) Modality CS: 'CT'
(0008, 0061) Modalities in Study CS: ['CT', 'SR']
(0008, 0070) Manufacturer LO: 'SIEMENS'
(0008, 0080) Institution Name LO: 'XXXXXXXXXX'
(0008, 0081) Institution Address ST: 'XXXXXXXXXX'
(0008, 0090) Referring Physician's Name PN: 'MEDICO^REFERTANTE'
(0008, 1010) Station Name SH: 'CT55050'
(0008, 1030) Study Description LO: 'TC CRANIO (CAPO)'
(0008, 1032) Procedure Code Sequence 1 item(s) ----
(0008, 0100) Code Value SH: 'RS0932'
(0008, 0104) Code Meaning LO: 'TC CRANIO (CAPO)'
---------
(0008, 103e) Series Description LO: 'ax ok'
(0008, 1048) Physician(s) of Record PN: '10440^NEUROLOGIA'
(0008, 1070) Operators' Name PN: 'meduser'
(0008, 1080) Admitting Diagnoses Description LO: '-'
(0008, 1090) Manufacturer's Model Name LO: 'Sensation 64'
(0008, 1140) Referenced Image Sequence 1 item(s) ----
(0008, 1150) Referenced SOP Class UID UI: CT Image Storage
(0008, 1155) Referenced SOP Instance UID UI: 1.3.12.2.1107.5.1.4.55050.30000022121515300815600001998
---------
(0008, 2111) Derivation Description ST: 'MEDCOM RESAMPLED'
(0010, 0010) Patient's Name PN: 'ROSSI^MARIO'
(0010, 0020) Patient ID LO: '99999999'
(0010, 0021) Issuer of Patient ID LO: 'X1V1_MPI'
(0010, 0030) Patient's Birth Date DA: '19330101'
(0010, 0040) Patient's Sex CS: 'M'
(0010, 1010) Patient's Age AS: '090Y'
(0010, 1040) Patient's Address CS: 'XXXXXXXXXX'
(0018, 0015) Body Part Examined CS: 'HEAD'
(0018, 0050) Slice Thickness DS: '0.6'
(0018, 0060) KVP DS: '120.0'
(0018, 1000) Device Serial Number LO: '55050'
(0018, 1020) Software Versions LO: 'syngo CT 2014A'
(0018, 1030) Protocol Name LO: 'CBM_encefalo_SEQ'
(0018, 1110) Distance Source to Detector DS: '1040.0'
(0018, 1111) Distance Source to Patient DS: '570.0'
(0018, 1120) Gantry/Detector Tilt DS: '0.0'
(0018, 1130) Table Height DS: '255.0'
(0018, 1140) Rotation Direction CS: 'CW'
(0018, 1160) Filter Type SH: '0'
(0018, 1170) Generator Power IS: '45'
(0018, 1190) Focal Spot(s) DS: '1.2'
(0018, 1200) Date of Last Calibration DA: '20221215'
(0018, 1201) Time of Last Calibration TM: '073319.000000'
(0018, 1210) Convolution Kernel SH: 'H10s'
(0018, 5100) Patient Position CS: 'HFS'
(0020, 000d) Study Instance UID UI: 1.2.840.113564.9.1.2015111110072131.20221209153953.25895682501
(0020, 000e) Series Instance UID UI: 1.3.12.2.1107.5.1.4.55050.30000022121515300815600001997
(0020, 0010) Study ID SH: 'CT20221215162611'
(0020, 0011) Series Number IS: '604'
(0020, 0012) Acquisition Number IS: None
(0020, 0013) Instance Number IS: '76'
(0020, 0032) Image Position (Patient) DS: [-86.56525199874, -359.7734375, -75.906572657132]
(0020, 0037) Image Orientation (Patient) DS: [0.97661555018595, 1.224606354e-016, -0.2149931792755, -1.19596961e-016, 1, 2.632820134e-017]
(0020, 0052) Frame of Reference UID UI: 1.3.12.2.1107.5.1.4.55050.30000022121506293760900002193
(0020, 1040) Position Reference Indicator LO: ''
(0020, 1208) Number of Study Related Instances IS: '546'
(0020, 4000) Image Comments LT: ''
(0028, 0002) Samples per Pixel US: 1
(0028, 0004) Photometric Interpretation CS: 'MONOCHROME2'
(0028, 0010) Rows US: 512
(0028, 0011) Columns US: 512
(0028, 0030) Pixel Spacing DS: [0.453125, 0.453125]
(0028, 0100) Bits Allocated US: 16
(0028, 0101) Bits Stored US: 12
(0028, 0102) High Bit US: 11
(0028, 0103) Pixel Representation US: 0
(0028, 1050) Window Center DS: [35, 700]
(0028, 1051) Window Width DS: [80, 3200]
(0028, 1052) Rescale Intercept DS: '-1024.0'
(0028, 1053) Rescale Slope DS: '1.0'
(0028, 1054) Rescale Type LO: 'HU'
(0028, 1055) Window Center & Width Explanation LO: ['WINDOW1', 'WINDOW2']
(0028, 2110) Lossy Image Compression CS: '00'
(0032, 1032) Requesting Physician PN: '10440^NEUROLOGIA'
(0032, 1060) Requested Procedure Description LO: 'TC CRANIO (CAPO)'
(0032, 1064) Requested Procedure Code Sequence 1 item(s) ----
(0008, 0100) Code Value SH: 'RS0932'
(0008, 0104) Code Meaning LO: 'TC CRANIO (CAPO)'
---------
(0040, 0275) Request Attributes Sequence 1 item(s) ----
(0040, 0007) Scheduled Procedure Step Descriptio LO: 'TC CRANIO (CAPO)'
(0040, 0008) Scheduled Protocol Code Sequence 1 item(s) ----
(0008, 0100) Code Value SH: 'RS0932'
(0008, 0102) Coding Scheme Designator SH: 'DSS_MESA'
(0008, 0104) Code Meaning LO: 'TC CRANIO (CAPO)'
---------
(0040, 0009) Scheduled Procedure Step ID SH: '5895682501'
---------
(0040, 1008) Confidentiality Code LO: 'N'
(0088, 0200) Icon Image Sequence 1 item(s) ----
(0028, 0002) Samples per Pixel US: 1
(0028, 0004) Photometric Interpretation CS: 'MONOCHROME2'
(0028, 0010) Rows US: 64
(0028, 0011) Columns US: 64
(0028, 0034) Pixel Aspect Ratio IS: [1, 1]
(0028, 0100) Bits Allocated US: 8
(0028, 0101) Bits Stored US: 8
(0028, 0102) High Bit US: 7
(0028, 0103) Pixel Representation US: 0
(7fe0, 0010) Pixel Data OB: Array of 4096 elements
---------
(6000, 0010) Overlay Rows US: 512
(6000, 0011) Overlay Columns US: 512
(6000, 0015) Number of Frames in Overlay IS: '1'
(6000, 0022) Overlay Description LO: 'Siemens MedCom Object Graphics'
(6000, 0040) Overlay Type CS: 'G'
(6000, 0050) Overlay Origin SS: [1, 1]
(6000, 0051) Image Frame Origin US: 1
(6000, 0100) Overlay Bits Allocated US: 1
(6000, 0102) Overlay Bit Position US: 0
(6000, 3000) Overlay Data OW: Array of 32768 elements
(7fe0, 0010) Pixel Data OW: Array of 524288 elements
"""

RECORDS = [
    r"""
(0004, 1400) Offset of the Next Directory Record UL: 0
(0004, 1410) Record In-use Flag US: 65535
(0004, 1420) Offset of Referenced Lower-Level Di UL: 500
(0004, 1430) Directory Record Type CS: 'PATIENT'
(0010, 0010) Patient's Name PN: 'ROSSI^MARIO'
(0010, 0020) Patient ID LO: '99999999'
(0010, 0021) Issuer of Patient ID LO: 'X1V1_MPI'
(0010, 0030) Patient's Birth Date DA: '19330101'
(0010, 0040) Patient's Sex CS: 'M'
""",
    r"""
(0004, 1400) Offset of the Next Directory Record UL: 0
(0004, 1410) Record In-use Flag US: 65535
(0004, 1420) Offset of Referenced Lower-Level Di UL: 956
(0004, 1430) Directory Record Type CS: 'STUDY'
(0008, 0020) Study Date DA: '20221215'
(0008, 0030) Study Time TM: '162614'
(0008, 0050) Accession Number SH: '5895682501'
(0008, 0061) Modalities in Study CS: 'CT'
(0008, 0090) Referring Physician's Name PN: 'MEDICO^REFERTANTE'
(0008, 1030) Study Description LO: 'TC CRANIO (CAPO)'
(0020, 000d) Study Instance UID UI: 1.2.840.113564.9.1.2015111110072131.20221209153953.25895682501
(0020, 0010) Study ID SH: 'CT20221215162611'
(0020, 1206) Number of Study Related Series IS: '5'
(0020, 1208) Number of Study Related Instances IS: '545'
(07a1, 0010) Private Creator LO: 'ELSCINT1'
(07a1, 1040) [Tamar Study Body Part] CS: 'ABDOMEN'
(07a3, 0010) Private Creator LO: 'ELSCINT1'
(07a3, 1069) Private tag data OB: Array of 98 elements
""",
    r"""
(0004, 1400) Offset of the Next Directory Record UL: 6032
(0004, 1410) Record In-use Flag US: 65535
(0004, 1420) Offset of Referenced Lower-Level Di UL: 1214
(0004, 1430) Directory Record Type CS: 'SERIES'
(0008, 0021) Series Date DA: '20221215'
(0008, 0031) Series Time TM: '162644'
(0008, 0060) Modality CS: 'CT'
(0008, 103e) Series Description LO: 'Topogram 0.6 T20s'
(0018, 0015) Body Part Examined CS: 'ABDOMEN'
(0018, 1030) Protocol Name LO: 'CBM_encefalo_SEQ'
(0020, 000e) Series Instance UID UI: 1.3.12.2.1107.5.1.4.55050.30000022121508001632800000005
(0020, 0011) Series Number IS: '1'
(0020, 1209) Number of Series Related Instances IS: '1'
""",
    r"""
(0004, 1400) Offset of the Next Directory Record UL: 0
(0004, 1410) Record In-use Flag US: 65535
(0004, 1420) Offset of Referenced Lower-Level Di UL: 0
(0004, 1430) Directory Record Type CS: 'IMAGE'
(0004, 1500) Referenced File ID CS: ['MD44PKO2', 'OBGUOM0I', 'I1000000']
(0004, 1510) Referenced SOP Class UID in File UI: CT Image Storage
(0004, 1511) Referenced SOP Instance UID in File UI: 1.3.12.2.1107.5.1.4.55050.30000022121506293760900002194
(0004, 1512) Referenced Transfer Syntax UID in F UI: Explicit VR Little Endian
(0008, 0008) Image Type CS: ['ORIGINAL', 'PRIMARY', 'LOCALIZER', 'CT_SOM5 TOP']
(0008, 0016) SOP Class UID UI: CT Image Storage
(0008, 0018) SOP Instance UID UI: 1.3.12.2.1107.5.1.4.55050.30000022121506293760900002194
(0008, 0023) Content Date DA: '20221215'
(0008, 0033) Content Time TM: '162704.453698'
(0008, 0060) Modality CS: 'CT'
(0018, 0010) Contrast/Bolus Agent LO: ''
(0020, 0013) Instance Number IS: '1'
(0020, 0052) Frame of Reference UID UI: 1.3.12.2.1107.5.1.4.55050.30000022121506293760900002193
(0020, 1041) Slice Location DS: '-14.5'
(0028, 0002) Samples per Pixel US: 1
(0028, 0004) Photometric Interpretation CS: 'MONOCHROME2'
(0028, 0010) Rows US: 512
(0028, 0011) Columns US: 512
(0028, 0100) Bits Allocated US: 16
(0088, 0200) Icon Image Sequence 1 item(s) ----
(0028, 0002) Samples per Pixel US: 1
(0028, 0004) Photometric Interpretation CS: 'MONOCHROME2'
(0028, 0010) Rows US: 64
(0028, 0011) Columns US: 64
(0028, 0034) Pixel Aspect Ratio IS: [1, 1]
(0028, 0100) Bits Allocated US: 8
(0028, 0101) Bits Stored US: 8
(0028, 0102) High Bit US: 7
(0028, 0103) Pixel Representation US: 0
(7fe0, 0010) Pixel Data OB: Array of 4096 elements
---------
(00e1, 0010) Private Creator LO: 'ELSCINT1'
(00e1, 1040) [Image Label] SH: ''
""",
]

WITH_PAT = [
    "DistanceSourceToPatient",
    "ImageOrientationPatient",
    "ImagePositionPatient",
    "IssuerOfPatientID",
    "PatientAddress",
    "PatientAge",
    "PatientBirthDate",
    "PatientID",
    "PatientName",
    "PatientPosition",
    "PatientSex",
]

KEYWORDS = [
    "AccessionNumber",
    "AcquisitionDate",
    "AcquisitionNumber",
    "AcquisitionTime",
    "AdmittingDiagnosesDescription",
    "BitsAllocated",
    "BitsStored",
    "BodyPartExamined",
    "Columns",
    "ConfidentialityCode",
    "ContentDate",
    "ContentTime",
    "ConvolutionKernel",
    "DateOfLastCalibration",
    "DerivationDescription",
    "DeviceSerialNumber",
    "DistanceSourceToDetector",
    "DistanceSourceToPatient",
    "FilterType",
    "FocalSpots",
    "FrameOfReferenceUID",
    "GantryDetectorTilt",
    "GeneratorPower",
    "HighBit",
    "IconImageSequence",
    "ImageComments",
    "ImageFrameOrigin",
    "ImageOrientationPatient",
    "ImagePositionPatient",
    "ImageType",
    "InstanceNumber",
    "InstitutionAddress",
    "InstitutionName",
    "IssuerOfPatientID",
    "KVP",
    "LossyImageCompression",
    "Manufacturer",
    "ManufacturerModelName",
    "ModalitiesInStudy",
    "Modality",
    "NumberOfFramesInOverlay",
    "NumberOfStudyRelatedInstances",
    "OperatorsName",
    "OverlayBitPosition",
    "OverlayBitsAllocated",
    "OverlayColumns",
    "OverlayData",
    "OverlayDescription",
    "OverlayOrigin",
    "OverlayRows",
    "OverlayType",
    "PatientAddress",
    "PatientAge",
    "PatientBirthDate",
    "PatientID",
    "PatientName",
    "PatientPosition",
    "PatientSex",
    "PhotometricInterpretation",
    "PhysiciansOfRecord",
    "PixelData",
    "PixelRepresentation",
    "PixelSpacing",
    "PositionReferenceIndicator",
    "ProcedureCodeSequence",
    "ProtocolName",
    "ReferencedImageSequence",
    "ReferringPhysicianName",
    "RequestAttributesSequence",
    "RequestedProcedureCodeSequence",
    "RequestedProcedureDescription",
    "RequestingPhysician",
    "RescaleIntercept",
    "RescaleSlope",
    "RescaleType",
    "RotationDirection",
    "Rows",
    "SOPClassUID",
    "SOPInstanceUID",
    "SamplesPerPixel",
    "SeriesDate",
    "SeriesDescription",
    "SeriesInstanceUID",
    "SeriesNumber",
    "SeriesTime",
    "SliceThickness",
    "SoftwareVersions",
    "StationName",
    "StudyDate",
    "StudyDescription",
    "StudyID",
    "StudyInstanceUID",
    "StudyTime",
    "TableHeight",
    "TimeOfLastCalibration",
    "WindowCenter",
    "WindowCenterWidthExplanation",
    "WindowWidth",
]

CONSTANTS = (getattr(isocenter.uid, name) for name in dir(isocenter.uid))
UIDS = {uid.name: uid for uid in CONSTANTS if isinstance(uid, UID)}
LINE = re.compile(r"\((\w{4}), (\w{4})\) (.*?) (?:(\w\w): (.*)|(\d+) item\(s\) ----)")


def value(vr, text):
    """The Python value that a line shows."""
    if text.startswith("Array of "):
        return bytes(int(text.split()[2]))
    if vr == "UI":
        return UIDS.get(text, text)
    if vr in {"DS", "IS"} and text.startswith("["):
        return text.strip("[]").split(", ")  # the texts, whose digits are to be kept
    return literal_eval(text)


def dataset_of(lines, depth=0):
    """The data set that a listing shows; ``lines`` is used up to the end of its item."""
    ds = FileMetaDataset() if depth < 0 else Dataset()
    for line in lines:
        if line.startswith("---"):
            break
        group, element, _, vr, text, count = LINE.fullmatch(line).groups()
        tag = int(group + element, 16)
        if count:
            items = Sequence(dataset_of(lines, depth + 1) for _ in range(int(count)))
            ds.add(DataElement(tag, "SQ", items))
        else:
            ds.add(DataElement(tag, vr, value(vr, text)))
    return ds


def as_the_article_has_it(text):
    """Our lines with the article's tags, and without the blanks that its text lost."""
    lines = []
    for line in text.splitlines():
        group = re.sub(
            r"^\((\w{4}),(\w{4})\)", lambda tag: tag[0].lower().replace(",", ", "), line.strip()
        )
        lines.append(re.sub(" +", " ", group) if line.lstrip().startswith("(") else group)
    return lines


@pytest.fixture
def dicom_path(tmp_path):
    lines = iter(LISTING.strip().splitlines())
    next(lines)  # Dataset.file_meta
    meta = dataset_of(lines, -1)
    ds = dataset_of(lines)
    ds.file_meta = meta
    ds.preamble = bytes(128)
    ds.save_as(tmp_path / "I7600000")
    return tmp_path / "I7600000"


@pytest.fixture
def dicomdir_path(tmp_path):
    ds = Dataset()
    ds.DirectoryRecordSequence = [
        dataset_of(iter(record.strip().splitlines())) for record in RECORDS
    ]
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.preamble = bytes(128)
    ds.save_as(tmp_path / "DICOMDIR")
    return tmp_path / "DICOMDIR"


def test_what_dcmread_gives(dicom_path):
    ds = dcmread(dicom_path)
    assert isinstance(ds, isocenter.FileDataset)
    assert isinstance(ds, Dataset)
    element = ds["ImageType"]
    assert (element.tag, element.VR, element.VM) == (0x00080008, "CS", 7)
    assert isinstance(ds.IconImageSequence, Sequence)
    assert isinstance(ds.IconImageSequence[0], Dataset)


def test_print_ds(dicom_path, capsys):
    print(dcmread(dicom_path))  # noqa: T201 - the snippet under test
    assert LISTING.strip().splitlines() == as_the_article_has_it(capsys.readouterr().out)


def test_print_ds_is_what_pydicom_prints(dicom_path):
    expected, found = str(pydicom.dcmread(dicom_path)), str(dcmread(dicom_path))
    assert expected.splitlines() == found.splitlines()
    assert "\n   (0008,0100) Code Value                          SH: 'RS0932'\n" in found


def test_elements_by_keyword_and_tag(dicom_path):
    ds = dcmread(dicom_path)
    assert repr(ds.PatientName) == "'ROSSI^MARIO'"
    assert repr(ds[0x10, 0x10].value) == "'ROSSI^MARIO'"
    assert f"(0028,0004) Photometric Interpretation: {ds[0x28, 0x4].value}".endswith(
        ": MONOCHROME2"
    )
    assert (ds.PatientID, ds.StudyDate) == ("99999999", "20221215")
    assert f"{ds.SeriesNumber}/{ds.InstanceNumber}.jpg" == "604/76.jpg"


def test_dir(dicom_path):
    ds = dcmread(dicom_path)
    assert ds.dir("pat") == WITH_PAT
    assert ds.dir() == KEYWORDS


def test_pixel_data_is_bytes(dicom_path):
    ds = dcmread(dicom_path)
    assert (type(ds.PixelData), len(ds.PixelData)) == (bytes, ds.Rows * ds.Columns * 2)


@pytest.mark.parametrize("number", range(4))
def test_print_a_directory_record(dicomdir_path, number):
    record = dcmread(dicomdir_path).DirectoryRecordSequence[number]
    assert RECORDS[number].strip().splitlines() == as_the_article_has_it(str(record))
    theirs = pydicom.dcmread(io.BytesIO(dicomdir_path.read_bytes()))
    assert str(theirs.DirectoryRecordSequence[number]) == str(record)
