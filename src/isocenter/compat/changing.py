"""Assigning and removing elements, with pydicom's exceptions and warnings."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from isocenter.compat.adopting import adopted
from isocenter.compat.config import chosen
from isocenter.compat.element import DataElement
from isocenter.compat.howread import codecs_of
from isocenter.compat.lookup import KEY_ERRORS, LookedUp, tag_slice
from isocenter.compat.misc import warn_and_log
from isocenter.compat.raw import RawDataElement
from isocenter.compat.rawelements import convert_raw_data_element
from isocenter.compat.sequence import Sequence
from isocenter.compat.tag import BaseTag, Tag
from isocenter.core import dataset as core
from isocenter.core.element import DataElement as CoreElement
from isocenter.datadict import dictionary_VR, repeater_has_keyword
from isocenter.standard.tag import keyword_tags

_CAMEL_CASE = re.compile(r"[A-Z][A-Za-z0-9]+|[a-z](?=[A-Za-z0-9]*[A-Z])[A-Za-z0-9]+")
_NO_DEFAULT = object()


class Changed(LookedUp):
    """How elements are put, replaced and taken away."""

    meta_type: ClassVar[type[core.FileMetaDataset]]
    """The class of File Meta Information."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "file_meta":
            self._set_file_meta(value)
            return
        tag = keyword_tags().get(name)
        if tag is not None:
            self._assign(tag, value)
            return
        if repeater_has_keyword(name):
            raise ValueError(
                f"{name} is of a repeating group, so its keyword tells no tag: use add_new() or add()"
            )
        if (
            _CAMEL_CASE.fullmatch(name)
            and not name.startswith("is_")
            and not hasattr(type(self), name)
        ):
            _complain_of_keyword(name)
        object.__setattr__(self, name, value)

    def _set_file_meta(self, meta: Any) -> None:
        if meta is not None and not isinstance(meta, core.Dataset):
            raise TypeError(
                f"file_meta of a {type(self).__name__} takes a FileMetaDataset and nothing else"
            )
        if meta is not None and not isinstance(meta, self.meta_type):
            meta = self.meta_type(meta)
        self.__dict__["file_meta"] = meta

    def _assign(self, tag: int, value: Any) -> None:
        if tag in self._elements:
            element = self._element(tag)
            element.value = value
        else:
            element = DataElement(tag, self._vr_of(tag), value)
        self[tag] = element

    def __setitem__(self, key: Any, element: Any) -> None:
        if isinstance(key, slice):
            raise NotImplementedError("a slice of tags takes no elements")
        try:
            tag = int(Tag(key))
        except KEY_ERRORS as error:
            raise ValueError(f"{key!r} is no tag and no keyword") from error
        if isinstance(element, RawDataElement):
            element = convert_raw_data_element(element, encoding=codecs_of(self), ds=self)
        if not isinstance(element, CoreElement):
            raise TypeError("a data set holds elements: a DataElement is wanted")
        if tag != int(element.tag):
            raise ValueError(f"the element of tag {element.tag} cannot be put at {BaseTag(tag)}")
        if not isinstance(element, DataElement):
            element = adopted(element, self.item_type)
        if tag & 0x10000:
            self._note_creator(tag, element)
        if element.VR == "SQ" and not isinstance(element.value, Sequence):
            element.value = Sequence(element.value)
        element.as_read = False  # perhaps from other bytes
        self._elements[tag] = element

    def _note_creator(self, tag: int, element: DataElement) -> None:
        place = int(BaseTag(tag).private_creator)
        if place in self._elements and place != tag:
            element.private_creator = self._element(place).value

    def add_new(self, tag: Any, VR: str, value: Any) -> None:
        """Make an element and put it in its place."""
        self.add(DataElement(tag, VR, value))

    def __delitem__(self, key: Any) -> None:
        if isinstance(key, slice):
            super().__delitem__(tag_slice(key))
            return
        try:
            tag = int(Tag(key))
        except KEY_ERRORS as error:
            raise KeyError(f"'{key}'") from error
        if tag not in self._elements:
            raise KeyError(BaseTag(tag))
        del self._elements[tag]

    def __delattr__(self, name: str) -> None:
        try:
            super().__delattr__(name)
        except AttributeError as error:
            raise AttributeError(
                f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self
            ) from error

    def pop(self, key: Any, default: Any = _NO_DEFAULT) -> Any:
        """Remove an element and return it; ``default`` when absent."""
        try:
            tag = int(Tag(key))
        except KEY_ERRORS:
            tag = -1
        if tag not in self._elements:
            if default is _NO_DEFAULT:
                raise KeyError(key)
            return default
        element = self._element(tag)
        del self._elements[tag]
        return element

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """The element of ``key``, made from ``default`` (element or value) when absent."""
        tag = int(Tag(key))
        if tag not in self._elements:
            if not isinstance(default, CoreElement):
                default = DataElement(tag, self._new_vr(tag), default)
            self[tag] = default
        return self._element(tag)

    def _new_vr(self, tag: int) -> str:
        """The VR of an element that a value is given for; of a private one nobody knows it."""
        return "UN" if tag & 0x10000 else dictionary_VR(tag)


def _complain_of_keyword(name: str) -> None:
    message = (
        f"Camel case attribute '{name}' is no keyword of the data dictionary: it makes no element"
    )
    behavior = chosen().INVALID_KEYWORD_BEHAVIOR
    if behavior == "RAISE":
        raise ValueError(message)
    if behavior == "WARN":
        warn_and_log(message, stacklevel=3)
