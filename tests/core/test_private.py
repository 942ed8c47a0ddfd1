"""Private elements and repeating groups as files have them (PS3.5 7.6, 7.8, 6.2.2).

A data set is written by hand; what each line says is also what pydicom prints, but for
the two cases that are marked.
"""

import io

import pydicom
import pytest

import isocenter
from core.stream import (
    EXPLICIT,
    IMPLICIT,
    explicit,
    implicit,
    item,
    open_implicit_sequence,
    open_item,
    open_sequence,
    part10,
)

ID = implicit(0x00100020, b"12")
SEQUENCE = "  1 item(s) ---- "
SHOWN = [
    "   (0010,0020) Patient ID                          LO: '12'",
    "   ---------",
]


def creator(number, name, group=0x0011):
    return implicit(group << 16 | number, name.encode() + b" " * (len(name) % 2))


IMPLICIT_CASES = {
    "a block of a known creator, wherever it is": (
        creator(0x10, "GEMS_ACQU_01", 0x0019)
        + creator(0xFE, "GEMS_ACQU_01", 0x0019)
        + implicit(0x00191002, b"\1\0\0\0")
        + implicit(0x0019FE02, b"\2\0\0\0"),
        [
            "(0019,0010) Private Creator                     LO: 'GEMS_ACQU_01'",
            "(0019,00FE) Private Creator                     LO: 'GEMS_ACQU_01'",
            "(0019,1002) [Detector Channel]                  SL: 1",
            "(0019,FE02) [Detector Channel]                  SL: 2",
        ],
    ),
    "several creators in group 0009, one element of none": (
        creator(0x10, "GEMS_IDEN_01", 0x0009)
        + creator(0x11, "SIEMENS CT VA0  COAD", 0x0009)
        + implicit(0x00091002, b"AB")
        + implicit(0x00091102, b"CD")
        + implicit(0x00091202, b"EF"),
        [
            "(0009,0010) Private Creator                     LO: 'GEMS_IDEN_01'",
            "(0009,0011) Private Creator                     LO: 'SIEMENS CT VA0  COAD'",
            "(0009,1002) [Suite id]                          SH: 'AB'",
            "(0009,1102) Private tag data                    UN: b'CD'",
            "(0009,1202) Private tag data                    UN: b'EF'",
        ],
    ),
    "a creator without a name": (
        creator(0x10, "", 0x0019) + implicit(0x00191002, b"\1\0\0\0"),
        [
            "(0019,0010) Private Creator                     LO: ''",
            "(0019,1002) Private tag data                    UN: b'\\x01\\x00\\x00\\x00'",
        ],
    ),
    "a sequence the dictionary knows": (
        creator(0x10, "Philips MR Imaging DD 001", 0x2005) + implicit(0x20051080, item(ID)),
        [
            "(2005,0010) Private Creator                     LO: 'Philips MR Imaging DD 001'",
            "(2005,1080)  [Unknown]" + SEQUENCE,
            *SHOWN,
        ],
    ),
    "a sequence nobody knows, of undefined length": (
        creator(0x10, "ACME") + open_implicit_sequence(0x00111001, open_item(ID)),
        [
            "(0011,0010) Private Creator                     LO: 'ACME'",
            "(0011,1001)  Private tag data" + SEQUENCE,
            *SHOWN,
        ],
    ),
    "what may be a sequence, of defined length: its bytes, nothing is guessed": (
        creator(0x10, "ACME") + implicit(0x00111001, item(ID)),
        [
            "(0011,0010) Private Creator                     LO: 'ACME'",
            "(0011,1001) Private tag data                    UN: Array of 18 elements",
        ],
    ),
    "overlays, source images and other repeating groups": (
        implicit(0x00203101, b"A ")
        + implicit(0x00280410, b"\3\0")
        + implicit(0x10001230, b"\1\0\2\0\3\0")
        + implicit(0x10101234, b"\1\0")
        + implicit(0x50020005, b"\2\0")
        + implicit(0x60013000, b"\1\0")
        + implicit(0x60100010, b"\7\0")
        + implicit(0x60103000, b"\1\0\2\0"),
        [
            "(0020,3101) Source Image IDs                    CS: 'A'",
            "(0028,0410) Rows For Nth Order Coefficients     US: 3",
            "(1000,1230) Escape Triplet                      US: [1, 2, 3]",
            "(1010,1234) Zonal Map                           US: 1",
            "(5002,0005) Curve Dimensions                    US: 2",
            "(6001,3000) Private tag data                    UN: b'\\x01\\x00'",
            "(6010,0010) Overlay Rows                        US: 7",
            "(6010,3000) Overlay Data                        OW: b'\\x01\\x00\\x02\\x00'",
        ],
    ),
}

