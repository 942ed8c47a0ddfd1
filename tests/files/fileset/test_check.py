"""The referee: one breach each, told with its clause; a File-set that we wrote has none."""

import shutil

import pytest

import isocenter
from files.fileset.sets import DIRECTORIES, instance, names, written
from isocenter.errors import DicomError, Level
from isocenter.files.fileset.check import check
from isocenter.fileset import FileSet, RecordNode

IMAGE = "PT000000/ST000000/SE000000/IM000001"


@pytest.fixture
def root(tmp_path):
    written(tmp_path / "set", range(2))
    return tmp_path / "set"


def _records(root, change):
    """Write the DICOMDIR with records changed."""
    fs = FileSet(root)
    change(fs, [node.record for node in fs.root.walk()])
    fs.write()


def _file(root, change):
    ds = isocenter.dcmread(root / IMAGE)
    change(ds)
    ds.save_as(root / IMAGE)


def _told(finding):
    return finding.level, finding.code, finding.path, finding.tag, finding.clause


def test_what_was_written_here_is_clean(root):
    assert check(root) == []
    assert check(root, profile="STD-GEN-CD") == []


def test_the_file_sets_of_the_wheel_are_written_anew_without_a_breach(tmp_path):
    for name in ("DICOMDIR-bigEnd", "DICOMDIR-implicit", "DICOMDIR-nooffset", "DICOMDIR-nopatient"):
        root = tmp_path / name
        for folder in ("77654033", "98892001", "98892003"):
            shutil.copytree(DIRECTORIES / folder, root / folder)
        shutil.copyfile(DIRECTORIES / name, root / "DICOMDIR")
        before = {one.code for one in check(root) if one.level is Level.ERROR}
        FileSet(root).write()
        after = {one.code for one in check(root) if one.level is Level.ERROR}
        assert before - after
        assert after - before == set()
        assert after <= {"missing-record-key"}


def _description_missing(_, records):
    del records[1].StudyDescription


def _patient_id_empty(_, records):
    records[0].PatientID = ""


def _other_syntax(_, records):
    records[3].ReferencedTransferSyntaxUIDInFile = "1.2.840.10008.1.2"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_description_missing, ("missing-record-key", "DICOMDIR", "(0008,1030)", "PS3.3 F.5.2")),
        (_patient_id_empty, ("missing-record-key", "DICOMDIR", "(0010,0020)", "PS3.3 F.5.1")),
        (
            _other_syntax,
            (
                "record-contradicts-file",
                "PT000000/ST000000/SE000000/IM000000",
                "(0004,1512)",
                "PS3.3 F.3.2.2",
            ),
        ),
    ],
)
def test_a_breach_in_a_record(root, change, told):
    _records(root, change)
    assert (Level.ERROR, *told) in map(_told, check(root))


def test_a_value_that_contradicts_the_file_and_one_that_the_record_lacks(root):
    def change(ds):
        ds.InstanceNumber, ds.StudyDescription = 7, "known"

    _file(root, change)
    assert sorted(map(_told, check(root))) == [
        (Level.ERROR, "record-contradicts-file", IMAGE, "(0020,0013)", "PS3.3 F.5.4"),
        (Level.WARNING, "record-contradicts-file", IMAGE, "(0008,1030)", "PS3.3 F.5.2"),
    ]


def test_another_instance_in_the_place_of_a_file(root):
    instance(7).save_as(root / IMAGE)
    assert {(one.code, one.tag) for one in check(root)} == {
        ("record-contradicts-file", "(0004,1511)"),
        ("record-contradicts-file", "(0020,0013)"),
    }


def test_files_that_are_missing_broken_or_not_referred_to(root):
    (root / IMAGE).write_bytes(b"no DICOM")
    (root / "PT000000/ST000000/SE000000/IM000000").unlink()
    instance(7).save_as(root / "STRAY")
    (root / "README.TXT").write_bytes(b"read me")
    (root / ".isocenter-4711").write_bytes(b"half")
    assert {(one.level, one.code, one.path) for one in check(root)} == {
        (Level.ERROR, "missing-file", "DICOMDIR"),
        (Level.ERROR, "not-dicom", IMAGE),
        (Level.WARNING, "unreferenced-file", "STRAY"),
        (Level.NOTE, "unreferenced-file", "README.TXT"),
        (Level.WARNING, "unfinished-write", ".isocenter-4711"),
    }


def test_the_descriptor_file_belongs_to_the_file_set(root):
    (root / "README").write_bytes(b"read me")
    fs = FileSet(root)
    fs.descriptor_file_id = "README"
    fs.write()
    assert check(root) == []


def test_names_that_are_no_file_ids(root):
    (root / "PT000000").rename(root / "patient.one")
    fs = FileSet(root)
    assert len(fs) == 0
    fs.add(root / "patient.one/ST000000/SE000000/IM000000")
    fs.write()

    def change(_, records):
        records[3].ReferencedFileID = ["patient.one", "ST000000", "SE000000", "IM000001"]

    ds = isocenter.dcmread(root / "DICOMDIR")
    change(ds, ds.DirectoryRecordSequence)
    ds.save_as(root / "DICOMDIR", lenient=True)
    assert "bad-file-id" in {one.code for one in check(root)}


def test_one_instance_and_one_file_referred_to_twice(root):
    fs = FileSet(root)
    leaf = next(iter(fs)).node
    RecordNode(leaf.record.copy()).parent = leaf.parent
    fs.write()
    assert [one.code for one in check(root)] == ["duplicate-instance", "duplicate-file-id"]


def test_a_directory_in_the_wrong_encoding_and_without_id(root):
    fs = FileSet(root)
    del fs.directory.FileSetID
    fs.write(force_implicit=True)
    assert {(one.level, one.code) for one in check(root)} == {
        (Level.ERROR, "directory-encoding"),
        (Level.ERROR, "missing-record-key"),
    }


def test_a_directory_that_says_that_it_may_be_wrong(root):
    ds = isocenter.dcmread(root / "DICOMDIR")
    ds.FileSetConsistencyFlag = 0xFFFF
    ds.save_as(root / "DICOMDIR")
    (finding,) = check(root)
    assert (finding.level, finding.code) == (Level.WARNING, "inconsistent-fileset")


def test_files_that_a_media_profile_does_not_have(tmp_path):
    fs = FileSet()
    fs.add(instance(1, name="MR_small_bigendian.dcm"))
    fs.write(tmp_path)
    assert check(tmp_path) == []
    (finding,) = check(tmp_path, profile="STD-GEN-CD")
    assert (finding.code, finding.clause) == ("outside-profile", "PS3.11 D.3.1")


def test_nothing_is_changed(root):
    before = {name: (root / name).read_bytes() for name in names(root)}
    check(root)
    assert before == {name: (root / name).read_bytes() for name in names(root)}
    with pytest.raises(DicomError, match="no DICOMDIR"):
        check(root / IMAGE)
