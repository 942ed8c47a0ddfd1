"""Trees that are not by age: studies and series as UIDs group the files, wherever they lie."""

import os
import shutil
import zipfile
from collections import Counter

import pydicom
import pytest

from isocenter.errors import UsageError
from isocenter.files import target
from isocenter.library import build as building
from isocenter.library import steps
from isocenter.library.arrange import placing, reading, survey
from isocenter.library.intake import detected, plan
from isocenter.library.model import Layout
from isocenter.library.options import BuildOptions
from library.trees import Tree, changed, ct, fingerprint, run, sl, state
from support.files import wheel_file

SERIES = "CT-001-T1_AX"
OF_A_SERIES = {
    "preview.jpg",
    "raw-preview.jpg",
    "tag-raw.txt",
    "tag-raw.js",
    "dcm2jpgRaw",
    "dcm2jpgDCMresize",
    "dcm2jpgResize",
}


def studies(made):
    """The folders of the studies and series, by their Study Instance UIDs."""
    found = {}
    for series in made.library.series:
        found.setdefault(series.facts.study_uid, []).append(series.place.series)
    return found


def built(tree, out, **how):
    """Build again; the names of the series that were made."""
    names = []
    run(tree.root, out, progress=lambda result: names.append(result.place.series), **how)
    return sorted(names)


def where(made, uid="1.2.1.1"):
    """The folder of a series."""
    (found,) = (one.place.folder for one in made.library.series if one.facts.series_uid == uid)
    return found


@pytest.fixture
def two(tree):
    """Two series of one study in one folder, and a second study."""
    for n in (1, 2, 3):
        tree.put(f"x/IM{n}", sl(n))
    tree.put("x/other", sl(1, series="2"))
    tree.put("y/z/IM1.dcm", sl(1, study="2"))
    return tree


# --- which layout ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("01-yr/02-mo/03-ex/S/a.dcm", Layout.REV),
        ("01-yr/02-mo/03-ex/a.dcm", Layout.STUDY),
        ("01-yr/02-mo/S/a.dcm", Layout.STUDY),
        ("1-yr/02-mo/03-ex/S/a.dcm", Layout.STUDY),
        ("S/a.dcm", Layout.STUDY),
        ("a.dcm", Layout.STUDY),
    ],
)
def test_a_tree_is_by_age_when_a_series_lies_where_such_a_tree_has_it(tree, path, expected):
    tree.put(path, ct(1))
    assert expected is detected(tree.root)


def test_a_tree_by_age_can_be_built_by_study(tree, out):
    tree.slices("S", 2)
    tree.put("elsewhere/a", ct(3))
    made = run(tree.root, out, layout=Layout.STUDY)
    assert [series.frame_count for series in made.library.series] == [3]
    assert not (out / "map.json").exists()


# --- what comes out -------------------------------------------------------------------------------


def test_a_series_has_every_output_of_the_contract(two, out):
    made = run(two.root, out)
    series = where(made)
    assert {"1.2.1.1.1.dcm", "1.2.1.1.2.dcm", "1.2.1.1.3.dcm"} | OF_A_SERIES == set(
        made.names(series)
    )
    assert made.data(series) == ["1.2.1.1.1.dcm", "1.2.1.1.2.dcm", "1.2.1.1.3.dcm"]
    assert {f"1.2.1.1.{n}.0.jpg" for n in (1, 2, 3)} | {f"middle-{SERIES}.jpg"} == made.pictures(
        series
    )
    study = series.rpartition("/")[0]
    assert {SERIES, "CT-002-T1_AX", "index.html", "study.js", "description.json"} | {
        f"{name}-series.json" for name in (SERIES, "CT-002-T1_AX")
    } == set(made.names(study))
    assert len(made.json(f"{study}/description.json")["data"]) == 3


def test_the_root_has_a_page_with_its_data_and_no_map(two, out):
    made = run(two.root, out)
    assert {
        ".isocenter",
        "assets",
        "findings.json",
        "index.html",
        "studies",
        "studies.js",
    } == set(made.names("."))
    assert made.findings() == []


def test_the_outputs_of_a_series_are_those_of_a_tree_by_age(tree, out, tmp_path):
    by_age = Tree(tmp_path / "age")
    for n in (1, 2, 3):
        tree.put(f"a/b/{n}", sl(n))
        by_age.put(f"20-yr/06-mo/01-ex/{SERIES}/1.2.1.1.{n}.dcm", sl(n))
    study = run(tree.root, out)
    age = run(by_age.root, tmp_path / "age-out")
    expected = fingerprint(age.root / "20-yr/06-mo/01-ex" / SERIES)
    assert expected == fingerprint(study.root / where(study))


