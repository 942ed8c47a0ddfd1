"""The data dictionary under pydicom's names: asking it, and adding to it.

Tags are given in any form :func:`isocenter.standard.tag.Tag` takes. What is added is
known to every part of Isocenter: attributes, printing, reading in implicit VR, JSON.
"""

from __future__ import annotations

from isocenter.standard.additions import (
    add_dict_entries,
    add_dict_entry,
    add_private_dict_entries,
    add_private_dict_entry,
)
from isocenter.standard.dictionary import Entry, entry, private_entry
from isocenter.standard.dictionary import keyword_for_tag as _keyword_for_tag
from isocenter.standard.rows import ELEMENTS, keyword_tags, repeater, repeater_keywords
from isocenter.standard.tag import Tag, TagLike

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


def get_entry(tag: TagLike) -> tuple[str, str, str, str, str]:
    """VR, VM, description, ``"Retired"`` or nothing, keyword; of repeating groups, too.

    Raises:
        KeyError: no row is known; private elements are asked of :func:`get_private_entry`.
    """
    row = _known(tag)
    return (*row[:4], row.keyword)


def dictionary_VR(tag: TagLike) -> str:  # noqa: N802 - pydicom's name
    """The Value Representation; several where it depends on the image: ``"US or SS"``.

    Raises:
        KeyError: no row is known.
    """
    return _known(tag).vr


def dictionary_VM(tag: TagLike) -> str:  # noqa: N802 - pydicom's name
    """How many values there may be, as PS3.6 writes it: ``"1"``, ``"2-2n"``.

    Raises:
        KeyError: no row is known.
    """
    return _known(tag).vm


def dictionary_description(tag: TagLike) -> str:
    """The name, as it is printed.

    Raises:
        KeyError: no row is known.
    """
    return _known(tag).name


def dictionary_keyword(tag: TagLike) -> str:
    """The keyword.

    Raises:
        KeyError: no row is known.
    """
    return _known(tag).keyword


def dictionary_is_retired(tag: TagLike) -> bool:
    """Whether the Standard has withdrawn the attribute.

    Raises:
        KeyError: no row is known.
    """
    return _known(tag).is_retired


def dictionary_has_tag(tag: TagLike) -> bool:
    """Whether the tag has a row of its own; repeating groups have one for many tags."""
    if isinstance(tag, str) and tag not in keyword_tags():
        return False
    return ELEMENTS[Tag(tag)] is not None


def keyword_for_tag(tag: TagLike) -> str:
    """The keyword, empty when there is none."""
    return _keyword_for_tag(Tag(tag))


def tag_for_keyword(keyword: str) -> int | None:
    """The tag of a keyword; ``None`` when there is none, or many as in repeating groups."""
    return keyword_tags().get(keyword)


def repeater_has_tag(tag: int) -> bool:
    """Whether the tag belongs to a repeating group such as ``60xx`` (PS3.5 7.6)."""
    return repeater(Tag(tag)) is not None


def repeater_has_keyword(keyword: str) -> bool:
    """Whether it is the keyword of a repeating group, such as ``"OverlayData"``."""
    return keyword in repeater_keywords()


def get_private_entry(tag: TagLike, private_creator: str) -> tuple[str, str, str, str]:
    """VR, VM, description, ``"Retired"`` or nothing, of a creator's element.

    Raises:
        KeyError: the creator or the element is not known.
    """
    return _known_private(tag, private_creator)[:4]


def private_dictionary_VR(tag: TagLike, private_creator: str) -> str:  # noqa: N802 - pydicom's name
    """The Value Representation of a creator's element.

    Raises:
        KeyError: the creator or the element is not known.
    """
    return _known_private(tag, private_creator).vr


def private_dictionary_VM(tag: TagLike, private_creator: str) -> str:  # noqa: N802 - pydicom's name
    """How many values a creator's element may have.

    Raises:
        KeyError: the creator or the element is not known.
    """
    return _known_private(tag, private_creator).vm


def private_dictionary_description(tag: TagLike, private_creator: str) -> str:
    """The name of a creator's element, without brackets.

    Raises:
        KeyError: the creator or the element is not known.
    """
    return _known_private(tag, private_creator).name


def _known(tag: TagLike) -> Entry:
    number = Tag(tag)
    row = entry(number)
    if row is None:
        raise KeyError(f"{number} is not in the data dictionary")
    return row


def _known_private(tag: TagLike, creator: str) -> Entry:
    number = Tag(tag)
    row = private_entry(number, creator)
    if row is None:
        raise KeyError(f"{number} of {creator!r} is not in the private dictionary")
    return row
