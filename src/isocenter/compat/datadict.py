"""The data dictionary: ``isocenter.datadict`` with pydicom's tables beside it."""

from __future__ import annotations

from isocenter.datadict import *  # noqa: F403 - one door, two names
from isocenter.standard.rows import keyword_tags


def __getattr__(name: str) -> object:
    if name == "keyword_dict":
        return keyword_tags()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
