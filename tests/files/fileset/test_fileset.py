"""What a File-set does beyond pydicom's, and its small print."""

from pathlib import Path

import pytest

import isocenter
from files.fileset.sets import EXAMPLE, contents, instance, names, written
from isocenter.errors import DicomError, Level, UsageError
from isocenter.fileset import (
    RECORD_TYPES,
    FileSet,
    Intake,
    MissingKeyError,
    RecordNode,
    generate_filename,
    is_conformant_file_id,
    record_type,
)
from isocenter.standard.tag import keyword_tags
from support.files import wheel_file


def test_new_files_are_named_beside_those_that_keep_their_names(tmp_path):
    written(tmp_path, range(2))
    (tmp_path / "PT000000/ST000000/SE000000").rename(tmp_path / "PT000000/ST000000/OLD")
    ds = isocenter.dcmread(tmp_path / "DICOMDIR")
    for record in ds.DirectoryRecordSequence[3:]:
        record.ReferencedFileID[2] = "OLD"
    ds.save_as(tmp_path / "DICOMDIR")
    fs = FileSet(tmp_path / "DICOMDIR")
    fs.add(instance(5))
    fs.add(instance(6, series="2"))
    fs.write(use_existing=True)
    assert names(tmp_path) == [
        "DICOMDIR",
        "PT000000/ST000000/OLD/IM000000",
        "PT000000/ST000000/OLD/IM000001",
        "PT000000/ST000000/OLD/IM000002",
        "PT000001/ST000000/SE000000/IM000000",
    ]


def test_files_are_linked_moved_or_copied_as_they_are(tmp_path):
    for number, intake in enumerate(Intake):
        given = tmp_path / f"given{number}"
        instance(number).save_as(given)
        before, inode = given.read_bytes(), given.stat().st_ino
        fs = FileSet()
        one = fs.add(given)
        fs.write(tmp_path / intake, intake=intake)
        assert Path(one.path).read_bytes() == before
        assert (Path(one.path).stat().st_ino == inode) is (intake is not Intake.COPY)
        assert given.exists() is (intake is not Intake.MOVE)


def test_a_folder_becomes_a_file_set_where_it_is(tmp_path):
    (tmp_path / "A").mkdir()
    instance(1).save_as(tmp_path / "A/FINE")
    instance(2).save_as(tmp_path / "A/not conformant.dcm")
    fs = FileSet()
    for path in sorted((tmp_path / "A").iterdir()):
        fs.add(path)
    fs.write(tmp_path, use_existing=True, intake=Intake.MOVE)
    assert names(tmp_path) == ["A/FINE", "A/IM000000", "DICOMDIR"]
    assert len(contents(tmp_path)) == 2


def test_a_file_that_was_changed_after_it_was_added_is_not_taken(tmp_path):
    instance(1).save_as(tmp_path / "given")
    fs = FileSet()
    fs.add(tmp_path / "given")
    instance(2, ImageComments="longer").save_as(tmp_path / "given")
    with pytest.raises(DicomError, match="changed since it was added"):
        fs.write(tmp_path / "set")
    (tmp_path / "given").unlink()
    with pytest.raises(DicomError, match="gone"):
        fs.write(tmp_path / "set")
    assert not (tmp_path / "set").exists()


def test_a_removed_instance_that_is_added_again_stays(tmp_path):
    fs = written(tmp_path, range(2))
    one = next(iter(fs))
    ds = one.load()
    fs.remove(one)
    assert one.for_removal
    assert fs.is_staged
    assert fs.add(ds) is one
    assert not one.for_removal
    assert len(fs) == 2
    fs.write()
    assert len(contents(tmp_path)) == 2


def test_a_changed_instance_takes_the_place_of_a_removed_one(tmp_path):
    fs = written(tmp_path, range(2))
    one = next(iter(fs))
    ds = one.load()
    ds.ImageComments = "changed"
    fs.remove(one)
    assert fs.add(ds).for_addition
    fs.write()
    assert [one.load().get("ImageComments") for one in fs] == ["Uncompressed", "changed"]
    assert len(contents(tmp_path)) == 2


def test_another_file_of_a_known_uid_is_told(tmp_path):
    fs = FileSet()
    first = fs.add(instance(1))
    assert fs.add(instance(1)) is first
    assert fs.findings == ()
    instance(1, ImageComments="other").save_as(tmp_path / "other")
    assert fs.add(tmp_path / "other") is first
    (finding,) = fs.findings
    assert (finding.code, finding.path) == ("duplicate-instance", str(tmp_path / "other"))


def test_the_records_of_a_user_come_first(tmp_path):
    def patient(ds):
        record = isocenter.Dataset()
        record.PatientID, record.PatientName = f"X{ds.PatientID}", None
        return record

    fs = FileSet(creators={"PATIENT": patient})
    one, other = fs.add(instance(1)), fs.add(instance(2))
    assert one.PatientID == "XA"
    assert len(fs.root.children) == 1
    fs.write(tmp_path)
    assert other.FileID == "PT000000/ST000000/SE000000/IM000001"


