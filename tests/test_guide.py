"""The first pydicom user guide: its snippets and its readers' wishes, with today's names.

``dicom`` is ``isocenter``, ``read_file`` is ``dcmread``, and keywords are those of PS3.6. An
old name is answered with today's.
"""

import io
import shutil

import numpy as np
import pydicom
import pytest
from PIL import Image

import isocenter
from core.stream import IMPLICIT, explicit, implicit, item, open_sequence, part10
from isocenter import DataElement, Dataset, Sequence
from isocenter.pixels import render
from isocenter.pixels.diffusion import diffusion
from isocenter.pixels.stacks import group_series, stacks
from support.files import wheel_file

RTPLAN = """
(0008,0012) Instance Creation Date              DA: '20030903'
(0008,0013) Instance Creation Time              TM: '150031'
(0008,0016) SOP Class UID                       UI: RT Plan Storage
(0008,0018) SOP Instance UID                    UI: 1.2.777.777.77.7.7777.7777.20030903150023
(0008,0020) Study Date                          DA: '20030716'
(0008,0030) Study Time                          TM: '153557'
(0008,0050) Accession Number                    SH: ''
(0008,0060) Modality                            CS: 'RTPLAN'
"""
FILE_META = """
(0002,0001) File Meta Information Version       OB: b'\\x00\\x01'
(0002,0002) Media Storage SOP Class UID         UI: RT Plan Storage
(0002,0003) Media Storage SOP Instance UID      UI: 1.2.999.999.99.9.9999.9999.20030903150023
(0002,0010) Transfer Syntax UID                 UI: Implicit VR Little Endian
(0002,0012) Implementation Class UID            UI: 1.2.888.888.88.8.8.8
"""


@pytest.fixture
def ds(tmp_path, monkeypatch):
    shutil.copy(wheel_file("rtplan.dcm"), tmp_path)
    monkeypatch.chdir(tmp_path)
    return isocenter.dcmread("rtplan.dcm")


@pytest.fixture
def ct():
    return isocenter.dcmread(wheel_file("CT_small.dcm"))


# --- Dataset -----------------------------------------------------------------------------


def test_display_the_entire_dataset(ds):
    assert RTPLAN.strip() in repr(ds)
    assert repr(ds) == str(ds)


def test_file_meta_is_a_data_set_of_its_own(ds):
    assert repr(ds.file_meta).endswith(FILE_META.strip())  # before it: the group's length
    assert not [tag for tag in ds.keys() if tag.group == 2]


def test_elements_by_name_or_by_number(ds):
    assert repr(ds.PatientName) == "'Last^First^mid^pre'"
    assert repr(ds[0x10, 0x10].value) == "'Last^First^mid^pre'"
    assert isinstance(ds[0x10, 0x10], DataElement)


def test_set_values_by_name_or_by_number(ds):
    ds.PatientID = "12345"
    ds.SeriesNumber = 5
    ds[0x10, 0x10].value = "Test"
    assert (ds[0x10, 0x20].value, ds[0x20, 0x11].value, ds.PatientName) == ("12345", 5, "Test")
    ds.save_as("changed.dcm")
    again = isocenter.dcmread("changed.dcm")
    assert (again.PatientID, again.SeriesNumber, again.PatientName) == ("12345", 5, "Test")


def test_sequences_are_lists(ds):
    assert ds.BeamSequence[0].BeamName == "Field 1"
    assert ds[0x300A, 0xB0][0][0x300A, 0xC2].value == "Field 1"
    beam1 = ds.BeamSequence[0]
    assert (beam1.BeamName, beam1[0x300A, 0xC2].value) == ("Field 1", "Field 1")


def test_dir(ds):
    found = ["PatientBirthDate", "PatientID", "PatientName", "PatientSetupSequence", "PatientSex"]
    assert ds.dir("pat") == found
    assert set(found) < set(ds.dir())
    assert len(ds.dir()) == len(ds)


def test_the_whole_element(ds):
    data_element = ds.data_element("PatientName")
    assert (data_element.VR, data_element.value) == ("PN", "Last^First^mid^pre")
    assert data_element == ds[0x10, 0x10]


def test_in(ds):
    assert "PatientName" in ds
    assert "PatientAge" not in ds


def test_del(ct):
    ct.OtherPatientIDs = "7"
    del ct[0x10, 0x1000]
    assert "OtherPatientIDs" not in ct
    ct.OtherPatientIDs = "7"
    tag = ct.data_element("OtherPatientIDs").tag
    del ct[tag]
    assert "OtherPatientIDs" not in ct


def test_pixel_data(ct):
    pixel_bytes = ct.PixelData
    assert (type(pixel_bytes), len(pixel_bytes)) == (bytes, 128 * 128 * 2)
    pix = ct.pixel_array
    assert (pix == pydicom.dcmread(wheel_file("CT_small.dcm")).pixel_array).all()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("PatientsName", "PatientName"),
        ("PatientsID", "PatientID"),
        ("PatientsBirthDate", "PatientBirthDate"),
        ("PatientsSex", "PatientSex"),
        ("Beams", "BeamSequence"),
        ("PatientSetups", "PatientSetupSequence"),
        ("ReferencedFilmBoxes", "ReferencedFilmBoxSequence"),
    ],
)
def test_an_old_name_is_answered_with_todays(ds, old, new):
    with pytest.raises(AttributeError, match=f"did you mean {new}"):
        getattr(ds, old)
    with pytest.warns(UserWarning, match=f"did you mean {new}"):
        setattr(ds, old, "x")
    assert old not in ds


