"""Pictures in a terminal: sixels where it draws them, else two pixels a character.

Half blocks: the upper half in the colour of the text, the lower in that of the background,
24 bits each. Sixels: bands of six rows, 256 colours (DEC STD 070; VT340).
"""

from __future__ import annotations

import os
import re
import select
import sys
import time
from collections.abc import Iterator, Mapping
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

_HALF_BLOCK = "\N{UPPER HALF BLOCK}"
_RESET = "\x1b[0m"
_ASK = "\x1b[c"  # Primary Device Attributes
_ANSWER = re.compile(r"\x1b\[\?([0-9;]*)c")
_HAS_SIXELS = "4"
_PATIENCE = 0.3  # seconds for a terminal's answer
_DRAW_SIXELS = frozenset({"foot", "mlterm", "yaft", "contour", "wezterm", "iterm.app", "mintty"})


class Way(StrEnum):
    """How a picture is drawn."""

    SIXEL = "sixel"
    BLOCKS = "blocks"


def best_way(environment: Mapping[str, str]) -> Way:
    """What this terminal draws: told by its name, else by its answer."""
    names = (environment.get("TERM", ""), environment.get("TERM_PROGRAM", ""))
    if any(name.casefold().partition("-")[0] in _DRAW_SIXELS for name in names):
        return Way.SIXEL
    return Way.SIXEL if draws_sixels(_asked()) else Way.BLOCKS


def draws_sixels(answer: str) -> bool:
    """Whether the answer to a request for Primary Device Attributes names sixels."""
    found = _ANSWER.search(answer)
    return found is not None and _HAS_SIXELS in found[1].split(";")[1:]


def _asked() -> str:
    """What the terminal answers; empty when it is silent or cannot be asked."""
    try:
        import termios  # noqa: PLC0415 - POSIX only
        import tty  # noqa: PLC0415
    except ImportError:
        return ""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return ""
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal)
        sys.stdout.write(_ASK)
        sys.stdout.flush()
        return _answer(terminal)
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)


def _answer(terminal: int) -> str:
    answer, until = "", time.monotonic() + _PATIENCE
    while not _ANSWER.search(answer) and (left := until - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            answer += os.read(terminal, 64).decode("ascii", "replace")
    return answer


def half_blocks(pixels: Pixels) -> Iterator[str]:
    """Lines of text that show a picture, two rows each.

    Args:
        pixels: uint8, shape (rows, columns) or (rows, columns, 3).
    """
    colors = _colors(pixels)
    if len(colors) % 2:
        colors = np.concatenate([colors, np.zeros_like(colors[:1])])
    for upper, lower in zip(colors[::2].tolist(), colors[1::2].tolist(), strict=True):
        line, last = [], None
        for pair in zip(upper, lower, strict=True):
            if pair != last:
                (r, g, b), (x, y, z) = last = pair
                line.append(f"\x1b[38;2;{r};{g};{b};48;2;{x};{y};{z}m")
            line.append(_HALF_BLOCK)
        yield "".join(line) + _RESET


def sixels(pixels: Pixels) -> str:
    """The control string that draws a picture.

    Args:
        pixels: uint8, shape (rows, columns) or (rows, columns, 3).
    """
    picture = Image.fromarray(_colors(pixels)).quantize(256, dither=Image.Dither.NONE)
    cells = np.asarray(picture)
    palette = np.array(picture.getpalette("RGB"), np.uint16).reshape(-1, 3)
    rows, columns = cells.shape
    percent = (palette * 100 + 127) // 255
    used = np.unique(cells)
    registers = "".join(
        f"#{n};2;{r};{g};{b}" for n, (r, g, b) in zip(used, percent[used], strict=True)
    )
    bands = "-".join(_band(cells[top : top + 6]) for top in range(0, rows, 6))
    return f'\x1bP0;1q"1;1;{columns};{rows}{registers}{bands}\x1b\\'


def _band(cells: NDArray[np.uint8]) -> str:
    """Six rows: for each colour the columns it is in, one over the other."""
    weights = (1 << np.arange(len(cells), dtype=np.uint8))[:, None]
    lines = []
    for color in np.unique(cells):
        masks = ((cells == color) * weights).sum(axis=0).astype(np.uint8) + 63
        lines.append(f"#{color}{_run_lengths(masks.tobytes().decode('ascii'))}")
    return "$".join(lines)


def _run_lengths(text: str) -> str:
    return re.sub(r"(.)\1{3,}", lambda run: f"!{len(run[0])}{run[1]}", text)


def _colors(pixels: Pixels) -> Pixels:
    """The picture in colour."""
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)
