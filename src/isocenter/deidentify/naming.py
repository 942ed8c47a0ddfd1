"""Names for the output that tell nothing of the input's: counters, and the folders of an age.

``MUELLER/CT thorax/anna.dcm`` becomes ``0001/0001/000001.dcm``. Folders ``YY-yr``, ``MM-mo`` and
``EX-ex`` keep their names, so that a library stays one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from isocenter.deidentify.model import Piece

_OF_AGES = re.compile(r"\d\d-(?:yr|mo|ex)")


def pieces(names: Iterable[str]) -> tuple[Piece, ...]:
    """A target for every path, by their order; the same paths get the same targets."""
    folders: dict[str, str] = {"": ""}
    counts: dict[str, int] = {}
    made = []
    for name in names:
        folder, _, _ = name.rpartition("/")
        inside = _folder(folder, folders, counts)
        number = counts[f"{inside}/files"] = counts.get(f"{inside}/files", 0) + 1
        made.append(Piece(name, f"{inside}{'/' if inside else ''}{number:06}.dcm"))
    return tuple(made)


def _folder(folder: str, folders: dict[str, str], counts: dict[str, int]) -> str:
    """The name for a folder, after those above it have theirs."""
    if folder in folders:
        return folders[folder]
    above, _, own = folder.rpartition("/")
    inside = _folder(above, folders, counts)
    if not _OF_AGES.fullmatch(own):
        number = counts[inside] = counts.get(inside, 0) + 1
        own = f"{number:04}"
    folders[folder] = f"{inside}/{own}" if inside else own
    return folders[folder]
