"""The overview of DICOM images in Python, top to bottom, with our names.

A seed of this project: reading, visualization, pre-processing, export, DICOMDIR, and a
closing script that converts a whole disc: as it stands with our names, and by our command.
"""

import contextlib
import re
from collections import Counter

import numpy as np
import pytest
from PIL import Image

import isocenter
from isocenter import dcmread
from isocenter.errors import PixelError
from isocenter.export import export
from isocenter.fileset import FileSet
from isocenter.pixels import (
    DisplayTables,
    Frames,
    Look,
    apply_color_lut,
    apply_modality_lut,
    apply_voi_lut,
    picture,
    render,
)
from isocenter.pixels.deep import output_values
from library.trees import Inline, ct
from support.files import wheel_file


@pytest.fixture
def ds(tmp_path):
    """A CT slice with two windows, as in the overview."""
    path = tmp_path / "I7600000"
    path.write_bytes(
        ct(
            76,
            WindowCenter=[35, 700],
            WindowWidth=[80, 3200],
            WindowCenterWidthExplanation=["WINDOW1", "WINDOW2"],
            PatientID="99999999",
            PatientName="ROSSI^MARIO",
            StudyDate="20221215",
            SeriesNumber=604,
        )
    )
    return dcmread(path)


def test_data_structure(ds):
    assert isinstance(ds, isocenter.FileDataset)
    assert ds.PatientName == "ROSSI^MARIO"
    assert ds[0x10, 0x10].value == "ROSSI^MARIO"
    assert "PatientID" in ds.dir("pat")
    assert {*ds.dir("pat")} < {*ds.dir()}
    assert "(0010,0010)" in str(ds).replace(", ", ",")


def test_image_visualization(ds):
    frames = Frames(ds)
    stored = frames.array(0)
    assert stored.shape == (ds.Rows, ds.Columns)
    assert ds[0x28, 0x4].value == "MONOCHROME2"
    hu = output_values(frames, 0)
    assert np.array_equal(hu, stored * float(ds.RescaleSlope) + float(ds.RescaleIntercept))
    first, second = (render(ds, voi=index) for index in (0, 1))
    low, high = 35 - 0.5 - 79 / 2, 35 - 0.5 + 79 / 2
    assert (first[hu <= low] == 0).all()
    assert (first[hu > high] == 255).all()
    assert not np.array_equal(first, second)
    assert np.array_equal(second, picture(frames, 0, DisplayTables(), Look(voi=1)))


def test_image_export(ds, tmp_path):
    shown = render(ds)
    for name in ("dicom.jpg", "dicom.png"):
        Image.fromarray(shown).save(tmp_path / name)
        with Image.open(tmp_path / name) as image:
            assert np.abs(np.asarray(image).astype(int) - shown).mean() < 4


def test_dicomdir():
    directory = dcmread(wheel_file("DICOMDIR"))
    kinds = [record.DirectoryRecordType for record in directory.DirectoryRecordSequence]
    assert kinds[:4] == ["PATIENT", "STUDY", "SERIES", "IMAGE"]
    assert directory.DirectoryRecordSequence[3].ReferencedFileID[0] == "77654033"


def test_the_closing_script(tmp_path):
    """All instances of a DICOMDIR to ``patient/date/series/instance.jpg``.

    On this disc several have one path: the script would have kept the last of them.
    """
    directory = dcmread(wheel_file("DICOMDIR"))
    disc, out = wheel_file("DICOMDIR").parent, tmp_path / "exam_converted"
    expected = Counter()
    for record in directory.DirectoryRecordSequence:
        if "ReferencedFileID" in record:
            instance = dcmread(disc.joinpath(*record.ReferencedFileID))
            folder = f"{instance.PatientID}/{instance.StudyDate}/{instance.SeriesNumber}"
            expected[f"{folder}/{instance.InstanceNumber}.jpg"] += 1
    made = export(disc / "DICOMDIR", out, executor=Inline())
    assert Counter(re.sub("~[0-9]+", "", path) for path in made.written) == expected
    assert expected.total() == len({*made.written}) == 31
    assert {finding.code for finding in made.findings} <= {"name-counted", "bad-aspect"}
    for path in made.written:
        with Image.open(out / path) as image:
            image.load()
            assert image.format == "JPEG"


def test_the_closing_script_as_it_stands(tmp_path):
    ds = dcmread(wheel_file("DICOMDIR"))
    fs = FileSet(ds)
    expected = set()
    for instance in fs:
        ds = instance.load()
        arr = ds.pixel_array
        with contextlib.suppress(PixelError):
            arr = apply_color_lut(arr, ds)
        hu = apply_modality_lut(arr, ds)
        out = apply_voi_lut(hu, ds, index=0)
        new_image = out.astype(float)
        scaled_image = np.uint8((np.maximum(new_image, 0) / new_image.max()) * 255.0)
        folder = tmp_path / ds.PatientID / ds.StudyDate / str(ds.SeriesNumber)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{ds.InstanceNumber}.jpg"
        Image.fromarray(scaled_image).save(path)
        expected.add(path)
    assert len(fs) == 31
    assert {path for path in tmp_path.rglob("*.jpg") if path.stat().st_size > 0} == expected


def test_the_colour_palette_says_what_is_missing(ds):
    with pytest.raises(PixelError, match=r"(?i)palette"):
        apply_color_lut(ds.pixel_array, ds)
