"""DICOMDIRs that are wrong, foreign or hostile: what can be read is, and nothing is touched."""

import os
import shutil
import struct
from pathlib import Path

import pytest

import isocenter
from files.fileset.sets import DIRECTORIES, EXAMPLE, contents, instance, names, written
from isocenter.errors import DicomError, Level, UsageError
from isocenter.fileset import FileSet, RecordNode

NEXT, LOWER = 0x00041400, 0x00041420


@pytest.fixture
def root(tmp_path):
    """A File-set of three instances, and a file outside it."""
    written(tmp_path / "set", range(3))
    instance(9).save_as(tmp_path / "OUTSIDE")
    return tmp_path / "set"


def _codes(fs):
    return {finding.code for finding in fs.findings}


def _change(root, change):
    """Rewrite the DICOMDIR with records changed; offsets stay true, as lengths do not change."""
    ds = isocenter.dcmread(root / "DICOMDIR")
    change(ds, list(ds.DirectoryRecordSequence))
    ds.save_as(root / "DICOMDIR")


def _patch(root, tag, number, value):
    """Write an offset into the bytes of a record, counted from 0."""
    data = bytearray((root / "DICOMDIR").read_bytes())
    ds = isocenter.dcmread(bytes(data))
    stored = ds.DirectoryRecordSequence[number].stored
    struct.pack_into("<I", data, stored.entries[tag][1], value)
    (root / "DICOMDIR").write_bytes(data)


def _offset(root, number):
    ds = isocenter.dcmread(root / "DICOMDIR")
    return ds.DirectoryRecordSequence[number].stored.span.start - 8


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("DICOMDIR-bigEnd", {"directory-encoding"}),
        ("DICOMDIR-implicit", {"directory-encoding"}),
        ("DICOMDIR-nooffset", {"truncated"}),
        ("DICOMDIR-nopatient", {"misplaced-record", "orphaned-records"}),
        ("DICOMDIR-reordered", set()),
    ],
)
def test_the_variants_of_the_wheel_are_read_whole(name, codes):
    fs = FileSet(DIRECTORIES / name)
    assert _codes(fs) == codes
    expected = {str(one.SOPInstanceUID) for one in FileSet(EXAMPLE)}
    assert {str(one.SOPInstanceUID) for one in fs} == expected
    assert all(one.load().SOPInstanceUID == one.SOPInstanceUID for one in fs)
    assert {"PATIENT"} == {node.record_type for node in fs.root.children}


@pytest.mark.parametrize(
    "file_id",
    ["..\\OUTSIDE", "\\OUTSIDE", "/OUTSIDE", "../OUTSIDE", "C:\\OUTSIDE", ".", "A\\..\\..\\OUTSIDE",
     "S\0T\\X", "\\".join("A" * 70)],
)  # fmt: skip
def test_a_file_id_that_leads_out_is_refused(root, file_id):
    def change(_, records):
        records[-1].add_new(0x00041500, "LO", file_id.split("\\"))

    before = (root.parent / "OUTSIDE").read_bytes()
    ds = isocenter.dcmread(root / "DICOMDIR")
    change(ds, ds.DirectoryRecordSequence)
    ds.save_as(root / "DICOMDIR", lenient=True)
    fs = FileSet(root)
    assert "refused-file-id" in _codes(fs)
    assert len(fs) == 2
    assert "1 record left out" in str(fs)
    fs.write()
    assert (root.parent / "OUTSIDE").read_bytes() == before
    assert len(contents(root)) == 2
    # the file that no record refers to any more stays, too
    assert len(names(root)) == 4


def test_symbolic_links_out_of_the_root_are_refused(root):
    file = root / "PT000000/ST000000/SE000000/IM000001"
    file.unlink()
    file.symlink_to(root.parent / "OUTSIDE")
    fs = FileSet(root)
    assert _codes(fs) == {"refused-file-id"}
    assert len(fs) == 2
    with pytest.raises(UsageError, match="move it away"):
        fs.write()  # IM000002 would become IM000001, where the link is
    assert file.is_symlink()
    fs.write(use_existing=True)
    assert (root.parent / "OUTSIDE").exists()
    assert file.is_symlink()


