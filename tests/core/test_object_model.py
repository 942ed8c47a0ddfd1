"""The data set as an object: what pydicom's guide shows, and pydicom as the oracle."""

import copy
import datetime as dt
import pickle
import warnings

import pydicom
import pytest

import isocenter
from isocenter import DataElement, Dataset, FileMetaDataset, Sequence
from isocenter.errors import UsageError
from support.files import wheel_file

PLAN = "rtplan.dcm"


@pytest.fixture
def ds():
    return isocenter.dcmread(wheel_file(PLAN))


@pytest.fixture
def theirs():
    return pydicom.dcmread(wheel_file(PLAN))


def test_the_guide_step_by_step(ds):
    assert ds[0x10, 0x10].value == "Last^First^mid^pre"
    ds.PatientID = "12345"
    ds.SeriesNumber = 5
    ds[0x10, 0x10].value = "Test"
    assert (ds.PatientID, ds.SeriesNumber, ds.PatientName) == ("12345", 5, "Test")
    assert ds.BeamSequence[0].BeamName == "Field 1"
    assert ds[0x300A, 0xB0][0][0x300A, 0xC2].value == "Field 1"
    element = ds.data_element("PatientName")
    assert (element.VR, element.value) == ("PN", "Test")
    assert "PatientName" in ds
    del ds[0x10, 0x10]
    assert "PatientName" not in ds


@pytest.mark.parametrize("part", ["pat", "BEAM", "uid", "nothing at all"])
def test_dir_is_pydicoms(ds, theirs, part):
    assert theirs.dir(part) == ds.dir(part)


def test_iteration_is_pydicoms(ds, theirs):
    assert [int(element.tag) for element in theirs.iterall()] == [
        int(element.tag) for element in ds.iterall()
    ]
    assert [int(tag) for tag in sorted(theirs.keys())] == [int(tag) for tag in ds.keys()]


def test_walk_visits_what_pydicom_visits(ds, theirs):
    visited, expected = [], []
    ds.walk(lambda _, element: visited.append(int(element.tag)))
    theirs.walk(lambda _, element: expected.append(int(element.tag)))
    assert expected == visited
    visited.clear()
    ds.walk(lambda _, element: visited.append(int(element.tag)), recursive=False)
    assert [int(tag) for tag in ds.keys()] == visited


def test_slices_and_groups(ds, theirs):
    wanted = slice(0x300A0000, 0x300B0000)
    assert [int(tag) for tag in theirs[wanted].keys()] == [int(tag) for tag in ds[wanted].keys()]
    assert [int(tag) for tag in ds.group_dataset(0x10).keys()][:2] == [0x00100010, 0x00100020]
    del ds[0x300A0000:0x300B0000]
    assert "BeamSequence" not in ds
    assert "PatientName" in ds


def test_pop_setdefault_update(ds):
    assert ds.pop("PatientID").VR == "LO"
    assert ds.pop("PatientID", None) is None
    with pytest.raises(KeyError):
        ds.pop("PatientID")
    assert ds.setdefault("PatientID", "new").value == "new"
    assert ds.setdefault("PatientID", "other").value == "new"
    ds.update({"PatientName": "A^B", 0x00080060: DataElement(0x00080060, "CS", "CT")})
    assert (ds.PatientName, ds.Modality) == ("A^B", "CT")


def test_a_misspelt_keyword_warns_when_set_and_suggests():
    ds = Dataset()
    with pytest.warns(UserWarning, match="did you mean PatientName"):
        ds.PatientNam = "x"
    assert len(ds) == 0


@pytest.mark.parametrize(
    ("old", "today"),
    [("PatientsName", "PatientName"), ("Beams", "BeamSequence"), ("PatientsID", "PatientID")],
)
def test_names_of_2010_are_answered_with_todays(ds, old, today):
    with pytest.raises(AttributeError, match=f"did you mean {today}"):
        getattr(ds, old)


def test_an_attribute_that_is_no_keyword_is_a_python_attribute(ds):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ds.remark = "mine"
    assert ds.remark == "mine"
    assert "remark" not in ds.dir()
    del ds.remark
    with pytest.raises(AttributeError):
        _ = ds.remark


def repickled(ds):
    return pickle.loads(pickle.dumps(ds))  # noqa: S301 - our own bytes


@pytest.mark.parametrize("remake", [copy.copy, copy.deepcopy, repickled])
def test_a_copy_is_equal_and_of_its_own(ds, remake):
    ds.BeamSequence[0].BeamName = "changed"
    other = remake(ds)
    assert other == ds
    other.PatientID = "another"
    assert other != ds
    assert other.file_meta == ds.file_meta


def test_a_deep_copy_has_its_own_items(ds):
    other = copy.deepcopy(ds)
    other.BeamSequence[0].BeamName = "mine"
    assert ds.BeamSequence[0].BeamName == "Field 1"


