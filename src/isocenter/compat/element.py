"""One data element, with pydicom's manners: what is assigned is checked and may warn."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from io import BufferedIOBase
from typing import Any, Self

from isocenter.compat import buffers
from isocenter.compat.assigned import converted, empty_value_for_VR, known_vr
from isocenter.compat.config import IGNORE
from isocenter.compat.names import PersonName
from isocenter.compat.rules import mode_or_reading, validate_value
from isocenter.compat.tag import BaseTag, Tag
from isocenter.compat.uid import UID
from isocenter.compat.valuerep import ALLOW_BACKSLASH, LONG_VALUE_VR
from isocenter.core import element as core
from isocenter.core.dataset import Dataset
from isocenter.core.dicomjson import to_json_dict
from isocenter.standard import dictionary


class DataElement(core.DataElement):
    """A decoded element.

    Args:
        tag: the tag, in any form :func:`Tag` takes.
        VR: the Value Representation.
        value: any Python value that makes sense for the VR; it is converted.
        file_value_tell: where the value stands in its file.
        is_undefined_length: whether the length was not told in the file.
        already_converted: take the value as it is.
        validation_mode: what becomes of a value that the VR forbids.
    """

    descripWidth = 35
    maxBytesToDisplay = 16
    showVR = True
    is_raw = False
    file_tell: int | None = None
    is_undefined_length = False
    validation_mode = IGNORE
    """What becomes of a value that the VR forbids; of what was read nothing more."""

    def __init__(
        self,
        tag: Any,
        VR: str,
        value: Any,
        file_value_tell: int | None = None,
        is_undefined_length: bool = False,
        already_converted: bool = False,
        validation_mode: int | None = None,
    ) -> None:
        self._tag = int(Tag(tag))
        self.VR = known_vr(self._tag, VR, value, undefined=is_undefined_length)
        self.validation_mode = mode_or_reading(validation_mode)
        self.file_tell, self.is_undefined_length = file_value_tell, is_undefined_length
        if already_converted:
            self._value = value
        else:
            self.value = value

    @property
    def tag(self) -> BaseTag:
        """The tag."""
        return BaseTag(self._tag)

    @tag.setter
    def tag(self, tag: Any) -> None:
        self._tag = int(Tag(tag))

    @property
    def private_creator(self) -> Any:
        """Who reserved the block of a private element; ``None`` for others."""
        return getattr(self, "_creator", None) or None

    @private_creator.setter
    def private_creator(self, creator: str | None) -> None:
        self._creator = creator or ""

    @property
    def value(self) -> Any:
        """The value: one, a :class:`MultiValue`, a :class:`Sequence`, or the empty value."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self._assigned = True
        if isinstance(value, BufferedIOBase):
            self._value = buffers.usable(value, self)
            return
        if self.VR not in ALLOW_BACKSLASH and isinstance(value, str | bytes):
            delimiter = "\\" if isinstance(value, str) else b"\\"
            value = value.split(delimiter) if delimiter in value else value  # type: ignore[arg-type,operator]  # of one kind
        self._value = converted(value, self.VR, self._tag, self.validation_mode)

    def validate(self, value: Any) -> None:
        """A warning or an error, as the element's mode says, for what its VR forbids."""
        validate_value(self.VR, value, self.validation_mode)

    @property
    def VM(self) -> int:
        """How many values there are (PS3.5 6.4)."""
        value = self.value
        if self.VR == "SQ":
            return 1
        if value is None:
            return 0
        if isinstance(value, str | bytes | PersonName):
            return 1 if value else 0
        if isinstance(value, BufferedIOBase):
            return 1 if buffers.size(value) else 0
        return len(value) if hasattr(value, "__iter__") else 1

    @property
    def is_empty(self) -> bool:
        """Whether the element is there without a value."""
        return not self.value if self.VR == "SQ" else self.VM == 0

    @property
    def is_buffered(self) -> bool:
        """Whether the value is a file that it is read from when it is written."""
        return isinstance(self._value, BufferedIOBase)

    @property
    def is_private(self) -> bool:
        """Whether the group is odd."""
        return self.tag.is_private

    @property
    def is_retired(self) -> bool:
        """Whether the Standard has withdrawn the attribute."""
        row = dictionary.entry(self.tag)
        return row is not None and row.is_retired

    @property
    def empty_value(self) -> Any:
        """What the element holds when it has no value."""
        return empty_value_for_VR(self.VR)

    def clear(self) -> None:
        """Take the value away."""
        self._assigned, self._value = True, self.empty_value

    @property
    def name(self) -> str:
        """The name of PS3.6; in brackets when a private dictionary knows it; else nothing."""
        name = super().name
        return "" if name == "Unknown" else name

    @property
    def repval(self) -> str:
        """The value as one line of text; of many bytes or values only their number."""
        value = self.value
        most = self.maxBytesToDisplay
        if not self.is_buffered:
            if self.VR in LONG_VALUE_VR and hasattr(value, "__len__") and len(value) > most:
                return f"Array of {len(value)} elements"
            if most < self.VM:
                return f"Array of {self.VM} elements"
            if isinstance(value, UID):
                return value.name
        return repr(value)

    def __str__(self) -> str:
        width = self.descripWidth
        shown = f"{self.VR}: {self.repval}" if self.showVR else self.repval
        return f"{self.tag} {self.name[:width]:<{width}} {shown}"

    __repr__ = __str__

    def __getitem__(self, key: Any) -> Any:
        """One of several values, or an item of a sequence."""
        try:
            return self.value[key]
        except TypeError as error:
            raise TypeError(f"the value of {self.tag} has no parts: {error}") from None

    def __eq__(self, other: object) -> Any:
        if other is self:
            return True
        if not isinstance(other, core.DataElement):
            return NotImplemented
        if (self._tag, self.VR) != (other._tag, other.VR):
            return False
        return buffers.content_of(self.value) == buffers.content_of(other.value)

    def __ne__(self, other: object) -> Any:
        return not self == other

    __hash__ = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        other = self.__class__.__new__(self.__class__)
        memo[id(self)] = other
        other.__dict__.update(deepcopy(self.__dict__, memo))
        for name in core.DataElement.__slots__:
            if hasattr(self, name):
                setattr(other, name, deepcopy(getattr(self, name), memo))
        return other

    def to_json_dict(
        self,
        bulk_data_element_handler: Callable[[Any], str] | None = None,
        bulk_data_threshold: int = 1024,
    ) -> dict[str, Any]:
        """The attribute object of the DICOM JSON Model (PS3.18 F.2.2)."""
        alone = Dataset()
        alone.add(self)
        model = to_json_dict(alone, bulk_data_threshold, bulk_data_element_handler)
        found: dict[str, Any] = model[self.tag.json_key]
        return found

    def to_json(
        self,
        bulk_data_threshold: int = 1024,
        bulk_data_element_handler: Callable[[Any], str] | None = None,
        dump_handler: Callable[[dict[str, Any]], str] | None = None,
    ) -> str:
        """The attribute object as JSON text."""
        model = self.to_json_dict(bulk_data_element_handler, bulk_data_threshold)
        return dump_handler(model) if dump_handler else json.dumps(model, sort_keys=True)

    @classmethod
    def from_json(
        cls,
        dataset_class: Any,
        tag: str,
        vr: str,
        value: Any,
        value_key: str | None,
        bulk_data_uri_handler: Callable[..., Any] | None = None,
    ) -> DataElement:
        """The element of an attribute object of the DICOM JSON Model (PS3.18 F.2.2)."""
        attribute = {"vr": vr} | ({value_key: value} if value_key else {})
        made: DataElement = dataset_class.from_json({tag: attribute}, bulk_data_uri_handler)[
            Tag(tag)
        ]
        return made
