"""The five numbers, against highdicom's JSON and pydicom's dictionary counted the slow way."""

from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import datadict
from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary

from attributes.oracle import tables
from isocenter.attributes.coverage import TypeCoverage, coverage, innolitics, plain_tags

CT, MR, SR, RETIRED = (f"1.2.840.10008.5.1.4.1.1.{last}" for last in ("2", "4", "88.33", "5"))


class Row(NamedTuple):
    """What a profile tells of a path."""

    sop_class: str
    path: str
    files: int = 1
    files_with_value: int = 1


def tag_of(keyword):
    tag = datadict.tag_for_keyword(keyword)
    if tag is None:
        masks = {row[4]: mask for mask, row in RepeatersDictionary.items()}
        return int(masks[keyword].replace("x", "0"), 16)
    return tag


def path(*keywords):
    return ".".join(f"{tag_of(keyword):08X}" for keyword in keywords)


def plain(tag):
    """Whether the dictionary number counts an attribute of this tag."""
    row = DicomDictionary.get(tag)
    if row is None:
        row = next(r for m, r in RepeatersDictionary.items() if int(m.replace("x", "0"), 16) == tag)
    return not row[3] and row[0] != "SQ" and 0x0002 <= tag >> 16 < 0xFFFE


def listed(sop_class):
    """Every path that the modules of a SOP class list, as tags."""
    modules, iods, classes = tables()
    return {
        (*map(tag_of, above), tag_of(keyword))
        for use in iods[classes[sop_class]]
        for above, types in modules.get(use["key"], {}).items()
        for keyword in types
    }


# --- the dictionary -------------------------------------------------------------------------


def test_the_dictionary_number_is_of_ps3_6_without_retired_ones_and_sequences():
    repeating = [row for row in RepeatersDictionary.values() if not row[3] and row[0] != "SQ"]
    expected = sum(plain(tag) for tag in DicomDictionary) + len(repeating)
    found = coverage([]).dictionary
    assert (found.count, found.total) == (0, expected)
    assert "not retired" in found.of


@pytest.mark.parametrize(
    ("paths", "count"),
    [
        (["PatientName"], 1),
        (["PatientName", "PatientID"], 2),
        (["ReferencedImageSequence", "ReferencedImageSequence.PatientName"], 1),
        (["RecognitionCode"], 0),
        (["ReferencedImageSequence"], 0),
    ],
)
def test_an_attribute_counts_once_wherever_it_is(paths, count):
    rows = [Row(sop, path(*one.split("."))) for one in paths for sop in (CT, MR)]
    assert coverage(rows).dictionary.count == count


def test_an_empty_value_is_no_coverage():
    found = coverage([Row(CT, path("PatientName"), 9, 0), Row(CT, path("PatientID"), 0, 0)])
    assert [one.count for one in found.ratios] == [0, 0, 0, 0]


def test_the_groups_of_a_repeating_group_are_one():
    found = coverage([Row(CT, "60003000"), Row(CT, "60023000"), Row(CT, "60FE3000")])
    assert [one.count for one in found.ratios] == [1, 1, 1, 1]


def test_private_attributes_count_nowhere():
    private = ['(0029,"SIEMENS CSA HEADER",10)', "00290010", '(0029,"A.B",10).00100010']
    found = coverage([Row(CT, one) for one in private])
    assert [one.count for one in found.ratios] == [0, 0, 0, 0]


# --- what modules can hold ------------------------------------------------------------------


@pytest.mark.parametrize("classes", [[CT], [MR], [SR], [CT, MR, SR]])
def test_reachable_is_of_the_tags_that_the_modules_list(classes):
    rows = [Row(one, path("PatientName")) for one in classes]
    expected = {tags[-1] for one in classes for tags in listed(one) if plain(tags[-1])}
    found = coverage(rows).reachable
    assert (found.count, found.total) == (1, len(expected))


@pytest.mark.parametrize("classes", [[CT], [CT, MR, SR]])
def test_path_is_of_the_paths_that_the_modules_list(classes):
    rows = [Row(one, path("PatientName")) for one in classes]
    expected = set().union(*map(listed, classes))
    found = coverage(rows).path
    assert (found.count, found.total) == (1, len(expected))


def test_a_path_counts_in_a_file_of_an_iod_that_lists_it_only():
    stranger = path("EchoTime")
    assert coverage([Row(CT, stranger)]).path.count == 0
    assert coverage([Row(CT, stranger)]).reachable.count == 0
    assert coverage([Row(CT, stranger)]).dictionary.count == 1
    assert coverage([Row(MR, stranger)]).path.count == 1


def test_deep_content_counts_as_the_first_level():
    deep = path(*["ContentSequence"] * 4, "TextValue")
    found = coverage([Row(SR, deep)]).path
    assert found.count == 1
    assert coverage([Row(SR, deep), Row(SR, path("ContentSequence", "TextValue"))]).path == found


