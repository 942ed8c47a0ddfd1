"""Elements as they lie in a file, for programs that make or look for such.

Reading gives none: an element is decoded when it is asked for.
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

from isocenter.compat.charset import convert_encodings, sets_of
from isocenter.compat.config import RAISE, chosen
from isocenter.compat.decoding import DECODERS
from isocenter.compat.misc import warn_and_log
from isocenter.compat.tag import BaseTag
from isocenter.core.charset import DEFAULT
from isocenter.core.encoding import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, Encoded, Span
from isocenter.core.stored import NOTHING, creator_tag, known_vr
from isocenter.core.values import as_bytes, empty_value


class RawDataElement(NamedTuple):
    """An element with the bytes of its value."""

    tag: BaseTag
    VR: str | None
    length: int
    value: bytes | None
    value_tell: int
    is_implicit_VR: bool
    is_little_endian: bool
    is_raw: bool = True
    is_buffered: bool = False


def vr_and_value(raw: RawDataElement, encoding: Any, ds: Any) -> tuple[str, Any]:
    """What the bytes mean.

    Args:
        raw: the element.
        encoding: Python's codecs of its text.
        ds: the data set around it, which knows private creators and makes sequences.

    Raises:
        KeyError: no dictionary knows it, and invalid values raise.
        ValueError: the bytes are no value of the VR.
    """
    vr = _vr(raw, ds)
    if vr == "SQ" and ds is not None:
        return vr, ds.making.sequence(_span(raw), NOTHING)
    if not raw.value:
        return vr, empty_value(vr)
    sets = (encoding and sets_of(convert_encodings(encoding))) or DEFAULT
    order = "<" if raw.is_little_endian else ">"
    try:
        return vr, DECODERS.get(vr, as_bytes)(bytes(raw.value), order, sets)
    except struct.error as error:
        raise ValueError(str(error)) from error


def _vr(raw: RawDataElement, ds: Any) -> str:
    tag = int(raw.tag)
    if raw.VR is not None and (raw.VR != "UN" or not chosen().replace_un_with_known_vr):
        return raw.VR
    if raw.VR == "UN" and len(raw.value or b"") >= 0xFFFF:
        return raw.VR
    place = creator_tag(tag) if tag & 0x10000 else 0
    creator = str(ds[place].value) if ds is not None and place in ds else ""
    vr = "UL" if not tag & 0xFFFF else known_vr(tag, creator)
    if vr == "UN" and raw.VR is None and not tag & 0x10000:
        message = f"nothing tells the VR of {raw.tag}"
        if chosen().reading_mode == RAISE:
            raise KeyError(message)
        warn_and_log(f"{message}: it becomes UN", stacklevel=4)
    return vr


def _span(raw: RawDataElement) -> Span:
    data = bytes(raw.value or b"")
    encoding = IMPLICIT_LITTLE
    if not raw.is_implicit_VR:
        encoding = EXPLICIT_LITTLE if raw.is_little_endian else EXPLICIT_BIG
    return Span(Encoded(data), 0, len(data), encoding)
