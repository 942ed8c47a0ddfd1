"""Fragments, offset tables and frames of an encapsulated value (PS3.5 A.4)."""

import struct

import pytest

from isocenter.errors import PixelError
from isocenter.pixels.encapsulation import EncapsulatedFrames
from isocenter.pixels.notes import Notes

A, B, C = b"\xff\xd8\xff\xe0AAAA", b"\xff\xd8\xff\xe0BBBBBB", b"more of B "


def frames(value, count, **tables):
    notes = Notes()
    found = EncapsulatedFrames(value, count, notes, **tables)
    return [bytes(found[n]) for n in range(len(found))], [f.code for f in notes.findings()]


def table(*offsets):
    return struct.pack(f"<{len(offsets)}L", *offsets)


def test_basic_offset_table_groups_fragments(make):
    value = make.items(A, B, C, table=table(0, 8 + len(A)))
    assert frames(value, 2) == ([A, B + C], [])


def test_without_a_table_one_fragment_is_one_frame(make):
    assert frames(make.items(b"12", b"34", b"56"), 3) == ([b"12", b"34", b"56"], [])


def test_a_single_frame_is_all_fragments_joined(make):
    assert frames(make.items(A, C, C), 1) == ([A + C + C], [])


def test_one_fragment_is_not_copied(make):
    value = make.items(A)
    view = EncapsulatedFrames(value, 1, Notes())[0]
    assert view.obj is value


def test_without_a_table_codestream_marks_start_frames(make):
    assert frames(make.items(A, B, C), 2) == ([A, B + C], [])


@pytest.mark.parametrize(
    "wrong",
    [table(0, 7), table(0, 0), table(4, 8 + len(A)), table(0, 1 << 31), b"\0\0", table(0)],
    ids=["no item", "twice", "not from 0", "outside", "not words", "too few"],
)
def test_a_wrong_table_is_told_and_not_used(make, wrong):
    assert frames(make.items(A, B, C, table=wrong), 2) == ([A, B + C], ["wrong-offset-table"])


def test_extended_offset_table(make):
    value = make.items(b"12345", b"678")
    found = frames(value, 2, offsets=struct.pack("<2Q", 0, 14), lengths=struct.pack("<2Q", 5, 3))
    assert found == ([b"12345", b"678"], [])


@pytest.mark.parametrize("offsets", [struct.pack("<2Q", 0, 15), struct.pack("<Q", 0), b"123"])
def test_a_wrong_extended_offset_table_is_told_and_not_used(make, offsets):
    found = frames(make.items(b"12", b"34"), 2, offsets=offsets)
    assert found == ([b"12", b"34"], ["wrong-offset-table"])


def test_impossible_extended_lengths_do_not_count(make):
    value = make.items(b"12", b"34")
    lengths = struct.pack("<2Q", 1 << 40, 0)
    assert frames(value, 2, offsets=struct.pack("<2Q", 0, 10), lengths=lengths)[0] == [
        b"12",
        b"34",
    ]


def test_fragments_of_no_bytes_are_no_frames(make):
    assert frames(make.items(b"12", b"", b"34"), 2) == ([b"12", b"34"], [])


def test_the_sequence_delimiter_ends_the_items(make):
    delimiter = b"\xfe\xff\xdd\xe0\0\0\0\0"
    assert frames(make.items(A) + delimiter + b"rest", 1) == ([A], [])


def test_a_sequence_delimiter_inside_a_fragment_is_data(make):
    inside = A + b"\xfe\xff\xdd\xe0\0\0\0\0" + A
    assert frames(make.items(inside), 1) == ([inside], [])


def test_trailing_garbage_is_told(make):
    assert frames(make.items(A) + b"garbage!", 1) == ([A], ["excess"])
    assert frames(make.items(A) + b"\0\0\0", 1) == ([A], [])


def test_a_fragment_that_is_cut_off_tells_where(make):
    with pytest.raises(
        PixelError, match="at byte 8 of the value has 8 bytes and is cut off after 5"
    ):
        frames(make.items(A)[:-3], 1)


@pytest.mark.parametrize("value", [b"", b"\xff\xd8\xff\xe0 no item at all"])
def test_what_is_not_encapsulated_is_an_error(value):
    with pytest.raises(PixelError):
        frames(value, 1)


@pytest.mark.parametrize("count", [2, 3, 10**9])
def test_fewer_fragments_than_frames_is_an_error(make, count):
    with pytest.raises(PixelError, match=f"{count} frames are declared"):
        frames(make.items(A), count)


def test_more_frames_than_declared_are_told(make):
    assert frames(make.items(A, B, C), 1) == ([A], ["excess"])