# --- DataElement, Tag, Sequence ----------------------------------------------------------


def test_what_an_element_stores():
    element = DataElement(0x00100010, "PN", "Last^First")
    assert (element.tag, element.VR, element.VM, element.value) == (
        0x00100010,
        "PN",
        1,
        "Last^First",
    )


def test_tags():
    from isocenter import Tag  # noqa: PLC0415 - the snippet under test

    t1 = Tag(0x00100010)  # all of these are equivalent
    t2 = Tag(0x10, 0x10)
    t3 = Tag((0x10, 0x10))
    assert repr(t1) == "(0010,0010)"
    assert (t1 == t2, t1 == t3) == (True, True)
    assert isinstance(t1, int)


def test_sequences_are_derived_from_list(ds):
    assert isinstance(ds.BeamSequence, list)
    assert isinstance(ds.BeamSequence, Sequence)
    ds.BeamSequence.append(Dataset())
    assert ds["BeamSequence"].VM == 1
    assert len(ds.BeamSequence) == 2


# --- what readers of the guide asked for ----------------------------------------------------


def test_wish_only_the_header(ct, tmp_path):
    """ "...if I'm not going to touch the actual pixel data?"""
    shutil.copy(wheel_file("CT_small.dcm"), tmp_path / "a.dcm")
    header = isocenter.dcmread(tmp_path / "a.dcm", stop_before_pixels=True)
    assert "PixelData" not in header
    assert [tag for tag in ct.keys() if tag < 0x7FE00010] == header.keys()


def test_wish_a_valid_sop_instance_uid(ds):
    ds.SOPInstanceUID = isocenter.generate_uid()
    assert ds.SOPInstanceUID.is_valid
    assert isocenter.generate_uid() != ds.SOPInstanceUID


def test_wish_what_is_inside_a_nested_private_sequence():
    """(2005,140F) of a Philips file was shown as an array of 1104 bytes."""
    nested = item(implicit(0x00180081, b"92"))
    name = b"Philips MR Imaging DD 005 "
    implicit_vr = part10(implicit(0x20050014, name) + implicit(0x2005140F, nested), IMPLICIT)
    unknown = part10(explicit(0x20050014, "LO", name) + explicit(0x2005140F, "UN", nested))
    undefined = part10(
        explicit(0x20050014, "LO", b"someone else") + open_sequence(0x2005140F, nested, vr="UN")
    )
    for data in (implicit_vr, unknown, undefined):
        element = isocenter.dcmread(data)[0x2005, 0x140F]
        assert element.VR == "SQ"
        assert element.value[0].EchoTime == 92
    by_creator = isocenter.dcmread(unknown).private_block(0x2005, name.decode().strip())
    assert by_creator[0x0F].value[0].EchoTime == 92


def test_wish_what_is_inside_bytes_that_are_a_data_set():
    """A file that says OB is believed; the bytes behind the item's header are a data set."""
    nested = item(implicit(0x00180081, b"92"))
    ds = isocenter.dcmread(part10(explicit(0x20051001, "OB", nested)))
    assert ds[0x2005, 0x1001].value == nested
    assert isocenter.dcmread(ds[0x2005, 0x1001].value[8:], force=True).EchoTime == 92


def test_wish_add_elements(ds):
    """OtherPatientIDs is in the dictionary, but not in the file."""
    ds.OtherPatientIDs = ["1", "2"]
    assert (ds[0x0010, 0x1000].VR, ds[0x0010, 0x1000].value) == ("LO", ["1", "2"])
    ds.add_new((0x0011, 0x0010), "LO", "ACME")
    assert ds[0x0011, 0x0010].value == "ACME"
    with pytest.raises(AttributeError, match=r"OtherPatientNames \(0010,1001\) is not in this"):
        _ = ds.OtherPatientNames
    with pytest.raises(KeyError):
        _ = ds[0x0010, 0x1001]


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "PNG"])
def test_wish_a_picture(ct, kind):
    picture = render(ct)
    target = io.BytesIO()
    Image.fromarray(picture).save(target, kind)
    again = np.asarray(Image.open(target).convert("L"))
    assert again.shape == (128, 128)
    assert np.abs(again.astype(int) - picture).mean() < 3


def test_wish_sort_a_stack_of_files_in_a_directory():
    folder = wheel_file("2062").parent
    headers = [isocenter.dcmread(path, stop_before_pixels=True) for path in folder.iterdir()]
    (series,) = group_series(headers)
    (stack,) = stacks(series)
    places = [float(one.ImagePositionPatient[2]) for one in stack.datasets]
    assert places == sorted(places)
    assert len(places) == len(headers) > 1


def test_wish_b_values_and_directions():
    ds = Dataset()
    ds.DiffusionBValue, ds.DiffusionGradientOrientation = 1000.0, [0.0, -0.6, 0.8]
    weighting = diffusion(ds)
    assert (weighting.b_value, weighting.direction) == (1000.0, (0.0, -0.6, 0.8))
