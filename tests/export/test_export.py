"""Export: every image becomes a picture at a path of its own, whatever the files say."""

import errno
import json
import os
import shutil
import signal
import time

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydicom.encaps import encapsulate

from isocenter.errors import Level, UsageError
from isocenter.export import Format, FrameChoice, Options, export, job, plan, steps
from isocenter.export.plan import _Names
from isocenter.files.names import folded
from isocenter.files.target import Folder
from isocenter.files.walking import Instances
from isocenter.pixels.look import Look
from library.trees import Inline, changed, ct
from support.files import wheel_file

NAMES = "{PatientID}/{InstanceNumber}.png"


class Exported:
    """What an export left in a folder."""

    def __init__(self, out, summary):
        self.out, self.summary = out, summary

    @property
    def files(self):
        return sorted(
            path.relative_to(self.out).as_posix()
            for path in self.out.rglob("*")
            if path.is_file() and path.name != "findings.json"
        )

    def codes(self, path=None):
        return [
            (str(finding.level), finding.code)
            for finding in self.summary.findings
            if path in {None, finding.path}
        ]

    def pixels(self, path):
        with Image.open(self.out / path) as picture:
            return np.asarray(picture)


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.fixture
def run(tmp_path, source):
    def run(pattern=NAMES, *, src=source, out=tmp_path / "out", workers=None, **options):
        how = {"executor": Inline()} if workers is None else {"workers": workers}
        if "patience" in options:
            how["patience"] = options.pop("patience")
        summary = export(src, out, Options(pattern, **options), **how)
        return Exported(out, summary)

    return run


def put(source, **files):
    for name, content in files.items():
        (source / f"{name}.dcm").write_bytes(content)


def multiframe(count, **attributes):
    """An image whose frame n has the shade n everywhere."""
    ds = pydicom.dcmread(wheel_file("CT_small.dcm"))
    ds.Rows = ds.Columns = 16
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    ds.RescaleIntercept, ds.WindowCenter, ds.WindowWidth = 0, 128, 256
    del ds.PixelPaddingValue
    ds.NumberOfFrames = count
    ds.PixelData = b"".join(bytes([10 * n % 256]) * 256 for n in range(count))
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    written = pydicom.filebase.DicomBytesIO()
    ds.save_as(written)
    return written.getvalue()


# --- names ----------------------------------------------------------------------------------


def test_the_layout_of_the_overview_is_the_default(source):
    put(source, a=ct(7, PatientID="99999999", StudyDate="20221215", SeriesNumber=604))
    made = export(source, source.parent / "out", executor=Inline())
    assert made.written == ("99999999/20221215/604/7.jpg",)
    with Image.open(source.parent / "out" / made.written[0]) as picture:
        assert picture.format == "JPEG"


def test_two_instances_never_overwrite_one_another(run, source):
    put(source, b=ct(1, SOPInstanceUID="1.2"), a10=ct(1), a9=ct(1), a1=ct(1))
    made = run()
    assert made.files == ["1CT1/1.png", "1CT1/1~2.png", "1CT1/1~3.png", "1CT1/1~4.png"]
    assert made.codes() == [("warning", "name-counted")] * 3
    assert made.codes("a1.dcm") == []
    assert "1CT1/1.png is taken; written as 1CT1/1~2.png" in made.summary.findings[0].message
    assert made.summary.findings[0].path == "a9.dcm"


def test_names_that_differ_in_case_only_are_taken_too(run, source):
    put(source, a=ct(1, PatientID="ABC"), b=ct(1, PatientID="abc"))
    assert run().files == ["ABC/1.png", "abc/1~2.png"]


def test_what_was_in_the_output_before_stays(run, source, tmp_path):
    put(source, a=ct(1))
    (tmp_path / "out" / "1CT1").mkdir(parents=True)
    (tmp_path / "out" / "1CT1" / "1.PNG").write_bytes(b"mine")
    made = run()
    assert made.files == ["1CT1/1.PNG", "1CT1/1~2.png"]
    assert (tmp_path / "out" / "1CT1" / "1.PNG").read_bytes() == b"mine"
    assert made.codes() == [("warning", "name-counted")]


