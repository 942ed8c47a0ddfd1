"""Reading files into the facade's data sets."""

from __future__ import annotations

import os
from typing import Any

from isocenter.compat.dataset import FileDataset, FileMetaDataset
from isocenter.compat.misc import size_in_bytes
from isocenter.files import options, reading

_META_END = 0x00030000


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
        raise TypeError(
            "dcmread: Expected a file path, file-like or readable buffer, but got"
            f" {type(fp).__name__}"
        )
    how = options.usual(header=stop_before_pixels, force=force)._replace(kind=FileDataset)
    if specific_tags is not None:
        how = how.with_tags(specific_tags)
    deferred = size_in_bytes(defer_size)
    if deferred is not None:
        how = how._replace(defer=deferred)
    ds = reading.read(fp, how)
    assert isinstance(ds, FileDataset)  # noqa: S101 - its kind was asked for
    ds.note_source(os.fspath(fp) if isinstance(fp, os.PathLike) else fp)
    return ds


def read_file_meta_info(filename: Any) -> FileMetaDataset:
    """The File Meta Information of a file (PS3.10 7.1); empty when it has none."""
    how = options.Reading(stop=_META_END, kind=FileDataset)
    meta = reading.read(filename, how).file_meta
    assert isinstance(meta, FileMetaDataset)  # noqa: S101 - as above
    return meta


__all__ = ["dcmread", "read_file_meta_info"]
