"""What is given to a File-set: instances and DICOMDIRs, as paths or as data sets."""

from __future__ import annotations

import filecmp
import os
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeAlias
from weakref import finalize

from isocenter.core.dataset import Dataset
from isocenter.core.part10 import FileDataset
from isocenter.errors import DicomError, UsageError
from isocenter.files.fileset.descriptor import DIRECTORY_CLASS
from isocenter.files.fileset.fileids import DICOMDIR
from isocenter.files.reading import dcmread
from isocenter.files.writing import dcmwrite
from isocenter.standard.uidgeneration import generate_uid


class NotAnInstanceError(DicomError):
    """A DICOMDIR was given where an instance is wanted."""

    code = "not-an-instance"


InstanceSource: TypeAlias = Dataset | str | os.PathLike[str]


def opened_instance(source: InstanceSource) -> tuple[FileDataset, Path | None]:
    """An instance's data set; of a file its path and no pixels.

    Raises:
        UsageError: a data set has no file meta, so that its transfer syntax is not known.
        DicomError: the file is no DICOM file, or a DICOMDIR.
        OSError: it cannot be read.
    """
    if isinstance(source, Dataset):
        return _as_file(source), None
    path = Path(source)
    ds = dcmread(path, stop_before_pixels=True)
    if _is_directory(ds):
        raise NotAnInstanceError("a DICOMDIR is no instance of a File-set", path=str(path))
    return ds, path


def _as_file(source: Dataset) -> FileDataset:
    meta = getattr(source, "file_meta", None)
    if meta is None:
        raise UsageError("a data set without file_meta does not tell its transfer syntax")
    if isinstance(source, FileDataset):
        return source
    ds = FileDataset(source)
    ds.file_meta = meta
    return ds


def opened_directory(source: Dataset | str | os.PathLike[str]) -> tuple[FileDataset, Path]:
    """A DICOMDIR's data set, and where it lies.

    Raises:
        UsageError: the data set is not from a file.
        DicomError: it is no DICOMDIR.
        OSError: it cannot be read.
    """
    if isinstance(source, FileDataset):
        name = getattr(source, "filename", None)
        if not name:
            raise UsageError(
                "the data set of a DICOMDIR must be read from a file, or pass its path"
            )
        return _checked(source, Path(name)), Path(name)
    if isinstance(source, Dataset):
        raise UsageError("a data set that is not from a file is no DICOMDIR; pass its path")
    path = Path(source)
    path = path / DICOMDIR if path.is_dir() else path
    return _checked(dcmread(path), path), path


def _checked(ds: FileDataset, path: Path) -> FileDataset:
    if not _is_directory(ds):
        raise DicomError(
            "the file is no DICOMDIR", path=str(path), tag="(0002,0002)", clause="PS3.10 8.6"
        )
    return ds


def _is_directory(ds: FileDataset) -> bool:
    return bool(ds.file_meta.get("MediaStorageSOPClassUID") == DIRECTORY_CLASS)


def is_same(path: str, ds: Dataset, file: Path | None) -> bool:
    """Whether an instance that is given is the one that lies at ``path``.

    Raises:
        OSError: a file cannot be read.
    """
    if not os.path.exists(path):
        return False
    if file is None:
        return bool(dcmread(path) == ds)
    return file.samefile(path) or filecmp.cmp(path, file, shallow=False)


def whole(ds: FileDataset, file: Path | None) -> FileDataset:
    """An instance with its pixels.

    Raises:
        DicomError: the file is no DICOM file.
        OSError: it cannot be read.
    """
    return ds if file is None else dcmread(file)


class Staging:
    """A temporary folder for instances that were given as data sets, so that memory stays free.

    It goes when it is cleaned, when nobody has it any more, or when Python ends.
    """

    def __init__(self) -> None:
        self._folder = ""
        self._remove: finalize[..., Staging] | None = None

    def written(self, ds: FileDataset) -> str:
        """The path of a file that has the data set.

        Raises:
            InvalidValueError: a value does not fit its VR.
            OSError: it cannot be written.
        """
        if self._remove is None:
            self._folder = mkdtemp(prefix="isocenter-")
            self._remove = finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        path = os.path.join(self._folder, str(generate_uid()))
        dcmwrite(path, ds, enforce_file_format=True)
        return path

    def clean(self) -> None:
        """Remove the folder."""
        if self._remove is not None:
            self._remove()
            self._remove = None
