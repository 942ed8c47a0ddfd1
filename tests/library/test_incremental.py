"""Every night: what has not changed is not read, what has gone goes, and nothing else does."""

import errno
import json
import os
import shutil
import sqlite3
import subprocess

import pytest
from PIL import Image

from isocenter.errors import Finding, Level, UsageError
from isocenter.files import target
from isocenter.files.target import Placement
from isocenter.library import build as building
from isocenter.library import catalog, steps
from isocenter.library.build import build, opened
from isocenter.library.options import BuildOptions
from library.trees import EXAMPLE, Inline, changed, ct, fingerprint, run

OTHER = "01-yr/07-mo/01-ex"


def built(tree, out=None, **how):
    """Build again; the names of the series that were made."""
    made = []
    run(tree.root, out, progress=lambda result: made.append(result.place.series), **how)
    return sorted(made)


def undisturbed(tree, tmp_path, name="fresh"):
    """What one build into a new folder makes."""
    return fingerprint(run(tree.root, tmp_path / name).root)


@pytest.fixture
def three(tree):
    """Series A and B in one example, C alone in another month."""
    tree.slices("A", 3)
    tree.slices("B", 2)
    tree.slices("C", 2, OTHER)
    return tree


@pytest.mark.parametrize("place", ["in place", "out"])
def test_what_has_not_changed_is_not_made_again(three, out, place):
    where = None if place == "in place" else out
    assert built(three, where) == ["A", "B", "C"]
    assert built(three, where) == []


def test_nothing_is_opened_and_nothing_written_when_nothing_has_changed(three, out, monkeypatch):
    first = run(three.root, out).library
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}

    def refuse(*_, **__):
        pytest.fail("a file was read or written")

    monkeypatch.setattr(steps, "dcmread", refuse)
    monkeypatch.setattr(target.Folder, "write", refuse)
    monkeypatch.setattr(building, "outputs", refuse)
    assert first == run(three.root, out).library
    unchanged = {path: time for path, time in before.items() if ".isocenter" not in path.parts}
    assert unchanged == {path: path.stat().st_mtime_ns for path in unchanged}


def test_a_file_that_changed_came_or_went_makes_its_series_again_and_no_other(three, out, tmp_path):
    built(three, out)
    three.put(f"{EXAMPLE}/A/1.dcm", ct(40))
    assert built(three, out) == ["A"]
    three.put(f"{EXAMPLE}/B/new.dcm", ct(9))
    assert built(three, out) == ["B"]
    (three.root / OTHER / "C" / "1.dcm").unlink()
    assert built(three, out) == ["C"]
    three.slices("D", 1)
    assert built(three, out) == ["D"]
    assert undisturbed(three, tmp_path) == fingerprint(out)


def test_a_change_of_time_alone_counts(three, out):
    built(three, out)
    os.utime(three.root / EXAMPLE / "A" / "1.dcm", ns=(1, 1))
    assert built(three, out) == ["A"]


def test_the_dicom_file_that_has_gone_goes_from_the_output(tree, out):
    series = tree.series("S", {"a.dcm": ct(1), "b.dcm": ct(2), "sr": changed("reportsi.dcm")})
    built(tree, out)
    for name in ("b.dcm", "sr"):
        (tree.root / series / name).unlink()
    made = run(tree.root, out)
    assert [name for name in made.names(series) if "." in name[:3] or name == "sr"] == ["a.dcm"]


@pytest.mark.parametrize("placement", list(Placement))
def test_a_series_that_has_gone_goes_with_all_that_was_made_of_it(three, out, tmp_path, placement):
    run(three.root, out, placement=placement)
    shutil.rmtree(three.root / EXAMPLE / "B")
    run(three.root, out, placement=placement)
    expected = run(three.root, tmp_path / "fresh", placement=placement).root
    assert fingerprint(expected) == fingerprint(out)
    assert not (out / EXAMPLE / "B").exists()


