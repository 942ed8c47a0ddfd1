"""Data sets with pydicom's manners, on :class:`isocenter.core.dataset.Dataset`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from isocenter.compat.charset import convert_encodings, decode_element, default_encoding
from isocenter.compat.config import chosen
from isocenter.compat.dataelem import DataElement, RawDataElement, convert_raw_data_element
from isocenter.compat.decoding import DECODERS
from isocenter.compat.errors import BytesLengthException
from isocenter.compat.misc import warn_and_log
from isocenter.compat.sequence import Sequence
from isocenter.compat.tag import BaseTag, Tag
from isocenter.compat.uid import PYDICOM_IMPLEMENTATION_UID
from isocenter.compat.version import __version_info__
from isocenter.core import dataset as core
from isocenter.core import fromjson, part10, private
from isocenter.core.deferred import DeferredElement
from isocenter.core.element import DataElement as CoreElement
from isocenter.core.multivalue import MultiValue
from isocenter.core.stored import Making
from isocenter.datadict import dictionary_description, dictionary_VR, repeater_has_keyword
from isocenter.errors import ValueDecodingError
from isocenter.standard.tag import LUT_DESCRIPTORS, keyword_tags

_CHARSET = 0x00080005
_CAMEL_CASE = re.compile(r"[A-Z][A-Za-z0-9]+|[a-z](?=[A-Za-z0-9]*[A-Z])[A-Za-z0-9]+")
_KEY_ERRORS = (ValueError, TypeError, OverflowError)
_NO_DEFAULT = object()


class PrivateBlock(private.PrivateBlock):
    """256 elements of an odd group that one creator reserved."""

    @property
    def block_start(self) -> int:
        """The number of the block's first element."""
        return int(self.get_tag(0)) & 0xFFFF

    def get_tag(self, element_offset: int) -> Any:
        """The tag of a place in the block."""
        if element_offset > 0xFF:
            raise ValueError(f"Element offset must be less than 256, not {element_offset}")
        return BaseTag(super().get_tag(element_offset))


