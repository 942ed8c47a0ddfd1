"""pydicom's tutorial "DICOM File-sets and DICOMDIR" from top to bottom, with its printed output.

What differs is said beside it. The files are those that the tutorial takes from pydicom.
"""

from pathlib import Path
from shutil import copyfile, copytree

import pytest

from files.fileset.sets import EXAMPLE, names
from isocenter import FileDataset, dcmread
from isocenter.fileset import FileSet
from support.files import wheel_file

PRINTED = """\
DICOM File-set
  Root directory: {root}
  File-set ID: PYDICOM_TEST
  File-set UID: 1.2.276.0.7230010.3.1.4.0.31906.1359940846.78187
  Descriptor file ID: (no value available)
  Descriptor file character set: (no value available)
  Changes staged for write(): DICOMDIR update, directory structure update

  Managed instances:
    PATIENT: PatientID='77654033', PatientName='Doe^Archibald'
      STUDY: StudyDate=20010101, StudyTime=000000, StudyDescription='XR C Spine Comp Min 4 Views'
        SERIES: Modality=CR, SeriesNumber=1
          IMAGE: 1 SOP Instance
        SERIES: Modality=CR, SeriesNumber=2
          IMAGE: 1 SOP Instance
        SERIES: Modality=CR, SeriesNumber=3
          IMAGE: 1 SOP Instance
      STUDY: StudyDate=19950903, StudyTime=173032, StudyDescription='CT, HEAD/BRAIN WO CONTRAST'
        SERIES: Modality=CT, SeriesNumber=2
          IMAGE: 4 SOP Instances
    PATIENT: PatientID='98890234', PatientName='Doe^Peter'
      STUDY: StudyDate=20010101, StudyTime=000000
        SERIES: Modality=CT, SeriesNumber=4
          IMAGE: 2 SOP Instances
        SERIES: Modality=CT, SeriesNumber=5
          IMAGE: 5 SOP Instances
      STUDY: StudyDate=20030505, StudyTime=050743, StudyDescription='Carotids'
        SERIES: Modality=MR, SeriesNumber=1
          IMAGE: 1 SOP Instance
        SERIES: Modality=MR, SeriesNumber=2
          IMAGE: 1 SOP Instance
      STUDY: StudyDate=20030505, StudyTime=025109, StudyDescription='Brain'
        SERIES: Modality=MR, SeriesNumber=1
          IMAGE: 1 SOP Instance
        SERIES: Modality=MR, SeriesNumber=2
          IMAGE: 3 SOP Instances
      STUDY: StudyDate=20030505, StudyTime=045357, StudyDescription='Brain-MRA'
        SERIES: Modality=MR, SeriesNumber=1
          IMAGE: 1 SOP Instance
        SERIES: Modality=MR, SeriesNumber=2
          IMAGE: 3 SOP Instances
        SERIES: Modality=MR, SeriesNumber=700
          IMAGE: 7 SOP Instances"""


@pytest.fixture
def fs():
    return FileSet(EXAMPLE)


def test_the_dicomdir_file():
    ds = dcmread(EXAMPLE)
    assert ds.file_meta.MediaStorageSOPClassUID.name == "Media Storage Directory Storage"
    record = ds.DirectoryRecordSequence[0]
    assert [(str(one.tag), one.VR, one.value) for one in record] == [
        ("(0004,1400)", "UL", 3126),
        ("(0004,1410)", "US", 65535),
        ("(0004,1420)", "UL", 510),
        ("(0004,1430)", "CS", "PATIENT"),
        ("(0008,0005)", "CS", "ISO_IR 100"),
        ("(0010,0010)", "PN", "Doe^Archibald"),
        ("(0010,0020)", "LO", "77654033"),
    ]


