"""The data dictionary: ``isocenter.datadict`` with pydicom's tables beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isocenter import datadict as own
from isocenter.compat.tag import BaseTag
from isocenter.datadict import (
    dictionary_description,
    dictionary_has_tag,
    dictionary_is_retired,
    dictionary_keyword,
    dictionary_VM,
    dictionary_VR,
    get_entry,
    get_private_entry,
    keyword_for_tag,
    private_dictionary_description,
    private_dictionary_VM,
    private_dictionary_VR,
    repeater_has_keyword,
    repeater_has_tag,
    tag_for_keyword,
)
from isocenter.standard.rows import keyword_tags, repeater_keywords


def add_dict_entries(new_entries_dict: Mapping[int, tuple[str, ...]]) -> None:
    """Put rows beside those of PS3.6: tag -> VR, VM, name, is_retired, keyword.

    Raises:
        ValueError: a tag is private, or a row contradicts the Standard.
    """
    if any(BaseTag(tag).is_private for tag in new_entries_dict):
        raise ValueError("a private tag belongs to a creator: add_private_dict_entries() adds it")
    own.add_dict_entries(new_entries_dict)  # type: ignore[arg-type]  # its length is checked there


def add_dict_entry(
    tag: int, VR: str, keyword: str, description: str, VM: str = "1", is_retired: str = ""
) -> None:
    """Put one row beside those of PS3.6; see :func:`add_dict_entries`."""
    add_dict_entries({tag: (VR, VM, description, is_retired, keyword)})


def add_private_dict_entries(
    private_creator: str, new_entries_dict: Mapping[int, tuple[str, ...]]
) -> None:
    """Put rows into the private dictionary: tag -> VR, VM, name.

    Raises:
        ValueError: a tag is not private.
    """
    if not all(BaseTag(tag).is_private for tag in new_entries_dict):
        raise ValueError(
            "private creators have odd groups only: add_dict_entries() adds the others"
        )
    rows = {tag: tuple(row[:4]) for tag, row in new_entries_dict.items()}
    own.add_private_dict_entries(private_creator, rows)  # type: ignore[arg-type]  # as above


def add_private_dict_entry(
    private_creator: str, tag: int, VR: str, description: str, VM: str = "1"
) -> None:
    """Put one row into the private dictionary; see :func:`add_private_dict_entries`."""
    add_private_dict_entries(private_creator, {tag: (VR, VM, description)})


def __getattr__(name: str) -> Any:
    """Tables: keyword -> tag, and the keywords of repeating groups."""
    if name == "keyword_dict":
        return keyword_tags()
    if name == "REPEATER_KEYWORDS":
        return sorted(repeater_keywords())
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "add_dict_entries",
    "add_dict_entry",
    "add_private_dict_entries",
    "add_private_dict_entry",
    "dictionary_VM",
    "dictionary_VR",
    "dictionary_description",
    "dictionary_has_tag",
    "dictionary_is_retired",
    "dictionary_keyword",
    "get_entry",
    "get_private_entry",
    "keyword_for_tag",
    "private_dictionary_VM",
    "private_dictionary_VR",
    "private_dictionary_description",
    "repeater_has_keyword",
    "repeater_has_tag",
    "tag_for_keyword",
]
