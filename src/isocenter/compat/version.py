"""The release of pydicom whose behaviour the facade has."""

__version__ = "3.0.2"
__version_info__ = ("3", "0", "2")
