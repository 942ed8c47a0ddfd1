"""An output that holds files of others: a first build puts nothing over them."""

import shutil

import pytest

from isocenter.errors import UsageError
from isocenter.files.target import Placement
from library.trees import EXAMPLE, Tree, ct, fingerprint, run


@pytest.fixture
def others(tmp_path):
    """The only copy of an image, at a path that every tree by age may have."""
    found = Tree(tmp_path / "others")
    found.slices("A", 1)
    (place,) = (found.root / EXAMPLE / "A").iterdir()
    place.write_bytes(ct(9, PatientID="SOMEBODY"))
    return found.root


@pytest.mark.parametrize("how", [Placement.LINK, Placement.COPY])
def test_another_tree_is_no_output(tree, others, how):
    tree.slices("A", 1)
    before = fingerprint(others / EXAMPLE)
    for _ in range(2):  # the refusal itself makes no library of it
        with pytest.raises(UsageError, match="would be replaced"):
            run(tree.root, others, placement=how)
    assert fingerprint(others / EXAMPLE) == before


def test_an_arranged_tree_with_findings_is_no_library(tree, others):
    tree.slices("A", 1)
    (others / "findings.json").write_text('{"findings": []}')
    with pytest.raises(UsageError, match="would be replaced"):
        run(tree.root, others)


def test_nothing_is_replaced_where_no_dicom_files_are_placed(tree, others):
    tree.slices("A", 1)
    before = fingerprint(others / EXAMPLE / "A")
    run(tree.root, others, placement=Placement.NONE)
    assert before.items() <= fingerprint(others / EXAMPLE / "A").items()


@pytest.mark.parametrize("how", [Placement.LINK, Placement.COPY])
def test_a_library_that_lost_its_catalog_is_built_again(tree, out, how):
    tree.slices("A", 2)
    run(tree.root, out, placement=how)
    shutil.rmtree(out / ".isocenter")
    before = fingerprint(out)
    assert before
    run(tree.root, out, placement=how)
    shutil.rmtree(out / ".isocenter")
    assert fingerprint(out) == before


def test_the_same_files_may_lie_there(tree, out):
    tree.slices("A", 2)
    shutil.copytree(tree.root, out)
    run(tree.root, out)
    assert (out / "index.html").is_file()
