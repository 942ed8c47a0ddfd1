"""Scans and workers that are killed: the next scan finishes the work, one file costs itself."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from attributes.trees import archive, put, scanned, slice_of
from isocenter.attributes import manifest, scan, shards
from isocenter.attributes.manifest import SHARDS
from isocenter.attributes.model import ScanOptions
from isocenter.attributes.profile import Profile

TESTS = Path(__file__).parents[1]
ROUNDS = 3


def dying(source, output, moment):
    """A scan that is killed at its n-th step."""
    path = os.pathsep.join(filter(None, [str(TESTS), os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, str(TESTS / "attributes/dying.py"), source, output, str(moment)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def told(folder):
    """All that a profile says, and that nothing lies in its folder that it does not list."""
    listed = manifest.load(folder).shards
    assert sorted(one.name for one in (folder / SHARDS).iterdir()) == sorted(listed)
    views = ("presence", "violations", '"values"', "numbers", "different", "series", "files")
    with Profile(folder, k=1) as profile:
        rows = {view: profile.rows(f"FROM {view} ORDER BY ALL") for view in views}
        return rows, profile.findings(), (folder / "findings.json").read_bytes()


@pytest.fixture
def nights(tmp_path):
    """An archive, its profile of last night, and what has happened since."""
    root = archive(tmp_path / "in", patients=3)
    put(root, {"notes.txt": b"no DICOM"})
    scanned(tmp_path / "base", root, files_in_shard=4)
    put(root, {"patient 1/1.dcm": slice_of("1", 1, Manufacturer="OTHER MAKER")})
    put(root, {f"new/{number}.dcm": slice_of("9", number) for number in range(3)})
    put(root, {"new/cut.dcm": slice_of("9", 7)[:703]})
    (root / "patient 2/2.dcm").unlink()
    return root, tmp_path / "base"


def test_killed_at_any_moment_the_next_scan_finishes_the_work(nights, tmp_path):
    root, base = nights
    scanned(tmp_path / "undisturbed", root, files_in_shard=4)
    expected = told(tmp_path / "undisturbed")
    moments = int(dying(root, shutil.copytree(base, tmp_path / "trial"), 0).stdout)
    assert told(tmp_path / "trial") == expected
    chance = random.Random(1)  # noqa: S311 - the same moments every time
    for moment in sorted(chance.sample(range(1, moments + 1), ROUNDS)):
        trial = shutil.copytree(base, tmp_path / f"{moment}")
        assert dying(root, trial, moment).returncode == -signal.SIGKILL
        scanned(trial, root, files_in_shard=4)
        assert told(trial) == expected, f"killed at {moment} of {moments}"


def test_killed_with_its_workers_the_first_scan_is_finished_by_the_next(tmp_path):
    root = archive(tmp_path / "in", patients=4, slices=10)
    trial = tmp_path / "trial"
    command = [sys.executable, "-m", "isocenter", "attributes", "scan", root, "-O", trial]
    for seconds in (0.6, 1.2):
        started = subprocess.Popen(
            [*command, "--workers", "2"],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(seconds)
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
    scanned(trial, root)
    scanned(tmp_path / "undisturbed", root)
    assert told(trial) == told(tmp_path / "undisturbed")


def die(task):
    """Dies of a file, as a fault of native code would have it."""
    if any(member.name == "kill.dcm" for member in task.members) and not task.deadly:
        os.kill(os.getpid(), signal.SIGKILL)


def deadly(task):
    die(task)
    return shards.make_shard(task)


def test_a_file_that_kills_its_worker_is_left_out_and_the_others_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(scan, "make_shard", deadly)
    monkeypatch.setattr(shards, "_walk_only", die)
    names = ["0.dcm", "1.dcm", "kill.dcm"]
    root = put(tmp_path / "in", {name: slice_of("1", at) for at, name in enumerate(names)})
    options = ScanOptions((root,), tmp_path / "p", files_in_shard=2)
    made = scan.scan(options, workers=1)
    assert (made.files, made.failed) == (3, 1)
    assert [(one.path, one.code) for one in made.findings] == [
        (str(root / "kill.dcm"), "killed-decoder")
    ]
    with Profile(tmp_path / "p") as profile:
        assert profile.totals()[:4] == (2, 1, 1, 1)
