"""Several values of one element."""

from isocenter.core.multivalue import MultiValue

__all__ = ["MultiValue"]
