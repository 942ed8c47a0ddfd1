"""``isocenter attributes examples``: values that may be published, as a table or as JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isocenter.cli.attributes.unsafe import UnsafeAllValues, warn
from isocenter.errors import UsageError

if TYPE_CHECKING:
    from isocenter.attributes.examples import Examples

_HEAD = ("path", "keyword", "value", "files", "series", "patients", "marks")


def examples_command(  # noqa: PLR0913 - one argument per option
    profile: Annotated[Path, typer.Argument(metavar="PROFILE", help="Folder of a profile.")],
    *,
    output: Annotated[
        Path | None,
        typer.Option("-O", "--output", metavar="FILE", help="A file instead of the terminal."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object, with what is withheld and why.")
    ] = False,
    as_legacy: Annotated[
        bool, typer.Option("--legacy", help='{"(gggg,eeee)": ["value", …]}, as browsers have it.')
    ] = False,
    number: Annotated[
        int, typer.Option(metavar="N", min=1, help="Values of an attribute at most.")
    ] = 6,
    length: Annotated[
        int, typer.Option(metavar="N", min=2, help="Characters of a value in --legacy at most.")
    ] = 50,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="A tag or keyword to leave out.")
    ] = None,
    k: Annotated[
        int,
        typer.Option("--patients", "-k", "--k", metavar="K", min=1, help="Patients a value needs."),
    ] = 5,
    unsafe_all_values: UnsafeAllValues = False,
) -> int:
    """Show the values of a profile that may be published, with counts, and what is withheld.

    Exit code 0: shown. 2: could not run.
    """
    # DuckDB: what --help need not wait for
    from isocenter.attributes.examples import examples  # noqa: PLC0415
    from isocenter.attributes.profile import Profile  # noqa: PLC0415

    if as_json and as_legacy:
        raise UsageError("choose one of --json and --legacy")
    if output is not None and not (as_json or as_legacy):
        raise UsageError("-O is for --json and --legacy")
    if unsafe_all_values:
        warn("the examples withhold nothing")
    with Profile(profile, k=k, unsafe=unsafe_all_values) as opened:
        found = examples(opened, number=number, exclude=exclude or ())
    if not (as_json or as_legacy):
        _show(found)
        return 0
    content = _legacy(found, length) if as_legacy else _json(found)
    if output is None:
        sys.stdout.write(content.decode())
    else:
        _write(output, content)
    return 0


def _write(output: Path, content: bytes) -> None:
    from isocenter.files.target import Folder  # noqa: PLC0415

    Folder(output.parent).write(output.name, content)


def _json(found: Examples) -> bytes:
    import orjson  # noqa: PLC0415

    from isocenter.attributes.examples import UNSAFE  # noqa: PLC0415

    stamp = {"unsafe_all_values": UNSAFE} if found.is_unsafe else {}
    told = {
        **stamp,
        "k": found.k,
        "withheld": {str(reason): count for reason, count in found.withheld},
        "attributes": found.attributes,
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _legacy(found: Examples, length: int) -> bytes:
    import orjson  # noqa: PLC0415

    from isocenter.attributes.legacy import legacy  # noqa: PLC0415

    told = legacy(found, length=length)
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


_WHY = {
    "listed": "listed in PS3.15 table E.1-1, or inside of what is",
    "private": "private",
    "vr": "names, free text, dates, times and UIDs",
    "number": "numbers, told as ranges only",
    "bytes": "bytes",
    "long": "longer than 1,024 characters",
    "patients": "of too few patients",
}


def _show(found: Examples) -> None:
    from isocenter.attributes.examples import UNSAFE  # noqa: PLC0415
    from isocenter.cli.console import say, table  # noqa: PLC0415

    if found.is_unsafe:
        say(UNSAFE)
    rows = [
        (
            each.path,
            each.keyword,
            one.value,
            one.files,
            one.series,
            one.patients,
            " ".join(one.marks),
        )
        for each in found.attributes
        for one in each.examples
    ]
    table(_HEAD, rows)
    say(
        f"{len(rows):,} values of {sum(bool(one.examples) for one in found.attributes):,} attributes, each of {found.k} or more patients"
    )
    for reason, count in found.withheld:
        say(f"withheld of {count:,} attributes: {_WHY[reason]}")
