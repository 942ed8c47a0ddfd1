"""Elements of bytes: :class:`RawDataElement` decoded."""

from __future__ import annotations

from typing import Any

from isocenter.compat.element import DataElement
from isocenter.compat.misc import warn_and_log
from isocenter.compat.raw import RawDataElement, vr_and_value


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
