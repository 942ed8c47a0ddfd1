"""Data sets: ordered elements whose values are decoded when asked for (PS3.5 7).

A data set has two sides: what lies in a buffer (:class:`Stored`, never changed) and what
was decoded or assigned. An element is looked for among the latter first.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy, deepcopy
from typing import Any, ClassVar, Self, overload

from isocenter.core import private, walking
from isocenter.core.charset import DEFAULT, CharacterSets, character_sets
from isocenter.core.deferred import DeferredElement
from isocenter.core.element import DataElement
from isocenter.core.encoding import Span
from isocenter.core.listing import lines
from isocenter.core.reader import Elements
from isocenter.core.sequence import Sequence
from isocenter.core.stored import (
    NOTHING,
    Inherited,
    Making,
    Stored,
    creator_tag,
    items,
    known_vr,
)
from isocenter.core.suggestions import NoSuchAttributeError, hint, looks_like_keyword
from isocenter.errors import Finding, UsageError, ValueDecodingError
from isocenter.standard.tag import BaseTag, Tag, TagLike, keyword_tags
from isocenter.standard.vr import BYTES

_CHARSET = 0x00080005
_REQUIRED = object()
_META_END = "-" * 49
_META_HEAD = "Dataset.file_meta ".ljust(49, "-")
_new, _new_sequence = object.__new__, list.__new__
_put = object.__setattr__  # past ours, which is for keywords


class Dataset:
    """Elements in tag order. Look them up by keyword, tag or pair of numbers.

    ``ds.Rows`` is a value, ``ds[0x0028, 0x0010]`` a :class:`DataElement`. Nothing is
    decoded, and no nested data set is read, before it is asked for; iterating asks for all
    of one level, and ``specific_tags`` for all of its own. Asking for a value
    that its bytes do not give raises :class:`ValueDecodingError` with tag and offset.

    Args:
        elements: elements to begin with: another data set, or a mapping of tags to
            :class:`DataElement`.
    """

    _stored: Stored | None = None
    _known: dict[int, DataElement | None] | None = None
    _undefined_item: bool | None = None
    _deferred: frozenset[int] = frozenset()
    making: ClassVar[Making]
    """What reading makes of bytes in data sets of this class."""

    def __init__(self, elements: Dataset | Mapping[Any, DataElement] | None = None) -> None:
        _put(self, "_known", {})
        self.update(elements or {})

    @classmethod
    def of(
        cls, span: Span, elements: Elements | None = None, inherited: Inherited = NOTHING
    ) -> Self:
        """The data set that lies in a buffer; its table may have been read already."""
        dataset = cls.__new__(cls)
        _put(dataset, "_stored", Stored(span, inherited, elements))
        return dataset

    @property
    def _elements(self) -> dict[int, DataElement | None]:
        """Every element by tag; ``None`` stands for one that was not decoded yet."""
        known = self._known
        if known is None:
            assert self._stored is not None  # noqa: S101 - see __init__
            known = dict.fromkeys(self._stored.entries)
            _put(self, "_known", known)
        return known

    # --- what is known of the bytes ---------------------------------------------------

    @property
    def stored(self) -> Stored | None:
        """The side that lies in a buffer; ``None`` for a data set made in memory."""
        return self._stored

    @property
    def is_undefined_length_sequence_item(self) -> bool:
        """Whether an item is written with undefined length, as it was read or as was set."""
        if self._undefined_item is not None:
            return self._undefined_item
        return self._stored is not None and self._stored.undefined_item

    @is_undefined_length_sequence_item.setter
    def is_undefined_length_sequence_item(self, value: bool) -> None:
        _put(self, "_undefined_item", value)

    @property
    def original_encoding(self) -> tuple[bool, bool] | tuple[None, None]:
        """Whether it was read as implicit VR and as little endian; ``None`` for one made anew."""
        if self._stored is None:
            return None, None
        encoding = self._stored.span.encoding
        return not encoding.explicit, encoding.little

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was wrong in the bytes read so far, nested data sets included."""
        if self._stored is None:
            return ()
        encoded = self._stored.span.encoded
        encoded.report(self.character_sets.findings)
        return tuple(encoded.findings)

    @property
    def character_sets(self) -> CharacterSets:
        """The character sets in force: this data set's, else those around it.

        Those it was read with stay in force until Specific Character Set is changed.
        """
        declared, stored = self._elements.get(_CHARSET), self._stored
        overridden = stored is not None and stored.inherited.overrides
        if declared is not None and not (overridden and self.is_untouched(_CHARSET)):
            return declared_sets(declared)
        return DEFAULT if stored is None else stored.character_sets

    def raw(self, tag: TagLike) -> memoryview:
        """The bytes of a value as they were read, not copied; of a sequence its items.

        Raises:
            KeyError: the element was not read from a buffer.
            DeferredReadError: a deferred value is no longer where it was.
        """
        number = Tag(tag)
        stored = self.holder(number)
        if stored is None:
            raise KeyError(number)
        return stored.field(number)

    def holder(self, tag: int) -> Stored | None:
        """Where an element lies: in :attr:`stored`, or by itself where it was deferred."""
        element = self._elements.get(tag)
        return element.stored() if isinstance(element, DeferredElement) else self._stored

    @property
    def read_tags(self) -> frozenset[int]:
        """The tags that were read, deferred ones too."""
        return self._deferred.union(self._stored.entries if self._stored else ())

    def add_deferred(self, element: DeferredElement) -> None:
        """Put an element that was read in its place, without its value."""
        self._elements[int(element.tag)] = element
        self.__dict__["_deferred"] = self._deferred | {int(element.tag)}

    def undecoded(self, tag: TagLike) -> memoryview | None:
        """The bytes of a value that was read and neither asked for nor changed; else ``None``."""
        number = Tag(tag)
        here = self._stored is not None and self._elements.get(number, self) is None
        return self.raw(number) if here else None

    @property
    def is_pristine(self) -> bool:
        """Whether the data set was read whole and no element was decoded or changed since."""
        stored, known = self._stored, self._known
        if stored is None or not stored.whole:
            return False
        return known is None or (known.keys() == stored.entries.keys() and not any(known.values()))

    def is_untouched(self, tag: TagLike) -> bool:
        """Whether an element that was read still is what its bytes say.

        A sequence that was looked into counts as touched: its items tell for themselves.
        """
        number = tag if type(tag) is int else int(Tag(tag))
        element = self._elements[number]
        if element is None or (isinstance(element, DeferredElement) and element.is_unread):
            return True
        stored = self.holder(number)
        if stored is None or number not in stored.entries or element.VR == "SQ":
            return False
        if element.as_read and type(element.value) in self.making.unchangeable:
            return stored.vr(number) == element.VR
        fresh = stored.element(number, self.making)
        return fresh == element and str(fresh.value) == str(element.value)

    # --- looking up -------------------------------------------------------------------

    def __contains__(self, key: object) -> bool:
        if isinstance(key, tuple | str):
            try:
                key = Tag(key)
            except UsageError:
                return False
        return key in self._elements

    def __len__(self) -> int:
        return len(self._elements)

    def __bool__(self) -> bool:
        return bool(self._elements)

    def keys(self) -> list[BaseTag]:
        """The tags, in tag order."""
        return [BaseTag(tag) for tag in sorted(self._elements)]

    def numbers(self) -> list[int]:
        """The tags as plain numbers, in tag order: for loops that run over many elements."""
        return sorted(self._elements)

    def values(self) -> list[DataElement]:
        """The elements, in tag order."""
        return list(self)

    def items(self) -> list[tuple[BaseTag, DataElement]]:
        """Tags and elements, in tag order."""
        return [(element.tag, element) for element in self]

    def __iter__(self) -> Iterator[DataElement]:
        known, _ = self._decoded()
        return (known[tag] or self._element(tag) for tag in sorted(known))

    def _at_once(self) -> Iterable[DataElement]:
        """What iterating gives, as it is now: quicker, and blind to changes on the way."""
        known, complete = self._decoded()
        return map(known.__getitem__, sorted(known)) if complete else self  # type: ignore[arg-type]  # no None left

    def _decoded(self) -> tuple[dict[int, DataElement | None], bool]:
        """Every element by tag, decoded as far as they can be, and whether all could."""
        known, stored = self._known, self._stored
        if stored is None or (known is not None and all(known.values())):
            return self._elements, True
        found, complete = stored.decode(known, self.making)
        if known is None:
            _put(self, "_known", found)
        return found, complete

    elements = __iter__

    def readable(self) -> Iterator[DataElement | ValueDecodingError]:
        """Every element in tag order, the error in place of one that cannot be decoded."""
        for tag in sorted(self._elements):
            try:
                element = self._element(tag)
                if isinstance(element, DeferredElement) and element.VR not in BYTES:
                    element.value  # noqa: B018 - what it raises is told here
                yield element
            except ValueDecodingError as error:
                yield error

    @overload
    def __getitem__(self, key: slice) -> Dataset: ...
    @overload
    def __getitem__(self, key: TagLike) -> DataElement: ...
    def __getitem__(self, key: TagLike | slice) -> DataElement | Dataset:
        """The element of a tag; for a slice of tags a data set of the elements in it."""
        if isinstance(key, slice):
            return self._part(self._tags_in(key))
        return self._element(Tag(key))

    def __getattr__(self, name: str) -> Any:
        tag = None if name.startswith("_") else keyword_tags().get(name)
        if tag is None:
            own = getattr(type(self), name, None)
            if isinstance(own, property):  # it raised an AttributeError, which says more than ours
                return own.__get__(self)
            raise NoSuchAttributeError(type(self).__name__, name)
        if tag not in self._elements:
            raise AttributeError(f"{name} {BaseTag(tag)} is not in this data set")
        return self._element(tag).value

    @overload
    def get(self, key: str, default: Any = None) -> Any: ...
    @overload
    def get(self, key: int | tuple[int, int], default: Any = None) -> DataElement | Any: ...
    def get(self, key: TagLike, default: Any = None) -> Any:
        """The value of a keyword, the element of a tag; ``default`` when absent."""
        if isinstance(key, str):
            tag = keyword_tags().get(key)
            known = self._elements
            if tag not in known:
                return default
            return (known[tag] or self._element(tag)).value
        tag = Tag(key)
        return self._element(tag) if tag in self._elements else default

    def data_element(self, name: str) -> DataElement | None:
        """The element of a keyword; ``None`` when absent."""
        tag = keyword_tags().get(name)
        return self._element(tag) if tag in self._elements else None

    def dir(self, *filters: str) -> list[str]:
        """The keywords here that contain one of ``filters``, in any letter case; sorted."""
        wanted = [part.casefold() for part in filters] or [""]
        known = (element_keyword for element_keyword in self._keywords() if element_keyword)
        return sorted(one for one in known if any(part in one.casefold() for part in wanted))

    def _keywords(self) -> Iterator[str]:
        return (DataElement.of(tag, "", None).keyword for tag in self._elements)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.dir()})

    def _element(self, tag: int) -> DataElement:
        known = self._elements
        element = known[tag]
        if element is None:
            stored = self._stored
            assert stored is not None  # noqa: S101 - only what is stored is undecoded
            if stored.is_selection:
                stored.decode(known, self.making)  # at once takes half the time
            element = known[tag] = known[tag] or stored.element(tag, self.making)
        return element

    def _part(self, tags: Iterable[int]) -> Dataset:
        part = copy(self)
        _put(part, "_known", {tag: self._elements[tag] for tag in tags})
        return part

    def _tags_in(self, tags: slice) -> list[int]:
        first = 0 if tags.start is None else Tag(tags.start)
        last = 1 << 32 if tags.stop is None else Tag(tags.stop)
        return [tag for tag in sorted(self._elements) if first <= tag < last][:: tags.step]

    def group_dataset(self, group: int) -> Dataset:
        """The elements of one group."""
        return self._part(tag for tag in self._elements if tag >> 16 == group)

    # --- changing ---------------------------------------------------------------------

    def __setitem__(self, key: TagLike, element: DataElement) -> None:
        """Put an element in its place.

        Raises:
            UsageError: it is no element, or its tag is not ``key``.
        """
        if not isinstance(element, DataElement):
            raise UsageError(f"a DataElement was expected for {key}, not {type(element).__name__}")
        if Tag(key) != element.tag:
            raise UsageError(f"the element's tag {element.tag} is not {Tag(key)}")
        if element.VR == "SQ":
            element.value = as_sequence(element.value)
        element.as_read = False  # perhaps from other bytes
        self._elements[int(element.tag)] = element

    def add(self, element: DataElement) -> None:
        """Put an element in its place."""
        self[element.tag] = element

    def add_new(self, tag: TagLike, VR: str, value: Any) -> None:  # noqa: N803 - pydicom's name
        """Make an element and put it in its place."""
        value = as_sequence(value) if VR == "SQ" else value
        self.add(DataElement(tag, VR, value))

    def __setattr__(self, name: str, value: Any) -> None:
        tag = keyword_tags().get(name)
        if tag is not None:
            self._assign(tag, value)
            return
        if looks_like_keyword(name) and not hasattr(type(self), name):
            message = f"{name} is no DICOM keyword and is kept as a Python attribute{hint(name)}"
            warnings.warn(message, UserWarning, stacklevel=2)
        object.__setattr__(self, name, value)

    def _assign(self, tag: int, value: Any) -> None:
        if tag in self._elements:
            element = self._element(tag)
            element.value = as_sequence(value) if element.VR == "SQ" else value
        else:
            self.add_new(tag, self._vr_of(tag), value)

    def _vr_of(self, tag: int) -> str:
        """The VR of a new element; one that depends on others is settled when writing."""
        place = creator_tag(tag) if tag & 0x10000 else 0
        creator = str(self._element(place).value) if place in self._elements else ""
        return known_vr(tag, creator)

    def __delitem__(self, key: TagLike | slice) -> None:
        """Remove an element, or those in a slice of tags.

        Raises:
            KeyError: it is absent.
        """
        if isinstance(key, slice):
            for tag in self._tags_in(key):
                del self._elements[tag]
        else:
            del self._elements[Tag(key)]

    def __delattr__(self, name: str) -> None:
        tag = keyword_tags().get(name)
        if tag is None:
            object.__delattr__(self, name)
        elif tag in self._elements:
            del self._elements[tag]
        else:
            raise AttributeError(f"{name} {BaseTag(tag)} is not in this data set")

    def pop(self, key: TagLike, default: Any = _REQUIRED) -> Any:
        """Remove an element and return it; ``default`` when absent.

        Raises:
            KeyError: it is absent and there is no default.
        """
        if key not in self:
            if default is _REQUIRED:
                raise KeyError(key)
            return default
        tag = Tag(key)
        element = self._element(tag)
        del self._elements[tag]
        return element

    def popitem(self) -> tuple[BaseTag, DataElement]:
        """Remove and return the last element with its tag.

        Raises:
            KeyError: the data set is empty.
        """
        if not self._elements:
            raise KeyError("the data set is empty")
        tag = BaseTag(max(self._elements))
        return tag, self.pop(tag)

    def setdefault(self, key: TagLike, default: Any = None) -> DataElement:
        """The element of ``key``, made from ``default`` (element or value) when absent."""
        if key not in self:
            tag = Tag(key)
            made = isinstance(default, DataElement)
            self.add(default if made else DataElement(tag, self._vr_of(tag), default))
        return self[key]

    def update(self, other: Dataset | Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> None:
        """Take over elements; a mapping may also have values, by keyword."""
        if isinstance(other, Dataset):
            for element in other:
                self.add(element)
            return
        for key, value in dict(other).items():
            if isinstance(value, DataElement):
                self[key] = value
            else:
                self._assign(Tag(key), value)

    def clear(self) -> None:
        """Remove every element."""
        self._elements.clear()

    # --- private elements (PS3.5 7.8) ---------------------------------------------------

    def private_block(
        self,
        group: int,
        private_creator: str,
        create: bool = False,  # noqa: FBT001, FBT002 - pydicom's signature
    ) -> private.PrivateBlock:
        """The block a creator reserved in an odd group; see :mod:`isocenter.core.private`."""
        return private.block(self, group, private_creator, create=create)

    def private_creators(self, group: int) -> list[str]:
        """Who reserved blocks in a group."""
        return private.creators(self, group)

    def get_private_item(
        self, group: int, element_offset: int, private_creator: str
    ) -> DataElement:
        """A private element by its creator and its place in the block."""
        return self.private_block(group, private_creator)[element_offset]

    def add_new_private(
        self,
        private_creator: str,
        group: int,
        element_offset: int,
        value: Any,
        VR: str = "",  # noqa: N803
    ) -> None:
        """Add a private element; its block is reserved when needed."""
        block = self.private_block(group, private_creator, create=True)
        block.add_new(
            element_offset, VR or known_vr(block.get_tag(element_offset), private_creator), value
        )

    def remove_private_tags(self) -> None:
        """Remove every element of an odd group, nested ones too."""
        walking.walk(self, _remove_private)

    # --- all of it ------------------------------------------------------------------------

    def walk(self, callback: Callable[[Dataset, DataElement], Any], recursive: bool = True) -> None:  # noqa: FBT001, FBT002 - pydicom's signature
        """Call ``callback(data set, element)`` for every element, nested ones too."""
        walking.walk(self, callback, recursive=recursive)

    def iterall(self) -> Iterator[DataElement]:
        """Every element, those of items after the sequence that holds them."""
        return walking.every(self)

    def formatted_lines(self) -> Iterator[str]:
        """The lines of ``str``."""
        return lines(self.readable())

    def __str__(self) -> str:
        """The elements, a line each; before them those of ``file_meta`` where there are any."""
        meta = getattr(self, "file_meta", None)
        head = (_META_HEAD, *meta.formatted_lines(), _META_END) if meta else ()
        return "\n".join((*head, *self.formatted_lines()))

    __repr__ = __str__

    def top(self) -> str:
        """The lines of this level only."""
        return "\n".join(lines(self.readable(), nested=False))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dataset):
            return NotImplemented
        return walking.equal(self, other)

    __hash__ = None  # type: ignore[assignment]  # equality is by content

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def copy(self) -> Self:
        """A data set of the same elements."""
        return copy(self)

    def __copy__(self) -> Self:
        other = type(self).__new__(type(self))
        other.__dict__.update(self._attributes())
        other.__dict__["_known"] = dict(self._elements)
        return other

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        other = type(self).__new__(type(self))
        memo[id(self)] = other
        mine = {key: value for key, value in self._attributes().items() if key != "_stored"}
        other.__dict__.update(deepcopy(mine, memo), _stored=self._stored)
        return other

    def __getstate__(self) -> dict[str, Any]:
        return self._attributes() | {"_known": self._elements}

    def _attributes(self) -> dict[str, Any]:
        """What copies and pickles hold: the attributes, none of them still to be made."""
        return self.__dict__

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