class Dataset(core.Dataset):
    """Elements in tag order. Look them up by keyword, tag or pair of numbers."""

    indent_chars = "   "

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        given = args[0] if args else {}
        super().__init__(_elements(given))
        encoding = kwargs.get("parent_encoding", default_encoding)
        self.__dict__["_parent_encoding"] = encoding

    # --- elements -----------------------------------------------------------------------

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
        except _KEY_ERRORS as error:
            self._complain_of_key(name, error)
            return False

    def _complain_of_key(self, name: object, error: Exception) -> None:
        message = (
            f"Invalid value '{name}' used with the 'in' operator: must be an element tag as a"
            " 2-tuple or int, or an element keyword"
        )
        if isinstance(error, OverflowError):
            message = (
                "Invalid element tag value used with the 'in' operator: tags have a maximum value"
                " of (0xFFFF, 0xFFFF)"
            )
        behavior = chosen().INVALID_KEY_BEHAVIOR
        if behavior == "RAISE":
            raise ValueError(message) from error
        if behavior == "WARN":
            warn_and_log(message, stacklevel=3)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return super().__getitem__(_slice(key))
        try:
            tag = int(Tag(key))
        except _KEY_ERRORS as error:
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
            element = self._elements[tag] = adopted(element)
        if tag in LUT_DESCRIPTORS and element.VR == "SS" and element.as_read:
            element = self._elements[tag] = _unsigned_first(element)
        return element

    def _of_wrong_length(self, tag: int, error: BytesLengthException) -> DataElement:
        """An element whose bytes are no whole number of values: bytes, if that is chosen."""
        stored = self.holder(tag)
        assert stored is not None  # noqa: S101 - it was read
        where = f"{error} This occurred while trying to parse {BaseTag(tag)} according to VR '{stored.vr(tag)}'."
        if not chosen().convert_wrong_length_to_UN:
            raise BytesLengthException(
                f"{where} To replace this error with a warning set"
                " pydicom.config.convert_wrong_length_to_UN = True."
            )
        warn_and_log(f"{where} Setting VR to 'UN'.", stacklevel=4)
        element = DataElement.of(tag, "UN", bytes(stored.field(tag)))
        self._elements[tag] = element
        return element

    def _read_now(self, element: DeferredElement) -> DataElement:
        made = DataElement.of(int(element.tag), element.VR, element.value, element.private_creator)
        self._elements[int(element.tag)] = made
        return made

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """A numpy array of this one object; not of its elements."""
        from numpy import ndarray  # noqa: PLC0415 - only for those who have an array

        array = ndarray((), dtype=object)
        array[()] = self
        return array

    def get_item(self, key: Any) -> Any:
        """The element of a tag; here always decoded."""
        return self[key]

    def get(self, key: Any, default: Any = None) -> Any:
        """The value of a keyword or attribute, the element of a tag; ``default`` when absent."""
        if isinstance(key, str):
            return getattr(self, key, default)
        try:
            tag = int(Tag(key))
        except _KEY_ERRORS as error:
            raise TypeError(f"Dataset.get key must be a string or tag, not {key!r}") from error
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

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "file_meta":
            _set_file_meta(self, value)
            return
        tag = keyword_tags().get(name)
        if tag is not None:
            self._assign(tag, value)
            return
        if repeater_has_keyword(name):
            raise ValueError(
                f"'{name}' is a DICOM repeating group element and must be added using the add() or"
                " add_new() methods."
            )
        if (
            _CAMEL_CASE.fullmatch(name)
            and not name.startswith("is_")
            and not hasattr(type(self), name)
        ):
            self._complain_of_keyword(name)
        object.__setattr__(self, name, value)

    def _complain_of_keyword(self, name: str) -> None:
        message = f"Camel case attribute '{name}' used which is not in the element keyword data dictionary"
        behavior = chosen().INVALID_KEYWORD_BEHAVIOR
        if behavior == "RAISE":
            raise ValueError(message)
        if behavior == "WARN":
            warn_and_log(message, stacklevel=3)

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
        except _KEY_ERRORS as error:
            raise ValueError(f"Unable to convert the key '{key}' to an element tag") from error
        if isinstance(element, RawDataElement):
            element = convert_raw_data_element(element, encoding=_codecs(self), ds=self)
        if not isinstance(element, CoreElement):
            raise TypeError("Dataset items must be 'DataElement' instances")
        if tag != int(element.tag):
            raise ValueError(
                f"The key '{BaseTag(tag)}' doesn't match the 'DataElement' tag '{element.tag}'"
            )
        if not isinstance(element, DataElement):
            element = adopted(element)
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
            super().__delitem__(_slice(key))
            return
        try:
            tag = int(Tag(key))
        except _KEY_ERRORS as error:
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
        except _KEY_ERRORS:
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

    def data_element(self, name: str) -> Any:
        """The element of a keyword; ``None`` when absent."""
        tag = keyword_tags().get(name)
        return self._element(tag) if tag in self._elements else None

    def private_block(
        self,
        group: int,
        private_creator: str,
        create: bool = False,
    ) -> PrivateBlock:
        """The block a creator reserved in an odd group.

        Raises:
            ValueError: the group is even, the creator has no name, or no block is free.
            KeyError: the creator has no block there.
        """
        if group % 2 == 0:
            raise ValueError(f"Tag must be private if private creator is given: group {group:04X}")
        if not private_creator:
            raise ValueError("Private creator must have a value")
        try:
            block = super().private_block(group, private_creator, create)
        except KeyError:
            raise KeyError(f"Private creator '{private_creator}' not found") from None
        return PrivateBlock(self, group, private_creator, int(block.get_tag(0)) >> 8 & 0xFF)

    def private_creators(self, group: int) -> list[str]:
        """Who reserved blocks in a group.

        Raises:
            ValueError: the group is even.
        """
        if group % 2 == 0:
            raise ValueError(f"Group must be an odd number, not {group:04X}")
        return super().private_creators(group)

    @property
    def seq_item_tell(self) -> int | None:
        """Where an item begins in its file, at the item's tag; ``None`` for one made anew."""
        told = self.__dict__.get("_item_tell")
        if told is not None or self.stored is None:
            return told
        place = self.stored.encoded.offset(self.stored.start)
        return None if place is None else place - 8

    @seq_item_tell.setter
    def seq_item_tell(self, place: int) -> None:
        self.__dict__["_item_tell"] = place

    # --- how it was read, and is written ----------------------------------------------------

    @property
    def original_encoding(self) -> Any:
        """Whether it was read as implicit VR and as little endian; ``None`` for one made anew."""
        told = self.__dict__.get("_original")
        return super().original_encoding if told is None else told

    @property
    def original_character_set(self) -> Any:
        """Python's codecs that its text was read in; the default for one made anew."""
        told = self.__dict__.get("_read_charset")
        if told is not None:
            return told
        return default_encoding if self.stored is None else _codecs(self)

    @property
    def read_encoding(self) -> Any:
        """The former name of :attr:`original_character_set`."""
        _deprecated("read_encoding", "original_character_set")
        return self.original_character_set

    @read_encoding.setter
    def read_encoding(self, value: Any) -> None:
        _deprecated("read_encoding", "original_character_set")
        self.__dict__["_read_charset"] = value

    def set_original_encoding(
        self,
        is_implicit_vr: bool | None,
        is_little_endian: bool | None,
        character_encoding: Any = None,
    ) -> None:
        """Say how it was read."""
        self.__dict__["_original"] = (is_implicit_vr, is_little_endian)
        if character_encoding is not None:
            self.__dict__["_read_charset"] = character_encoding

    @property
    def is_original_encoding(self) -> bool:
        """Whether it will be written as it was read, character set included."""
        current = (self.is_implicit_VR, self.is_little_endian)
        same = None not in current and current == self.original_encoding
        return same and self.original_character_set == _codecs(self)

    @property
    def is_implicit_VR(self) -> Any:
        """Whether it is to be written without VRs, where no transfer syntax tells."""
        return self.__dict__.get("_implicit", super().original_encoding[0])

    @is_implicit_VR.setter
    def is_implicit_VR(self, value: bool | None) -> None:
        _deprecated("is_implicit_VR", "the Transfer Syntax UID or save_as(implicit_vr=...)")
        self.__dict__["_implicit"] = value

    @property
    def is_little_endian(self) -> Any:
        """Whether it is to be written as little endian, where no transfer syntax tells."""
        return self.__dict__.get("_little", super().original_encoding[1])

    @is_little_endian.setter
    def is_little_endian(self, value: bool | None) -> None:
        _deprecated("is_little_endian", "the Transfer Syntax UID or save_as(little_endian=...)")
        self.__dict__["_little"] = value

    @property
    def read_implicit_vr(self) -> Any:
        """The former name of a part of :attr:`original_encoding`."""
        _deprecated("read_implicit_vr", "original_encoding")
        return self.original_encoding[0]

    @property
    def read_little_endian(self) -> Any:
        """The former name of a part of :attr:`original_encoding`."""
        _deprecated("read_little_endian", "original_encoding")
        return self.original_encoding[1]

    def ensure_file_meta(self) -> None:
        """Give it an empty ``file_meta`` where it has none."""
        if not hasattr(self, "file_meta"):
            self.file_meta = FileMetaDataset()

    def decode(self) -> None:
        """Decode text again, in the character sets that are declared now."""
        self._decode(_codecs(self))

    def _decode(self, codecs: Any) -> None:
        for element in self:
            if element.VR == "SQ":
                for item in element.value:
                    own = (
                        convert_encodings(item.get(_CHARSET).value) if _CHARSET in item else codecs
                    )
                    item._decode(own)  # noqa: SLF001 - its own kind
            else:
                decode_element(element, codecs)

    # --- shown and compared --------------------------------------------------------------------

    def trait_names(self) -> list[str]:
        """What IPython offers behind a dot."""
        return dir(self)

    def formatted_lines(
        self,
        element_format: str = "%(tag)s %(name)-35.35s %(VR)s: %(repval)s",
        sequence_element_format: str = "%(tag)s %(name)-35.35s %(VR)s: %(repval)s",
        indent_format: str | None = None,
    ) -> Iterator[str]:
        """A line for each element of all levels, by a template of an element's attributes."""
        names = re.findall(r"%\((\w+)\)", element_format + sequence_element_format)
        del indent_format
        for element in self.iterall():
            template = sequence_element_format if element.VR == "SQ" else element_format
            yield template % {name: getattr(element, name) for name in names}

    def __str__(self) -> str:
        """The elements, a line each; before them those of ``file_meta`` where that is chosen."""
        meta = getattr(self, "file_meta", None) if chosen().show_file_meta else None
        head = [_HEAD, *(str(element) for element in meta), _RULE] if meta else []
        return "\n".join([*head, *_lines(self, 0)])

    __repr__ = __str__

    def top(self) -> str:
        """The lines of this level only."""
        return "\n".join(_lines(self, 0, nested=False))

    def __eq__(self, other: object) -> Any:
        if other is self:
            return True
        return super().__eq__(other) if isinstance(other, type(self)) else NotImplemented

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    # --- JSON ----------------------------------------------------------------------------------

    @classmethod
    def from_json(
        cls, json_dataset: Any, bulk_data_uri_handler: Callable[..., Any] | None = None
    ) -> Dataset:
        """The data set of a DICOM JSON Model object (PS3.18 F.2.2)."""
        made = fromjson.from_json(json_dataset, bulk_data_uri_handler)
        return cls(as_facade(made))


