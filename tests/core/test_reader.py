"""PS3.5 7: the structure of a data set, whole, odd and broken."""

import tracemalloc

import pytest

import isocenter
from core.stream import (
    BIG,
    DEFLATED,
    EXPLICIT,
    HEAD,
    IMPLICIT,
    UNDEFINED,
    explicit,
    implicit,
    item,
    open_implicit_sequence,
    open_item,
    open_sequence,
    part10,
    sequence_end,
    tag_bytes,
)
from isocenter.core import nesting, reader
from isocenter.core.encoding import EXPLICIT_LITTLE, Encoded, Span
from isocenter.core.nesting import find_end, read_items
from isocenter.core.reader import read_elements
from isocenter.errors import EncodingError, TruncatedError

NAME, ID, ROWS = 0x00100010, 0x00100020, 0x00280010
SEQUENCE, INNER = 0x00081140, 0x00400275
PRIVATE = 0x00091001
PIXELS = 0x7FE00010


def read(dataset, syntax=EXPLICIT):
    return isocenter.dcmread(part10(dataset, syntax))


def codes(ds):
    return [finding.code for finding in ds.findings]


def only(ds):
    (finding,) = ds.findings
    return finding


@pytest.mark.parametrize("vr", ["AE", "CS", "DA", "LO", "PN", "SH", "TM", "UI", "US"])
def test_7_1_2_short_vrs_have_a_16_bit_length(vr):
    ds = read(explicit(0x00090011, vr, b"12") + explicit(ROWS, "US", b"\1\0"))
    assert vr == ds[0x00090011].VR
    assert bytes(ds.raw(0x00090011)) == b"12"
    assert ds.Rows == 1


@pytest.mark.parametrize("vr", ["OB", "OD", "OF", "OL", "OV", "OW", "SV", "UC", "UR", "UT", "UV"])
def test_7_1_2_long_vrs_have_a_32_bit_length_after_two_reserved_bytes(vr):
    ds = read(explicit(0x00090011, vr, b"12345678" * 9000) + explicit(ROWS, "US", b"\1\0"))
    assert vr == ds[0x00090011].VR
    assert len(ds.raw(0x00090011)) == 72000
    assert ds.Rows == 1


def test_6_2_two_capitals_that_are_no_vr_have_a_32_bit_length():
    unknown = tag_bytes(PRIVATE) + b"ZZ\0\0" + b"\x04\0\0\0" + b"abcd"
    ds = read(unknown + explicit(ROWS, "US", b"\1\0"))
    assert (ds[PRIVATE].VR, ds[PRIVATE].value) == ("UN", b"abcd")
    assert ds.Rows == 1


def test_7_1_3_implicit_elements_take_the_vr_of_the_dictionary():
    ds = read(implicit(NAME, b"Doe^Jane") + implicit(ROWS, b"\1\0"), IMPLICIT)
    assert (ds[NAME].VR, ds[ROWS].VR) == ("PN", "US")
    assert (ds.PatientName, ds.Rows) == ("Doe^Jane", 1)


def test_7_3_big_endian():
    inner = explicit(ROWS, "US", b"\1\2", order=">")
    sequence = open_sequence(SEQUENCE, open_item(inner, ">"), order=">")
    ds = read(sequence + explicit(0x00280009, "AT", b"\0\x18\x10\x63", order=">"), BIG)
    assert ds[SEQUENCE].value[0].Rows == 0x0102
    assert ds.FrameIncrementPointer == 0x00181063


@pytest.mark.parametrize("outer", ["defined", "undefined"])
@pytest.mark.parametrize("kind", [item, open_item])
def test_7_5_sequences_and_items_of_either_kind_of_length(outer, kind):
    items = [kind(explicit(ID, "LO", b"one ")), kind(), kind(explicit(ID, "LO", b"two "))]
    if outer == "defined":
        data = explicit(SEQUENCE, "SQ", b"".join(items))
    else:
        data = open_sequence(SEQUENCE, *items)
    ds = read(data + explicit(ROWS, "US", b"\1\0"))
    assert [one.get("PatientID") for one in ds[SEQUENCE].value] == ["one", None, "two"]
    assert ds.Rows == 1
    assert ds.findings == ()


