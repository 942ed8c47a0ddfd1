"""One data set against its IOD: each kind of finding, and what is never told."""

import pytest

from isocenter import Dataset, Sequence
from isocenter.attributes.check import check, check_file
from isocenter.core.part10writer import WriteOptions, file_bytes
from isocenter.errors import Level
from isocenter.standard.modules import iod
from support.files import wheel_file

CT, SR, SEG, ENHANCED_CT = (
    f"1.2.840.10008.5.1.4.1.1.{last}" for last in ("2", "88.33", "66.4", "2.1")
)


def dataset(sop_class=CT, **attributes):
    ds = Dataset()
    ds.SOPClassUID = sop_class
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    return ds


def item(**attributes):
    ds = Dataset()
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    return ds


def told(ds, **options):
    return {(one.code, one.tag): one for one in check(ds, **options).findings}


def test_an_absent_attribute_of_type_1_and_2_is_an_error():
    found = told(dataset())
    for keyword, kind in (("KVP", "Type 2 in CT Image"), ("Modality", "Type 1 in General Series")):
        finding = found["absent-attribute", keyword]
        assert (finding.level, kind in finding.message) == (Level.ERROR, True)
        assert finding.clause.startswith("PS3.3 table C.")


def test_type_2_may_be_empty_and_type_1_may_not():
    found = told(dataset(KVP=None, Modality="", PixelSpacing=None))
    assert ("absent-attribute", "KVP") not in found
    assert ("empty-attribute", "KVP") not in found
    assert found["empty-attribute", "Modality"].level is Level.ERROR
    assert found["empty-attribute", "PixelSpacing"].level is Level.ERROR


def test_type_1c_may_lack_but_not_be_empty():
    found = told(dataset(DeidentificationMethod=""))
    assert found["empty-attribute", "DeidentificationMethod"].level is Level.ERROR
    assert ("absent-attribute", "DeidentificationMethod") not in told(dataset())


def test_type_3_may_lack_and_be_empty():
    found = told(dataset(StudyDescription=""))
    assert not [code for code, tag in found if tag in {"StudyDescription", "SeriesDescription"}]


def test_a_sequence_of_type_1_needs_an_item():
    found = told(dataset(ENHANCED_CT, SharedFunctionalGroupsSequence=Sequence([])))
    assert found["empty-attribute", "SharedFunctionalGroupsSequence"].level is Level.ERROR


def test_an_item_needs_what_every_module_asks_of_it():
    found = told(dataset(ReferencedImageSequence=[item(ReferencedSOPClassUID=CT), item()]))
    finding = found["absent-attribute", "ReferencedImageSequence[0].ReferencedSOPInstanceUID"]
    assert finding.level is Level.ERROR
    assert finding.message.endswith("; so in 2 items")
    only = found["absent-attribute", "ReferencedImageSequence[1].ReferencedSOPClassUID"]
    assert "items" not in only.message


def test_a_module_that_seems_to_be_used_is_a_warning():
    assert ("absent-attribute", "SynchronizationTrigger") not in told(dataset())
    found = told(dataset(SynchronizationFrameOfReferenceUID="1.2.3"))
    finding = found["absent-attribute", "SynchronizationTrigger"]
    assert finding.level is Level.WARNING
    assert "seems to be used" in finding.message


def test_a_second_overlay_needs_what_the_first_one_needs():
    ds = dataset()
    ds.add_new(0x60020010, "US", 4)
    found = told(ds)
    assert ("absent-attribute", "(6002,3000)") in found
    assert ("absent-attribute", "(6002,0010)") not in found


def test_conditions_are_not_guessed_but_said():
    result = check(dataset())
    note = next(one for one in result.findings if one.code == "conditions-not-checked")
    assert note.level is Level.NOTE
    assert f"{len(result.undecided):,} attributes" in note.message
    assert "PatientBirthDate" not in result.undecided
    assert "Laterality" in result.undecided
    assert "Contrast/Bolus" in result.undecided_modules


def test_an_attribute_of_no_module_is_a_note():
    found = told(dataset(EchoTime="1", ReferencedImageSequence=[item(EchoTime="1")]))
    assert found["not-in-iod", "EchoTime"].level is Level.NOTE
    assert found["not-in-iod", "EchoTime"].clause == iod(CT).place.clause
    assert ("not-in-iod", "ReferencedImageSequence[0].EchoTime") in found


def test_private_attributes_and_lengths_belong_to_no_module_and_are_no_strangers():
    ds = dataset()
    ds.add_new(0x00290010, "LO", "SIEMENS CSA HEADER")
    ds.add_new(0x00291008, "CS", "IMAGE NUM 4")
    ds.add_new(0xFFFCFFFC, "OB", b"\0\0")
    assert not [code for code, _ in told(ds) if code == "not-in-iod"]


def test_a_dicomdir_is_known_by_its_file_meta_and_keys_of_records_are_no_strangers():
    result = check_file(wheel_file("DICOMDIR"))
    assert result.iod.name == "Basic Directory"
    assert {one.level for one in result.findings} == {Level.NOTE}
    assert "not-in-iod" not in {one.code for one in result.findings}


def test_content_items_are_known_to_any_depth():
    deep = item(RelationshipType="CONTAINS", ValueType="TEXT", TextValue="x")
    for _ in range(5):
        deep = item(RelationshipType="CONTAINS", ValueType="CONTAINER", ContentSequence=[deep])
    found = told(dataset(SR, ContentSequence=[deep]))
    nested = {code for code, tag in found if tag and tag.startswith("ContentSequence")}
    assert nested == set()
    bare = told(dataset(SR, ContentSequence=[item(ContentSequence=[item()])]))
    assert ("absent-attribute", "ContentSequence[0].ContentSequence[0].ValueType") in bare


