"""``isocenter deidentify``: exit codes, what is refused, what is never left behind."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from isocenter import dcmread
from isocenter.deidentify import Key, Policy
from isocenter.deidentify.job import deidentify_all
from isocenter.deidentify.naming import pieces
from isocenter.errors import UsageError
from support.files import wheel_file

KEY = Key(b"sixteen bytes are enough")


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "isocenter", "deidentify", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "in" / "Mueller"
    folder.mkdir(parents=True)
    for number, name in enumerate(["CT_small.dcm", "MR_small.dcm"]):
        (folder / f"{number}.dcm").write_bytes(wheel_file(name).read_bytes())
    return tmp_path / "in"


def test_the_key_of_the_environment_makes_two_runs_the_same(source, tmp_path):
    secret = {"ISOCENTER_DEIDENTIFY_KEY": "sixteen bytes are enough"}
    assert run(source, "-O", tmp_path / "one", **secret).returncode == 0
    assert run(source, "-O", tmp_path / "two", "--workers", "2", **secret).returncode == 0
    one, two = (
        {p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*.*")}
        for name in ("one", "two")
    )
    assert one == two
    assert len(one) == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["-T", '{"PatientId": "x"}'],
        ["-T", '{"PatientID": "%_sha1_PatientID"}'],
        ["-T", "{"],
        ["--profile", "none"],
        ["--key-file", "nowhere"],
        ["--dates", "sometimes"],
    ],
)
def test_what_is_wrong_is_told_in_one_line_before_anything_is_written(source, tmp_path, arguments):
    done = run(source, "-O", tmp_path / "out", *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("out", ["in", "in/out", "."])
def test_input_and_output_stay_apart(source, tmp_path, out):
    with pytest.raises(UsageError, match="stay apart"):
        deidentify_all(source, tmp_path / out, Policy(KEY))


def test_a_folder_with_files_needs_overwrite_and_what_fails_is_not_left_there(source, tmp_path):
    out = tmp_path / "out"
    with ThreadPoolExecutor(1) as executor:
        assert len(deidentify_all(source, out, Policy(KEY), executor=executor).written) == 2
        with pytest.raises(UsageError, match="not empty"):
            deidentify_all(source, out, Policy(KEY), executor=executor)
        whole = (source / "Mueller" / "1.dcm").read_bytes()
        (source / "Mueller" / "1.dcm").write_bytes(whole[:3000])
        made = deidentify_all(source, out, Policy(KEY), overwrite=True, executor=executor)
    assert made.written == ("0001/000001.dcm",)
    assert [path.name for path in out.rglob("*.dcm")] == ["000001.dcm"]
    [finding] = json.loads((out / "findings.json").read_bytes())["findings"]
    assert (finding["code"], finding["path"]) == ("not-deidentified", "0001/000002.dcm")


def test_burned_in_text_is_left_out_unless_allowed(source, tmp_path):
    path = source / "Mueller" / "0.dcm"
    ds = dcmread(path)
    ds.BurnedInAnnotation = "YES"
    ds.save_as(path)
    done = run(source, "-O", tmp_path / "out")
    assert done.returncode == 0
    assert "left out: Mueller/0.dcm" in done.stdout
    assert "may-show-text" in done.stdout
    assert not (tmp_path / "out" / "0001" / "000001.dcm").exists()
    run(source, "-O", tmp_path / "allowed", "--allow-burned-in")
    assert (tmp_path / "allowed" / "0001" / "000001.dcm").exists()


def series_of_three(folder, uid, **of_the_second):
    """Three files of one series, one of them in a folder of its own."""
    for number, name in enumerate(["a/1.dcm", "a/2.dcm", "b/3.dcm"]):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        ds = dcmread(wheel_file("CT_small.dcm"))
        ds.SOPInstanceUID = f"1.2.3.{number}"
        ds.SeriesInstanceUID = uid
        if uid is None:
            del ds.SeriesInstanceUID
        for keyword, value in of_the_second.items() if number == 1 else ():
            setattr(ds, keyword, value)
        ds.save_as(path)


def test_a_series_is_left_out_whole_wherever_its_files_lie(source, tmp_path):
    series_of_three(tmp_path / "in" / "Zoe", "1.2.3", BurnedInAnnotation="YES")
    done = run(source, "-O", tmp_path / "out", "--workers", "2")
    assert done.returncode == 0
    assert "files: 5, written: 2, left out: 3" in done.stdout
    assert "left out: Zoe/a: 2 files: Burned In Annotation is YES\n" in done.stdout
    assert "left out: Zoe/b/3.dcm: another file of its series may show text\n" in done.stdout
    assert {path.parent.name for path in (tmp_path / "out").rglob("*.dcm")} == {"0001"}
    findings = json.loads((tmp_path / "out" / "findings.json").read_bytes())["findings"]
    assert sorted({one["message"] for one in findings}) == [
        "Burned In Annotation is YES",
        "another file of its series may show text",
    ]


def test_without_a_uid_a_folder_is_a_series(source, tmp_path):
    series_of_three(tmp_path / "in" / "Zoe", None, BurnedInAnnotation="YES")
    done = run(source, "-O", tmp_path / "out")
    assert "files: 5, written: 3, left out: 2" in done.stdout


def test_another_series_of_the_same_folder_is_written(source, tmp_path):
    series_of_three(tmp_path / "in" / "Mueller", "1.2.3", Modality="US")
    done = run(source, "-O", tmp_path / "out")
    assert "files: 5, written: 2, left out: 3" in done.stdout


def test_names_are_counted_and_folders_of_ages_stay():
    names = ["01-yr/02-mo/03-ex/Mueller/a.dcm", "01-yr/02-mo/03-ex/Zoe/b", "x", "y/z.dcm"]
    assert [piece.target for piece in pieces(names)] == [
        "01-yr/02-mo/03-ex/0001/000001.dcm",
        "01-yr/02-mo/03-ex/0002/000001.dcm",
        "000001.dcm",
        "0001/000001.dcm",
    ]
