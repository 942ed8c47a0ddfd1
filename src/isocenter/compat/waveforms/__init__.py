"""Waveforms as arrays: ``isocenter.waveforms``."""

from isocenter.compat.waveforms.numpy_handler import generate_multiplex, multiplex_array

__all__ = ["generate_multiplex", "multiplex_array"]
