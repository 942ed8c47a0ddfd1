"""Blocks of private elements, with pydicom's exceptions (PS3.5 7.8.1)."""

from __future__ import annotations

from typing import Any

from isocenter.compat.tag import BaseTag
from isocenter.core import dataset as core
from isocenter.core import private


class PrivateBlock(private.PrivateBlock):
    """256 elements of an odd group that one creator reserved."""

    @property
    def block_start(self) -> int:
        """The number of the block's first element."""
        return int(self.get_tag(0)) & 0xFFFF

    def get_tag(self, element_offset: int) -> Any:
        """The tag of a place in the block."""
        if element_offset > 0xFF:
            raise ValueError(f"a private block has 256 elements; {element_offset} is behind them")
        return BaseTag(super().get_tag(element_offset))


class WithBlocks(core.Dataset):
    """What a data set tells of its private blocks."""

    def private_block(
        self,
        group: int,
        private_creator: str,
        create: bool = False,
    ) -> PrivateBlock:
        """The block a creator reserved in an odd group.

        Raises:
            ValueError: the group is even, the creator has no name, or no block is free.
            KeyError: the creator has no block there.
        """
        if group % 2 == 0:
            raise ValueError(f"private blocks are in odd groups, not in {group:04X}")
        if not private_creator:
            raise ValueError("a private block is reserved by a creator, which needs a name")
        try:
            block = super().private_block(group, private_creator, create)
        except KeyError:
            raise KeyError(f"Private creator '{private_creator}' not found") from None
        return PrivateBlock(self, group, private_creator, int(block.get_tag(0)) >> 8 & 0xFF)

    def private_creators(self, group: int) -> list[str]:
        """Who reserved blocks in a group.

        Raises:
            ValueError: the group is even.
        """
        if group % 2 == 0:
            raise ValueError(f"private creators are in odd groups, not in {group:04X}")
        return super().private_creators(group)
