"""Reading files into the facade's data sets."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeAlias

from isocenter.compat.config import RAISE, chosen
from isocenter.compat.dataset import Dataset, FileDataset, FileMetaDataset
from isocenter.compat.misc import size_in_bytes, warn_and_log
from isocenter.compat.tag import BaseTag
from isocenter.core.encoding import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    UNDEFINED,
    Encoded,
    Span,
)
from isocenter.core.headers import matching
from isocenter.core.part10 import has_prefix
from isocenter.errors import InvalidDicomError, Level
from isocenter.files import options, reading
from isocenter.standard.vr import LONG_LENGTH

StopWhen: TypeAlias = Callable[[BaseTag, str | None, int], bool]
_META_END, _PREFIX = 0x00030000, 128


def dcmread(
    fp: Any,
    defer_size: str | float | None = None,
    stop_before_pixels: bool = False,
    force: bool = False,
    specific_tags: Any = None,
) -> FileDataset:
    """Read a DICOM file; the arguments are those of :func:`isocenter.dcmread`.

    Raises:
        InvalidDicomError: the bytes are no DICOM file.
        TypeError: ``fp`` is nothing that can be read.
        OSError: the file cannot be opened or read.
    """
    if isinstance(fp, bytes | bytearray | memoryview):
        raise TypeError(f"a path or an open binary file can be read, not a {type(fp).__name__}")
    how = options.usual(header=stop_before_pixels, force=force)._replace(kind=FileDataset)
    if specific_tags is not None:
        how = how.with_tags(specific_tags)
    deferred = size_in_bytes(defer_size)
    if deferred is not None:
        how = how._replace(defer=deferred)
    if force:
        _rewind(fp)
    start = _place(fp) if stop_before_pixels else None
    ds = reading.read(fp, how)
    assert isinstance(ds, FileDataset)  # noqa: S101 - its kind was asked for
    _tell(ds)
    if start is not None and ds.stopped:
        fp.seek(start + ds.end)
    ds.note_source(os.fspath(fp) if isinstance(fp, os.PathLike) else fp)
    return ds


def _rewind(fp: Any) -> None:
    """To the beginning of an open file that stands at no preamble: so it is with ``force``."""
    place = _place(fp)
    if place:
        found = has_prefix(fp.read(_PREFIX + 4))
        fp.seek(place if found else 0)


def _tell(ds: FileDataset) -> None:
    """What was wrong with the file as a whole, as warnings.

    Raises:
        InvalidDicomError: its transfer syntax is not that of its bytes, and invalid values raise.
    """
    assert ds.stored is not None  # noqa: S101 - it was read
    for finding in ds.stored.encoded.findings:
        if finding.code == "transfer-syntax-contradicted":
            _contradicted(found_implicit=ds.stored.span.encoding is IMPLICIT_LITTLE)
        elif finding.level is Level.ERROR:
            warn_and_log(finding.message, stacklevel=4)


def _contradicted(*, found_implicit: bool) -> None:
    expected, found = ("explicit", "implicit") if found_implicit else ("implicit", "explicit")
    message = f"Expected {expected} VR, but found {found} VR - using {found} VR for reading"
    if chosen().reading_mode == RAISE:
        raise InvalidDicomError(message, tag="(0002,0010)", clause="PS3.10 7.1")
    warn_and_log(message, stacklevel=5)


def _place(fp: Any) -> int | None:
    """Where an open file stands that can be told to go elsewhere."""
    place: int | None = fp.tell() if hasattr(fp, "seek") and hasattr(fp, "tell") else None
    return place


def read_file_meta_info(filename: Any) -> FileMetaDataset:
    """The File Meta Information of a file (PS3.10 7.1); empty when it has none."""
    how = options.Reading(stop=_META_END, kind=FileDataset)
    meta = reading.read(filename, how).file_meta
    assert isinstance(meta, FileMetaDataset)  # noqa: S101 - as above
    return meta


def read_preamble(fp: Any, force: bool) -> bytes | None:
    """The 128 bytes before ``DICM``, behind which the file stands then.

    ``None``, and the file stands where it stood, when there is no ``DICM`` and ``force`` is true.

    Raises:
        InvalidDicomError: there is no ``DICM``.
    """
    start = fp.tell()
    data: bytes = fp.read(_PREFIX + 4)
    if has_prefix(data):
        return data[:_PREFIX]
    if not force:
        raise InvalidDicomError(
            "no DICM prefix stands behind a preamble; force=True reads the file as a data set all"
            " the same",
            clause="PS3.10 7.1",
        )
    fp.seek(start)
    return None


def read_dataset(
    fp: Any,
    is_implicit_VR: bool,
    is_little_endian: bool,
    bytelength: int | None = None,
    stop_when: StopWhen | None = None,
) -> Dataset:
    """The data set that begins where an open file stands, which stands behind it then.

    Args:
        fp: the file.
        is_implicit_VR: whether it carries no VRs.
        is_little_endian: its byte order.
        bytelength: how many bytes it has; ``None`` for all that are left.
        stop_when: asked of every element, by tag, VR and length, whether to stop before it.
    """
    encoding = IMPLICIT_LITTLE if is_implicit_VR else _EXPLICIT[bool(is_little_endian)]
    start = fp.tell()
    data: bytes = fp.read() if bytelength is None else fp.read(bytelength)
    shown = matching(Encoded(data), 0, encoding)
    if shown is not encoding:
        _contradicted(found_implicit=not shown.explicit)
        encoding = shown
    whole = Dataset.of(Span(Encoded(data), 0, len(data), encoding))
    end = _end(whole, len(data), stop_when)
    fp.seek(start + end)
    return whole if end == len(data) else Dataset.of(Span(Encoded(data[:end]), 0, end, encoding))


_EXPLICIT = {True: EXPLICIT_LITTLE, False: EXPLICIT_BIG}


def _end(ds: Dataset, size: int, stop_when: StopWhen | None) -> int:
    """Where the first element begins that is not wanted."""
    stored = ds.stored
    assert stored is not None  # noqa: S101 - it was read
    if stop_when is None:
        return size
    for tag, (vr, _, length) in stored.entries.items():
        if stop_when(BaseTag(tag), vr, length if length >= 0 else UNDEFINED):
            return stored.header_start(tag)
    return size


def read_partial(
    fileobj: Any,
    stop_when: StopWhen | None = None,
    defer_size: str | float | None = None,
    force: bool = False,
    specific_tags: Any = None,
) -> FileDataset:
    """The data set of an open file, up to the first element that ``stop_when`` says.

    Raises:
        InvalidDicomError: the bytes are no DICOM file.
    """
    del defer_size  # all is read, and nothing is decoded before it is asked for
    start = fileobj.tell()
    ds = dcmread(fileobj, force=force, specific_tags=specific_tags)
    stored = ds.stored
    if stop_when is None or stored is None:
        return ds
    begin = stored.span.start
    fileobj.seek(start + begin)
    implicit, little = ds.original_encoding
    part = read_dataset(fileobj, implicit, little, stop_when=stop_when)
    return FileDataset(fileobj, part, ds.preamble, ds.file_meta, implicit, little)


def data_element_offset_to_value(is_implicit_VR: bool, VR: str | None) -> int:
    """How many bytes the header of an element has (PS3.5 7.1.2)."""
    return 12 if not is_implicit_VR and VR in LONG_LENGTH else 8


__all__ = [
    "data_element_offset_to_value",
    "dcmread",
    "read_dataset",
    "read_file_meta_info",
    "read_partial",
    "read_preamble",
]
