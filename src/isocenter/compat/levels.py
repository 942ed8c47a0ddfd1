"""The facade's data set, put together: one level of elements, whose items are data sets again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from isocenter.compat.adopting import as_facade
from isocenter.compat.changing import Changed
from isocenter.compat.charset import default_encoding
from isocenter.compat.decoding import DECODERS
from isocenter.compat.element import DataElement
from isocenter.compat.howread import HowRead
from isocenter.compat.privateblocks import WithBlocks
from isocenter.compat.sequence import Sequence
from isocenter.compat.shown import Shown
from isocenter.compat.tag import BaseTag
from isocenter.compat.uid import UID
from isocenter.core import dataset as core
from isocenter.core import fromjson
from isocenter.core.stored import UNCHANGEABLE, Making

_UNCHANGEABLE = UNCHANGEABLE | {BaseTag, UID}


class Dataset(WithBlocks, HowRead, Shown, Changed):
    """Elements in tag order. Look them up by keyword, tag or pair of numbers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        given = args[0] if args else {}
        super().__init__(_elements(given))
        encoding = kwargs.get("parent_encoding", default_encoding)
        self.__dict__["_parent_encoding"] = encoding

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """A numpy array of this one object; not of its elements."""
        from numpy import ndarray  # noqa: PLC0415 - only for those who have an array

        array = ndarray((), dtype=object)
        array[()] = self
        return array

    def ensure_file_meta(self) -> None:
        """Give it an empty ``file_meta`` where it has none."""
        if not hasattr(self, "file_meta"):
            self.file_meta = self.meta_type()

    def __eq__(self, other: object) -> Any:
        if other is self:
            return True
        return super().__eq__(other) if isinstance(other, type(self)) else NotImplemented

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]  # it may be changed

    @classmethod
    def from_json(
        cls, json_dataset: Any, bulk_data_uri_handler: Callable[..., Any] | None = None
    ) -> Dataset:
        """The data set of a DICOM JSON Model object (PS3.18 F.2.2)."""
        made = fromjson.from_json(json_dataset, bulk_data_uri_handler)
        return cls(as_facade(made, Dataset))


Dataset.item_type = Dataset
Dataset.making = Making(
    core.nesting(Sequence, Dataset), DataElement, DECODERS, _UNCHANGEABLE, home=Dataset
)


def _elements(given: Any) -> Any:
    """What a data set is made from; the elements of the core become the facade's."""
    if isinstance(given, core.Dataset | Mapping) or given is None:
        return given or {}
    return dict(given)
