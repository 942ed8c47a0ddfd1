"""The counts equal those of a slow, obvious implementation on every real file that pydicom reads."""

import pydicom.config
import pytest

from attributes.reference import Reference
from attributes.trees import scanned
from isocenter.attributes.profile import Profile
from isocenter.deidentify.table import rows
from isocenter.errors import Level
from support.files import shared_files, wheel_files

OTHER = {
    # VR UN: here it stays what was found, and sequences behind it are looked into all the same
    "UN_sequence.dcm",
    "bad_sequence.dcm",
    "rtdose_rle.dcm",
    "rtdose_rle_1frame.dcm",
    # the group length of the File Meta Information lies, and pydicom believes it
    "TC0393_meta_glen_one.dcm",
    "TC0395_meta_glen_max.dcm",
    "TC0397_meta_glen_huge.dcm",
}
"""Files that pydicom understands in another way."""


@pytest.fixture(autouse=True, scope="module")
def _un_stays_un():
    before = pydicom.config.replace_un_with_known_vr
    pydicom.config.replace_un_with_known_vr = False
    yield
    pydicom.config.replace_un_with_known_vr = before


@pytest.fixture(scope="module", params=["wheel", "shared"])
def both(request, tmp_path_factory):
    """The reference and the profile of all files that both read, and how many there are."""
    files = wheel_files() if request.param == "wheel" else shared_files()
    if not files:
        pytest.skip("../shared/data is not there")
    folder = tmp_path_factory.mktemp("reference")
    paths = [_linked(folder / "trial", number, path) for number, path in enumerate(files)]
    trial = scanned(folder / "p of all", folder / "trial")
    passed = {one.path for one in trial.findings if one.level is Level.ERROR}
    passed |= {one.path for one in trial.findings if one.code == "not-dicom"}
    reference, alike = Reference(set(rows())), 0
    for path in paths:
        if str(path) in passed or path.name in OTHER or not _counted(reference, path):
            path.unlink()
        else:
            alike += 1
    scanned(folder / "p", folder / "trial")
    with Profile(folder / "p", k=1) as profile:
        yield reference, profile, len(files), alike


def _linked(root, number, path):
    """Each in a folder of its own: a DICOMDIR is then a file as any other."""
    link = root / str(number) / path.name
    link.parent.mkdir(parents=True)
    link.symlink_to(path)
    return link


def _counted(reference, path):
    """Whether pydicom reads a file, which then is counted."""
    own = Reference(reference.listed)
    try:
        own.add(path)
    except Exception:  # noqa: BLE001 - it raises all kinds
        return False
    reference.take(own)
    return True


def test_most_files_are_compared(both):
    _, _, every, alike = both
    assert alike > 0.9 * every


def test_files_series_patients_and_occurrences_of_every_path(both):
    reference, profile, _, _ = both
    expected = {
        path: (
            reference.count(reference.files, path),
            reference.count(reference.valued, path),
            reference.count(reference.files, path, reference.series),
            reference.count(reference.files, path, reference.patients),
            reference.occurrences[path],
        )
        for path in reference.files
    }
    counted = {
        one.path: (one.files, one.files_with_value, one.series, one.patients, one.occurrences)
        for one in profile.presence(by=())
    }
    assert expected == counted


def test_vrs_of_every_path(both):
    reference, profile, _, _ = both
    found = {one.path: set(one.vrs) for one in profile.presence(by=())}
    # where the dictionary leaves a VR open, ours is decided by the data set
    settled = {path for path, vrs in reference.vrs.items() if " or " not in "".join(vrs)}
    assert len(settled) > 0.99 * len(found)
    assert {path: reference.vrs[path] for path in settled} == {
        path: found[path] for path in settled
    }


def test_files_series_and_patients_of_every_value(both):
    reference, profile, _, _ = both
    expected = {
        key: (
            reference.count(reference.values, key),
            reference.count(reference.values, key, reference.series),
            reference.count(reference.values, key, reference.patients),
        )
        for key in reference.values
        if len(key[1]) <= 1024
    }
    counted = {}
    for one in profile.values():
        counted[one.path, one.value] = one.files, one.series, one.patients
    assert expected == counted


def test_least_and_greatest_number_and_how_many(both):
    reference, profile, _, _ = both
    expected = {
        key: (len(numbers), min(numbers), max(numbers))
        for key, numbers in reference.numbers.items()
        if numbers and " or " not in key[1]
    }
    counted = {
        (path, vr): (count, least, greatest)
        for path, vr, count, least, greatest in profile.rows(
            "SELECT path, vr, count, least, greatest FROM numbers"
        )
    }
    assert expected == counted
