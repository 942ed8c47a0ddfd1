"""``isocenter attributes report``: tables in the terminal, files of them, and the exit codes."""

import json
import re

import pytest

from attributes.trees import archive, put, scanned, slice_of
from isocenter.cli import main as command


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    root = tmp_path_factory.mktemp("profile")
    markup = slice_of("9", 1, StudyComments="old", SoftwareVersions="[bold]x[/bold]")
    scanned(root / "p", put(archive(root / "in", patients=5, slices=1), {"[red]odd.dcm": markup}))
    return root / "p"


def report(*arguments):
    with pytest.raises(SystemExit) as ended:
        command.main(["attributes", "report", *map(str, arguments)])
    return ended.value.code


def test_the_terminal_has_every_table(profile, capsys):
    assert report(profile) == 0
    out = capsys.readouterr().out
    assert out.startswith("6 files, 6 series, 6 patients; 0 files could not be read")
    for title in ("Coverage", "SOP classes", "Modalities", "Manufacturers", "Most filled"):
        assert f"\n{title}\n" in out
    assert "\nretired-attribute: " in out
    assert "[red]odd.dcm" in out  # no markup
    assert "MR Image Storage" in out
    assert re.search(r"^dictionary +[0-9]{2,3} +3,459 +[0-9]\.[0-9]{2} ", out, re.MULTILINE)
    assert re.search(r"^MR Image Storage +6 +6 +6 +[0-9]+ +[0-9]+", out, re.MULTILINE)
    assert re.search(r"^MR Image +General Study +M +1/1 ", out, re.MULTILINE)


def test_tables_are_cut_and_say_so(profile, capsys):
    report(profile, "--number", "2")
    out = capsys.readouterr().out
    most = out.partition("\nMost filled\n")[2].partition("\n\n")[0].splitlines()
    assert len(most) == 3
    assert "\n… 2 more\n" in out.partition("\nCoverage by module")[0]


def test_files_are_not_named_when_not_wanted(profile, capsys):
    report(profile, "--no-examples")
    assert "odd.dcm" not in capsys.readouterr().out


def test_json_is_one_object(profile, capsys):
    assert report(profile, "--json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["totals"]["files"] == 6
    assert err == ""


def test_files_are_written_and_named(profile, tmp_path, capsys):
    assert report(profile, "--csv", tmp_path / "c", "--parquet", tmp_path / "p") == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 12
    assert len(list((tmp_path / "c").glob("*.csv"))) == 6
    assert len(list((tmp_path / "p").glob("*.parquet"))) == 6


def test_what_cannot_run_is_two(profile, tmp_path, capsys):
    assert report(tmp_path / "nothing") == 2
    assert report(profile, "--unsafe-all-values") == 2
    assert report(profile, "-k", "0") == 2
    (tmp_path / "file").touch()
    assert report(profile, "--csv", tmp_path / "file") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