def test_overwrite_replaces_it(run, source, tmp_path):
    put(source, a=ct(1))
    (tmp_path / "out" / "1CT1").mkdir(parents=True)
    (tmp_path / "out" / "1CT1" / "1.png").write_bytes(b"mine")
    made = run(overwrite=True)
    assert made.files == ["1CT1/1.png"]
    assert made.pixels("1CT1/1.png").shape == (128, 128)


def test_overwrite_never_replaces_a_source(run, source):
    """A DICOM file may be called like a picture."""
    (source / "1.png").write_bytes(ct(1))
    made = run("{PatientID}/{InstanceNumber}.png", src=source / "1.png", out=source)
    assert made.files == ["1.png", "1CT1/1.png"]
    put(source, a=ct(1))
    made = run("1.png", src=source / "1.png", out=source, overwrite=True)
    assert (source / "1.png").read_bytes() == ct(1)
    assert "1~2.png" in made.files


def test_overwrite_never_replaces_a_source_that_a_link_leads_to(run, source, tmp_path):
    kept = tmp_path / "out" / "1CT1" / "1.png"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(ct(1))
    (source / "a.dcm").symlink_to(kept)
    made = run(overwrite=True)
    assert kept.read_bytes() == ct(1)
    assert made.files == ["1CT1/1.png", "1CT1/1~2.png"]


def test_overwrite_never_replaces_a_source_below_a_dicomdir(source):
    """The output may lie beside a DICOMDIR, where its files are."""
    path = source / "images" / "1CT1" / "1.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(ct(1))
    found = Instances(source, ("images/1CT1/1.png",))
    options = Options(NAMES, overwrite=True)
    summary = export(path, source / "images", options, executor=Inline(), found=found)
    assert path.read_bytes() == ct(1)
    assert summary.written == ("1CT1/1~2.png",)


@pytest.mark.parametrize("error", [FileNotFoundError(errno.ENOENT, "gone"), ValueError("odd")])
def test_a_file_that_goes_while_it_is_planned_costs_only_itself(run, source, monkeypatch, error):
    put(source, a=ct(1), b=ct(2))

    def claimed(header, _size):
        if header.InstanceNumber == 1:
            raise error
        return 1

    monkeypatch.setattr(plan, "claimed_frames", claimed)
    made = run()
    assert made.files == ["1CT1/2.png"]
    expected = "unreadable-file" if isinstance(error, OSError) else "unexpected"
    assert made.codes("a.dcm") == [("error", expected)]


def test_a_counter_goes_on_for_all_frames_together(run, source):
    put(source, a=ct(1), b=multiframe(2), c=multiframe(3))
    assert run().files == [
        "1CT1/1.0.png",
        "1CT1/1.1.png",
        "1CT1/1.png",
        "1CT1/1~2.0.png",
        "1CT1/1~2.1.png",
        "1CT1/1~2.2.png",
    ]


def test_the_findings_file_is_never_a_picture(run, source):
    put(source, a=ct(1))
    made = run("findings.json", format=Format.PNG)
    assert made.files == ["findings.json.png"]


@pytest.mark.parametrize("value", ["../../gone", "/gone", "..", "CON", "x" * 64])
def test_hostile_values_stay_in_the_output(run, source, tmp_path, value):
    put(source, a=ct(1, PatientID=value))
    before = {*tmp_path.rglob("*")}
    made = run()
    assert len(made.files) == 1
    outside = {*tmp_path.rglob("*")} - before
    assert all(path.is_relative_to(tmp_path / "out") for path in outside)