def test_7_5_an_empty_sequence_has_no_items():
    ds = read(explicit(SEQUENCE, "SQ") + open_sequence(0x00081199))
    assert (ds[SEQUENCE].value, ds[0x00081199].value) == ([], [])


def test_7_5_implicit_sequences_within_sequences():
    inner = open_implicit_sequence(INNER, open_item(implicit(ID, b"deep")))
    ds = read(open_implicit_sequence(SEQUENCE, open_item(inner)), IMPLICIT)
    assert ds[SEQUENCE].value[0][INNER].value[0].PatientID == "deep"


def test_6_2_2_un_of_undefined_length_is_an_implicit_sequence():
    inside = open_item(implicit(NAME, b"Doe ") + open_implicit_sequence(INNER, open_item()))
    ds = read(open_sequence(PRIVATE, inside, vr="UN") + explicit(ROWS, "US", b"\1\0"))
    assert ds[PRIVATE].VR == "SQ"
    assert ds[PRIVATE].value[0].PatientName == "Doe"
    assert len(ds[PRIVATE].value[0][INNER].value) == 1
    assert ds.Rows == 1


def test_6_2_2_un_nested_in_an_explicit_sequence():
    inside = open_sequence(PRIVATE, open_item(implicit(NAME, b"Doe ")), vr="UN")
    ds = read(open_sequence(SEQUENCE, open_item(inside)) + explicit(ROWS, "US", b"\1\0"))
    assert ds[SEQUENCE].value[0][PRIVATE].value[0].PatientName == "Doe"
    assert ds.Rows == 1


def test_6_2_2_un_in_big_endian_is_little_endian_inside():
    ds = read(explicit(ROWS, "UN", b"\1\0", order=">"), BIG)
    assert (ds[ROWS].VR, ds.Rows) == ("US", 1)


@pytest.mark.parametrize("tag", [0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD])
@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT])
def test_7_5_a_delimiter_outside_a_sequence_is_passed_over(tag, syntax):
    def write(tag, vr, value):
        return explicit(tag, vr, value) if syntax == EXPLICIT else implicit(tag, value)

    first = write(ID, "LO", b"12")
    ds = read(first + tag_bytes(tag) + bytes(4) + write(ROWS, "US", b"\1\0"), syntax)
    assert ds.keys() == [ID, ROWS]
    assert ("stray-delimiter", len(part10(first, syntax))) == (only(ds).code, only(ds).offset)


def test_7_5_a_delimiter_at_the_end_of_a_sequence_of_defined_length():
    sequence = explicit(SEQUENCE, "SQ", item(explicit(ID, "LO", b"12")) + sequence_end())
    ds = read(sequence + explicit(ROWS, "US", b"\1\0"))
    assert [one.PatientID for one in ds[SEQUENCE].value] == ["12"]
    assert ("stray-delimiter", HEAD + len(sequence) - 8) == (only(ds).code, only(ds).offset)
    assert only(ds).level == "warning"


def test_7_5_an_element_where_an_item_should_be():
    sequence = item(explicit(ID, "LO", b"12")) + explicit(ROWS, "US", b"\1\0")
    ds = read(explicit(SEQUENCE, "SQ", sequence) + explicit(ROWS, "US", b"\2\0"))
    assert [one.PatientID for one in ds[SEQUENCE].value] == ["12"]
    assert (only(ds).code, only(ds).offset) == ("bad-encoding", HEAD + 12 + 18)
    assert ds.Rows == 2


@pytest.mark.parametrize("count", [1, 8, 9, 5000])
def test_zeros_after_the_last_element(count):
    ds = read(explicit(ROWS, "US", b"\1\0") + bytes(count))
    assert ds.keys() == [ROWS]
    assert ("trailing-zeros" if count >= 8 else "truncated") == only(ds).code
    assert only(ds).offset == HEAD + 10


def test_zeros_before_an_element_are_no_end():
    ds = read(explicit(ID, "LO", b"12") + bytes(16) + explicit(ROWS, "US", b"\1\0"))
    assert ds.Rows == 1


