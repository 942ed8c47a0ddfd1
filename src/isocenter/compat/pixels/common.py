"""The Photometric Interpretations that pydicom has names for (PS3.3 C.7.6.3.1.2)."""

from enum import StrEnum, unique


@unique
class PhotometricInterpretation(StrEnum):
    """What the samples of a pixel mean; each member equals its defined term."""

    MONOCHROME1 = "MONOCHROME1"
    MONOCHROME2 = "MONOCHROME2"
    PALETTE_COLOR = "PALETTE COLOR"
    RGB = "RGB"
    YBR_FULL = "YBR_FULL"
    YBR_FULL_422 = "YBR_FULL_422"
    YBR_ICT = "YBR_ICT"
    YBR_RCT = "YBR_RCT"
    HSV = "HSV"
    ARGB = "ARGB"
    CMYK = "CMYK"
    YBR_PARTIAL_422 = "YBR_PARTIAL_422"
    YBR_PARTIAL_420 = "YBR_PARTIAL_420"
