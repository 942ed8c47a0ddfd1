"""Decoding a level in one go gives what decoding element by element gives."""

import io
from contextlib import suppress

import pytest

import isocenter
from core.stream import BIG, EXPLICIT, IMPLICIT, explicit, implicit, item, part10
from isocenter.core.encoding import EXPLICIT_BIG, EXPLICIT_LITTLE, Encoded, Span, Tags
from isocenter.core.reader import read_elements
from isocenter.errors import DicomError, ValueDecodingError
from support.files import wheel_files

ID, NAME, THICKNESS, ROWS, SEQUENCE = 0x00100020, 0x00100010, 0x00180050, 0x00280010, 0x00081140
BROKEN = (
    explicit(ID, "LO", b"12") + explicit(THICKNESS, "DS", b"thin") + explicit(ROWS, "US", b"\1\0")
)


def read(data, syntax=EXPLICIT):
    return isocenter.dcmread(part10(data, syntax))


def told(found):
    if isinstance(found, ValueDecodingError):
        return str(found)
    return found.tag, found.VR, type(found.value), str(found.value), found.private_creator


def test_iterating_gives_the_elements_that_are_asked_for_singly():
    for path in wheel_files():
        with suppress(DicomError):  # what is no DICOM file
            iterated, asked = (isocenter.dcmread(path, force=True) for _ in range(2))
            with suppress(ValueDecodingError):
                list(iterated)
            expected = [told(found) for found in asked.readable()]
            assert expected == [told(found) for found in iterated.readable()], path.name


def test_an_element_that_is_no_value_raises_when_it_is_its_turn():
    ds = read(BROKEN)
    elements = iter(ds)
    assert next(elements).value == "12"
    with pytest.raises(ValueDecodingError, match="thin"):
        next(elements)
    assert ds.Rows == 1


def test_all_levels_raise_at_the_same_place():
    elements = read(explicit(SEQUENCE, "SQ", item(BROKEN))).iterall()
    assert [int(next(elements).tag), int(next(elements).tag)] == [SEQUENCE, ID]
    with pytest.raises(ValueDecodingError, match="thin"):
        next(elements)


def test_specific_tags_that_cannot_be_decoded_hurt_only_themselves():
    data = part10(BROKEN, EXPLICIT)
    ds = isocenter.dcmread(io.BytesIO(data), specific_tags=["PatientID", "SliceThickness", "Rows"])
    assert (ds.PatientID, ds.Rows) == ("12", 1)
    with pytest.raises(ValueDecodingError, match="thin"):
        _ = ds.SliceThickness


def test_a_change_while_iterating_is_seen():
    ds = read(explicit(ID, "LO", b"12") + explicit(ROWS, "US", b"\1\0"))
    elements = iter(ds)
    next(elements)
    ds.Rows = 7
    assert next(elements).value == 7


def test_items_that_were_looked_through_are_written_as_they_were():
    data = part10(explicit(SEQUENCE, "SQ", item(explicit(ID, "LO", b"12"))), EXPLICIT)
    ds = isocenter.dcmread(io.BytesIO(data))
    assert len(list(ds.iterall())) == 2
    (nested,) = ds[SEQUENCE].value
    assert list(nested.stored.entries) == [ID]
    assert bytes(nested.raw(ID)) == b"12"
    target = io.BytesIO()
    ds.save_as(target)
    assert isocenter.dcmread(io.BytesIO(target.getvalue())) == ds


@pytest.mark.parametrize("syntax", [EXPLICIT, BIG, IMPLICIT])
def test_wanted_tags_are_those_of_the_whole_table(syntax):
    order = ">" if syntax == BIG else "<"
    elements = ((NAME, "PN"), (ID, "LO"), (THICKNESS, "DS"))
    data = b"".join(
        implicit(tag, b"12") if syntax == IMPLICIT else explicit(tag, vr, b"12", order=order)
        for tag, vr in elements
    )
    whole = read(data, syntax)
    part = isocenter.dcmread(part10(data, syntax), specific_tags=[ID, THICKNESS])
    assert part.stored.entries == {tag: whole.stored.entries[tag] for tag in (ID, THICKNESS)}


def test_a_wanted_tag_behind_a_cut_is_told_as_ever():
    data = explicit(ID, "LO", b"12") + explicit(THICKNESS, "DS", b"1234")[:-2]
    span = Span(Encoded(data), 0, len(data), EXPLICIT_LITTLE)
    whole, part = read_elements(span), read_elements(span, wanted=frozenset({ID}))
    assert part.findings == whole.findings
    assert (part.entries, part.cut, part.whole) == ({ID: ("LO", 8, 2)}, True, False)


@pytest.mark.parametrize(
    ("encoding", "number"), [(EXPLICIT_LITTLE, 0x00200010), (EXPLICIT_BIG, 0x00100020)]
)
def test_every_table_shares_the_number_of_a_tag(encoding, number):
    assert encoding.tags[number] == ID
    assert encoding.tags[number] is encoding.tags[number]


def test_tags_that_no_sane_file_has_do_not_pile_up():
    tags = Tags(halves_turned=True)
    for number in range(1 << 15):
        assert tags[number] == number << 16
    assert len(tags) == 1 << 14
