"""``isocenter attributes site``: the standard browser, as files to be opened or served."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.attributes.unsafe import UnsafeAllValues, warn
from isocenter.errors import UsageError


def site_command(
    profile: Annotated[
        Path | None,
        typer.Argument(metavar="[PROFILE]", help="Folder of a profile, for what an archive holds."),
    ] = None,
    *,
    output: Annotated[
        Path, typer.Option("-O", "--output", metavar="SITE", help="The folder of the site.")
    ],
    number: Annotated[
        int, typer.Option(metavar="N", min=1, help="Values of an attribute at most.")
    ] = 6,
    k: Annotated[
        int,
        typer.Option("--patients", "-k", "--k", metavar="K", min=1, help="Patients a value needs."),
    ] = 5,
    unsafe_all_values: UnsafeAllValues = False,
) -> int:
    """Write the standard browser: every IOD, module and attribute, as a site that needs no server.

    With a profile it shows what the archive holds beside them. Exit code 0: written. 2: could
    not run.
    """
    # DuckDB: what --help need not wait for
    from isocenter.attributes.profile import Profile  # noqa: PLC0415
    from isocenter.attributes.site.job import PAGE, write_site  # noqa: PLC0415

    if profile is None and unsafe_all_values:
        raise UsageError("--unsafe-all-values is for a site with a PROFILE")
    if unsafe_all_values:
        warn("the site withholds nothing")
    with ExitStack() as opened:
        archive = None
        if profile is not None:
            archive = opened.enter_context(Profile(profile, k=k, unsafe=unsafe_all_values))
        write_site(output, archive, number)
    typer.echo(f"The standard browser is {output / PAGE}")
    return 0
