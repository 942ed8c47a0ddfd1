"""``isocenter attributes check``: what is shown, the exit codes, and that no value is."""

import json
import shutil

import pytest

from isocenter import dcmread
from isocenter.cli import main as command
from support.files import wheel_file


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(wheel_file("CT_small.dcm"), tmp_path / "scan.dcm")
    ds = dcmread("scan.dcm")
    ds.PatientName = "Kowalczyk" * 20
    del ds.KVP
    ds.save_as("bad.dcm", lenient=True)
    return "scan.dcm"


def check(*arguments):
    with pytest.raises(SystemExit) as ended:
        command.main(["attributes", "check", *map(str, arguments)])
    return ended.value.code


def test_a_clean_file_is_zero(file, capsys):
    assert check(file) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "scan.dcm: CT Image: 0 errors, 0 warnings, 1 note"
    assert len(lines) == 2


def test_errors_are_one_with_clause_and_link(file, capsys):
    assert check(file, "bad.dcm", "--level", "error") == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert lines[2].startswith("  error value-too-long: PatientName: too long for VR PN")
    assert "(PS3.5 6.2.1, https://dicom.nema.org/" in lines[2]
    assert lines[3].startswith("  error absent-attribute: KVP: Type 2 in CT Image, and absent")


def test_json_has_the_edition_and_the_files(file, capsys):
    assert check("--json", file, "bad.dcm") == 1
    made = json.loads(capsys.readouterr().out)
    assert made["edition"] == "2026b"
    assert "unsafe_all_values" not in made
    assert [one["path"] for one in made["files"]] == ["scan.dcm", "bad.dcm"]
    assert made["files"][0]["iod"] == "CT Image"
    assert "PixelAspectRatio" in made["files"][0]["undecided"]
    finding = next(one for one in made["files"][1]["findings"] if one["tag"] == "KVP")
    assert (finding["level"], finding["code"]) == ("error", "absent-attribute")
    assert finding["url"].endswith("/part03/sect_C.8.2.html#table_C.8-3")


@pytest.mark.usefixtures("file")
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_values_are_told_only_when_asked_for(form, capsys):
    check("bad.dcm", *form)
    assert "Kowalczyk" not in "".join(capsys.readouterr())
    check("bad.dcm", "--unsafe-all-values", *form)
    out, err = capsys.readouterr()
    assert "Kowalczyk" in out
    assert "--unsafe-all-values" in err
    assert "unsafe" in out.splitlines()[2 if form else 0]


@pytest.mark.usefixtures("file")
def test_a_folder_is_the_first_file_of_each_series(tmp_path, capsys):
    assert check(tmp_path) == 1
    assert len([line for line in capsys.readouterr().out.splitlines() if line[0] != " "]) == 1


def test_what_cannot_run_is_two(file, capsys):
    assert check("nothing.dcm") == 2
    assert check(f"{file}::PatientName") == 2
    assert check(file, "--level", "grave") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 3


def test_a_broken_file_does_not_stop_the_others(file, tmp_path, capsys):
    (tmp_path / "broken.dcm").write_bytes(b"DICM")
    assert check("broken.dcm", file) == 1
    assert "not-dicom" in capsys.readouterr().out
