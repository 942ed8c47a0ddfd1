"""Trees to build from; see trees.py for what can be put into them."""

import pytest
from hypothesis import settings

from library.trees import Tree

settings.register_profile("untimed", deadline=None)  # a busy machine is no failure
settings.load_profile("untimed")


@pytest.fixture
def tree(tmp_path):
    """An empty tree."""
    return Tree(tmp_path / "in")


@pytest.fixture
def out(tmp_path):
    """Where a library can go; not made yet."""
    return tmp_path / "out"
