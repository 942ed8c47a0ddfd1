"""File Meta Information with pydicom's checks (PS3.10 7.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isocenter.compat.levels import Dataset
from isocenter.compat.tag import BaseTag, Tag
from isocenter.compat.uid import PYDICOM_IMPLEMENTATION_UID
from isocenter.compat.version import __version_info__
from isocenter.core import dataset as core
from isocenter.datadict import dictionary_description


class FileMetaDataset(Dataset, core.FileMetaDataset):
    """File Meta Information: elements of group 0002 only (PS3.10 7.1).

    Raises:
        ValueError: an element is of another group.
        TypeError: it is made of something that holds no elements.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.validate(args[0] if args else {})
        super().__init__(*args, **kwargs)

    @staticmethod
    def validate(init_value: Any) -> None:
        """Whether all elements are of group 0002."""
        if init_value is None:
            return
        if not isinstance(init_value, core.Dataset | Mapping):
            raise TypeError(
                f"file meta is made of a data set or a mapping, not of {type(init_value).__name__}"
            )
        foreign = [str(Tag(tag)) for tag in init_value.keys() if Tag(tag).group != 2]
        if foreign:
            raise ValueError(
                f"file meta is group 0002 alone (PS3.10 7.1); these are not: {', '.join(foreign)}"
            )

    def __setitem__(self, key: Any, element: Any) -> None:
        if Tag(getattr(element, "tag", key)).group != 2:
            raise ValueError("file meta takes elements of group 0002 only (PS3.10 7.1)")
        super().__setitem__(key, element)


Dataset.meta_type = FileMetaDataset


def validate_file_meta(file_meta: Any, enforce_standard: bool = True) -> None:
    """Complete and check File Meta Information (PS3.10 7.1).

    Raises:
        ValueError: an element is of another group.
        AttributeError: one that is required is missing.
    """
    FileMetaDataset.validate(file_meta)
    if not enforce_standard:
        return
    for keyword, value in (
        ("FileMetaInformationVersion", b"\x00\x01"),
        ("ImplementationClassUID", PYDICOM_IMPLEMENTATION_UID),
    ):
        if not file_meta.get(keyword):
            setattr(file_meta, keyword, value)
    if "ImplementationVersionName" not in file_meta:
        file_meta.ImplementationVersionName = f"PYDICOM {'.'.join(__version_info__)}"
    missing = [
        f"{BaseTag(tag)} {dictionary_description(tag)}"
        for tag in (0x00020002, 0x00020003, 0x00020010)
        if tag not in file_meta or file_meta[tag].is_empty
    ]
    if missing:
        raise AttributeError(
            f"file meta lacks, or has without a value, what PS3.10 7.1 requires: {', '.join(missing)}"
        )
