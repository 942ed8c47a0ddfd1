"""Compressed frames as a value of Pixel Data (PS3.5 A.4): ``isocenter.pixels``."""

from isocenter.pixels import (
    encapsulate,
    encapsulate_extended,
)

__all__ = [
    "encapsulate",
    "encapsulate_extended",
]
