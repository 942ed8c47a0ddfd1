"""``isocenter fileset`` as a user meets it: what is printed, what is made, and exit codes."""

import pydicom
import pytest

from files.fileset.sets import EXAMPLE, contents, instance, names, written
from isocenter.cli import main as command
from isocenter.fileset import FileSet
from isocenter.pixels import Frames
from support.files import wheel_file

RT_DOSE = "1.2.840.10008.5.1.4.1.1.481.2"


@pytest.fixture
def fileset(capsys):
    """Runs the command in this process: exit code, standard output, standard error."""

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            command.main(["fileset", *map(str, arguments)])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run


@pytest.fixture
def folder(tmp_path):
    """Two instances and a file that is none."""
    given = tmp_path / "given"
    (given / "sub").mkdir(parents=True)
    instance(1).save_as(given / "one.dcm")
    instance(2).save_as(given / "sub/two")
    (given / "notes.txt").write_bytes(b"no DICOM")
    return given


def could_not_run(done, *said):
    """Exit code 2, nothing printed, one line on standard error."""
    code, out, err = done
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    for part in ("isocenter: ", *said):
        assert part in line


def test_a_folder_becomes_a_file_set(fileset, folder, tmp_path):
    code, out, err = fileset("new", folder, "-O", tmp_path / "out", "--id", "MY_SET")
    assert (code, out) == (0, f"2 instances in {tmp_path / 'out' / 'DICOMDIR'}\n")
    (line,) = err.splitlines()
    assert "note not-dicom" in line
    assert "notes.txt" in line
    assert len(contents(tmp_path / "out")) == 2
    assert names(folder) == ["notes.txt", "one.dcm", "sub/two"]
    assert "File-set ID: MY_SET" in fileset("ls", tmp_path / "out")[1]


@pytest.mark.parametrize(("option", "same"), [("--copy", False), ("--link", True)])
def test_files_are_copied_or_linked(fileset, folder, tmp_path, option, same):
    assert fileset("new", folder, "-O", tmp_path / "out", option)[0] == 0
    one = tmp_path / "out/PT000000/ST000000/SE000000/IM000000"
    assert one.samefile(folder / "one.dcm") is same


def test_in_place(fileset, folder):
    assert fileset("new", folder, "--in-place")[0] == 0
    assert names(folder) == [
        "DICOMDIR",
        "PT000000/ST000000/SE000000/IM000000",
        "PT000000/ST000000/SE000000/IM000001",
        "notes.txt",
    ]


def test_an_output_inside_the_folder(fileset, folder):
    assert fileset("new", folder, "-O", folder / "out")[0] == 0
    assert len(contents(folder / "out")) == 2


def test_an_instance_that_lacks_a_key_is_told_or_filled(fileset, folder, tmp_path):
    (folder / "dose").write_bytes(wheel_file("rtdose.dcm").read_bytes())
    code, out, err = fileset("new", folder, "-O", tmp_path / "out")
    assert code == 1
    assert "2 instances" in out
    assert "error missing-record-key" in err
    assert "(0020,0013), PS3.3 F.5.19" in err
    code, out, err = fileset("new", folder, "-O", tmp_path / "filled", "--fill")
    assert code == 0
    assert "3 instances" in out
    assert "warning filled-record-key" in err
    assert "'1' stands for it" in err


def test_files_that_are_broken_are_errors_and_directories_are_notes(fileset, folder, tmp_path):
    (folder / "broken.dcm").write_bytes(b"half a copy")
    (folder / "empty").write_bytes(b"")
    (folder / "DICOMDIR-old").write_bytes(EXAMPLE.read_bytes())
    code, out, err = fileset("new", folder, "-O", tmp_path / "out")
    assert code == 1
    assert "2 instances" in out
    levels = sorted(line.split()[0] + " " + line.split()[1] for line in err.splitlines())
    assert levels == [
        "error not-dicom:",
        "error not-dicom:",
        "note not-an-instance:",
        "note not-dicom:",
    ]


def test_mistakes(fileset, folder, tmp_path):
    could_not_run(fileset("new", folder), "--in-place")
    could_not_run(fileset("new", folder, "-O", tmp_path / "out", "--in-place"), "-O OUT")
    could_not_run(fileset("new", folder, "-O", tmp_path / "out", "--copy", "--link"), "exclude")
    could_not_run(fileset("new", tmp_path / "none", "-O", tmp_path / "out"), "no folder")
    could_not_run(fileset("new", folder, "-O", tmp_path / "out", "--id", "X" * 17), "16 characters")
    (tmp_path / "empty").mkdir()
    could_not_run(fileset("new", tmp_path / "empty", "-O", tmp_path / "out"), "no DICOM file")
    could_not_run(fileset("new", EXAMPLE.parent, "--in-place"), "File-set already")
    could_not_run(fileset("ls", wheel_file("CT_small.dcm")), "no DICOMDIR")
    could_not_run(fileset("ls", tmp_path / "none"), "none")
    could_not_run(fileset("find", EXAMPLE, "PatientID"), "KEY=VALUE")
    could_not_run(fileset("find", EXAMPLE, "PatientIdd=1"), "PatientIdd")
    could_not_run(fileset("check", EXAMPLE, "--profile", "NONE"), "STD-GEN-CD")
    could_not_run(fileset("add", EXAMPLE, tmp_path / "none"), "does not exist")
    could_not_run(fileset("add", EXAMPLE, folder, "--link", "--move"), "exclude")
    assert not (tmp_path / "out").exists()


