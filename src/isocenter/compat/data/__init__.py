"""Test files of PyPI's ``pydicom`` and ``pydicom-data``, where these are installed.

None comes with Isocenter and none is downloaded; the packages are looked at, never imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from isocenter.compat.filereader import dcmread

_NO_FILES = frozenset({".py", ".pyc"})


def _package(name: str) -> Path | None:
    """Where a package lies that is installed, past ``import pydicom``, which is us."""
    spec = PathFinder.find_spec(name)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def _folders(kind: str) -> Iterator[Path]:
    own = _package("pydicom")
    if own is not None:
        yield own / "data" / kind
    if kind == "test_files" and (other := _package("data_store")) is not None:
        yield other / "data"


def _files(kind: str, pattern: str) -> list[str]:
    found: list[str] = []
    for folder in _folders(kind):
        paths = sorted(path for path in folder.glob(pattern) if path.is_file())
        found += [str(path) for path in paths if path.suffix not in _NO_FILES]
    return found


def get_testdata_file(
    name: str,
    read: bool = False,
    download: bool = True,  # noqa: ARG001 - pydicom's signature
) -> Any:
    """The path of a test file, or its data set; ``None`` when it is not installed.

    Raises:
        ValueError: ``name`` is an absolute path.
    """
    if Path(name).is_absolute():
        raise ValueError(f"{name} is a path from the root: test files are asked for by name")
    parts = Path(name).parts
    for folder in _folders("test_files"):
        for path in sorted(folder.rglob(parts[-1])):
            if path.parts[-len(parts) :] == parts:
                return dcmread(path, force=True) if read else str(path)
    return None


def get_testdata_files(pattern: str = "**/*") -> list[str]:
    """The paths of the test files that match a pattern.

    Raises:
        ValueError: the pattern is an absolute path.
    """
    if Path(pattern).is_absolute():
        raise ValueError(f"{pattern} is a path from the root: test files are asked for by name")
    return _files("test_files", pattern)


def get_palette_files(pattern: str = "**/*") -> list[str]:
    """The paths of the color palettes that match a pattern."""
    return _files("palettes", pattern)


def get_charset_files(pattern: str = "**/*") -> list[str]:
    """The paths of the files in many character sets that match a pattern."""
    return _files("charset_files", pattern)


def fetch_data_files() -> None:
    """Nothing: no file is downloaded.

    Raises:
        NotImplementedError: always; ``pip install pydicom-data`` brings the files.
    """
    raise NotImplementedError("no file is downloaded; pip install pydicom-data brings them")


__all__ = [
    "fetch_data_files",
    "get_charset_files",
    "get_palette_files",
    "get_testdata_file",
    "get_testdata_files",
]
