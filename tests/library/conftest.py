"""Trees to build from; see trees.py for what can be put into them."""

import pytest

from library.trees import Tree


@pytest.fixture
def tree(tmp_path):
    """An empty tree."""
    return Tree(tmp_path / "in")


@pytest.fixture
def out(tmp_path):
    """Where a library can go; not made yet."""
    return tmp_path / "out"
