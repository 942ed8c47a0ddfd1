"""The facade beside the real pydicom, imported under its own name: values, text, errors, files."""

import copy
import io
import pickle
import warnings
from decimal import Decimal

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import valuerep as theirs
from pydicom.tag import Tag as TheirTag

from isocenter import compat
from isocenter.compat import config, valuerep
from isocenter.compat.tag import Tag
from support.files import wheel_file, wheel_files

VRS = sorted(theirs.VALIDATORS)
TEXTS = [
    "", "A", "a", "ABC DEF", "a\\b", "1", "-1", "1.5", "1e400", "0x10", " 12 ", "12\n", "00.1", "1.2.3",
    "1..2", "20200131", "2020.01.31", "20201331", "20200131-", "-20200131", "20200101-20200131",
    "1230", "123060", "12:30", "123059.123456", "123059.1234567", "1200-1300", "2020", "202001311230+0100",
    "012Y", "12Y", "0120", "A" * 16, "A" * 17, "A" * 64, "A" * 65, "A" * 1025, "A" * 10241, "1." * 32 + "1",
    "=".join(["A"] * 4), "A^B^C^D^E^F", "A" * 65 + "=B", "\x1b", "tab\there", "http://a/b?c", "http://a b", "é",
]  # fmt: skip
OTHERS = [None, 0, 1, -1, 65535, 65536, -32768, -32769, 2**31, 2**32, 2**63, 2**64, 1.5, b"", b"ab", b"abc", [], ()]  # fmt: skip


