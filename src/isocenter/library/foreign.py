"""Files of others in an output: a first build puts nothing over them.

In: what is to be built, into a folder where nothing was built before. Out: nothing, or a
refusal. A tree by age has the same paths in every folder (``00-yr/00-mo/01-ex/...``), so that
another tree, chosen as an output by mistake, would lose its DICOM files one by one.
"""

from __future__ import annotations

import filecmp
from collections.abc import Iterator
from pathlib import Path

from isocenter.errors import UsageError
from isocenter.files.target import Placement
from isocenter.library import layout
from isocenter.library.options import BuildOptions
from isocenter.library.scan import Tree


def check_foreign(tree: Tree, options: BuildOptions) -> None:
    """Refuse an output that holds other files where DICOM files would go.

    A library whose catalog is gone is known by its files above the series.

    Raises:
        UsageError: it names the first such file.
    """
    if options.in_place or options.placement is Placement.NONE:
        return
    if all((options.output / name).is_file() for name in (layout.PAGE, layout.FINDINGS)):
        return
    for target, source in _places(tree, options):
        if target.is_file() and not _same(source, target):
            raise UsageError(
                f"{target} would be replaced, and no library was made here:"
                " move it, or choose another folder"
            )


def _places(tree: Tree, options: BuildOptions) -> Iterator[tuple[Path, Path]]:
    for folder in tree.series:
        for name, path in folder.paths.items():
            yield options.output / folder.place.folder / name, options.root / path


def _same(source: Path, target: Path) -> bool:
    try:
        return target.samefile(source) or filecmp.cmp(source, target, shallow=False)
    except OSError:  # who cannot tell does not replace
        return False