def test_several_series_in_one_folder_and_one_series_over_several(tree, out):
    tree.put("a/1", sl(1))
    tree.put("a/2", sl(1, series="2"))
    tree.put("b/c/1.dcm", sl(2))
    tree.put("3.IMA", sl(3))
    made = run(tree.root, out)
    assert studies(made) == {"1.2.1": [SERIES, "CT-002-T1_AX"]}
    assert made.data(where(made)) == [f"1.2.1.1.{n}.dcm" for n in (1, 2, 3)]
    assert made.findings() == []


def test_slices_are_ordered_by_position_whatever_folder_they_come_from(tree, out):
    for n in range(6):
        tree.put(f"{n % 2}/{n}", sl(10 - n, SOPInstanceUID=f"1.2.{n}"))
    made = run(tree.root, out)
    assert made.data(where(made)) == [f"1.2.{n}.dcm" for n in reversed(range(6))]


def test_a_dicomdir_names_the_files(out):
    records = pydicom.dcmread(wheel_file("DICOMDIR")).DirectoryRecordSequence
    expected = [one.DirectoryRecordType for one in records].count("SERIES")
    made = run(wheel_file("DICOMDIR"), out)
    assert expected == len(made.library.series)
    assert {one["code"] for one in made.findings()} <= {"viewer-cannot-decode"}


def test_one_file_is_a_library(tree, out):
    made = run(tree.put("a", sl(1)), out)
    assert [series.frame_count for series in made.library.series] == [1]


@pytest.mark.parametrize(
    ("placement", "there", "linked"),
    [("link", True, True), ("copy", True, False), ("none", False, False)],
)
def test_the_dicom_files_come_along_as_asked(tree, out, placement, there, linked):
    original = tree.put("a", sl(1))
    made = run(tree.root, out, placement=target.Placement(placement))
    file = out / where(made) / "1.2.1.1.1.dcm"
    assert there == file.is_file()
    assert not linked or file.samefile(original)
    page = made.bytes(f"{where(made).rpartition('/')[0]}/study.js")
    assert there == (b"1.2.1.1.1.dcm" in page)


def test_the_input_is_untouched(two, out):
    before = state(two.root)
    run(two.root, out, placement=target.Placement.COPY)
    assert before == state(two.root)


def test_findings_name_the_files_as_they_lie_in_the_source(tree, out):
    tree.put("x/README", b"text")
    tree.put("x/bad.dcm", b"junk" * 50)
    tree.put("x/cut", sl(1)[:-1000])
    tree.put("y/sr", changed("reportsi.dcm"))
    tree.put("y/ok", sl(2))
    made = run(tree.root, out)
    named = {one["path"]: (one["level"], one["code"]) for one in made.findings()}
    assert named == {
        "x/README": ("note", "not-dicom"),
        "x/bad.dcm": ("error", "not-dicom"),
        "x/cut": ("error", "truncated"),
        "y/sr": ("note", "no-image"),
    }
    assert made.data(where(made)) == ["1.2.1.1.2.dcm"]
    assert len(list(out.rglob("*.dcm"))) == 2  # the image and the report


# --- names ----------------------------------------------------------------------------------------


def test_names_do_not_depend_on_what_else_there_is_or_was(tree, out, tmp_path):
    tree.put("x/1", sl(1, study="2", StudyDate="20210101"))
    run(tree.root, out)
    tree.put("a/1", sl(1))
    tree.put("a/2", sl(2))
    run(tree.root, out)
    tree.put("a/3", sl(1, series="2"))
    expected = fingerprint(run(tree.root, tmp_path / "fresh").root)
    assert expected == fingerprint(run(tree.root, out).root)


def test_names_do_not_depend_on_names_and_folders_of_the_source(two, out, tmp_path):
    first = {path for path in run(two.root, out).files() if path.startswith("studies/")}
    moved = Tree(tmp_path / "moved")
    for number, path in enumerate(sorted(two.root.rglob("*"))):
        if path.is_file():
            moved.put(f"{99 - number}", path.read_bytes())
    again = run(moved.root, tmp_path / "again").files()
    assert first == {path for path in again if path.startswith("studies/")}


