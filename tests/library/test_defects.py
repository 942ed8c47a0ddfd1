"""Every defect of REV.md section 5: it is not there. One test for each, called after it."""

import json
import os
import re
import subprocess
import sys
import time

import numpy as np
import pytest

from isocenter.library import build as building
from isocenter.library.steps import build_series
from library.trees import EXAMPLE, changed, ct, fingerprint, run

ENCODINGS = [
    "MR_small.dcm",
    "MR_small_implicit.dcm",
    "MR_small_expb.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_RLE.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "MR_small_jp2klossless.dcm",
    "JPEG-LL.dcm",
    "JPEG-lossy.dcm",
    "JPEG2000.dcm",
    "JPGExtended.dcm",
    "JPEGLSNearLossless_16.dcm",
    "SC_rgb_jpeg_dcmtk.dcm",
    "SC_rgb_rle.dcm",
    "image_dfl.dcm",
    "examples_palette.dcm",
]


def test_shell_injection_through_folder_names(tree, monkeypatch):
    monkeypatch.chdir(tree.root.parent)
    series = tree.slices("x; touch injected; $(touch injected) `touch injected`", 1)
    assert run(tree.root).data(series) == ["1.dcm"]
    assert list(tree.root.parent.rglob("injected")) == []


def test_code_execution_through_the_output_leaf_dir(tree, out, monkeypatch):
    monkeypatch.chdir(tree.root.parent)
    series = tree.slices("S", 1)
    pattern = """'+str(__import__("os").system("touch injected"))+'$(touch injected)%s"""
    done = isocenter("rev", "-I", tree.root, "-O", out, "--outputLeafDir", pattern)
    assert done.returncode in {0, 2}
    assert list(tree.root.parent.rglob("injected")) == []
    assert (tree.root / series).is_dir()


def test_slices_in_text_order(tree):
    series = tree.series("S", {f"{n}.dcm": ct(n) for n in (1, 10, 2, 11)})
    assert run(tree.root).data(series) == ["1.dcm", "2.dcm", "10.dcm", "11.dcm"]


def test_middle_from_an_unsorted_listing(tree):
    series = tree.series("S", {f"{n}.dcm": ct(n) for n in (1, 10, 2)})
    made = run(tree.root)
    assert made.bytes(f"{series}/dcm2jpgRaw/2.0.jpg") == made.bytes(
        f"{series}/dcm2jpgRaw/middle-S.jpg"
    )


def test_no_window_in_the_file_gives_a_plot_with_axes(tree):
    ramp = np.tile(np.arange(128, dtype=np.int16) * 10, (128, 1))
    series = tree.series("S", {"a.dcm": ct(1, PixelData=ramp.tobytes())})
    picture = run(tree.root).picture(f"{series}/dcm2jpgRaw/a.0.jpg")
    assert (picture.size, picture.mode) == ((128, 128), "L")
    shown = np.asarray(picture, float)
    assert np.abs(shown - np.linspace(0, 255, 128)).max() < 8


@pytest.mark.parametrize("name", ENCODINGS)
def test_encodings_that_give_no_image_at_all(tree, name):
    series = tree.series("S", {"a.dcm": changed(name)})
    made = run(tree.root)
    assert made.data(series) == ["a.dcm"]
    assert np.asarray(made.picture(f"{series}/dcm2jpgRaw/a.0.jpg"), float).std() > 1


def test_strips_that_are_broken_jpegs(tree):
    pixels = np.repeat(np.arange(4200, dtype=np.uint16), 4).tobytes()
    frames = changed("MR_small.dcm", NumberOfFrames=4200, Rows=2, Columns=2, PixelData=pixels)
    series = tree.series("S", {"a.dcm": frames})
    made = run(tree.root)
    assert made.picture(f"{series}/preview.jpg").size == (16, 65_488)
    assert made.picture(f"{series}/raw-preview.jpg").size == (16, 65_488)
    page = made.bytes(f"{EXAMPLE}/index.html").decode()
    assert re.search(r"4,093\D{0,30}4,200", page)


def test_the_second_run_crashes(tree):
    tree.slices("S", 2)
    run(tree.root)
    first = fingerprint(tree.root)
    run(tree.root)
    assert first == fingerprint(tree.root)


def test_duplicates_in_ex_json_after_another_run(tree):
    tree.slices("S", 2)
    run(tree.root)
    locations = run(tree.root).json("01-yr/02-mo/ex.json")["03-ex"]["imageLocation"]
    assert locations == ["03-ex/S/dcm2jpgRaw/middle-S.jpg"]


def test_files_that_are_no_images_listed_as_slices(tree):
    series = tree.series(
        "S",
        {
            "junk.dcm": b"junk" * 99,
            "sr.dcm": changed("reportsi.dcm"),
            "plan.dcm": changed("rtplan.dcm"),
            "empty.dcm": b"",
            "cut.dcm": ct(1)[:-1000],
            "good.dcm": ct(2),
        },
    )
    made = run(tree.root)
    assert made.data(series) == ["good.dcm"]
    assert len(made.findings()) == 5


