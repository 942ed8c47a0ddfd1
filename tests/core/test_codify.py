"""Python that makes a data set again, executed with pydicom in isocenter's place."""

import ast
import io

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st

import isocenter
from core.stream import EXPLICIT, explicit, open_item, open_sequence, part10
from core.test_against_pydicom import ALL, DELIBERATE, blanks, comparable
from isocenter.core.codify import IMPORT, codify, literal
from isocenter.core.multivalue import MultiValue
from isocenter.errors import DicomError
from support.files import wheel_file, wheel_files

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:pydicom")  # the oracle's
WHOLE = 1 << 40
PYDICOM = (
    "from pydicom.dataset import Dataset, FileMetaDataset\nfrom pydicom.sequence import Sequence"
)


def program(data, name="a.dcm", output="out.dcm", exclude_size=WHOLE):
    ds = isocenter.dcmread(data, force=True)
    return "\n".join(codify(ds, name, output, exclude_size)) + "\n"


def executed(text, imports=PYDICOM):
    """The data set that the program makes, with pydicom unless other names are imported."""
    assert text.count(f"\n{IMPORT}\n") == 1
    names = {"__name__": "imported"}
    exec(compile(text.replace(IMPORT, imports), "codified", "exec"), names)  # noqa: S102 - what is tested
    return names["ds"]


def values(ds):
    """Every element at every depth: tag, VR and value."""
    pending, found = [((), ds)], []
    while pending:
        place, dataset = pending.pop()
        for tag in dataset.keys():
            where = (*place, int(tag))
            try:
                element = dataset[tag]
            except (ValueError, NotImplementedError):
                continue
            if element.VR == "SQ":
                found.append((where, "SQ", len(element.value or ())))
                pending += [((*where, n), item) for n, item in enumerate(element.value or ())]
            else:
                value = comparable(element.value)
                found.append(
                    (where, str(element.VR), blanks(value) if isinstance(value, list) else value)
                )
    return sorted(found, key=lambda one: one[0])


def read_by_pydicom(data):
    return pydicom.dcmread(io.BytesIO(data), force=True)


def assert_same(path, expected, given):
    """The same elements, but for those where isocenter and pydicom read differently."""
    tags, _ = DELIBERATE.get(path.name, ((), ""))
    assert [one for one in values(expected) if not set(one[0]) & set(tags)] == [
        one for one in values(given) if not set(one[0]) & set(tags)
    ]


def is_comparable(path):
    return DELIBERATE.get(path.name, (None, ""))[0] is not ALL


# --- real files -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", list(filter(is_comparable, wheel_files())), ids=lambda path: path.name
)
def test_the_program_makes_what_pydicom_reads(path):
    data = path.read_bytes()
    ds = executed(program(data, path.name))
    oracle = read_by_pydicom(data)
    assert_same(path, oracle, ds)
    length, syntax = 0x00020000, 0x00020010
    assert [one for one in values(oracle.file_meta) if one[0] not in {(length,), (syntax,)}] == [
        one for one in values(ds.file_meta) if one[0] != (syntax,)
    ]


@pytest.mark.parametrize("path", wheel_files(), ids=lambda path: path.name)
def test_the_program_makes_what_isocenter_reads(path):
    data = path.read_bytes()
    try:
        expected = isocenter.dcmread(data, force=True)
    except DicomError:
        return  # no data set, no program
    assert values(expected) == values(executed(program(data, path.name), IMPORT))


@pytest.mark.parametrize(
    "name",
    [
        "CT_small.dcm",
        "rtplan.dcm",
        "test-SR.dcm",
        "chrH32.dcm",
        "JPEG2000.dcm",
        "MR_small_bigendian.dcm",
    ],
)
def test_what_the_program_makes_can_be_saved_and_read(name):
    path = wheel_file(name)
    ds = executed(program(path.read_bytes()))
    out = io.BytesIO()
    ds.save_as(out, enforce_file_format=True)
    assert_same(path, read_by_pydicom(path.read_bytes()), read_by_pydicom(out.getvalue()))


def test_the_file_meta_names_the_transfer_syntax_even_where_the_file_does_not():
    text = program(wheel_file("no_meta_group_length.dcm").read_bytes())
    assert "# not in the file" not in text
    bare = explicit(0x00080060, "CS", b"CT") + explicit(0x00100020, "LO", b"1 ")
    text = program(bare)
    assert "# not in the file: Explicit VR Little Endian, as its bytes look like" in text
    assert executed(text).file_meta.TransferSyntaxUID == EXPLICIT