_RULE = "-" * 49
_HEAD = "Dataset.file_meta ".ljust(49, "-")


def _lines(ds: Dataset, depth: int, *, nested: bool = True) -> Iterator[str]:
    indent = ds.indent_chars * depth
    for element in ds:
        if element.VR != "SQ":
            yield f"{indent}{element}"
            continue
        yield f"{indent}{element.tag}  {element.name}  {len(element.value)} item(s) ---- "
        if nested:
            for item in element.value:
                yield from _lines(item, depth + 1)
                yield f"{ds.indent_chars * (depth + 1)}---------"


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
            raise TypeError(f"Argument must be a dict or Dataset, not {type(init_value)}")
        foreign = [str(Tag(tag)) for tag in init_value.keys() if Tag(tag).group != 2]
        if foreign:
            raise ValueError(
                "File meta datasets may only contain group 2 elements but the following elements"
                f" are present: {', '.join(foreign)}"
            )

    def __setitem__(self, key: Any, element: Any) -> None:
        if Tag(getattr(element, "tag", key)).group != 2:
            raise ValueError("Only group 2 data elements are allowed in a FileMetaDataset")
        super().__setitem__(key, element)


class FileDataset(Dataset, part10.FileDataset):  # type: ignore[misc]  # file_meta of Dataset is any
    """A data set from a file, with its preamble and File Meta Information.

    Args:
        filename_or_obj: the file, or the open file or buffer, it was read from.
        dataset: its elements.
        preamble: the 128 bytes before ``DICM``.
        file_meta: the File Meta Information.
        is_implicit_VR: whether it was written without VRs.
        is_little_endian: whether it was written as little endian.
    """

    meta_type: ClassVar[type[core.FileMetaDataset]]
    fileobj_type: Any = None
    buffer: Any = None
    timestamp: float | None = None

    def __init__(
        self,
        filename_or_obj: Any,
        dataset: Any,
        preamble: bytes | None = None,
        file_meta: Any = None,
        is_implicit_VR: bool = True,
        is_little_endian: bool = True,
    ) -> None:
        super().__init__(dataset)
        self.preamble = preamble
        self.file_meta = FileMetaDataset() if file_meta is None else file_meta
        self.__dict__.update(_implicit=is_implicit_VR, _little=is_little_endian)
        self.set_original_encoding(is_implicit_VR, is_little_endian)
        self.note_source(filename_or_obj)

    def note_source(self, source: Any) -> None:
        """Keep what it was read from: a name and its time, or a buffer."""
        named = isinstance(source, str | bytes | Path) or hasattr(source, "__fspath__")
        name = source if named else getattr(source, "name", getattr(source, "filename", None))
        self.__dict__["filename"] = str(name) if isinstance(name, str | Path) or named else None
        self.__dict__["fileobj_type"] = open if named else type(source)
        if not named and not hasattr(source, "peek"):
            self.__dict__["buffer"] = source
        path = Path(self.filename) if self.filename else None
        if path is not None and path.exists():
            self.__dict__["timestamp"] = path.stat().st_mtime