def test_a_folder_that_is_a_symbolic_link_out_of_the_root_is_refused(root):
    shutil.move(root / "PT000000", root.parent / "elsewhere")
    (root / "PT000000").symlink_to(root.parent / "elsewhere")
    fs = FileSet(root)
    assert len(fs) == 0
    assert _codes(fs) == {"refused-file-id"}
    fs.add(instance(7))
    with pytest.raises(UsageError, match="symbolic link out of"):
        fs.write()
    assert len(names(root.parent / "elsewhere")) == 3


def test_symbolic_links_inside_the_root_are_followed(root):
    (root / "PT000000").rename(root / "REAL")
    (root / "PT000000").symlink_to(root / "REAL")
    before = [one.load().SOPInstanceUID for one in FileSet(root)]
    fs = FileSet(root)
    assert fs.findings == ()
    fs.remove(next(iter(fs)))
    fs.write(use_existing=True)
    assert [one.load().SOPInstanceUID for one in FileSet(root)] == before[1:]


def test_names_in_another_letter_case_are_found(root):
    for path in sorted(root.rglob("*"), reverse=True):
        if path.name != "DICOMDIR":
            path.rename(path.with_name(path.name.lower()))
    fs = FileSet(root)
    assert fs.findings == ()
    assert len(fs) == 3
    fs.write()
    assert len(contents(root)) == 3


def test_a_missing_file_is_told_and_its_record_left_out(root):
    (root / "PT000000/ST000000/SE000000/IM000001").unlink()
    fs = FileSet(root)
    (finding,) = fs.findings
    assert (finding.code, finding.level) == ("missing-file", Level.ERROR)
    assert "left out" in finding.message
    assert fs.is_staged
    fs.write()
    assert not fs.is_staged
    assert len(contents(root)) == 2


def test_a_file_that_goes_between_reading_and_writing_changes_nothing(root):
    fs = FileSet(root)
    fs.ID = "NEW"
    (root / "PT000000/ST000000/SE000000/IM000001").unlink()
    before = (root / "DICOMDIR").read_bytes()
    for use_existing in (True, False):
        with pytest.raises(DicomError, match="gone"):
            fs.write(use_existing=use_existing)
    assert (root / "DICOMDIR").read_bytes() == before


def test_a_dicomdir_changed_by_another_program_is_not_replaced(root):
    fs, other = FileSet(root), FileSet(root)
    other.add(instance(5))
    other.write()
    fs.ID = "MINE"
    with pytest.raises(UsageError, match="changed since it was read"):
        fs.write()
    assert len(contents(root)) == 4


def test_what_is_no_regular_file_is_missing(root):
    file = root / "PT000000/ST000000/SE000000/IM000001"
    file.unlink()
    os.mkfifo(file)  # reading it would wait for ever
    fs = FileSet(root)
    assert _codes(fs) == {"missing-file"}
    assert len(fs) == 2


def test_records_that_run_in_a_circle(root):
    _patch(root, NEXT, 5, _offset(root, 3))
    fs = FileSet(root)
    assert _codes(fs) == {"circular-record-offset"}
    assert len(fs) == 3
    fs.write()
    assert len(contents(root)) == 3


def test_a_record_above_itself(root):
    _patch(root, LOWER, 2, _offset(root, 0))
    fs = FileSet(root)
    assert _codes(fs) == {"circular-record-offset", "orphaned-records"}
    assert len(fs) == 3


def test_an_offset_that_leads_nowhere(root):
    _patch(root, NEXT, 3, 7)
    fs = FileSet(root)
    assert _codes(fs) == {"dangling-record-offset", "orphaned-records"}
    assert len(fs) == 3
    fs.write()
    assert len(contents(root)) == 3


def test_orphans_can_be_left_out(root):
    _patch(root, NEXT, 3, 7)
    fs = FileSet()
    fs.load(root / "DICOMDIR", include_orphans=False)
    assert len(fs) == 1


def test_an_inactive_record_is_left_out_with_what_is_below_it(root):
    def change(_, records):
        records[2].RecordInUseFlag = 0

    _change(root, change)
    fs = FileSet(root)
    assert _codes(fs) == {"inactive-record"}
    assert len(fs) == 0


