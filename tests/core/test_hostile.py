"""Damaged files: one kind of exception, no hang, no memory, whatever the bytes are."""

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import isocenter
from core.stream import EXPLICIT, IMPLICIT, explicit, open_item, open_sequence, part10
from isocenter.errors import DicomError, Finding, ValueDecodingError
from mutation import Original, mutated
from support.files import wheel_file

SEEDS = [
    "CT_small.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_implicit.dcm",
    "rtplan.dcm",
    "rtstruct.dcm",
    "test-SR.dcm",
    "nested_priv_SQ.dcm",
    "priv_SQ.dcm",
    "UN_sequence.dcm",
    "DICOMDIR",
    "chrH32.dcm",
    "chrFrenMulti.dcm",
    "image_dfl.dcm",
    "JPEG2000.dcm",
    "liver_1frame.dcm",
    "reportsi.dcm",
]
LIMITS = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def head(name):
    return wheel_file(name).read_bytes()[:20_000]


def use(data):
    """Read everything at every depth; findings are the only other thing that comes out."""
    try:
        ds = isocenter.dcmread(data, force=True)
        isocenter.dcmread(data, force=True, stop_before_pixels=True)
    except DicomError:
        return
    pending = [ds, ds.file_meta]
    while pending:
        for element in pending.pop().readable():
            if isinstance(element, ValueDecodingError):
                assert element.tag
            elif element.VR == "SQ":
                pending.extend(element.value)
            else:
                assert isinstance(f"{element.name}{element.VM}{element.repval}", str)
    assert isinstance(str(ds), str)
    assert all(type(finding) is Finding for finding in ds.findings)
    assert all(finding.offset is None or finding.offset <= len(data) for finding in ds.findings)


@cache
def original(name):
    return Original.of(name, head(name))


def damaged():
    some = st.sampled_from(SEEDS).map(original)
    return st.builds(mutated, some, some, st.randoms(use_true_random=False))


DELIMITERS = [
    b"\xfe\xff\x00\xe0\xff\xff\xff\xff",
    b"\xfe\xff\x0d\xe0\0\0\0\0",
    b"\xfe\xff\xdd\xe0\0\0\0\0",
    b"\x40\x08\x15\x11SQ\0\0\xff\xff\xff\xff",
]


@LIMITS
@given(damaged())
def test_a_damaged_file(data):
    use(data)


@LIMITS
@given(st.binary(max_size=300), st.sampled_from([EXPLICIT, IMPLICIT, "1.2.840.10008.1.2.2"]))
def test_bytes_that_mean_nothing_behind_a_good_head(data, syntax):
    use(part10(data, syntax))


@LIMITS
@given(st.lists(st.sampled_from([*DELIMITERS, explicit(0x00100020, "LO", b"12")]), max_size=60))
def test_items_and_delimiters_in_any_order(pieces):
    use(part10(b"".join(pieces)))


@pytest.mark.parametrize("name", ["nested_priv_SQ.dcm", "chrH32.dcm"])
def test_every_place_a_file_can_end(name):
    data = head(name)
    for end in range(len(data) + 1):
        use(data[:end])


def test_every_place_a_built_file_can_end_gives_what_came_before():
    inner = open_item(explicit(0x00100020, "LO", b"12") + explicit(0x00100030, "DA", b"20200101"))
    pieces = [
        explicit(0x00080060, "CS", b"CT"),
        open_sequence(0x00081140, inner, inner),
        explicit(0x00280010, "US", b"\1\0"),
        explicit(0x7FE00010, "OW", b"12345678"),
    ]
    data = part10(b"".join(pieces))
    ends = [len(part10(b"".join(pieces[:count]))) for count in range(len(pieces) + 1)]
    for end in range(ends[0], len(data)):
        ds = isocenter.dcmread(data[:end])
        whole = sum(1 for one in ends[1:] if one <= end)
        assert [0x00080060, 0x00081140, 0x00280010][:whole] == ds.keys()[:whole]
        assert (end not in ends) == ds.cut
        assert whole <= len(ds) <= whole + 1
        use(data[:end])
