"""``isocenter rev -T``: pfdicom_rev's de-identification (REV.md section 4)."""

import hashlib
import json

import pytest

from isocenter import dcmread
from isocenter.cli.main import main
from isocenter.library.cleaned import inplace
from library.trees import EXAMPLE, Tree, ct, fingerprint

TEMPLATES = {
    "PatientName": "%_name|patientID_PatientName",
    "PatientID": "%_md5|7_PatientID",
    "StudyDescription": "%_nospc|-_StudyDescription",
    "PatientBirthDate": "19000101",
}
PATIENT_ID = "Vz1234Qk"
HASHED = hashlib.md5(PATIENT_ID.encode(), usedforsecurity=False).hexdigest()[:7]


@pytest.fixture
def tree(tmp_path):
    """Two series of one patient."""
    tree = Tree(tmp_path / "in")
    tree.series("A", {f"{n}.dcm": ct(n, PatientID=PATIENT_ID) for n in (1, 2)})
    tree.series("B", {"b.IMA": ct(3, PatientID=PATIENT_ID, StudyDescription="knee, left")})
    return tree


@pytest.fixture
def out(tmp_path):
    """Where a library can go; not made yet."""
    return tmp_path / "out"


@pytest.fixture
def rev(capsys, tree):
    """Run the command on the tree; exit code and what it said."""

    def run(*arguments, templates=TEMPLATES):
        told = templates if isinstance(templates, str) else json.dumps(templates)
        words = ["rev", "-I", tree.root, "-T", told, "--threads", "1", *arguments]
        with pytest.raises(SystemExit) as end:
            main([*map(str, words)])
        return end.value.code, capsys.readouterr()

    return run


def series_of(out, name="B"):
    (entry,) = json.loads((out / EXAMPLE / f"{name}-series.json").read_text())["query"]["data"]
    return entry


def findings(out):
    return json.loads((out / "findings.json").read_bytes())["findings"]


def patient_ids(root):
    return {
        str(dcmread(path).PatientID) for path in root.glob(f"{EXAMPLE}/?/*.*") if is_dicom(path)
    }


def is_dicom(path):
    return path.is_file() and path.read_bytes()[128:132] == b"DICM"


def test_dicom_json_pages_and_tags_get_the_new_values(tree, rev, out):
    before = fingerprint(tree.root)
    code, told = rev("-O", out)
    assert code == 0, told.err
    assert before == fingerprint(tree.root)
    assert patient_ids(out) == {HASHED}
    ds = dcmread(out / EXAMPLE / "B" / "b.IMA")
    assert ds.StudyDescription == "knee-left"
    assert str(ds.PatientName).endswith("^ANON")
    entry = series_of(out)
    assert entry["PatientID"]["value"] == HASHED
    assert entry["PatientName"]["value"] == str(ds.PatientName)
    assert entry["PatientBirthDate"]["value"] == "19000101"
    assert entry["details"]["series"]["data"] == [f"{EXAMPLE}/B/b.IMA"]
    tags = (out / EXAMPLE / "B" / "tag-raw.txt").read_text("utf-8-sig")
    assert HASHED in tags
    named = [
        path
        for path in out.rglob("*")
        if path.is_file() and PATIENT_ID.encode() in path.read_bytes()
    ]
    assert named == []


def test_a_missing_tag_gives_an_empty_string_and_a_finding(rev, out):
    code, _ = rev("-O", out, templates={"SeriesDescription": "%EthnicGroup"})
    assert code == 0
    assert series_of(out)["SeriesDescription"]["value"] == ""
    missing = [one for one in findings(out) if one["code"] == "missing-attribute"]
    assert [(one["path"], one["tag"]) for one in missing] == [
        (f"{EXAMPLE}/A", "(0010,2160)"),
        (f"{EXAMPLE}/B/b.IMA", "(0010,2160)"),
    ]


@pytest.mark.parametrize(
    ("templates", "said"),
    [
        ("{", "no JSON"),
        ("[]", "JSON object"),
        ({"PatientNam": "x"}, "no keyword"),
        ({"PatientName": "%_sha_PatientName"}, "no function"),
        ({"PatientName": "%Nothing"}, "no keyword"),
        ({"PatientName": 7}, "is a text"),
    ],
)
def test_wrong_templates_are_told_before_anything_is_written(tree, rev, out, templates, said):
    before = fingerprint(tree.root)
    for place in (["--overwrite"], ["-O", out]):
        code, told = rev(*place, templates=templates)
        assert (code, told.out, told.err.count("\n")) == (2, "", 1)
        assert said in told.err
    assert before == fingerprint(tree.root)
    assert not out.exists()


def test_what_cannot_be_de_identified_is_not_in_the_output(tree, rev, out):
    assert rev("-O", out)[0] == 0
    tree.put(f"{EXAMPLE}/A/1.dcm", ct(1)[:-1000])
    assert rev("-O", out)[0] == 1
    assert not (out / EXAMPLE / "A" / "1.dcm").exists()
    assert (out / EXAMPLE / "A" / "2.dcm").exists()
    (wrong,) = [one for one in findings(out) if one["level"] == "error"]
    assert (wrong["code"], wrong["path"]) == ("not-deidentified", f"{EXAMPLE}/A/1.dcm")


