"""What a series is described by: nothing made up (REV.md section 5)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.core.part10 import parse
from isocenter.errors import Level
from isocenter.library.facts import iso_free_date, series_facts, text
from isocenter.library.model import SeriesFacts
from library.trees import ct

ITEM = b"\xfe\xff\x00\xe0\0\0\0\0"


def dataset(**attributes):
    return parse(ct(1, **attributes))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("20040119", "20040119"),
        (" 20040119 ", "20040119"),
        ("2004.01.19", "20040119"),
        ("20000229", "20000229"),
        ("19000229", ""),
        ("20041301", ""),
        ("20040132", ""),
        ("00000000", ""),
        ("2004", ""),
        ("200401", ""),
        ("2004-01-19", ""),
        ("20040119-20040120", ""),
        ("٢٠٠٤٠١١٩", ""),
        ("anonymou", ""),
        ("", ""),
        ("        ", ""),
    ],
)
def test_a_date_is_eight_digits_of_the_calendar_or_nothing(written, expected):
    assert expected == iso_free_date(written)


@given(st.dates())
def test_every_day_of_the_calendar_is_a_date(day):
    written = f"{day.year:04d}{day.month:02d}{day.day:02d}"
    assert written == iso_free_date(written)
    assert written == iso_free_date(f"{written[:4]}.{written[4:6]}.{written[6:]}")


@given(st.text(max_size=12))
def test_what_comes_out_is_a_day_or_nothing(written):
    found = iso_free_date(written)
    assert found == "" or date(int(found[:4]), int(found[4:6]), int(found[6:]))


def test_every_fact_comes_from_its_attribute():
    facts, findings = series_facts(
        dataset(
            SeriesInstanceUID="1.2",
            StudyInstanceUID="1.3",
            SeriesDescription="series",
            StudyDescription="study",
            Modality="CT",
            ModalitiesInStudy=["CT", "SR"],
            PatientID="id",
            PatientName="A^B",
            PatientBirthDate="20000101",
            StudyDate="20000102",
            SeriesDate="20000103",
            AcquisitionDate="20000104",
        )
    )
    expected = SeriesFacts(
        series_uid="1.2",
        study_uid="1.3",
        series_description="series",
        study_description="study",
        modality="CT",
        modalities_in_study="CT\\SR",
        patient_id="id",
        patient_name="A^B",
        patient_birth_date="20000101",
        study_date="20000102",
        series_date="20000103",
        acquisition_date="20000104",
    )
    assert (expected, ()) == (facts, findings)


def test_a_date_that_is_none_is_left_out_and_said():
    content = ct(1, SeriesDate="19991231").replace(b"19991231", b"19991399")
    facts, (finding,) = series_facts(parse(content))
    assert facts.series_date == ""
    assert (finding.level, finding.code) == (Level.WARNING, "no-date")
    assert "SeriesDate '19991399'" in finding.message


def test_an_empty_date_is_no_finding():
    facts, findings = series_facts(dataset(PatientBirthDate="", StudyDate=""))
    assert (facts.patient_birth_date, facts.study_date, findings) == ("", "", ())


def test_the_acquisition_date_may_stand_in_its_date_and_time():
    facts, _ = series_facts(dataset(AcquisitionDate="", AcquisitionDateTime="20230513101112.5"))
    assert facts.acquisition_date == "20230513"


@pytest.mark.parametrize("charset", ["ISO_IR 100", "ISO_IR 192"])
def test_text_is_decoded(charset):
    ds = dataset(SpecificCharacterSet=charset, SeriesDescription="Schädel", PatientName="Größe^Ä")
    assert (text(ds, "SeriesDescription"), text(ds, "PatientName")) == ("Schädel", "Größe^Ä")


def test_absent_and_empty_are_the_empty_string():
    assert text(dataset(SeriesDescription=""), "SeriesDescription") == ""
    assert text(dataset(), "OperatorsName") == ""


@pytest.mark.parametrize("written", [b"OB\0\0\x04\0\0\0text", b"SQ\0\0\x08\0\0\0" + ITEM])
def test_a_value_that_is_no_text_is_no_text(written):
    content = ct(1, SeriesDescription="text").replace(b"LO\x04\0text", written)
    assert written in content
    assert text(parse(content), "SeriesDescription") == ""
