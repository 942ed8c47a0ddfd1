"""Whatever the shards, the order, the tree of merges: the same profile."""

import shutil

import pytest
from hypothesis import given as property_of
from hypothesis import settings
from hypothesis import strategies as st

from attributes.trees import archive, put, scanned, slice_of
from isocenter.attributes.merge import merge
from isocenter.attributes.profile import Profile
from isocenter.errors import UsageError

VIEWS = (
    "attributes",
    "presence",
    "values",
    "values_by_context",
    "patterns",
    "numbers",
    "different",
)
VIEWS += ("violations", "contexts", "series", "withheld")


def content(folder):
    """All that a profile tells, in one order."""
    with Profile(folder, k=1) as profile:
        return {
            view: sorted(map(str, profile.rows(f"SELECT * FROM {view}")))  # noqa: S608 - names above
            for view in VIEWS
        }


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Twelve files of four patients, in a folder each, and what a single scan of all tells."""
    root = tmp_path_factory.mktemp("merge")
    archive(root / "in", patients=4)
    put(root / "in", {"patient 4/3.dcm": slice_of("1", 9, Manufacturer="OTHER")})
    scanned(root / "p", root / "in")
    files = sorted((root / "in").rglob("*.dcm"))
    return files, content(root / "p")


@settings(max_examples=4)
@property_of(data=st.data())
def test_any_partition_and_any_tree_of_merges_is_the_same_profile(whole, data, tmp_path_factory):
    files, expected = whole
    root = tmp_path_factory.mktemp("parts")
    order = data.draw(st.permutations(files))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(files) - 1), max_size=3)))
    edges = zip([0, *cuts], [*cuts, len(files)], strict=True)
    profiles = []
    for number, (start, end) in enumerate(edges):
        size = data.draw(st.integers(1, 5))
        scanned(root / f"{number}", *order[start:end], files_in_shard=size)
        profiles.append(root / f"{number}")
    while len(profiles) > 1:
        pair = data.draw(st.permutations(profiles))[:2]
        merged = root / f"{len(list(root.iterdir()))}"
        merge(pair, merged)
        profiles = [*(one for one in profiles if one not in pair), merged]
    assert expected == content(profiles[0])
    shutil.rmtree(root)


def test_merging_twice_changes_nothing(whole, tmp_path):
    files, expected = whole
    scanned(tmp_path / "a", *files)
    merge([tmp_path / "a", tmp_path / "a"], tmp_path / "b")
    made = merge([tmp_path / "a", tmp_path / "b"], tmp_path / "c")
    assert made.left_out == 0
    assert expected == content(tmp_path / "c")


def test_a_part_of_another_profile_counts_once(whole, tmp_path):
    files, expected = whole
    scanned(tmp_path / "all", *files)
    scanned(tmp_path / "part", *files[:2])
    merge([tmp_path / "part", tmp_path / "all"], tmp_path / "c")
    assert expected == content(tmp_path / "c")


def test_profiles_with_some_files_in_common_are_refused(whole, tmp_path):
    files, _ = whole
    scanned(tmp_path / "a", *files[:5])
    scanned(tmp_path / "b", *files[4:6])
    with pytest.raises(UsageError, match="1 files in common"):
        merge([tmp_path / "a", tmp_path / "b"], tmp_path / "c")