def test_private_records(tmp_path):
    def node(**values):
        record = isocenter.Dataset()
        for keyword, value in values.items():
            setattr(record, keyword, value)
        return RecordNode(record)

    top = node(DirectoryRecordType="PRIVATE", PrivateRecordUID="1.2.3")
    leaf = node(DirectoryRecordType="PRIVATE", PrivateRecordUID="1.2.4")
    leaf.parent = top
    fs = FileSet()
    one = fs.add_custom(instance(1), leaf)
    assert one.is_private
    assert one.PrivateRecordUID == "1.2.4"
    fs.write(tmp_path)
    assert names(tmp_path) == ["DICOMDIR", "P0000000/P0000000"]
    assert len(contents(tmp_path)) == 1
    with pytest.raises(UsageError, match="below itself"):
        top.parent = leaf


def test_a_record_that_refers_to_a_file_and_has_records_below(tmp_path):
    fs = FileSet()
    above = fs.add(instance(1))
    record = isocenter.Dataset()
    record.DirectoryRecordType = "PRIVATE"
    below = RecordNode(record)
    fs.add_custom(instance(2), below)
    below.parent = above.node
    fs.write(tmp_path)
    assert len(contents(tmp_path)) == 2
    fs.write()
    assert len(contents(tmp_path)) == 2


def test_missing_keys_name_file_tag_and_record(tmp_path):
    ds = instance(1)
    del ds.StudyDate
    ds.save_as(tmp_path / "given")
    fs = FileSet()
    with pytest.raises(MissingKeyError) as raised:
        fs.add(tmp_path / "given")
    assert raised.value.facts == {
        "path": str(tmp_path / "given"),
        "tag": "(0008,0020)",
        "offset": None,
        "clause": "PS3.3 F.5.2",
    }
    assert "STUDY record needs StudyDate" in str(raised.value)
    assert fs.root.children == []


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("StudyDate", "19000101"),
        ("StudyTime", "000000"),
        ("StudyID", "UNKNOWN"),
        ("Modality", "OT"),
        ("SeriesNumber", 1),
        ("InstanceNumber", 1),
    ],
)
def test_missing_keys_are_filled_visibly(tmp_path, keyword, value):
    ds = instance(1)
    delattr(ds, keyword)
    ds.save_as(tmp_path / "given")
    fs = FileSet()
    one = fs.add(tmp_path / "given", fill=True)
    assert one[keyword].value == value
    (finding,) = fs.findings
    assert (finding.code, finding.level) == ("filled-record-key", Level.WARNING)
    assert finding.path == str(tmp_path / "given")
    assert keyword in finding.message
    fs.write(tmp_path / "set")
    assert keyword not in one.load()


def test_patients_without_id_are_not_mixed_up():
    fs = FileSet()
    for study in "12":
        fs.add(instance(1, study=study, PatientID="", PatientName=""), fill=True)
    assert len(fs.root.children) == 2
    with pytest.raises(MissingKeyError, match="SeriesInstanceUID"):
        fs.add(instance(2, SeriesInstanceUID=""), fill=True)


def test_values_that_their_vr_forbids_are_told_and_kept(tmp_path):
    fs = FileSet()
    ds = instance(1)
    ds.StudyID = "longer than sixteen characters"
    ds.save_as(tmp_path / "given", lenient=True)
    fs.add(tmp_path / "given")
    assert [finding.code for finding in fs.findings] == ["invalid-value"]
    fs.write(tmp_path / "set")
    assert FileSet(tmp_path / "set").find_values("StudyID") == ["longer than sixteen characters"]


def test_text_keeps_its_character_set(tmp_path):
    fs = FileSet()
    ds = instance(1)
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName = "Wang^XiaoDong=王^小东"
    fs.add(ds)
    fs.write(tmp_path)
    assert FileSet(tmp_path).find_values("PatientName") == ["Wang^XiaoDong=王^小东"]


def test_names_of_the_file_set(tmp_path):
    fs = FileSet()
    fs.ID, fs.UID = "MY_SET", "1.2.3.4"
    fs.descriptor_file_id, fs.descriptor_character_set = ["DOCS", "README"], "ISO_IR 100"
    fs.write(tmp_path)
    again = FileSet(tmp_path)
    assert (again.ID, again.UID) == ("MY_SET", "1.2.3.4")
    assert again.descriptor_file_id == ["DOCS", "README"]
    assert again.descriptor_character_set == "ISO_IR 100"
    again.ID = None
    assert again.is_staged
    again.descriptor_file_id = None
    again.write()
    assert FileSet(tmp_path).ID is None
    with pytest.raises(UsageError, match="16 characters"):
        fs.ID = "X" * 17
    with pytest.raises(UsageError, match="8 parts"):
        fs.descriptor_file_id = ["A"] * 9


