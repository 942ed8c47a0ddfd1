"""Siemens' CSA header and mosaics."""

import struct
from contextlib import suppress
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from isocenter import dcmread
from isocenter.errors import IsocenterError, UsageError
from isocenter.pixels.siemens import (
    CsaHeaderError,
    Mosaic,
    csa_header,
    csa_image_header,
    mosaic,
    private_value,
    split_mosaic,
)
from support.files import SHARED

CREATOR = SimpleNamespace(value="SIEMENS CSA HEADER")
ENTRIES = {
    "EchoLinePosition": (1, ["64", "", ""]),
    "Empty": (0, []),
    "NumberOfImagesInMosaic": (1, ["3", ""]),
    "SliceNormalVector": (3, ["0.0", "0.0", "1.0", "", "", ""]),
}


def csa(entries=ENTRIES, *, newer=True):
    """A CSA header as the two forms have it."""
    first = len(next(iter(entries.values()))[1])
    parts = [b"SV10\4\3\2\1" if newer else b"", struct.pack("<Ii", len(entries), 77)]
    for name, (multiplicity, items) in entries.items():
        head = name.encode().ljust(64, b"\0")
        parts.append(struct.pack("<64si4siii", head, multiplicity, b"IS\0\0", 6, len(items), 77))
        for text in items:
            data = text.encode() + b"\0" * bool(text)
            size = len(data) + (0 if newer else first)
            parts.append(struct.pack("<4i", size, size, 77, size) + data + b"\0" * (-len(data) % 4))
    return b"".join(parts)


@pytest.mark.parametrize("newer", [True, False], ids=["SV10", "older"])
def test_entries_with_as_many_values_as_they_say(newer):
    assert csa_header(csa(newer=newer)) == {
        "EchoLinePosition": ("64",),
        "Empty": (),
        "NumberOfImagesInMosaic": ("3",),
        "SliceNormalVector": ("0.0", "0.0", "1.0"),
    }


def test_an_entry_of_any_multiplicity_gives_all_its_values():
    assert csa_header(csa({"Times": (0, ["1.5", "2", ""])})) == {"Times": ("1.5", "2")}


def test_of_two_entries_with_one_name_the_first_counts():
    data = csa({"A": (1, ["1"]), "B": (1, ["2"])}).replace(b"B\0", b"A\0")
    assert csa_header(data) == {"A": ("1",)}


@pytest.mark.parametrize("newer", [True, False], ids=["SV10", "older"])
def test_a_cut_header_is_an_error_that_says_where(newer):
    data = csa(newer=newer)
    for end in range(len(data) - 16):
        with pytest.raises(CsaHeaderError) as caught:
            csa_header(data[:end])
        assert 0 <= caught.value.offset <= end


@pytest.mark.parametrize("data", [b"", b"SV10", b"<ascii>", b"\0" * 400, b"SV10" + b"\xff" * 400])
def test_other_bytes_are_no_header(data):
    with pytest.raises(CsaHeaderError):
        csa_header(data)


def test_a_giant_count_of_items_in_a_short_header_ends_at_the_end():
    data = bytearray(csa({"A": (1, ["1"])}))
    struct.pack_into("<i", data, 16 + 76, 2**31 - 1)
    with pytest.raises(CsaHeaderError):
        csa_header(bytes(data))


@given(
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), max_size=8),
    st.integers(0, 700),
)
def test_damage_raises_only_our_errors(newer, changes, end):
    data = bytearray(csa(newer=newer))
    for place, byte in changes:
        data[place % len(data)] = byte
    with suppress(IsocenterError):
        csa_header(bytes(data[:end]))


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_raise_only_our_errors(data, newer):
    with suppress(IsocenterError):
        csa_header(b"SV10" * newer + data)


@cache
def real_header():
    path = SHARED / "nipy+nibabel/nibabel/nicom/tests/data/csa_slice_norm.dcm"
    if not path.exists():
        pytest.skip("no ../shared/data")
    return bytes(dcmread(path, stop_before_pixels=True).raw(0x00291010))


@given(st.data())
def test_damage_to_a_real_header_raises_only_our_errors(data):
    damaged = bytearray(real_header())
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    with suppress(IsocenterError):
        csa_header(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))


def image(make, header=None, **changes):
    """A mosaic of three tiles, 2 rows by 3 columns each."""
    ds = make.image(np.arange(24, dtype=np.uint16).reshape(4, 6), **changes)
    ds.setdefault("ImageType", ["ORIGINAL", "PRIMARY", "M", "MOSAIC"])
    ds[0x00290010] = CREATOR
    ds[0x00291010] = SimpleNamespace(value=csa() if header is None else header)
    return ds


