"""Issue 2, "Bad input": a bad file is a finding, never a picture, never the end."""

import errno
import io
import os
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate, generate_frames

from isocenter import dcmread
from isocenter.errors import PixelError, UsageError
from isocenter.files import glance, header, target
from isocenter.library import alike, steps
from library.trees import EXAMPLE, changed, ct, run, state
from support.files import wheel_file

DATA = f"{EXAMPLE}/S"


def compressed(*, broken: int | None = None) -> bytes:
    """Ten JPEG 2000 frames of 64x64; the frame ``broken`` is no codestream."""
    ds = pydicom.dcmread(wheel_file("emri_small_jpeg_2k_lossless.dcm"))
    frames = list(generate_frames(ds.PixelData, number_of_frames=10))
    if broken is not None:
        frames[broken] = b"\xff\x4f\xff\x51junk"
    ds.PixelData = encapsulate(frames)
    written = io.BytesIO()
    ds.save_as(written)
    return written.getvalue()


def undecodable() -> bytes:
    """A CT that says it is MPEG-4."""
    ds = pydicom.dcmread(wheel_file("JPEG2000.dcm"))
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.102"
    written = io.BytesIO()
    ds.save_as(written)
    return written.getvalue()


BAD = {
    "empty": (b"", "error", "empty-file"),
    "cut in the pixels": (ct(9)[:-1000], "error", None),
    "cut in the header": (ct(9)[:600], "error", "truncated"),
    "no pixels": (ct(9, PixelData=None), "error", "no-pixel-data"),
    "a syntax nobody decodes": (undecodable(), "error", "unsupported-transfer-syntax"),
    "one broken frame": (compressed(broken=4), "error", None),
    "zero rows": (ct(9, Rows=0), "error", None),
    "a structured report": (changed("reportsi.dcm"), "note", "no-image"),
    "a plan": (changed("rtplan.dcm"), "note", "no-image"),
    "structures": (changed("rtstruct.dcm"), "note", "no-image"),
    "a waveform": (changed("waveform_ecg.dcm"), "note", "no-image"),
    "text": (b"This is no image.\n" * 99, "note", "not-dicom"),
    "binary junk": (bytes(range(256)) * 9, "note", "not-dicom"),
    "zeros": (bytes(4096), "note", "not-dicom"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_a_finding_and_no_picture(tree, kind):
    content, level, code = BAD[kind]
    series = tree.series("S", {"a.dcm": ct(1), "bad": content, "c.dcm": ct(3)})

    made = run(tree.root)

    assert made.data(series) == ["a.dcm", "c.dcm"]
    assert {"a.0.jpg", "c.0.jpg", "middle-S.jpg"} == made.pictures(series)
    assert made.picture(f"{series}/preview.jpg").size == (96, 192)
    assert made.picture(f"{series}/raw-preview.jpg").size == (300, 600)
    (finding,) = made.findings(f"{series}/bad")
    assert level == finding["level"]
    assert code in {None, finding["code"]}
    assert finding["message"]


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_alone_leaves_a_series_without_pictures(tree, kind):
    content, level, _ = BAD[kind]
    series = tree.series("S", {"bad": content})
    made = run(tree.root)
    assert made.data(series) == []
    assert set() == made.pictures(series)
    assert made.entry(series)["details"]["series"]["preview"]["url"] == ""
    assert not (tree.root / series / "preview.jpg").exists()
    assert made.json("map.json") == {"data": []}
    assert [level] == [finding["level"] for finding in made.findings()]


def frames_cut_off(missing):
    """Four frames of 64x64, without the last bytes."""
    pixels = bytes(range(256)) * 32 * 4
    whole = changed("MR_small.dcm", NumberOfFrames=4, PixelData=pixels)
    return whole[: whole.rindex(pixels) + len(pixels) - missing]


def test_a_cut_off_file_of_many_frames_shows_those_that_are_whole(tree):
    series = tree.series("S", {"a.dcm": frames_cut_off(64 * 64 * 2 + 10), "b.dcm": ct(2)})
    made = run(tree.root)
    assert sorted(made.data(series)) == ["a.dcm", "b.dcm"]
    assert {"a.0.jpg", "a.1.jpg", "b.0.jpg", "middle-S.jpg"} == made.pictures(series)
    codes = made.codes(f"{series}/a.dcm")
    assert {("warning", "truncated"), ("warning", "frames-missing")} <= set(codes)
    with pytest.raises(PixelError, match="4 frames need 32768 bytes"):
        dcmread(tree.root / series / "a.dcm").pixel_array  # noqa: B018 - it raises


@pytest.mark.parametrize("has_table", [True, False])
def test_a_cut_off_file_of_compressed_frames_shows_those_that_are_whole(tree, has_table):
    ds = pydicom.dcmread(io.BytesIO(changed("MR_small.dcm")))
    streams = [
        imagecodecs.jpegls_encode(np.roll(ds.pixel_array.astype(np.uint16), n)) for n in range(4)
    ]
    ds.NumberOfFrames, ds.PixelRepresentation = 4, 0
    ds.PixelData = encapsulate(streams, has_bot=has_table)
    ds["PixelData"].is_undefined_length = True
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.80"
    written = io.BytesIO()
    ds.save_as(written)
    content = written.getvalue()
    tree.series("W", {"a.dcm": content})
    series = tree.series("S", {"a.dcm": content[: content.index(streams[3][-50:])]})
    made = run(tree.root)
    assert {"a.0.jpg", "a.1.jpg", "a.2.jpg", "middle-S.jpg"} == made.pictures(series)
    assert ("warning", "frames-missing") in made.codes(f"{series}/a.dcm")
    for frame in range(3):
        name = f"dcm2jpgRaw/a.{frame}.jpg"
        assert made.bytes(f"{EXAMPLE}/W/{name}") == made.bytes(f"{series}/{name}")


def test_a_cut_off_file_without_one_whole_frame_is_not_shown(tree):
    series = tree.series("S", {"a.dcm": frames_cut_off(64 * 64 * 2 * 3 + 10), "b.dcm": ct(2)})
    made = run(tree.root)
    assert made.data(series) == ["b.dcm"]
    assert ("error", "truncated") in made.codes(f"{series}/a.dcm")


def test_a_cut_file_says_where(tree):
    whole = ct(1)
    series = tree.series("S", {"header.dcm": whole[:600], "value.dcm": whole[:1400]})
    made = run(tree.root)
    (header,) = made.findings(f"{series}/header.dcm")
    assert 600 - 8 < header["offset"] <= 600
    (value,) = made.findings(f"{series}/value.dcm")
    assert (value["tag"], value["offset"]) == ("(0018,1210)", 1400 - 6)


def test_junk_called_an_image_was_to_be_one(tree):
    series = tree.series("S", {"a.dcm": b"junk" * 99, "b.IMA": b"junk" * 99, "c.txt": b"junk" * 99})
    made = run(tree.root)
    assert made.codes(f"{series}/a.dcm") == [("error", "not-dicom")]
    assert made.codes(f"{series}/b.IMA") == [("error", "not-dicom")]
    assert made.codes(f"{series}/c.txt") == [("note", "not-dicom")]


@pytest.mark.parametrize("name", ["README", "README.txt", "Thumbs.db", ".DS_Store", "index.csv"])
def test_what_lies_about_in_a_folder_is_a_note(tree, name):
    series = tree.series("S", {"a.dcm": ct(1), name: b"\xd0\xcf\x11\xe0 what is no image" * 9})
    made = run(tree.root)
    assert made.codes(f"{series}/{name}") == [("note", "not-dicom")]


def test_a_spectrum_is_no_image_without_pixels(tree):
    spectrum = ct(
        1,
        PixelData=None,
        SOPClassUID="1.2.840.10008.5.1.4.1.1.4.2",
        SpectroscopyData=np.zeros(8, np.float32).tobytes(),
    )
    series = tree.series("S", {"a.dcm": spectrum})
    assert run(tree.root).codes(f"{series}/a.dcm") == [("note", "no-image")]


def test_a_broken_frame_takes_its_whole_file_and_only_its_tiles(tree):
    series = tree.series(
        "S",
        {
            "a.dcm": ct(1, ImagePositionPatient=None, InstanceNumber=1),
            "b.dcm": compressed(broken=7),
            "c.dcm": ct(3, ImagePositionPatient=None, InstanceNumber=99999),
        },
    )
    made = run(tree.root)
    assert {"a.0.jpg", "c.0.jpg", "middle-S.jpg"} == made.pictures(series)
    tiles = np.split(np.asarray(made.picture(f"{series}/preview.jpg"), float), 2)
    for tile, name in zip(tiles, ("a", "c"), strict=True):
        single = np.asarray(made.picture(f"{series}/dcm2jpgResize/{name}.0.jpg"), float)
        assert np.abs(tile - single).mean() < 4  # made anew from the 300 px JPEG


def test_a_link_that_leads_nowhere_is_an_image_that_cannot_be_read(tree):
    series = tree.series("S", {"a.dcm": ct(1)})
    (tree.root / series / "b.dcm").symlink_to("gone.dcm")
    made = run(tree.root)
    assert made.data(series) == ["a.dcm"]
    assert made.codes(f"{series}/b.dcm") == [("error", "unreadable-file")]


@pytest.mark.parametrize("place", ["", "01-yr", "01-yr/02-mo", EXAMPLE, DATA])
def test_a_link_that_leads_to_itself(tree, place):
    series = tree.series("S", {"a.dcm": ct(1)})
    (tree.root / place / "loop").symlink_to("loop")
    made = run(tree.root)
    assert made.data(series) == ["a.dcm"]
    (finding,) = made.findings(f"{place}/loop".lstrip("/"))
    assert ("error" if place == DATA else "note") == finding["level"]


@pytest.mark.parametrize("place", ["01-yr", EXAMPLE, DATA])
def test_a_pipe_is_not_waited_for(tree, place):
    series = tree.series("S", {"a.dcm": ct(1)})
    os.mkfifo(tree.root / place / "pipe.dcm")
    made = run(tree.root)
    assert made.data(series) == ["a.dcm"]
    assert [one["level"] for one in made.findings(f"{place}/pipe.dcm")] == ["note"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tree):
    series = tree.series("S", {"a.dcm": ct(1), "b.dcm": ct(2)})
    (tree.root / series / "b.dcm").chmod(0)
    made = run(tree.root)
    assert made.data(series) == ["a.dcm"]
    assert made.codes(f"{series}/b.dcm") == [("error", "unreadable-file")]


def failing_for(failing, original):
    def read(path, *arguments, **how):
        if Path(path).name == failing:
            raise OSError(errno.EIO, "Input/output error", str(path))
        return original(path, *arguments, **how)

    return read


@pytest.mark.parametrize("failing", [1, 2], ids=["header", "pixels"])
def test_a_file_the_disk_cannot_read(tree, monkeypatch, failing):
    series = tree.series("S", {"a.dcm": ct(1), "b.dcm": ct(2)})
    header_readers = [(glance, "open_binary"), (header, "read_by_content")]
    pixel_readers = [(alike, "read_pixels"), (steps, "dcmread")]
    for module, name in [header_readers, pixel_readers][failing - 1]:
        monkeypatch.setattr(module, name, failing_for("b.dcm", getattr(module, name)))
    made = run(tree.root)
    assert made.data(series) == ["a.dcm"]
    assert made.codes(f"{series}/b.dcm") == [("error", "unreadable-file")]


def test_a_fault_of_our_own_costs_one_file_and_no_more(tree, monkeypatch):
    series = tree.series("S", {"a.dcm": ct(1), "b.dcm": ct(2), "c.dcm": ct(3)})
    original = steps.picture
    seen = []

    def render(*arguments):
        seen.append(arguments)
        if len(seen) == 2:
            raise ZeroDivisionError("float\ndivision")
        return original(*arguments)

    monkeypatch.setattr(steps, "picture", render)
    made = run(tree.root)
    assert made.data(series) == ["a.dcm", "c.dcm"]
    assert {"a.0.jpg", "c.0.jpg", "middle-S.jpg"} == made.pictures(series)
    (finding,) = made.findings(f"{series}/b.dcm")
    assert (finding["level"], finding["code"]) == ("error", "unexpected")
    assert "ZeroDivisionError: float division" in finding["message"]


def test_no_memory_for_an_image(tree, monkeypatch):
    series = tree.series("S", {"a.dcm": ct(1)})

    def render(*_):
        raise MemoryError

    monkeypatch.setattr(steps, "picture", render)
    assert run(tree.root).codes(f"{series}/a.dcm") == [("error", "out-of-memory")]


def test_an_image_longer_than_a_jpeg_can_be(tree):
    rows = 65_501
    long = ct(2, Rows=rows, Columns=1, PixelData=bytes(2 * rows))
    series = tree.series("S", {"a.dcm": ct(1), "b.dcm": long})
    made = run(tree.root)
    assert made.data(series) == ["a.dcm"]
    (finding,) = made.findings(f"{series}/b.dcm")
    assert (finding["level"], finding["code"]) == ("error", "does-not-fit")
    assert "65,500" in finding["message"]


# --- the tree -------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["", "01-yr", "01-yr/02-mo", EXAMPLE])
def test_an_image_outside_a_series_folder_is_said(tree, place):
    series = tree.series("S", {"a.dcm": ct(1)})
    path = f"{place}/lost.dcm".lstrip("/")
    tree.put(path, ct(2))
    made = run(tree.root)
    assert made.codes(path) == [("warning", "outside-layout")]
    assert made.data(series) == ["a.dcm"]


@pytest.mark.parametrize(
    "path",
    [
        "1-yr/x",
        "01-yr/2-mo/x",
        "01-yr/02-mo/003-ex/x",
        "patients/x",
        f"{DATA}/more/x",
        "\u0660\u0661-yr/x",
    ],
)
def test_a_folder_that_is_no_part_of_the_layout_is_said(tree, path):
    tree.series("S", {"a.dcm": ct(1)})
    tree.put(path, ct(2))
    made = run(tree.root)
    assert made.codes(path.removesuffix("/x")) == [("warning", "outside-layout")]
    assert len(made.library.series) == 1


def test_an_empty_series_folder_is_a_series_without_images(tree):
    tree.series("S", {"a.dcm": ct(1)})
    (tree.root / EXAMPLE / "empty").mkdir()
    made = run(tree.root)
    assert made.data(f"{EXAMPLE}/empty") == []
    assert made.findings() == []


@pytest.mark.parametrize("name", ["preview.jpg", "raw-preview.jpg", "tag-raw.txt", "dcm2jpgRaw"])
def test_an_image_called_like_an_output_is_not_overwritten(tree, out, name):
    series = tree.series("S", {"a.dcm": ct(1), name: ct(2)})
    made = run(tree.root, out)
    assert made.data(series) == ["a.dcm"]
    assert made.codes(f"{series}/{name}") == [("error", "name-taken")]
    assert ct(2) == (tree.root / series / name).read_bytes()


def test_in_place_an_image_called_like_an_output_stops_the_build(tree):
    series = tree.series("S", {"a.dcm": ct(1), "preview.jpg": ct(2)})
    before = state(tree.root)
    with pytest.raises(UsageError, match=f"{series}/preview.jpg"):
        run(tree.root)
    assert before == state(tree.root)


def test_two_series_in_one_folder_are_a_warning(tree):
    series = tree.series(
        "S", {"a.dcm": ct(1, SeriesInstanceUID="1.1"), "b.dcm": ct(2, SeriesInstanceUID="1.2")}
    )
    made = run(tree.root)
    assert made.data(series) == ["a.dcm", "b.dcm"]
    assert made.codes(series) == [("warning", "mixed-series")]


def test_the_same_instance_twice_is_a_warning_and_both_are_shown(tree):
    series = tree.series("S", {"a.dcm": ct(1), "b.dcm": ct(1), "c.dcm": ct(2)})
    made = run(tree.root)
    assert made.data(series) == ["a.dcm", "b.dcm", "c.dcm"]
    (finding,) = made.findings()
    assert (finding["level"], finding["code"]) == ("warning", "duplicate-instance")
    assert f"{series}/b.dcm" == finding["path"]
    assert "a.dcm" in finding["message"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("MR_small_jpeg_ls_lossless.dcm", "JPEG-LS"),
        ("image_dfl.dcm", "Deflated"),
        ("examples_palette.dcm", "PALETTE COLOR"),
    ],
)
def test_what_the_viewer_cannot_decode_is_said_wherever_it_stands(tree, name, said):
    absent = {"ImagePositionPatient": None, "InstanceNumber": None}
    series = tree.series("S", {"a.dcm": ct(1, **absent), "b.dcm": changed(name)})
    made = run(tree.root)
    assert "b.dcm" in made.data(series)
    (finding,) = [one for one in made.findings() if one["code"] == "viewer-cannot-decode"]
    assert ("warning", series) == (finding["level"], finding["path"])
    assert said in finding["message"]


# --- the output -----------------------------------------------------------------------------


def test_a_series_that_cannot_be_written_is_not_shown(tree, monkeypatch):
    tree.slices("A", 1)
    series = tree.slices("S", 2)
    run(tree.root)
    original = target.Folder.write

    def write(self, name, content):
        if name == f"{series}/preview.jpg":
            raise OSError(errno.ENOSPC, "No space left on device", name)
        original(self, name, content)

    monkeypatch.setattr(target.Folder, "write", write)
    made = run(tree.root, force=True)
    (finding,) = made.findings()
    assert ("error", "not-written", series) == tuple(
        finding[key] for key in ("level", "code", "path")
    )
    assert "No space left on device" in finding["message"]
    assert set() == made.pictures(series)
    assert not (tree.root / f"{series}-series.json").exists()
    entries = made.json(f"{EXAMPLE}/description.json")["data"]
    assert {f"{EXAMPLE}/A/preview.jpg"} == {
        entry["details"]["series"]["preview"]["url"] for entry in entries
    }


def test_a_full_disk_while_the_series_are_made_is_not_the_fault_of_the_files(tree, monkeypatch):
    series = tree.slices("S", 3)

    def write(self, name, content):
        if name.startswith(series):
            raise OSError(errno.ENOSPC, "No space left on device", name)
        original(self, name, content)

    original = target.Folder.write
    monkeypatch.setattr(target.Folder, "write", write)
    made = run(tree.root)
    assert [(series, "not-written")] == [(one["path"], one["code"]) for one in made.findings()]
