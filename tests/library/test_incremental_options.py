"""Every night, with options: folders of pictures, extensions, windows, single stages."""

import pytest

from isocenter.errors import UsageError
from isocenter.library.build import held
from isocenter.library.model import WindowPreset
from isocenter.library.options import BuildOptions
from isocenter.library.stages import Stage, run_stage
from library.trees import EXAMPLE, fingerprint, run

LEAF = "preview-%s"
KEPT = "stage-1.json"


@pytest.fixture
def two(tree):
    """Series A and B in one example."""
    tree.slices("A", 2)
    tree.slices("B", 1)
    return tree


def built(tree, out=None, **how):
    """Build again; the names of the series that were made."""
    made = []
    run(tree.root, out, progress=lambda result: made.append(result.place.series), **how)
    return sorted(made)


def staged(stage, tree, out, **how):
    """Run a stage; the names of the series that were made."""
    made = []

    def report(result):
        made.append(result.place.series)

    options = BuildOptions(tree.root, out or tree.root, **how)
    run_stage(Stage(stage), options, workers=1, progress=report)
    return sorted(made)


def folders(place):
    return {path.name for path in (place / EXAMPLE).iterdir() if path.is_dir()}


@pytest.mark.parametrize("in_place", [True, False])
@pytest.mark.parametrize("leaves", [("%s", LEAF), (LEAF, "%s"), (LEAF, "seen-%s")])
def test_pictures_that_go_elsewhere_leave_nothing_behind(two, out, tmp_path, in_place, leaves):
    before, after = leaves
    where = two.root if in_place else out
    expected = fingerprint(run(two.root, tmp_path / "fresh", leaf=after).root)
    built(two, where, leaf=before)
    assert built(two, where, leaf=after) == ["A", "B"]
    assert built(two, where, leaf=after) == []
    assert expected == fingerprint(where)
    assert folders(where) == folders(tmp_path / "fresh")


@pytest.mark.parametrize("in_place", [True, False])
def test_the_folder_of_the_pictures_goes_with_its_series(two, out, in_place):
    where = two.root if in_place else out
    built(two, where, leaf=LEAF)
    for path in (two.root / EXAMPLE / "B").iterdir():
        path.unlink()
    (two.root / EXAMPLE / "B").rmdir()
    assert built(two, where, leaf=LEAF) == []
    assert folders(where) == {"A", "preview-A"}
    assert not (where / EXAMPLE / "B-series.json").exists()


def test_files_of_another_extension_do_not_count_as_changes(two, out):
    two.put(f"{EXAMPLE}/A/notes.txt", b"before")
    built(two, out, extension="dcm")
    two.put(f"{EXAMPLE}/A/notes.txt", b"and after")
    assert built(two, out, extension="dcm") == []
    assert "changed-while-read" not in (out / "findings.json").read_text()
    assert built(two, out) == ["A", "B"]


def test_windows_come_and_go(two, out, tmp_path):
    # whole numbers, as a caller may write them
    brain, bone = WindowPreset("brain", 40, 80), WindowPreset("bone", 500, 2000)
    built(two, out)
    before = fingerprint(out)
    assert built(two, out, windows=(brain, bone)) == ["A", "B"]
    assert built(two, out, windows=(brain, bone)) == []
    assert built(two, out, windows=(brain,)) == ["A", "B"]
    expected = run(two.root, tmp_path / "fresh", windows=(brain,)).root
    assert fingerprint(expected) == fingerprint(out)
    assert folders(out) == {"A", "B"}
    assert not (out / EXAMPLE / "A" / "dcm2jpgWindow-bone").exists()
    assert built(two, out) == ["A", "B"]
    assert before == fingerprint(out)
    assert not list(out.rglob("dcm2jpgWindow-*"))


@pytest.mark.parametrize("leaf", ["%s", LEAF])
def test_a_series_goes_with_its_windows(two, out, leaf):
    how = {"windows": (WindowPreset("brain", 40.0, 80.0),), "leaf": leaf}
    built(two, out, **how)
    for path in (two.root / EXAMPLE / "B").iterdir():
        path.unlink()
    (two.root / EXAMPLE / "B").rmdir()
    built(two, out, **how)
    assert not [path for path in folders(out) if "B" in path]


def test_window_pictures_behind_a_link_stay(two, out, tmp_path):
    built(two, out)
    other = tmp_path / "other"
    other.mkdir()
    (other / "1.0.jpg").write_bytes(b"somebody else's")
    (out / EXAMPLE / "A" / "dcm2jpgWindow-x").symlink_to(other)
    built(two, out, force=True)
    assert (other / "1.0.jpg").read_bytes() == b"somebody else's"


def test_another_name_of_the_study_json_makes_no_series(two, out, tmp_path):
    built(two, out)
    assert built(two, out, study_json="study.json") == []
    expected = run(two.root, tmp_path / "fresh", study_json="study.json").root
    assert fingerprint(expected) == fingerprint(out)


def test_stages_do_not_make_again_what_has_not_changed(two, out):
    assert staged("all", two, out) == ["A", "B"]
    assert staged("1", two, out) == []
    two.slices("A", 3)
    assert staged("1", two, out) == ["A"]


def test_a_build_after_the_first_stage_makes_the_pages(two, out, tmp_path):
    staged("1", two, out)
    assert not (out / "index.html").exists()
    assert built(two, out) == []
    made = fingerprint(out)
    made.pop(KEPT)
    assert fingerprint(run(two.root, tmp_path / "fresh").root) == made


def test_a_build_after_a_stage_with_other_options_makes_its_pages_again(two, out):
    built(two, out)
    before = fingerprint(out)
    staged("1", two, out)
    staged("2", two, out, server="https://viewer.example/rev")
    assert "viewer.example" in (out / EXAMPLE / "index.html").read_text()
    built(two, out)
    after = fingerprint(out)
    after.pop(KEPT)
    assert before == after


def test_pages_of_what_has_gone_go_with_the_first_stage(two, out):
    other = "02-yr/03-mo/01-ex"
    two.slices("C", 1, other)
    for stage in "1234":
        staged(stage, two, out)
    for path in (two.root / other / "C").iterdir():
        path.unlink()
    (two.root / other / "C").rmdir()
    staged("1", two, out)
    assert not (out / "02-yr").exists()


@pytest.mark.parametrize("stage", list(Stage))
def test_a_stage_waits_for_nobody(two, out, stage):
    staged("all", two, out)
    options = BuildOptions(two.root, out)
    with held(options), pytest.raises(UsageError, match="is being built by process"):
        run_stage(stage, options, workers=1)