def outcome(call, *arguments):
    """What a call gives or raises, and whether it warned."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            given = call(*arguments)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
            given = next(
                kind.__name__
                for kind in type(error).__mro__
                if kind.__module__ == "builtins" or "Length" in kind.__name__
            )
    return given, bool(seen)


@pytest.mark.parametrize("vr", VRS)
@pytest.mark.parametrize("mode", [config.IGNORE, config.WARN, config.RAISE])
def test_which_values_are_taken(vr, mode):
    for value in (*TEXTS, *(text.encode("latin_1") for text in TEXTS), *OTHERS):
        mine = outcome(valuerep.validate_value, vr, value, mode)
        assert mine == outcome(theirs.validate_value, vr, value, mode), (vr, value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_as_ds(number):
    assert valuerep.format_number_as_ds(number) == theirs.format_number_as_ds(number)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30))
def test_decimals_as_ds(number):
    assert valuerep.format_number_as_ds(number) == theirs.format_number_as_ds(number)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("-inf"), "1.0", 1, None])
def test_what_is_no_ds(number):
    mine = outcome(valuerep.format_number_as_ds, number)
    assert mine == outcome(theirs.format_number_as_ds, number)


@given(st.text(alphabet="0123456789+-.eE "))
def test_valid_ds(text):
    assert valuerep.is_valid_ds(text) == theirs.is_valid_ds(text)


@pytest.mark.parametrize("kind", ["DSfloat", "DSdecimal", "DS", "IS", "ISfloat", "DA", "TM", "DT"])
@pytest.mark.parametrize("mode", [config.IGNORE, config.WARN, config.RAISE])
def test_values_that_are_made(kind, mode):
    for value in (*TEXTS, None, 0, 1, -1, 1.5, 2**31, 2**40, Decimal("1.5"), Decimal(1) / 3):
        arguments = {"validation_mode": mode} if kind not in {"DA", "TM", "DT"} else {}

        def shown(made):
            return type(made).__name__, str(made), repr(made)

        mine, _ = outcome(lambda v=value, a=arguments: shown(getattr(valuerep, kind)(v, **a)))
        their, _ = outcome(lambda v=value, a=arguments: shown(getattr(theirs, kind)(v, **a)))
        if (kind, value) in DIFFERENT:
            assert mine != their
        else:
            assert mine == their, (kind, value, mode)


DIFFERENT = {
    *(("DT", text) for text in ("2020.01.31", "20200131-", "20200101-20200131", "1200-1300")),
    *(("TM", text) for text in ("12:30", "12\n", 0, 1)),
}
"""Ranges are no values and times have their own form; docs/compat.md says so."""


@pytest.mark.parametrize("made", [
    valuerep.DSfloat("1.50"), valuerep.DSdecimal("1.50"), valuerep.IS("01"), valuerep.DA("20200131"),
    valuerep.TM("1230"), valuerep.DT("2020"), valuerep.PersonName("A^B"),
])  # fmt: skip
def test_copies_are_equal(made):
    for other in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):  # noqa: S301 - our own
        assert other == made
        assert str(other) == str(made)
        assert type(other) is type(made)


@pytest.mark.parametrize("arguments", [
    (0x00100010,), ((0x10, 0x10),), ("PatientName",), ("00100010",), ("0x00100010",), (0x10, 0x10),
    ("0x10", "0x10"), ([0x10, 0x10],), (["0x10", "0x10"],), (-1,), (2**32,), ((1, 2, 3),), ((1,),),
    ((1, -1),), ((1, 2**16),), ("nothing",), ("0xFFFFFFFF1",), ("0x10", 0x10), (1.0,), ((1.0, 2.0),), (None,),
])  # fmt: skip
def test_tags(arguments):
    assert outcome(Tag, *arguments) == outcome(TheirTag, *arguments)


def test_tags_are_compared_with_what_makes_tags():
    assert Tag(0x00100010) == (0x10, 0x10) == TheirTag(0x00100010)
    assert Tag(0x00100010) == "PatientName"
    assert Tag(0x00100010) < (0x10, 0x11)
    assert Tag(0x00100010) != "nothing"


def shown(ds):
    return [
        (int(e.tag), e.VR, str(e.value), e.VM, e.name, e.keyword)
        for e in ds.iterall()
        if e.VR != "SQ"
    ]


def rows(ds):
    """What a program sees of every element, but for what docs/differences.md tells.

    That are the names of private elements that are no data, the keywords of repeating groups,
    and blanks behind each of several code strings.
    """
    found = set()
    for one in ds.iterall():
        if one.VR != "SQ":
            private, repeating = one.tag.group % 2 == 1, one.tag.group >> 8 in {0x50, 0x60}
            value = str(one.value).replace(" '", "'") if one.VR == "CS" else str(one.value)
            name, keyword = "" if private else one.name, "" if repeating else one.keyword
            found.add((int(one.tag), str(one.VR), value, one.VM, name, keyword))
    return found


NO_DICOM = {"crayons.icc", "README", "zipMR.gz", "no_meta.dcm", "rtplan_truncated.dcm"}
"""What is no data set, or is cut off inside a value: pydicom gives the bytes there are."""
FILES = [
    path
    for path in wheel_files()
    if "site-packages/pydicom" in str(path) and path.name not in NO_DICOM
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_elements_of_files(path):
    their = pydicom.dcmread(path, force=True, stop_before_pixels=True)
    mine = compat.dcmread(path, force=True, stop_before_pixels=True)
    assert rows(mine) == rows(their)
    assert rows(mine.file_meta) == rows(their.file_meta)
    assert str(mine.get("PatientName")) == str(their.get("PatientName"))


WRITTEN = (
    "CT_small.dcm",
    "rtplan.dcm",
    "MR_small_bigendian.dcm",
    "JPEG2000.dcm",
    "chrH32.dcm",
    "image_dfl.dcm",
)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_is_read_alike(name):
    mine = compat.dcmread(wheel_file(name), force=True)
    their = pydicom.dcmread(wheel_file(name), force=True)
    for ds in (mine, their):
        ds.PatientID = "new"
        ds.Rows = 7
        ds.add_new((0x0009, 0x0010), "LO", "CREATOR")
        ds.add_new((0x0009, 0x1001), "DS", ["1.50", "2"])
        del ds.SOPInstanceUID
    files = [io.BytesIO(), io.BytesIO()]
    mine.save_as(files[0])
    their.save_as(files[1])
    again = [pydicom.dcmread(io.BytesIO(file.getvalue()), force=True) for file in files]
    groups = [tag for tag in again[0].keys() if not tag.element]  # kept here where they are true
    for tag in groups:
        del again[0][tag]
    assert again[0] == again[1]


def failing(call):
    """The built-in kind of error that a call raises."""
    return outcome(call)[0]


@pytest.mark.parametrize("do", [
    lambda ds: ds.NoSuchName, lambda ds: ds["NoSuchName"], lambda ds: ds[0x00109999], lambda ds: ds.PatientAge,
    lambda ds: ds.pop("PatientWeight").tag, lambda ds: ds.pop(0x00101010).tag, lambda ds: delattr(ds, "PatientAge"),
    lambda ds: ds.__delitem__(0x00101010), lambda ds: ds.get([1, 2, 3]), lambda ds: setattr(ds, "OverlayData", b""),
    lambda ds: ds.__setitem__(0x00100010, 1), lambda ds: ds.__setitem__(0x00100010, ds["PatientID"]),
    lambda ds: setattr(ds, "file_meta", 1), lambda ds: setattr(ds, "BeamSequence", [1]),
    lambda ds: setattr(ds, "BeamSequence", ds), lambda ds: setattr(ds, "Rows", "abc"), lambda ds: ds.private_block(0x10, "A"),
    lambda ds: ds.private_block(0x11, ""), lambda ds: ds.private_block(0x11, "no such"),
    lambda ds: ds.save_as(1), lambda ds: ds.save_as(io.BytesIO(), force_encoding=True),
    lambda ds: ds.save_as(io.BytesIO(), implicit_vr=True), lambda ds: ds.setdefault("NoSuchName", 1),
    lambda ds: ds.add_new("NoSuchName", "LO", ""), lambda ds: ds.group_dataset(0x10).PatientAge,
    lambda ds: ds.setdefault(0x00101010, "1Y"), lambda ds: "NoSuchName" in ds, lambda ds: (1, 2, 3) in ds,
    lambda ds: ds.get("NoSuchName", 5), lambda ds: ds.get("PatientAge", 5), lambda ds: ds.get(0x00101010, 5),
])  # fmt: skip
def test_errors_are_of_the_same_kind(do):
    mine, their = outcome(lambda: do(compat.dcmread(CT))), outcome(lambda: do(pydicom.dcmread(CT)))
    assert str(mine[0]) == str(their[0])


CT = wheel_file("CT_small.dcm")


@pytest.mark.parametrize("fp", [b"bytes", 5, None, [], "nowhere.dcm"])
def test_what_cannot_be_read(fp):
    assert failing(lambda: compat.dcmread(fp)) == failing(lambda: pydicom.dcmread(fp))


def test_no_dicom_file():
    with pytest.raises(compat.errors.InvalidDicomError):
        compat.dcmread(io.BytesIO(bytes(200)))


def test_subclasses_hold_what_they_are_given():
    class Image(compat.Dataset):
        def __init__(self, rows):
            super().__init__()
            self.Rows = rows
            self._private = 5
            self.items_of_mine = [1]

    image = Image(3)
    other = copy.deepcopy(image)
    assert (type(other), other.Rows, other._private, other.items_of_mine) == (Image, 3, 5, [1])
    assert image == other
    assert isinstance(compat.dcmread(CT), compat.Dataset)
    assert isinstance(compat.dcmread(wheel_file("rtplan.dcm")).BeamSequence[0], compat.Dataset)


def test_a_name_is_made_of_text():
    with pytest.raises(TypeError, match="float"):
        compat.dcmread(CT).PatientName = 1.5


def test_a_kind_of_uid_that_needs_no_text():
    class Own(compat.uid.UID):
        def __new__(cls, text="1.2.3"):
            return super().__new__(cls, text)

    assert Own() == "1.2.3"


def test_every_uid_comes_with_a_star():
    theirs, ours = {}, {}
    exec("from pydicom.uid import *", theirs)  # noqa: S102 - a star stands at the top of a module only
    exec("from isocenter.compat.uid import *", ours)  # noqa: S102 - as above
    uids = {name: value for name, value in theirs.items() if isinstance(value, pydicom.uid.UID)}
    assert len(uids) > 200
    assert uids == {name: ours.get(name) for name in uids}
