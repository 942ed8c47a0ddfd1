"""``isocenter rev``: every option of pfdicom_rev's that scripts use (REV.md section 4)."""

import json
import re
import subprocess
import sys

import pytest

from isocenter._version import __version__
from library.trees import EXAMPLE, Tree, changed, ct, fingerprint, run

ISOCENTER = [sys.executable, "-m", "isocenter"]
KEPT = "stage-1.json"


@pytest.fixture
def tree(tmp_path):
    """A series of three slices and one of a multi-frame image."""
    tree = Tree(tmp_path / "in")
    tree.slices("LOC-005", 3)
    tree.series("MF", {"a.IMA": changed("emri_small.dcm")})
    return tree


@pytest.fixture
def out(tmp_path):
    """Where a library can go; not made yet."""
    return tmp_path / "out"


def rev(*arguments, **how):
    command = [*ISOCENTER, "rev", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **how)


def could_not_run(done, said):
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("isocenter: ")
    assert said in line


def without(found, *names):
    return {name: one for name, one in found.items() if name not in names}


# --- what it makes ------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["-O", "%inputDir"]])
def test_in_place_it_makes_what_build_makes(tree, out, arguments):
    expected = fingerprint(run(tree.root, out).root)
    done = rev("-I", tree.root, *arguments, "--threads", "0", "-v", "3")
    assert done.returncode == 0, done.stderr
    assert expected == without(fingerprint(tree.root), KEPT)


@pytest.mark.parametrize("dicom", ["link", "copy", "none"])
def test_another_output_is_a_library_of_its_own(tree, out, dicom):
    before = fingerprint(tree.root)
    assert rev("-I", tree.root, "-O", out, "--dicom", dicom).returncode == 0
    assert before == fingerprint(tree.root)
    assert (out / EXAMPLE / "LOC-005" / "1.dcm").exists() == (dicom != "none")


def test_a_relative_input_directory(tree):
    assert rev("-I", "in", "-O", "out", cwd=tree.root.parent).returncode == 0
    entry = json.loads((tree.root.parent / f"out/{EXAMPLE}/LOC-005-series.json").read_text())
    files = entry["query"]["data"][0]["details"]["series"]["data"]
    assert files[0].startswith(f"{EXAMPLE}/LOC-005/")


@pytest.mark.parametrize("extension", ["dcm", ".DCM"])
def test_only_files_of_an_extension(tree, out, extension):
    done = rev("-I", tree.root, "-O", out, "-e", extension)
    assert done.returncode == 0
    assert "1 series, 3 images from 3 files" in done.stdout
    findings = json.loads((out / "findings.json").read_text())["findings"]
    assert [(one["code"], one["path"]) for one in findings] == [
        ("other-extension", f"{EXAMPLE}/MF")
    ]


def test_the_tile_of_the_large_strip(tree, out):
    assert rev("-I", tree.root, "-O", out, "-D", "128x128").returncode == 0
    made = run(tree.root, out.parent / "same", medium=128)
    assert without(fingerprint(out), KEPT) == fingerprint(made.root)
    assert made.picture(f"{EXAMPLE}/LOC-005/raw-preview.jpg").size == (128, 384)


def test_the_name_of_the_study_json(tree, out):
    assert rev("-I", tree.root, "-O", out, "--studyJSON", "study.json").returncode == 0
    assert len(json.loads((out / EXAMPLE / "study.json").read_text())["data"]) == 3
    assert not (out / EXAMPLE / "description.json").exists()


def test_a_viewer_of_the_example_pages(tree, out):
    assert rev("-I", tree.root, "-O", out, "-S", "https://viewer.example/rev").returncode == 0
    assert "https://viewer.example/rev?year=01" in (out / EXAMPLE / "index.html").read_text()


# --- the folder of the pictures -----------------------------------------------------------------


@pytest.mark.parametrize("in_place", [True, False])
def test_the_folder_of_the_pictures(tree, out, in_place):
    place = tree.root if in_place else out
    for _ in range(2):
        done = rev("-I", tree.root, "-O", place, "--outputLeafDir", "preview-%s")
        assert done.returncode == 0, done.stderr
        example = place / EXAMPLE
        names = {path.name for path in example.iterdir() if path.is_dir()}
        assert names == {"LOC-005", "MF", "preview-LOC-005", "preview-MF"}
        assert {"1.dcm", "2.dcm", "3.dcm"} == {
            path.name for path in (example / "LOC-005").iterdir()
        }
        (entry,) = json.loads((example / "LOC-005-series.json").read_text())["query"]["data"]
        shown = entry["details"]["series"]
        assert shown["preview"]["url"] == f"{EXAMPLE}/preview-LOC-005/preview.jpg"
        assert shown["data"][0] == f"{EXAMPLE}/LOC-005/3.dcm"
        assert (place / shown["preview"]["url"]).is_file()
        month = json.loads((example.parent / "ex.json").read_text())
        for location in month[example.name]["imageLocation"]:
            assert (example.parent / location).is_file()
        assert not json.loads((place / "findings.json").read_text())["findings"]


def test_code_in_the_folder_pattern_is_text(tree, out):
    pattern = "__import__('os').system('touch injected') %s {0}"
    assert rev("-I", tree.root, "-O", out, "--outputLeafDir", pattern).returncode == 0
    assert list(tree.root.parent.rglob("injected")) == []
    expected = "__import__('os').system('touch injected') LOC-005 {0}"
    assert (out / EXAMPLE / expected / "preview.jpg").is_file()


def test_the_pictures_of_one_series_do_not_go_into_another(tree, out):
    tree.slices("preview-MF", 1)
    done = rev("-I", tree.root, "-O", out, "--outputLeafDir", "preview-%s")
    could_not_run(done, "preview-MF is a series")