def test_a_study_without_a_date_and_series_that_say_the_same(tree, out):
    for series in ("1", "2"):
        tree.put(series, sl(1, series=series, StudyDate=None, SeriesNumber=7))
    made = run(tree.root, out)
    assert {"CT-007-T1_AX", "CT-007-T1_AX~2"} == {one.place.series for one in made.library.series}
    assert where(made).startswith("studies/undated-")


def test_hostile_texts_and_names_stay_inside(tree, out):
    hostile = "<img src=x onerror=alert(1)>"
    tree.put(
        os.fsdecode(b"\xff\xfe $(x)/a b#?%"),
        sl(1, SeriesDescription="../" * 20, PatientName=hostile).replace(
            b"1.2.1.1.1\0", b"../../../x"
        ),
    )
    made = run(tree.root, out)
    (series,) = made.library.series
    assert series.frame_count == 1
    assert (out / series.images[0].path).resolve().is_relative_to(out.resolve() / "studies")
    assert set(out.parent.iterdir()) == {tree.root, out}
    assert hostile.encode() not in made.bytes("index.html") + made.bytes("studies.js")


def test_without_uids_a_folder_is_a_series_and_that_is_said(tree, out):
    gone = dict.fromkeys(["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"])
    for name in ("x/a.dcm", "x/b.dcm", "y/a.dcm"):
        tree.put(name, sl(len(name), **gone))
    made = run(tree.root, out)
    assert sorted(series.frame_count for series in made.library.series) == [1, 2]
    assert Counter(one["code"] for one in made.findings()) == {"no-uid": 3}


# --- duplicates, and what a series may hold -------------------------------------------------------


def test_the_same_bytes_twice_are_shown_once(tree, out):
    tree.put("a", sl(1))
    tree.put("b", sl(1))
    made = run(tree.root, out)
    assert made.data(where(made)) == ["1.2.1.1.1.dcm"]
    assert made.codes("b") == [("note", "duplicate-file")]


def test_one_uid_and_other_bytes_are_both_shown(tree, out):
    tree.put("a", sl(1))
    tree.put("b", sl(1, PatientComments="other"))
    made = run(tree.root, out)
    assert sorted(made.data(where(made))) == ["1.2.1.1.1.dcm", "1.2.1.1.1~2.dcm"]
    assert made.codes("b") == [("warning", "duplicate-instance")]
    assert made.codes("a") == []


def test_one_uid_in_two_series_is_shown_in_both(tree, out):
    tree.put("a", sl(1, SOPInstanceUID="1.2.9"))
    tree.put("b", sl(1, series="2", SOPInstanceUID="1.2.9"))
    made = run(tree.root, out)
    assert [series.frame_count for series in made.library.series] == [1, 1]
    assert made.codes("b") == [("warning", "shared-uid")]


def test_echoes_and_stacks_of_one_series_stay_one_series(tree, out):
    for echo in (1, 2):
        for n in (1, 2):
            more = {"SOPInstanceUID": f"1.2.3.{echo}.{n}", "EchoNumbers": echo}
            tree.put(f"{echo}-{n}", sl(n, InstanceNumber=10 * echo + n, **more))
    tree.put("sagittal", sl(9, ImageOrientationPatient=[0, 1, 0, 0, 0, -1]))
    made = run(tree.root, out)
    (series,) = made.library.series
    assert series.frame_count == 5
    assert made.findings() == []