FileDataset.meta_type = FileMetaDataset
Dataset.making = Making(core.nesting(Sequence, Dataset), DataElement, DECODERS)


def _unsigned_first(element: Any) -> Any:
    """A LUT descriptor, whose first number is a count and has no sign (PS3.3 C.11.1.1)."""
    value = element.value
    if isinstance(value, list) and value[0] is not None and value[0] < 0:
        return DataElement.of(int(element.tag), "SS", MultiValue([value[0] + 0x10000, *value[1:]]))
    return element


def adopted(element: CoreElement) -> DataElement:
    """An element of the core as one of the facade."""
    value = element.value
    if element.VR == "SQ":
        value = Sequence(as_facade(item) for item in value or ())
    made = DataElement(
        element.tag, element.VR, value, already_converted=element.VR == "SQ", validation_mode=0
    )
    if element.private_creator:
        made.private_creator = element.private_creator
    return made


def as_facade(ds: core.Dataset) -> Dataset:
    """A data set of the core as one of the facade; one of the facade is given back."""
    if isinstance(ds, Dataset):
        return ds
    made = Dataset()
    for element in ds:
        made.add(adopted(element))
    return made


def _elements(given: Any) -> Any:
    """What a data set is made from; the elements of the core become the facade's."""
    if isinstance(given, core.Dataset | Mapping) or given is None:
        return given or {}
    return dict(given)