def test_a_file_where_a_folder_has_to_be(run, source, tmp_path):
    put(source, a=ct(1), b=ct(2, PatientID="other"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "1CT1").write_bytes(b"mine")
    made = run()
    assert made.files == ["1CT1", "other/2.png"]
    assert made.codes("a.dcm") == [("error", "not-written")]


def test_a_file_name_that_is_no_text(run, source):
    (source / os.fsdecode(b"\xff.dcm")).write_bytes(ct(1))
    (source / os.fsdecode(b"\xfe.dcm")).write_bytes(b"")
    made = run("{file}.png")
    assert made.files == ["_.png"]
    (found,) = json.loads((made.out / "findings.json").read_bytes())["findings"]
    assert found["path"] == "\\xfe.dcm"


@given(
    st.lists(st.tuples(st.sampled_from("aAb\u00e9\u00c9"), st.integers(1, 3)), max_size=30),
    st.sets(st.sampled_from(["a.png", "A~2.png", "b.0.png"])),
)
def test_no_two_pictures_get_one_path(tmp_path_factory, wanted, there):
    out = tmp_path_factory.mktemp("out")
    for name in there:
        (out / name).write_bytes(b"mine")
    names = _Names(out, Instances(out.parent, ()), overwrite=False)
    every = {folded(name) for name in there}
    for name, count in wanted:

        def paths(counter, name=name, count=count):
            frames = [""] if count == 1 else [f".{n}" for n in range(count)]
            return [f"{name}{counter}{frame}.png" for frame in frames]

        chosen, counter = names.free(paths)
        assert chosen == paths(counter)
        assert every.isdisjoint(map(folded, chosen))
        every.update(map(folded, chosen))


# --- frames ---------------------------------------------------------------------------------


def test_every_frame_becomes_a_picture(run, source):
    put(source, a=multiframe(3))
    made = run()
    assert made.files == ["1CT1/1.0.png", "1CT1/1.1.png", "1CT1/1.2.png"]
    assert [made.pixels(path)[0, 0] for path in made.files] == [0, 10, 20]
    assert made.summary.frames == 3


def test_the_pattern_says_where_the_frame_goes(run, source):
    put(source, a=multiframe(2), b=ct(4))
    assert run("{InstanceNumber}/{frame:03}.png").files == ["1/000.png", "1/001.png", "4/000.png"]


def test_chosen_frames(run, source):
    put(source, a=multiframe(5), b=ct(2))
    made = run(frames=FrameChoice(((1, None, 2),)))
    assert made.files == ["1CT1/1.1.png", "1CT1/1.3.png"]
    assert made.codes("b.dcm") == [("warning", "no-such-frame")]


def test_a_long_image_is_shared_out_and_comes_together(run, source):
    put(source, a=multiframe(200, Rows=1, Columns=1, PixelData=bytes(range(200))))
    made = run()
    assert made.summary.written == tuple(f"1CT1/1.{n}.png" for n in range(200))
    assert [made.pixels(path).item() for path in made.summary.written] == [*range(200)]


def test_one_bad_frame_never_ends_the_others(run, source):
    ds = pydicom.dcmread(wheel_file("MR_small_RLE.dcm"))
    good = next(pydicom.encaps.generate_frames(ds.PixelData))
    ds.NumberOfFrames, ds.PixelData = 4, encapsulate([good, b"\1\0\0\0junk", good, b"no"])
    ds.save_as(source / "a.dcm")
    made = run()
    assert [path[-5:] for path in made.files] == ["0.png", "2.png"]
    assert {Level.ERROR} == {finding.level for finding in made.summary.findings}
    assert all(finding.message.startswith("frame ") for finding in made.summary.findings)
    assert made.summary.frames == 2


def test_a_cine_without_its_bad_frames(run, source):
    ds = pydicom.dcmread(wheel_file("MR_small_RLE.dcm"))
    good = next(pydicom.encaps.generate_frames(ds.PixelData))
    ds.NumberOfFrames, ds.FrameTime = 3, "50"
    ds.PixelData = encapsulate([good, b"\1\0\0\0junk", good])
    ds.save_as(source / "a.dcm")
    made = run("{file}.webp", cine=True)
    assert made.files == ["a.webp"]
    assert made.codes() == [("error", "bad-pixels")]
    assert made.summary.findings[0].message.startswith("frame 1: ")
    assert made.summary.frames == 2


def test_a_cine_that_memory_cannot_hold(run, source, monkeypatch):
    monkeypatch.setattr(steps, "MOST_PLAYED", 16 * 16 * 3 - 1)
    put(source, a=multiframe(3, FrameTime="40"), b=multiframe(2, FrameTime="40"))
    made = run("{file}.gif", cine=True)
    assert made.files == ["b.gif"]
    assert made.codes("a.dcm") == [("error", "does-not-fit")]


# --- what cannot be shown -------------------------------------------------------------------


def test_files_without_pictures_are_notes(run, source):
    put(source, a=ct(1), plan=wheel_file("rtplan.dcm").read_bytes())
    (source / "README").write_text("hello")
    made = run()
    assert made.files == ["1CT1/1.png"]
    assert made.codes() == [("note", "no-image"), ("note", "not-dicom")]


def test_a_bad_file_is_an_error_and_the_others_are_exported(run, source):
    put(source, a=b"", b=ct(1), c=ct(2)[:-1000], d=b"no DICOM", e=ct(3, Rows=None))
    made = run()
    assert made.files == ["1CT1/1.png"]
    levels = {finding.path: str(finding.level) for finding in made.summary.findings}
    assert levels == dict.fromkeys(["a.dcm", "c.dcm", "d.dcm", "e.dcm"], "error")
    assert made.codes("c.dcm") == [("error", "truncated")]


def test_of_a_cut_off_file_the_whole_frames_are_exported(run, source):
    pixels = bytes(range(256)) * 32 * 4
    whole = changed("MR_small.dcm", NumberOfFrames=4, PixelData=pixels)
    put(source, a=whole[: whole.rindex(pixels) + len(pixels) - 10])
    made = run()
    assert len(made.files) == 3
    assert {("warning", "truncated"), ("warning", "frames-missing")} <= set(made.codes("a.dcm"))
    assert ("error", "truncated") in made.codes("a.dcm")
    assert "no-such-view" not in str(made.codes("a.dcm"))


def test_a_window_the_image_does_not_have(run, source):
    put(source, a=ct(1, WindowCenter=[40, 50], WindowWidth=[400, 500]), b=ct(2))
    made = run(look=Look(voi=1))
    assert made.files == ["1CT1/1.png"]
    assert made.codes("b.dcm") == [("error", "no-such-view")]


def test_a_disk_that_cannot_be_written(run, source, monkeypatch):
    put(source, a=ct(1), b=ct(2))
    original = Folder.write

    def write(self, name, content):
        if name.endswith("1.png"):
            raise OSError(errno.ENOSPC, "No space left on device", name)
        original(self, name, content)

    monkeypatch.setattr(Folder, "write", write)
    made = run()
    assert made.files == ["1CT1/2.png"]
    assert made.codes("a.dcm") == [("error", "not-written")]


def test_a_fault_of_our_own_costs_one_picture(run, source, monkeypatch):
    put(source, a=ct(1), b=ct(2))
    original = steps.content

    def content(frames, *rest):
        if frames.dataset.InstanceNumber == 1:
            raise ZeroDivisionError
        return original(frames, *rest)

    monkeypatch.setattr(steps, "content", content)
    made = run()
    assert made.files == ["1CT1/2.png"]
    assert made.codes("a.dcm") == [("error", "unexpected")]


def test_findings_are_in_the_output(run, source):
    put(source, a=ct(1), b=b"")
    made = run()
    (found,) = json.loads((made.out / "findings.json").read_bytes())["findings"]
    assert (found["path"], found["level"], found["code"]) == ("b.dcm", "error", "empty-file")


def test_a_findings_file_of_somebody_else_is_not_replaced(run, source, tmp_path):
    put(source, a=ct(1))
    run()
    run()
    (tmp_path / "out" / "findings.json").write_text('{"mine": 1}')
    with pytest.raises(UsageError, match="move it"):
        run()


# --- sources --------------------------------------------------------------------------------


def test_a_file_and_a_dicomdir(run, tmp_path):
    assert run("{file}.png", src=wheel_file("CT_small.dcm")).files == ["CT_small.png"]
    made = run("{PatientID}/{file}.png", src=wheel_file("DICOMDIR"), out=tmp_path / "discs")
    assert len(made.files) == 31
    assert made.summary.files == 31
    assert {path.partition("/")[0] for path in made.files} == {"77654033", "98890234"}


def test_the_output_may_not_lie_in_the_source(run, source):
    put(source, a=ct(1))
    for out in (source, source / "deep" / "er"):
        with pytest.raises(UsageError, match="lies in"):
            run(out=out)
    assert [*source.iterdir()] == [source / "a.dcm"]


def test_an_empty_folder(run):
    with pytest.raises(UsageError, match="holds no file"):
        run()


# --- the same on every run and runner -------------------------------------------------------


def contents(out):
    return {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_the_same_bytes_with_any_number_of_workers(run, source, tmp_path):
    for number in range(40):
        put(source, **{f"i{number * 7 % 40}": ct(number % 7, SOPInstanceUID=f"1.2.{number}")})
    put(source, z=multiframe(70))
    one = run(out=tmp_path / "one")
    two = run(out=tmp_path / "two", workers=2)
    assert contents(one.out) == contents(two.out)
    assert one.summary == two.summary
    assert len(one.files) == 110


@pytest.mark.parametrize("death", ["exit", "kill"])
def test_a_frame_that_kills_its_worker_is_left_out(run, source, monkeypatch, death):
    monkeypatch.setattr(job, "export_files", deadly)
    monkeypatch.setattr(job, "try_places", deadly_places)
    put(source, a=ct(1), b=multiframe(5, PatientID=death), c=ct(3))
    made = run(workers=2)
    assert made.files == [
        "1CT1/1.png",
        "1CT1/3.png",
        *(f"{death}/1.{n}.png" for n in (0, 1, 2, 4)),
    ]
    assert made.codes() == [("error", "killed-decoder")]
    assert made.summary.findings[0].message.startswith("frame 3: ")


def test_a_file_that_kills_when_it_is_opened_is_left_out(run, source, monkeypatch):
    monkeypatch.setattr(job, "export_files", deadly)
    monkeypatch.setattr(job, "try_places", deadly_places)
    put(source, a=ct(1), open=ct(2), c=ct(3))
    made = run(workers=1)
    assert made.files == ["1CT1/1.png", "1CT1/3.png"]
    assert made.codes("open.dcm") == [("error", "killed-decoder")]


def test_a_frame_whose_decoding_has_no_end_is_left_out(run, source, monkeypatch):
    monkeypatch.setattr(job, "export_files", endless)
    put(source, a=ct(1), b=multiframe(5), c=ct(3))
    made = run(workers=2, patience=2)
    assert len(made.files) == 6
    assert made.codes() == [("error", "timed-out")]
    assert made.summary.findings[0].message.startswith("frame 3: ")


def endless(task):
    """The real step, and a decoder that hangs on every fourth frame."""
    original = steps.content

    def content(frames, index, *how):
        if index == 3:
            time.sleep(60)
        return original(frames, index, *how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "content", content)
        return steps.export_files(task)


def _die(root, source, index, skip):
    if (source, index) in skip or (source, -1) in skip:
        return
    if source == "open.dcm":
        os._exit(1)
    patient = pydicom.dcmread(root / source).PatientID
    if index == 3 and patient == "exit":
        os._exit(1)
    if index == 3 and patient == "kill":
        os.kill(os.getpid(), signal.SIGKILL)


def deadly(task):
    """The real step, and a decoder that dies."""
    for piece in task.pieces:
        for index in piece.frames:
            _die(task.root, piece.source, index, task.skip)
    return steps.export_files(task)


def deadly_places(task, places):
    for source, index in places:
        _die(task.root, source, index, ())
    steps.try_places(task, places)


def test_a_step_that_fails_is_told_for_each_file(run, source, monkeypatch):
    def failing(_):
        raise RuntimeError("a fault")

    monkeypatch.setattr(job, "export_files", failing)
    put(source, a=ct(1), b=ct(2))
    made = run()
    assert made.codes("a.dcm") == made.codes("b.dcm") == [("error", "export-failed")]


def test_what_a_killed_run_left_half_written_goes(run, source, tmp_path):
    put(source, a=ct(1))
    (tmp_path / "out" / "1CT1").mkdir(parents=True)
    (tmp_path / "out" / "1CT1" / ".isocenter-1-1").write_bytes(b"half")
    assert run().files == ["1CT1/1.png"]


def test_progress_counts_every_file_once(source, tmp_path):
    put(source, a=ct(1), b=multiframe(150), c=b"", d=wheel_file("rtplan.dcm").read_bytes())
    shutil.copy(source / "a.dcm", source / "e.dcm")
    told = []
    export(source, tmp_path / "out", executor=Inline(), progress=told.append)
    assert sum(done.files for done in told) == 5
    assert sum(done.frames for done in told) == 152
