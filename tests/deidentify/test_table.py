"""The table is what tools/make_confidentiality.py writes, and says what the Standard says."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from isocenter._tables import confidentiality
from isocenter.deidentify import Dates, Key, Policy
from isocenter.deidentify.table import Action, action, rows
from isocenter.standard.tag import Tag

ROOT = Path(__file__).parents[2]
KEY = Key(b"sixteen bytes are enough")


def test_making_the_table_again_changes_nothing():
    try:
        versions = version("dicom-anonymizer"), version("dicom-standard")
    except PackageNotFoundError as error:
        pytest.skip(f"{error}: see tools/make_confidentiality.py")
    if versions != ("2.1.0", "0.1.0"):
        pytest.skip(f"other versions are installed: {versions}")
    script = ROOT / "tools" / "make_confidentiality.py"
    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_table_says_its_sources_and_edition():
    assert confidentiality.EDITION == "2026c"
    assert "edition 2026c" in confidentiality.__doc__
    assert "tools/make_confidentiality.py" in confidentiality.__doc__
    assert len(rows()) == 652


# PS3.15 table E.1-1: basic, UIDs, device, institution, patient, dates, descriptors
STANDARD = """
00080050 Z     - - - - - -   # Accession Number
00184000 X     - - - - - C   # Acquisition Comments
00080022 X/Z   - - - - K -   # Acquisition Date
0008002A X/Z/D - - - - K -   # Acquisition DateTime
00181400 X/D   - - - - - C   # Acquisition Device Processing Description
001811BB D     - - - - - -   # Acquisition Field Of View Label: newer than the options
00081120 X     X - - - - -   # Referenced Patient Sequence: goes with UIDs retained, too
00404035 X     - - - - - -   # Actual Human Performers Sequence
001021B0 X     - - - - - C   # Additional Patient History
00380020 X     - - - - K -   # Admitting Date
00081084 X     - - - - - C   # Admitting Diagnoses Code Sequence
00102110 X     - - - C - C   # Allergies
22000005 X/Z   - - - - - -   # Barcode Value
00181007 X     - K - - - -   # Cassette ID
00120060 Z     - - K - - -   # Clinical Trial Coordinating Center Name
00120081 D     - - K - - -   # Clinical Trial Protocol Ethics Committee Name
00120020 D     - - - - - -   # Clinical Trial Protocol ID
00209161 U     K - - - - -   # Concatenation UID
0040A730 D     - - - - - -   # Content Sequence
00080023 Z/D   - - - - K -   # Content Date
00180010 Z/D   - - - - - C   # Contrast/Bolus Agent
00700084 Z/D   - - - - - -   # Content Creator's Name
0018700A X/D   - K - - - -   # Detector ID
3010002D D     - K - - - -   # Device Label
00181000 X/Z/D - K - - - -   # Device Serial Number
00181002 U     K K - - - -   # Device UID
04000100 U     - - - - - -   # Digital Signature UID
00100010 Z     - - - - - -   # Patient's Name
00100020 Z/D   - - - - - -   # Patient ID
00100030 Z     - - - - - -   # Patient's Birth Date
00100040 Z     - - - K - -   # Patient's Sex
00101010 X     - - - K - -   # Patient's Age
00101030 X     - - - K - -   # Patient's Weight
00080080 X/Z/D - - K - - -   # Institution Name
00080018 U     K - - - - -   # SOP Instance UID
00080020 Z     - - - - K -   # Study Date
00081030 X     - - - - - C   # Study Description
00081140 X/Z/U* K - - - - -  # Referenced Image Sequence
"""


@pytest.mark.parametrize("line", STANDARD.strip().split("\n"))
def test_the_row_of_an_attribute(line):
    tag, *codes = line.partition("#")[0].split()
    assert tuple("" if code == "-" else code for code in codes) == rows()[int(tag, 16)]


@pytest.mark.parametrize(
    ("keyword", "options", "wanted"),
    [
        ("PatientName", {}, Action.EMPTY),
        ("PatientID", {}, Action.DUMMY),
        ("StudyInstanceUID", {}, Action.UID),
        ("StudyInstanceUID", {"retain_uids": True}, Action.KEEP),
        ("SOPClassUID", {}, Action.UID),  # the Standard's own are kept as values
        ("StudyDate", {}, Action.EMPTY),
        ("SeriesDate", {}, Action.REMOVE),  # not invented
        ("ContentDate", {}, Action.EMPTY),
        ("FrameAcquisitionDateTime", {}, Action.DUMMY),  # the table asks for nothing else
        ("StudyDate", {"dates": Dates.SHIFT}, Action.SHIFT),
        ("StudyDate", {"dates": Dates.KEEP}, Action.KEEP),
        ("PatientBirthDate", {"dates": Dates.KEEP}, Action.EMPTY),
        ("DeviceSerialNumber", {}, Action.DUMMY),
        ("DeviceSerialNumber", {"retain_device": True}, Action.KEEP),
        ("PerformedStationAETitle", {"retain_device": True}, Action.REMOVE),
        ("InstitutionName", {"retain_institution": True}, Action.KEEP),
        ("PatientAge", {}, Action.REMOVE),
        ("PatientAge", {"retain_patient": True}, Action.KEEP),
        ("SeriesDescription", {}, Action.REMOVE),
        ("SeriesDescription", {"clean_descriptors": True}, Action.CLEAN),
        ("AdmittingDiagnosesCodeSequence", {"clean_descriptors": True}, Action.REMOVE),
        ("ReferencedImageSequence", {}, Action.KEEP),
        ("Rows", {}, Action.KEEP),
        ("ImageFormat", {}, Action.REMOVE),  # retired
    ],
)
def test_what_a_policy_says_about_an_attribute(keyword, options, wanted):
    assert wanted is action(Tag(keyword), Policy(KEY, **options))


@pytest.mark.parametrize("tag", [0x00091001, 0x60000022, 0x60001500, 0x50003000, 0x00180FFE])
def test_private_unknown_curves_and_overlays_are_removed(tag):
    assert Action.REMOVE is action(tag, Policy(KEY))
