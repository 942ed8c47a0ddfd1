"""``isocenter export`` as a user meets it: exit codes, what is said and where."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from PIL import Image

from isocenter.cli import main as command
from library.trees import ct, fingerprint
from support.files import shared_files, wheel_file

ISOCENTER = [sys.executable, "-m", "isocenter"]


def isocenter(*arguments, **environment):
    return subprocess.run(
        [*ISOCENTER, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, **environment},
    )


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.dcm").write_bytes(ct(1))
    (folder / "b.dcm").write_bytes(ct(2))
    return folder


def pictures(out):
    return sorted(
        path.relative_to(out).as_posix()
        for path in out.rglob("*")
        if path.is_file() and path.name != "findings.json"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "SRC"),
        (["SRC"], "OUT"),
        (["nowhere", "OUT"], "nowhere does not exist"),
        (["SRC", "SRC"], "lies in"),
        (["SRC", "SRC/deep"], "lies in"),
        (["SRC", "SRC/a.dcm"], "lies in"),
        (["SRC", "OUT", "--pattern", "{PatientsName}.jpg"], "did you mean PatientName?"),
        (["SRC", "OUT", "--pattern", "../x.jpg"], "leads out"),
        (["SRC", "OUT", "--window", "bone"], "40,400"),
        (["SRC", "OUT", "--window", "40,0"], "width"),
        (["SRC", "OUT", "--window", "nan,400"], "window"),
        (["SRC", "OUT", "--frames", "one"], "frames"),
        (["SRC", "OUT", "--format", "bmp"], "bmp"),
        (["SRC", "OUT", "--quality", "101"], "100"),
        (["SRC", "OUT", "--size", "70000"], "65,535"),
        (["SRC", "OUT", "--raw", "--pattern", "a.jpg"], "raw"),
        (["SRC", "OUT", "--cine", "--format", "png"], "gif or webp"),
        (["SRC", "OUT", "--workers", "-1"], "--workers"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_code_2(source, tmp_path, capsys, arguments, said):
    places = {"SRC": str(source), "OUT": str(tmp_path / "out")}
    told = [one.replace("SRC", places["SRC"]).replace("OUT", places["OUT"]) for one in arguments]
    before = fingerprint(tmp_path)
    with pytest.raises(SystemExit) as ended:
        command.main(["export", *told])
    assert ended.value.code == 2
    captured = capsys.readouterr()
    (line,) = captured.err.splitlines()
    assert line.startswith("isocenter: ")
    assert said in line
    assert captured.out == ""
    assert before == fingerprint(tmp_path)


def test_an_output_that_is_a_file(source, tmp_path):
    (tmp_path / "out").write_bytes(b"mine")
    done = isocenter("export", source, tmp_path / "out")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "out").read_bytes() == b"mine"


def test_what_is_said_when_all_went_well(source, tmp_path):
    done = isocenter("export", source, tmp_path / "out", "--workers", 1)
    assert done.returncode == 0, done.stderr
    assert pictures(tmp_path / "out") == ["1CT1/20040119/1/1.jpg", "1CT1/20040119/1/2.jpg"]
    lines = done.stdout.splitlines()
    assert lines[0] == "pictures: 2, frames in them: 2, files: 2"
    assert lines[-1] == f"Pictures are in {tmp_path / 'out'}"
    assert done.stderr.splitlines()[-1] == "2 of 2 files, images: 2"


def test_errors_are_told_and_make_exit_code_1(source, tmp_path):
    (source / "c.dcm").write_bytes(b"")
    shutil.copy(wheel_file("rtplan.dcm"), source)
    done = isocenter("export", source, tmp_path / "out")
    assert done.returncode == 1
    assert "skipped with an error: 1 (1 empty-file)" in done.stdout
    assert "notes: 1 (1 no-image)" in done.stdout
    assert "  c.dcm: the file is empty" in done.stdout
    found = json.loads((tmp_path / "out" / "findings.json").read_bytes())["findings"]
    assert [one["path"] for one in found] == ["c.dcm", "rtplan.dcm"]


def test_every_option_reaches_the_pictures(source, tmp_path):
    shutil.copy(wheel_file("examples_ybr_color.dcm"), source)
    out = tmp_path / "out"
    done = isocenter(
        *("export", source, out, "--pattern", "{file}/{frame:02}", "--format", "webp"),
        *("--size", 64, "--window", "40,400", "--frames", "0-20/10", "--quality", 50),
        *("--overlays", "--no-aspect", "--voi-index", 0, "--workers", 1, "--overwrite"),
    )
    assert done.returncode == 0, done.stdout
    color = [f"examples_ybr_color/{n}.webp" for n in ("00", "10", "20")]
    assert pictures(out) == ["a/00.webp", "b/00.webp", *color]
    with Image.open(out / color[0]) as picture:
        assert picture.size == (64, 48)


def test_cine_and_raw(source, tmp_path):
    shutil.copy(wheel_file("examples_ybr_color.dcm"), source)
    done = isocenter("export", source, tmp_path / "cine", "--cine", "--pattern", "{file}")
    assert done.returncode == 0, done.stdout
    assert pictures(tmp_path / "cine") == ["a.gif", "b.gif", "examples_ybr_color.gif"]
    lasting = []
    with Image.open(tmp_path / "cine" / "examples_ybr_color.gif") as picture:
        for index in range(picture.n_frames):
            picture.seek(index)
            lasting.append(picture.info["duration"])
    assert len(lasting) > 20  # equal frames become one that lasts longer
    assert sum(lasting) == 30 * 30  # 33 ms in hundredths of a second
    done = isocenter("export", source / "a.dcm", tmp_path / "raw", "--raw", "--pattern", "{file}")
    assert pictures(tmp_path / "raw") == ["a.png"]
    assert "1 offset-added" in done.stdout


@pytest.mark.skipif(not shared_files(), reason="../shared/data is not there")
def test_every_file_of_the_shared_data_is_exported_or_explained(tmp_path):
    root = shared_files()[0].parents[1]
    while root.name != "data" or root.parent.name != "shared":
        root = root.parent
    done = isocenter("export", root, tmp_path / "out")
    assert done.returncode == 1
    found = json.loads((tmp_path / "out" / "findings.json").read_bytes())["findings"]
    codes = {one["code"] for one in found if one["level"] == "error"}
    assert codes <= {
        "bad-pixels",
        "no-pixel-data",
        "not-dicom",
        "truncated",
        "unsupported-transfer-syntax",
    }
    assert len(pictures(tmp_path / "out")) > 2000
