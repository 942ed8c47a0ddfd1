"""Coded concepts of PS3.16, against the tables they were generated from."""

import pytest
from pydicom.sr import _cid_dict, _concepts_dict, _snomed_dict

from isocenter.standard import concepts


def test_every_code_of_every_scheme():
    expected = {
        (scheme, keyword, code, meaning)
        for scheme, keywords in _concepts_dict.concepts.items()
        for keyword, codes in keywords.items()
        for code, (meaning, _) in codes.items()
    }
    found = [one[:4] for name in concepts.scheme_names() for one in concepts.in_scheme(name)]
    assert set(found) == expected
    assert len(found) == len(expected)


def test_every_context_group():
    assert concepts.groups() == _cid_dict.name_for_cid
    for number in (2, 29, 3760, 7469):
        members = {(one.scheme, one.keyword) for one in concepts.in_group(number)}
        expected = _cid_dict.cid_concepts[number].items()
        assert members == {(scheme, word) for scheme, words in expected for word in words}


def test_snomed_rt_identifiers_are_snomed_ct_concepts():
    for old, new in _snomed_dict.mapping["SRT"].items():
        assert concepts.present_code("SRT", old) == ("SCT", new)
    assert concepts.present_code("SRT", "no such") == ("SRT", "no such")
    assert concepts.present_code("DCM", "121071") == ("DCM", "121071")


@pytest.mark.parametrize("ask", [lambda: concepts.in_scheme("XYZ"), lambda: concepts.in_group(1)])
def test_what_is_not_there(ask):
    with pytest.raises(KeyError):
        ask()