def test_a_localizer_is_a_series_as_any_other(tree, out):
    kind = {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"], "SeriesDescription": "SCOUT"}
    tree.put("a", sl(1))
    tree.put("b", sl(1, series="0", **kind))
    assert studies(run(tree.root, out)) == {"1.2.1": ["CT-000-SCOUT", SERIES]}


@pytest.mark.parametrize(
    ("name", "frames", "mode"),
    [
        ("emri_small.dcm", 10, "L"),
        ("eCT_Supplemental.dcm", 2, "L"),
        ("SC_rgb_small_odd.dcm", 1, "RGB"),
        ("examples_ybr_color.dcm", 30, "RGB"),
        ("liver_1frame.dcm", 1, "L"),
    ],
)
def test_multi_frame_enhanced_colour_and_cine_are_one_file_each(tree, out, name, frames, mode):
    tree.put("a", changed(name))
    made = run(tree.root, out)
    (series,) = made.library.series
    assert series.frame_count == frames
    assert mode == made.picture(f"{series.place.folder}/preview.jpg").mode


# --- patients -------------------------------------------------------------------------------------


def test_a_study_of_several_patients_is_said(tree, out):
    tree.put("a", sl(1, PatientID="A"))
    tree.put("b", sl(2, PatientID="B"))
    made = run(tree.root, out)
    assert made.codes("a") == [("warning", "mixed-patients")]


def test_a_patient_id_with_two_names_is_said_and_shown_as_two(tree, out):
    tree.put("a", sl(1, PatientID="A", PatientName="Doe^Jane"))
    tree.put("b", sl(1, study="2", PatientID="A", PatientName="Roe^Jane"))
    tree.put("c", sl(1, study="3", PatientID="B", PatientName="DOE^JANE^^"))
    tree.put("d", sl(1, study="4", PatientID="B", PatientName="Doe^Jane"))
    made = run(tree.root, out)
    assert {one["path"]: one["code"] for one in made.findings()} == dict.fromkeys(
        "ab", "patient-differs"
    )
    assert b"<strong>3</strong> patients" in made.bytes("index.html")


def test_a_study_without_images_is_shown_under_its_patient(tree, out):
    tree.put("a", changed("reportsi.dcm", PatientID="R1", PatientName="Roe^Richard"))
    tree.put("b", sl(1)[:-1000])
    made = run(tree.root, out)
    assert {("Roe^Richard", "SR"), ("CompressedSamples^CT1", "CT")} == {
        (one.facts.patient_name, one.facts.modality) for one in made.library.series
    }
    assert made.library.series[0].images == made.library.series[1].images == ()


# --- every night ----------------------------------------------------------------------------------


def test_nothing_is_opened_and_nothing_written_when_nothing_has_changed(two, out, monkeypatch):
    first = run(two.root, out).library
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}

    def refuse(*_, **__):
        pytest.fail("a file was read or written")

    monkeypatch.setattr(steps, "dcmread", refuse)
    monkeypatch.setattr(reading, "read_headers", refuse)
    monkeypatch.setattr(target.Folder, "write", refuse)
    monkeypatch.setattr(building, "outputs", refuse)
    assert first == run(two.root, out).library
    own = {"catalog.sqlite", "lock", "holder.json"}
    assert {path: path.stat().st_mtime_ns for path in before if path.name not in own} == {
        path: time for path, time in before.items() if path.name not in own
    }


def test_what_changed_came_moved_or_went_makes_its_series_again_and_no_other(two, out, tmp_path):
    assert len(built(two, out)) == 3
    two.put("x/IM1", sl(1, PatientComments="other"))
    assert built(two, out) == [SERIES]
    two.put("new/IM4", sl(4))
    assert built(two, out) == [SERIES]
    (two.root / "x/IM2").rename(two.root / "moved")
    assert built(two, out) == [SERIES]
    (two.root / "x/IM3").unlink()
    assert built(two, out) == [SERIES]
    shutil.rmtree(two.root / "y")
    assert built(two, out) == []
    assert fingerprint(run(two.root, tmp_path / "fresh").root) == fingerprint(out)
    assert len(list((out / "studies").iterdir())) == 1


def test_a_moved_file_is_linked_anew(two, out, monkeypatch):
    monkeypatch.setattr(os, "link", lambda *_a, **_k: (_ for _ in ()).throw(OSError(18, "EXDEV")))
    made = run(two.root, out)
    link = out / where(made) / "1.2.1.1.2.dcm"
    if not link.is_symlink():
        pytest.skip("hard links are not made through os.link here")
    (two.root / "x/IM2").rename(two.root / "moved")
    run(two.root, out)
    assert link.resolve() == (two.root / "moved").resolve()


def test_headers_that_are_lost_are_read_again_and_nothing_is_made_again(two, out):
    built(two, out)
    for content in (b"", b"junk", b"{}\n[]\n0\n", b"\xff\n" * 3):
        (out / ".isocenter/headers.json").write_bytes(content)
        assert built(two, out) == []


