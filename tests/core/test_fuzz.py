"""Real files, damaged: the same cases every time, a small part of what tools/fuzz.py does."""

from random import Random

import pytest

import isocenter.errors
from exercise import exercise, same
from fuzz import Outcome, Worker, case, originals, place
from mutation import DAMAGES, Original, mutated
from support.files import wheel_file, wheel_files

CASES = 12
"""Of each file."""
LARGEST = 40_000

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def small_files():
    return [path for path in wheel_files() if path.stat().st_size <= LARGEST]


@pytest.fixture(scope="module")
def files():
    return [Original.of(path.name, path.read_bytes()) for path in small_files()]


@pytest.mark.parametrize("part", range(6))
def test_damaged_files(files, part):
    random = Random(part)  # noqa: S311 - repeatable, no secret
    for original in files[part::6]:
        for _ in range(CASES):
            data = mutated(original, random.choice(files), random)
            exercise(data)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_every_kind_of_damage_does_some(files, damage):
    random, changed = Random(1), 0  # noqa: S311 - repeatable, no secret
    for original in files[:40]:
        data = bytearray(original.data)
        damage(data, random, original, files[0])
        changed += data != original.data
    assert changed > 20


def test_a_case_is_its_seed_and_number(files):
    assert case(files, 3, 7) == case(files, 3, 7)
    assert case(files, 3, 7) != case(files, 3, 8)
    assert case(files, 3, 7) != case(files, 4, 7)


def test_headers_are_found_where_they_stand():
    original = Original.of("", wheel_file("test-SR.dcm").read_bytes())
    assert len(original.headers) > 100
    for start, vr, _, _ in original.headers:
        if vr is not None:
            assert vr == start + 4
            assert original.data[vr : vr + 2].isalpha()
        else:
            assert original.data[start : start + 4] == b"\xfe\xff\x00\xe0"


def test_an_original_that_is_no_dicom_has_no_headers():
    assert Original.of("", b"").headers == ()
    assert mutated(Original.of("", b""), Original.of("", b""), Random(1)) is not None  # noqa: S311 - repeatable


def test_what_differs_where_nothing_was_wrong_is_a_defect():
    one, other = (isocenter.dcmread(wheel_file(name)) for name in ("CT_small.dcm", "MR_small.dcm"))
    same(one, one)
    with pytest.raises(AssertionError):
        same(one, other)


def test_a_process_that_is_gone_is_an_outcome_and_there_is_another_one():
    worker = Worker()
    try:
        worker._process.kill()
        worker._process.join()
        assert worker.outcome(b"").defect == "died with -9"
        assert worker.outcome(b"") == Outcome()
    finally:
        worker.end()


def test_a_defect_is_its_kind_and_place():
    with pytest.raises(isocenter.errors.UsageError) as caught:
        isocenter.Tag(object())
    assert place(caught.value).startswith("UsageError in tag.py:")


def test_the_files_of_a_folder_in_a_stable_order(tmp_path):
    for name in ("b", "a", "empty"):
        (tmp_path / name).write_bytes(b"" if name == "empty" else name.encode())
    assert [original.name for original in originals([tmp_path])] == ["a", "b"]
