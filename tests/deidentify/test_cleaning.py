"""One data set without names: what is replaced, what stays, what is refused."""

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.datasets import datasets
from isocenter import Dataset, dcmread
from isocenter.core.part10writer import WriteOptions, file_bytes
from isocenter.core.validation import validate
from isocenter.deidentify import Dates, Key, Policy, Profile, Templates, deidentify, suspects
from isocenter.deidentify.cleaning import NotCleanedError
from isocenter.deidentify.dummies import dummy
from isocenter.deidentify.temporal import shifted
from isocenter.deidentify.words import known_words
from isocenter.errors import InvalidValueError, UsageError
from isocenter.standard.vr import VR
from support.files import wheel_file

KEY = Key(b"sixteen bytes are enough")
BASIC = Policy(KEY)
EXPLICIT, IMPLICIT, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
JPEG = "1.2.840.10008.1.2.4.50"


def ct():
    return dcmread(wheel_file("CT_small.dcm"))


def written(ds):
    return file_bytes(ds, WriteOptions(lenient=True))


def test_what_is_recorded_of_the_method():
    cleaned, _ = deidentify(ct(), Policy(KEY, dates=Dates.SHIFT, retain_device=True))
    assert cleaned.PatientIdentityRemoved == "YES"
    assert cleaned.LongitudinalTemporalInformationModified == "MODIFIED"
    codes = [item.CodeValue for item in cleaned.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113107", "113109"]
    assert "PS3.15 E edition 2026c" in cleaned.DeidentificationMethod


@pytest.mark.parametrize(("name", "modality", "stays"), [("CTX", "CTX", ""), ("SEG", "SEG", "SEG")])
def test_a_name_is_no_modality_unless_it_is_a_term_of_the_standard(name, modality, stays):
    ds = ct()
    ds.PatientName, ds.Modality = f"{name}^Anna", modality
    cleaned, found = deidentify(ds, BASIC)
    assert str(cleaned.get("Modality") or "") == stays
    assert ("identifier-found" in {one.code for one in found}) is not bool(stays)


def test_uids_are_replaced_the_same_way_everywhere_and_those_of_the_standard_stay():
    ds = ct()
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    ds.ReferencedImageSequence = [item]
    cleaned, _ = deidentify(ds, BASIC)
    [reference] = cleaned.ReferencedImageSequence
    assert cleaned.SOPClassUID == reference.ReferencedSOPClassUID == ds.SOPClassUID
    assert reference.ReferencedSOPInstanceUID == cleaned.SOPInstanceUID != ds.SOPInstanceUID
    assert cleaned.file_meta.MediaStorageSOPInstanceUID == cleaned.SOPInstanceUID
    assert cleaned.SOPInstanceUID.startswith("2.25.")
    assert deidentify(ct(), BASIC)[0].SOPInstanceUID == cleaned.SOPInstanceUID
    other = Policy(Key(b"another key of bytes"))
    assert deidentify(ct(), other)[0].SOPInstanceUID != cleaned.SOPInstanceUID


def test_the_data_set_given_is_not_changed():
    ds = ct()
    before = written(deepcopy(ds))
    deidentify(ds, Policy(KEY, dates=Dates.SHIFT, clean_descriptors=True))
    assert written(ds) == before


def test_pixels_stay_as_they_are_and_bytes_behind_them_go():
    ds = ct()
    expected = ds.pixel_array
    ds.PixelData += b"MUELLER "
    cleaned, findings = deidentify(ds, BASIC)
    assert np.array_equal(expected, dcmread(written(cleaned)).pixel_array)
    assert b"MUELLER" not in written(cleaned)
    assert "excess" in {finding.code for finding in findings}


def test_dates_of_a_patient_move_by_the_same_number_of_days():
    ds = ct()
    cleaned, _ = deidentify(ds, Policy(KEY, dates=Dates.SHIFT))
    days = KEY.days(ds.PatientID)
    assert 1 <= days <= 3650
    for keyword in ("StudyDate", "SeriesDate", "ContentDate"):
        assert cleaned.get(keyword) == shifted("DA", ds.get(keyword), days) != ds.get(keyword)
    assert cleaned.StudyTime == ds.StudyTime
    assert cleaned.PatientBirthDate == ""


@pytest.mark.parametrize(
    ("vr", "text", "days", "expected"),
    [
        ("DA", "20240301", 1, "20240229"),
        ("DA", "20240229", 0, "20240229"),
        ("DA", "20230229", 0, None),
        ("DA", "2024", 1, None),
        ("DA", "00010102", 3, None),
        ("DA", "Mueller", 0, None),
        ("DT", "20240301121314.5+0100", 1, "20240229121314.5+0100"),
        ("DT", "202403", 1, None),
        ("TM", "121314.567", 400, "121314.567"),
        ("TM", "1213 Mueller", 0, None),
        ("TM", "256060", 0, None),
    ],
)
def test_a_date_moves_or_is_none(vr, text, days, expected):
    assert shifted(vr, text, days) == expected


def test_an_invalid_date_is_removed_and_told():
    ds = ct()
    ds.StudyDate = "19990230"
    cleaned, findings = deidentify(ds, Policy(KEY, dates=Dates.KEEP))
    assert "StudyDate" not in cleaned
    assert [
        (finding.code, finding.tag) for finding in findings if finding.tag == "(0008,0020)"
    ] == [("bad-date", "(0008,0020)")]


def test_descriptions_keep_known_words_only_and_no_name():
    assert known_words("T2 AX Mueller, brain 5mm 19870613") == "T2 AX brain 5mm"
    ds = ct()
    ds.PatientName, ds.SeriesDescription = "Chest^Ann", "CHEST CT thin"
    cleaned, findings = deidentify(ds, Policy(KEY, clean_descriptors=True))
    assert cleaned.SeriesDescription == ""
    assert "identifier-found" in {finding.code for finding in findings}
    ds.PatientName = "Mueller^Ann"
    assert (
        deidentify(ds, Policy(KEY, clean_descriptors=True))[0].SeriesDescription == "CHEST CT thin"
    )


def test_a_uid_that_the_table_wants_a_dummy_of_is_replaced_as_a_uid():
    ds = ct()
    ds.add_new(0x006A0003, "UI", "1.2.3")  # Annotation Group UID
    assert KEY.uid("1.2.3") == deidentify(ds, BASIC)[0][0x006A0003].value


@pytest.mark.parametrize("vr", sorted(set(VR) - {"UI"}))
def test_a_dummy_is_a_value_of_its_vr(vr):
    value = dummy(vr)
    if vr == "SQ":
        assert value == [Dataset()]
    else:
        validate(vr, value)


def test_numbers_that_spell_a_name_are_too_many():
    ds = ct()
    ds[0x00280010].value = [0x754D, 0x6C6C, 0x7265]
    cleaned, findings = deidentify(ds, BASIC)
    assert "Rows" not in cleaned
    assert ("not-understood", "(0028,0010)") in {(one.code, one.tag) for one in findings}


@pytest.mark.parametrize("written_as", [b"MUELLER1", b"5 MUELLR", b"5\0MUELLR", b"1\\MUELLR"])
def test_a_number_as_text_that_is_none_goes(written_as):
    content = wheel_file("CT_small.dcm").read_bytes()
    assert b"5.000000" in content
    cleaned, findings = deidentify(dcmread(content.replace(b"5.000000", written_as)), BASIC)
    assert b"MUEL" not in written(cleaned)
    assert "(0018,0050)" in {finding.tag for finding in findings}


def test_what_is_damaged_private_or_a_directory_is_refused():
    content = wheel_file("CT_small.dcm").read_bytes()
    with pytest.raises(NotCleanedError, match="damaged"):
        deidentify(dcmread(content[:2000]), BASIC)
    with pytest.raises(NotCleanedError, match="DICOMDIR"):
        deidentify(dcmread(wheel_file("DICOMDIR")), BASIC)
    ds = ct()
    ds.SOPClassUID = "1.3.12.2.1107.5.9.1"
    with pytest.raises(NotCleanedError, match="SOP class"):
        deidentify(ds, BASIC)


def test_no_key_is_printed_and_a_short_one_refused(tmp_path, monkeypatch):
    assert "sixteen" not in repr(BASIC)
    path = tmp_path / "key"
    path.write_bytes(b"too short\n")
    with pytest.raises(UsageError, match="16 bytes"):
        Key.from_file(path)
    monkeypatch.setenv("ISOCENTER_DEIDENTIFY_KEY", "sixteen bytes are enough")
    assert Key.from_environment() == KEY
    monkeypatch.delenv("ISOCENTER_DEIDENTIFY_KEY")
    assert Key.from_environment() is None


def test_who_may_show_a_name_in_the_pixels():
    ds = ct()
    assert suspects(ds) == ()
    ds.BurnedInAnnotation = "YES"
    assert suspects(ds) == ("Burned In Annotation is YES",)
    ds.BurnedInAnnotation, ds.SOPClassUID = "NO", "1.2.840.10008.5.1.4.1.1.7"
    assert suspects(ds) == ()
    del ds.BurnedInAnnotation
    assert suspects(ds) == ("a secondary capture",)
    ds.SOPClassUID, ds.Modality = "1.2.840.10008.5.1.4.1.1.6.1", "US"
    assert "an ultrasound image" in suspects(ds)
    ds.SOPClassUID, ds.BurnedInAnnotation = "1.2.840.10008.5.1.4.1.1.104.1", "NO"
    assert "an encapsulated document" in suspects(ds)
    screen = ct()
    screen.ImageType = ["DERIVED", "SECONDARY", "SCREEN SAVE"]
    assert "called a saved screen" in suspects(screen)


def test_templates_alone_change_nothing_else():
    ds = ct()
    templates = Templates.of({"PatientID": "%_md5|7_PatientID", "SOPInstanceUID": "1.2.3"})
    cleaned, _ = deidentify(ds, Policy(KEY, Profile.NONE, templates=templates))
    assert cleaned.PatientName == ds.PatientName
    assert len(cleaned.PatientID) == 7
    assert cleaned.file_meta.MediaStorageSOPInstanceUID == "1.2.3"
    with pytest.raises(UsageError, match="nothing"):
        Policy(KEY, Profile.NONE)


def test_a_template_comes_after_the_profile_and_cannot_break_a_vr():
    templates = Templates.of({"PatientName": "%_name|patientID_PatientName"})
    cleaned, _ = deidentify(ct(), Policy(KEY, templates=templates))
    assert str(cleaned.PatientName).endswith("^ANON")
    wrong = Templates.of({"StudyDate": "%PatientName"})
    with pytest.raises(InvalidValueError) as raised:
        deidentify(ct(), Policy(KEY, templates=wrong))
    assert "Compressed" not in str(raised.value)


@settings(max_examples=25)
@given(st.sampled_from([EXPLICIT, IMPLICIT, BIG, JPEG]).flatmap(datasets), st.data())
def test_any_data_set_is_cleaned_twice_to_the_same_and_holds_nothing_private(ds, data):
    policy = Policy(
        KEY,
        dates=data.draw(st.sampled_from(Dates)),
        clean_descriptors=data.draw(st.booleans()),
        retain_patient=data.draw(st.booleans()),
    )
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    ds.PatientName, ds.OtherPatientNames = "Vzymurgist^Quentinus", ["Vzymurgist"]
    ds.__dict__["transfer_syntax"] = ds.file_meta.TransferSyntaxUID
    content = written(deidentify(ds, policy)[0])
    assert b"zymurgist" not in content.lower()
    assert content == written(deidentify(ds, policy)[0])
    again = dcmread(content)
    assert not [finding for finding in again.findings if finding.level == "error"]
    for element in again.iterall():
        assert not element.tag.is_private
        assert element.tag.group >> 8 not in {0x50, 0x60}
        assert element.VR != "UN" or element.tag == 0x0072006D  # Selector UN Value is listed
