"""Killed at any moment: the next run finishes the work, with the bytes of an undisturbed one."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from library.trees import EXAMPLE, Tree, changed, ct, fingerprint, run, sl

TESTS = Path(__file__).parents[1]
ROUNDS = 8


def dying(source, output, moment):
    """A build that is killed at its n-th step."""
    path = os.pathsep.join(filter(None, [str(TESTS), os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, str(TESTS / "library/dying.py"), source, output, str(moment)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def before(tree):
    """What was built last night."""
    tree.slices("A", 3)
    tree.slices("B", 2)
    tree.series("MF", {"a.dcm": changed("emri_small.dcm")}, "01-yr/02-mo/04-ex")
    tree.slices("C", 2, "01-yr/07-mo/01-ex")
    return tree


def another_day(tree):
    """A series has changed, one has gone with its month, one is new, one has a file less."""
    tree.put(f"{EXAMPLE}/A/1.dcm", ct(40))
    (tree.root / EXAMPLE / "B" / "1.dcm").unlink()
    shutil.rmtree(tree.root / "01-yr/07-mo")
    tree.series("N", {"n.dcm": ct(3), "bad.dcm": b""}, "02-yr/00-mo/01-ex")


def test_killed_at_any_moment_by_study(tmp_path):
    tree = Tree(tmp_path / "in")
    for n in (1, 2, 3):
        tree.put(f"{n}", sl(n))
        tree.put(f"again/{n}", sl(n))
        tree.put(f"x/{n}", sl(n, study=str(n), series="7"))
    base = run(tree.root, tmp_path / "base").root
    (tree.root / "2").unlink()
    (tree.root / "3").rename(tree.root / "4")
    shutil.rmtree(tree.root / "x")
    tree.put("new", sl(1, study="9"))
    expected = fingerprint(run(tree.root, tmp_path / "undisturbed").root)
    trial = shutil.copytree(base, tmp_path / "trial")
    moments = int(dying(tree.root, trial, 0).stdout)
    for moment in range(1, moments + 1, moments // 5):
        trial = shutil.copytree(base, tmp_path / f"{moment}")
        assert dying(tree.root, trial, moment).returncode == -signal.SIGKILL
        run(tree.root, trial)
        assert expected == fingerprint(trial), f"killed at {moment} of {moments}"


@pytest.mark.parametrize("night", ["first", "second"])
def test_killed_at_any_moment_the_next_run_finishes_the_work(before, tmp_path, night):
    base = tmp_path / "base"
    if night == "second":
        run(before.root, base)
        another_day(before)
    else:
        base.mkdir()
    expected = fingerprint(run(before.root, tmp_path / "undisturbed").root)
    trial = shutil.copytree(base, tmp_path / "trial")
    moments = int(dying(before.root, trial, 0).stdout)
    assert expected == fingerprint(trial)
    chance = random.Random(night)  # noqa: S311 - the same moments every time
    for moment in sorted(chance.sample(range(1, moments + 1), ROUNDS)):
        trial = shutil.copytree(base, tmp_path / f"{moment}")
        assert dying(before.root, trial, moment).returncode == -signal.SIGKILL
        again = dying(before.root, trial, chance.randrange(1, moments))  # killed once more, perhaps
        assert again.returncode in {0, -signal.SIGKILL}
        run(before.root, trial)
        assert expected == fingerprint(trial), f"killed at {moment} of {moments}"


def test_killed_with_all_its_workers_the_next_run_finishes_the_work(before, tmp_path):
    for number in range(6):
        before.slices(f"S{number}", 20)
    expected = fingerprint(run(before.root, tmp_path / "undisturbed").root)
    chance = random.Random(1)  # noqa: S311 - as above
    trial = tmp_path / "trial"
    command = [sys.executable, "-m", "isocenter", "build", before.root, "-O", trial, "--force"]
    for _ in range(4):
        build = subprocess.Popen(
            [*command, "--workers", "2"],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.5, 3))
        os.killpg(build.pid, signal.SIGKILL)
        build.wait()
    run(before.root, trial)
    assert expected == fingerprint(trial)


def test_workers_end_when_the_build_is_killed(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import os, sys, time\n"
        "from isocenter import runner\n"
        "def step(task):\n"
        "    print(os.getpid(), flush=True)\n"
        "    time.sleep(300)\n"
        "if __name__ == '__main__':\n"
        "    list(runner.run(runner.Job(step, lambda task, dies: task), [1], 1))\n"
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        worker = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 60
    while _runs(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(worker)


def _runs(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
