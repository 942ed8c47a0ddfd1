"""To and from pydicom's data sets, without a detour over a file.

pydicom is no dependency: it is imported when one of the two functions is called.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from isocenter.core.dataset import Dataset, FileMetaDataset
from isocenter.core.element import DataElement
from isocenter.core.numberstring import IS, DSfloat
from isocenter.core.part10 import FileDataset
from isocenter.core.personname import PersonName
from isocenter.core.sequence import Sequence
from isocenter.core.stored import Making, creator_tag, known_vr
from isocenter.errors import UsageError, ValueDecodingError
from isocenter.standard.uid import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, UID

if TYPE_CHECKING:
    import pydicom

Pending: TypeAlias = list[tuple[Any, Any, Any]]
"""Nested data sets still to be filled: from, to, character sets of the one around."""

_PIXEL_DATA = 0x7FE00010
_UNDEFINED = 0xFFFFFFFF
_IGNORE = 0
"""pydicom's validation mode that lets values pass as they are."""
_SYNTAXES = {(True, True): IMPLICIT_LITTLE, (False, False): EXPLICIT_BIG}


def to_pydicom(dataset: Dataset) -> pydicom.Dataset:
    """The same data set as pydicom has it: a ``FileDataset`` where this is one.

    What was never looked at is handed over as bytes, which pydicom decodes when it is
    asked; nothing is lost that way, whatever the character set. Nested data sets, private
    elements, File Meta Information, preamble, the way sequences are written and
    encapsulated pixel data come along. ``dataset`` is not changed.

    Raises:
        UsageError: pydicom is not installed.
    """
    library = _pydicom()
    theirs = _file(library, dataset)
    pending: Pending = [(dataset, theirs, "")]
    while pending:
        one, other, inherited = pending.pop()
        terms = _terms(one) or inherited
        _mark_encoding(other, one, library.charset.convert_encodings(terms))
        for tag in one.keys():
            other[tag] = _their_element(library, one, int(tag), terms, pending)
    return theirs


def from_pydicom(dataset: pydicom.Dataset) -> Dataset:
    """The same data set as Isocenter has it: a ``FileDataset`` where that is one.

    Values are taken over as pydicom has decoded them. Nested data sets, private elements,
    File Meta Information and preamble come along. ``dataset`` is not changed.

    Raises:
        UsageError: pydicom is not installed, or ``dataset`` is none of its data sets.
    """
    library = _pydicom()
    if not isinstance(dataset, library.Dataset):
        raise UsageError(f"a pydicom Dataset was expected, not {type(dataset).__name__}")
    ours = _our_file(library, dataset)
    _take(dataset, ours)
    return ours


def _pydicom() -> Any:
    try:
        import pydicom  # noqa: PLC0415 - no dependency; the contract in pyproject says so too
    except ImportError as error:
        raise UsageError("pydicom is not installed: pip install pydicom") from error
    return pydicom


# --- there ------------------------------------------------------------------------------


def _file(library: Any, dataset: Dataset) -> Any:
    meta = getattr(dataset, "file_meta", None)
    their_meta = None if meta is None else _their_meta(library, meta)
    if isinstance(dataset, FileDataset):
        return library.FileDataset(None, {}, dataset.preamble, their_meta)
    theirs = library.Dataset()
    if their_meta is not None:
        theirs.file_meta = their_meta
    return theirs


def _their_meta(library: Any, meta: Dataset) -> Any:
    theirs = library.dataset.FileMetaDataset()
    for tag in meta.keys():
        theirs[tag] = _their_element(library, meta, int(tag), "", [])
    return theirs


def _terms(dataset: Dataset) -> Any:
    terms = dataset.get("SpecificCharacterSet") or ""
    return list(terms) if isinstance(terms, list) else terms


def _mark_encoding(theirs: Any, dataset: Dataset, codecs: list[str]) -> None:
    """How the bytes handed over are encoded, for pydicom's decoding and writing."""
    if dataset.stored is not None:
        encoding = dataset.stored.span.encoding
        theirs.set_original_encoding(not encoding.explicit, encoding.little, codecs)
    theirs.is_undefined_length_sequence_item = dataset.is_undefined_length_sequence_item


def _their_element(library: Any, dataset: Dataset, tag: int, terms: Any, pending: Pending) -> Any:
    vr = _known_vr(dataset, tag)
    if vr == "SQ":
        made = _their_sequence(library, dataset[tag], terms, pending)
        made.is_undefined_length = _is_undefined_length(dataset, tag)
        return made
    raw = _raw(library, dataset, tag, vr)
    if raw is not None:
        return raw
    element = dataset[tag]
    made = library.DataElement(tag, vr, _their_value(element), validation_mode=_IGNORE)
    made.is_undefined_length = tag == _PIXEL_DATA and _is_encapsulated(dataset)
    return made


def _known_vr(dataset: Dataset, tag: int) -> str:
    """The VR, also of an element whose value cannot be decoded."""
    stored = dataset.stored
    if stored is not None and tag in stored.entries and _is_untouched(dataset, tag):
        vr = stored.entries[tag][0]
        if vr is not None and vr != "UN":
            return vr
    try:
        return dataset[tag].VR
    except ValueDecodingError:
        return known_vr(tag, "")


def _is_untouched(dataset: Dataset, tag: int) -> bool:
    return dataset._elements[tag] is None  # noqa: SLF001 - looking decodes nothing