def test_zeros_before_a_last_byte_are_looked_at_once(monkeypatch):
    data = explicit(ID, "LO", b"12") + bytes(1 << 20) + b"\1"
    looks, zeros_end = [], reader._zeros_end
    monkeypatch.setattr(
        reader, "_zeros_end", lambda *given: looks.append(given) or zeros_end(*given)
    )
    ds = read(data)
    assert len(looks) <= 2
    assert ds.PatientID == "12"


def test_a_file_that_ends_inside_a_header():
    ds = read(explicit(ID, "LO", b"12") + explicit(ROWS, "US", b"\1\0")[:7])
    assert ds.cut
    assert ds.keys() == [ID]
    assert (only(ds).code, only(ds).offset) == ("truncated", HEAD + 10)


def test_a_file_that_ends_inside_a_long_header():
    ds = read(explicit(ID, "LO", b"12") + explicit(PIXELS, "OW", b"\1\0")[:11])
    assert ds.keys() == [ID]
    assert (only(ds).code, only(ds).offset) == ("truncated", HEAD + 10)


def test_a_file_that_ends_inside_text_loses_the_text():
    ds = read(explicit(ROWS, "US", b"\1\0") + explicit(0x00324000, "LT", b"12345", length=10))
    assert ds.keys() == [ROWS]
    assert ds.cut
    assert (
        only(ds).code,
        only(ds).tag,
        only(ds).offset,
    ) == ("truncated", "(0032,4000)", HEAD + 18)


@pytest.mark.parametrize("vr", ["OB", "OW", "UN"])
def test_a_file_that_ends_inside_a_bulk_value_keeps_what_is_there(vr):
    ds = read(explicit(PIXELS, vr, b"12345", length=1000))
    assert ds[PIXELS].value == b"12345"
    assert (only(ds).code, only(ds).offset) == ("truncated", HEAD + 12)


def test_implicit_values_are_kept_by_the_vr_of_the_dictionary():
    ds = read(implicit(PIXELS, b"12345", length=1000), IMPLICIT)
    assert ds[PIXELS].value == b"12345"
    first = item(implicit(ID, b"12"))
    ds = read(implicit(SEQUENCE, first + item(b"", length=50), length=1000), IMPLICIT)
    assert [one.get("PatientID") for one in ds[SEQUENCE].value] == ["12", None]
    assert codes(ds) == ["truncated", "truncated"]


def test_a_value_of_no_bytes_at_the_cut_is_dropped():
    ds = read(explicit(ID, "LO", b"12") + explicit(PIXELS, "OW", length=1000))
    assert ds.keys() == [ID]


def test_a_tag_that_comes_twice_and_is_cut_the_second_time():
    data = explicit(ID, "LO", b"12") + explicit(PIXELS, "OW", b"1234")
    ds = read(data + explicit(ID, "LO", b"5678", length=90))
    assert ds.keys() == [PIXELS]
    assert ds[PIXELS].value == b"1234"
    assert ("(0010,0020)", HEAD + len(data) + 8) == (only(ds).tag, only(ds).offset)


def test_elements_out_of_order_are_read_and_given_in_order():
    ds = read(explicit(ROWS, "US", b"\1\0") + explicit(ID, "LO", b"12"))
    assert [one.tag for one in ds] == [ID, ROWS]


def test_a_tag_that_comes_twice_has_its_last_value():
    assert read(explicit(ID, "LO", b"12") + explicit(ID, "LO", b"34")).PatientID == "34"


@pytest.mark.parametrize("end", ["", "item", "both"])
def test_a_sequence_without_its_end_gives_the_items_that_are_there(end):
    whole = open_item(explicit(ID, "LO", b"12"))
    part = item(explicit(ID, "LO", b"34"), length=UNDEFINED) if end else b""
    rest = b"" if end != "item" else explicit(ROWS, "US", b"\1")[:9]
    ds = read(explicit(SEQUENCE, "SQ", whole + part + rest, length=UNDEFINED))
    assert ds.cut
    assert ["12", "34"][: 2 if end else 1] == [one.PatientID for one in ds[SEQUENCE].value]
    assert HEAD + 12 + (len(whole) + 8 if end else 0) == ds.findings[0].offset


