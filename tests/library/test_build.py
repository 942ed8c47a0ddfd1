"""REV.md section 2: every path, key, size and order of a library."""

import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from isocenter.files.target import Placement
from isocenter.library.build import build, merge
from isocenter.library.intake import plan
from isocenter.library.options import BuildOptions
from isocenter.library.pages import ASSETS
from library.trees import EXAMPLE, Inline, Tree, changed, ct, fingerprint, run, state
from support.files import wheel_file

SIZES = {"dcm2jpgRaw": (128, 128), "dcm2jpgDCMresize": (300, 300), "dcm2jpgResize": (96, 96)}
DIGITS_AND_COMMAS = re.compile(r"[^0-9,]")


def test_a_series_has_every_file_of_the_contract_and_no_other(tree):
    series = tree.series("LOC-005", {"a.dcm": ct(1), "b.dcm": ct(2)})
    given = {f"{series}/a.dcm", f"{series}/b.dcm"}

    made = run(tree.root).files() - given

    names = ("a.0.jpg", "b.0.jpg")
    assert {
        "map.json",
        "index.html",
        "findings.json",
        "ages.js",
        *(f"assets/{name}" for name in ASSETS),
        "01-yr/index.html",
        "01-yr/02-mo/ex.json",
        "01-yr/02-mo/index.html",
        f"{EXAMPLE}/description.json",
        f"{EXAMPLE}/index.html",
        f"{EXAMPLE}/study.js",
        f"{series}-series.json",
        f"{series}/preview.jpg",
        f"{series}/raw-preview.jpg",
        f"{series}/tag-raw.txt",
        f"{series}/tag-raw.js",
        f"{series}/dcm2jpgRaw/middle-LOC-005.jpg",
        *(f"{series}/{folder}/{name}" for folder in SIZES for name in names),
    } == made


def test_an_entry_has_exactly_these_keys_and_values(tree):
    series = tree.series(
        "LOC-005",
        {
            "a.dcm": ct(
                1,
                SeriesInstanceUID="1.2.3",
                SeriesDescription="loc",
                StudyDescription="brain",
                ModalitiesInStudy=["CT", "SR"],
                PatientID="P1",
                PatientName="DOE^JANE",
                PatientBirthDate="20200314",
                AcquisitionDate="20230513",
                SeriesDate="20230512",
            )
        },
    )
    expected = {
        "SeriesInstanceUID": {"value": "1.2.3"},
        "uid": {"value": "1.2.3"},
        "SeriesDescription": {"value": "loc"},
        "StudyDescription": {"value": "brain"},
        "ModalitiesInStudy": {"value": "CT\\SR"},
        "PatientID": {"value": "P1"},
        "PatientName": {"value": "DOE^JANE"},
        "PatientBirthDate": {"value": "20200314"},
        "AcquistionDate": {"value": "20230513"},
        "AcquisitionDate": {"value": "20230513"},
        "details": {
            "series": {
                "uid": "1.2.3",
                "description": "loc",
                "date": "20230512",
                "files": "1",
                "data": [f"{series}/a.dcm"],
                "preview": {"blob": "", "url": f"{series}/preview.jpg"},
            }
        },
    }

    made = run(tree.root)

    assert {"query": {"data": [expected]}} == made.json(f"{series}-series.json")
    assert {"data": [expected] * 3} == made.json(f"{EXAMPLE}/description.json")


def test_every_jpeg_has_its_size(tree):
    series = tree.slices("S", 2)
    made = run(tree.root)
    for folder, size in SIZES.items():
        sizes = {made.picture(f"{series}/{folder}/{n}.0.jpg").size for n in (1, 2)}
        assert {size} == sizes
    assert made.picture(f"{series}/dcm2jpgRaw/middle-S.jpg").size == (128, 128)
    assert made.picture(f"{series}/preview.jpg").size == (96, 192)
    assert made.picture(f"{series}/raw-preview.jpg").size == (300, 600)


def test_slices_are_ordered_by_position_not_by_name(tree):
    heights = {"1.dcm": 30, "10.dcm": 10, "2.dcm": 20}
    series = tree.series("S", {name: ct(z) for name, z in heights.items()})
    made = run(tree.root)
    assert made.data(series) == ["10.dcm", "2.dcm", "1.dcm"]