def test_a_twin_that_could_not_be_read_is_compared_again(tree, out, monkeypatch):
    tree.put("a", sl(1))
    tree.put("b", sl(1))

    def fail(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(placing, "digest", fail)
    assert run(tree.root, out).library.series[0].frame_count == 2
    monkeypatch.undo()
    assert run(tree.root, out).library.series[0].frame_count == 1


def test_a_series_in_a_folder_that_cannot_be_listed_has_not_gone(two, out, monkeypatch):
    made = run(two.root, out)
    real = os.scandir

    def scandir(path):
        if str(path).endswith("/x"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    for kept in (True, False):
        if not kept:
            (out / ".isocenter/headers.json").unlink()
        monkeypatch.setattr("isocenter.files.walking.os.scandir", scandir)
        assert built(two, out) == []
        monkeypatch.undo()
        assert made.data(where(made)) == ["1.2.1.1.1.dcm", "1.2.1.1.2.dcm", "1.2.1.1.3.dcm"]
        assert built(two, out) == []


def test_a_file_that_was_given_up_is_not_tried_again_until_it_changes(two, out, monkeypatch):
    tried = []

    def step(task):
        tried.append(set(task.names))
        return steps.build_series(building.replace(task, skip=frozenset({"1.2.1.1.2.dcm"})))

    monkeypatch.setattr(building, "build_series", step)
    made = run(two.root, out)
    assert made.codes("x/IM2") == [("error", "killed-decoder")]
    tried.clear()
    two.put("x/IM4", sl(4))
    run(two.root, out)
    assert tried == [{f"1.2.1.1.{n}.dcm" for n in (1, 3, 4)}]


def test_a_file_that_changes_while_it_is_read_is_said_and_read_again(two, out, monkeypatch):
    original = steps.build_series

    def late(task):
        result = original(task)
        if task.place.series == SERIES and len(task.names) == 3:
            two.put("x/IM1", sl(1, PatientName="other"))
            (two.root / "x/IM3").unlink()
        return result

    monkeypatch.setattr(building, "build_series", late)
    made = run(two.root, out)
    assert made.codes("x/IM1") == [("warning", "changed-while-read")]
    assert made.codes("x/IM3") == [("warning", "changed-while-read")]
    monkeypatch.undo()
    assert built(two, out) == [SERIES]


def test_the_bytes_do_not_depend_on_who_does_the_work(two, tmp_path, monkeypatch):
    expected = fingerprint(run(two.root, tmp_path / "one").root)
    monkeypatch.setattr(survey, "_WORTH_WORKERS", 0)
    made = run(two.root, tmp_path / "several", workers=2)
    assert expected == fingerprint(made.root)


# --- places that are refused ----------------------------------------------------------------------


def test_an_output_inside_the_source_is_not_taken_for_input(two):
    output = two.root / "x" / "library"
    first = fingerprint(run(two.root, output).root)
    made = run(two.root, output)
    assert first == fingerprint(output)
    assert made.findings() == []


def test_a_source_inside_the_output(two):
    expected = {path for path in run(two.root / "x", two.root).files() if "studies/" in path}
    assert expected == {
        path for path in run(two.root / "x", two.root).files() if "studies/" in path
    }


def refused(source, output, said, **options):
    with pytest.raises(UsageError, match=said):
        run(source, output, **options)


def test_what_cannot_be_built_so_is_a_mistake_and_writes_nothing(two, out, tmp_path):
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(two.root / "x/IM1", "a")
    before = state(two.root)
    refused(two.root, None, "with -O")
    refused(two.root / "x/IM1", two.root / "x", "with -O")
    refused(archive, out, "--arrange")
    refused(two.root, out, "--server", server="https://x")
    refused(two.root, out, "by age", leaf="p-%s")
    refused(two.root, out, "by age", extension="dcm")
    refused(tmp_path / "nowhere", out, "does not exist")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", out, "no DICOM instance; files looked at: 0")
    assert before == state(two.root)
    assert not out.exists()


def test_a_source_where_the_studies_go_is_refused(two, out):
    made = run(two.root, out)
    refused(out / where(made), out, "go")


def test_another_layout_than_that_of_the_library_must_be_asked_for(two, out, tmp_path):
    by_age = Tree(tmp_path / "age")
    by_age.slices("S", 1)
    run(by_age.root, out)
    first = fingerprint(out)
    refused(two.root, out, "--layout rev.*--layout study")
    assert first == fingerprint(out)
    expected = fingerprint(run(two.root, tmp_path / "fresh").root)
    assert expected == fingerprint(run(two.root, out, layout=Layout.STUDY).root)


@pytest.mark.parametrize("layout", list(Layout))
def test_files_that_a_library_was_made_of_in_place_are_never_removed(tree, tmp_path, layout):
    series = tree.slices("S", 2)
    run(tree.root)
    other = Tree(tmp_path / "other")
    other.slices("T", 1, "05-yr/00-mo/01-ex")
    before = state(tree.root / series)
    refused(other.root, tree.root, "holds the DICOM files", layout=layout)
    assert before == state(tree.root / series)


def test_a_plan_can_be_made_before_anything_is_locked(two, out):
    tree = plan(BuildOptions(two.root, out))
    assert tree.layout is Layout.STUDY
    assert len(tree.series) == 3
    assert not out.exists()
