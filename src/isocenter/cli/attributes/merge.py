"""``isocenter attributes merge``: several profiles become one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from isocenter.errors import Level, worst

FINISHED_WITH_ERRORS = 1


def merge_command(
    profiles: Annotated[
        list[Path], typer.Argument(metavar="PROFILE...", help="Folders of profiles.")
    ],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-O", metavar="PROFILE", help="Folder of the result.")
    ],
) -> int:
    """Make one profile of several; what they have in common counts once.

    Exit code 0: no errors. 1: some files could not be read whole (findings.json names them). 2: could
    not run.
    """
    # DuckDB and rich: what --help need not wait for
    from isocenter.attributes.merge import merge  # noqa: PLC0415
    from isocenter.cli.console import finding_lines, say  # noqa: PLC0415

    made = merge(profiles, output)
    say(f"shards: {made.shards:,}, in others already: {made.left_out:,}")
    for line in finding_lines(made.findings, notes="notes"):
        say(line)
    say(f"The profile is in {output}")
    return FINISHED_WITH_ERRORS if worst(made.findings) is Level.ERROR else 0
