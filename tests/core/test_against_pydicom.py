"""Every real file: the same elements, VRs, names and values that pydicom gives.

Where the two differ on purpose, ``DELIBERATE`` names the file and the tags, and why.
"""

import re
import warnings
from collections import Counter
from fractions import Fraction

import pydicom
import pytest

import isocenter
from isocenter.errors import DicomError, ValueDecodingError
from support.files import SHARED, shared_files, wheel_file, wheel_files

ALL = object()
"""Every tag of the file."""

NO_DICOM = "no DICOM: what one makes of such bytes under force is nobody's rule"
STRAY = "a delimitation item outside a sequence is no element (PS3.5 7.5); a finding says so"
CUT = "the file is cut: what comes before is given, a text value that is not whole is dropped"
LONG_TEXT = "the length does not fit the VR; UN of a standard tag has the dictionary's VR (6.2.2)"
META_LENGTH = "a wrong (0002,0000) is passed over: group 2 ends where another group begins"

DELIBERATE = {
    "crayons.icc": (ALL, NO_DICOM),
    "README": (ALL, NO_DICOM),
    "zipMR.gz": (ALL, NO_DICOM),
    "no_meta.dcm": (ALL, NO_DICOM),
    "TC0345_deflate_corrupt.dcm": (ALL, NO_DICOM),
    "TC0347_deflate_truncated.dcm": (ALL, NO_DICOM),
    "TC0385_dicm_offset0.dcm": (ALL, "DICM at byte 0: read on behind it, not as a tag"),
    "emri_small_jpeg_2k_lossless_too_short.dcm": (ALL, CUT),
    "TC0277_missing_delim.dcm": (ALL, CUT),
    "rtplan_truncated.dcm": ({0x300A012C}, CUT),
    "TC0405_latin1_utf8_payload.dcm": ({0x000F0000}, CUT),
    "TC0363_tag_order_violation.dcm": ({0x00040000}, CUT),
    "TC0445_duplicate_tags.dcm": ({0x00080000}, CUT),
    "TC0279_stray_seq_delim.dcm": ({0xFFFEE0DD}, STRAY),
    "TC0357_stray_item_tag.dcm": ({0xFFFEE000}, STRAY),
    "TC0361_stray_seq_delim.dcm": ({0xFFFEE0DD}, STRAY),
    "TC0391_meta_glen_zero.dcm": (ALL, META_LENGTH),
    "TC0393_meta_glen_one.dcm": (ALL, META_LENGTH),
    "TC0395_meta_glen_max.dcm": (ALL, META_LENGTH),
    "TC0397_meta_glen_huge.dcm": (ALL, META_LENGTH),
    "badVR.dcm": ({0x00280008}, "'1A' is no Integer String: asking for it raises"),
    "Invalid-String-Format.dcm": ({0x00082130}, "not a Decimal String: asking for it raises"),
    "JPEGLossless_1s_1f_i_16_16_bad.dcm": ({0x00101030}, "a DS of blanks has no value: None"),
}
"""File name -> tags that differ, and why; files of both collections share names."""

LONG_TEXTS = re.compile(r"TC\d+_\w+_over_64KB\.dcm")
"""Files whose text is longer than its length field can say: one UN element each."""


def comparable(value):
    """A value in the types both sides have; blanks at the end of one of several stripped.

    PS3.5 6.2: trailing blanks of each CS value are padding. pydicom strips the last.
    """
    if value is None:
        return None
    if isinstance(value, pydicom.multival.MultiValue | list):
        return [comparable(one) for one in value]
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return "nan" if value != value else Fraction(value) if abs(value) < 1e300 else str(value)  # noqa: PLR0124
    return str(value)


def blanks(value):
    """The same with blanks at the end of each of several values taken off."""
    return [one.rstrip(" ") if isinstance(one, str) else one for one in value]


def same_value(ours, theirs):
    one, two = comparable(ours.value), comparable(theirs.value)
    if one == two:
        return True
    return ours.VR == "CS" and isinstance(one, list) and one == blanks(two)


