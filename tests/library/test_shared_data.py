"""Every odd file of ../shared/data in one tree: no fault, and no file passed over unsaid."""

from urllib.parse import unquote

import pytest

from isocenter.core.part10 import FileDataset
from isocenter.files.header import header_or_finding
from isocenter.library.intake import plan
from isocenter.library.options import BuildOptions
from library.trees import Tree, run
from support.files import SHARED, shared_files

pytestmark = pytest.mark.skipif(not shared_files(), reason="../shared/data is not there")


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """A tree with a series for each folder of the data: path in the tree to nothing."""
    root = tmp_path_factory.mktemp("shared") / "in"
    folders = sorted({path.parent for path in SHARED.rglob("*") if path.is_file()})
    for number, folder in enumerate(folders):
        year, example = divmod(number, 99)
        series = root / f"{year:02d}-yr" / "00-mo" / f"{example + 1:02d}-ex" / folder.name
        series.mkdir(parents=True)
        for path in folder.iterdir():
            if path.is_file():
                _link(path, series / path.name)
    return Tree(root)


def _link(source, target):
    try:
        target.hardlink_to(source)
    except OSError:
        target.symlink_to(source)


@pytest.fixture(scope="module")
def made(given):
    return run(given.root, given.root.parent / "out", workers=2)


@pytest.fixture(scope="module")
def by_study(given):
    """The data as they lie, as a library of patients, studies and series."""
    return run(SHARED, given.root.parent / "by-study", workers=2)


def test_by_study_every_file_is_shown_or_named_and_no_fault_is_ours(by_study):
    files = {path.relative_to(SHARED).as_posix() for path in SHARED.rglob("*") if path.is_file()}
    shown = {
        origin
        for series in plan(BuildOptions(SHARED, by_study.root)).series
        for name, origin in series.paths.items()
        if name in by_study.names(series.place.folder)
    }
    named = {finding.path for finding in by_study.library.all_findings}
    faults = {"series-failed", "unexpected", "killed-decoder", "not-written"}
    assert set() == files - shown - named
    assert [one for one in by_study.findings() if one["code"] in faults] == []


def test_by_study_the_data_are_what_their_uids_say(by_study):
    told = {}
    for path in shared_files():
        header = header_or_finding(path)
        study, series = (
            str(header.get(name) or "") if isinstance(header, FileDataset) else ""
            for name in ("StudyInstanceUID", "SeriesInstanceUID")
        )
        if study and series:
            told.setdefault(study.strip("\0 "), set()).add(series.strip("\0 "))
    made = {}
    for series in by_study.library.series:
        facts = series.facts
        made.setdefault(facts.study_uid, set()).add(facts.series_uid)
    assert {study: made[study] - {""} for study in told} == told


def test_no_file_meets_a_fault_of_ours(made):
    faults = {"series-failed", "unexpected", "killed-decoder", "not-written"}
    assert [finding for finding in made.findings() if finding["code"] in faults] == []


def test_every_file_is_shown_or_named(given, made):
    files = {
        path.relative_to(given.root).as_posix() for path in given.root.rglob("*") if path.is_file()
    }
    shown = {image.path for series in made.library.series for image in series.images}
    named = {finding.path for finding in made.library.all_findings}
    assert len(files) > 900
    assert set() == files - shown - named
    assert len(shown) > 800


def test_what_is_not_shown_says_why_and_what_is_shown_has_no_error(made):
    shown = {image.path for series in made.library.series for image in series.images}
    errors = {f["path"] for f in made.findings() if f["level"] == "error"}
    notes = {f["path"] for f in made.findings() if f["level"] == "note"}
    assert set() == shown & (errors | notes)


def test_data_is_what_is_shown(made):
    for series in made.library.series:
        path = series.place.folder
        expected = [image.path.removeprefix(f"{path}/") for image in series.images]
        assert expected == [unquote(name) for name in made.data(path)]


def test_every_shown_frame_has_three_pictures_and_no_other_has_any(made):
    for series in made.library.series:
        names = {name for image in series.images for name in image.frames}
        middle = {f"middle-{series.place.series}.jpg"} if names else set()
        folder = series.place.folder
        assert names | middle == set(made.names(f"{folder}/dcm2jpgRaw"))
        assert names == set(made.names(f"{folder}/dcm2jpgDCMresize"))
        assert names == set(made.names(f"{folder}/dcm2jpgResize"))


def test_every_strip_has_a_tile_per_frame(made):
    for series in made.library.series:
        if series.images:
            width, height = made.picture(f"{series.place.folder}/preview.jpg").size
            assert (series.preview.tile, series.preview.shown * width) == (width, height)
            assert series.preview.total == series.frame_count
