"""Rows that a program adds to the data dictionary while it runs.

A dictionary is knowledge of the process, not a setting: a row that was added once is
there for every thread, in every look-up, until the process ends. Rows are checked before
any of them is added; then each goes into its mapping in one step.

What PS3.6 says of a tag or keyword stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from isocenter.errors import DictionaryError
from isocenter.standard.dictionary import PRIVATE_ADDITIONS, Entry, private_place
from isocenter.standard.rows import (
    ELEMENTS,
    Row,
    keyword_tags,
    repeater,
    repeater_keywords,
    standard_row,
)
from isocenter.standard.tag import BaseTag, Tag
from isocenter.standard.vr import VR as KNOWN_VR


def add_dict_entry(  # noqa: PLR0913, PLR0917 - pydicom's signature
    tag: int,
    VR: str,  # noqa: N803 - pydicom's name
    keyword: str,
    description: str,
    VM: str = "1",  # noqa: N803 - pydicom's name
    is_retired: str = "",
) -> None:
    """Add the row of an attribute that PS3.6 does not have, or replace one that was added.

    Args:
        tag: the tag, of an even group.
        VR: the Value Representation; of several, ``"US or SS"``.
        keyword: its name as a Python attribute; of a replaced row the keyword goes.
        description: its name where it is printed.
        VM: how many values it has, as PS3.6 writes it.
        is_retired: ``"Retired"`` or nothing.

    Raises:
        DictionaryError: the tag is private, a row of PS3.6 says otherwise, the VR is none
            of PS3.5 6.2, or the keyword is no Python name or another attribute's.
    """
    add_dict_entries({tag: (VR, VM, description, is_retired, keyword)})


def add_dict_entries(new_entries_dict: Mapping[int, Row]) -> None:
    """Add several rows, or none when one of them cannot be.

    Args:
        new_entries_dict: tag -> (VR, VM, description, is_retired, keyword), as
            :func:`add_dict_entry` explains them.

    Raises:
        DictionaryError: as for :func:`add_dict_entry`.
    """
    rows = {Tag(tag): _row(Tag(tag), row) for tag, row in new_entries_dict.items()}
    new = {tag: row for tag, row in rows.items() if not _is_standard(tag, row)}
    for tag, row in new.items():
        _add(tag, row)


def add_private_dict_entry(
    private_creator: str,
    tag: int,
    VR: str,  # noqa: N803 - pydicom's name
    description: str,
    VM: str = "1",  # noqa: N803 - pydicom's name
) -> None:
    """Add the row of a private element, or put it in the place of a known one.

    Args:
        private_creator: who reserves the block.
        tag: the tag, of an odd group; of its element only the last two digits count,
            for the block differs from file to file (PS3.5 7.8.1).
        VR: the Value Representation; of several, ``"US or SS"``.
        description: its name where it is printed, in brackets.
        VM: how many values it has, as PS3.6 writes it.

    Raises:
        DictionaryError: the tag is not private, or the VR is none of PS3.5 6.2.
    """
    add_private_dict_entries(private_creator, {tag: (VR, VM, description)})


def add_private_dict_entries(
    private_creator: str,
    new_entries_dict: Mapping[int, tuple[str, str, str] | tuple[str, str, str, str]],
) -> None:
    """Add several rows of a creator, or none when one of them cannot be.

    Args:
        private_creator: who reserves the block.
        new_entries_dict: tag -> (VR, VM, description) or (VR, VM, description,
            is_retired), as :func:`add_private_dict_entry` explains them.

    Raises:
        DictionaryError: as for :func:`add_private_dict_entry`.
    """
    rows = {
        (private_creator, private_place(Tag(tag))): _private_row(Tag(tag), *row)
        for tag, row in new_entries_dict.items()
    }
    PRIVATE_ADDITIONS.update(rows)


def _row(tag: BaseTag, row: Row) -> Row:
    vr, vm, name, retired, keyword = row
    if tag.is_private:
        raise DictionaryError(f"{tag} is private: add_private_dict_entry takes its row")
    if keyword and not keyword.isidentifier():
        raise DictionaryError(f"{keyword!r} is no keyword: it stands before the description")
    owner = keyword_tags().get(keyword, tag)
    if keyword in repeater_keywords() or (owner != tag and standard_row(owner)):
        raise DictionaryError(f"{keyword} is the keyword of another attribute of PS3.6")
    return _vr(vr), str(vm), str(name), str(retired), str(keyword)


def _private_row(tag: BaseTag, vr: str, vm: str, name: str, retired: str = "") -> Entry:
    if not tag.is_private:
        raise DictionaryError(f"{tag} is not private: add_dict_entry takes its row")
    return Entry(_vr(vr), str(vm), str(name), str(retired))


def _vr(text: str) -> str:
    unknown = set(str(text).split(" or ")) - set(KNOWN_VR)
    if unknown:
        raise DictionaryError(f"{min(unknown)!r} is no Value Representation of PS3.5 6.2")
    return str(text)


def _is_standard(tag: int, row: Row) -> bool:
    """Whether PS3.6 has the row already; it counts as the same by VR and keyword."""
    known = standard_row(tag) or repeater(tag)
    if known is None:
        return False
    if (known[0], known[4]) != (row[0], row[4]):
        raise DictionaryError(f"PS3.6 says of {BaseTag(tag)}: {known[4]}, VR {known[0]}")
    return True


def _add(tag: int, row: Row) -> None:
    tags, known = keyword_tags(), ELEMENTS[tag]
    if known is not None and known[4] != row[4] and tags.get(known[4]) == tag:
        del tags[known[4]]
    ELEMENTS[tag] = row
    if row[4]:
        tags[row[4]] = tag