def test_an_item_may_not_reach_beyond_its_sequence():
    beyond = explicit(SEQUENCE, "SQ", item(b"", length=UNDEFINED) + explicit(ID, "LO", b"12"))
    ds = read(beyond + explicit(ROWS, "US", b"\1\0") + tag_bytes(0xFFFEE00D) + bytes(4))
    assert [one.keyword for one in ds[SEQUENCE].value[0]] == ["PatientID"]
    assert "truncated" in codes(ds)


def test_items_that_reach_beyond_their_sequences_cannot_multiply():
    # each item would hold all that follows: 2 to the 40 data sets
    opened = explicit(SEQUENCE, "SQ", item(b"", length=UNDEFINED))
    data = b"".join(opened.replace(b"\x40\x11", bytes([n, 0x11])) for n in range(0x40, 0x68))
    ds = read(data + (tag_bytes(0xFFFEE00D) + bytes(4)) * 40)
    assert 40 <= sum(1 for _ in str(ds).splitlines()) < 1000


def test_what_a_walk_learned_holds_within_the_span_only():
    data = open_item(explicit(ID, "LO", b"12")) + sequence_end()
    encoded = Encoded(data)
    assert len(data) - 8 == find_end(encoded, 0, len(data), EXPLICIT_LITTLE)
    assert len(data) - 8 == find_end(encoded, 0, len(data), EXPLICIT_LITTLE)
    with pytest.raises(TruncatedError, match="has no end"):
        find_end(encoded, 0, len(data) - 1, EXPLICIT_LITTLE)


def test_a_broken_sequence_is_walked_once_and_told_once():
    data = open_item() + explicit(ROWS, "US", b"\1\0")
    encoded = Encoded(data)
    for _ in range(2):
        with pytest.raises(EncodingError) as caught:
            find_end(encoded, 0, len(data), EXPLICIT_LITTLE)
        assert len(open_item()) == caught.value.offset
    assert list(encoded.broken) == [0]


def test_an_item_header_that_is_cut():
    encoded = Encoded(item(b"12") + b"\xfe\xff\x00")
    places, findings = read_items(Span(encoded, 0, len(encoded.buffer), EXPLICIT_LITTLE))
    assert places == [(8, 10)]
    assert [finding.offset for finding in findings] == [10]


def nested(depth, *, closed=True, defined=False):
    if defined:
        data = b""
        for _ in range(depth):
            data = implicit(SEQUENCE, item(data))
        return data
    opened = implicit(SEQUENCE, item(b"", length=UNDEFINED), length=UNDEFINED)
    end = (tag_bytes(0xFFFEE00D) + bytes(4) + sequence_end()) if closed else b""
    return opened * depth + end * depth


@pytest.mark.parametrize(
    ("kind", "depth", "findings"),
    [({}, 10_000, 0), ({"closed": False}, 10_000, 1), ({"defined": True}, 2_000, 0)],
)
def test_ten_thousand_levels(monkeypatch, kind, depth, findings):
    steps = [0]

    def counted(step):
        def count(*given):
            steps[0] += 1
            return step(*given)

        return count

    for name in ("_step_in_item", "_step_in_sequence", "_item_close"):
        monkeypatch.setattr(nesting, name, counted(getattr(nesting, name)))
    data = nested(depth, **kind)
    ds = level = read(data, IMPLICIT)
    reached = 0
    while SEQUENCE in level and level[SEQUENCE].value:
        level, reached = level[SEQUENCE].value[0], reached + 1
    assert reached == depth
    assert str(ds).count("Referenced Image Sequence") == depth
    assert ds == read(data, IMPLICIT)
    assert len(ds.findings) == findings
    assert steps[0] <= 16 * depth  # two data sets; once a level each, not once a level a level


