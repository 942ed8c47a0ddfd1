"""One data element, with pydicom's manners: what is assigned is checked and may warn."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from io import BufferedIOBase
from typing import Any, Self

from isocenter.compat.config import IGNORE, chosen
from isocenter.compat.misc import warn_and_log
from isocenter.compat.moments import DA, DT, TM
from isocenter.compat.names import PersonName
from isocenter.compat.numbers import DS, IS
from isocenter.compat.raw import RawDataElement, vr_and_value
from isocenter.compat.rules import mode_or_reading, validate_value
from isocenter.compat.sequence import Sequence
from isocenter.compat.tag import BaseTag, Tag
from isocenter.compat.uid import UID
from isocenter.compat.valuerep import (
    ALLOW_BACKSLASH,
    BUFFERABLE_VRS,
    DEFAULT_CHARSET_VR,
    LONG_VALUE_VR,
    STR_VR,
)
from isocenter.core import element as core
from isocenter.core.dataset import Dataset
from isocenter.core.dicomjson import to_json_dict
from isocenter.core.multivalue import MultiValue
from isocenter.standard import dictionary
from isocenter.standard.tag import LUT_DESCRIPTORS

_PIXEL_DATA = 0x7FE00010
_LONG_UN = 0xFFFF
_MOMENTS: dict[str, Callable[..., Any]] = {"DA": DA, "DT": DT, "TM": TM}


def empty_value_for_VR(VR: str | None, raw: bool = False) -> Any:
    """What an element without a value holds: text, ``None``, or no items."""
    if VR == "SQ":
        return b"" if raw else []
    if chosen().use_none_as_empty_text_VR_value:
        return None
    if VR == "PN":
        return b"" if raw else PersonName("")
    if VR in STR_VR and VR not in {"DS", "IS"}:
        return b"" if raw else ""
    return None


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
        self.VR = _known(self._tag, VR, value, undefined=is_undefined_length)
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
            self._value = _buffer(self, value)
            return
        if self.VR not in ALLOW_BACKSLASH and isinstance(value, str | bytes):
            delimiter = "\\" if isinstance(value, str) else b"\\"
            value = value.split(delimiter) if delimiter in value else value  # type: ignore[arg-type,operator]  # of one kind
        self._value = self._converted(value)

    def _converted(self, value: Any) -> Any:
        if self.VR == "SQ":
            return value if isinstance(value, Sequence) else Sequence(value)
        if self._tag == _PIXEL_DATA and hasattr(value, "dtype"):
            raise TypeError(
                "Pixel Data (7FE0,0010) is set using 'bytes', not 'numpy.ndarray';"
                " Dataset.set_pixel_data() takes an array"
            )
        if not hasattr(value, "append"):
            return self._one(value)
        if len(value) == 1:
            return self._one(value[0])
        if self._tag in LUT_DESCRIPTORS and value:
            return self._descriptor(value)
        return MultiValue(self._one, value)

    def _descriptor(self, value: Any) -> MultiValue:
        """Of a LUT descriptor only the second number may have a sign (PS3.3 C.11.1.1)."""
        validate_value("US", value[0], self.validation_mode)
        for number in value[1:]:
            validate_value(self.VR, number, self.validation_mode)
        return MultiValue(value)

    def _one(self, value: Any) -> Any:  # noqa: PLR0911 - one for each kind
        vr, mode = self.VR, self.validation_mode
        if isinstance(value, bytes) and vr in DEFAULT_CHARSET_VR:
            value = value.decode()
        if vr == "IS":
            return IS(value, mode)
        if vr == "DS":
            return DS(value, validation_mode=mode)
        if vr in _MOMENTS and chosen().datetime_conversion:
            return _MOMENTS[vr](value)
        if vr == "UI":
            return None if value is None else UID(value, mode)
        if vr == "PN":
            return PersonName(value, validation_mode=mode)
        if vr == "AT" and (value == 0 or value):
            return value if isinstance(value, BaseTag) else Tag(value)
        self.validate(value)
        return value

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
            return 1 if _size(value) else 0
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
        return _content(self.value) == _content(other.value)

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


def _known(tag: int, vr: str, value: Any, *, undefined: bool) -> str:
    """The VR that is known of an element that came as UN (PS3.5 6.2.2)."""
    if vr != "UN" or BaseTag(tag).is_private or not chosen().replace_un_with_known_vr:
        return vr
    if undefined or value is None or len(value) < _LONG_UN:
        return dictionary.dictionary_vr(tag) or vr
    return vr


def _buffer(element: DataElement, value: BufferedIOBase) -> BufferedIOBase:
    if element.VR not in BUFFERABLE_VRS:
        takes = ", ".join(sorted(str(vr) for vr in BUFFERABLE_VRS if "or" not in vr))
        raise ValueError(
            f"Elements with a VR of '{element.VR}' cannot be used with buffered values, supported"
            f" VRs are: {takes}"
        )
    where = f"Invalid buffer for {element.tag} '{element.name}'"
    if value.closed:
        raise ValueError(f"{where}: the buffer has been closed")
    if not value.readable() or not value.seekable():
        raise ValueError(f"{where}: the buffer must be readable and seekable")
    return value


def _size(buffer: BufferedIOBase) -> int:
    here = buffer.tell()
    size = buffer.seek(0, 2)
    buffer.seek(here)
    return size


def _content(value: Any) -> Any:
    """What is compared: of a file its bytes."""
    if not isinstance(value, BufferedIOBase):
        return value
    here = value.tell()
    value.seek(0)
    content = value.read()
    value.seek(here)
    return content


def convert_raw_data_element(
    raw: RawDataElement, *, encoding: Any = None, ds: Any = None
) -> DataElement:
    """The element that bytes are.

    Args:
        raw: the bytes.
        encoding: Python's codecs, or terms of Specific Character Set, of its text.
        ds: the data set it belongs to.

    Raises:
        ValueError: they are no value of the VR.
    """
    vr, value = vr_and_value(raw, encoding, ds)
    undefined = raw.length == 0xFFFFFFFF
    return DataElement(raw.tag, vr, value, raw.value_tell, undefined, already_converted=True)


def DataElement_from_raw(
    raw: RawDataElement, encoding: Any = None, dataset: Any = None
) -> DataElement:
    """The former name of :func:`convert_raw_data_element`."""
    warn_and_log(
        "'DataElement_from_raw' is deprecated, use 'convert_raw_data_element' instead",
        DeprecationWarning,
        stacklevel=2,
    )
    return convert_raw_data_element(raw, encoding=encoding, ds=dataset)


__all__ = [
    "DataElement",
    "DataElement_from_raw",
    "RawDataElement",
    "convert_raw_data_element",
    "empty_value_for_VR",
]
