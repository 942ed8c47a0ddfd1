"""A scan: what is counted, what is kept, and what is walked again."""

import pytest

from attributes.trees import archive, put, scanned, slice_of
from isocenter.attributes.profile import Profile
from isocenter.errors import UsageError


@pytest.fixture
def given(tmp_path):
    return archive(tmp_path / "in")


def of(profile, path):
    (found,) = (one for one in profile.presence(by=()) if one.path == path)
    return found


def test_files_series_and_patients_are_counted(given, tmp_path):
    made = scanned(tmp_path / "p", given)
    assert (made.files, made.walked, made.failed, made.kept) == (18, 18, 0, 0)
    with Profile(tmp_path / "p") as profile:
        assert profile.totals() == (18, 6, 6, 0, 0)
        rows = of(profile, "00280010")
        assert (
            rows.files,
            rows.files_with_value,
            rows.series,
            rows.patients,
            rows.vrs,
        ) == (18, 18, 6, 6, ("US",))


def test_a_value_is_told_when_five_patients_have_it(given, tmp_path):
    put(given, {"rare.dcm": slice_of("7", 1, ScanOptions="RARE")})
    scanned(tmp_path / "p", given)
    with Profile(tmp_path / "p") as profile:
        told = {(one.path, one.value): one for one in profile.values()}
    modality = told["00080060", "MR"]
    assert (modality.files, modality.series, modality.patients) == (19, 7, 7)
    assert not [value for _, value in told if value == "RARE"]


def test_a_second_scan_walks_what_is_new_or_changed_and_forgets_what_has_gone(given, tmp_path):
    scanned(tmp_path / "p", given, files_in_shard=3)
    again = scanned(tmp_path / "p", given, files_in_shard=3)
    assert (again.files, again.walked, again.kept) == (18, 0, 18)
    put(given, {"patient 1/1.dcm": slice_of("1", 1, Manufacturer="OTHER MAKER")})
    (given / "patient 2/2.dcm").unlink()
    again = scanned(tmp_path / "p", given, files_in_shard=3)
    assert (again.files, again.walked, again.kept) == (17, 5, 12)
    with Profile(tmp_path / "p", k=1) as profile:
        assert profile.totals().files == 17
        makers = {one.context.manufacturer: one.files for one in profile.contexts()}
    assert makers == {"OTHER MAKER": 1, "TOSHIBA_MEC": 16}


def test_a_scan_with_other_options_needs_another_folder(given, tmp_path):
    scanned(tmp_path / "p", given)
    with pytest.raises(UsageError, match="another unsafe values"):
        scanned(tmp_path / "p", given, unsafe=True)
    with pytest.raises(UsageError, match="not empty"):
        scanned(given, given)


def test_what_is_no_dicom_file_is_told(given, tmp_path):
    put(given, {"notes.txt": b"no DICOM", "cut.dcm": slice_of("8", 1)[:703], "empty.dcm": b""})
    made = scanned(tmp_path / "p", given)
    codes = {finding.path.rpartition("/")[2]: finding.code for finding in made.findings}
    assert codes == {"notes.txt": "not-dicom", "cut.dcm": "truncated", "empty.dcm": "empty-file"}
    assert made.failed == 2