def test_loading_an_existing_file_set(fs):
    assert str(fs) == PRINTED.format(root=EXAMPLE.parent)
    for instance in fs:
        assert instance.PatientName == "Doe^Archibald"
        break
    assert fs.find_values("PatientID") == ["77654033", "98890234"]
    assert fs.find_values("PhotometricInterpretation") == []
    found = fs.find_values("PhotometricInterpretation", load=True)
    assert found == ["MONOCHROME1", "MONOCHROME2"]
    shown = [one.load().PhotometricInterpretation for one in fs.find(PatientID="77654033")]
    assert shown == ["MONOCHROME1"] * 3 + ["MONOCHROME2"] * 4
    wanted = {"PatientID": "77654033", "PhotometricInterpretation": "MONOCHROME1"}
    assert len(fs.find(**wanted)) == 0
    assert len(fs.find(load=True, **wanted)) == 3


def test_loading_from_a_data_set():
    ds = dcmread(EXAMPLE)
    ds.__dict__["filename"] = str(EXAMPLE)  # what it was read from
    fs = FileSet(ds)
    assert str(fs) == PRINTED.format(root=EXAMPLE.parent)
    fs.ID = "CHANGED"
    assert ds.FileSetID == "PYDICOM_TEST"
    assert len(ds.DirectoryRecordSequence) == 52


def test_a_new_file_set_from_beginning_to_end(tmp_path):
    ct, mr, rt_dose = map(dcmread, map(wheel_file, ("CT_small.dcm", "MR_small.dcm", "rtdose.dcm")))
    fs = FileSet()
    assert fs.is_staged

    instance = fs.add(ct)
    assert instance.is_staged
    assert instance.for_addition
    assert Path(instance.path).is_file()
    assert type(instance.load()) is FileDataset

    with pytest.raises(ValueError, match="InstanceNumber") as raised:
        fs.add(rt_dose)
    for part in ("RT DOSE", "update the instance", "record creator", "add_custom", "(0020,0013)"):
        assert part in str(raised.value)
    rt_dose.InstanceNumber = "1"
    fs.add(rt_dose)

    assert len(fs) == 2
    instances = fs.find(PatientID="1CT1")
    assert len(instances) == 1
    fs.remove(instances)
    assert len(fs) == 1

    fs.add(ct)
    fs.add(mr)
    fs.write(tmp_path)
    assert not fs.is_staged
    assert names(tmp_path) == [
        "DICOMDIR",
        "PT000000/ST000000/SE000000/RD000000",
        "PT000001/ST000000/SE000000/IM000000",
        "PT000002/ST000000/SE000000/IM000000",
    ]

    fs.remove(fs.find(PatientID="1CT1"))
    assert fs.is_staged
    fs.write()
    assert names(tmp_path) == [
        "DICOMDIR",
        "PT000000/ST000000/SE000000/RD000000",
        "PT000001/ST000000/SE000000/IM000000",
    ]


def test_keeping_and_changing_the_structure_of_an_existing_file_set(tmp_path):
    copyfile(EXAMPLE, tmp_path / "DICOMDIR")
    for name in ("77654033", "98892001", "98892003"):
        copytree(EXAMPLE.parent / name, tmp_path / name)
    fs = FileSet(tmp_path / "DICOMDIR")
    fs.remove(fs.find(PatientID="98890234"))
    fs.write(use_existing=True)
    assert names(tmp_path) == [
        "77654033/CR1/6154",
        "77654033/CR2/6247",
        "77654033/CR3/6278",
        "77654033/CT2/17106",
        "77654033/CT2/17136",
        "77654033/CT2/17166",
        "77654033/CT2/17196",
        "DICOMDIR",
    ]
    fs.write()
    assert names(tmp_path) == [
        "DICOMDIR",
        "PT000000/ST000000/SE000000/IM000000",
        "PT000000/ST000000/SE000001/IM000000",
        "PT000000/ST000000/SE000002/IM000000",
        "PT000000/ST000001/SE000000/IM000000",
        "PT000000/ST000001/SE000000/IM000001",
        "PT000000/ST000001/SE000000/IM000002",
        "PT000000/ST000001/SE000000/IM000003",
    ]
