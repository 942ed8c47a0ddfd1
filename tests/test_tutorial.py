"""docs/tutorial.md: every command runs, in its order, and prints the lines that are shown."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TUTORIAL = Path(__file__).parents[1] / "docs" / "tutorial.md"
BLOCKS = re.findall(
    r"^```console\n(.*?)^```", TUTORIAL.read_text("utf-8"), re.MULTILINE | re.DOTALL
)


def commands():
    """Each command and the lines shown below it."""
    for block in BLOCKS:
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *lines = part.splitlines()
            yield command, lines


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """What each command printed, run one after the other."""
    bin_folder = Path(sys.executable).parent
    path = os.pathsep.join([str(bin_folder), os.environ["PATH"]])
    folder = tmp_path_factory.mktemp("tutorial")
    return folder, [
        subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        for command, _ in commands()
    ]


def test_every_command_of_the_tutorial_runs_and_prints_what_is_shown(printed):
    _, done = printed
    shown = [*commands()]
    assert len(shown) > 8
    for (command, lines), run in zip(shown, done, strict=True):
        assert (run.returncode, command) == (0, command), run.stderr
        said = [" ".join(line.split()) for line in run.stdout.splitlines()]
        assert set() == {" ".join(line.split()) for line in lines} - {*said}, command


def test_what_the_tutorial_publishes_holds_no_name(printed):
    folder, _ = printed
    names = (b"Archibald", b"77654033", b"98890234")
    found = [path for path in (folder / "site").rglob("*") if path.is_file()]
    assert len(found) > 200
    for path in found:
        content = path.read_bytes()
        assert not any(name in content for name in names), path
    assert not (folder / "site" / ".isocenter").exists()
