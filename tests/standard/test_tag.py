"""PS3.5 7.1 and 7.8: tags."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter import Tag
from isocenter.errors import UsageError
from isocenter.standard.tag import BaseTag


@pytest.mark.parametrize(
    "form",
    [
        (0x00100010,),
        ((0x10, 0x10),),
        ([0x10, 0x10],),
        (0x10, 0x10),
        ("PatientName",),
        ("00100010",),
        ("(0010,0010)",),
        ("0010, 0010",),
        ("0x00100010",),
    ],
)
def test_every_form_of_a_tag(form):
    assert Tag(*form) == 0x00100010
    assert type(Tag(*form)) is BaseTag


@pytest.mark.parametrize(
    "form",
    [
        (-1,),
        (1 << 32,),
        ("NoKeyword",),
        ("",),
        ("100000000",),
        ("-1",),
        ((1, 2, 3),),
        ((0x10000, 0),),
        ((0, -1),),
        (("0010", "0010"),),
        (0x10, 0x10000),
        (None,),
        (1.5,),
    ],
)
def test_what_is_no_tag(form):
    with pytest.raises(UsageError):
        Tag(*form)


@given(st.integers(0, 0xFFFFFFFF))
def test_a_tag_is_read_from_what_it_prints(number):
    tag = Tag(number)
    assert tag == Tag(str(tag)) == Tag(tag.group, tag.element)
    assert (number >> 16, number & 0xFFFF) == (tag.group, tag.elem)


def test_a_tag_prints_as_the_standard_writes_it():
    assert "(7FE0,0010)" == str(Tag(0x7FE00010)) == repr(Tag(0x7FE00010)) == f"{Tag(0x7FE00010)}"


def test_7_8_private_tags():
    assert [Tag(one).is_private for one in (0x00100010, 0x00110010)] == [False, True]
    creators = [0x00110010, 0x001100FF]
    others = [0x0011000F, 0x00110100, 0x00100010, 0x00110000]
    assert [Tag(one).is_private_creator for one in creators] == [True] * 2
    assert [Tag(one).is_private_creator for one in others] == [False] * 4


def test_a_tag_is_pickled():
    assert Tag(0x00100010) == pickle.loads(pickle.dumps(Tag(0x00100010)))  # noqa: S301 - our own bytes