def test_a_sop_class_without_an_iod_is_told_and_counts_in_the_dictionary():
    found = coverage([Row(RETIRED, path("PatientName")), Row("", path("PatientID"))])
    assert found.without_iod == ("", RETIRED)
    assert found.dictionary.count == 2
    assert (found.path.total, found.reachable.total, found.types) == (0, 0, ())
    assert found.path.share == 0.0


# --- per Type -------------------------------------------------------------------------------


def slow_types(rows):
    """Module and Type -> expected, present, filled; of one SOP class."""
    modules, iods, classes = tables()
    present = {one.path for one in rows if one.files}
    filled = {one.path for one in rows if one.files_with_value}
    counts = {}
    for use in iods[classes[rows[0].sop_class]]:
        for above, types in modules.get(use["key"], {}).items():
            levels = [path(*above[: end + 1]) for end in range(len(above))]
            if not all(level in filled for level in levels):
                continue
            for keyword, kind in types.items():
                place = path(*above, keyword)
                row = counts.setdefault((use["key"], kind), [0, 0, 0])
                row[0] += 1
                row[1] += place in present
                row[2] += place in filled
    return counts


def test_types_are_counted_for_each_module():
    rows = [
        Row(CT, path("PatientName")),
        Row(CT, path("KVP"), 3, 0),
        Row(CT, path("ReferencedImageSequence")),
        Row(CT, path("ReferencedImageSequence", "ReferencedSOPClassUID")),
        Row(CT, path("SourceImageSequence"), 1, 0),
    ]
    found = coverage(rows).types
    expected = sorted(tuple(counts) for counts in slow_types(rows).values())
    assert expected == sorted((one.expected, one.present, one.filled) for one in found)
    by_place = {(one.module, one.type): one for one in found}
    assert by_place["Patient", "2"] == TypeCoverage("CT Image", "Patient", "M", "2", 4, 1, 1)
    assert (by_place["CT Image", "2"].present, by_place["CT Image", "2"].filled) == (1, 0)


def test_items_are_expected_where_their_sequence_has_some():
    without = coverage([Row(CT, path("PatientName"))]).types
    with_items = coverage([Row(CT, path("ReferencedImageSequence"))]).types
    grown = {one.module for one, two in zip(with_items, without, strict=False) if one != two}
    assert sum(one.expected for one in with_items) > sum(one.expected for one in without)
    assert "General Reference" in {one.module for one in with_items}
    assert grown


# --- Innolitics' ----------------------------------------------------------------------------


def test_the_published_figure_comes_out_of_a_map_of_their_shape():
    tags = [tag for tag in sorted(DicomDictionary) if tag >= 0x00080000][:394]
    examples = {f"({tag >> 16:04x},{tag & 0xFFFF:04x})": ["value"] for tag in tags}
    found = innolitics(examples)
    assert (found.count, found.total) == (394, 3636)
    assert round(100 * found.share, 2) == 10.84


def test_their_filter_over_our_dictionary():
    expected = sum(
        1 for tag, row in DicomDictionary.items() if tag >= 0x00080000 and "Sequence" not in row[2]
    ) + sum(
        1
        for mask, row in RepeatersDictionary.items()
        if mask[2:4] != "xx" and "Sequence" not in row[2]
    )
    assert expected == plain_tags()
    ours = innolitics({}, plain_tags())
    assert (ours.total, "2021" in ours.of) == (expected, False)
    assert "2021" in innolitics({}).of


def test_their_map_has_the_data_set_itself_without_sequences_and_bytes():
    names = ["PatientName", "PixelData", "ReferencedImageSequence", "ICCProfile", "RecognitionCode"]
    rows = [Row(CT, path(name)) for name in names]
    rows.append(Row(CT, path("ReferencedImageSequence", "ReferencedSOPClassUID")))
    assert coverage(rows).innolitics.count == 3  # Pixel Data is "OB or OW", which they keep as OW


# --- properties -----------------------------------------------------------------------------

ROWS = st.lists(
    st.builds(
        Row,
        st.sampled_from([CT, MR, SR, RETIRED]),
        st.sampled_from(
            [
                path("PatientName"),
                path("EchoTime"),
                path("KVP"),
                path("ReferencedImageSequence"),
                path("ReferencedImageSequence", "ReferencedSOPClassUID"),
                path("ContentSequence", "TextValue"),
                "60023000",
                "00290010",
            ]
        ),
        st.integers(1, 3),
        st.integers(0, 1),
    ),
    max_size=8,
)


@settings(max_examples=20, deadline=None)
@given(ROWS)
def test_the_order_of_the_rows_changes_nothing(rows):
    assert coverage(rows).ratios == coverage(rows[::-1]).ratios
    assert sorted(coverage(rows).types) == sorted(coverage(rows[::-1] * 2).types)


@settings(max_examples=20, deadline=None)
@given(ROWS)
def test_more_files_never_cover_less(rows):
    ratios = [coverage(rows[:end]).ratios for end in range(len(rows) + 1)]
    for fewer, more in pairwise(ratios):
        assert all(one.count <= two.count for one, two in zip(fewer, more, strict=True))
        assert all(0 <= one.count <= one.total or not one.total for one in more)
