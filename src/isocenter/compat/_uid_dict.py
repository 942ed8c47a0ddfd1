"""The table of UIDs under the name by which pynetdicom adds transfer syntaxes to it."""

from isocenter.compat.uid import UID_dictionary

__all__ = ["UID_dictionary"]