def test_a_month_that_has_gone_goes(three, out, tmp_path):
    built(three, out)
    shutil.rmtree(three.root / "01-yr/07-mo")
    assert built(three, out) == []
    assert undisturbed(three, tmp_path) == fingerprint(out)
    assert not (out / "01-yr/07-mo").exists()


def test_in_place_the_descriptor_and_pages_of_what_has_gone_go(three):
    built(three)
    shutil.rmtree(three.root / OTHER / "C")
    run(three.root)
    assert [path.name for path in (three.root / "01-yr/07-mo").rglob("*")] == ["01-ex"]


def test_files_of_somebody_else_stay_when_a_series_goes(three, out):
    built(three, out)
    mine = [
        out / OTHER / "C" / "notes.txt",
        out / OTHER / "C" / "dcm2jpgRaw" / "notes.txt",
        out / OTHER / "mine.html",
        out / "01-yr/07-mo/C.dcm",
    ]
    for path in mine:
        path.write_bytes(b"mine")
    shutil.rmtree(three.root / "01-yr/07-mo")
    run(three.root, out)
    left = [path for path in (out / "01-yr/07-mo").rglob("*") if path.is_file()]
    assert sorted(mine) == sorted(left)


def test_what_lies_behind_a_link_stays_when_a_series_goes(three, out, tmp_path):
    built(three, out)
    elsewhere = tmp_path / "elsewhere"
    (out / OTHER).rename(elsewhere)
    (out / OTHER).symlink_to(elsewhere)
    before = fingerprint(elsewhere)
    shutil.rmtree(three.root / "01-yr/07-mo")
    run(three.root, out)
    assert before == fingerprint(elsewhere)


def test_paths_of_a_catalog_that_lead_outside_are_not_removed(three, out, tmp_path):
    built(three, out)
    victim = tmp_path / "victim.txt"
    victim.write_bytes(b"mine")
    with sqlite3.connect(out / ".isocenter" / catalog.NAME) as sql:
        for path in (os.fspath(victim), "../victim.txt", "01-yr/../../victim.txt"):
            sql.execute("INSERT INTO pages VALUES (?, ?)", (path.encode(), b""))
        sql.execute("DELETE FROM whole")
    sql.close()
    run(three.root, out)
    assert victim.read_bytes() == b"mine"


