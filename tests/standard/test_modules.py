"""IOD > module > attribute, against highdicom's maps read the slow way."""

import json
from collections import Counter
from importlib.metadata import distribution

import pytest

from isocenter.standard.attributelists import attribute_list, attribute_lists
from isocenter.standard.clauses import url
from isocenter.standard.dictionary import dictionary_vr, keyword_for_tag
from isocenter.standard.modules import Usage, iod, iods, module, modules

CT, ENHANCED_CT, SR = (f"1.2.840.10008.5.1.4.1.1.{last}" for last in ("2", "2.1", "88.33"))
SHARED, PER_FRAME = 0x52009229, 0x52009230
CONTENT, CONCEPT_NAME, CODE_VALUE = 0x0040A730, 0x0040A043, 0x00080100


@pytest.fixture(scope="module")
def given():
    folder = distribution("highdicom").locate_file("highdicom/_standard")
    names = ("module_attribute_map", "iod_module_map", "sop_class_iod_map")
    return [json.loads((folder / f"{name}.json").read_text("utf-8")) for name in names]


def unfolded(key):
    """A module's rows as the source has them."""
    for path, attribute in module(key).attributes.walk():
        *above, last = map(keyword_for_tag, path)
        yield last, attribute.type or "None", tuple(above)


def test_every_module_has_the_attributes_of_the_source(given):
    for key, rows in given[0].items():
        expected = Counter((row["keyword"], row["type"], tuple(row["path"])) for row in rows)
        assert expected == Counter(unfolded(key)), key


def test_every_iod_has_the_modules_of_the_source(given):
    expected = {
        key: [(use["key"], use["usage"], use["ie"]) for use in uses]
        for key, uses in given[1].items()
    }
    assert expected == {
        one.key: [(use.module.key, use.usage, use.entity) for use in one.modules] for one in iods()
    }


def test_every_sop_class_of_the_source_has_its_iod(given):
    assert given[2] == {uid: iod(uid).key for uid in given[2]}
    assert sorted(given[2]) == sorted(uid for one in iods() for uid in one.sop_classes)


def test_the_dictionary_knows_every_attribute_of_the_modules():
    unknown = [
        one.tag for held in attribute_lists() for one in held if dictionary_vr(one.tag) is None
    ]
    assert unknown == []


def test_what_has_items_is_a_sequence():
    wrong = [
        one.tag
        for held in attribute_lists()
        for one in held
        if one.items_number is not None and dictionary_vr(one.tag) != "SQ"
    ]
    assert wrong == []


def test_equal_lists_are_one_list():
    contents = [held.attributes for held in attribute_lists()]
    assert len(contents) == len(set(contents))
    procedure = module("general-study").attributes.find((0x00081032,))
    reference = module("general-reference").attributes.find((0x00081140, 0x0040A170))
    assert procedure.items is reference.items is attribute_list(procedure.items_number)


def test_a_retired_sop_class_has_no_iod():
    assert iod("1.2.840.10008.5.1.4.1.1.5") is None
    assert module("no-such-module") is None


def test_a_module_has_usage_name_and_place():
    uses = {use.module.key: use for use in iod(CT).modules}
    patient = uses["patient"]
    assert (patient.usage, patient.entity) == (Usage.MANDATORY, "Patient")
    assert patient.module.name == "Patient"
    assert patient.module.place.clause == "PS3.3 table C.7-1"
    assert patient.module.place.url == (
        "https://dicom.nema.org/medical/dicom/current/output/chtml/part03/sect_C.7.html#table_C.7-1"
    )
    assert uses["contrast-bolus"].usage is Usage.CONDITIONAL
    assert uses["contrast-bolus"].module.name == "Contrast/Bolus"


def test_what_is_newer_than_the_places_has_its_annex():
    newer = module("photoacoustic-image").place
    assert (newer.clause, newer.page) == ("PS3.3 annex C", "")
    assert newer.url.endswith("/part03/chapter_C.html")


def test_a_clause_leads_to_its_page():
    part = "https://dicom.nema.org/medical/dicom/current/output/chtml/part05/"
    assert url("PS3.5 6.2") == f"{part}sect_6.2.html#sect_6.2"
    assert url("PS3.5 6.2.1") == f"{part}sect_6.2.html#sect_6.2.1"
    assert url("PS3.5 9.1") == f"{part}chapter_9.html#sect_9.1"
    assert url("PS3.3 table C.7-1") == module("patient").place.url
    assert url("PS3.3 table Z.1") is None


def test_every_place_of_a_module_leads_somewhere():
    assert {url(one.place.clause) for one in (*iods(), *modules())} > {module("patient").place.url}
    assert None not in {url(one.place.clause) for one in (*iods(), *modules())}


def test_every_iod_and_module_has_a_name():
    assert all(one.name for one in (*iods(), *modules()))


def test_a_path_leads_to_the_attribute_of_each_module_that_has_it():
    found = iod(CT).find((0x00081140, 0x00081155))
    assert [(one.use.module.key, one.attribute.type) for one in found] == [
        ("general-reference", "1")
    ]
    assert iod(CT).find((0x00081140, 0x00100010)) == ()
    assert iod(CT).find((0x00100010, 0x00100010)) == ()


def test_one_attribute_may_belong_to_several_modules():
    assert {one.use.module.key for one in iod(CT).find((0x00180060,))} >= {"ct-image"}
    assert len(iod(CT).find((0x00080008,))) == 2


def test_any_group_of_a_repeating_group_is_found():
    found = iod(CT).find((0x60023000,))
    assert [one.use.module.key for one in found] == ["overlay-plane"]
    assert found[0].attribute.repeating
    assert found[0].attribute.tag == 0x60003000
    assert iod(CT).find((0x60020008,)) == ()


def test_content_items_hold_content_items_to_any_depth():
    deep = (CONTENT,) * 5
    assert iod(SR).find((*deep, CONCEPT_NAME))
    assert iod(SR).find((*deep, CONCEPT_NAME, CODE_VALUE)) == iod(SR).find(
        (CONTENT, CONCEPT_NAME, CODE_VALUE)
    )
    assert iod(SR).find((*deep, 0x00100010)) == ()


def test_paths_are_those_of_all_modules():
    paths = iod(CT).paths()
    assert (0x00081140, 0x00081155) in paths
    assert all(iod(CT).find(path) for path in list(paths)[:200])
    assert len(paths) > 1000


def test_functional_groups_have_usage_and_stand_in_both_sequences():
    enhanced = iod(ENHANCED_CT)
    groups = {group.key: group for group in enhanced.functional_groups}
    assert groups["pixel-measures"].usage is Usage.MANDATORY
    assert groups["ct-exposure"].usage is Usage.CONDITIONAL
    assert groups["pixel-measures"].sequences == (0x00289110,)
    for group in groups.values():
        for tag in group.sequences:
            assert enhanced.find((SHARED, tag)), group.name
            assert enhanced.find((PER_FRAME, tag)), group.name
    assert iod(CT).functional_groups == ()


def test_modules_without_a_list_are_told():
    realtime = next(one for one in iods() if one.key == "real-time-audio-waveform")
    assert [one.key for one in realtime.unlisted] == [
        "real-time-audio-waveform-current-frame-functional-groups"
    ]
    assert iod(CT).unlisted == ()