def test_an_unknown_record_type_is_read(root):
    def change(_, records):
        records[3].DirectoryRecordType = "IMAXX"

    _change(root, change)
    fs = FileSet(root)
    assert _codes(fs) == {"unknown-record-type"}
    assert len(fs) == 3
    fs.write()
    assert len(contents_of_any(root)) == 3


def contents_of_any(root):
    return {one.load().SOPInstanceUID for one in FileSet(root)}


def test_a_record_whose_elements_are_out_of_order(root):
    data = bytearray((root / "DICOMDIR").read_bytes())
    offset = _offset(root, 4)
    assert data[offset + 8 : offset + 12] == b"\x04\x00\x00\x14"
    data[offset + 8 : offset + 12] = b"\x24\x00\x00\x14"
    (root / "DICOMDIR").write_bytes(data)
    fs = FileSet(root)
    assert len(fs) == 3  # its link to the next one is gone, which makes that an orphan
    assert _codes(fs) == {"orphaned-records"}
    fs.write()
    assert len(contents(root)) == 3


def test_a_directory_without_offsets_is_read_by_order(root):
    def change(ds, records):
        ds.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = 0
        for record in records:
            record.OffsetOfTheNextDirectoryRecord = 0
            record.OffsetOfReferencedLowerLevelDirectoryEntity = 0

    _change(root, change)
    fs = FileSet(root)
    assert _codes(fs) == {"no-record-offsets"}
    assert [node.record_type for node in fs.root.walk()] == ["PATIENT", "STUDY", "SERIES"] + [
        "IMAGE"
    ] * 3


def test_two_records_of_one_sop_instance_uid_and_of_one_file(tmp_path):
    fs = written(tmp_path, range(2))
    leaf = next(iter(fs)).node
    twin = RecordNode(leaf.record.copy())
    twin.parent = leaf.parent
    fs.write()  # the twin refers to no instance of the set and keeps its File ID
    fs = FileSet(tmp_path)
    assert len(fs) == 3
    one, _, other = fs
    assert one.path == other.path
    fs.remove(one)
    fs.write(use_existing=True)
    assert Path(other.path).exists()
    assert len(contents(tmp_path)) == 2
    fs.remove(list(fs))
    fs.write()
    assert names(tmp_path) == ["DICOMDIR"]


@pytest.mark.parametrize("deep", [10_000])
def test_ten_thousand_nested_records(tmp_path, deep):
    fs = FileSet()
    above = fs.root
    for number in range(deep):
        record = isocenter.Dataset()
        record.DirectoryRecordType = "PRIVATE"
        record.PrivateRecordUID = f"1.2.{number}"
        node = RecordNode(record)
        node.parent = above
        above = node
    fs.write(tmp_path)
    again = FileSet(tmp_path)
    assert sum(1 for _ in again.root.walk()) == deep
    assert len(str(again).splitlines()) > deep
    again.ID = "DEEP"
    again.write()
    leaf = RecordNode(isocenter.Dataset())
    leaf.record.DirectoryRecordType = "PRIVATE"
    last = [*again.root.walk()][-1]
    instance_of_leaf = again.add_custom(instance(1), leaf)
    assert instance_of_leaf.is_private
    leaf.parent = last
    with pytest.raises(UsageError, match="8 levels"):
        again.write()


def test_what_is_no_dicomdir():
    with pytest.raises(DicomError, match="no DICOMDIR"):
        FileSet(DIRECTORIES / "77654033/CR1/6154")
    with pytest.raises(DicomError, match="DICOMDIR is no instance"):
        FileSet().add(EXAMPLE)
    with pytest.raises(UsageError, match="read from a file"):
        FileSet(isocenter.dcmread(EXAMPLE.read_bytes()))


def test_a_foreign_file_in_the_way_is_not_overwritten(tmp_path):
    (tmp_path / "PT000000").write_bytes(b"mine")
    fs = FileSet()
    fs.add(instance(1))
    with pytest.raises(UsageError, match="move it away"):
        fs.write(tmp_path)
    assert names(tmp_path) == ["PT000000"]
    assert (tmp_path / "PT000000").read_bytes() == b"mine"
