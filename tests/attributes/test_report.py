"""A profile summed up: against a slow count of the same files, and without a value of them."""

import csv
import io
import json
from collections import Counter, defaultdict

import duckdb
import pydicom
import pytest
from pydicom.config import disable_value_validation
from pydicom.dataset import Dataset

from attributes.trees import archive, put, scanned, slice_of
from isocenter.attributes.profile import Profile
from isocenter.attributes.report import AttributeRow, report
from isocenter.attributes.reportfiles import Form, report_json, write_tables

MAKER = "TOSHIBA_MEC"


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """Six patients of one maker, five of another, one file with what breaks rules."""
    root = archive(tmp_path_factory.mktemp("report") / "in")
    more = {
        f"other/{number}.dcm": slice_of(str(number), 1, Manufacturer="OTHER", Modality="CT")
        for number in range(11, 16)
    }
    with disable_value_validation():
        odd = slice_of("21", 1, StudyComments="so it was", EchoTime="", ScanOptions="lower")
    return put(root, more | {"odd.dcm": odd})


@pytest.fixture(scope="module")
def made(given):
    folder = given.parent / "profile"
    scanned(folder, given)
    with Profile(folder) as profile:
        yield report(profile)


def slow_counts(root):
    """Path of tags -> files, and files with a value; of public elements."""
    files, filled = Counter(), Counter()
    for path in root.rglob("*.dcm"):
        ds = pydicom.dcmread(path)
        found = defaultdict(bool)
        for part in (ds.file_meta, ds):
            pending = [("", part)]
            while pending:
                above, level = pending.pop()
                for element in level:
                    place = f"{above}{int(element.tag):08X}"
                    if not element.tag.is_private:
                        found[place] |= (
                            bool(element.value) if element.VR == "SQ" else not element.is_empty
                        )
                        if element.VR == "SQ":
                            pending += [(f"{place}.", item) for item in element.value]
        files.update(found.keys())
        filled.update(place for place, is_filled in found.items() if is_filled)
    return {place: (files[place], filled[place]) for place in files}


def test_attributes_are_counted_as_a_slow_count_counts(given, made):
    counted = slow_counts(given)
    for not_walked in ("7FE00010", "FFFCFFFC"):  # pixel data, and what follows it
        counted.pop(not_walked)
    ours = {
        one.path: (one.files, one.files_with_value)
        for one in made.attributes
        if "(" not in one.path and not int(one.path[:4], 16) % 2
    }
    assert counted == ours


def test_the_share_that_has_a_value(made):
    by_path = {one.path: one for one in made.attributes}
    echo = by_path["00180081"]
    assert (echo.files, echo.files_with_value, echo.vrs) == (24, 23, "DS")
    assert echo.filled == pytest.approx(23 / 24)
    assert echo in made.least_filled(100)
    assert made.least_filled(1)[0].filled == 0.0
    assert {one.files_with_value for one in made.most_filled(3)} == {24}
    assert len(made.most_filled(3)) == 3


def test_groups_count_files_series_and_patients(made):
    groups = {(one.by, one.name): one for one in made.groups}
    assert groups["modality", "MR"][2:5] == (19, 7, 7)
    assert groups["modality", "CT"][2:5] == (5, 5, 5)
    assert groups["manufacturer", MAKER][2:5] == (19, 7, 7)
    assert groups["manufacturer", "OTHER"][2:5] == (5, 5, 5)
    assert groups["sop_class", "MR Image Storage"][2:5] == (24, 12, 12)
    one = groups["modality", "MR"]
    assert one.paths > one.paths_with_value > 50
    assert [row.files for row in made.groups if row.by == "modality"] == [19, 5]


def test_violations_have_an_example(made):
    found = {(one.flag, one.keyword): one for one in made.violations}
    assert found["invalid-value", "ScanOptions"].files == 1
    assert found["invalid-value", "ScanOptions"].example.endswith("odd.dcm")
    assert found["retired-attribute", "StudyComments"].files == 1
    assert not [flag for flag, _ in found if flag == "empty"]


def test_files_are_not_named_unless_wanted(given):
    with Profile(given.parent / "profile") as profile:
        unnamed = report(profile, examples=False)
        assert {one.example for one in unnamed.violations} == {""}
        assert [one[:-1] for one in unnamed.violations] == [
            one[:-1] for one in report(profile).violations
        ]


