"""Small archives of made-up patients, scanned in this process."""

import io
from pathlib import Path

import pydicom

from isocenter.attributes.model import ScanOptions
from isocenter.attributes.scan import scan
from library.trees import Inline
from support.files import wheel_file


def slice_of(series: str, number: int, **attributes: object) -> bytes:
    """An MR slice of a series, with a UID of its own and other values; ``None`` removes one."""
    ds = pydicom.dcmread(wheel_file("MR_small.dcm"))
    ds.SeriesInstanceUID = f"1.2.3.{series}"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{series}.{number}"
    ds.PatientID = f"P{series}"
    for keyword, value in attributes.items():
        if value is None:
            delattr(ds, keyword)
        else:
            setattr(ds, keyword, value)
    written = io.BytesIO()
    ds.save_as(written)
    return written.getvalue()


def put(root: Path, files: dict[str, bytes]) -> Path:
    """Write files below a folder."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def archive(root: Path, patients: int = 6, slices: int = 3) -> Path:
    """A tree with a series for each patient."""
    return put(
        root,
        {
            f"patient {patient}/{number}.dcm": slice_of(str(patient), number)
            for patient in range(1, patients + 1)
            for number in range(1, slices + 1)
        },
    )


def scanned(output: Path, *sources: Path, **options: object):
    """Scan into ``output`` in this process; what the scan told."""
    return scan(ScanOptions(tuple(sources), output, **options), executor=Inline())
