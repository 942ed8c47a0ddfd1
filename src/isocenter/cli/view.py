"""``isocenter view``: an image in the terminal, or as a PNG where there is none."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.console import say
from isocenter.cli.show import until_the_reader_leaves
from isocenter.cli.targets import not_read
from isocenter.cli.terminal import Way, best_way, half_blocks, sixels
from isocenter.cli.windows import OverlaysOption, VoiOption, WindowOption, window
from isocenter.errors import DicomError, UsageError
from isocenter.export.formats import EXTENSIONS, Format
from isocenter.files.reading import read_by_content
from isocenter.files.target import Folder
from isocenter.pixels.display import DisplayTables
from isocenter.pixels.frames import Frames
from isocenter.pixels.imagefiles import Pixels, png
from isocenter.pixels.look import Look
from isocenter.pixels.picture import picture

NOT_SHOWN = 1
_CELL = (8, 16)  # pixels of a character, where sixels are drawn
_SIXEL_MOST = 1000  # pixels a side; more takes long over a slow line


def view_command(  # noqa: PLR0913 - one argument per option
    file: Annotated[Path, typer.Argument(metavar="FILE", help="DICOM file.")],
    *,
    frame: Annotated[int, typer.Option(metavar="N", min=0, help="Frame, from 0.")] = 0,
    shown_window: WindowOption = "file",
    voi_index: VoiOption = 0,
    overlays: OverlaysOption = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="PNG", help="Write this file instead.")
    ] = None,
    way: Annotated[
        Way | None, typer.Option("--as", help="How to draw; default: what the terminal can.")
    ] = None,
) -> int:
    """Show an image in the terminal; without one, write it to a PNG.

    Exit code 0: shown. 1: the file holds no image that can be shown. 2: could not run.
    """
    if not file.is_file():
        problem = "is no file" if os.path.lexists(file) else "does not exist"
        raise UsageError(f"{file} {problem}")
    if output is not None:
        _check(output, file)
    drawn = output is None and (way is not None or sys.stdout.isatty())
    drawing = (way or best_way(os.environ)) if drawn else None
    look = Look(
        window=window(shown_window),
        voi=voi_index,
        overlays=overlays,
        square=True,
        size=None if drawing is None else _room(drawing),
    )
    try:
        frames = Frames(read_by_content(file))
        pixels = picture(frames, frame, DisplayTables(), look)
        if drawing is None:
            _write(pixels, output or Path(f"{file.stem}.{frame}.png"), replace=output is not None)
        else:
            _draw(pixels, drawing)
    except (DicomError, OSError) as error:
        if isinstance(error, OSError) and error.filename not in {str(file), None}:
            raise
        print(f"isocenter: {not_read(file, error)}", file=sys.stderr)  # noqa: T201 - a command
        return NOT_SHOWN
    return 0


def _check(output: Path, file: Path) -> None:
    if output.exists() and output.samefile(file):
        raise UsageError(f"{output} is the DICOM file; the picture needs another name")
    if EXTENSIONS.get(output.suffix.casefold(), Format.PNG) is not Format.PNG:
        raise UsageError(f"{output}: a PNG is written; isocenter export has other formats")


def _room(way: Way) -> tuple[int, int]:
    """Pixels, width and height, that the terminal has for a picture."""
    columns, lines = shutil.get_terminal_size()
    lines = max(lines - 2, 4)  # the prompt stays in sight
    if way is Way.BLOCKS:
        return columns, 2 * lines
    return min(columns * _CELL[0], _SIXEL_MOST), min(lines * _CELL[1], _SIXEL_MOST)


def _draw(pixels: Pixels, way: Way) -> None:
    lines = [sixels(pixels)] if way is Way.SIXEL else half_blocks(pixels)
    try:
        with until_the_reader_leaves():
            for line in lines:
                print(line)  # noqa: T201 - this is its output
    except UnicodeEncodeError as error:
        raise UsageError(
            f"half blocks cannot be written in {error.encoding}; say --as sixel, or -o PNG"
        ) from error


def _write(pixels: Pixels, path: Path, *, replace: bool) -> None:
    if not replace and os.path.lexists(path):
        raise UsageError(f"{path} is there already; say -o {path} to replace it")
    Folder(path.parent).write(path.name, png(pixels))
    say(f"Picture is in {path}")