def _raw(library: Any, dataset: Dataset, tag: int, vr: str) -> Any:
    """The element as its bytes, where they still say what it is."""
    stored = dataset.stored
    entry = stored.entries.get(tag) if stored else None
    if stored is None or entry is None or not entry[2] or not _is_as_read(dataset, tag):
        return None
    length = _UNDEFINED if entry[2] < 0 else entry[2]
    little = stored.encoding(entry).little
    return library.dataelem.RawDataElement(
        tag=library.tag.BaseTag(tag),
        VR=vr,
        length=length,
        value=bytes(stored.field(tag)),
        value_tell=entry[1],
        is_implicit_VR=False,
        is_little_endian=little,
    )


_WITHOUT_ITEMS = Making(lambda _span, _inherited: None)


def _is_as_read(dataset: Dataset, tag: int) -> bool:
    """Whether value and character set are still those of the bytes."""
    stored = dataset.stored
    if stored is None or dataset.character_sets != stored.character_sets:
        return False
    if _is_untouched(dataset, tag):
        return True
    try:
        read = stored.element(tag, _WITHOUT_ITEMS)
    except ValueDecodingError:
        return False
    return read == dataset[tag]


def _is_encapsulated(dataset: Dataset) -> bool:
    meta = getattr(dataset, "file_meta", None)
    syntax = None if meta is None else meta.get("TransferSyntaxUID")
    return syntax is not None and UID(syntax).is_encapsulated


def _their_sequence(library: Any, element: DataElement, terms: Any, pending: Pending) -> Any:
    codecs = library.charset.convert_encodings(terms)
    items = [library.Dataset(parent_encoding=codecs) for _ in element.value]
    pending += [(one, other, terms) for one, other in zip(element.value, items, strict=True)]
    return library.DataElement(int(element.tag), "SQ", library.Sequence(items))


def _is_undefined_length(dataset: Dataset, tag: int) -> bool:
    """How a sequence was read, else how it was made."""
    entry = dataset.stored.entries.get(tag) if dataset.stored else None
    if entry is not None:
        return entry[2] < 0
    return bool(getattr(dataset[tag].value, "undefined_length", False))


def _their_value(element: DataElement) -> Any:
    if isinstance(element.value, list):
        return [_their_one(value) for value in element.value]
    return _their_one(element.value)


def _their_one(value: Any) -> Any:
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, DSfloat | IS | PersonName | str):
        return str(value)  # numbers as they were written
    return int(value) if isinstance(value, int) else value


# --- back -------------------------------------------------------------------------------


def _our_file(library: Any, theirs: Any) -> Dataset:
    meta = getattr(theirs, "file_meta", None)
    if not isinstance(theirs, library.FileDataset):
        ours = Dataset()
        if meta is not None:
            ours.file_meta = _our_meta(meta)
        return ours
    file = FileDataset()
    file.preamble = theirs.preamble
    file.file_meta = FileMetaDataset() if meta is None else _our_meta(meta)
    file.transfer_syntax = UID(file.file_meta.get("TransferSyntaxUID") or _syntax(theirs))
    return file


def _our_meta(meta: Any) -> FileMetaDataset:
    ours = FileMetaDataset()
    _take(meta, ours)
    return ours


def _syntax(theirs: Any) -> str:
    implicit, little = theirs.original_encoding
    return _SYNTAXES.get((implicit, little), EXPLICIT_LITTLE)


def _take(theirs: Any, ours: Dataset) -> None:
    pending: Pending = [(theirs, ours, "")]
    while pending:
        source, target, _ = pending.pop()
        for tag in sorted(source.keys()):
            target.add(_our_element(source[tag], target, pending))


def _our_element(theirs: Any, around: Dataset, pending: Pending) -> DataElement:
    tag, vr = int(theirs.tag), str(theirs.VR)
    place = creator_tag(tag) if tag & 0x10000 else 0
    creator = str(around[place].value) if place in around else ""
    if vr == "SQ":
        return DataElement.of(tag, vr, _our_sequence(theirs, pending), creator)
    value = _our_value(theirs.value)
    try:
        return DataElement(tag, vr, value, creator)
    except UsageError:
        return DataElement.of(tag, vr, value, creator)  # text that is no number: as it is


def _our_sequence(theirs: Any, pending: Pending) -> Sequence:
    items: list[Dataset] = []
    for other in theirs.value:
        item = Dataset()
        item.is_undefined_length_sequence_item = bool(other.is_undefined_length_sequence_item)
        items.append(item)
        pending.append((other, item, ""))
    return Sequence(items, undefined_length=bool(theirs.is_undefined_length))


def _our_value(value: Any) -> Any:
    if value is None or isinstance(value, bytes | bool):
        return value
    if isinstance(value, Iterable) and not isinstance(value, str) and not _is_name(value):
        return [_our_value(one) for one in value]
    if hasattr(value, "read"):
        return _whole(value)
    if isinstance(value, str) or _is_name(value):
        return str(value).rstrip("\0 ")  # padding of one among several, PS3.5 6.2
    written = getattr(value, "original_string", None)
    return _our_number(value) if written is None else written


def _our_number(value: Any) -> Any:
    if isinstance(value, int):
        return int(value)
    return value if isinstance(value, float) else str(value)


def _whole(buffered: Any) -> bytes:
    """Pixel data that pydicom left in a file."""
    start = buffered.tell()
    data = bytes(buffered.read())
    buffered.seek(start)
    return data


def _is_name(value: Any) -> bool:
    return hasattr(value, "family_name")
