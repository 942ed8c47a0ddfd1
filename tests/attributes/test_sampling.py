"""Samples: the first readable file of each series, or of each device and what brings new paths."""

import pytest

from attributes.trees import archive, put, scanned, slice_of
from isocenter.attributes.model import Sample
from isocenter.attributes.profile import Profile


@pytest.fixture
def given(tmp_path):
    """Three series of three slices, two of them in one folder; the first file of one is cut off."""
    root = archive(tmp_path / "in", patients=2)
    return put(
        root,
        {
            "patient 1/other 1.dcm": slice_of("3", 1, Manufacturer="OTHER"),
            "patient 1/other 2.dcm": slice_of("3", 2, Manufacturer="OTHER", StudyComments="new"),
            "patient 2/1.dcm": slice_of("2", 1)[:703],
        },
    )


def walked(folder):
    with Profile(folder, k=1) as profile:
        found = profile.rows("SELECT file, state FROM files WHERE state = 'walked'")
    return {path.split("/in/")[1] for path, _ in found}


def test_the_first_readable_file_of_each_series_wherever_it_lies(given, tmp_path):
    made = scanned(tmp_path / "p", given, sample=Sample.SERIES)
    # what is cut off is walked to be told, and does not stand for its series
    expected = {"patient 1/1.dcm", "patient 1/other 1.dcm", "patient 2/1.dcm", "patient 2/2.dcm"}
    assert expected == walked(tmp_path / "p")
    assert (made.files, made.walked, made.left_out) == (8, 4, 4)


def test_the_first_of_each_device_then_what_brings_new_paths(given, tmp_path):
    scanned(tmp_path / "p", given, sample=Sample.DEVICE)
    expected = {"patient 1/1.dcm", "patient 1/other 1.dcm", "patient 1/other 2.dcm"}
    assert expected | {"patient 2/1.dcm"} == walked(tmp_path / "p")


@pytest.mark.parametrize("sample", [Sample.SERIES, Sample.DEVICE])
def test_the_size_of_the_pieces_changes_no_choice(given, tmp_path, sample):
    scanned(tmp_path / "one", given, sample=sample, files_in_shard=1)
    scanned(tmp_path / "all", given, sample=sample)
    assert walked(tmp_path / "all") == walked(tmp_path / "one")


def test_the_sample_follows_what_comes_and_goes(given, tmp_path):
    scanned(tmp_path / "p", given, sample=Sample.SERIES)
    (given / "patient 1/1.dcm").unlink()
    scanned(tmp_path / "p", given, sample=Sample.SERIES)
    assert "patient 1/2.dcm" in walked(tmp_path / "p")
