"""The names of a ReV library (REV.md sections 1 and 2)."""

import pytest

from isocenter.library import layout
from isocenter.library.model import SeriesPlace

PLACE = SeriesPlace("01-yr/02-mo/03-ex", "LOC-005")


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (
            layout.YEAR,
            ["00-yr", "99-yr"],
            ["1-yr", "001-yr", "01-YR", "01-mo", "\u0660\u0661-yr", "01-yr\n"],
        ),
        (layout.MONTH, ["00-mo", "11-mo"], ["1-mo", "01_mo", "01-yr", "x01-mo"]),
        (layout.EXAMPLE, ["01-ex"], ["1-ex", "01-exx", "01-ex "]),
    ],
)
def test_a_folder_of_the_layout_is_two_digits_and_its_unit(pattern, good, bad):
    assert good == [name for name in [*good, *bad] if pattern.fullmatch(name)]


def test_where_the_outputs_of_a_series_lie():
    assert PLACE.folder == "01-yr/02-mo/03-ex/LOC-005"
    assert layout.series_json(PLACE) == "01-yr/02-mo/03-ex/LOC-005-series.json"
    assert layout.middle(PLACE) == "middle-LOC-005.jpg"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a.dcm"], ["a"]),
        (["a.DCM", "b"], ["a", "b"]),
        (["1.2.840.1"], ["1.2.840.1"]),
        (["1.2.840.1.dcm"], ["1.2.840.1"]),
        ([".dcm"], [".dcm"]),
        (["a."], ["a."]),
        (["a.sr.dcm"], ["a.sr"]),
        (["a.dcm", "a.IMA"], ["a.dcm", "a.IMA"]),
        (["a.dcm", "A.IMA"], ["a.dcm", "A.IMA"]),
        (["A.dcm", "a.dcm"], ["A.dcm", "a.dcm~2"]),
        (["a", "a.dcm", "a.dcm.dcm"], ["a", "a.dcm", "a.dcm~2"]),
    ],
)
def test_the_stem_of_a_picture(names, expected):
    assert dict(zip(names, expected, strict=True)) == layout.stems(names)


@pytest.mark.parametrize("name", ["a.0.jpg", "1.2.3.12.jpg", "middle-S.jpg", "a\nb.0.jpg"])
def test_a_picture_of_ours(name):
    assert layout.is_picture(name)


@pytest.mark.parametrize("name", ["a.jpg", "a.0.jpeg", "a.dcm", ".0.jpg", "a.x.jpg", "notes.txt"])
def test_a_file_of_somebody_else(name):
    assert not layout.is_picture(name)
