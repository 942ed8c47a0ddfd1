"""``isocenter view``: an image in the terminal, or a PNG where there is none."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from isocenter import dcmread
from isocenter.cli import main as command
from isocenter.cli.terminal import Way, best_way, draws_sixels, half_blocks, sixels
from isocenter.pixels import render
from support.files import wheel_file

COLOR = re.compile(r"\x1b\[38;2;(\d+);(\d+);(\d+);48;2;(\d+);(\d+);(\d+)m")


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(wheel_file("CT_small.dcm"), tmp_path / "scan.dcm")
    return "scan.dcm"


def view(*arguments):
    with pytest.raises(SystemExit) as ended:
        command.main(["view", *map(str, arguments)])
    return ended.value.code


def opened(path):
    with Image.open(path) as image:
        return np.asarray(image)


# --- drawing --------------------------------------------------------------------------------


def drawn_in_blocks(lines):
    """The picture that lines of half blocks show."""
    rows = []
    for line in lines:
        upper, lower = [], []
        for part in re.findall(r"\x1b\[[0-9;]*m|\N{UPPER HALF BLOCK}", line):
            found = COLOR.fullmatch(part)
            if found:
                now = [*map(int, found.groups())]
            elif part == "\N{UPPER HALF BLOCK}":
                upper.append(now[:3])
                lower.append(now[3:])
        rows += [upper, lower]
    return np.array(rows, np.uint8)


def drawn_in_sixels(text):
    """The picture that a control string of sixels shows (DEC STD 070)."""
    columns, rows = map(int, re.match(r'\x1bP0;1q"1;1;(\d+);(\d+)', text).groups())
    body = text[re.match(r'\x1bP0;1q"1;1;\d+;\d+', text).end() : -2]
    canvas, palette = np.zeros((rows + 6, columns, 3), np.uint8), {}
    top = left = 0
    for mark in re.findall(r"#\d+;2;\d+;\d+;\d+|#\d+|!\d+.|[$-]|.", body):
        if mark.startswith("#") and ";" in mark:
            number, _, *color = map(int, mark[1:].split(";"))
            palette[number] = [round(part * 2.55) for part in color]
        elif mark.startswith("#"):
            color = palette[int(mark[1:])]
        elif mark == "$":
            left = 0
        elif mark == "-":
            top, left = top + 6, 0
        else:
            count, char = (int(mark[1:-1]), mark[-1]) if mark[0] == "!" else (1, mark)
            for bit in range(6):
                if (ord(char) - 63) >> bit & 1:
                    canvas[top + bit, left : left + count] = color
            left += count
    return canvas[:rows]


@pytest.mark.parametrize("rows", [5, 6, 13])
@pytest.mark.parametrize("is_color", [False, True])
def test_both_ways_show_the_picture(rows, is_color):
    shape = (rows, 9, 3) if is_color else (rows, 9)
    pixels = (np.arange(np.prod(shape)) * 7 % 256).astype(np.uint8).reshape(shape)
    expected = pixels if is_color else np.repeat(pixels[..., None], 3, axis=2)
    assert np.array_equal(expected, drawn_in_blocks(half_blocks(pixels))[:rows])
    found = drawn_in_sixels(sixels(pixels)).astype(int)
    assert np.abs(found - expected).max() <= (12 if is_color else 2)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("\x1b[?62;4;22c", True),
        ("\x1b[?4c", False),  # a VT132, not a VT with sixels
        ("\x1b[?1;2c", False),
        ("\x1b[?64;14;24c", False),
        ("", False),
        ("junk", False),
    ],
)
def test_what_a_terminal_answers(answer, expected):
    assert expected is draws_sixels(answer)


def test_what_a_terminal_is_called():
    assert best_way({"TERM": "foot"}) is Way.SIXEL
    assert best_way({"TERM": "mlterm-256color"}) is Way.SIXEL
    assert best_way({"TERM": "dumb"}) is Way.BLOCKS


@pytest.mark.parametrize(("answer", "is_sixel"), [(b"\x1b[?62;4c", True), (b"\x1b[?1;2c", False)])
def test_a_terminal_is_asked(file, answer, is_sixel):
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "isocenter", "view", file],
        stdin=child,
        stdout=child,
        stderr=child,
        env={**os.environ, "TERM": "xterm-256color", "TERM_PROGRAM": ""},
    )
    os.close(child)
    said, answered = b"", False
    while select.select([parent], [], [], 60)[0]:
        try:
            some = os.read(parent, 65536)
        except OSError:
            break
        said += some
        if not answered and b"\x1b[c" in said:
            os.write(parent, answer)
            answered = True
        if not some:
            break
    os.close(parent)
    assert process.wait(60) == 0
    assert is_sixel is (b"\x1bP0;1q" in said)
    assert is_sixel is not ("\N{UPPER HALF BLOCK}".encode() in said)


# --- the command ----------------------------------------------------------------------------


def test_without_a_terminal_it_is_a_png_and_said(file, tmp_path, capsys):
    assert view(file) == 0
    assert capsys.readouterr().out == "Picture is in scan.0.png\n"
    assert np.array_equal(render(dcmread(file)), opened(tmp_path / "scan.0.png"))


def test_a_file_that_is_there_is_not_replaced_unless_it_is_named(file, tmp_path, capsys):
    (tmp_path / "scan.0.png").write_bytes(b"mine")
    assert view(file) == 2
    assert "-o scan.0.png" in capsys.readouterr().err
    assert (tmp_path / "scan.0.png").read_bytes() == b"mine"
    assert view(file, "-o", "scan.0.png") == 0
    assert opened(tmp_path / "scan.0.png").shape == (128, 128)


def test_frame_window_and_overlays(file, tmp_path):
    assert view(file, "-o", "w.png", "--window", "40,400", "--voi-index", "0") == 0
    assert np.array_equal(render(dcmread(file), window=(40, 400)), opened(tmp_path / "w.png"))
    cine = wheel_file("examples_ybr_color.dcm")
    assert view(cine, "-o", "c.png", "--frame", 7) == 0
    assert np.array_equal(render(dcmread(cine), frame=7, square=True), opened(tmp_path / "c.png"))
    overlay = wheel_file("examples_overlay.dcm")
    assert view(overlay, "-o", "o.png", "--overlays") == 0
    assert np.array_equal(
        render(dcmread(overlay), overlays=True, square=True), opened(tmp_path / "o.png")
    )


def test_drawn_as_told(file, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("LINES", "22")
    assert view(file, "--as", "blocks") == 0
    picture = drawn_in_blocks(capsys.readouterr().out.splitlines())
    assert picture.shape == (40, 40, 3)
    assert view(file, "--as", "sixel") == 0
    assert drawn_in_sixels(capsys.readouterr().out.rstrip("\n")).shape == (320, 320, 3)


@pytest.mark.parametrize(
    ("name", "said"), [("rtplan.dcm", "no Pixel Data"), ("README.md", "is no DICOM file")]
)
@pytest.mark.usefixtures("file")
def test_what_holds_no_image_is_exit_code_1(tmp_path, capsys, name, said):
    if name == "README.md":
        (tmp_path / name).write_text("hello " * 100)
    else:
        shutil.copy(wheel_file(name), tmp_path)
    assert view(name) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"isocenter: {name}: ")
    assert said in line
    assert not (tmp_path / f"{name.partition('.')[0]}.0.png").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "does not exist"),
        (["."], "is no file"),
        (["scan.dcm", "--frame", "1"], "no frame 1"),
        (["scan.dcm", "--voi-index", "3"], "voi is 3"),
        (["scan.dcm", "--window", "x"], "window"),
        (["scan.dcm", "--as", "art"], "art"),
        (["scan.dcm", "-o", "no/such/folder.png"], "no/such"),
    ],
)
@pytest.mark.usefixtures("file")
def test_a_wrong_call_is_one_line_and_exit_code_2(arguments, said, capsys):
    assert view(*arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


@pytest.mark.parametrize("name", ["scan.dcm", "link.png", "hard.png"])
def test_the_dicom_file_is_never_replaced(file, capsys, name):
    before = Path(file).read_bytes()
    Path("link.png").symlink_to(file)
    Path("hard.png").hardlink_to(file)
    assert view(file, "-o", name) == 2
    assert capsys.readouterr().err == (
        f"isocenter: {name} is the DICOM file; the picture needs another name\n"
    )
    assert Path(file).read_bytes() == Path(name).read_bytes() == before


def test_a_png_is_not_called_a_jpeg(file, capsys):
    assert view(file, "-o", "scan.jpg") == 2
    assert "a PNG is written" in capsys.readouterr().err
    assert not Path("scan.jpg").exists()
    assert view(file, "-o", "scan.PNG") == view(file, "-o", "scan") == 0


@pytest.mark.parametrize("way", ["sixel", "blocks"])
def test_nobody_reads_on(file, way):
    """As behind ``| head``: the file is not at fault."""
    reading, writing = os.pipe()
    os.close(reading)
    command_ = [sys.executable, "-m", "isocenter", "view", file, "--as", way]
    ended = subprocess.run(command_, check=False, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_an_encoding_without_half_blocks(file):
    command_ = [sys.executable, "-m", "isocenter", "view", file, "--as", "blocks"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    ended = subprocess.run(command_, check=False, capture_output=True, env=environment)
    assert ended.returncode == 2
    assert ended.stderr == (
        b"isocenter: half blocks cannot be written in ascii; say --as sixel, or -o PNG\n"
    )