def test_a_series_in_a_folder_that_cannot_be_listed_has_not_gone(three, out, monkeypatch):
    built(three, out)
    before = fingerprint(out)
    original = os.scandir

    def scandir(path):
        if str(path).endswith("07-mo"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return original(path)

    monkeypatch.setattr("isocenter.library.scan.os.scandir", scandir)
    made = run(three.root, out)
    assert made.codes("01-yr/07-mo") == [("error", "unreadable-folder")]
    assert made.data(f"{OTHER}/C") == ["2.dcm", "1.dcm"]
    monkeypatch.undo()
    run(three.root, out)
    assert before == fingerprint(out)


# --- options --------------------------------------------------------------------------------


def test_options_of_the_pictures_make_every_series_again(three, out, tmp_path):
    built(three, out)
    assert built(three, out, quality=50) == ["A", "B", "C"]
    assert fingerprint(run(three.root, tmp_path / "fresh", quality=50).root) == fingerprint(out)


def test_another_viewer_makes_pages_again_and_no_series(three, out, tmp_path):
    built(three, out)
    assert built(three, out, server="https://viewer.example/") == []
    fresh = run(three.root, tmp_path / "fresh", server="https://viewer.example/").root
    assert fingerprint(fresh) == fingerprint(out)


def test_a_later_version_makes_every_series_again(three, out, monkeypatch):
    built(three, out)
    monkeypatch.setattr("isocenter.library.fingerprint.__version__", "99")
    assert built(three, out) == ["A", "B", "C"]


def test_force_makes_every_series_again(three, out):
    built(three, out)
    assert built(three, out, force=True) == ["A", "B", "C"]


def test_outputs_that_are_missing_are_made_again(three, out):
    built(three, out)
    before = fingerprint(out)
    (out / f"{EXAMPLE}/A-series.json").unlink()
    (out / "index.html").unlink()
    shutil.rmtree(out / OTHER)
    assert built(three, out) == ["A", "C"]
    assert before == fingerprint(out)


# --- what may be different next time --------------------------------------------------------


def test_a_file_that_changes_while_it_is_read_is_said_and_read_again(tree, out, monkeypatch):
    series = tree.series("S", {"a.dcm": ct(1), "b.dcm": ct(2)})
    original = steps.build_series

    def late(task):
        result = original(task)
        tree.put(f"{series}/a.dcm", ct(70, PatientName="other"))
        return result

    monkeypatch.setattr(building, "build_series", late)
    made = run(tree.root, out)
    assert made.codes(f"{series}/a.dcm") == [("warning", "changed-while-read")]
    monkeypatch.undo()
    assert built(tree, out) == ["S"]
    assert run(tree.root, out).findings() == []


def test_a_file_that_vanishes_between_scan_and_reading(tree, out):
    series = tree.slices("S", 3)
    options = BuildOptions(tree.root, out)
    with opened(options) as work:
        (tree.root / series / "2.dcm").unlink()
        outcome = work.run(executor=Inline())
    codes = {finding.code for finding in outcome.findings if finding.path == f"{series}/2.dcm"}
    assert codes == {"unreadable-file", "changed-while-read"}
    assert outcome.totals.files == 2
    assert built(tree, out) == ["S"]
    assert built(tree, out) == []


def test_a_full_disk_is_told_and_the_series_made_again_when_there_is_room(
    three, out, tmp_path, monkeypatch
):
    original = target.Folder.write

    def write(self, name, content):
        if "/A/" in name and name.endswith("3.0.jpg"):
            raise OSError(errno.ENOSPC, "No space left on device", name)
        original(self, name, content)

    monkeypatch.setattr(target.Folder, "write", write)
    made = run(three.root, out)
    assert made.codes(f"{EXAMPLE}/A") == [("error", "not-written")]
    assert not [path for path in made.files() if ".isocenter-" in path]
    assert not (out / EXAMPLE / "A" / "preview.jpg").exists()
    monkeypatch.undo()
    assert built(three, out) == ["A"]
    assert undisturbed(three, tmp_path) == fingerprint(out)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 400 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mounting, check=False).returncode:
        pytest.skip("file systems may not be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)  # noqa: S607 - as mount is found


@pytest.mark.parametrize("count", [4, 40])
def test_a_disk_that_is_really_full_leaves_nothing_half_written(tree, small_disk, count):
    for number in range(count):
        tree.series(f"S{number}", {"a.dcm": ct(number)})
    try:
        made = run(tree.root, small_disk, placement=Placement.NONE)
    except OSError as error:
        assert error.errno == errno.ENOSPC  # noqa: PT017 - both ends are right, by what was full
    else:
        assert "not-written" in {one.code for one in made.library.all_findings}
    files = [path for path in small_disk.rglob("*") if path.is_file()]
    assert not [path for path in files if path.name.startswith(".isocenter-")]
    for path in small_disk.rglob("*.jpg"):
        with Image.open(path) as picture:
            picture.load()


def test_a_file_that_was_given_up_is_not_tried_again_until_it_changes(tree, out, monkeypatch):
    series = tree.series("S", {"a.dcm": ct(1), "kills.dcm": ct(2), "hangs.dcm": ct(3)})
    tried = []

    def step(task):
        tried.append(set(task.names))
        given_up = {"skip": frozenset({"kills.dcm"}), "late": frozenset({"hangs.dcm"})}
        return steps.build_series(building.replace(task, **given_up))

    monkeypatch.setattr(building, "build_series", step)
    made = run(tree.root, out)
    assert made.codes(f"{series}/kills.dcm") == [("error", "killed-decoder")]
    assert made.codes(f"{series}/hangs.dcm") == [("error", "timed-out")]
    assert built(tree, out) == []
    tree.put(f"{series}/b.dcm", ct(4))
    built(tree, out)
    tree.put(f"{series}/hangs.dcm", ct(5))
    built(tree, out)
    built(tree, out, force=True)
    whole = {"a.dcm", "kills.dcm", "hangs.dcm"}
    assert tried == [
        whole,
        {"a.dcm", "b.dcm"},
        {"a.dcm", "b.dcm", "hangs.dcm"},
        whole | {"b.dcm"},
    ]


# --- the catalog ----------------------------------------------------------------------------


def damage(path, kind):
    if kind == "junk":
        path.write_bytes(b"no database " * 100)
    elif kind == "cut":
        path.write_bytes(path.read_bytes()[:-5000])
    else:
        content = bytearray(path.read_bytes())
        content[4096:8192] = os.urandom(4096)
        path.write_bytes(content)


@pytest.mark.parametrize("kind", ["junk", "cut", "scrambled"])
def test_a_catalog_that_cannot_be_read_costs_a_whole_build_and_is_said(three, out, kind):
    built(three, out)
    before = fingerprint(out)
    damage(out / ".isocenter" / catalog.NAME, kind)
    with opened(BuildOptions(three.root, out)) as work:
        outcome = work.run(executor=Inline())
    assert (outcome.catalog_lost, outcome.built) == (True, 3)
    assert before == fingerprint(out)


def test_a_catalog_of_a_later_version_is_not_touched(three, out):
    built(three, out)
    path = out / ".isocenter" / catalog.NAME
    with sqlite3.connect(path) as sql:
        sql.execute("PRAGMA user_version = 3")
    sql.close()
    with pytest.raises(UsageError, match="later Isocenter"):
        run(three.root, out)


def test_a_database_of_somebody_else_is_not_touched(three, out):
    path = out / ".isocenter" / catalog.NAME
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as sql:
        sql.execute("CREATE TABLE mine (own TEXT)")
    sql.close()
    before = path.read_bytes()
    with pytest.raises(UsageError, match="no catalog of Isocenter"):
        run(three.root, out)
    assert before == path.read_bytes()


def test_a_library_survives_the_catalog_whatever_is_in_it(tree, out):
    tree.series(
        "S\udcff",
        {
            "a\udc80.dcm": ct(1, PatientName="Löwe^Ä\\x", SpecificCharacterSet="ISO_IR 100"),
            "empty.dcm": b"",
            "SR": changed("reportsi.dcm"),
            "frames.dcm": changed("emri_small.dcm"),
        },
    )
    first = run(tree.root, out).library
    assert first.series[0].images
    assert first == build(BuildOptions(tree.root, out), executor=Inline())


def test_every_finding_comes_back_from_the_catalog(tmp_path):
    finding = Finding(Level.ERROR, "code", "message", "path", "(0028,0010)", 7, "PS3.5")
    result = building.SeriesResult(catalog.SeriesPlace("a", "b"), findings=(finding,))
    with catalog.opened(tmp_path) as known:
        known.begin([(result.place, b"", ())])
        known.save(result, (), "", settled=True)
        assert [finding] == list(known.findings())
        assert [result] == list(known.results())


# --- one at a time --------------------------------------------------------------------------


def test_a_second_build_says_who_holds_the_lock_and_does_nothing(three, out):
    with opened(BuildOptions(three.root, out)):
        (out / ".isocenter-1-1").write_bytes(b"being written by the first build")
        before = fingerprint(out)
        with pytest.raises(UsageError, match=rf"being built by process {os.getpid()} on .* since"):
            run(three.root, out)
        assert before == fingerprint(out)
    assert built(three, out) == ["A", "B", "C"]


def test_the_lock_of_a_process_that_is_dead_is_none(three, out):
    own = out / ".isocenter"
    own.mkdir(parents=True)
    (own / "lock").touch()
    (own / "holder.json").write_text(json.dumps({"process": 1, "host": "x", "since": "y"}))
    assert built(three, out) == ["A", "B", "C"]
    assert not (own / "holder.json").exists()