def test_private_creators_are_counted_and_looked_up(tmp_path):
    def private(number):
        ds = pydicom.dcmread(io.BytesIO(slice_of(str(number), 1)))
        for creator in ("SIEMENS CSA HEADER", "Kowalczyk, born 1960"):
            block = ds.private_block(0x0029, creator, create=True)
            block.add_new(0x08, "CS", "IMAGE NUM 4")
            block.add_new(0x09, "LO", "x")
        written = io.BytesIO()
        ds.save_as(written)
        return written.getvalue()

    scanned(tmp_path / "p", put(tmp_path / "in", {f"{n}.dcm": private(n) for n in range(2)}))
    with Profile(tmp_path / "p") as profile:
        creators = {one.creator: one for one in report(profile).creators}
    assert creators["SIEMENS CSA HEADER"] == ("SIEMENS CSA HEADER", 2, 2, True)
    assert "Kowalczyk" not in str(creators)
    (other,) = (one for name, one in creators.items() if name != "SIEMENS CSA HEADER")
    assert not other.known


def test_coverage_is_that_of_the_profile(made):
    assert made.coverage.dictionary.count > 60
    assert made.coverage.without_iod == ()
    assert {one.iod for one in made.types} == {"MR Image"}
    assert [one.name for one in made.ratios] == ["dictionary", "reachable", "path", "innolitics"]


def test_tables_are_ready_for_data_frames(made):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(made.attributes)
    assert list(frame.columns) == list(AttributeRow._fields)
    assert frame.files.max() == 24


def test_csv_and_parquet_have_the_same_rows(made, tmp_path):
    written = [*write_tables(made, tmp_path, Form.CSV), *write_tables(made, tmp_path, Form.PARQUET)]
    assert sorted(path.name for path in written) == sorted(path.name for path in tmp_path.iterdir())
    for name, (row, rows) in made.tables().items():
        with (tmp_path / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            header, *lines = csv.reader(file)
        assert header == list(row._fields)
        assert [list(map(str, one)) for one in rows] == lines
        answer = duckdb.sql(f"FROM '{tmp_path / f'{name}.parquet'}'")
        assert (answer.columns, answer.fetchall()) == (header, [tuple(one) for one in rows])


def test_what_is_written_twice_is_the_same(made, tmp_path):
    first = {path: path.read_bytes() for path in write_tables(made, tmp_path, Form.CSV)}
    assert first == {path: path.read_bytes() for path in write_tables(made, tmp_path, Form.CSV)}
    assert report_json(made) == report_json(made)


def test_json_is_everything(made):
    told = json.loads(report_json(made))
    assert told["totals"]["files"] == 24
    assert len(told["attributes"]) == len(made.attributes)
    assert "unsafe_all_values" not in told
    assert told["coverage"][0]["name"] == "dictionary"


NAME = "Kowalczyk"


def planted(number):
    """A name in every kind of place, other in each file so that nobody shares it."""
    ds = pydicom.dcmread(io.BytesIO(slice_of(str(number), 1)))
    name = f"{NAME}{number}"
    ds.PatientName = ds.PatientID = ds.StudyDescription = ds.SeriesDescription = name
    ds.Manufacturer = ds.ManufacturerModelName = ds.ScanOptions = name
    ds.Modality = name.upper()
    ds.add_new(0x00080051, "LO", f"{name}\n")
    ds.add_new(0x00080020, "DA", f"{name}")
    ds.private_block(0x0029, name, create=True).add_new(0x08, "LO", name)
    item = Dataset()
    item.CodeMeaning = item.CodeValue = name
    ds.ProcedureCodeSequence = [item]
    written = io.BytesIO()
    ds.save_as(written)
    return written.getvalue()


def test_no_value_that_is_withheld_is_in_any_form(tmp_path):
    with disable_value_validation():
        files = {f"{n}.dcm": planted(n) for n in range(6)}
    scanned(tmp_path / "p", put(tmp_path / "in", files))
    with Profile(tmp_path / "p") as profile:
        made = report(profile)
    list(write_tables(made, tmp_path / "out", Form.CSV))
    list(write_tables(made, tmp_path / "out", Form.PARQUET))
    everything = report_json(made) + repr(made).encode()
    everything += b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    assert NAME.encode().lower() not in everything.lower()
    assert made.withheld[0] >= 6


def test_what_withholds_nothing_says_so(given, tmp_path):
    scanned(tmp_path / "p", given, unsafe=True)
    with Profile(tmp_path / "p", unsafe=True) as profile:
        made = report(profile)
    names = {path.name for path in write_tables(made, tmp_path / "out", Form.CSV)}
    assert "groups.unsafe.csv" in names
    assert all(".unsafe." in name for name in names)
    assert json.loads(report_json(made))["unsafe_all_values"] is True


def test_an_empty_profile_has_empty_tables(tmp_path):
    (tmp_path / "in").mkdir()
    scanned(tmp_path / "p", tmp_path / "in")
    with Profile(tmp_path / "p") as profile:
        made = report(profile)
    assert made.attributes == made.groups == made.violations == made.creators == ()
    assert len(list(write_tables(made, tmp_path / "out", Form.PARQUET))) == 6
