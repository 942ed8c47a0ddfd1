"""pydicom's names of exceptions."""

from isocenter.errors import InvalidDicomError

__all__ = ["BytesLengthException", "InvalidDicomError"]


class BytesLengthException(ValueError):
    """A value field has a length that no values of its VR have."""