def test_a_content_item_by_reference_has_no_value_type():
    reference = item(RelationshipType="INFERRED FROM", ReferencedContentItemIdentifier=[1, 2])
    found = told(dataset(SR, ContentSequence=[reference]))
    assert not [code for code, tag in found if tag and tag.startswith("ContentSequence")]


def groups(shared, *frames):
    return dataset(
        ENHANCED_CT,
        SharedFunctionalGroupsSequence=[shared],
        PerFrameFunctionalGroupsSequence=list(frames),
    )


MEASURES = {"PixelMeasuresSequence": [item(PixelSpacing=["1", "1"], SliceThickness="1")]}


def test_a_mandatory_functional_group_is_shared_or_in_every_frame():
    for ds in (groups(item(**MEASURES), item(), item()), groups(item(), *[item(**MEASURES)] * 2)):
        assert "Pixel Measures" not in " ".join(one.message for one in check(ds).findings)
    for ds in (groups(item(), item(), item()), groups(item(), item(**MEASURES), item())):
        lacking = [one for one in check(ds).findings if one.code == "missing-functional-group"]
        told_of = next(one for one in lacking if one.message.startswith("Pixel Measures"))
        assert told_of.level is Level.WARNING
        assert told_of.clause == "PS3.3 table C.7.6.16-2"


def test_a_functional_group_does_not_stand_in_both_sequences():
    found = check(groups(item(**MEASURES), item(**MEASURES))).findings
    twice = [one for one in found if one.code == "functional-group-twice"]
    assert [(one.level, one.clause) for one in twice] == [(Level.ERROR, "PS3.3 C.7.6.16.1.1")]


def test_a_functional_group_needs_what_its_sequence_asks():
    found = told(groups(item(PixelMeasuresSequence=[item(SliceThickness="")]), item()))
    where = "SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]"
    assert ("empty-attribute", f"{where}.SliceThickness") in found


@pytest.mark.parametrize(
    ("tag", "vr", "value", "code", "level"),
    [
        (0x00080020, "DA", "2020-01-01", "invalid-value", Level.ERROR),
        (0x00080050, "SH", "x" * 17, "value-too-long", Level.ERROR),
        (0x00080060, "LO", "CT", "other-vr", Level.ERROR),
        (0x00080060, "UN", b"CT", "other-vr", Level.WARNING),
        (0x00280030, "DS", ["1", "2", "3"], "wrong-vm", Level.ERROR),
        (0x00080040, "US", 1, "retired-attribute", Level.NOTE),
        (0x00080000, "UL", 1, "retired-attribute", Level.NOTE),
        (0x0008FFF0, "LO", "x", "not-in-dictionary", Level.WARNING),
        (0x00291008, "LO", "x", "no-private-creator", Level.WARNING),
    ],
)
def test_an_element_that_is_not_as_the_dictionary_says(tag, vr, value, code, level):
    ds = dataset()
    ds.add_new(tag, vr, value)
    found = [one for one in check(ds).findings if one.code == code]
    assert [one.level for one in found] == [level]


def test_a_sop_class_without_an_iod_is_said_and_values_are_checked():
    for ds in (dataset("1.2.3.4"), dataset("1.2.840.10008.5.1.4.1.1.5"), Dataset()):
        ds.StudyDate = "yesterday"
        result = check(ds)
        assert result.iod is None
        assert {one.code for one in result.findings} == {"no-iod", "invalid-value"}


def test_the_real_ct_is_clean():
    result = check_file(wheel_file("CT_small.dcm"))
    assert result.iod.name == "CT Image"
    assert {one.level for one in result.findings} == {Level.NOTE}


def test_a_file_that_is_none_is_an_error(tmp_path):
    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / "empty.dcm").touch()
    assert [one.code for one in check_file(tmp_path / "notes.txt").findings] == ["not-dicom"]
    assert [one.code for one in check_file(tmp_path / "empty.dcm").findings] == ["empty-file"]
    assert check_file(tmp_path / "notes.txt").findings[0].level is Level.ERROR
    assert [one.code for one in check_file(tmp_path / "gone.dcm").findings] == ["unreadable-file"]


NAME = "Kowalczyk"


def planted():
    """Values that break every rule, with a name in each, nested and private ones too."""
    ds = dataset(f"1.2.{NAME}")
    ds.add_new(0x00080005, "CS", NAME)
    ds.add_new(0x00080020, "DA", NAME)
    ds.add_new(0x00100010, "PN", f"{NAME}=" * 4)
    ds.add_new(0x00100020, "LO", NAME * 20)
    ds.add_new(0x00080060, "CS", NAME)
    ds.add_new(0x0008FFF0, "LO", f"{NAME}\n")
    ds.add_new(0x00290010, "LO", NAME)
    ds.add_new(0x00291008, "DA", NAME)
    ds.add_new(0x00310010, "LO", f"{NAME}\t")
    ds.ReferencedImageSequence = [item(ReferencedSOPInstanceUID=NAME)]
    return ds


@pytest.mark.parametrize("sop_class", [None, CT, SR])
def test_no_value_is_told(sop_class, tmp_path):
    ds = planted()
    if sop_class:
        ds.SOPClassUID = sop_class
    ds.SOPInstanceUID = "1.2.3"
    path = tmp_path / "planted.dcm"
    written = WriteOptions(lenient=True, implicit_vr=False, little_endian=True)
    path.write_bytes(file_bytes(ds, written))
    result = check_file(path)
    assert len([one for one in result.findings if one.level is Level.ERROR]) >= 5
    assert NAME.casefold() not in repr(result.findings).casefold()
    assert NAME in repr(check_file(path, shows_values=True).findings)
