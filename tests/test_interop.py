"""To pydicom and back: the same data set as each of the two reads from the file."""

import sys
import warnings

import pydicom
import pytest
from pydicom.errors import BytesLengthException

import isocenter
from core.test_against_pydicom import DELIBERATE, LONG_TEXTS, differences
from isocenter.core.part10 import FileDataset
from isocenter.errors import DicomError, UsageError
from isocenter.interop import from_pydicom, to_pydicom
from support.files import wheel_file, wheel_files

ODD = frozenset(DELIBERATE)


def readable():
    """The files that both read to the same elements, see test_against_pydicom.py."""
    for path in wheel_files():
        if path.name not in ODD and not LONG_TEXTS.fullmatch(path.name):
            yield path


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's, about the files
        yield


def both(path):
    try:
        return isocenter.dcmread(path, force=True), pydicom.dcmread(path, force=True)
    except (DicomError, OSError, ValueError, BytesLengthException):
        return None


def unlike(one, two):
    """Tags that differ between an Isocenter and a pydicom data set, file meta included."""
    return differences(one, two) | differences(one.file_meta, two.file_meta)


def test_every_file_to_pydicom():
    wrong = {}
    for path in readable():
        pair = both(path)
        if pair is None:
            continue
        ours, theirs = pair
        there = to_pydicom(ours)
        found = unlike(ours, there)
        if found or there.preamble != theirs.preamble or there != theirs:
            wrong[path.name] = found
    assert wrong == {}


def test_every_file_from_pydicom():
    wrong = {}
    for path in readable():
        pair = both(path)
        if pair is None:
            continue
        ours, theirs = pair
        back = from_pydicom(theirs)
        found = unlike(back, theirs)
        if found or back.preamble != ours.preamble or back.file_meta != ours.file_meta:
            wrong[path.name] = found
    assert wrong == {}


def test_every_file_there_and_back():
    wrong = {}
    for path in readable():
        pair = both(path)
        if pair is not None and from_pydicom(to_pydicom(pair[0])) != pair[0]:
            wrong[path.name] = differences(pair[0], to_pydicom(pair[0]))
    assert wrong == {}


# --- one thing at a time ----------------------------------------------------------------------


def test_a_file_stays_a_file():
    ours = isocenter.dcmread(wheel_file("CT_small.dcm"))
    theirs = to_pydicom(ours)
    assert isinstance(theirs, pydicom.FileDataset)
    assert theirs.original_encoding == (False, True)
    back = from_pydicom(theirs)
    assert isinstance(back, FileDataset)
    assert back.transfer_syntax == ours.transfer_syntax


def test_a_data_set_made_in_memory():
    ours = isocenter.Dataset()
    ours.SpecificCharacterSet, ours.PatientName = "ISO_IR 192", "Wang^XiaoDong=王^小東"
    ours.SliceThickness, ours.Rows = "1.50", 3
    ours.ReferencedImageSequence = [isocenter.Dataset()]
    ours.add_new_private("Vendor A", 0x0009, 0x02, b"\1\2", "OB")
    theirs = to_pydicom(ours)
    assert not isinstance(theirs, pydicom.FileDataset)
    assert theirs.PatientName.ideographic == "王^小東"
    assert theirs.SliceThickness.original_string == "1.50"
    assert theirs.private_block(0x0009, "Vendor A")[0x02].value == b"\1\2"
    back = from_pydicom(theirs)
    assert back == ours
    assert back[0x00091002].private_creator == "Vendor A"


def test_a_change_here_is_there():
    ours = isocenter.dcmread(wheel_file("CT_small.dcm"))
    ours.PatientName = "Other^Name"
    ours.OtherPatientIDsSequence[0].PatientID = "0"
    del ours.StudyDescription
    theirs = to_pydicom(ours)
    assert theirs.PatientName == "Other^Name"
    assert theirs.OtherPatientIDsSequence[0].PatientID == "0"
    assert "StudyDescription" not in theirs


def test_another_character_set_here_is_there():
    ours = isocenter.dcmread(wheel_file("chrRuss.dcm"))
    ours.SpecificCharacterSet = "ISO_IR 192"
    assert to_pydicom(ours).PatientName == str(ours.PatientName)


def test_a_nested_data_set_has_the_character_set_around_it():
    path = wheel_file("chrSQEncoding1.dcm")
    ours, theirs = isocenter.dcmread(path), pydicom.dcmread(path)
    assert to_pydicom(ours).RequestedProcedureCodeSequence == theirs.RequestedProcedureCodeSequence


def test_what_cannot_be_decoded_here_is_handed_over_as_bytes():
    theirs = to_pydicom(isocenter.dcmread(wheel_file("badVR.dcm")))
    assert theirs.get_item("NumberOfFrames").value.strip() == b"1A"


@pytest.mark.parametrize("name", ["JPEG2000.dcm", "MR_small_bigendian.dcm", "rtplan.dcm"])
def test_what_was_handed_over_is_written_as_the_same_file(name, tmp_path):
    path = wheel_file(name)
    theirs = to_pydicom(isocenter.dcmread(path))
    theirs.save_as(tmp_path / "there.dcm")
    pydicom.dcmread(path).save_as(tmp_path / "own.dcm")
    assert (tmp_path / "own.dcm").read_bytes() == (tmp_path / "there.dcm").read_bytes()


def test_an_encapsulated_image_can_be_decoded_by_either():
    path = wheel_file("JPEG2000.dcm")
    theirs = to_pydicom(isocenter.dcmread(path))
    assert theirs["PixelData"].is_undefined_length
    assert from_pydicom(theirs).PixelData == pydicom.dcmread(path).PixelData


def test_lengths_of_sequences_keep_their_style():
    for name in ("rtplan.dcm", "reportsi.dcm", "UN_sequence.dcm"):
        theirs = pydicom.dcmread(wheel_file(name))
        there = to_pydicom(isocenter.dcmread(wheel_file(name)))
        for one, two in zip(theirs.iterall(), there.iterall(), strict=True):
            assert one.is_undefined_length == two.is_undefined_length, name


def test_something_else_is_an_error():
    with pytest.raises(UsageError, match="dict"):
        from_pydicom({})


def test_without_pydicom_the_error_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydicom", None)
    with pytest.raises(UsageError, match="pip install pydicom"):
        to_pydicom(isocenter.Dataset())