def isocenter(*arguments):
    command = [sys.executable, "-m", "isocenter", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, timeout=120)


def test_exit_code_0_after_failures(tree):
    tree.series("S", {"cut.dcm": ct(1)[:-1000], "good.dcm": ct(2)})
    done = isocenter("build", tree.root)
    assert done.returncode == 1
    assert b"cut.dcm" in done.stdout


def test_conversion_errors_hidden(tree):
    series = tree.series("S", {"cut.dcm": ct(1)[:-1000], "good.dcm": ct(2)})
    made = run(tree.root)
    assert [finding["level"] for finding in made.findings(f"{series}/cut.dcm")] == ["error"]
    assert "cut.dcm" in made.bytes(f"{EXAMPLE}/index.html").decode()


def test_a_relative_input_gives_wrong_paths(tree, monkeypatch):
    series = tree.slices("S", 1)
    expected = fingerprint(run(tree.root, tree.root.parent / "absolute").root)
    monkeypatch.chdir(tree.root.parent)
    made = run(tree.root.relative_to(tree.root.parent), tree.root.parent / "relative")
    assert made.data(series) == ["1.dcm"]
    assert expected == fingerprint(made.root)


def test_an_output_folder_that_is_incomplete(tree, out):
    tree.slices("S", 2)
    made = run(tree.root, out)
    assert made.files() == run(tree.root).files()


def test_json_crashes(tree, out):
    tree.slices("S", 2)
    done = isocenter("rev", "-I", tree.root, "-O", out, "--json")
    assert (done.returncode, json.loads(done.stdout)["images"]) == (0, 2)


def _meeting(task):
    """The step, when another process has come to it too."""
    met = task.options.output
    (met / f"process-{os.getpid()}").touch()
    deadline = time.monotonic() + 60
    while len([*met.glob("process-*")]) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    return build_series(task)


def test_threads_without_effect(tree, out, monkeypatch):
    tree.slices("A", 1)
    tree.slices("B", 1)
    monkeypatch.setattr(building, "build_series", _meeting)
    run(tree.root, out, workers=2)
    assert len([*out.glob("process-*")]) == 2


def test_files_left_with_names_and_exit_code_0(tree, out, tmp_path):
    tree.series("S", {"cut.dcm": ct(1)[:-1000], "good.dcm": ct(2)})
    (tmp_path / "key").write_bytes(b"a key of our own" * 4)
    done = isocenter("deidentify", tree.root, "-O", out / "files", "--key-file", tmp_path / "key")
    assert done.returncode == 1
    assert len([*out.rglob("*.dcm")]) == 1
    templates = '{"PatientName": "anon", "PatientID": "anon"}'
    done = isocenter("rev", "-I", tree.root, "-O", out / "library", "-T", templates)
    assert done.returncode == 1
    assert len([*(out / "library/01-yr").rglob("*.dcm")]) == 1
    for path in out.rglob("*"):
        assert not path.is_file() or b"CompressedSamples" not in path.read_bytes()


def test_absolute_server_paths_leak(tree):
    tree.slices("S", 1)
    made = run(tree.root)
    for path in made.files() - {f"{EXAMPLE}/S/1.dcm"}:
        assert str(tree.root).encode() not in made.bytes(path), path


def test_pages_that_need_a_network(tree):
    tree.slices("S", 1)
    made = run(tree.root)
    for path in made.files():
        if path.endswith((".html", ".css", ".js")):
            remote = re.findall(
                rb"(?:src|href|url|import)\W{1,3}(?:https?:)?//[^'\"\s)]*", made.bytes(path)
            )
            assert remote == [], path


def test_names_unescaped_in_html(tree):
    markup = "<script>alert(1)</script>"
    tree.series("<b>S", {"a.dcm": ct(1, PatientName=markup, SeriesDescription=markup)})
    made = run(tree.root)
    for path in made.files():
        if path.endswith(".html"):
            assert markup not in made.bytes(path).decode()
            assert "<b>S" not in made.bytes(path).decode()


def test_invented_dates_and_texts(tree):
    gone = ["SeriesDate", "AcquisitionDate", "StudyDescription"]
    series = tree.series("S", {"a.dcm": ct(1, **dict.fromkeys(gone), SeriesDescription="")})
    made = run(tree.root)
    entry = made.entry(series)
    assert {"value": ""} == entry["SeriesDescription"] == entry["StudyDescription"]
    assert {"value": ""} == entry["AcquisitionDate"] == entry["AcquistionDate"]
    assert entry["details"]["series"]["date"] == ""
    for path in made.files():
        if path.endswith((".html", ".json")):
            assert b"19000101" not in made.bytes(path)
            assert b"not found" not in made.bytes(path)
