"""DICOM JSON says the same whichever way it is written: from bytes, by tables, from values.

A handler for bulk data has every sequence read by tables of elements; a threshold that no value
reaches keeps it from doing anything else.
"""

import json
import random
import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import isocenter
from core.datasets import JPEG, datasets
from core.stream import (
    BIG,
    EXPLICIT,
    IMPLICIT,
    explicit,
    implicit,
    item,
    open_implicit_sequence,
    open_item,
    open_sequence,
    part10,
    sequence_end,
)
from isocenter.core import jsonwriter
from isocenter.core.dicomjson import to_json, to_json_dict
from isocenter.core.jsonitems import write_items
from isocenter.core.part10writer import file_bytes
from isocenter.errors import DicomError
from mutation import Original, mutated
from support.files import SHARED, shared_files, wheel_files

REFERENCED, RELATED, NAME, PRIVATE = 0x00081140, 0x00081250, 0x00100010, 0x00091001
PROPERTY = settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SMALLEST = 0x00280106
"""SmallestImagePixelValue, US or SS as Pixel Representation says."""


def by_tables(ds, *, suppress=False):
    return to_json(ds, 1 << 60, lambda _element: "", suppress_invalid_tags=suppress)


def by_values(ds):
    for _ in ds.iterall():
        pass
    return to_json(ds)