def same_name(ours, theirs):
    """PS3.5 7.8.1: creators are (gggg,0010-00FF); lower elements reserve nothing."""
    tag = ours.tag
    if ours.name == theirs.name or (ours.name, theirs.name) == ("Unknown", ""):
        return True
    if not tag.is_private:
        return False
    if tag.element < 0x10:
        expected = "Private tag data" if tag.element else "Group Length"
        return (ours.name, theirs.name) == (expected, "Private Creator")
    if tag.is_private_creator:
        # pydicom takes such an element for private data where (gggg,0000) is present
        return (ours.name, theirs.name) == ("Private Creator", "Private tag data")
    return False


def element(dataset, tag, error):
    try:
        return dataset[tag]
    except error as problem:
        return problem


def differences(ours, theirs):
    """Tags at which two data sets differ, nested ones included."""
    mine, others = {int(tag) for tag in ours.keys()}, {int(tag) for tag in theirs.keys()}
    found = mine ^ others
    for tag in sorted(mine & others):
        one = element(ours, tag, ValueDecodingError)
        two = element(theirs, tag, Exception)
        if isinstance(one, Exception) or isinstance(two, Exception) or one.VR != two.VR:
            found |= {tag}
        elif one.VR != "SQ":
            found |= set() if same_value(one, two) and same_name(one, two) else {tag}
        elif len(one.value) != len(two.value):
            found |= {tag}
        else:
            for left, right in zip(one.value, two.value, strict=True):
                found |= differences(left, right)
    return found


def both(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            theirs = pydicom.dcmread(path, force=True)
            ours = isocenter.dcmread(path, force=True)
            return differences(ours, theirs) | differences(ours.file_meta, theirs.file_meta)
        except (DicomError, OSError, ValueError, pydicom.errors.BytesLengthException):
            return {ALL}


def allowed(path):
    if LONG_TEXTS.fullmatch(path.name):
        return set(one_long_text(path))
    tags = DELIBERATE.get(path.name, (set(), ""))[0]
    return tags if tags is not ALL else {ALL}


def one_long_text(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = pydicom.dcmread(path)
        return [int(one.tag) for one in theirs if one.VR == "UN" and not one.tag.is_private]


def unexplained(paths):
    wrong = {}
    for path in paths:
        found, expected = both(path), allowed(path)
        if (found != expected) if ALL not in expected else not found:
            wrong[path.name] = sorted(found - {ALL}), expected
    return wrong


def test_every_file_of_the_wheels_reads_as_with_pydicom():
    assert unexplained(wheel_files()) == {}


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not here")
def test_every_shared_file_reads_as_with_pydicom():
    assert unexplained(shared_files()) == {}


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not here")
def test_every_deliberate_difference_names_a_file_that_is_there():
    names = {path.name for path in (*wheel_files(), *shared_files())}
    assert set() == set(DELIBERATE) - names


def until_pixels(dataset):
    return {tag: dataset.stored.entries[tag] for tag in dataset.stored.entries if tag < 0x7FE00008}


def test_a_header_is_the_whole_file_less_pixels_and_what_follows():
    compared = Counter()
    for path in wheel_files():
        try:
            header = isocenter.dcmread(path, stop_before_pixels=True, force=True)
            whole = isocenter.dcmread(path, force=True)
        except DicomError:
            continue
        if header.stopped:
            assert until_pixels(whole) == header.stored.entries, path.name
        else:
            assert whole.stored.entries == header.stored.entries, path.name
        assert whole.file_meta == header.file_meta, path.name
        compared[header.stopped] += 1
    assert compared[True] > 100
    assert compared[False] > 50


@pytest.mark.parametrize(
    ("name", "syntax", "tag", "expected"),
    [
        ("MR_small_bigendian.dcm", "1.2.840.10008.1.2.2", "Rows", 64),
        ("ExplVR_BigEnd.dcm", "1.2.840.10008.1.2.2", "SamplesPerPixel", 3),
        ("image_dfl.dcm", "1.2.840.10008.1.2.1.99", "Rows", 512),
        ("rtplan.dcm", "1.2.840.10008.1.2", "RTPlanLabel", "Plan1"),
        ("MR_small_implicit.dcm", "1.2.840.10008.1.2", "SmallestImagePixelValue", 0),
        ("CT_small.dcm", "1.2.840.10008.1.2.1", "RescaleIntercept", -1024),
    ],
)
def test_each_encoding(name, syntax, tag, expected):
    ds = isocenter.dcmread(wheel_file(name))
    assert syntax == ds.transfer_syntax
    assert expected == ds.get(tag)
    assert set() == both(wheel_file(name))