def test_a_preamble_that_is_used_is_kept():
    data = part10(explicit(0x00100020, "LO", b"1 "))
    assert not hasattr(executed(program(data)), "preamble")
    tiff = b"II*\0" + bytes(124)
    assert executed(program(tiff + data[128:])).preamble == tiff


# --- how it is written ----------------------------------------------------------------------


def statements(*elements, **options):
    """The lines about the data set."""
    text = program(part10(b"".join(elements)), **options)
    return text.partition("ds.file_meta = file_meta\n")[2].partition("\n\nif __name__")[0]


def test_an_attribute_is_set_by_its_keyword():
    assert statements(explicit(0x00100020, "LO", b"1 ")) == "ds.PatientID = '1'"


def test_a_vr_that_the_keyword_does_not_tell_is_written():
    assert statements(explicit(0x00280106, "SS", b"\xff\xff")) == (
        "ds.add_new((0x0028, 0x0106), 'SS', -1)"
    )
    assert statements(explicit(0x00100020, "SH", b"1 ")) == (
        "ds.add_new((0x0010, 0x0020), 'SH', '1')"
    )


def test_a_repeating_group_is_written_by_its_tag():
    assert statements(explicit(0x60020010, "US", b"\1\0")) == (
        "ds.add_new((0x6002, 0x0010), 'US', 1)"
    )


def test_private_elements_are_put_into_the_block_of_their_creator():
    assert statements(
        explicit(0x00290010, "LO", b"ONE "),
        explicit(0x00290011, "LO", b"TWO "),
        explicit(0x00291001, "LO", b"A "),
        explicit(0x00291102, "LO", b"B "),
    ).splitlines() == [
        "ds_block_0029_10 = ds.private_block(0x0029, 'ONE', create=True)",
        "ds_block_0029_11 = ds.private_block(0x0029, 'TWO', create=True)",
        "ds_block_0029_10.add_new(0x01, 'LO', 'A')",
        "ds_block_0029_11.add_new(0x02, 'LO', 'B')",
    ]


@pytest.mark.parametrize(
    "creators",
    [
        [(0x00290011, "LO", b"ONE ")],
        [(0x00290010, "LO", b"ONE "), (0x00290012, "LO", b"TWO ")],
        [(0x00290010, "LO", b"ONE "), (0x00290011, "LO", b"ONE ")],
        [(0x00290010, "SH", b"ONE "), (0x00290011, "LO", b"TWO ")],
        [(0x00290010, "LO", b""), (0x00290011, "LO", b"TWO ")],
        [(0x00290010, "LO", b"A\\B "), (0x00290011, "LO", b"TWO ")],
    ],
    ids=["gap before", "gap between", "twice", "other VR", "empty", "several values"],
)
def test_a_block_that_private_block_would_put_elsewhere_stays_where_it_is(creators):
    elements = [explicit(*creator) for creator in creators]
    elements += [explicit((tag << 8 & 0xFF00) | 0x00290001, "LO", b"X ") for tag, _, _ in creators]
    data = part10(b"".join(elements))
    assert values(read_by_pydicom(data)) == values(executed(program(data)))


def test_a_private_sequence_does_not_take_the_names_of_the_data_set_around_it():
    def block(creator, *values):
        return explicit(0x00290010, "LO", creator) + b"".join(values)

    inner = block(b"INNER ", explicit(0x00291001, "LO", b"I "))
    outer = block(
        b"OUTER ",
        open_sequence(0x00291001, open_item(inner), open_item(inner)),
        explicit(0x00291002, "LO", b"O "),
    )
    data = part10(outer)
    assert values(read_by_pydicom(data)) == values(executed(program(data)))


def test_an_item_of_the_same_sequence_as_the_one_around_it():
    inner = open_sequence(0x0040A730, open_item(explicit(0x0040A160, "UT", b"in")))
    outer = open_sequence(
        0x0040A730, open_item(inner + explicit(0x0040DB00, "CS", b"1 ")), open_item()
    )
    data = part10(outer)
    assert "content_item_2 = Dataset()" in program(data)
    assert values(read_by_pydicom(data)) == values(executed(program(data)))


def test_numbers_as_text_keep_their_text():
    assert statements(explicit(0x00280030, "DS", b"0.50\\5e-1 ")) == (
        "ds.PixelSpacing = ['0.50', '5e-1']"
    )


def test_numbers_that_have_no_literal():
    value = b"\0\0\xc0\x7f" + b"\0\0\x80\xff"
    line = statements(explicit(0x00089459, "FL", value))
    assert line == "ds.RecommendedDisplayFrameRateInFloat = [float('nan'), float('-inf')]"


