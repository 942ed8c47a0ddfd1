"""How many frames an image claims to have, told from its header alone."""

from __future__ import annotations

from isocenter.core.part10 import FileDataset
from isocenter.pixels.source import integer

_FRAME_SIZE = ("Rows", "Columns", "BitsAllocated")
_SMALLEST_CODESTREAM = 64  # bits: an item's header
_MOST_DEFLATED = 1032  # bytes that one byte of deflate can stand for


def claimed_frames(ds: FileDataset, file_size: int) -> int:
    """Number of Frames of ``ds``, but no more than a file of ``file_size`` bytes can hold."""
    claimed = integer(ds, "NumberOfFrames") or 1
    rows, columns, cell = (integer(ds, keyword) or 0 for keyword in _FRAME_SIZE)
    syntax = ds.transfer_syntax
    smallest = _SMALLEST_CODESTREAM if syntax.is_encapsulated else max(rows * columns * cell, 8)
    held = file_size * 8 * (_MOST_DEFLATED if syntax.is_deflated else 1)
    return max(1, min(claimed, held // smallest))
