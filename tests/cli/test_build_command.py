"""``isocenter build`` as a user meets it: exit codes, what is said and where."""

import errno
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from isocenter.cli import main as command
from isocenter.cli.console import finding_lines
from isocenter.errors import Finding, Level
from isocenter.files.target import Folder
from library.trees import EXAMPLE, Tree, changed, ct, fingerprint, run

ISOCENTER = [sys.executable, "-m", "isocenter"]


@pytest.fixture
def tree(tmp_path):
    """An empty tree."""
    return Tree(tmp_path / "in")


@pytest.fixture
def out(tmp_path):
    """Where a library can go; not made yet."""
    return tmp_path / "out"


def isocenter(*arguments, **environment):
    return subprocess.run(
        [*ISOCENTER, *map(str, arguments)],
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
        timeout=120,
        env={**os.environ, **environment},
    )


def could_not_run(done, *said):
    """Exit code 2, one line on standard error, no traceback."""
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("isocenter: ")
    for part in said:
        assert part in line


# --- it could not run -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "command"),
        (["nonsense"], "nonsense"),
        (["build"], "SRC"),
        (["build", "nowhere"], "nowhere does not exist"),
        (["build", "new\nline"], "does not exist"),
        (["build", __file__], "with -O"),
        (["build", __file__, "--layout", "rev"], "is no folder"),
        (["build", ".", "--layout", "age"], "--layout"),
        (["build", ".", "--layout", "study"], "with -O"),
        (["build", ".", "--nonsense"], "--nonsense"),
        (["build", ".", "extra"], "extra"),
        (["build", ".", "--workers", "-1"], "--workers"),
        (["build", ".", "--workers", "many"], "--workers"),
        (["build", ".", "--dicom", "burn"], "--dicom"),
        (["build", ".", "--server", "javascript:alert(1)"], "javascript:alert(1)"),
        (["build", ".", "--server", "http://[bad"], "http://[bad"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_code_2(tree, arguments, said):
    tree.slices("S", 1)
    arguments = [str(tree.root) if one == "." else one for one in arguments]
    before = fingerprint(tree.root)
    could_not_run(isocenter(*arguments), said)
    assert before == fingerprint(tree.root)


def test_an_empty_tree_is_one_line_and_exit_code_2(tmp_path):
    could_not_run(isocenter("build", tmp_path), str(tmp_path), "no series", "YY-yr/MM-mo/EX-ex")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("beneath", ["", "deeper/still"])
def test_an_output_that_is_a_file_or_beneath_one(tree, out, beneath):
    tree.slices("S", 1)
    out.write_bytes(b"mine")
    could_not_run(isocenter("build", tree.root, "-O", out / beneath), str(out))
    assert out.read_bytes() == b"mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_output_that_may_not_be_written(tree, out, capsys):
    tree.slices("S", 1)
    out.mkdir(mode=0o500)
    with pytest.raises(SystemExit) as ended:
        command.main(["build", str(tree.root), "-O", str(out)])
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{out}/.isocenter: Permission denied" in line


def test_a_disk_that_is_full_at_the_end_is_one_line_and_exit_code_2(tree, monkeypatch, capsys):
    tree.slices("S", 1)
    original = Folder.write

    def write(self, name, content):
        if name == "map.json":
            raise OSError(errno.ENOSPC, "No space left on device", name)
        original(self, name, content)

    monkeypatch.setattr(Folder, "write", write)
    with pytest.raises(SystemExit) as ended:
        command.main(["build", str(tree.root), "--workers", "1"])
    assert ended.value.code == 2
    assert (
        capsys.readouterr().err.splitlines()[-1] == "isocenter: map.json: No space left on device"
    )


def test_an_interrupt_is_one_line_and_exit_code_130(tree, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    tree.slices("S", 1)
    monkeypatch.setattr("isocenter.library.build.Work.run", interrupted)
    with pytest.raises(SystemExit) as ended:
        command.main(["build", str(tree.root)])
    assert ended.value.code == 130
    (line,) = capsys.readouterr().err.splitlines()
    assert "interrupted" in line


# --- help -----------------------------------------------------------------------------------


def test_the_version():
    done = isocenter("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"isocenter \d+\.\d+\.\d+\S*\n", done.stdout)


def test_the_help_names_every_option():
    done = isocenter("build", "--help", COLUMNS="100")
    assert done.returncode == 0
    for option in ("SRC", "-O", "--output", "--workers", "--dicom", "-S", "--server", "--help"):
        assert re.search(rf"(^|\W){option}\b", done.stdout), option


def test_the_help_of_the_command_names_its_subcommands():
    done = isocenter("--help")
    assert done.returncode == 0
    assert "build" in done.stdout
    assert "--version" in done.stdout


# --- it ran ---------------------------------------------------------------------------------


def test_a_build_without_errors(tree, out):
    tree.slices("S", 3)
    tree.series("MF", {"a.dcm": changed("emri_small.dcm"), "README": b"text"})

    done = isocenter("build", tree.root, "-O", out)

    assert done.returncode == 0
    layout, first, second, *rest = done.stdout.splitlines()
    assert layout == "layout: rev (years > months > examples)"
    assert first == "2 series, 13 images from 4 files"
    assert re.fullmatch(r"[\d.]+ s, [\d,]+ images/s", second)
    assert [
        "skipped, no images: 1 (1 not-dicom)",
        "All findings are in findings.json",
        f"Open {out}/index.html",
    ] == (rest)
    assert fingerprint(run(tree.root, out.parent / "other").root) == fingerprint(out)


def test_a_build_with_errors(tree):
    series = tree.series(
        "S", {"a.dcm": ct(1), "b.dcm": b"", "c.dcm": ct(2)[:1400], "sr": changed("reportsi.dcm")}
    )
    done = isocenter("build", tree.root)
    assert done.returncode == 1
    assert "skipped with an error: 2 (1 empty-file, 1 truncated)" in done.stdout
    assert "skipped, no images: 1 (1 no-image)" in done.stdout
    assert f"  {series}/b.dcm: the file is empty" in done.stdout
    assert f"{series}/c.dcm: " in done.stdout
    assert "(0018,1210), byte 1394" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_warning_is_no_error(tree):
    tree.series("S", {"a.dcm": ct(1), "b.dcm": ct(1)})
    done = isocenter("build", tree.root)
    assert done.returncode == 0
    assert "warnings: 1 (1 duplicate-instance)" in done.stdout


def test_without_a_terminal_progress_is_plain_lines(tree):
    for name in range(12):
        tree.slices(f"S{name}", 1)
    done = isocenter("build", tree.root)
    assert "\x1b" not in done.stdout + done.stderr
    assert "\r" not in done.stderr
    lines = done.stderr.splitlines()
    assert 1 <= len(lines) <= 10
    assert lines[-1] == "12 of 12 series, images: 12"
    assert all(re.fullmatch(r"\d+ of 12 series, images: \d+", line) for line in lines)


def test_a_server_gets_redirects(tree):
    tree.slices("S", 1)
    assert isocenter("build", tree.root, "-S", "https://viewer.example/rev").returncode == 0
    page = (tree.root / EXAMPLE / "index.html").read_text()
    assert "https://viewer.example/rev?year=01&amp;month=02&amp;example=03" in page


def test_relative_paths_are_those_of_the_working_folder(tree, out):
    tree.slices("S", 1)
    done = subprocess.run(
        [*ISOCENTER, "build", "in", "-O", "out"],
        cwd=tree.root.parent,
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0
    assert fingerprint(run(tree.root, out.parent / "other").root) == fingerprint(out)


@pytest.mark.parametrize("charset", ["C", "POSIX"])
def test_names_no_terminal_can_show_do_not_stop_it(tree, charset):
    tree.series("日本\x1b[31m", {"Größe.dcm": b"", os.fsdecode(b"\xff.dcm"): b"", "a.dcm": ct(1)})
    ascii_only = {"LC_ALL": charset, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = isocenter("build", tree.root, PYTHONCOERCECLOCALE="0", **ascii_only)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "skipped with an error: 2 (2 empty-file)" in done.stdout
    assert done.stdout.isascii()
    assert "\x1b" not in done.stdout


def test_an_interrupted_build_ends_soon_and_the_next_one_finishes_it(tree, out):
    for name in range(60):
        tree.series(f"S{name}", {f"{n}.dcm": ct(n) for n in range(8)})
    expected = fingerprint(run(tree.root, out.parent / "expected").root)
    process = subprocess.Popen(
        [*ISOCENTER, "build", str(tree.root), "-O", str(out), "--workers", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert "of 60 series" in process.stderr.readline()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    started = time.monotonic()
    said, complained = process.communicate(timeout=60)
    assert time.monotonic() - started < 20
    assert process.returncode == 130
    assert said == ""
    assert "Traceback" not in complained
    assert "isocenter: interrupted" in complained.splitlines()[-1]
    assert not (out / "map.json").exists()

    assert isocenter("build", tree.root, "-O", out).returncode == 0
    assert expected == fingerprint(out)


# --- the words of the summary ---------------------------------------------------------------


def test_the_summary_counts_reasons_and_shows_the_first_errors():
    errors = [
        Finding(Level.ERROR, "truncated", "cut", f"p{n}", "(7FE0,0010)", n) for n in range(12)
    ]
    notes = [Finding(Level.NOTE, "no-image", "SR", "q")] * 2
    assert [
        "skipped with an error: 12 (12 truncated)",
        "skipped, no images: 2 (2 no-image)",
        *(f"  p{n}: cut ((7FE0,0010), byte {n})" for n in range(10)),
        "  and 2 more",
        "All findings are in findings.json",
    ] == list(finding_lines([*notes, *errors]))


def test_the_summary_of_nothing():
    assert list(finding_lines([])) == []