class FileMetaDataset(Dataset):
    """File Meta Information: elements of group 0002 only (PS3.10 7.1)."""

    def __setitem__(self, key: TagLike, element: DataElement) -> None:
        if Tag(key) >> 16 != 0x0002:
            raise UsageError(f"{Tag(key)} is no element of File Meta Information, group 0002")
        super().__setitem__(key, element)


def nesting(
    sequence: type[Sequence], dataset: type[Dataset]
) -> Callable[[Span, Inherited], Sequence]:
    """What makes the value of a sequence: its items as data sets, none of them read yet."""

    def nested_sequence(span: Span, inherited: Inherited) -> Sequence:
        nested = _new_sequence(sequence)
        for place in items(span):
            item = _new(dataset)
            _put(item, "_stored", Stored(place, inherited))
            nested += (item,)
        return nested

    return nested_sequence


Dataset.making = Making(nesting(Sequence, Dataset), home=Dataset)


def attach(name: str, method: Callable[..., Any] | property) -> None:
    """Give :class:`Dataset` a method or property that belongs to a layer above the core.

    This is the only seam: the core never imports upwards.
    """
    setattr(Dataset, name, method)


def as_sequence(value: Any) -> Sequence:
    """The value of an SQ element from any list of data sets.

    Raises:
        UsageError: something in it is no data set.
    """
    if isinstance(value, Dataset):
        value = [value]
    wrong = next((item for item in value or () if not isinstance(item, Dataset)), None)
    if wrong is not None:
        raise UsageError(f"the items of a sequence are data sets, not {type(wrong).__name__}")
    return value if isinstance(value, Sequence) else Sequence(value or ())


def declared_sets(element: DataElement) -> CharacterSets:
    """The character sets that a Specific Character Set element names."""
    value = element.value
    terms = value if isinstance(value, list) else [value or ""]
    return character_sets(tuple(term if isinstance(term, str) else "" for term in terms))


def _remove_private(ds: Dataset, element: DataElement) -> None:
    if element.tag.is_private:
        del ds[element.tag]
