"""Data sets to files: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from isocenter.core.dataset import Dataset, attach
from isocenter.core.part10writer import WriteOptions, file_bytes
from isocenter.files.target import Folder

Destination: TypeAlias = "str | os.PathLike[str] | BinaryIO"


def dcmwrite(  # noqa: PLR0913 - pydicom's signature
    filename: Destination,
    dataset: Dataset,
    *,
    implicit_vr: bool | None = None,
    little_endian: bool | None = None,
    enforce_file_format: bool = False,
    overwrite: bool = True,
    lenient: bool = False,
) -> None:
    """Write a DICOM file. A failed write leaves the file that was there.

    Args:
        filename: a path, or an open binary file.
        dataset: what to write, with ``file_meta`` and ``preamble`` when it has them.
        implicit_vr: with ``little_endian``, the encoding where no Transfer Syntax UID tells it.
        little_endian: see ``implicit_vr``.
        enforce_file_format: write a conformant file (PS3.10 7.1): a preamble, and file meta
            completed from the data set.
        overwrite: whether a file that is there may be replaced.
        lenient: write values that their VR forbids, rather than raise.

    Raises:
        InvalidValueError: a value does not fit its VR or character set; tag and clause are told.
        EncodingError: Pixel Data is not as the transfer syntax says.
        UsageError: the encoding is not known, or required file meta is missing.
        FileExistsError: the file is there and ``overwrite`` is false.
        OSError: the file cannot be written.
    """
    options = WriteOptions(implicit_vr, little_endian, enforce_file_format, lenient)
    put(filename, file_bytes(dataset, options), overwrite=overwrite)


def put(filename: Destination, content: bytes, *, overwrite: bool = True) -> None:
    """Write a file's bytes to a path, whole or not at all, or into an open file.

    Raises:
        FileExistsError: the file is there and ``overwrite`` is false.
        OSError: the file cannot be written.
    """
    if not isinstance(filename, str | os.PathLike):
        filename.write(content)
        return
    path = Path(filename)
    if not overwrite and path.exists():
        raise FileExistsError(f"{path} is there already")
    Folder(path.parent).write(path.name, content)


def save_as(self: Dataset, filename: Destination, **options: Any) -> None:
    """Write this data set to a file; the options are those of :func:`dcmwrite`."""
    dcmwrite(filename, self, **options)


attach("save_as", save_as)
