"""What a file is, told from its header: an image, or the finding that says why it is none."""

from __future__ import annotations

from pathlib import Path

from isocenter.core.part10 import FileDataset
from isocenter.errors import DicomError, Finding, InvalidDicomError, Level
from isocenter.files.reading import read_by_content
from isocenter.standard.uid import UID

DICOM_EXTENSIONS = frozenset({".dcm", ".dicom", ".dic", ".ima"})
"""Who is called so and is no DICOM file is an error, not a note."""


def header_or_finding(path: Path) -> FileDataset | Finding:
    """The data set of a file up to its pixel data; why there is none when there is none."""
    try:
        return read_by_content(path, stop_before_pixels=True)
    except InvalidDicomError:
        return not_dicom(path.stat().st_size, path.suffix)
    except DicomError as error:
        return Finding.from_error(error)
    except OSError as error:
        return Finding(Level.ERROR, "unreadable-file", error.strerror or str(error))


def not_dicom(size: int, suffix: str) -> Finding:
    """A README is no image; what is empty or called an image was to be one."""
    if not size:
        return Finding(Level.ERROR, "empty-file", "the file is empty")
    message = "no DICOM file: no DICM prefix, and no data set starts at byte 0"
    if suffix.casefold() in DICOM_EXTENSIONS:
        message = f"{message}, although it is called {suffix}"
        return Finding(Level.ERROR, "not-dicom", message)
    return Finding(Level.NOTE, "not-dicom", message)


def no_pixels(ds: FileDataset) -> Finding:
    """A complete data set without pixel data is no image, unless it says it is one."""
    for finding in ds.findings:
        if finding.level is Level.ERROR:
            return finding
    kind = _kind(ds)
    if ("Rows" in ds or "BitsAllocated" in ds) and "SpectroscopyData" not in ds:
        message = f"{kind or 'image'} without pixel data"
        return Finding(Level.ERROR, "no-pixel-data", message, tag="(7FE0,0010)")
    return Finding(Level.NOTE, "no-image", f"{kind or 'DICOM data set'} holds no image")


def _kind(ds: FileDataset) -> str:
    """The name of the SOP class, empty when none is told."""
    for holder, keyword in ((ds, "SOPClassUID"), (ds.file_meta, "MediaStorageSOPClassUID")):
        try:
            told = str(holder.get(keyword) or "")
        except DicomError:
            continue
        if told:
            return UID(told).name
    return ""


def unexpected(error: Exception) -> Finding:
    """The finding for a file that met a fault of this program."""
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return Finding(Level.ERROR, "unexpected", f"the file could not be processed: {what}")


def killed() -> Finding:
    """The finding for a file that ended the process which read it."""
    message = "reading this file ended the process that did it; the file is left out"
    return Finding(Level.ERROR, "killed-decoder", message)