def test_roots(tmp_path):
    with pytest.raises(UsageError, match="needs the path"):
        FileSet().write()
    fs = written(tmp_path / "a", [1])
    with pytest.raises(UsageError, match="root of a File-set stays"):
        fs.write(tmp_path / "b")
    with pytest.raises(UsageError, match="is a File-set already"):
        FileSet().write(tmp_path / "a")
    with pytest.raises(UsageError, match="not of this File-set"):
        fs.remove(next(iter(FileSet(EXAMPLE))))


def test_a_copy_has_what_is_staged_and_the_original_stays(tmp_path):
    fs = written(tmp_path / "a", range(2))
    fs.add(instance(2))
    fs.remove(next(iter(fs)))
    other = fs.copy(tmp_path / "b", intake=Intake.LINK)
    assert [one.InstanceNumber for one in other] == [1, 2]
    assert len(contents(tmp_path / "a")) == 2
    assert len(contents(tmp_path / "b")) == 2
    assert fs.is_staged
    uid = fs.UID
    other.ID, other.UID = "OTHER", "1.2.3"
    assert (None, uid) == (fs.ID, fs.UID)
    with pytest.raises(UsageError, match="where they are"):
        fs.copy(tmp_path / "c", intake=Intake.MOVE)


def test_implicit_vr_when_forced(tmp_path):
    fs = written(tmp_path, range(2))
    fs.ID = "IMPLICIT"
    fs.write(force_implicit=True)
    again = FileSet(tmp_path)
    assert {finding.code for finding in again.findings} == {"directory-encoding"}
    assert len(again) == 2
    again.write()
    assert len(contents(tmp_path)) == 2


def test_an_untouched_record_is_copied_byte_for_byte(tmp_path):
    fs = written(tmp_path, range(2))
    before = (tmp_path / "DICOMDIR").read_bytes()
    FileSet(tmp_path).write()
    assert (tmp_path / "DICOMDIR").read_bytes() == before
    fs = FileSet(tmp_path)
    fs.find_values(["PatientName", "InstanceNumber"])
    fs.write()
    assert (tmp_path / "DICOMDIR").read_bytes() == before


def test_searching_with_tags_and_unknown_keywords():
    fs = FileSet(EXAMPLE)
    assert fs.find_values([0x00100020, "Modality"]) == {
        0x00100020: ["77654033", "98890234"],
        "Modality": ["CR", "CT", "MR"],
    }
    with pytest.raises(UsageError):
        fs.find(PatientIdd="1")
    one = next(iter(fs))
    assert "Modality" in one
    assert 0x00080060 in one
    assert "Rows" not in one
    with pytest.raises(AttributeError, match="Rows"):
        _ = one.Rows
    with pytest.raises(KeyError):
        _ = one["Rows"]


def test_data_sets_that_are_from_no_file(tmp_path):
    ds = isocenter.Dataset(instance(1))
    with pytest.raises(UsageError, match="without file_meta"):
        FileSet().add(ds)
    ds.file_meta = instance(1).file_meta
    fs = FileSet()
    fs.add(ds)
    fs.write(tmp_path)
    assert len(contents(tmp_path)) == 1
    with pytest.raises(UsageError, match="without file_meta"):
        FileSet().add(isocenter.FileDataset(instance(1)))
    with pytest.raises(UsageError, match="no DICOMDIR"):
        FileSet(ds)


def test_file_ids():
    assert is_conformant_file_id(Path("PT000000/A_1"))
    for wrong in ("", "lower", "NINECHARS", "A.DCM", "/".join("A" * 9)):
        assert not is_conformant_file_id(Path(wrong))
    numbers = generate_filename("IM", start=9)
    assert [next(numbers), next(numbers)] == ["IM000009", "IM000010"]
    letters = generate_filename("IM", start=35, alphanumeric=True)
    assert [next(letters), next(letters)] == ["IM00000Z", "IM000010"]
    with pytest.raises(UsageError):
        next(generate_filename("TOOLONG8"))
    with pytest.raises(UsageError, match="no name"):
        list(generate_filename("1234567", start=9))


def test_every_key_of_every_record_type_is_an_attribute():
    for kind in RECORD_TYPES.values():
        assert {*kind.required, *kind.present, *kind.taken} <= set(keyword_tags())
        assert kind.below in {"", "PATIENT", "STUDY", "SERIES"}
        assert is_conformant_file_id(Path(kind.prefix))
        assert len(kind.prefix) == 2
    prefixes = [kind.prefix for kind in RECORD_TYPES.values()]
    assert len(prefixes) == len(set(prefixes))
    assert record_type("1.2.840.10008.5.1.4.1.1.2") == "IMAGE"


def test_an_unknown_sop_class_is_an_image_when_it_has_pixels():
    ds = isocenter.dcmread(wheel_file("CT_small.dcm"))
    ds.SOPClassUID = "1.2.3.4"
    assert FileSet().add(ds).node.record_type == "IMAGE"
    del ds.PixelData, ds.Rows
    with pytest.raises(DicomError, match="add_custom"):
        FileSet().add(ds)
