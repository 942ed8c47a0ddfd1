"""A series that kills its worker, raises or comes first: the others are built."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from isocenter.library import build as building
from isocenter.library import intake, steps
from isocenter.library.steps import SeriesTask
from library.trees import EXAMPLE, Inline, ct, run


def deadly(task):
    """The real step, and a decoder that dies on one file."""
    for name in task.names:
        _die_of(name)
    return steps.build_series(task)


def deadly_files(task, names):
    for name in names:
        _die_of(name)
    steps.decode_files(task, names)


def _die_of(name):
    if name.startswith("exit"):
        os._exit(1)
    if name.startswith("kill"):
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("death", ["exit", "kill"])
def test_a_file_that_kills_its_decoder_is_left_out_and_the_others_are_shown(
    tree, monkeypatch, death
):
    monkeypatch.setattr(building, "build_series", deadly)
    monkeypatch.setattr(building, "decode_files", deadly_files)
    files = {f"{n}.dcm": ct(n) for n in range(3)}
    series = tree.series("S", {**files, f"{death}.dcm": ct(7)})
    other = tree.slices("T", 2)

    made = run(tree.root, workers=2)

    assert sorted(files) == made.data(series)
    assert made.codes(f"{series}/{death}.dcm") == [("error", "killed-decoder")]
    assert len(made.findings()) == 1
    assert {*(f"{n}.0.jpg" for n in range(3)), "middle-S.jpg"} == made.pictures(series)
    assert made.data(other) == ["2.dcm", "1.dcm"]


HANG = 17


def endless(task):
    """The real step, and a decoder that hangs on some files."""
    original = steps.picture

    def picture(frames, *how):
        if frames.dataset.get("RescaleSlope") == HANG:
            time.sleep(60)
        return original(frames, *how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "picture", picture)
        return steps.build_series(task)


def test_files_whose_decoding_has_no_end_are_left_out_and_the_others_are_shown(tree, monkeypatch):
    monkeypatch.setattr(building, "build_series", endless)
    files = {f"{n}.dcm": ct(n) for n in range(3)}
    hanging = {f"h{n}.dcm": ct(7 + n, RescaleSlope=HANG) for n in range(2)}
    series = tree.series("S", files | hanging)
    other = tree.slices("T", 2)

    made = run(tree.root, workers=2, patience=2)

    assert sorted(files) == made.data(series)
    for name in hanging:
        assert made.codes(f"{series}/{name}") == [("error", "timed-out")]
    assert len(made.findings()) == 2
    assert {*(f"{n}.0.jpg" for n in range(3)), "middle-S.jpg"} == made.pictures(series)
    assert made.data(other) == ["2.dcm", "1.dcm"]


def test_a_series_whose_step_fails_is_a_finding_and_the_others_are_built(tree, monkeypatch):
    def failing(task):
        if task.place.series == "S":
            raise RuntimeError("a fault")
        return steps.build_series(task)

    monkeypatch.setattr(building, "build_series", failing)
    tree.slices("S", 1)
    other = tree.slices("T", 1)
    made = run(tree.root)
    assert made.codes(f"{EXAMPLE}/S") == [("error", "series-failed")]
    assert made.data(other) == ["1.dcm"]


def test_looking_for_a_killer_goes_on_after_a_bad_file(tree, monkeypatch):
    seen = []
    monkeypatch.setattr(steps, "picture", lambda frames, *_: seen.append(frames))
    tree.series("S", {"a.dcm": b"", "b.dcm": ct(1), "c.dcm": b"junk", "d.dcm": ct(2)})
    (folder,) = intake.plan(building.BuildOptions(tree.root, tree.root)).series
    task = SeriesTask(folder, building.BuildOptions(tree.root, tree.root))
    steps.decode_files(task, task.names)
    assert len(seen) == 2


def test_files_to_skip_are_not_looked_at(tree):
    tree.series("S", {"a.dcm": ct(1), "b.dcm": ct(2)})
    options = building.BuildOptions(tree.root, tree.root)
    (folder,) = intake.plan(options).series
    task = replace(SeriesTask(folder, options), skip=frozenset({"b.dcm"}))
    assert task.names == ["a.dcm"]
    assert [name for image in steps.build_series(task).images for name in image.frames] == [
        "a.0.jpg"
    ]


def test_the_largest_series_is_started_first(tree):
    for name, count in (("A", 1), ("B", 3), ("C", 2)):
        tree.slices(name, count)
    options = building.BuildOptions(tree.root, tree.root)
    started = []

    class Noting(Inline):
        def submit(self, fn, /, *args, **kwargs):
            started.append(args[0].place.series)
            return super().submit(fn, *args, **kwargs)

    building.build(options, executor=Noting())
    assert started == ["B", "C", "A"]


def test_a_script_without_a_guard_is_told_so(tree):
    tree.slices("S", 1)
    script = tree.put(
        "../script.py",
        b"from pathlib import Path\n"
        b"from isocenter.library.build import build\n"
        b"from isocenter.library.options import BuildOptions\n"
        b"build(BuildOptions(Path('in'), Path('in')), workers=1)\n",
    )
    done = subprocess.run(
        [sys.executable, script.name],
        cwd=script.resolve().parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode
    assert "__main__" in done.stderr.strip().splitlines()[-1]
