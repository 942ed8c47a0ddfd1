"""What ``isocenter show`` is asked for: files, folders, and places in a data set."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from isocenter.core.paths import ElementPath
from isocenter.errors import DicomError, InvalidDicomError, UsageError
from isocenter.files.reading import read_by_content
from isocenter.ordering import natural

_SEPARATOR = "::"


@dataclass(frozen=True, slots=True)
class Target:
    """What was asked for: a file or folder and, where given, what of the data set."""

    path: Path
    element: ElementPath | None = None


def target(text: str) -> Target:
    """The file and the element path in ``text``; a file's name may have ``::`` in it."""
    for name, path in _splits(text):
        if name and os.path.exists(name):  # noqa: PTH110 - False for a name that cannot be one
            return Target(Path(name), ElementPath.parse(path) if path is not None else None)
    name = text.partition(_SEPARATOR)[0]
    raise UsageError(f"{name or text} does not exist")


def _splits(text: str) -> Iterator[tuple[str, str | None]]:
    yield text, None
    at = text.find(_SEPARATOR)
    while at >= 0:
        yield text[:at], text[at + len(_SEPARATOR) :]
        at = text.find(_SEPARATOR, at + 1)


def files(target: Target, complain: Callable[[str], None]) -> Iterator[Target]:
    """The target itself; of a folder the first file of each series."""
    if target.path.is_file():
        yield target
    elif not target.path.is_dir():
        complain(f"{target.path}: a pipe, socket or device is no file")
    else:
        for path in _first_of_each_series(target.path, complain):
            yield replace(target, path=path)


def _first_of_each_series(folder: Path, complain: Callable[[str], None]) -> Iterator[Path]:
    seen: set[str] = set()
    for path in _in_natural_order(folder, complain):
        try:
            header = read_by_content(path, stop_before_pixels=True)
        except InvalidDicomError:
            continue  # a folder may hold other files, too
        except (DicomError, OSError):
            yield path  # to be told why
            continue
        series = str(header.get("SeriesInstanceUID") or path.parent)
        if series not in seen:
            seen.add(series)
            yield path
    if not seen:
        complain(f"{folder}: no DICOM file in it")


def _in_natural_order(folder: Path, complain: Callable[[str], None]) -> list[Path]:
    def unreadable(error: OSError) -> None:
        complain(f"{error.filename}: {error.strerror}")

    paths = [
        Path(parent, name)
        for parent, _, names in os.walk(folder, onerror=unreadable)
        for name in names
    ]
    files = (path for path in paths if path.is_file())
    return sorted(files, key=lambda path: ([natural(part) for part in path.parts], path))


def not_read(path: Path, error: DicomError | OSError) -> str:
    """The line that says why a file is not there to be shown."""
    if isinstance(error, InvalidDicomError):
        return f"{path}: is no DICOM file"
    if isinstance(error, OSError):
        return f"{path}: {error.strerror or error}"
    error.path = str(path)
    return str(error)
