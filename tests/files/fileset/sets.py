"""Small File-sets to test with, and what lies in a folder."""

from pathlib import Path

import isocenter
from isocenter.fileset import FileSet
from support.files import wheel_file

EXAMPLE = wheel_file("DICOMDIR")
DIRECTORIES = EXAMPLE.parent


def instance(number, *, patient="A", study="1", series="1", name="MR_small.dcm", **values):
    """A data set with UIDs of its own, so that its number tells it apart."""
    ds = isocenter.dcmread(wheel_file(name))
    ds.PatientID, ds.PatientName = patient, f"Name^{patient}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = f"1.2.{study}", f"1.2.{study}.{series}"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.{study}.{series}.{number}"
    ds.InstanceNumber = number
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


def written(folder, numbers, **values):
    """A File-set of instances, written to ``folder``."""
    fs = FileSet()
    for number in numbers:
        fs.add(instance(number, **values))
    fs.write(folder)
    return fs


def names(folder):
    """The paths of every file, relative and sorted."""
    found = (path for path in Path(folder).rglob("*") if not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def contents(folder):
    """What the DICOMDIR of a folder refers to: bytes by SOP Instance UID."""
    fs = FileSet(folder)
    assert fs.findings == ()
    found = {str(one.SOPInstanceUID): Path(one.path).read_bytes() for one in fs}
    assert len(found) == len(fs)
    for one in fs:
        assert one.load().SOPInstanceUID == one.SOPInstanceUID
        assert Path(one.path) == Path(folder).joinpath(*one.node.file_id)
    return found