# --- stages -------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["1234", "1324"])
def test_the_stages_one_by_one_make_what_all_make(tree, out, order):
    assert rev("-I", tree.root, "-O", out.parent / "all").returncode == 0
    for stage in order:
        done = rev("-I", tree.root, "-O", out, "--stage", stage)
        assert done.returncode == 0, done.stderr
    assert fingerprint(out.parent / "all") == fingerprint(out)


def test_a_stage_makes_its_own_files_only(tree, out):
    def made(stage):
        before = set(fingerprint(out)) if out.exists() else set()
        assert rev("-I", tree.root, "-O", out, "--stage", stage).returncode == 0
        return {name for name in set(fingerprint(out)) - before if "assets" not in name}

    first = made("1")
    assert {"findings.json", KEPT, "01-yr/02-mo/ex.json", f"{EXAMPLE}/MF-series.json"} <= first
    study = {"index.html", "description.json", "study.js"}
    assert made("2") == {f"{EXAMPLE}/{name}" for name in study}
    assert made("3") == {"index.html", "ages.js", "01-yr/index.html", "01-yr/02-mo/index.html"}
    assert made("4") == {"map.json"}


@pytest.mark.parametrize(("stage", "missing"), [("2", "1"), ("3", "1"), ("4", "1")])
def test_a_stage_whose_input_is_missing(tree, out, stage, missing):
    done = rev("-I", tree.root, "-O", out, "--stage", stage)
    could_not_run(done, f"run --stage {missing} first")
    assert not out.exists()


def test_what_has_not_changed_is_made_again_with_force_only(tree, out):
    def images_made(*arguments):
        done = rev("-I", tree.root, "-O", out, *arguments)
        assert "2 series, 13 images from 4 files" in done.stdout
        return sum(int(line.rpartition(" ")[2]) for line in done.stderr.splitlines()[-1:])

    assert images_made() == 13
    assert images_made() == 0
    assert images_made("--stage", "1") == 0
    assert images_made("--force") == 13


def test_the_map_needs_the_studies(tree, out):
    assert rev("-I", tree.root, "-O", out, "--stage", "1").returncode == 0
    could_not_run(rev("-I", tree.root, "-O", out, "--stage", "4"), "run --stage 2 first")


@pytest.mark.parametrize("content", ["", "[]", '{"series": [{}], "findings": []}'])
def test_what_stage_1_kept_is_damaged(tree, out, content):
    out.mkdir()
    (out / KEPT).write_text(content)
    could_not_run(rev("-I", tree.root, "-O", out, "--stage", "2"), "run --stage 1 again")


# --- what it says -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--stage", "5"], "no stage '5'"),
        (["--stage", ""], "no stage ''"),
        (["-D", "300"], "'300' is no size"),
        (["-D", "300x200"], "tiles are squares"),
        (["-D", "1x1"], "16 to 1024"),
        (["--outputLeafDir", "preview"], "has no %s"),
        (["--outputLeafDir", "../%s"], "is no name"),
        (["--outputLeafDir", "/anywhere/%s"], "is no name"),
        (["--studyJSON", "../study.json"], "is no name"),
        (["--studyJSON", "ex.json"], "another output"),
        (["--threads", "-1"], "--threads"),
        (["-T", '{"PatientName": "x"}'], "-T"),
        (["--overwrite"], "--overwrite"),
        (["-S", "javascript:alert(1)"], "javascript"),
        (["-e", "xyz", "extra"], "extra"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_code_2(tree, arguments, said):
    before = fingerprint(tree.root)
    could_not_run(rev("-I", tree.root, *arguments), said)
    assert before == fingerprint(tree.root)


def test_without_an_input_directory():
    could_not_run(rev(), "-I")


def test_the_result_as_json(tree, out):
    tree.put(f"{EXAMPLE}/LOC-005/cut.dcm", ct(9)[:-1000])
    done = rev("-I", tree.root, "-O", out, "--json", "--printElapsedTime")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told.pop("elapsedTime") > 0
    assert told == {
        "status": False,
        "stage": "all",
        "inputDir": str(tree.root),
        "outputDir": str(out),
        "examples": 1,
        "series": 2,
        "files": 4,
        "images": 13,
        "findings": {"note": 0, "warning": 0, "error": 1},
    }


def test_levels_of_what_is_said(tree, out):
    silent = rev("-I", tree.root, "-O", out, "-v", "0", "--followLinks")
    assert (silent.returncode, silent.stdout, silent.stderr) == (0, "", "")
    timed = rev("-I", tree.root, "-O", out, "-v", "0", "--printElapsedTime")
    assert re.fullmatch(r"[\d.]+ s\n", timed.stdout)
    summed = rev("-I", tree.root, "-O", out, "-v", "1")
    assert "2 series, 13 images from 4 files" in summed.stdout
    assert summed.stderr == ""


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--version", rf"isocenter {re.escape(__version__)}\n"),
        ("-x", r"(?s)Usage: .*--outputLeafDir.*"),
        ("--man", r"(?s)Usage: .*--outputLeafDir.*"),
        ("-y", r"Usage: [^\n]*\n"),
        ("--synopsis", r"Usage: [^\n]*\n"),
    ],
)
def test_what_is_asked_instead_of_a_run(option, said):
    done = rev(option)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(said, done.stdout)


def test_threads_make_no_difference(tree, out):
    for threads in ("1", "2"):
        assert rev("-I", tree.root, "-O", out / threads, "--threads", threads).returncode == 0
    assert fingerprint(out / "1") == fingerprint(out / "2")
