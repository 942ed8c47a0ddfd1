"""Runner: whatever happens to a task or to its process, the others are done."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from isocenter.library import build as building
from isocenter.library import runner, steps
from isocenter.library.steps import SeriesTask
from library.trees import EXAMPLE, Inline, ct, run


def step(task):
    """What the task says: a number is doubled, a word is an accident."""
    if task == "raise":
        raise ValueError("no\nnumber")
    if task == "exit":
        os._exit(3)
    if task == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    return task * 2


def harmless(task, dies):
    return 100 if dies(step, task) else task


def unchanged(task, dies):
    assert dies(step, task)
    return task


JOB = runner.Job(step, harmless)


def outcomes(found):
    good = [one for one in found if not isinstance(one, runner.Failure)]
    return sorted(good), [one for one in found if isinstance(one, runner.Failure)]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_task_that_raises_is_a_failure_and_the_others_are_done(workers):
    done = list(runner.run(JOB, [1, "raise", 2, 3], workers))
    good, failed = outcomes(done)
    assert good == [2, 4, 6]
    assert [runner.Failure("raise", "ValueError: no number")] == failed


def test_on_an_executor_of_the_caller():
    with ThreadPoolExecutor(2) as threads:
        good, failed = outcomes(list(runner.run_on(threads, JOB, [1, "raise", 2])))
    assert good == [2, 4]
    assert [one.task for one in failed] == ["raise"]


@pytest.mark.parametrize("death", ["exit", "kill"])
def test_a_task_that_kills_its_worker_is_made_harmless_and_the_others_are_done(death):
    good, failed = outcomes(list(runner.run(JOB, [*range(12), death], 2)))
    assert [*range(0, 24, 2), 200] == good
    assert failed == []


def test_a_task_that_stays_deadly_is_a_failure():
    good, failed = outcomes(list(runner.run(runner.Job(step, unchanged), [1, "exit", 2], 1)))
    assert good == [2, 4]
    assert [one.task for one in failed] == ["exit"]
    assert "died" in failed[0].reason


def test_no_tasks():
    assert list(runner.run(JOB, [], 2)) == []


def test_dying_is_not_raising():
    assert runner.dies(step, "exit")
    assert not runner.dies(step, "raise")
    assert not runner.dies(step, 1)


def test_cores_are_those_of_this_process():
    assert 1 <= runner.cores() <= (os.cpu_count() or 1)


def slow(task):
    time.sleep(task)
    return task


def test_who_stops_listening_does_not_wait_for_long_tasks():
    started = time.monotonic()
    found = runner.run(runner.Job(slow, unchanged), [0, 60, 60, 60], 2)
    assert next(found) == 0
    found.close()
    assert time.monotonic() - started < 30


# --- the library step -----------------------------------------------------------------------


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


def test_the_killer_is_found_by_halving():
    asked = []

    def kill(names):
        asked.append(names)
        return "x" in names

    names = [*map(str, range(500)), "x", *map(str, range(500, 1000))]
    assert building._killers(names, kill) == ["x"]
    assert len(asked) < 25


def test_looking_for_a_killer_goes_on_after_a_bad_file(tree, monkeypatch):
    seen = []
    monkeypatch.setattr(steps, "picture", lambda frames, *_: seen.append(frames))
    tree.series("S", {"a.dcm": b"", "b.dcm": ct(1), "c.dcm": b"junk", "d.dcm": ct(2)})
    (folder,) = building.plan(building.BuildOptions(tree.root, tree.root)).series
    task = SeriesTask(folder, building.BuildOptions(tree.root, tree.root))
    steps.decode_files(task, task.names)
    assert len(seen) == 2


def test_files_to_skip_are_not_looked_at(tree):
    tree.series("S", {"a.dcm": ct(1), "b.dcm": ct(2)})
    options = building.BuildOptions(tree.root, tree.root)
    (folder,) = building.plan(options).series
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