def test_finding(fileset):
    code, out, _ = fileset("find", EXAMPLE, "PatientName=Doe^A*", "Modality=CR")
    assert code == 0
    assert [line.rsplit("/", 1)[1] for line in out.splitlines()] == ["6154", "6247", "6278"]
    assert fileset("find", EXAMPLE, "Modality=XX") == (1, "", "")
    assert fileset("find", EXAMPLE, "Rows=*")[0] == 1
    assert len(fileset("find", EXAMPLE, "Rows=*", "--load")[1].splitlines()) == 31


def test_listing(fileset):
    code, out, err = fileset("ls", EXAMPLE)
    assert (code, err) == (0, "")
    assert "PATIENT: PatientID='77654033', PatientName='Doe^Archibald'" in out
    assert len(fileset("ls", EXAMPLE, "--files")[1].splitlines()) == 31


def test_adding_and_removing(fileset, folder, tmp_path):
    written(tmp_path / "set", [5])
    assert fileset("add", tmp_path / "set", folder)[0] == 0
    assert len(contents(tmp_path / "set")) == 3
    assert fileset("add", tmp_path / "set", folder)[1].startswith("3 instances")
    code, out, _ = fileset("rm", tmp_path / "set", "InstanceNumber=1")
    assert (code, len(contents(tmp_path / "set"))) == (0, 3)
    assert "1 would be deleted" in out
    assert fileset("rm", tmp_path / "set", "InstanceNumber=1", "--yes")[0] == 0
    assert len(contents(tmp_path / "set")) == 2
    assert fileset("rm", tmp_path / "set", "InstanceNumber=1", "--yes")[0] == 1
    assert len(names(tmp_path / "set")) == 3


def test_moving_in_and_naming_anew(fileset, folder, tmp_path):
    written(tmp_path / "set", [5])
    assert fileset("add", tmp_path / "set", folder / "one.dcm", "--move", "--rename")[0] == 0
    assert not (folder / "one.dcm").exists()
    assert fileset("write", tmp_path / "set", "--id", "NEW", "--keep-names")[0] == 0
    assert fileset("write", tmp_path / "set")[0] == 0
    assert "File-set ID: NEW" in fileset("ls", tmp_path / "set")[1]
    assert len(contents(tmp_path / "set")) == 2


def test_checking(fileset, tmp_path):
    written(tmp_path / "set", [5])
    assert fileset("check", tmp_path / "set") == (0, "0 errors, 0 warnings, 0 notes\n", "")
    assert fileset("check", tmp_path / "set", "--profile", "STD-GEN-CD")[0] == 0
    (tmp_path / "set/PT000000/ST000000/SE000000/IM000000").unlink()
    code, out, err = fileset("check", tmp_path / "set")
    assert (code, err) == (1, "")
    assert "error missing-file: DICOMDIR: there is no file" in out
    assert out.splitlines()[-1].startswith("1 error, ")


def test_names_are_shown_without_control_characters(fileset, folder, tmp_path):
    (folder / "one.dcm").rename(folder / "one\x1b[31m")
    (folder / "bad\n\x1b[31m").write_bytes(b"no DICOM")
    _, _, err = fileset("new", folder, "-O", tmp_path / "out")
    assert "\x1b" not in err
    assert "bad\\n\\x1b[31m" in err


def test_icons(fileset, folder, tmp_path):
    (folder / "color").write_bytes(wheel_file("color3d_jpeg_baseline.dcm").read_bytes())
    (folder / "none").write_bytes(wheel_file("rtdose.dcm").read_bytes())
    assert fileset("new", folder, "-O", tmp_path / "out", "--icons", "--fill")[0] == 0
    records = {
        one.SOPClassUID: one.node.record for one in FileSet(tmp_path / "out") if one.SOPClassUID
    }
    assert len(records) == 3
    for sop_class, record in records.items():
        if sop_class == RT_DOSE:
            assert "IconImageSequence" not in record
            continue
        (item,) = record.IconImageSequence
        frame = Frames(item)[0].values
        assert frame.shape == (64, 64)
        assert frame.std() > 10
    theirs = pydicom.dcmread(tmp_path / "out" / "DICOMDIR").DirectoryRecordSequence
    shown = [record.IconImageSequence[0] for record in theirs if "IconImageSequence" in record]
    assert [(item.Rows, item.Columns, len(item.PixelData)) for item in shown] == [
        (64, 64, 4096)
    ] * 3


def test_an_icon_that_cannot_be_made_is_told(fileset, tmp_path):
    ds = instance(1)
    ds.PixelData = b"short"
    ds.save_as(tmp_path / "given", lenient=True)
    (tmp_path / "given2").mkdir()
    (tmp_path / "given").rename(tmp_path / "given2/broken")
    code, out, err = fileset("new", tmp_path / "given2", "-O", tmp_path / "out", "--icons")
    assert code == 0
    assert "1 instance" in out
    assert "warning bad-pixels" in err
