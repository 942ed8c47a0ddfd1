"""Run a program that imports pydicom on Isocenter: ``python -m isocenter.compat SCRIPT args``.

In: the program as ``python`` takes it, a script or ``-m MODULE``, and its arguments. It sees
``sys.argv``, ``sys.path`` and ``__name__`` as if ``python`` had started it.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from isocenter.compat import install

_USAGE = "usage: python -m isocenter.compat SCRIPT [ARGUMENT ...] | -m MODULE [ARGUMENT ...]"


def main(arguments: list[str]) -> None:
    """Run what the arguments name, with ``import pydicom`` given by the facade."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(_USAGE)  # noqa: T201 - a command's output
        return
    if arguments[:1] == ["-m"] and len(arguments) > 1:
        _run_module(arguments[1], arguments[1:])
    elif arguments and not arguments[0].startswith("-"):
        _run_script(arguments)
    else:
        _refuse(_USAGE)


def _run_module(name: str, argv: list[str]) -> None:
    sys.argv, sys.path[0] = argv, str(Path.cwd())
    install()
    try:
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    except ImportError as error:
        if error.__traceback__ is None or not _is_of_runpy(error):
            raise
        _refuse(f"isocenter.compat: {error}")


def _is_of_runpy(error: ImportError) -> bool:
    """Whether the module was not found, rather than something that it imports."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return last is not None and last.tb_frame.f_globals.get("__name__") == "runpy"


def _run_script(argv: list[str]) -> None:
    script = Path(argv[0])
    if not script.exists():
        _refuse(f"isocenter.compat: can't open file {argv[0]!r}: there is no such file")
    sys.argv = argv
    sys.path[0] = str(script.resolve().parent if script.is_file() else script)
    install()
    runpy.run_path(argv[0], run_name="__main__")


def _refuse(message: str) -> None:
    print(message, file=sys.stderr)  # noqa: T201 - a command's output
    raise SystemExit(2)


main(sys.argv[1:])
