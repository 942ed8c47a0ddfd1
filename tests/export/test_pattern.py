"""Path patterns: fields are keywords, and what is missing is said."""

import re

import pytest

import isocenter
from core.stream import explicit, part10
from isocenter.errors import UsageError
from isocenter.export.pattern import parse, texts
from support.files import wheel_file


def path(pattern, ds, **more):
    parsed = parse(pattern)
    return "/".join(parsed.path(texts(parsed, ds) | more))


@pytest.fixture
def ds():
    return isocenter.dcmread(wheel_file("CT_small.dcm"))


def test_keywords_are_replaced_by_values(ds):
    assert path("{PatientID}/{Modality}-{InstanceNumber}", ds) == "1CT1/CT-1"
    assert path("x/{SeriesDescription}y", ds) == "x/unknown-SeriesDescriptiony"


def test_file_meta_counts_too(ds):
    assert path("a/{TransferSyntaxUID}", ds) == "a/1.2.840.10008.1.2.1"


def test_absent_empty_and_unreadable_are_told_apart(ds):
    del ds.PatientID
    ds.StudyID = ""
    ds.StudyDescription = "  "
    assert path("{PatientID}/{StudyID}", ds) == "unknown-PatientID/empty-StudyID"
    assert path("{StudyDescription}/x", ds) == "empty-StudyDescription/x"
    broken = isocenter.dcmread(part10(explicit(0x00280010, "US", b"\1")))
    assert path("{Rows}/x", broken) == "unreadable-Rows/x"


def test_several_values_are_one_name(ds):
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    assert path("{ImageType}/x", ds) == "ORIGINAL_PRIMARY/x"


@pytest.mark.parametrize("value", ["../../../x", "/x", "..", "C:x"])
def test_no_value_leads_out_of_the_output(ds, value):
    ds.PatientID = value
    folder = path("{PatientID}/x", ds).rpartition("/")[0]
    assert "/" not in folder
    assert folder not in {"", ".", ".."}


def test_zeros_are_added_to_numbers_only(ds):
    assert path("{InstanceNumber:04}/{Modality:4}-{frame:03}", ds, frame="7") == "0001/CT-007"


def test_frame_and_file(ds):
    assert parse("{file}.{frame}.png").has_frame
    assert not parse("{file}.png").has_frame
    assert path("{file}.{frame}.png", ds, frame="0", file="scan") == "/scan.0"


@pytest.mark.parametrize(
    ("pattern", "extension"),
    [("a.JPG", ".JPG"), ("a.jpeg", ".jpeg"), ("{Modality}.tif", ".tif"), ("a.v2", ""), ("a", "")],
)
def test_the_extension(pattern, extension):
    assert extension == parse(pattern).extension


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("{PatientsName}", "PatientName"),
        ("{patientid}", "no keyword"),
        ("a.bmp", "ends in .bmp, which is no format written here; there are .gif, .jpeg, .jpg"),
        ("{PatientID}/{frame}.JP2", "ends in .JP2"),
        ("{PatientID}.mp4", "no format written here"),
        ("{}", "no keyword"),
        ("{PixelData}", "no text"),
        ("{BeamSequence}", "no text"),
        ("{RedPaletteColorLookupTableDescriptor}", "no text"),
        ("../{Modality}", "leads out"),
        ("a/../b", "leads out"),
        ("/{Modality}", "leads out"),
        ("a//b", "leads out"),
        ("a/", "leads out"),
        ("", "leads out"),
        (".jpg", "no file name"),
        ("{Modality", "brace"),
        ("a}", "brace"),
        ("a:b", "':'"),
        ("a\\b", "refuse"),
        ("a\nb", "refuse"),
    ],
)
def test_what_is_no_pattern(pattern, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        parse(pattern)
