"""A library without names: no identifier of the input is in any byte of the output."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from deidentify.planted import (
    BIG,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    NAMES,
    Planted,
    leaks,
    planted_image,
)
from isocenter import dcmread
from isocenter.cli.main import main
from isocenter.deidentify import Dates, Key, Policy, Templates
from isocenter.errors import Level, UsageError
from isocenter.library.arrange.job import find
from isocenter.library.arrange.options import ArrangeOptions
from isocenter.library.build import opened
from isocenter.library.cleaned import runs, steps
from isocenter.library.cleaned.job import clean, tree_to_build
from isocenter.library.cleaned.model import Cleaning, UnitTask
from isocenter.library.cleaned.runs import Runs
from isocenter.library.cleaned.store import Store
from isocenter.library.intake import plan
from isocenter.library.options import BuildOptions
from library.trees import Inline, run

SECRET = "Vz8888Qk, which is the secret"  # noqa: S105 - it is planted, and looked for
EXAMPLE = "02-yr/03-mo/01-ex"
PEOPLE = sorted(
    {part for name in NAMES.values() for part in re.split("[=^]", name)}
    | {"Quagmire", "Zebedee", "M\u00fcller"}
)


def build(*arguments, key=None):
    environment = dict(os.environ) | ({"ISOCENTER_DEIDENTIFY_KEY": key} if key else {})
    return subprocess.run(
        [sys.executable, "-m", "isocenter", "build", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=120,
    )


def planted_series(folder, planted, count):
    """Files of up to five character sets and four transfer syntaxes."""
    folder.mkdir(parents=True)
    syntaxes = [EXPLICIT, IMPLICIT, BIG, DEFLATED, EXPLICIT]
    for number, (charset, syntax) in enumerate([*zip(NAMES, syntaxes, strict=True)][:count]):
        planted._letters = NAMES[charset].partition("^")[0][:3]
        content = planted_image(planted, syntax, charset, number)
        (folder / f"Quagmire {number}.dcm").write_bytes(content)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A tree by age with identifiers in files, names of files, and names of folders."""
    root, planted = tmp_path_factory.mktemp("Vz9999Qk") / "in", Planted("\u00f6")
    example = root / "02-yr" / "03-mo" / "01-ex"
    first = example / "M\u00fcller 18690213"
    planted_series(first, planted, 5)
    planted_series(example / "Quagmire^Zebedee", planted, 2)
    whole = planted_image(planted, EXPLICIT, "ISO_IR 100")
    (first / "Quagmire cut.dcm").write_bytes(whole[: len(whole) // 2])
    (first / "Quagmire junk.dcm").write_text(planted.text(), encoding="utf-8")
    (first / "Quagmire.txt").write_text(planted.text(), encoding="utf-8")
    (first / "Quagmire folder").mkdir()
    capture = planted_image(planted, EXPLICIT, "ISO_IR 100", 7, "1.2.840.10008.5.1.4.1.1.7")
    screens = example / "Zebedee screens"
    screens.mkdir()
    (screens / "Quagmire.dcm").write_bytes(capture)
    (root / "Quagmire").mkdir()
    (root / "Quagmire" / "Quagmire.dcm").write_bytes(whole)
    (example / "Quagmire beside.dcm").write_bytes(whole)
    return root


def assert_clean(out, *, times=False):
    stays = {b"142857.27182"} if times else set()  # times of day do not move
    assert [(where, match) for where, match in leaks(out, PEOPLE) if match not in stays] == []


def library(source, out, policy=None, *, force=False, **how):
    """As the command, in this process; how many series were built."""
    options = BuildOptions(source, out)
    cleaning = Cleaning(policy or Policy(Key(SECRET.encode())), **how)
    made = clean(options, plan(options), cleaning, Runs(executor=Inline()), force=force)
    options, tree = tree_to_build(options, made)
    with opened(options, tree=tree, force=force) as work:
        return work.run(executor=Inline()).built


def cleaned_files(out):
    return sorted(path for path in out.glob("0*-yr/*/*/*/*.dcm"))


def test_no_identifier_is_in_any_byte_of_a_library(tree, tmp_path):
    out = tmp_path / "out"
    done = build(tree, "-O", out, "--deidentify", "basic", key=SECRET)
    assert (done.returncode, done.stderr.count("Traceback")) == (1, 0), done.stderr
    assert "Quagmire cut.dcm: " in done.stdout  # the terminal tells the input's names
    assert "left out: 02-yr/03-mo/01-ex/Zebedee screens/Quagmire.dcm" in done.stdout
    assert len(cleaned_files(out)) == 7
    assert len(list(out.rglob("dcm2jpgRaw/0*.jpg"))) == 7
    assert_clean(out)
    for path in cleaned_files(out):
        assert dcmread(path).PatientIdentityRemoved == "YES"


def test_no_identifier_is_in_a_library_with_options(tree, tmp_path):
    policy = Policy(Key(SECRET.encode()), dates=Dates.SHIFT, clean_descriptors=True)
    assert library(tree, tmp_path / "out", policy) == 2
    assert_clean(tmp_path / "out", times=True)


def test_no_identifier_is_in_a_library_of_arranged_files(tree, tmp_path):
    out, arranged = tmp_path / "out", tmp_path / "arranged"
    basic = ["--arrange", "--tree", arranged, "--deidentify", "basic"]
    shutil.copytree(tree, tmp_path / "in")
    for path in (tmp_path / "in").rglob("*.dcm"):
        ds = dcmread(path, force=True)
        if "StudyInstanceUID" in ds:
            ds.PatientBirthDate, ds.StudyDate = "20000101", "20020405"
            ds.save_as(path)
    done = build(tmp_path / "in", "-O", out, *basic, key=SECRET)
    assert (done.returncode, done.stderr.count("Traceback")) == (1, 0), done.stderr
    assert cleaned_files(out)
    assert_clean(out)
    assert (arranged / "arranged.json").exists()
    assert not (out / "arranged.json").exists()


def test_no_identifier_is_in_a_library_by_study(tree, tmp_path):
    source, out = tmp_path / "in", tmp_path / "out"
    shutil.copytree(tree / "02-yr/03-mo", source)
    policy = Policy(Key(SECRET.encode()), dates=Dates.SHIFT, clean_descriptors=True)
    built = library(source, out, policy)
    cleaned = [*out.glob("studies/*/*/*.dcm")]
    assert (built > 0, len(cleaned)) == (True, 8)
    assert_clean(out, times=True)
    assert library(source, out, policy) == 0
    findings = json.loads((out / "findings.json").read_bytes())["findings"]
    assert {"not-deidentified", "may-show-text"} <= {one["code"] for one in findings}
    shutil.rmtree(source)
    (source / "Quagmire").mkdir(parents=True)
    shutil.copy(next(tree.rglob("Quagmire 0.dcm")), source / "Quagmire")
    library(source, out, policy)
    assert len([*out.glob("studies/*/*/*.dcm")]) == 1
    assert len([*(out / ".isocenter/deidentified/tree").rglob("*.dcm")]) == 1


@pytest.fixture
def copy(tree, tmp_path):
    """The tree, to be changed."""
    return shutil.copytree(tree, tmp_path / "in")


@pytest.fixture
def out(tmp_path):
    """Where a library can go; not made yet."""
    return tmp_path / "out"


def content(root):
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".isocenter" not in path.parts
    }


def test_what_was_left_out_or_failed_is_told_without_its_name(tree, out):
    library(tree, out)
    findings = json.loads((out / "findings.json").read_bytes())["findings"]
    told = {(one["level"], one["code"]): one["path"] for one in findings}
    assert told["error", "not-deidentified"] == f"{EXAMPLE}/MR/000006.dcm"
    assert told["warning", "may-show-text"] == f"{EXAMPLE}/series/000001.dcm"
    assert told["warning", "outside-layout"] == ""
    assert not (out / EXAMPLE / "series").exists()


def test_the_next_night_reads_nothing_and_changes_nothing(tree, out):
    assert library(tree, out) == 2
    before = {
        path: (path.read_bytes(), path.suffix == ".sqlite" or path.stat().st_mtime_ns)
        for path in out.rglob("*")
        if path.is_file()
    }
    assert library(tree, out) == 0
    assert before == {
        path: (path.read_bytes(), path.suffix == ".sqlite" or path.stat().st_mtime_ns)
        for path in out.rglob("*")
        if path.is_file()
    }


def test_a_night_with_changes_makes_what_a_fresh_build_makes(copy, out, tmp_path):
    library(copy, out)
    first = copy / EXAMPLE / "Zebedee screens"
    shutil.rmtree(copy / EXAMPLE / "Quagmire^Zebedee")
    (copy / EXAMPLE / "M\u00fcller 18690213" / "Quagmire 1.dcm").unlink()
    shutil.copytree(copy / EXAMPLE / "M\u00fcller 18690213", copy / "03-yr/00-mo/01-ex/Zebedee")
    (first / "Quagmire.dcm").unlink()
    assert library(copy, out) == 2
    library(copy, tmp_path / "fresh")
    assert content(tmp_path / "fresh") == content(out)
    assert_clean(out)


def test_another_key_or_policy_leaves_nothing_of_the_one_before(tree, out):
    library(tree, out)
    before = {str(dcmread(path).SOPInstanceUID) for path in cleaned_files(out)}
    library(tree, out, Policy(Key(b"another secret of 16 bytes"), retain_patient=True))
    after = {str(dcmread(path).SOPInstanceUID) for path in cleaned_files(out)}
    assert before.isdisjoint(after)
    kept = [path.read_bytes() for path in out.rglob("*") if path.is_file()]
    assert [uid for uid in before for found in kept if uid.encode() in found] == []


@pytest.mark.parametrize("moment", [0, 3, 4, 6, 8])
def test_stopped_at_any_step_the_next_run_finishes_the_work(
    copy, out, tmp_path, monkeypatch, moment
):
    """Steps are what the store keeps and moves; without looks, states and moves are six."""
    done = []

    def dying(step):
        def try_it(*arguments):
            if len(done) == moment:
                raise KeyboardInterrupt
            done.append(step.__name__)
            return step(*arguments)

        return try_it

    with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
        for step in (Store.save_seen, Store.save, Store.put, Store.finish):
            patch.setattr(Store, step.__name__, dying(step))
        library(copy, out)
    assert len(done) == moment
    library(copy, out)
    library(copy, tmp_path / "fresh")
    assert content(tmp_path / "fresh") == content(out)
    left = out / ".isocenter/deidentified"
    assert [*(left / "work").iterdir()] == []
    assert len([*(left / "tree").rglob("*.dcm")]) == 7


def test_a_file_that_kills_or_holds_up_its_worker_is_left_out_and_the_others_are_written(
    tree, tmp_path
):
    folder = "Quagmire^Zebedee"
    names = ("Quagmire 0.dcm", "Quagmire 1.dcm", "Quagmire 2.dcm")
    files = tuple((name, f"{EXAMPLE}/{folder}/{name}") for name in names)
    cleaning = Cleaning(Policy(Key(SECRET.encode())))
    task = UnitTask(tree, files, tmp_path / "work", cleaning)
    task = runs._without_killers(task, lambda _try, _task, some: names[1] in some)
    task = runs._without_endless(task, names[2])
    _, state = steps.clean_unit(task)
    assert state.files == ("000001.dcm",)
    found = {one.path: one.code for one in state.findings if one.level is Level.ERROR}
    assert found == {"000002.dcm": "killed-decoder", "000003.dcm": "timed-out"}


def test_what_could_not_be_written_is_tried_again(copy, out, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(steps.Folder, "write", full)
        with pytest.raises(OSError, match="No space"):
            library(copy, out)  # the store itself cannot be written either
    assert library(copy, out) == 2


def test_a_build_or_arrangement_with_names_into_it_is_refused(tree, out):
    library(tree, out)
    with pytest.raises(UsageError, match="without names"):
        find(ArrangeOptions(tree, out))


def test_series_are_made_again_with_force(tree, out):
    assert library(tree, out) == 2
    before = content(out)
    assert library(tree, out, force=True) == 2
    assert before == content(out)


def test_the_same_key_makes_the_same_library_anywhere(tree, tmp_path):
    library(tree, tmp_path / "one")
    library(tree, tmp_path / "two")
    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_no_mark_that_is_kept_is_one_of_the_key_alone(copy, tree, tmp_path):
    """Another input of the same names, or another output: all marks are others."""
    outputs = [tmp_path / name for name in ("one", "two", "three")]
    for source, output in zip((tree, tree, copy), outputs, strict=True):
        library(source, output)
    marks = [
        {path.name for path in (output / ".isocenter/deidentified/states").iterdir()}
        for output in outputs
    ]
    assert [len(one) for one in marks] == [3, 3, 3]
    assert len(set().union(*marks)) == 9


def test_suspicious_series_are_left_out_whole_and_written_when_allowed(copy, out):
    example = copy / EXAMPLE
    sibling = example / "Quagmire^Zebedee" / "Quagmire 1.dcm"
    uid = dcmread(example / "Zebedee screens" / "Quagmire.dcm").SeriesInstanceUID
    ds = dcmread(sibling)
    ds.SeriesInstanceUID = uid
    ds.save_as(sibling)
    assert library(copy, out) == 2
    assert len(cleaned_files(out)) == 6
    assert library(copy, out, allow_burned_in=True) == 2
    assert len(cleaned_files(out)) == 8
    assert_clean(out)
    assert library(copy, out) == 1
    assert len(cleaned_files(out)) == 6


def test_a_series_that_is_no_longer_suspicious_comes_back(copy, out):
    library(copy, out)
    path = copy / EXAMPLE / "Zebedee screens" / "Quagmire.dcm"
    ds = dcmread(path)
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
    ds.save_as(path)
    assert library(copy, out) == 1
    assert len(cleaned_files(out)) == 8


def test_a_library_of_nothing_when_every_series_is_left_out(copy, out):
    library(copy, out, allow_burned_in=True)
    for path in (copy / EXAMPLE).glob("*/*.dcm"):
        ds = dcmread(path, force=True)
        if "SOPClassUID" in ds:
            ds.BurnedInAnnotation = "YES"
            ds.save_as(path)
    library(copy, out)
    assert cleaned_files(out) == []
    assert [path for path in out.rglob("*.jpg") if "assets" not in path.parts] == []


def test_an_output_that_may_have_names_is_refused(tree, out):
    run(tree, out)
    with pytest.raises(UsageError, match="may have names"):
        library(tree, out)
    with pytest.raises(UsageError, match="lie in each other"):
        library(tree, tree / "out")


def test_one_file_beside_the_output(copy):
    path = next(copy.rglob("Quagmire 0.dcm"))
    library(path, path.parent / "out")
    assert len([*(path.parent / "out").glob("studies/*/*/*.dcm")]) == 1


def test_names_do_not_come_into_a_library_without_them(tree, out):
    library(tree, out)
    before = content(out)
    with pytest.raises(UsageError, match="without names"):
        run(tree, out)
    assert before == content(out)


def test_what_had_a_name_once_is_in_no_free_page_of_the_catalog(tree, out):
    templates = Templates.of({"SeriesDescription": "Vz1234Qk"})
    library(tree, out, Policy(Key(SECRET.encode()), templates=templates))
    assert b"Vz1234Qk" in (out / ".isocenter/catalog.sqlite").read_bytes()
    library(tree, out)
    assert_clean(out)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--deidentify", "basic"], "needs -O"),
        (["-O", "out", "--dates", "keep"], "--deidentify basic"),
        (["-O", "out", "--deidentify", "none"], "nothing would be removed"),
        (["-O", "out", "--deidentify", "basic", "--arrange"], "--tree DIR"),
        (["-O", "out", "--tree", "x"], "--tree is for --arrange"),
        (["-O", "out", "--deidentify", "basic", "--key-file", "nowhere"], "nowhere"),
        (["-O", "out", "--deidentify", "basic", "-T", "{"], "no JSON"),
    ],
)
def test_a_wrong_call_is_one_line_and_writes_nothing(tree, tmp_path, capsys, arguments, said):
    with pytest.raises(SystemExit) as end:
        main(
            ["build", str(tree), *(one.replace("out", str(tmp_path / "out")) for one in arguments)]
        )
    told = capsys.readouterr()
    assert (end.value.code, told.out, told.err.count("\n")) == (2, "", 1)
    assert said in told.err
    assert list(tmp_path.iterdir()) == []
    assert not Path("x").exists()
