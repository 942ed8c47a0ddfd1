"""Looking up elements by keyword, tag or pair, with pydicom's exceptions and warnings."""

from __future__ import annotations

from typing import Any, ClassVar

from isocenter.compat.adopting import adopted, unsigned_first
from isocenter.compat.config import chosen
from isocenter.compat.element import DataElement
from isocenter.compat.errors import BytesLengthException
from isocenter.compat.misc import warn_and_log
from isocenter.compat.tag import BaseTag, Tag
from isocenter.core import dataset as core
from isocenter.core.deferred import DeferredElement
from isocenter.errors import ValueDecodingError
from isocenter.standard.tag import LUT_DESCRIPTORS, keyword_tags

KEY_ERRORS = (ValueError, TypeError, OverflowError)
"""What is raised for that which is no tag."""


class LookedUp(core.Dataset):
    """How elements are found and decoded."""

    item_type: ClassVar[type[Any]]
    """The class of nested data sets."""

    def keys(self) -> list[Any]:
        """The tags, in tag order."""
        return [BaseTag(tag) for tag in sorted(self._elements)]

    def __contains__(self, name: object) -> bool:
        if isinstance(name, str):
            tag = keyword_tags().get(name)
            if tag is not None:
                return tag in self._elements
        try:
            return int(Tag(name)) in self._elements
        except KEY_ERRORS as error:
            _complain_of_key(name, error)
            return False

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return super().__getitem__(tag_slice(key))
        if type(key) is int and key in self._elements:
            return self._element(key)  # at once for loops over numbers
        try:
            tag = int(Tag(key))
        except KEY_ERRORS as error:
            raise KeyError(f"'{key}'") from error
        return self._element(tag)

    def _element(self, tag: int) -> Any:
        try:
            element = super()._element(tag)
        except KeyError:
            raise KeyError(BaseTag(tag)) from None
        except ValueDecodingError as error:
            if not isinstance(error.__cause__, BytesLengthException):
                raise
            element = self._of_wrong_length(tag, error.__cause__)
        if isinstance(element, DeferredElement):
            element = self._read_now(element)
        elif not isinstance(element, DataElement):
            element = self._elements[tag] = adopted(element, self.item_type)
        if tag in LUT_DESCRIPTORS and element.VR == "SS" and element.as_read:
            element = self._elements[tag] = unsigned_first(element)
        return element

    def _of_wrong_length(self, tag: int, error: BytesLengthException) -> DataElement:
        """An element whose bytes are no whole number of values: bytes, if that is chosen."""
        stored = self.holder(tag)
        assert stored is not None  # noqa: S101 - it was read
        where = f"{error} {BaseTag(tag)} was read as VR {stored.vr(tag)}."
        if not chosen().convert_wrong_length_to_UN:
            raise BytesLengthException(
                f"{where} With config.convert_wrong_length_to_UN its bytes are kept, and this is a"
                " warning."
            )
        warn_and_log(f"{where} Setting VR to 'UN'.", stacklevel=4)
        element = DataElement.of(tag, "UN", bytes(stored.field(tag)))
        self._elements[tag] = element
        return element

    def _read_now(self, element: DeferredElement) -> DataElement:
        made = DataElement.of(int(element.tag), element.VR, element.value, element.private_creator)
        self._elements[int(element.tag)] = made
        return made

    def get_item(self, key: Any) -> Any:
        """The element of a tag; here always decoded."""
        return self[key]

    def get(self, key: Any, default: Any = None) -> Any:
        """The value of a keyword or attribute, the element of a tag; ``default`` when absent."""
        if isinstance(key, str):
            return getattr(self, key, default)
        try:
            tag = int(Tag(key))
        except KEY_ERRORS as error:
            raise TypeError(f"elements are asked for by keyword or tag, not by {key!r}") from error
        return self._element(tag) if tag in self._elements else default

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except ValueDecodingError:
            raise
        except AttributeError as error:
            if isinstance(getattr(type(self), name, None), property):
                raise
            told = f"'{type(self).__name__}' object has no attribute '{name}'"
            raise AttributeError(told, name=name, obj=self) from error

    def data_element(self, name: str) -> Any:
        """The element of a keyword; ``None`` when absent."""
        tag = keyword_tags().get(name)
        return self._element(tag) if tag in self._elements else None


def _complain_of_key(name: object, error: Exception) -> None:
    message = f"'{name}' in a data set: neither a keyword nor a tag, so it is in none"
    if isinstance(error, OverflowError):
        message = f"'{name}' in a data set: greater than the last tag, (FFFF,FFFF)"
    behavior = chosen().INVALID_KEY_BEHAVIOR
    if behavior == "RAISE":
        raise ValueError(message) from error
    if behavior == "WARN":
        warn_and_log(message, stacklevel=3)


def tag_slice(key: slice) -> slice:
    """Numbers, for the ends of a slice in any form a tag takes."""
    ends = [None if end is None else int(Tag(end)) for end in (key.start, key.stop)]
    return slice(ends[0], ends[1], key.step)
