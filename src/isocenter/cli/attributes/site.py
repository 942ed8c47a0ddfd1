"""``isocenter attributes site``: the standard browser, as files to be opened or served."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from isocenter.attributes.site.job import write_site


def site_command(
    output: Annotated[
        Path, typer.Option("-O", "--output", metavar="SITE", help="The folder of the site.")
    ],
) -> int:
    """Write the standard browser: every IOD, module and attribute, as a site that needs no server.

    Exit code 0: written. 2: could not run.
    """
    write_site(output)
    typer.echo(f"The standard browser is {output / 'index.html'}")
    return 0
