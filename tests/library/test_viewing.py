"""What the viewer is told of images, and pictures in window presets."""

import json
from dataclasses import replace

import numpy as np
import pytest

from isocenter import Dataset
from isocenter.errors import UsageError
from isocenter.files.reading import dcmread
from isocenter.library.build import build
from isocenter.library.model import WindowPreset
from isocenter.library.options import BuildOptions
from isocenter.library.output import SeriesOutput
from isocenter.library.presets import presets
from isocenter.library.viewing import frame_time, frame_views
from isocenter.markup.scripts import registered
from isocenter.pixels import DisplayTables, Frames, Look, picture
from library.trees import Built, Inline, changed, ct, run
from support.files import wheel_file

BRAIN = WindowPreset("brain", 40.0, 80.0)


def views(name, **values):
    ds = dcmread(wheel_file(name))
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return frame_views(Frames(ds))


def test_a_slice_has_letters_a_place_and_the_shape_of_its_pixels():
    (view,) = views("CT_small.dcm", PixelSpacing=[1.0, 2.0])
    assert view.edges == ("R", "A", "L", "P")
    assert view.place is not None
    assert view.aspect == 0.5


def test_slices_of_one_frame_of_reference_can_be_compared_and_others_not():
    (one,), (same,), (other,) = (
        views("CT_small.dcm", FrameOfReferenceUID=uid) for uid in ("1.2.3", "1.2.3", "1.2.4")
    )
    assert one.plane == same.plane
    assert one.plane != other.plane


def test_without_a_frame_of_reference_no_place_is_told():
    (view,) = views("CT_small.dcm", FrameOfReferenceUID="")
    assert (view.plane, view.place) == ("", None)


@pytest.mark.parametrize(
    ("milliseconds", "values"),
    [
        (50.0, {"RecommendedDisplayFrameRate": 20, "FrameTime": 10}),
        (40.0, {"FrameTime": 40}),
        (100.0, {"CineRate": 10}),
        (None, {"FrameTime": 0}),
        (None, {"FrameTime": -5}),
        (None, {"CineRate": 5000}),
        (None, {}),
    ],
)
def test_how_long_a_frame_is_shown(milliseconds, values):
    ds = Dataset()
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    assert frame_time(ds) == milliseconds


# ---- Presets


def test_presets_are_written_as_name_center_and_width():
    assert presets(["brain:40,80", "L-1:-600,1500.5"]) == (
        WindowPreset("brain", 40.0, 80.0),
        WindowPreset("L-1", -600.0, 1500.5),
    )


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("NAME:CENTER,WIDTH", ["40,80"]),
        ("NAME:CENTER,WIDTH", ["../x:40,80"]),
        ("NAME:CENTER,WIDTH", [":40,80"]),
        ("no center and width", ["brain:40"]),
        ("no center and width", ["brain:a,b"]),
        ("at least 1", ["brain:40,0"]),
        ("called 'brain'", ["brain:40,80", "Brain:1,2"]),
    ],
)
def test_a_preset_that_is_none_is_refused(said, written):
    with pytest.raises(UsageError, match=said):
        presets(written)


def made(tree, *windows):
    options = BuildOptions(tree.root, tree.root, windows=windows)
    return Built(tree.root, build(options, executor=Inline()))


def test_every_gray_frame_is_rendered_in_the_preset(tree):
    series = tree.series("S", {"a.dcm": ct(1), "b.dcm": ct(2)})
    built = made(tree, BRAIN)
    assert built.names(f"{series}/dcm2jpgWindow-brain") == ["a.0.jpg", "b.0.jpg"]
    frames = Frames(dcmread(tree.root / series / "a.dcm"))
    expected = picture(frames, 0, DisplayTables(), Look(window=(40, 80)))
    found = np.asarray(built.picture(f"{series}/dcm2jpgWindow-brain/a.0.jpg"), float)
    assert np.abs(found - expected).mean() < 2  # a JPEG of quality 90
    assert built.library.series[0].windows == (BRAIN,)


def test_colour_has_no_presets(tree):
    series = tree.series("S", {"a.dcm": changed("SC_rgb.dcm")})
    built = made(tree, BRAIN)
    assert built.names(f"{series}/dcm2jpgWindow-brain") == []
    assert built.library.series[0].windows == ()


def test_pictures_of_a_preset_that_is_not_asked_for_any_more_go(tree):
    series = tree.series("S", {"a.dcm": ct(1)})
    made(tree, BRAIN, replace(BRAIN, name="two"))
    built = made(tree, replace(BRAIN, name="two"))
    assert not (tree.root / series / "dcm2jpgWindow-brain").exists()
    assert built.names(f"{series}/dcm2jpgWindow-two") == ["a.0.jpg"]
    assert built.library.findings == ()


def test_a_series_that_is_cleared_leaves_no_folder_of_a_preset(tree):
    series = tree.series("S", {"a.dcm": ct(1)})
    place = made(tree, BRAIN).library.series[0].place
    SeriesOutput(place, BuildOptions(tree.root, tree.root, windows=(BRAIN,)), 0).clear()
    assert not (tree.root / series / "dcm2jpgWindow-brain").exists()
    assert (tree.root / series / "a.dcm").exists()


def test_the_tags_are_handed_over_as_lines_of_the_text(tree):
    series = tree.series("S", {"a.dcm": ct(1, PatientName="<img src=x onerror=alert(1)>")})
    built = run(tree.root)
    script = built.bytes(f"{series}/tag-raw.js").decode("ascii")
    head, tail = 'isocenter.register("tags",', ");\n"
    assert script.startswith(head)
    assert script.endswith(tail)
    assert "<" not in script
    text = built.bytes(f"{series}/tag-raw.txt").decode("utf-8-sig")
    assert text.count("(0002,0010)") == 1
    assert text.splitlines() == json.loads(script[len(head) : -len(tail)])


def test_a_script_hands_over_nested_values():
    value = {"a": ["<", ("\x00", None, 1.5)]}
    assert registered("x", value) == (
        b'isocenter.register("x",{"a":["\\u003c",["\\ufffd",null,1.5]]});\n'
    )
