"""VRs the dictionary leaves open, decided by the data set (PS3.5 A, annex notes).

``US or SS`` follows Pixel Representation; Pixel Data and LUT data without an explicit
VR are words (PS3.5 A.1), a LUT of a single entry is a number.
"""

from __future__ import annotations

_PIXEL_DATA = 0x7FE00010


def resolve(
    tag: int,
    vr: str,
    *,
    pixel_representation: int | None,
    bits_allocated: int | None,
    lut_entries: int | None,
) -> str:
    """One VR out of several.

    Args:
        tag: the element's tag number.
        vr: the dictionary's text, such as ``"US or SS or OW"``.
        pixel_representation: (0028,0103) of this data set or one around it.
        bits_allocated: (0028,0100).
        lut_entries: the first value of LUT Descriptor (0028,3002).
    """
    choices = vr.split(" or ")
    if tag == _PIXEL_DATA or (tag >> 24 == 0x60 and "OW" in choices):
        # implicit VR writes words whatever Bits Allocated is, PS3.5 A.1
        return "OW"
    if "OW" in choices and "US" in choices:
        return "US" if lut_entries == 1 else "OW"
    if choices == ["US", "SS"]:
        return "SS" if pixel_representation == 1 else "US"
    return choices[-1] if bits_allocated is None or bits_allocated > 8 else choices[0]
