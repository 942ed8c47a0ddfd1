"""From what the user points at to the tree that is built, in either layout.

In: :class:`BuildOptions`. Out: a :class:`Tree`, series folders with what lies in them. A
source in which there is a folder ``YY-yr/MM-mo/EX-ex/SERIES`` is laid out by age; any other
is grouped by its UIDs (:mod:`isocenter.library.bystudy`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from isocenter.errors import UsageError
from isocenter.library import layout, scan
from isocenter.library.bystudy import Shown, by_study, unshown
from isocenter.library.choice import chosen
from isocenter.library.model import Layout
from isocenter.library.options import BuildOptions
from isocenter.library.scan import NAME_TAKEN, Tree
from isocenter.library.urls import viewer_address


def plan(options: BuildOptions, *, workers: int = 1, shown: Shown = unshown) -> Tree:
    """Find the series to build.

    Args:
        options: what to build, and where.
        workers: processes that read headers, where files are grouped by them; 0 is one per core.
        shown: shows how many of them are read.

    Raises:
        UsageError: there is no such source, it holds no series, or it cannot be built so; the
            viewer's address is none.
    """
    source = options.source
    if options.server:
        viewer_address(options.server, year="00", month="00", example="00")
    if not source.exists():
        raise UsageError(f"{source} does not exist")
    try:
        if (options.layout or detected(source)) is Layout.STUDY:
            return by_study(options, workers=workers, shown=shown)
        return _by_age(options)
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror or error}") from error


def detected(source: Path) -> Layout:
    """The layout of a source: by age when it has a series folder where such a tree has them.

    Raises:
        OSError: the source cannot be listed.
    """
    return Layout.REV if source.is_dir() and any(_series(source)) else Layout.STUDY


def _series(root: Path) -> Iterator[Path]:
    examples = (
        example
        for year in _folders(root, layout.YEAR)
        for month in _folders(year, layout.MONTH)
        for example in _folders(month, layout.EXAMPLE)
    )
    return (path for example in examples for path in example.iterdir() if path.is_dir())


def _folders(above: Path, pattern: re.Pattern[str]) -> Iterator[Path]:
    return (path for path in above.iterdir() if pattern.fullmatch(path.name) and path.is_dir())


def _by_age(options: BuildOptions) -> Tree:
    source = options.source
    if not source.is_dir():
        raise UsageError(f"{source} is no folder")
    tree = chosen(scan.scan(source, () if options.in_place else (options.output,)), options)
    taken = [finding.path for finding in tree.findings if finding.code == NAME_TAKEN]
    if taken and options.in_place:
        raise UsageError(f"{taken[0]} is a DICOM file with the name of an output; rename it")
    if not tree.series:
        raise UsageError(
            f"{source} has no series: expected YY-yr/MM-mo/EX-ex/SERIES/files below it"
        )
    return tree
