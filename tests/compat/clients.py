"""Programs from PyPI that import pydicom, run on the facade and on the real one."""

import os
import subprocess
import sys
from pathlib import Path

PROBE = """
import atexit, sys
def told():
    ours = sys.modules.get("pydicom")
    real = [name for name, module in sys.modules.items()
            if "/site-packages/pydicom/" in (getattr(module, "__file__", "") or "")]
    print("PROBE", getattr(ours, "__name__", None), real, file=sys.stderr)
atexit.register(told)
"""
"""Says at the end of a process whose ``pydicom`` it used, and which files of the real one."""


def run(arguments, folder: Path, *, facade: bool, cwd: Path | None = None) -> str:
    """What a client prints; ``arguments`` are those of ``python``.

    On the facade no file of the real package may be loaded; asserted here.
    """
    (folder / "sitecustomize.py").write_text(PROBE, encoding="utf-8")
    prefix = ["-m", "isocenter.compat"] if facade else []
    here = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, *prefix, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": here, "PYTHONWARNINGS": "default"},
    )
    assert done.returncode == 0, done.stderr
    probe = next(line for line in done.stderr.splitlines() if line.startswith("PROBE"))
    if facade:
        assert probe == "PROBE isocenter.compat []"
    else:
        assert probe.startswith("PROBE pydicom ['")
    return done.stdout


def both(arguments_of, folder: Path) -> tuple[Path, Path, list[str]]:
    """The folders that a client filled on the facade and on the real one, and what it printed."""
    out = folder / "facade", folder / "real"
    for path in out:
        path.mkdir()
    said = [run(arguments_of(path), folder, facade=path is out[0]) for path in out]
    return (*out, said)