def test_a_mosaic_is_the_smallest_square_grid(make):
    assert mosaic(image(make)) == Mosaic(3, 2, 3, 2, None, (0.0, 0.0, 1.0))


def test_the_first_slice_is_centred_where_the_mosaic_is(make):
    ds = image(
        make,
        ImagePositionPatient=[10, 20, 30],
        ImageOrientationPatient=[0, 1, 0, 0, 0, -1],
        PixelSpacing=[2, 4],
    )
    assert mosaic(ds).position == (10, 20 + 4 * 1.5, 30 - 2 * 1)


def test_the_header_may_be_in_another_block(make):
    ds = image(make)
    ds[0x00291110] = ds.pop(0x00291010)
    ds[0x00290010] = SimpleNamespace(value="Anon")
    ds[0x00290011] = CREATOR
    assert mosaic(ds).images == 3


@pytest.mark.parametrize(
    ("maker", "others", "expected"),
    [("SIEMENS", {}, b"x"), ("GE", {}, None), ("SIEMENS", {0x00290010: "Anon"}, None)],
)
def test_without_a_creator_the_maker_and_an_empty_block_decide(make, maker, others, expected):
    ds = make.image(Manufacturer=maker)
    ds[0x00291010] = SimpleNamespace(value=b"x")
    ds.update({tag: SimpleNamespace(value=name) for tag, name in others.items()})
    assert private_value(ds, 0x00291010, "SIEMENS CSA HEADER", "SIEMENS") == expected


def test_the_number_of_slices_may_stand_in_a_private_element(make):
    ds = image(make, header=csa({"A": (1, ["1"])}))
    ds[0x00190010] = SimpleNamespace(value="SIEMENS MR HEADER")
    ds[0x0019100A] = SimpleNamespace(value=4)
    assert mosaic(ds) == Mosaic(4, 2, 3, 2, None, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"ImageType": ["ORIGINAL", "PRIMARY"]},
        {"Rows": 5},
        {"Columns": None},
        {"header": csa({"NumberOfImagesInMosaic": (1, ["0"])})},
        {"header": csa({"NumberOfImagesInMosaic": (1, ["many"])})},
        {"header": csa({"A": (1, ["1"])})},
        {"header": b""},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_does_not_add_up_is_no_mosaic(make, changes):
    assert mosaic(image(make, **changes)) is None


def test_a_mosaic_with_a_damaged_header_is_an_error(make):
    with pytest.raises(CsaHeaderError):
        mosaic(image(make, header=csa()[:-20]))


def joined(slices, grid):
    """The mosaic of ``slices``, unused tiles 0: the inverse of splitting."""
    count, rows, columns = slices.shape
    tiles = np.zeros((grid * grid, rows, columns), slices.dtype)
    tiles[:count] = slices
    return np.block([list(tiles[n * grid : (n + 1) * grid]) for n in range(grid)])


@given(
    hnp.arrays(np.int16, st.tuples(st.integers(1, 17), st.integers(1, 5), st.integers(1, 5))),
)
def test_splitting_undoes_joining(slices):
    count, rows, columns = slices.shape
    grid = int(np.ceil(np.sqrt(count)))
    tiling = Mosaic(count, rows, columns, grid, None, None)
    found = split_mosaic(joined(slices, grid), tiling)
    assert found.dtype == slices.dtype
    np.testing.assert_array_equal(found, slices)


def test_another_shape_is_a_wrong_call():
    with pytest.raises(UsageError):
        split_mosaic(np.zeros((4, 5)), Mosaic(3, 2, 3, 2, None, None))


def test_a_real_mosaic():
    path = SHARED / "nipy+nibabel/nibabel/nicom/tests/data/csa_slice_norm.dcm"
    if not path.exists():
        pytest.skip("no ../shared/data")
    ds = dcmread(path, stop_before_pixels=True)
    header = csa_image_header(ds)
    tiling = mosaic(ds)
    assert len(header) == 83
    assert header["AcquisitionMatrixText"] == ("64p*64",)
    assert header["B_value"] == ()
    assert (tiling.images, tiling.rows, tiling.columns, tiling.grid) == (32, 64, 64, 6)
    assert tiling.normal == (0.0, 0.43994078, 0.89802679)
    # the corrected position is in the plane that Slice Location tells
    place = np.dot(tiling.normal, tiling.position)
    assert place == pytest.approx(float(ds.SliceLocation), abs=1e-3)