def test_slices_without_position_or_number_are_in_natural_order_of_their_names(tree):
    absent = {"ImagePositionPatient": None, "InstanceNumber": None}
    series = tree.series("S", {f"{n}.dcm": ct(n, **absent) for n in (1, 10, 2)})
    assert run(tree.root).data(series) == ["1.dcm", "2.dcm", "10.dcm"]


@pytest.mark.parametrize("count", [1, 2, 4, 5])
def test_the_middle_is_the_middle_in_slice_order(tree, count):
    series = tree.slices("S", count)
    made = run(tree.root)
    stem = made.data(series)[count // 2].removesuffix(".dcm")
    expected = made.bytes(f"{series}/dcm2jpgRaw/{stem}.0.jpg")
    assert expected == made.bytes(f"{series}/dcm2jpgRaw/middle-S.jpg")


def shaded(number: int) -> bytes:
    """A flat slice; the window makes it a gray of its own."""
    size = 128 * 128
    return ct(
        number,
        PixelData=np.full(size, 20 * number, np.int16).tobytes(),
        RescaleIntercept=0,
        WindowCenter=128,
        WindowWidth=256,
    )


@pytest.mark.parametrize(("strip", "folder"), [("preview", "Resize"), ("raw-preview", "DCMresize")])
def test_tile_k_of_a_strip_is_the_kth_image_in_slice_order(tree, strip, folder):
    series = tree.series("S", {f"{9 - n}.dcm": shaded(n) for n in range(7)})
    made = run(tree.root)
    stripe = np.asarray(made.picture(f"{series}/{strip}.jpg"), float)
    tiles = np.split(stripe, 7)
    for tile, name in zip(tiles, made.data(series), strict=True):
        stem = name.removesuffix(".dcm")
        single = np.asarray(made.picture(f"{series}/dcm2jpg{folder}/{stem}.0.jpg"), float)
        assert np.abs(tile - single).mean() < 2  # both were JPEGs, quality 90
    assert sorted(tile.mean() for tile in tiles) == [tile.mean() for tile in tiles]


def test_colour_stays_colour(tree):
    series = tree.series("US", {"a.dcm": changed("examples_rgb_color.dcm")})
    made = run(tree.root)
    pictures = [f"{folder}/a.0.jpg" for folder in SIZES]
    for name in (*pictures, "preview.jpg", "raw-preview.jpg", "dcm2jpgRaw/middle-US.jpg"):
        picture = made.picture(f"{series}/{name}")
        assert picture.mode == "RGB"
        red, green, blue = np.moveaxis(np.asarray(picture, int), 2, 0)
        assert max(np.abs(red - green).max(), np.abs(green - blue).max()) > 100


def test_a_gray_series_stays_gray(tree):
    series = tree.slices("S", 2)
    made = run(tree.root)
    assert made.picture(f"{series}/preview.jpg").mode == "L"
    assert made.picture(f"{series}/dcm2jpgRaw/1.0.jpg").mode == "L"


def test_a_palette_image_is_shown_in_its_colours(tree):
    series = tree.series("P", {"a.dcm": changed("OT-PAL-8-face.dcm")})
    made = run(tree.root)
    assert made.picture(f"{series}/dcm2jpgRaw/a.0.jpg").mode == "RGB"
    assert made.codes(series) == [("warning", "viewer-cannot-decode")]


def test_an_image_that_is_not_square_is_centred_with_black_bars(tree):
    series = tree.series("US", {"a.dcm": changed("examples_rgb_color.dcm")})  # 320 x 240
    picture = np.asarray(run(tree.root).picture(f"{series}/dcm2jpgDCMresize/a.0.jpg"), int)
    bar = (300 - round(300 * 240 / 320)) // 2
    assert picture[: bar - 8].max() < 8
    assert picture[300 - bar + 8 :].max() < 8
    assert picture[bar:-bar].max() > 128


def test_every_frame_has_its_pictures_and_its_tile(tree):
    series = tree.series("MF", {"a.dcm": changed("emri_small.dcm")})
    made = run(tree.root)
    frames = [f"a.{index}.jpg" for index in range(10)]
    assert sorted(frames) == made.names(f"{series}/dcm2jpgResize")
    assert sorted([*frames, "middle-MF.jpg"]) == made.names(f"{series}/dcm2jpgRaw")
    assert made.bytes(f"{series}/dcm2jpgRaw/a.5.jpg") == made.bytes(
        f"{series}/dcm2jpgRaw/middle-MF.jpg"
    )
    assert made.picture(f"{series}/preview.jpg").size == (96, 960)
    assert made.data(series) == ["a.dcm"]


def test_a_one_bit_segmentation_is_black_and_white(tree):
    series = tree.series("SEG", {"a.dcm": changed("liver.dcm")})
    made = run(tree.root)
    pixels = np.asarray(made.picture(f"{series}/dcm2jpgRaw/a.0.jpg"))
    assert {0, 255} <= set(np.unique(pixels).tolist())
    assert (np.isin(pixels, (0, 255))).mean() > 0.9


def test_the_tags_are_there_as_text(tree):
    series = tree.series(
        "S", {"a.dcm": ct(1, PatientName="Löwe^Ä", SpecificCharacterSet="ISO_IR 100")}
    )
    text = run(tree.root).bytes(f"{series}/tag-raw.txt").decode("utf-8-sig")
    assert "Löwe^Ä" in text
    assert "(0002,0010)" in text
    assert "(0028,0010)" in text


def test_data_names_only_images_and_counts_them(tree):
    series = tree.series(
        "S", {"a.dcm": ct(1), "b.dcm": ct(2), "sr.dcm": changed("reportsi.dcm"), "README": b"text"}
    )
    made = run(tree.root)
    assert made.data(series) == ["a.dcm", "b.dcm"]
    assert made.entry(series)["details"]["series"]["files"] == "2"


def test_absent_attributes_are_empty_strings(tree):
    keywords = (
        "SeriesDescription",
        "StudyDescription",
        "PatientID",
        "PatientName",
        "PatientBirthDate",
        "AcquisitionDate",
        "SeriesDate",
    )
    present = [keyword for keyword in keywords if keyword in pydicom_ct()]
    series = tree.series("S", {"a.dcm": ct(1, **dict.fromkeys(present))})
    entry = run(tree.root).entry(series)
    values = [value["value"] for key, value in entry.items() if key != "details"]
    uid = entry["uid"]["value"]
    assert {"", uid} == set(values)
    assert entry["details"]["series"]["date"] == ""
    assert entry["details"]["series"]["description"] == ""


def pydicom_ct():
    import pydicom  # noqa: PLC0415 - the oracle, here only

    return pydicom.dcmread(wheel_file("CT_small.dcm"))


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_an_example_has_three_entries_at_least_with_unique_uids(tree, count):
    for number in range(count):
        tree.slices(f"S{number}", 1)  # all with one Series Instance UID
    entries = run(tree.root).json(f"{EXAMPLE}/description.json")["data"]
    uids = [entry["uid"]["value"] for entry in entries]
    assert max(3, count) == len(entries)
    assert count == len(set(uids))
    assert uids == [entry["details"]["series"]["uid"] for entry in entries]


def test_entries_are_ordered_by_series_folder(tree):
    for name in ("S10", "S2", "a"):
        tree.slices(name, 1)
    entries = run(tree.root).json(f"{EXAMPLE}/description.json")["data"]
    urls = [entry["details"]["series"]["preview"]["url"] for entry in entries]
    assert [f"{EXAMPLE}/{name}/preview.jpg" for name in ("a", "S2", "S10")] == urls


def test_ex_json_lists_the_middle_images_relative_to_the_month(tree):
    tree.slices("A", 1)
    tree.slices("B", 2)
    tree.slices("A", 1, "01-yr/02-mo/11-ex")
    assert run(tree.root).json("01-yr/02-mo/ex.json") == {
        "03-ex": {
            "name": "03-ex",
            "imageLocation": [
                "03-ex/A/dcm2jpgRaw/middle-A.jpg",
                "03-ex/B/dcm2jpgRaw/middle-B.jpg",
            ],
        },
        "11-ex": {"name": "11-ex", "imageLocation": ["11-ex/A/dcm2jpgRaw/middle-A.jpg"]},
    }


def test_the_map_reduces_to_ages_and_holds_nothing_else(tree):
    for example in ("00-yr/00-mo/01-ex", "00-yr/11-mo/02-ex", "12-yr/03-mo/99-ex"):
        tree.slices("S1", 1, example)
    tree.series("S1", {"sr.dcm": changed("reportsi.dcm")}, "13-yr/01-mo/01-ex")
    made = run(tree.root)
    text = made.bytes("map.json").decode()
    assert DIGITS_AND_COMMAS.sub("", text) == "000001,001102,120399"
    assert (made.json("map.json")) == {
        "data": ["./00-yr/00-mo/01-ex", "./00-yr/11-mo/02-ex", "./12-yr/03-mo/99-ex"]
    }


def test_addresses_are_percent_encoded(tree):
    series = tree.series("A#1?%", {"x#?%.dcm": ct(1)})
    made = run(tree.root)
    details = made.entry(series)["details"]["series"]
    assert [f"{EXAMPLE}/A%231%3F%25/x%23%3F%25.dcm"] == details["data"]
    assert f"{EXAMPLE}/A%231%3F%25/preview.jpg" == details["preview"]["url"]
    assert made.json("01-yr/02-mo/ex.json")["03-ex"]["imageLocation"] == [
        "03-ex/A%231%3F%25/dcm2jpgRaw/middle-A%231%3F%25.jpg"
    ]


# --- where it goes --------------------------------------------------------------------------


def test_with_an_output_folder_the_input_is_untouched(tree, out):
    series = tree.series(
        "S", {"a.dcm": ct(1), "sr.dcm": changed("reportsi.dcm"), "README": b"text", "bad.dcm": b""}
    )
    before = state(tree.root)
    made = run(tree.root, out)
    assert before == state(tree.root)
    assert (out / series / "a.dcm").samefile(tree.root / series / "a.dcm")
    assert [name for name in made.names(series) if name.endswith("dcm")] == ["a.dcm", "sr.dcm"]


def test_the_output_is_a_library_of_its_own(tree, out):
    tree.slices("S", 2)
    made = run(tree.root, out)
    again = run(out, out.parent / "again")
    assert fingerprint(made.root) == fingerprint(again.root)


@pytest.mark.parametrize(
    ("placement", "there", "linked"),
    [(Placement.LINK, True, True), (Placement.COPY, True, False), (Placement.NONE, False, False)],
)
def test_the_dicom_files_come_along_as_asked(tree, out, placement, there, linked):
    series = tree.slices("S", 1)
    run(tree.root, out, placement=placement)
    original, placed = tree.root / series / "1.dcm", out / series / "1.dcm"
    assert there == placed.exists()
    assert linked == (there and placed.samefile(original))


def test_in_place_the_dicom_files_stay_as_they_are(tree):
    series = tree.slices("S", 2)
    before = state(tree.root / series)
    run(tree.root)
    after = state(tree.root / series)
    assert before["1.dcm"] == after["1.dcm"]
    assert before["2.dcm"] == after["2.dcm"]


def test_an_output_that_is_a_link_to_the_source_is_in_place(tree, out):
    series = tree.slices("S", 1)
    out.symlink_to(tree.root)
    made = run(tree.root, out)
    assert made.data(series) == ["1.dcm"]
    assert (tree.root / series / "1.dcm").read_bytes() == ct(0)


@pytest.mark.parametrize("place", ["library", "99-yr", "01-yr/02-mo/03-ex/out", "01-yr/05-mo"])
def test_an_output_inside_the_source_is_not_taken_for_input(tree, place):
    tree.slices("S", 1)
    output = tree.root / place
    first = fingerprint(run(tree.root, output).root)
    made = run(tree.root, output)
    assert first == fingerprint(output)
    assert made.findings() == []
    assert len(made.library.series) == 1


def test_a_source_inside_the_output(tree):
    series = Tree(tree.root / "given").slices("S", 1)
    made = run(tree.root / "given", tree.root)
    assert made.data(series) == ["1.dcm"]


# --- again ----------------------------------------------------------------------------------


def rich(tree):
    """Series of every kind, bad files among them."""
    tree.slices("CT", 5)
    tree.slices("ct", 2)
    tree.series("MF", {"a.dcm": changed("emri_small.dcm"), "b.dcm": ct(1)})
    tree.series("US", {"a.dcm": changed("examples_rgb_color.dcm")}, "01-yr/02-mo/04-ex")
    tree.series(
        "bad",
        {
            "empty.dcm": b"",
            "cut.dcm": ct(1)[:-100],
            "SR": changed("reportsi.dcm"),
            "README": b"text",
            "readme": b"text",
        },
        "02-yr/00-mo/01-ex",
    )
    tree.put("stray.txt", b"text")


def test_a_second_run_in_place_changes_no_byte(tree):
    rich(tree)
    run(tree.root)
    first = fingerprint(tree.root)
    run(tree.root)
    assert first == fingerprint(tree.root)


def test_a_second_run_into_the_same_output_changes_no_byte(tree, out):
    rich(tree)
    run(tree.root, out)
    first = fingerprint(out)
    run(tree.root, out)
    assert first == fingerprint(out)


def test_the_bytes_do_not_depend_on_who_does_the_work(tree, tmp_path):
    rich(tree)
    expected = fingerprint(run(tree.root, tmp_path / "inline").root)
    assert expected == fingerprint(run(tree.root, tmp_path / "one", workers=1).root)
    assert expected == fingerprint(run(tree.root, tmp_path / "three", workers=3).root)
    with ThreadPoolExecutor(4) as threads:
        assert expected == fingerprint(run(tree.root, tmp_path / "threads", executor=threads).root)


def test_the_bytes_do_not_depend_on_where_the_library_lies(tree, out):
    rich(tree)
    moved = tree.root.parent / "moved elsewhere"
    run(tree.root, out)
    tree.root.rename(moved)
    assert fingerprint(out) == fingerprint(run(moved, out.parent / "other").root)


def test_results_merge_in_tree_order_whatever_order_they_come_in(tree):
    rich(tree)
    found = plan(BuildOptions(tree.root, tree.root))
    library = build(BuildOptions(tree.root, tree.root), executor=Inline(), tree=found)
    assert library == merge(reversed(library.series), library.findings)
    assert [folder.place for folder in found.series] == [one.place for one in library.series]


def test_pictures_of_a_file_that_is_gone_go_too(tree):
    series = tree.slices("S", 4)
    run(tree.root)
    (tree.root / series / "2.dcm").unlink()
    made = run(tree.root)
    assert made.data(series) == ["4.dcm", "3.dcm", "1.dcm"]
    assert {"1.0.jpg", "3.0.jpg", "4.0.jpg", "middle-S.jpg"} == made.pictures(series)
    assert made.picture(f"{series}/preview.jpg").size == (96, 288)


def test_pictures_of_a_series_without_images_go_too(tree):
    series = tree.slices("S", 1)
    run(tree.root)
    (tree.root / series / "1.dcm").write_bytes(b"")
    made = run(tree.root)
    assert made.data(series) == []
    assert set() == made.pictures(series)
    assert made.names(series) == ["1.dcm", "dcm2jpgDCMresize", "dcm2jpgRaw", "dcm2jpgResize"]
    assert made.json("map.json") == {"data": []}
    assert made.json(f"{EXAMPLE}/description.json") == {"data": []}


def test_a_file_somebody_else_put_into_a_picture_folder_stays(tree):
    series = tree.slices("S", 1)
    for name in ("scan.dcm", "notes.txt", "photo.jpg"):
        tree.put(f"{series}/dcm2jpgRaw/{name}", b"mine")
    made = run(tree.root)
    assert {"scan.dcm", "notes.txt", "photo.jpg"} < made.pictures(series)


def test_what_a_killed_run_left_half_written_is_removed(tree):
    series = tree.slices("S", 1)
    for folder in (series, EXAMPLE, ".", f"{series}/dcm2jpgRaw"):
        tree.put(f"{folder}/.isocenter-123", b"half")
    made = run(tree.root)
    assert [path for path in made.files() if ".isocenter-" in path] == []
    assert made.findings() == []