def outcome(data, write):
    """Text and findings, or what is wrong."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ds = isocenter.dcmread(data, force=True)
            return write(ds), sorted(map(str, ds.findings))
        except DicomError as error:
            return type(error), str(error)


def same_every_way(data):
    """The text, after all ways gave the same one and left the same findings."""
    ds = isocenter.dcmread(data)
    text = to_json(ds)
    assert by_tables(isocenter.dcmread(data)) == text
    assert json.loads(text) == to_json_dict(ds)
    assert outcome(data, to_json) == outcome(data, by_tables)
    assert by_values(ds) == text
    return text


# --- any data set ---------------------------------------------------------------------------


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, BIG, JPEG])
@given(data=st.data())
@PROPERTY
def test_any_data_set(syntax, data):
    same_every_way(file_bytes(data.draw(datasets(syntax))))


@given(datasets(EXPLICIT), st.data())
@PROPERTY
def test_a_changed_data_set(made, data):
    ds = isocenter.dcmread(file_bytes(made))
    tags = [tag for tag in ds.keys() if ds[tag].VR != "SQ"]
    if tags:
        ds[data.draw(st.sampled_from(tags))].value = None
    ds.PatientID = "changed"
    assert json.loads(to_json(ds)) == to_json_dict(ds)
    assert to_json(ds) == by_tables(ds) == by_values(ds)


# --- every file -----------------------------------------------------------------------------


def unlike(paths):
    return [
        path.name
        for path in paths
        if (data := path.read_bytes()) and outcome(data, to_json) != outcome(data, by_tables)
    ]


def test_every_file_of_the_wheels():
    assert unlike(wheel_files()) == []


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not here")
def test_every_shared_file():
    assert unlike(shared_files()) == []


def test_damaged_files():
    """Small files with sequences in which a few bytes are changed."""
    chance = random.Random(18)  # noqa: S311 - repeatable, no secret
    small = [path for path in wheel_files() if path.stat().st_size < 20_000]
    files = [Original.of(path.name, path.read_bytes()) for path in small]
    wrong = []
    for original in files:
        for _ in range(6):
            data = mutated(original, chance.choice(files), chance)
            if suppressed(data, to_json) != suppressed(data, by_tables):
                wrong.append((original, data))
    assert wrong == []


def suppressed(data, write):
    if write is to_json:
        return outcome(data, lambda ds: to_json(ds, suppress_invalid_tags=True))
    return outcome(data, lambda ds: by_tables(ds, suppress=True))


# --- what the walk over untouched sequences meets ------------------------------------------------

US = explicit(SMALLEST, "US", b"\xff\xff")
SIGNED = explicit(0x00280103, "US", b"\1\0")
INNER = open_sequence(RELATED, open_item(explicit(NAME, "PN", b"A^B=C ")), item())
CREATOR = explicit(0x00090010, "LO", b"ME")
PLAIN = {
    "undefined lengths": open_sequence(REFERENCED, open_item(INNER), open_item(US)),
    "defined lengths": explicit(REFERENCED, "SQ", item(explicit(NAME, "PN", b"A^")) + item()),
    "no items": explicit(REFERENCED, "SQ"),
    "nothing but a delimiter": open_sequence(REFERENCED),
    "undefined inside defined": explicit(REFERENCED, "SQ", item(INNER) + item(INNER)),
    "values that are not plain": explicit(
        REFERENCED, "SQ", item(explicit(0x00180050, "DS", b"1\\\\2 ") + US)
    ),
    "bytes": explicit(REFERENCED, "SQ", item(explicit(0x00281201, "OW", b"\1\2\3\4"))),
    "private elements": explicit(
        REFERENCED, "SQ", item(INNER + CREATOR + explicit(PRIVATE, "LO", b"x "))
    ),
    "UN": explicit(REFERENCED, "SQ", item(CREATOR + explicit(PRIVATE, "UN", b"x "))),
    "Pixel Representation": explicit(REFERENCED, "SQ", item(INNER + SIGNED + US)),
}
ODD = {
    "a character set": item(explicit(0x00080005, "CS", b"ISO_IR 192") + INNER),
    "tags that descend": item(US + INNER),
    "a tag twice": item(US + US),
    "a group length": item(explicit(0x00280000, "UL", bytes(4)) + US),
    "zeros at its end": item(US + bytes(8)),
    "a delimiter at its end": item(US + sequence_end()),
    "an element that is longer than it": item(explicit(NAME, "PN", b"A^", length=4)),
    "a cut header": item(US + b"\x30\0"),
    "no VR": item(explicit(NAME, "??", b"A^")),
    "a sequence as UN": item(open_sequence(RELATED, item(implicit(NAME, b"A^")), vr="UN")),
    "no item": US,
    "an item longer than it": item(US, length=40),
}


@pytest.mark.parametrize("sequence", PLAIN.values(), ids=PLAIN)
def test_plain_sequences(sequence, monkeypatch):
    answers = walks(monkeypatch)
    same_every_way(part10(sequence))
    assert answers
    assert all(answers)


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_odd_sequences_are_read_by_tables(content, monkeypatch):
    answers = walks(monkeypatch)
    data = part10(explicit(REFERENCED, "SQ", item(INNER) + content) + US)
    assert outcome(data, to_json) == outcome(data, by_tables)
    assert answers
    assert not any(answers)


def walks(monkeypatch):
    """Whether each walk found all plain."""
    answers = []

    def noted(*arguments):
        answers.append(write_items(*arguments))
        return answers[-1]

    monkeypatch.setattr(jsonwriter, "write_items", noted)
    return answers


def test_implicit_vr_and_pixel_representation_of_every_level():
    """PS3.5 A: what is around counts where an item has none of its own."""
    smallest, unsigned = implicit(SMALLEST, b"\xff\xff"), implicit(0x00280103, b"\0\0")
    inner = open_implicit_sequence(RELATED, open_item(smallest))
    middle = item(inner + unsigned) + item(inner)
    data = part10(implicit(REFERENCED, middle) + implicit(0x00280103, b"\1\0") + smallest, IMPLICIT)
    model = json.loads(same_every_way(data))
    levels = [one["00081250"]["Value"][0] for one in model["00081140"]["Value"]]
    assert [one["00280106"]["vr"] for one in (*levels, model)] == ["US", "SS", "SS"]


@pytest.mark.parametrize(
    "written",
    [
        b"-1.23456789E-318",
        b"1.23456789E-318 ",
        b"9007199254740993",
        b"1\\9007199254740993",
        b"0.12345678901234",
        b"-123456789012345",
        b"0.12345678901234567",
    ],
)
def test_decimals_at_the_end_of_what_a_double_keeps(written):
    same_every_way(part10(explicit(0x00180050, "DS", written)))


def test_text_of_undefined_length_is_not_cut():
    """No VR of text may have it; files have."""
    text = open_sequence(0x0040A160, item(b"text"), vr="UT")
    assert "text" in same_every_way(part10(explicit(NAME, "PN", b"A^") + text))


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_other_buffers(kind):
    data = part10(PLAIN["undefined lengths"])
    assert to_json(isocenter.dcmread(kind(data))) == to_json(isocenter.dcmread(data))
