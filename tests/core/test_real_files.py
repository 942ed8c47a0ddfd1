"""Every real file, written: untouched, decoded, and in each native transfer syntax.

pydicom reads the original and what was written; both are to be equal, words included.
"""

import io
import warnings

import numpy as np
import pydicom
import pytest

import isocenter
from core.datasets import WORDS
from core.stream import BIG, DEFLATED, EXPLICIT, IMPLICIT
from core.test_against_pydicom import DELIBERATE, STRAY
from isocenter.core.part10writer import file_bytes
from isocenter.errors import DicomError, Level
from support.files import SHARED, shared_files, wheel_files

SOME = 10
"""One of so many shared files is converted: most are slices of the same series."""
CHANGED_BY_WRITING = {
    "SC_rgb_jpeg.dcm": "encapsulated in implicit VR, which PS3.5 A.4 forbids",
    "image_dfl.dcm": "another implementation of deflate compresses differently",
}
LEFT_OUT = {name for name, (_, why) in DELIBERATE.items() if why == STRAY}
"""Delimitation items that pydicom takes for elements are not written."""
here_too = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not here")


def sound(path):
    """The data set of a file without errors, else nothing."""
    try:
        ds = isocenter.dcmread(path)
    except DicomError:
        return None
    worst = {finding.level for finding in ds.findings}
    return None if ds.cut or Level.ERROR in worst else ds


def decoded(ds):
    """The same data set with every value decoded; nothing when one cannot be."""
    try:
        for element in ds.iterall():
            assert element.value is element.value
    except DicomError:
        return None
    return ds


def theirs(data):
    """Place -> VR and value of every element pydicom finds but group lengths."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dict(elements(pydicom.dcmread(io.BytesIO(data)), ()))


def elements(ds, around):
    for element in ds:
        place = (*around, int(element.tag))
        if element.VR == "SQ":
            yield place, ("SQ", len(element.value))
            for index, item in enumerate(element.value):
                yield from elements(item, (*place, index))
        elif element.tag.element:
            yield place, (str(element.VR), comparable(element.value))


def comparable(value):
    if isinstance(value, bytes):
        return value + b"\0" * (len(value) % 2)  # written with an even length, PS3.5 7.1.1
    return str(value)


def turned(vr, value):
    """Words in the other byte order."""
    if vr not in WORDS or vr in {"OB", "UN"} or not isinstance(value, bytes):
        return vr, value
    return vr, np.frombuffer(value, f"u{WORDS[vr]}").byteswap().tobytes()


def unlike(one, two, *, vague=False):
    """Places at which two differ; not where implicit VR tells another VR or none."""
    unsettled = {place for place in one.keys() & two.keys() if one[place][0] != two[place][0]}
    skipped = unsettled if vague else set()
    return {
        place
        for place in one.keys() | two.keys()
        if one.get(place) != two.get(place)
        and not any(place[:count] in skipped for count in range(1, len(place) + 1))
    }


def untouched(paths):
    """Those that are not written as they are, and how many are."""
    changed, same = set(), 0
    for path in paths:
        ds = sound(path)
        if ds is None or path.name in CHANGED_BY_WRITING:
            continue
        data, written = path.read_bytes(), file_bytes(ds)
        start = ds.file_meta.stored.span.end if ds.file_meta.stored else 0
        if data == written:
            same += 1
        elif not rewritten_meta(ds) or not written.endswith(data[ds.stored.span.start :]):
            changed.add((path.name, start))
    return changed, same


def rewritten_meta(ds):
    """File Meta Information gets a true group length, which PS3.10 7.1 requires."""
    meta = ds.file_meta
    length = meta.raw(0x00020000) if 0x00020000 in meta else b""
    own = meta.stored.header_start(min(tag for tag in meta.keys() if tag.element))
    return length != (ds.stored.span.start - own).to_bytes(4, "little")


def test_untouched_files_are_written_byte_for_byte():
    changed, same = untouched(wheel_files())
    assert set() == changed
    assert same > 200


@here_too
def test_untouched_shared_files_are_written_byte_for_byte():
    changed, same = untouched(shared_files())
    assert set() == changed
    assert same > 700


@pytest.mark.parametrize("syntax", ["as it is", IMPLICIT, EXPLICIT, BIG, DEFLATED])
def test_pydicom_reads_what_was_decoded_and_written(syntax):
    compared = 0
    for path in (*wheel_files(), *shared_files()[::SOME]):
        ds = sound(path)
        if ds is None or path.name in LEFT_OUT or decoded(ds) is None:
            continue
        was = ds.stored.span.encoding
        if syntax != "as it is":
            if ds.transfer_syntax.is_encapsulated or "TransferSyntaxUID" not in ds.file_meta:
                continue
            ds.file_meta.TransferSyntaxUID = syntax
        original, written = theirs(path.read_bytes()), theirs(file_bytes(ds))
        if syntax != "as it is" and was.little is (syntax == BIG):
            original = {place: turned(*found) for place, found in original.items()}
        vague = syntax == IMPLICIT and was.explicit
        assert unlike(original, written, vague=vague) == set(), path.name
        compared += 1
    assert compared > 150
