"""Every odd file of ../shared/data in one tree: no fault, and no file passed over unsaid."""

from urllib.parse import unquote

import pytest

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
