"""Paths of attributes as text, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.attributes.paths import Component, components, keyword_path
from isocenter.errors import UsageError

public = st.integers(0, 0xFFFFFFFF).map(Component)
private = st.builds(
    Component,
    st.builds(
        lambda group, low: (group | 1) << 16 | low, st.integers(0, 0xFFFF), st.integers(0, 0xFF)
    ),
    st.text(min_size=1),
)


@given(st.lists(public | private, min_size=1))
def test_what_is_written_is_read(parts):
    assert tuple(parts) == components(".".join(map(str, parts)))


def test_keywords_stand_for_tags_where_there_are_any():
    path = '00400275.(0029,"SIEMENS CSA HEADER",10).00081150'
    expected = 'RequestAttributesSequence.(0029,"SIEMENS CSA HEADER",10).ReferencedSOPClassUID'
    assert expected == keyword_path(path)


@pytest.mark.parametrize("text", ["", ".", "00080016.", "0008", 'x"', "00080016 00080018"])
def test_other_text_is_no_path(text):
    with pytest.raises(UsageError, match="no attribute path"):
        components(text)


def test_the_first_element_of_a_private_block_is_no_group_length():
    (element,) = components('(2005,"Philips MR Imaging DD 001",00)')
    assert element.entry is not None
    assert not element.entry.is_retired
    assert components("20050000")[0].entry.is_retired