def _slice(key: slice) -> slice:
    ends = [None if end is None else int(Tag(end)) for end in (key.start, key.stop)]
    return slice(ends[0], ends[1], key.step)


def _codecs(ds: Dataset) -> Any:
    """Python's codecs of the character sets in force."""
    if _CHARSET in ds:
        return convert_encodings(ds[_CHARSET].value)
    stored = ds.stored
    if stored is not None and stored.inherited.sets.writes != "ascii":
        return [stored.inherited.sets.codec, *stored.inherited.sets.others]
    return ds.__dict__.get("_parent_encoding", default_encoding)


def _set_file_meta(ds: Dataset, meta: Any) -> None:
    if meta is not None and not isinstance(meta, core.Dataset):
        raise TypeError(f"'{type(ds).__name__}.file_meta' must be a 'FileMetaDataset' instance")
    if meta is not None and not isinstance(meta, FileMetaDataset):
        meta = FileMetaDataset(meta)
    ds.__dict__["file_meta"] = meta


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
            "Required File Meta Information elements are either missing or have an empty value:"
            f" {', '.join(missing)}"
        )


def _deprecated(name: str, instead: str) -> None:
    warn_and_log(
        f"'Dataset.{name}' will be removed in v4.0, use {instead} instead",
        DeprecationWarning,
        stacklevel=3,
    )


__all__ = [
    "Dataset",
    "FileDataset",
    "FileMetaDataset",
    "PrivateBlock",
    "validate_file_meta",
]