@pytest.mark.parametrize(
    ("vr", "value", "expected"),
    [
        ("LO", "it's", '"it\'s"'),
        ("LO", None, "None"),
        ("AT", 0x00100010, "0x00100010"),
        ("AT", MultiValue([1, 2]), "[0x00000001, 0x00000002]"),
        ("FD", 0.1, "0.1"),
        ("US", MultiValue(), "[]"),
        ("OB", memoryview(b"\0"), r"b'\x00'"),
        ("ZZ", "text", "'text'"),
    ],
)
def test_literals(vr, value, expected):
    assert expected == literal(vr, value)


def test_a_long_binary_value_is_left_out_with_a_comment():
    element = explicit(0x7FE00010, "OW", bytes(1200))
    line = "# ds.add_new((0x7FE0, 0x0010), 'OW', ...)  # 1,200 bytes left out"
    assert line == statements(element, exclude_size=1199)
    assert "PixelData" in executed(program(part10(element), exclude_size=1200))


def test_a_value_that_cannot_be_read_is_a_comment():
    assert statements(explicit(0x00280008, "IS", b"1A")).startswith(
        "# (0028,0008) cannot be read: '1A' is no value of VR IS"
    )


def test_the_file_is_saved_only_when_the_program_is_run():
    text = program(part10(b""), output="it's.dcm")
    assert text.endswith(
        'if __name__ == "__main__":\n    ds.save_as("it\'s.dcm", enforce_file_format=True)\n'
    )


def test_nesting_deeper_than_the_stack():
    data = b"".join(
        explicit(0x0040A730, "SQ", length=0xFFFFFFFF) + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
        for _ in range(10_000)
    )
    text = program(part10(data))
    assert "content_item_10000 = Dataset()" in text
    ast.parse(text)


# --- hostile text ---------------------------------------------------------------------------

HARMLESS = {"isocenter", "Dataset", "FileMetaDataset", "Sequence", "ds", "file_meta", "__name__"}
NODES = (
    *(ast.Module, ast.ImportFrom, ast.alias, ast.Assign, ast.Expr, ast.If, ast.Compare, ast.Eq),
    *(ast.Call, ast.keyword, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.Constant),
    *(ast.Name, ast.Load, ast.Store),
)
ATTACKS = st.sampled_from(
    [
        "'); import os; ('",
        '"""; import os; """',
        "\n__import__('os')\n",
        "\r\nraise SystemExit #",
        "\\'; import os #",
        "{__import__('os')}",
        "\\N{SNAKE}",
        "# coding: utf-7",
        "\f\v\x1c\x85\u2028\u2029 import os",
        "\N{RIGHT-TO-LEFT OVERRIDE}",
        "\udc80\ud800",
    ]
)
HOSTILE = st.one_of(st.text(), ATTACKS, st.tuples(st.text(max_size=5), ATTACKS).map("".join))


def names_and_kinds(text):
    nodes = list(ast.walk(ast.parse(text)))
    return {node.id for node in nodes if isinstance(node, ast.Name)}, {type(node) for node in nodes}


@given(text=HOSTILE, creator=HOSTILE, name=HOSTILE, output=HOSTILE)
def test_text_of_the_data_set_is_never_python(text, creator, name, output):
    value, block = (one.encode("utf-8", "replace")[:1000] for one in (text, creator))
    item = explicit(0x00080104, "LO", value) + explicit(0x00081190, "UR", value)
    data = part10(
        explicit(0x00080005, "CS", b"ISO_IR 192")
        + open_sequence(0x00081032, open_item(item))
        + explicit(0x00100010, "PN", value)
        + explicit(0x00290010, "LO", block)
        + explicit(0x00291001, "UT", value)
        + explicit(0x00291002, "UN", value)
        + explicit(0x00291003, "IS", value)
        + explicit(0x00291004, "UI", value)
    )
    made = program(data, name=name, output=output)
    names, kinds = names_and_kinds(made)
    assert names - HARMLESS <= {"procedure_code_item", "ds_block_0029_10"}
    assert kinds <= set(NODES)
    lines = made.splitlines()
    assert lines[:2] == ['"""Makes a DICOM data set again."""', ""]
    assert made == made.encode("utf-8").decode()
    ds = executed(made)
    assert ds[0x0029, 0x1002].value == (value or None)
    saved = ast.parse(made).body[-1].body[0].value.args[0].value
    assert saved == output


@given(HOSTILE)
def test_a_text_literal_is_that_text(text):
    assert text == ast.literal_eval(literal("UT", text))
    assert [text] == ast.literal_eval(literal("LO", MultiValue([text])))


@given(st.binary())
def test_a_binary_literal_is_those_bytes(data):
    assert data == ast.literal_eval(literal("OB", data))
