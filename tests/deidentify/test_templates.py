"""Templates of REV.md, section 4: each function, and every way to write one wrong."""

import hashlib

import pytest

from isocenter import Dataset
from isocenter.deidentify import Templates
from isocenter.errors import UsageError


def filled(template, **values):
    ds, target = Dataset(), Dataset()
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    findings = Templates.of({"StudyDescription": template}).apply(ds, target)
    return target.StudyDescription, [finding.code for finding in findings]


MD5 = hashlib.md5(b"12345678", usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("%PatientID", "12345678"),
        ("ID-%PatientID_%Modality!", "ID-12345678_CT!"),
        ("%_md5_PatientID", MD5),
        ("%_md5|7_PatientID", MD5[:7]),
        ("%_strmsk|****0101_PatientID", "12340101"),
        ("%_strmsk|**_PatientID", "12"),
        ("%_strmsk|********xx_PatientID", "12345678xx"),
        ("%_nospc|-_SeriesDescription", "T2-ax-5-mm"),
        ("%_nospc|_SeriesDescription", "T2ax5mm"),
        ("100 % of %Modality", "100 % of CT"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_a_template_is_filled(template, expected):
    values = {"PatientID": "12345678", "Modality": "CT", "SeriesDescription": "T2 ax, 5 mm"}
    assert (expected, []) == filled(template, **values)


def test_a_value_that_looks_like_a_template_is_a_value():
    assert filled("%PatientID", PatientID="%Modality", Modality="CT") == ("%Modality", [])


def test_a_name_is_plausible_and_follows_its_seed():
    one, _ = filled("%_name|patientID_PatientName", PatientID="1", PatientName="A^B")
    two, _ = filled("%_name|patientID_PatientName", PatientID="1", PatientName="C^D")
    other, _ = filled("%_name|patientID_PatientName", PatientID="2", PatientName="A^B")
    assert one == two != other
    last, first, anon = one.split("^")
    assert last.isalpha()
    assert first.isalpha()
    assert anon == "ANON"


@pytest.mark.parametrize("template", ["<%PatientID>", "<%_md5_PatientID>", "<%_name_PatientID>"])
def test_what_is_missing_gives_nothing_and_a_finding(template):
    assert filled(template) == ("<>", ["missing-attribute"])


def test_substitutions_are_simultaneous():
    ds = Dataset()
    ds.PatientID, ds.StudyID = "one", "two"
    Templates.of({"PatientID": "%StudyID", "StudyID": "%PatientID"}).apply(ds, ds)
    assert (ds.PatientID, ds.StudyID) == ("two", "one")


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '"PatientID"',
        '{"PatientId": "x"}',
        '{"PatientID": 7}',
        '{"PatientID": "%Nobody"}',
        '{"PatientID": "%_sha1_PatientID"}',
        '{"PatientID": "%_md5|x_PatientID"}',
        '{"PatientID": "%_md5|0_PatientID"}',
        '{"PatientID": "%_strmsk_PatientID"}',
        '{"PatientID": "%_name|nobody_PatientName"}',
        '{"PatientID": "%__"}',
        '{"PixelData": "x"}',
        '{"TransferSyntaxUID": "1.2"}',
        '{"PatientID": "a", "PatientID": "b"}',
    ],
)
def test_a_wrong_template_is_refused(text):
    with pytest.raises(UsageError):
        Templates.from_json(text)
