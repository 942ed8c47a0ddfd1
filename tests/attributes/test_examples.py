"""Example values: what may be published, in which order, and what is told of the rest."""

import json
import subprocess
import sys
import warnings

import pytest

from attributes.trees import put, scanned, slice_of
from isocenter.attributes.examples import UNSAFE, Reason, examples
from isocenter.attributes.legacy import STAMP, legacy
from isocenter.attributes.profile import Profile
from isocenter.errors import UsageError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Six patients; the first has three files, and a value longer than its VR allows."""
    root = tmp_path_factory.mktemp("archive")
    files = {}
    for patient, number in [(1, 1), (1, 2), *((patient, 0) for patient in range(1, 7))]:
        with warnings.catch_warnings(action="ignore"):  # pydicom's, about wrong values
            files[f"{patient}-{number}.dcm"] = slice_of(
                str(patient),
                number,
                ScanningSequence=["SE", "RARE" if patient == 6 else "SP"],
                SequenceVariant=["sk"] if patient < 6 else ["NONE"],
                BodyPartExamined="A" * 20,
                PatientName="DOE^JANE",
                StudyDate="20200101",
                ProtocolName="HEAD PROTOCOL",
                EchoTime="4.5",
            )
    put(root / "files", files)
    scanned(root / "profile", root / "files")
    return root / "profile"


def told(folder, keyword, *, k=5, **more):
    with Profile(folder, k=k) as profile:
        found = examples(profile, **more)
    return next(one for one in found.attributes if one.keyword == keyword)


def reasons(one):
    return [(each.reason, each.files, each.different) for each in one.withheld]


def test_a_value_of_enough_patients_is_told_with_its_counts(folder):
    one = told(folder, "ScanningSequence")
    (example,) = one.examples
    assert (example.value, example.vr) == ("SE\\SP", "CS")
    assert (example.files, example.series, example.patients) == (7, 5, 5)


def test_a_value_of_fewer_is_withheld_and_counted(folder):
    one = told(folder, "ScanningSequence")
    assert reasons(one) == [(Reason.PATIENTS, 1, 1)]
    assert told(folder, "ScanningSequence", k=1).examples[-1].value == "SE\\RARE"


def test_what_table_e_1_1_lists_is_withheld_however_many_have_it(folder):
    for keyword in ("PatientName", "StudyDate", "ProtocolName"):
        one = told(folder, keyword, k=1)
        assert one.examples == ()
        assert reasons(one) == [(Reason.LISTED, 8, None)]


def test_numbers_and_uids_are_withheld_by_their_vr(folder):
    assert reasons(told(folder, "EchoTime")) == [(Reason.NUMBER, 8, None)]
    assert reasons(told(folder, "SOPClassUID")) == [(Reason.VR, 8, None)]


def test_values_that_are_none_of_their_vr_are_marked(folder):
    assert [one.marks for one in told(folder, "SequenceVariant").examples] == [("invalid-value",)]
    assert [one.marks for one in told(folder, "BodyPartExamined").examples] == [("value-too-long",)]


def test_those_of_most_patients_come_first_and_only_so_many(folder):
    every = told(folder, "SequenceVariant", k=1)
    assert [(one.value, one.patients) for one in every.examples] == [("sk", 5), ("NONE", 1)]
    first = told(folder, "SequenceVariant", k=1, number=1)
    assert ([one.value for one in first.examples], first.more) == (["sk"], 1)


def test_excluded_attributes_are_left_out(folder):
    for name in ("Modality", "00080060", "(0008,0060)"):
        with Profile(folder) as profile:
            found = examples(profile, exclude=[name])
        assert "Modality" not in {one.keyword for one in found.attributes}
    with Profile(folder) as profile, pytest.raises(UsageError):
        examples(profile, exclude=["NoSuchThing"])


def test_the_legacy_map_has_values_alone_and_cuts_them_with_a_mark(folder):
    with Profile(folder) as profile:
        found = examples(profile)
    told = legacy(found, length=8)
    assert told["(0018,0020)"] == ["SE\\SP"]
    assert told["(0018,0015)"] == ["AAAAAAA…"]
    assert STAMP not in told
    assert all(values and all(values) for values in told.values())


@pytest.fixture(scope="module")
def unsafe(tmp_path_factory):
    """One patient, scanned with every value."""
    root = tmp_path_factory.mktemp("unsafe")
    put(root / "files", {"1.dcm": slice_of("1", 1, PatientName="DOE^JANE")})
    scanned(root / "profile", root / "files", unsafe=True)
    return root / "profile"


def test_every_value_comes_with_a_stamp(unsafe):
    with Profile(unsafe, unsafe=True) as profile:
        found = examples(profile)
    assert found.is_unsafe
    assert found.withheld == ()
    assert legacy(found)["(0010,0010)"] == ["DOE^JANE"]
    assert legacy(found)[STAMP] == [UNSAFE]


def test_every_value_that_was_kept_is_still_not_told_unless_asked(unsafe):
    with Profile(unsafe, k=1) as profile:
        found = examples(profile)
    assert not found.is_unsafe
    assert "(0010,0010)" not in legacy(found)
    assert "DOE" not in json.dumps(legacy(found))


def run(*arguments):
    command = [sys.executable, "-m", "isocenter", "attributes", "examples", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_shows_a_table_and_what_is_withheld(folder):
    done = run(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "SE\\SP" in done.stdout
    assert "RARE" not in done.stdout
    assert "withheld of" in done.stdout


def test_the_command_writes_json_and_the_legacy_map(folder, tmp_path):
    assert run(folder, "--json", "-O", tmp_path / "a.json").returncode == 0
    content = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert content["k"] == 5
    assert {"listed", "patients"} <= set(content["withheld"])
    done = run(folder, "--legacy", "--exclude", "Modality", "--number", "1", "--k", "1")
    assert json.loads(done.stdout)["(0018,0021)"] == ["sk"]
    assert "(0008,0060)" not in json.loads(done.stdout)


def test_every_value_is_warned_of_and_stamped_in_every_form(unsafe):
    for form in ((), ("--json",), ("--legacy",)):
        done = run(unsafe, "--unsafe-all-values", *form)
        assert "warning: --unsafe-all-values" in done.stderr
        assert "not checked for anybody's identity" in done.stdout
        assert "DOE^JANE" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("nowhere",),
        ("{folder}", "--json", "--legacy"),
        ("{folder}", "-O", "x"),
        ("{folder}", "--exclude", "NoSuchThing"),
        ("{folder}", "--unsafe-all-values"),
    ],
)
def test_mistakes_are_one_line(folder, arguments):
    done = run(*(one.format(folder=folder) for one in arguments))
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert len([line for line in done.stderr.splitlines() if "warning" not in line]) == 1
