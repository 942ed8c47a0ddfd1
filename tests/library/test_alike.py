"""Images that are described alike are shown as if each was read: the same bytes come out."""

import os
import shutil

import pydicom
import pytest

from isocenter import dcmread
from isocenter.library import alike
from isocenter.library.members import members
from isocenter.library.model import WindowPreset
from isocenter.pixels import DisplayTables, picture
from isocenter.pixels.look import Look
from library.trees import changed, ct, fingerprint, run
from support.files import shared_files, wheel_files

WINDOW = {"WindowCenter": 40, "WindowWidth": 400}
DIFFERENCES = {
    "nothing": WINDOW,
    "window": {"WindowCenter": 300, "WindowWidth": 90},
    "no window": {},
    "two windows": {"WindowCenter": [10, 500], "WindowWidth": [20, 100]},
    "rescale": WINDOW | {"RescaleSlope": 2, "RescaleIntercept": -3000},
    "no rescale": WINDOW | {"RescaleSlope": None, "RescaleIntercept": None},
    "function": WINDOW | {"VOILUTFunction": "SIGMOID"},
    "inverse": WINDOW | {"PhotometricInterpretation": "MONOCHROME1"},
    "presentation": WINDOW | {"PresentationLUTShape": "INVERSE"},
    "padding": WINDOW | {"PixelPaddingValue": 1000},
    "unsigned": WINDOW | {"PixelRepresentation": 0},
    "fewer bits": WINDOW | {"BitsStored": 10, "HighBit": 9},
    "other shape": WINDOW | {"Rows": 64, "Columns": 256},
    "shape of a pixel": WINDOW | {"PixelSpacing": [1, 2]},
    "orientation": WINDOW | {"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]},
    "no orientation": WINDOW | {"ImageOrientationPatient": None, "PatientOrientation": ["L", "P"]},
    "no position": WINDOW | {"ImagePositionPatient": None},
    "position that is none": WINDOW | {"ImagePositionPatient": [1, 2]},
    "frame of reference": WINDOW | {"FrameOfReferenceUID": "1.2.9"},
    "no frame of reference": WINDOW | {"FrameOfReferenceUID": None},
    "quadruped": WINDOW | {"AnatomicalOrientationType": "QUADRUPED"},
    "a text": WINDOW | {"ImageComments": "another"},
    "character set": WINDOW | {"SpecificCharacterSet": "ISO_IR 192"},
    "fewer pixels": WINDOW | {"PixelData": bytes(2 * 128 * 127)},
}


@pytest.fixture
def read_apart(monkeypatch):
    """Makes a library in which every image was read whole."""

    def made(root, output, **options):
        with monkeypatch.context() as patch:
            patch.setattr(alike.Samples, "like", lambda *_: None)
            return run(root, output, **options)

    return made


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("other", DIFFERENCES.values(), ids=DIFFERENCES.keys())
def test_one_image_that_differs_among_others(tree, tmp_path, read_apart, other):
    for n in range(6):
        tree.series("S", {f"{n}.dcm": ct(n, **(other if n in {2, 4} else WINDOW))})
    windows = (WindowPreset("soft", 40.0, 400.0),)
    expected = read_apart(tree.root, tmp_path / "apart", windows=windows)
    made = run(tree.root, tmp_path / "alike", windows=windows)
    assert fingerprint(expected.root) == fingerprint(made.root)
    assert expected.library.series == made.library.series


def test_the_next_images_are_made_without_being_read(tree, monkeypatch):
    tree.slices("S", 6)
    read = []
    original = alike.whole
    monkeypatch.setattr(alike, "whole", lambda ds: read.append(ds) or original(ds))
    made = run(tree.root)
    assert len(made.library.series[0].images) == 6
    assert len(read) == 1


def samples_of(files):
    """Files by their description, where they have one."""
    for path in files:
        seen = alike.glance_at(path)
        plain = seen and alike.Descriptions().plain(seen)
        if plain is not None:
            yield path, plain


def test_every_real_image_is_shown_from_its_pixels_as_when_it_is_read():
    """Where a file may stand as a sample at all, a second one like it comes out the same."""
    shown = 0
    for path, plain in samples_of((*wheel_files(), *shared_files())):
        ds = dcmread(path)
        samples = alike.Samples()
        try:
            seen = alike.whole(ds)
            expected = picture(seen.frames, 0, DisplayTables())
        except Exception:  # noqa: BLE001, S112 - told by the tests of pixels
            continue
        samples.keep(plain, seen, ds)
        position = tuple(ds.get("ImagePositionPatient") or ())
        again = samples.like(path, plain, position)
        if again is None:
            continue
        shown += 1
        assert (expected == picture(again.frames, 0, DisplayTables())).all(), path
        assert (seen.views, seen.gray) == (again.views, again.gray), path
        assert seen.frames.findings == again.frames.findings, path
        preset = Look(window=(40.0, 400.0))
        if seen.gray:
            one, two = (picture(each.frames, 0, DisplayTables(), preset) for each in (seen, again))
            assert (one == two).all(), path
    assert shown > 50


def test_an_image_that_was_asked_for_more_is_no_sample(tmp_path):
    path = tmp_path / "a.dcm"
    path.write_bytes(ct(1))
    plain = alike.Descriptions().plain(alike.glance_at(path))
    for asked, like in (("WindowCenter", True), ("StudyDate", False)):
        samples, ds = alike.Samples(), dcmread(path)
        seen = alike.whole(ds)
        seen.frames.dataset.get(asked)
        samples.keep(plain, seen, ds)
        assert like == (samples.like(path, plain, None) is not None)


def test_colours_of_a_palette_are_read_with_each_image(tree, tmp_path, read_apart):
    palette = changed("examples_palette.dcm")
    other = pydicom.dcmread(tree.put("x", palette))
    other.RedPaletteColorLookupTableData = other.BluePaletteColorLookupTableData
    other.save_as(tree.root / "x")
    content = (tree.root / "x").read_bytes()
    (tree.root / "x").unlink()
    tree.series("S", {"a.dcm": palette, "b.dcm": content})
    expected = read_apart(tree.root, tmp_path / "apart")
    made = run(tree.root, tmp_path / "alike")
    assert fingerprint(expected.root) == fingerprint(made.root)


def test_a_file_that_changes_while_the_series_is_made_is_read_as_it_is_then(tree, monkeypatch):
    series = tree.slices("S", 3)
    path = tree.root / series / "2.dcm"

    def find_then_change(files):
        found = members(files)
        path.write_bytes(ct(1, WindowCenter=3000))
        os.utime(path, ns=(0, path.stat().st_mtime_ns + 1_000_000))
        return found

    monkeypatch.setattr("isocenter.library.steps.members", find_then_change)
    made = run(tree.root, tree.root.parent / "made")
    monkeypatch.undo()
    expected = run(tree.root, tree.root.parent / "expected")
    name = f"{series}/dcm2jpgRaw/2.0.jpg"
    assert expected.bytes(name) == made.bytes(name)


def test_a_file_that_goes_while_the_series_is_made(tree, monkeypatch):
    series = tree.slices("S", 3)

    def find_then_remove(files):
        found = members(files)
        shutil.move(tree.root / series / "2.dcm", tree.root.parent / "gone")
        return found

    monkeypatch.setattr("isocenter.library.steps.members", find_then_remove)
    made = run(tree.root)
    assert ("error", "unreadable-file") in made.codes(f"{series}/2.dcm")
    assert len(made.library.series[0].images) == 2
