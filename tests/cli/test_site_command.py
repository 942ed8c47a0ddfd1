"""``isocenter attributes site``: what it writes, how it ends."""

import subprocess
import sys

from isocenter.attributes.site.job import pages


def run(*arguments):
    command = [sys.executable, "-m", "isocenter", "attributes", "site", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_plain_site_is_written_whole(tmp_path):
    out = tmp_path / "a site"
    done = run("-O", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert str(out / "index.html") in done.stdout
    written = {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }
    assert {page.path: page.content for page in pages()} == written


def test_a_file_in_the_way_is_one_line(tmp_path):
    (tmp_path / "taken").write_text("somebody's")
    done = run("-O", tmp_path / "taken")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_no_folder_is_one_line():
    done = run()
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "--output" in done.stderr


def test_somebody_elses_folder_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("somebody's")
    done = run("-O", tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_site_is_written_over_an_older_one(tmp_path):
    assert run("-O", tmp_path / "site").returncode == 0
    assert run("-O", tmp_path / "site").returncode == 0


def test_every_value_needs_a_profile_that_has_them(tmp_path):
    for arguments in (("--unsafe-all-values",), (tmp_path / "no profile",)):
        done = run(*arguments, "-O", tmp_path / "site")
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