def test_memory_grows_with_the_depth_and_no_faster():
    data = part10(nested(10_000), IMPLICIT)
    tracemalloc.start()
    isocenter.dcmread(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 600 * 10_000


@pytest.mark.parametrize("length", [0xFFFFFFFE, 0x7FFFFFFF, UNDEFINED])
@pytest.mark.parametrize("vr", ["OB", "OW", "UN", "UT", "SQ"])
def test_a_length_of_4_gb_in_a_small_file_costs_nothing(vr, length):
    data = part10(explicit(PRIVATE, vr, bytes(1000), length=length))
    str(isocenter.dcmread(data))  # the private dictionary is loaded at its first use
    tracemalloc.start()
    ds = isocenter.dcmread(data)
    text = str(ds)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak + len(text) < 200_000
    assert ds.cut


def test_an_implicit_element_inside_an_explicit_data_set():
    data = implicit(ID, b"12") + open_implicit_sequence(SEQUENCE, open_item())
    ds = read(explicit(0x00080060, "CS", b"CT") + data + explicit(ROWS, "US", b"\1\0"))
    assert ds.PatientID == "12"
    assert len(ds[SEQUENCE].value) == 1
    assert ds.Rows == 1


def test_an_odd_vr_with_a_16_bit_length():
    odd = tag_bytes(ID) + b"??" + b"\x04\0" + b"abcd"
    ds = read(explicit(0x00080060, "CS", b"CT") + odd + explicit(ROWS, "US", b"\1\0"))
    assert ds.PatientID == "abcd"
    assert ds.Rows == 1


def test_an_implicit_item_inside_an_explicit_data_set():
    ds = read(open_sequence(SEQUENCE, open_item(implicit(ID, b"1234"))))
    assert ds[SEQUENCE].value[0].PatientID == "1234"


def test_an_explicit_data_set_declared_implicit():
    data = explicit(0x00080060, "CS", b"CT") + explicit(ROWS, "US", b"\1\0")
    ds = read(data, IMPLICIT)
    assert (ds.Modality, ds.Rows) == ("CT", 1)
    assert only(ds).code == "transfer-syntax-contradicted"


@pytest.mark.parametrize("syntax", [EXPLICIT, BIG])
def test_an_implicit_data_set_declared_explicit(syntax):
    ds = read(implicit(0x00080060, b"CT") + implicit(ROWS, b"\1\0"), syntax)
    assert (ds.Modality, ds.Rows) == ("CT", 1)
    assert ("transfer-syntax-contradicted", len(part10(b"", syntax))) == (
        only(ds).code,
        only(ds).offset,
    )


def test_an_implicit_length_that_reads_like_a_vr():
    ds = read(implicit(0x00080001, b"1" * 0x5343) + implicit(ROWS, b"\1\0"), IMPLICIT)
    assert ds.findings == ()
    assert (len(ds.raw(0x00080001)), ds.Rows) == (0x5343, 1)


def test_zeros_after_the_file_meta_contradict_nothing():
    assert codes(read(bytes(64))) == ["trailing-zeros"]


def test_a_deflated_data_set_has_no_offsets_in_the_file():
    ds = read(explicit(ID, "LO", b"12") + explicit(ROWS, "US", b"\1\0")[:7], DEFLATED)
    assert (only(ds).code, only(ds).offset) == ("truncated", None)


def test_reading_stops_before_a_tag():
    data = explicit(ID, "LO", b"12") + explicit(ROWS, "US", b"\1\0")
    span = Span(Encoded(data), 0, len(data), EXPLICIT_LITTLE)
    found = read_elements(span, 0x00200000)
    assert (found.stopped, list(found.entries), found.end) == (True, [ID], 10)


def test_unknown_undefined_elements_show_their_items():
    ds = read(open_sequence(PRIVATE, item(b"\1\2"), vr="OB"))
    assert item(b"\1\2") == ds[PRIVATE].value


def test_an_item_that_starts_behind_its_sequence_is_empty_and_told():
    item, after = b"\xfe\xff\x00\xe0", b"\x00\x00\x00\x00"
    sequence = b"\x40\x00\x75\x02SQ\0\0\x04\0\0\0" + item + after
    ds = isocenter.dcmread(sequence, force=True)
    (empty,) = ds[0x00400275].value
    assert list(empty) == []
    assert "truncated" in {finding.code for finding in ds.findings}
