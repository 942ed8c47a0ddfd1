"""Coded concepts (PS3.16)."""

from isocenter.compat.sr.codedict import Collection, Concepts, codes
from isocenter.compat.sr.coding import Code

__all__ = ["Code", "Collection", "Concepts", "codes"]