def test_values_are_converted_as_reading_would_give_them():
    ds = Dataset()
    ds.SliceThickness = "2.50"
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.PatientName = "A^B"
    ds.FrameIncrementPointer = "FrameTime"
    ds.PixelSpacing = "0.5\\0.25"
    assert (ds.SliceThickness, str(ds.SliceThickness)) == (2.5, "2.50")
    assert ds.ImageType == ["ORIGINAL", "PRIMARY"]
    assert (ds.PatientName.family_name, ds.PatientName.given_name) == ("A", "B")
    assert ds.FrameIncrementPointer == 0x00181063
    assert ds.PixelSpacing == [0.5, 0.25]
    assert (
        isocenter.DataElement(0x00280106, "US or SS", 5).VR,
        isocenter.DataElement(0x00081140, "SQ", []).VR,
    ) == ("US or SS", "SQ")


def test_what_no_element_can_hold_is_an_error():
    ds = Dataset()
    with pytest.raises(UsageError, match="VR DS"):
        ds.SliceThickness = object()
    with pytest.raises(UsageError, match="data sets"):
        ds.BeamSequence = ["no data set"]
    with pytest.raises(UsageError, match="DataElement"):
        ds[0x00100010] = "a value"
    with pytest.raises(UsageError, match="tag"):
        ds[0x00100010] = DataElement(0x00100020, "LO", "x")


def test_private_blocks(ds):
    block = ds.private_block(0x0011, "ACME", create=True)
    block.add_new(0x01, "LO", "hello")
    other = ds.private_block(0x0011, "OTHER", create=True)
    other.add_new(0x01, "US", 7)
    assert (block.get_tag(1), other.get_tag(1)) == (0x00111001, 0x00111101)
    assert (block[0x01].value, ds[0x0011, 0x1101].value) == ("hello", 7)
    assert ds.private_creators(0x0011) == ["ACME", "OTHER"]
    assert ds.get_private_item(0x0011, 0x01, "ACME").value == "hello"
    assert 0x01 in block
    del block[0x01]
    assert 0x01 not in block
    ds.add_new_private("ACME", 0x0011, 0x02, b"\0\1", "OB")
    ds.remove_private_tags()
    assert not any(tag.is_private for tag in ds.keys())


@pytest.mark.parametrize(
    ("group", "creator", "error"),
    [(0x0010, "ACME", UsageError), (0x0011, "", UsageError), (0x0011, "NOBODY", KeyError)],
)
def test_private_blocks_that_cannot_be(group, creator, error):
    with pytest.raises(error):
        Dataset().private_block(group, creator)


def test_a_full_group_has_no_free_block():
    ds = Dataset()
    for number in range(0x10, 0x100):
        ds.add_new((0x0011, number), "LO", f"C{number}")
    with pytest.raises(UsageError, match="no free"):
        ds.private_block(0x0011, "ONE MORE", create=True)


def test_file_meta_takes_group_2_only():
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = "1.2.840.10008.1.2"
    with pytest.raises(UsageError, match="group 0002"):
        meta.PatientID = "x"


def test_top_shows_one_level(ds):
    lines = ds.top().splitlines()
    assert len(ds) == len(lines)
    assert any("item(s)" in line for line in lines)


def test_it_is_a_context_manager_and_a_sequence_prints(ds):
    with ds as same:
        assert same is ds
    assert len(Sequence([Dataset(), Dataset()])) == 2
    assert "Beam Sequence" in str(ds)


def test_popitem_and_clear():
    ds = Dataset()
    ds.PatientID, ds.Rows = "1", 2
    assert ds.popitem()[0] == 0x00280010
    ds.clear()
    assert not ds
    with pytest.raises(KeyError):
        ds.popitem()


def test_deleting_what_is_not_there():
    ds = Dataset()
    with pytest.raises(AttributeError, match="not in this data set"):
        del ds.PatientID
    with pytest.raises(KeyError):
        del ds[0x00100010]


def test_dates_may_be_given_as_dates():
    ds = Dataset()
    ds.StudyDate = dt.date(2020, 2, 29)
    ds.StudyTime = dt.time(12, 30, 5)
    ds.AcquisitionDateTime = dt.datetime(2020, 2, 29, 12, 30, tzinfo=dt.UTC)
    assert (
        ds.StudyDate,
        ds.StudyTime,
        ds.AcquisitionDateTime,
    ) == ("20200229", "123005", "20200229123000+0000")


def test_json_is_a_method_too(ds):
    text = ds.to_json()
    assert Dataset.from_json(text).BeamSequence[0].BeamName == "Field 1"
    assert ds.to_json_dict()["00100020"]["Value"] == [ds.PatientID]