EXPLICIT_CASES = {
    "CP-246: UN of undefined length is an implicit sequence": (
        explicit(0x00110010, "LO", b"ACME") + open_sequence(0x00111001, open_item(ID), vr="UN"),
        [
            "(0011,0010) Private Creator                     LO: 'ACME'",
            "(0011,1001)  Private tag data" + SEQUENCE,
            *SHOWN,
        ],
    ),
    "CP-246: and one inside the other": (
        explicit(0x00110010, "LO", b"ACME")
        + open_sequence(
            0x00111001,
            item(creator(0x10, "ACME", 0x0013) + open_implicit_sequence(0x00131001, item(ID))),
            vr="UN",
        ),
        [
            "(0011,0010) Private Creator                     LO: 'ACME'",
            "(0011,1001)  Private tag data" + SEQUENCE,
            "   (0013,0010) Private Creator                     LO: 'ACME'",
            "   (0013,1001)  Private tag data" + SEQUENCE,
            *("   " + line for line in SHOWN),
            "   ---------",
        ],
    ),
    "UN that the private dictionary knows as a sequence": (
        explicit(0x20050010, "LO", b"Philips MR Imaging DD 001 ")
        + explicit(0x20051080, "UN", item(ID)),
        [
            "(2005,0010) Private Creator                     LO: 'Philips MR Imaging DD 001'",
            "(2005,1080)  [Unknown]" + SEQUENCE,
            *SHOWN,
        ],
    ),
    "UN that PS3.6 knows": (
        explicit(0x00080060, "UN", b"CT") + explicit(0x00081140, "UN", item(ID)),
        [
            "(0008,0060) Modality                            CS: 'CT'",
            "(0008,1140)  Referenced Image Sequence" + SEQUENCE,
            *SHOWN,
        ],
    ),
    "a creator that was written as UN": (
        explicit(0x00190010, "UN", b"GEMS_ACQU_01") + explicit(0x00191002, "UN", b"\1\0\0\0"),
        [
            "(0019,0010) Private Creator                     LO: 'GEMS_ACQU_01'",
            "(0019,1002) [Detector Channel]                  SL: 1",
        ],
    ),
}


def shown(data):
    return list(isocenter.dcmread(data).formatted_lines())


@pytest.mark.parametrize(
    ("body", "expected", "syntax"),
    [
        *((body, lines, IMPLICIT) for body, lines in IMPLICIT_CASES.values()),
        *((body, lines, EXPLICIT) for body, lines in EXPLICIT_CASES.values()),
    ],
    ids=[*IMPLICIT_CASES, *EXPLICIT_CASES],
)
def test_how_private_and_repeating_elements_read(body, expected, syntax):
    data = part10(body, syntax)
    assert expected == shown(data)
    theirs = str(pydicom.dcmread(io.BytesIO(data))).split("-" * 49 + "\n")[-1]
    assert expected == theirs.split("\n")


def test_7_8_1_a_place_below_10_belongs_to_no_block():
    data = part10(implicit(0x00190000, b"\4\0\0\0") + implicit(0x00190002, b"A "), IMPLICIT)
    assert shown(data) == [  # pydicom calls both Private Creator
        "(0019,0000) Group Length                        UL: 4",
        "(0019,0002) Private tag data                    UN: b'A '",
    ]


def test_an_ambiguous_vr_of_a_repeating_group_is_settled():
    data = part10(implicit(0x50003000, b"\1\0") + implicit(0x7F020010, b"\1\0"), IMPLICIT)
    assert [one.VR for one in isocenter.dcmread(data)] == ["OW", "OW"]  # pydicom: "OB or OW"
