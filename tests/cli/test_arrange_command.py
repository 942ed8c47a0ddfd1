"""``isocenter arrange`` and ``build --arrange`` as a user meets them."""

import json
import re
import subprocess
import sys

import pytest

from library.trees import Tree, ct, fingerprint, run

ISOCENTER = [sys.executable, "-m", "isocenter"]
BORN = {"PatientBirthDate": "20000110", "StudyDate": "20200715", "PatientAge": ""}


@pytest.fixture
def tree(tmp_path):
    """Two series of one study, each in a folder, and a file that is no DICOM."""
    tree = Tree(tmp_path / "in")
    for n in range(3):
        tree.put(f"x/{n}", ct(n, SeriesInstanceUID=f"1.2.{n % 2}", SeriesNumber=n % 2, **BORN))
    tree.put("README", b"text")
    return tree


@pytest.fixture
def out(tmp_path):
    """Where a tree can go; not made yet."""
    return tmp_path / "out"


def isocenter(*arguments):
    command = [*ISOCENTER, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def could_not_run(done, said):
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("isocenter: ")
    assert said in line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "SRC"),
        (["IN"], "OUT"),
        (["nowhere", "OUT"], "nowhere does not exist"),
        (["IN", "IN"], "lies in"),
        (["IN", "IN/x/tree"], "lies in"),
        (["IN/x", "IN"], "lies in"),
        (["IN", "IN/README"], "lies in"),
        (["IN", "OUT", "--copy", "--move"], "choose one"),
        (["IN", "OUT", "--transcode", "jpeg"], "--transcode"),
        (["IN", "OUT", "--workers", "-1"], "--workers"),
        (["IN/x/0", "OUT", "--move"], "out of a folder only"),
        (["EMPTY", "OUT"], "holds no file"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_code_2(tree, out, tmp_path, arguments, said):
    (tmp_path / "empty").mkdir()
    known = {"IN": tree.root, "OUT": out, "EMPTY": tmp_path / "empty"}
    given = [re.sub("^(IN|OUT|EMPTY)", lambda m: str(known[m[0]]), one) for one in arguments]
    before = fingerprint(tmp_path)
    could_not_run(isocenter("arrange", *given), said)
    assert before == fingerprint(tmp_path)
    assert not out.exists()


def test_findings_of_somebody_else_are_not_replaced(tree, out):
    out.mkdir()
    (out / "findings.json").write_text("[]")
    could_not_run(isocenter("arrange", tree.root, out), "is no list of findings")


def test_what_it_says(tree, out):
    done = isocenter("arrange", tree.root, out)
    assert done.returncode == 0
    first, second, *rest = done.stdout.splitlines()
    assert first == "1 studies, 2 series, 3 instances; placed now: 3"
    assert re.fullmatch(r"[\d.]+ s", second)
    assert [
        "notes: 1 (1 not-dicom)",
        "All findings are in findings.json",
        f"The tree is in {out}",
    ] == rest
    assert done.stderr.splitlines()[-1] == "4 of 4 files, images: 3"
    assert "placed now: 0" in isocenter("arrange", tree.root, out).stdout


def test_an_error_is_exit_code_1(tree, out):
    tree.put("empty.dcm", b"")
    done = isocenter("arrange", tree.root, out, "--copy")
    assert done.returncode == 1
    assert "  empty.dcm: the file is empty" in done.stdout


def test_move(tree, out):
    assert isocenter("arrange", tree.root, out, "--move").returncode == 0
    assert {"README"} == {*fingerprint(tree.root)}
    assert len([*out.rglob("*.dcm")]) == 3


def test_build_arrange_does_both(tree, out):
    before = fingerprint(tree.root)
    done = isocenter("build", tree.root, "-O", out, "--arrange")
    assert done.returncode == 0, done.stderr
    assert before == fingerprint(tree.root)
    assert json.loads((out / "map.json").read_text()) == {"data": ["./20-yr/06-mo/01-ex"]}
    codes = [one["code"] for one in json.loads((out / "findings.json").read_text())["findings"]]
    assert codes == ["not-dicom"]
    first = fingerprint(out)
    assert isocenter("build", tree.root, "-O", out, "--arrange").returncode == 0
    assert first == fingerprint(out)
    findings = "findings.json"
    built = fingerprint(run(out).root)
    assert {name: one for name, one in built.items() if name not in {findings, "index.html"}} == {
        name: one for name, one in first.items() if name not in {findings, "index.html"}
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--arrange"], "needs -O"), (["--arrange", "-O", "OUT", "--dicom", "none"], "--dicom link")],
)
def test_build_arrange_needs_a_place_for_the_files(tree, out, arguments, said):
    given = [str(out) if one == "OUT" else one for one in arguments]
    could_not_run(isocenter("build", tree.root, *given), said)
