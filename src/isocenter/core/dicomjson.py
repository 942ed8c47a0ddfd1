"""From a data set to the DICOM JSON Model (PS3.18 F.2), under pydicom's names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import orjson

from isocenter.core.dataset import Dataset
from isocenter.core.deepjson import Model, deep_value
from isocenter.core.jsonwriter import BulkDataHandler, Options, json_bytes

DumpHandler: TypeAlias = Callable[[Model], str]


def to_json_dict(
    dataset: Dataset,
    bulk_data_threshold: int = 1024,
    bulk_data_element_handler: BulkDataHandler | None = None,
    suppress_invalid_tags: bool = False,  # noqa: FBT001, FBT002 - pydicom's signature
) -> Model:
    """The DICOM JSON Model object of a data set, as Python dictionaries (PS3.18 F.2.2).

    Keys are in ascending order. Group lengths are left out; File Meta Information is no
    part of a data set.

    Args:
        dataset: the data set; it is not changed.
        bulk_data_threshold: characters of base64 above which a value of bytes goes to
            ``bulk_data_element_handler``; without a handler all are ``InlineBinary``.
        bulk_data_element_handler: takes an element and returns its ``BulkDataURI``.
        suppress_invalid_tags: leave out elements that cannot be decoded, nested ones
            too, instead of raising.

    Raises:
        ValueDecodingError: an element's bytes are no value of its VR; names its tag.
    """
    text = _json(dataset, bulk_data_threshold, bulk_data_element_handler, suppress_invalid_tags)
    try:
        return orjson.loads(text)  # type: ignore[no-any-return]  # an object
    except orjson.JSONDecodeError:  # nested too deep for it
        return deep_value(text.decode())  # type: ignore[no-any-return]  # an object


def to_json(
    dataset: Dataset,
    bulk_data_threshold: int = 1024,
    bulk_data_element_handler: BulkDataHandler | None = None,
    dump_handler: DumpHandler | None = None,
    suppress_invalid_tags: bool = False,  # noqa: FBT001, FBT002 - pydicom's signature
) -> str:
    """The DICOM JSON text of a data set (PS3.18 F.2), compact, characters as they are.

    Args:
        dataset: as for :func:`to_json_dict`, like the others below.
        bulk_data_threshold: see there.
        bulk_data_element_handler: see there.
        dump_handler: takes the dictionary and returns the text, in place of orjson.
        suppress_invalid_tags: see there.

    Raises:
        ValueDecodingError: an element's bytes are no value of its VR; names its tag.
        UsageError: a value that was assigned is nothing that JSON has.
    """
    options = (bulk_data_threshold, bulk_data_element_handler, suppress_invalid_tags)
    if dump_handler is not None:
        return dump_handler(to_json_dict(dataset, *options))
    return _json(dataset, *options).decode()


def _json(
    dataset: Dataset,
    threshold: int,
    handler: BulkDataHandler | None,
    suppress: bool,  # noqa: FBT001 - it comes from a signature of pydicom's
) -> bytes:
    largest_inline = threshold // 4 * 3  # base64 makes four characters of three bytes
    return json_bytes(dataset, Options(largest_inline, handler, suppress))