def test_a_value_that_its_attribute_cannot_have_is_not_written(rev, out):
    code, _ = rev("-O", out, templates={"PatientBirthDate": "%StudyDescription"})
    assert code == 1
    assert not list(out.glob(f"{EXAMPLE}/?/*.dcm"))


def test_series_that_may_show_text_are_left_out_unless_allowed(tree, rev, out):
    tree.put(f"{EXAMPLE}/A/2.dcm", ct(2, BurnedInAnnotation="YES"))
    code, told = rev("-O", out)
    assert code == 0
    assert f"left out: {EXAMPLE}/A: 2 files" in told.out
    assert not (out / EXAMPLE / "A-series.json").exists()
    assert rev("-O", out, "--allow-burned-in")[0] == 0
    assert len(series_of(out, "A")["details"]["series"]["data"]) == 2


def test_nothing_is_made_again_until_something_changes(rev, out):
    rev("-O", out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.dcm")}
    rev("-O", out)
    assert before == {path: path.stat().st_mtime_ns for path in out.rglob("*.dcm")}
    rev("-O", out, templates=TEMPLATES | {"PatientID": "x"})
    assert patient_ids(out) == {"x"}


def test_the_stages_one_by_one_make_what_all_make(rev, out):
    rev("-O", out.parent / "all")
    for stage in "1234":
        code, told = rev("-O", out, "--stage", stage)
        assert code == 0, told.err
    assert fingerprint(out.parent / "all") == fingerprint(out)


@pytest.mark.parametrize("in_place", [True, False])
def test_a_later_stage_needs_the_first_one_with_the_same_templates(rev, out, in_place):
    place = ["--overwrite"] if in_place else ["-O", out]
    code, told = rev(*place, "--stage", "2")
    assert (code, told.err.count("run --stage 1 first")) == (2, 1)
    rev(*place, "--stage", "1")
    code, told = rev(*place, "--stage", "2", templates={"PatientID": "x"})
    assert (code, told.err.count("run --stage 1 first")) == (2, 1)
    assert rev(*place, "--stage", "2")[0] == 0


# --- in place -----------------------------------------------------------------------------------


def test_in_place_needs_overwrite(tree, rev):
    before = fingerprint(tree.root)
    code, told = rev()
    assert code == 2
    assert "--overwrite" in told.err
    assert before == fingerprint(tree.root)


def test_in_place_files_are_replaced_once(tree, rev):
    (tree.root / EXAMPLE / "B" / "b.IMA").chmod(0o640)
    assert rev("--overwrite")[0] == 0
    assert patient_ids(tree.root) == {HASHED}
    assert series_of(tree.root)["PatientID"]["value"] == HASHED
    assert (tree.root / EXAMPLE / "B" / "b.IMA").stat().st_mode & 0o777 == 0o640
    tree.put(f"{EXAMPLE}/B/new.dcm", ct(9, PatientID=PATIENT_ID))
    assert rev("--overwrite")[0] == 0
    assert patient_ids(tree.root) == {HASHED}
    assert rev("--overwrite", templates={"PatientID": "x%PatientID"})[0] == 0
    assert patient_ids(tree.root) == {f"x{HASHED}"}


def test_in_place_the_record_of_an_arrangement_is_named(tree, rev):
    tree.put("arranged.json", b"{}")
    for _ in range(2):
        assert rev("--overwrite")[0] == 0
        (found,) = findings(tree.root)
        assert (found["code"], found["path"]) == ("has-names", "arranged.json")


def test_in_place_all_files_are_replaced_or_none(tree, rev):
    tree.put(f"{EXAMPLE}/B/cut.dcm", ct(1)[:-1000])
    before = fingerprint(tree.root)
    code, told = rev("--overwrite", "-v", "1")
    assert (code, told.err.count("\n")) == (2, 1)
    assert f"{EXAMPLE}/B/cut.dcm: " in told.err
    assert before == fingerprint(tree.root)
    assert not (tree.root / ".isocenter" / "in-place").exists()


def test_in_place_a_run_that_was_killed_is_finished_and_nothing_replaced_twice(
    tree, rev, monkeypatch
):
    replaced = []

    def dying(path, by):
        if len(replaced) == 2:
            raise KeyboardInterrupt
        replaced.append(path)
        by.replace(path)

    with monkeypatch.context() as patch:
        patch.setattr(inplace, "_replace", dying)
        assert rev("--overwrite")[0] == 130
    assert patient_ids(tree.root) == {HASHED, PATIENT_ID}
    assert rev("--overwrite")[0] == 0
    assert patient_ids(tree.root) == {HASHED}


def test_in_place_nothing_behind_a_link_is_replaced(tree, rev, tmp_path):
    (tree.root / EXAMPLE / "B").rename(tmp_path / "elsewhere")
    (tree.root / EXAMPLE / "B").symlink_to(tmp_path / "elsewhere")
    before = fingerprint(tmp_path / "elsewhere")
    code, told = rev("--overwrite")
    assert (code, "symbolic link" in told.err) == (2, True)
    assert before == fingerprint(tmp_path / "elsewhere")
    assert patient_ids(tree.root) == {PATIENT_ID}
