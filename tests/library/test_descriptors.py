"""The JSON files, from results alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.errors import Finding, Level
from isocenter.files.findings import findings_json
from isocenter.library import descriptors
from isocenter.library.agemap import age_map
from isocenter.library.model import (
    Example,
    ImageFile,
    Library,
    SeriesFacts,
    SeriesPlace,
    SeriesResult,
)


def series(name="S", uid="1.2", images=1, example="01-ex", **facts):
    place = SeriesPlace(f"00-yr/01-mo/{example}", name)
    files = tuple(ImageFile(f"{place.folder}/{n}", (f"{n}.0.jpg",), 1, 1) for n in range(images))
    return SeriesResult(place, SeriesFacts(series_uid=uid, **facts), files)


def keys(*uids):
    return descriptors.unique_uids([series(uid=uid) for uid in uids])


@pytest.mark.parametrize(
    ("uids", "expected"),
    [
        (["1", "2"], ["1", "2"]),
        (["1", "1", "1"], ["1", "1-2", "1-3"]),
        (["1", "1", "1-2"], ["1", "1-3", "1-2"]),
        (["1-2", "1", "1"], ["1-2", "1", "1-3"]),
        (["", ""], ["", "-2"]),
    ],
)
def test_a_uid_that_was_taken_gets_a_number(uids, expected):
    assert expected == keys(*uids)


@given(st.lists(st.sampled_from(["", "1", "1-2", "1-2-2", "1-3", "-2"]), max_size=12))
def test_keys_are_unique_and_the_first_of_each_is_its_uid(uids):
    found = keys(*uids)
    assert len(uids) == len(set(found))
    for uid in uids:
        assert uid == found[uids.index(uid)]


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (1, 3), (2, 3), (3, 3), (4, 4)])
def test_a_study_has_three_entries_or_none(count, expected):
    example = Example("00-yr/01-mo/01-ex", tuple(series(f"S{n}", f"1.{n}") for n in range(count)))
    assert expected == len(json.loads(descriptors.study_json(example))["data"])


def test_a_series_without_images_is_not_in_the_study():
    example = Example("00-yr/01-mo/01-ex", (series("A", images=0), series("B", "1.3")))
    entries = json.loads(descriptors.study_json(example))["data"]
    assert [entry["uid"]["value"] for entry in entries] == ["1.3"] * 3


def test_three_entries_of_two_series_repeat_the_first():
    example = Example("00-yr/01-mo/01-ex", (series("A", "1"), series("B", "2")))
    entries = json.loads(descriptors.study_json(example))["data"]
    assert [entry["uid"]["value"] for entry in entries] == ["1", "2", "1"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a b/ü 'x'.dcm", "a b/ü 'x'.dcm"),
        ("a#b?c%d", "a%23b%3Fc%25d"),
        ("a\nb\\c\x7f", "a%0Ab%5Cc%7F"),
        ("\udcff.dcm", "%FF.dcm"),
    ],
)
def test_an_address_is_the_path_with_what_it_may_not_contain_encoded(path, expected):
    assert expected == descriptors.address(path)


def test_findings_keep_their_order_and_every_fact():
    found = [
        Finding(Level.ERROR, "b", "second \udcff", "p\udcfe", "(0028,0010)", 12, "PS3.5 7.1"),
        Finding(Level.NOTE, "a", "first"),
    ]
    absent = {"tag": None, "offset": None, "clause": None}
    facts = {"tag": "(0028,0010)", "offset": 12, "clause": "PS3.5 7.1"}
    assert {
        "findings": [
            {"level": "error", "path": "p\\xfe", "code": "b", "message": "second \\xff", **facts},
            {"level": "note", "path": "", "code": "a", "message": "first", **absent},
        ]
    } == json.loads(findings_json(found))


def test_the_map_leaves_out_examples_without_images():
    library = Library((series("A", images=0, example="01-ex"), series("B", example="02-ex")))
    assert age_map(library) == b'{"data":["./00-yr/01-mo/02-ex"]}\n'


def test_the_map_of_nothing():
    assert age_map(Library(())) == b'{"data":[]}\n'
