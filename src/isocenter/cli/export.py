"""``isocenter export``: pictures of everything, at paths made of what the files say."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.console import finding_lines, progress, say
from isocenter.cli.windows import OverlaysOption, VoiOption, WindowOption, window
from isocenter.errors import Level, worst
from isocenter.export import frames as choices
from isocenter.export.formats import Format
from isocenter.export.frames import FrameChoice
from isocenter.export.job import export, sources
from isocenter.export.model import Done, Summary
from isocenter.export.options import DEFAULT_PATTERN, Options
from isocenter.pixels.look import Look

FINISHED_WITH_ERRORS = 1


def export_command(  # noqa: PLR0913 - one argument per option
    source: Annotated[Path, typer.Argument(metavar="SRC", help="File, folder or DICOMDIR.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for the pictures.")],
    *,
    pattern: Annotated[
        str,
        typer.Option(
            metavar="PATH",
            help="Path of a picture in OUT: keywords, frame and file in braces. "
            "Its extension chooses the format.",
        ),
    ] = DEFAULT_PATTERN,
    picture_format: Annotated[
        Format | None, typer.Option("--format", help="Format; default: by extension, else jpeg.")
    ] = None,
    quality: Annotated[
        int, typer.Option(metavar="Q", min=1, max=100, help="Of JPEG and WebP.")
    ] = 90,
    shown_window: WindowOption = "file",
    voi_index: VoiOption = 0,
    size: Annotated[
        int, typer.Option(metavar="PIXELS", min=0, help="The longer side; 0 is as it is.")
    ] = 0,
    overlays: OverlaysOption = False,
    aspect: Annotated[
        bool,
        typer.Option("--aspect/--no-aspect", help="Whether pixels that are no squares become so."),
    ] = True,
    frames: Annotated[
        str,
        typer.Option(metavar="FRAMES", help="Which, from 0: 0,3,5-9 or 10- or /5 for every fifth."),
    ] = "",
    cine: Annotated[
        bool, typer.Option("--cine", help="One file that plays per image: GIF, or WebP.")
    ] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="Stored values, not shown: png16, tiff or npy.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files of OUT; default: count on.")
    ] = False,
    workers: Annotated[
        int, typer.Option(metavar="N", min=0, help="Worker processes; 0 is one per core.")
    ] = 0,
    timeout: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=0,
            help="Give a frame up after so long without progress; 0: never.",
        ),
    ] = 300.0,
) -> int:
    """Write a picture of every frame.

    Exit code 0: no errors. 1: finished, but some pictures could not be made
    (findings.json names them). 2: could not run.
    """
    started = time.perf_counter()
    options = Options(
        pattern=pattern,
        format=picture_format,
        look=Look(
            window=window(shown_window),
            voi=voi_index,
            size=size or None,
            overlays=overlays,
            square=aspect,
        ),
        frames=choices.parse(frames) if frames else FrameChoice(),
        cine=cine,
        raw=raw,
        quality=quality,
        overwrite=overwrite,
    )
    found = sources(source, output)
    with progress(len(found.names), "files") as advance:

        def report(done: Done) -> None:
            advance(done.files, done.frames)

        made = export(
            source,
            output,
            options,
            workers=workers,
            progress=report,
            found=found,
            patience=timeout,
        )
    _say(made, output, time.perf_counter() - started)
    return FINISHED_WITH_ERRORS if worst(made.findings) is Level.ERROR else 0


def _say(made: Summary, output: Path, seconds: float) -> None:
    """What was made, what was left out and why, and how long it took."""
    rate = made.frames / seconds if seconds else 0.0
    say(f"pictures: {len(made.written):,}, frames in them: {made.frames:,}, files: {made.files:,}")
    say(f"{seconds:.1f} s, {rate:,.0f} frames/s")
    for line in finding_lines(made.findings, notes="notes"):
        say(line)
    say(f"Pictures are in {output}")
