"""How a picture is asked for on the command line: its window, its overlays."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from isocenter.errors import UsageError
from isocenter.pixels.look import WindowChoice

WindowOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--window", metavar="WINDOW", help="file, auto, full, or center,width such as 40,400."
    ),
]
VoiOption: TypeAlias = Annotated[
    int, typer.Option(metavar="N", min=0, help="Which of the file's windows, from 0.")
]
OverlaysOption: TypeAlias = Annotated[
    bool, typer.Option("--overlays", help="Burn overlay planes in.")
]

_NAMED: dict[str, WindowChoice] = {"file": "file", "auto": "auto", "full": "full"}


def window(text: str) -> WindowChoice:
    """``file``, ``auto``, ``full``, or center and width with a comma, such as ``40,400``.

    Raises:
        UsageError: it is none of these.
    """
    named = _NAMED.get(text)
    if named is not None:
        return named
    try:
        center, width = map(float, text.split(","))
    except ValueError:
        raise UsageError(
            f"window {text!r} is none; write file, auto, full, or center and width such as 40,400"
        ) from None
    return center, width
