"""``map.json``: which examples there are, for the viewer's look-up by age.

The viewer deletes every character but digits and commas from the whole file, so that
each entry must reduce to ``YYMMEX`` and nothing else may contain a digit (REV.md 2).
"""

from __future__ import annotations

import orjson

from isocenter.library.model import Library


def age_map(library: Library) -> bytes:
    """The file's content: the examples with at least one image, in tree order."""
    folders = [f"./{example.folder}" for example in library.examples if example.shown]
    return orjson.dumps({"data": folders}) + b"\n"
