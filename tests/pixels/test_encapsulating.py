"""Frames into an encapsulated value, against pydicom; and back (PS3.5 A.4)."""

import pydicom.encaps
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.errors import UsageError
from isocenter.pixels.encapsulating import (
    basic_offset_table,
    encapsulate,
    encapsulate_extended,
    fits_basic_offset_table,
    fragments,
)
from isocenter.pixels.encapsulation import EncapsulatedFrames
from isocenter.pixels.notes import Notes

FRAMES = st.lists(st.binary(min_size=8, max_size=40), min_size=1, max_size=6)


@given(frames=FRAMES, pieces=st.integers(1, 2), table=st.booleans())
def test_encapsulate_is_pydicoms(frames, pieces, table):
    expected = pydicom.encaps.encapsulate(frames, pieces, table)
    assert encapsulate(frames, pieces, has_bot=table) == expected


@given(frames=FRAMES)
def test_encapsulate_extended_is_pydicoms(frames):
    assert encapsulate_extended(frames) == pydicom.encaps.encapsulate_extended(frames)


@given(frames=FRAMES, pieces=st.integers(1, 4))
def test_every_frame_comes_back(frames, pieces):
    notes = Notes()
    found = EncapsulatedFrames(encapsulate(frames, pieces), len(frames), notes)
    padded = [frame + b"\0" * (len(frame) % 2) for frame in frames]
    assert [bytes(found[index]) for index in range(len(found))] == padded
    assert notes.findings() == ()


@given(frames=FRAMES)
def test_every_frame_comes_back_by_the_extended_tables(frames):
    value, offsets, lengths = encapsulate_extended(frames)
    notes = Notes()
    found = EncapsulatedFrames(value, len(frames), notes, offsets=offsets, lengths=lengths)
    padded = [frame + b"\0" * (len(frame) % 2) for frame in frames]
    assert [bytes(found[index]) for index in range(len(found))] == padded
    assert notes.findings() == ()


class Huge(bytes):
    """A frame of 3 GiB that takes no memory."""

    def __len__(self):
        return 3 << 30


def test_offsets_of_more_than_32_bits_need_the_extended_table():
    assert fits_basic_offset_table([Huge(), Huge()])
    assert not fits_basic_offset_table([Huge(), Huge(), b"12"])
    assert basic_offset_table([1 << 31, 1 << 31])[4:] == (1 << 31).to_bytes(4, "little")
    with pytest.raises(UsageError, match="Extended Offset Table"):
        basic_offset_table([1 << 31, 1 << 31, 8])


@pytest.mark.parametrize(("frame", "pieces"), [(b"12", 0), (b"12", 2), (b"1234", -1)])
def test_pieces_that_cannot_be(frame, pieces):
    with pytest.raises(UsageError, match="cannot be"):
        list(fragments(frame, pieces))
