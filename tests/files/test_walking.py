"""From a file, folder or DICOMDIR to instances: every file once, none unsaid."""

import os
import shutil
import warnings

import pydicom
import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage

from isocenter.errors import Level, UsageError
from isocenter.files.walking import headers, instances
from support.files import wheel_file


def put(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")


def codes(found):
    return [(finding.path, finding.code) for finding in found.findings]


def test_a_file_is_itself(tmp_path):
    put(tmp_path, "a/b.dcm")
    found = instances(tmp_path / "a" / "b.dcm")
    assert (tmp_path / "a", ("b.dcm",), ()) == (found.root, found.names, found.findings)
    assert tmp_path / "a" / "b.dcm" == found.path("b.dcm")


def test_a_folder_to_any_depth_in_natural_order(tmp_path):
    put(tmp_path, "s10/1", "s2/10", "s2/9", "s2/deep/er/1", "z", ".isocenter-1-1")
    assert instances(tmp_path).names == ("s2/9", "s2/10", "s2/deep/er/1", "s10/1", "z")


@pytest.mark.parametrize("name", ["nowhere", "new\nline"])
def test_what_is_not_there(tmp_path, name):
    with pytest.raises(UsageError, match="does not exist"):
        instances(tmp_path / name)


def test_a_pipe_is_no_source_and_in_a_folder_a_note(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    assert codes(instances(tmp_path)) == [("link", "no-file"), ("pipe", "no-file")]
    with pytest.raises(UsageError, match="no file or folder"):
        instances(tmp_path / "pipe")


def test_links_are_followed_and_loops_end(tmp_path):
    root = tmp_path / "root"
    put(tmp_path, "root/real/1", "elsewhere/2", "elsewhere/sub/3")
    (root / "a-loop").symlink_to(root)
    (root / "a-up").symlink_to(tmp_path / "elsewhere")
    (root / "b-up").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(root / "real")
    found = instances(root)
    assert found.names == ("a-up/2", "a-up/sub/3", "real/1")
    assert {("a-loop", "met-already"), ("a-up/back", "met-already"), ("b-up", "met-already")} == {
        *codes(found)
    }


def test_a_link_to_a_folder_above_does_not_come_back(tmp_path):
    put(tmp_path, "root/1", "beside/2")
    (tmp_path / "root" / "up").symlink_to(tmp_path)
    assert instances(tmp_path / "root").names == ("1", "up/beside/2")


def test_of_several_links_to_one_file_the_file_itself_counts(tmp_path):
    root = tmp_path / "root"
    put(root, "z.dcm")
    put(tmp_path, "outside.dcm")
    (root / "a.dcm").symlink_to("z.dcm")
    (root / "b.dcm").symlink_to(tmp_path / "outside.dcm")
    (root / "c.dcm").symlink_to(tmp_path / "outside.dcm")
    found = instances(root)
    assert found.names == ("b.dcm", "z.dcm")
    assert codes(found) == [("a.dcm", "met-already"), ("c.dcm", "met-already")]


def test_a_link_that_leads_nowhere_is_an_error(tmp_path):
    (tmp_path / "gone").symlink_to("nothing")
    (tmp_path / "self").symlink_to("self")
    found = instances(tmp_path)
    assert codes(found) == [("gone", "unreadable-file"), ("self", "unreadable-file")]
    assert {finding.level for finding in found.findings} == {Level.ERROR}


def test_hard_links_are_files_of_their_own(tmp_path):
    put(tmp_path, "a")
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    assert instances(tmp_path).names == ("a", "b")


# --- DICOMDIR -------------------------------------------------------------------------------


def dicomdir(root, *ids, in_use=0xFFFF):
    """A DICOMDIR of one record for every Referenced File ID."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    records = []
    for file_id in ids:
        record = Dataset()
        record.RecordInUseFlag = in_use
        record.DirectoryRecordType = "IMAGE"
        if file_id is not None:
            record.ReferencedFileID = file_id
        records.append(record)
    ds = FileDataset(str(root / "DICOMDIR"), {}, file_meta=meta, preamble=bytes(128))
    ds.DirectoryRecordSequence = pydicom.Sequence(records)
    root.mkdir(parents=True, exist_ok=True)
    ds.save_as(root / "DICOMDIR")
    return root / "DICOMDIR"


def test_the_records_of_a_dicomdir_of_the_wheel():
    path = wheel_file("DICOMDIR")
    found = instances(path)
    expected = {
        "/".join(record.ReferencedFileID)
        for record in pydicom.dcmread(path).DirectoryRecordSequence
        if "ReferencedFileID" in record
    }
    assert len(expected) == 31
    assert expected == {*found.names}
    assert found.findings == ()


def test_a_record_without_file_or_not_in_use_refers_to_nothing(tmp_path):
    put(tmp_path, "A")
    assert instances(dicomdir(tmp_path, None)).names == ()
    assert instances(dicomdir(tmp_path, "A", in_use=0)).names == ()
    assert instances(dicomdir(tmp_path, "A", "A")).names == ("A",)


@pytest.mark.parametrize(
    "file_id",
    [["..", "SECRET"], ["A", "..", "..", "SECRET"], "/etc/passwd", ["A/../../SECRET"], "."],
)
def test_a_record_may_not_lead_out_of_the_file_set(tmp_path, file_id):
    put(tmp_path, "SECRET", "disc/A/1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom says that such an ID is none
        path = dicomdir(tmp_path / "disc", ["A", "1"], file_id)
    found = instances(path)
    assert found.names == ("A/1",)
    assert [finding.code for finding in found.findings] == ["wrong-file-id"]


def test_a_name_too_long_for_any_file_costs_one_record(tmp_path):
    put(tmp_path, "A/1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom says that it is too long for CS
        path = dicomdir(tmp_path, ["A" * 300], ["A", "1"])
    found = instances(path)
    assert found.names == ("A/1",)
    assert [(f.path, f.code) for f in found.findings] == [("DICOMDIR", "wrong-file-id")]
    assert len(found.findings[0].message) < 120


@pytest.mark.parametrize("vr", [b"LO", b"UL"])
def test_records_that_are_no_sequence_are_a_finding(tmp_path, vr):
    path = dicomdir(tmp_path)
    head = path.read_bytes()
    at = head.index(b"\x04\x00\x20\x12SQ")
    path.write_bytes(head[:at] + b"\x04\x00\x20\x12" + vr + b"\x08\0no items")
    found = instances(path)
    assert found.names == ()
    assert [(f.level, f.code, f.path) for f in found.findings] == [
        (Level.ERROR, "bad-encoding", "DICOMDIR")
    ]


def test_a_dicomdir_that_is_cut_off_says_so(tmp_path):
    """Files of the records that are lost would be missing without a word."""
    put(tmp_path, "A", "B")
    path = dicomdir(tmp_path, "A", "B")
    path.write_bytes(path.read_bytes()[:-10])
    found = instances(path)
    assert "A" in found.names
    assert {(f.level, f.code, f.path) for f in found.findings} == {
        (Level.ERROR, "truncated", "DICOMDIR")
    }


def test_a_link_may_not_lead_out_of_the_file_set_either(tmp_path):
    put(tmp_path, "SECRET", "disc/A")
    (tmp_path / "disc" / "B").symlink_to(tmp_path / "SECRET")
    found = instances(dicomdir(tmp_path / "disc", "A", "B"))
    assert found.names == ("A",)
    assert "outside the File-set" in found.findings[0].message


def test_a_missing_file_is_an_error_and_another_letter_case_is_not(tmp_path):
    put(tmp_path, "images/im1")
    found = instances(dicomdir(tmp_path, ["IMAGES", "IM1"], ["IMAGES", "IM2"]))
    assert found.names == ("images/im1",)
    assert [(f.level, f.code) for f in found.findings] == [(Level.ERROR, "wrong-file-id")]


# --- headers --------------------------------------------------------------------------------


def test_headers_of_images_and_findings_of_the_rest(tmp_path):
    for name in ("CT_small.dcm", "MR_small.dcm", "rtplan.dcm"):
        shutil.copy(wheel_file(name), tmp_path)
    put(tmp_path, "README")
    found = headers(tmp_path)
    assert [ds.Modality for ds in found.datasets] == ["CT", "MR"]
    assert all("PixelData" not in ds for ds in found.datasets)
    assert codes(found) == [("README", "not-dicom"), ("rtplan.dcm", "no-image")]
