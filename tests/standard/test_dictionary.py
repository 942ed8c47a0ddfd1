"""PS3.6: the data dictionary, row by row; private rows by creator."""

import pytest
from pydicom import datadict
from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary
from pydicom._private_dict import private_dictionaries

from isocenter.standard.dictionary import (
    dictionary_vr,
    entry,
    keyword_for_tag,
    private_entry,
    tag_for_keyword,
)
from isocenter.standard.vr import LONG_LENGTH, SHORT_LENGTH, VR


def number(mask, digits):
    digits = iter(digits)
    return int("".join(next(digits) if char == "x" else char for char in mask), 16)


def test_every_row():
    for tag, row in DicomDictionary.items():
        found = entry(tag)
        assert tuple(row) == tuple(found)
        assert (row[0], row[4]) == (dictionary_vr(tag), keyword_for_tag(tag))
        assert bool(row[3]) == found.is_retired


def test_every_keyword():
    for tag, row in DicomDictionary.items():
        if row[4]:
            assert tag == tag_for_keyword(row[4])
    assert tag_for_keyword("NoKeyword") is None


def test_7_6_every_repeating_group():
    for mask, row in RepeatersDictionary.items():
        tag = number(mask, "10" * 4)
        assert tag not in DicomDictionary
        assert tuple(row) == tuple(entry(tag))
        assert datadict.dictionary_VR(tag) == dictionary_vr(tag)


def test_7_6_repeating_groups_are_even():
    assert "OverlayData" == keyword_for_tag(0x60003000) == keyword_for_tag(0x601E3000)
    assert keyword_for_tag(0x60013000) == ""
    assert entry(0x7FE10010) is None
    assert dictionary_vr(0x50011000) is None


def test_7_2_every_group_has_a_length():
    assert "UL" == dictionary_vr(0x00090000) == dictionary_vr(0x00280000)


def test_an_unknown_tag():
    assert (
        entry(0x00089999),
        dictionary_vr(0x00089999),
        keyword_for_tag(0x00089999),
    ) == (None, None, "")


def test_every_private_row():
    for creator, rows in private_dictionaries.items():
        for mask, row in rows.items():
            tag = number(mask, "FEFE")
            found = private_entry(tag, creator)
            if mask.endswith("xx"):  # eleven rows are about a block, not about its elements
                assert found is None
                continue
            assert (row[0].replace("OB_OW", "OB or OW"), *row[1:]) == tuple(found)[:4]


def test_private_rows_as_pydicom_looks_them_up():
    for creator, rows in private_dictionaries.items():
        for mask in rows:
            if mask[2:6].endswith("xx") and mask[2:4] != "xx":
                tag = number(mask, "FE")
                expected = datadict.get_private_entry(tag, creator)
                assert expected[2] == private_entry(tag, creator).name


def test_a_private_element_of_nobody():
    assert private_entry(0x00191002, "Nobody") is None
    assert private_entry(0x001910FE, "GEMS_ACQU_01") is None
    assert private_entry(0x00191002, "GEMS_ACQU_01") is not None


@pytest.mark.parametrize("table", [DicomDictionary, RepeatersDictionary])
def test_every_vr_of_the_dictionary_is_one_of_table_6_2_1(table):
    for row in table.values():
        assert row[0] == "NONE" or set(row[0].split(" or ")) <= set(VR)


def test_every_vr_of_the_private_dictionary_is_one_of_table_6_2_1():
    found = {
        private_entry(number(mask, "FEFE"), creator).vr
        for creator, rows in private_dictionaries.items()
        for mask in rows
        if not mask.endswith("xx")
    }
    assert set() == {one for vr in found for one in vr.split(" or ")} - set(VR)


def test_7_1_2_every_vr_has_one_kind_of_length():
    assert set(VR) == LONG_LENGTH | SHORT_LENGTH
    assert set() == LONG_LENGTH & SHORT_LENGTH
    assert len(VR) == 34
