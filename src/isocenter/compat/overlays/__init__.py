"""Overlay planes as arrays: ``isocenter.pixels.overlays``."""

from isocenter.compat.overlays.numpy_handler import get_overlay_array

__all__ = ["get_overlay_array"]
