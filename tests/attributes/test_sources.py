"""Where files come from, scans that are ended, and what never gets into a profile."""

import io
import zipfile
from pathlib import Path

import duckdb
import pydicom
import pytest

from attributes.trees import archive, put, scanned, slice_of
from isocenter.attributes.manifest import SHARDS
from isocenter.attributes.profile import Profile
from isocenter.attributes.shards import ShardTask, make_shard
from isocenter.fileset import FileSet
from library.trees import Inline

PLANTED = (
    "PLANTED^NAME",
    "PLANTED ID",
    "19330303",
    "PLANTED TEXT",
    "PLANTED PRIVATE",
    "PLANTED UID",
)


def paths(folder):
    with Profile(folder, k=1) as profile:
        return [one.path for one in profile.presence(by=())], profile.totals()


def counted(folder):
    """Every count and value of a profile, whatever its files are called."""
    views = ("presence", '"values"', "numbers", "different", "violations", "series")
    with Profile(folder, k=1) as profile:
        return {view: profile.rows(f"FROM {view} ORDER BY ALL") for view in views}


def test_a_zip_and_a_folder_with_blanks_and_links_give_the_same_counts(tmp_path):
    root = archive(tmp_path / "with blanks", patients=2)
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "link.dcm").symlink_to(root / "patient 1/1.dcm")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        for path in sorted(root.glob("patient */*.dcm")):
            made.write(path, path.relative_to(root).as_posix())
    told = scanned(tmp_path / "p", root)
    assert {"met-already"} == {finding.code for finding in told.findings}
    scanned(tmp_path / "q", tmp_path / "a.zip")
    assert paths(tmp_path / "p") == paths(tmp_path / "q")


def test_a_file_set_and_a_zip_of_it_give_the_counts_of_its_files(tmp_path):
    root = archive(tmp_path / "in", patients=2)
    fileset = FileSet()
    for path in sorted(root.rglob("*.dcm")):
        fileset.add(path)
    fileset.write(tmp_path / "set")
    (tmp_path / "set/stray.dcm").write_bytes(slice_of("8", 1))  # not in the DICOMDIR
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        for record in fileset:
            made.write(record.path, Path(record.path).relative_to(fileset.path).as_posix())
    scanned(tmp_path / "p", root)
    expected = counted(tmp_path / "p")
    for number, source in enumerate((tmp_path / "set/DICOMDIR", tmp_path / "a.zip")):
        told = scanned(tmp_path / f"{number}", source)
        assert (told.files, told.failed) == (6, 0)
        assert counted(tmp_path / f"{number}") == expected


def test_files_given_by_name_share_shards_and_are_not_the_folder(tmp_path):
    root = archive(tmp_path / "in", patients=1)
    files = sorted(root.rglob("*.dcm"))
    scanned(tmp_path / "p", *files[:2])
    assert len([*(tmp_path / "p" / SHARDS).iterdir()]) == 1
    assert scanned(tmp_path / "p", files[0]).files + 1 == 2
    assert paths(tmp_path / "p")[1].files == 2


class Ended(Inline):
    """Runs two tasks and is ended."""

    def __init__(self):
        self.left = 2

    def submit(self, fn, /, *args, **kwargs):
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return super().submit(fn, *args, **kwargs)


def test_a_scan_that_was_ended_goes_on_where_it_was(tmp_path, monkeypatch):
    root = archive(tmp_path / "in")
    with monkeypatch.context() as patched:
        patched.setattr("attributes.trees.Inline", Ended)
        with pytest.raises(KeyboardInterrupt):
            scanned(tmp_path / "p", root, files_in_shard=3)
    told = scanned(tmp_path / "p", root, files_in_shard=3)
    assert (told.files, told.walked, told.kept) == (18, 12, 6)
    scanned(tmp_path / "q", root, files_in_shard=3)
    assert paths(tmp_path / "p") == paths(tmp_path / "q")


def test_a_file_that_kills_costs_itself(tmp_path):
    root = archive(tmp_path / "in", patients=1)
    scanned(tmp_path / "trial", root)
    tasks = []

    class Taking(Inline):
        def submit(self, fn, /, *args, **kwargs):
            tasks.append(args[0])
            return super().submit(fn, *args, **kwargs)

    scanned_with = pytest.MonkeyPatch()
    scanned_with.setattr("attributes.trees.Inline", Taking)
    scanned(tmp_path / "p", root)
    scanned_with.undo()
    (task,) = tasks
    deadly = ShardTask(
        tmp_path / "r", task.source, task.members, task.rules, frozenset({"patient 1/2.dcm"})
    )
    shard = make_shard(deadly)
    assert (shard.files, shard.failed) == (3, 1)


def test_nothing_that_identifies_is_in_any_column_of_a_profile(tmp_path):
    ds = pydicom.dcmread(io.BytesIO(slice_of("1", 1)))
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName, ds.PatientID = "PLANTED^NAME", "PLANTED ID"
    ds.PatientBirthDate, ds.ImageComments = "19330303", "PLANTED TEXT of Jürgen"
    item = pydicom.Dataset()
    item.ReferringPhysicianName, item.StudyDescription = "PLANTED^NAME", "PLANTED TEXT"
    item.CodeMeaning = "PLANTED TEXT"
    ds.RequestAttributesSequence = [item]
    block = ds.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    block.add_new(0x10, "LO", "PLANTED PRIVATE")
    block.add_new(0x11, "SQ", [item])
    written = io.BytesIO()
    ds.save_as(written)
    scanned(tmp_path / "p", put(tmp_path / "in", {"1.dcm": written.getvalue()}))
    held = ""
    for table in (tmp_path / "p" / SHARDS).glob("*/*.parquet"):
        held += str(duckdb.sql(f"SELECT * FROM '{table}'").fetchall())  # noqa: S608 - ours
    held += (tmp_path / "p/profile.json").read_text() + (tmp_path / "p/findings.json").read_text()
    assert "00100010" in held
    assert [text for text in PLANTED if text in held] == []
