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
