"""``arrange``: any tree in, a tree by age out; nothing dropped, nothing renumbered."""

import json
import random
import shutil
import unicodedata
import zipfile
from collections import Counter

import numpy as np
import pydicom
import pytest

from isocenter.errors import UsageError
from isocenter.files.names import folded
from isocenter.files.reading import dcmread
from isocenter.library import layout
from isocenter.library.arrange import placing
from isocenter.library.arrange.job import arrange
from isocenter.library.arrange.model import Said
from isocenter.library.arrange.naming import series_name
from isocenter.library.arrange.options import ArrangeOptions, Transcode, Transfer
from isocenter.pixels import Frames
from library.trees import BORN, Tree, changed, fingerprint, run, sl, state
from support.files import SHARED, shared_files, wheel_file

LINK, COPY, MOVE = Transfer
AT_20 = "20-yr/06-mo"


def made(source, output, transfer=LINK, transcode=Transcode.NONE, workers=1):
    return arrange(ArrangeOptions(source, output, transfer, transcode), workers=workers)


def instances(root):
    """Path > SOP Instance UID of every instance in a tree."""
    return {
        path.relative_to(root).as_posix(): str(dcmread(path, force=True).get("SOPInstanceUID"))
        for path in sorted(root.rglob("*.dcm"))
    }


def folders(root):
    return {path.rpartition("/")[0] for path in instances(root)}


def codes(result, path=None):
    return sorted(one.code for one in result.findings if path in {None, one.path})


# --- where things go --------------------------------------------------------------------------


def test_a_tree_by_age(tree, out):
    tree.put("any/where/a", sl(1))
    tree.put("b.IMA", sl(2))
    result = made(tree.root, out)
    assert {
        f"{AT_20}/01-ex/CT-001-T1_AX/1.2.1.1.{n}.dcm": f"1.2.1.1.{n}" for n in (1, 2)
    } == instances(out)
    assert (result.instances, result.new, result.studies, result.series) == (2, 2, 1, 1)
    assert codes(result) == []


def test_several_series_in_one_folder_and_one_series_over_several(tree, out):
    for name, content in {"x/1": sl(1), "y/2": sl(2), "x/3": sl(3, series="2")}.items():
        tree.put(name, content)
    made(tree.root, out)
    assert Counter(path.split("/")[3] for path in instances(out)) == {
        "CT-001-T1_AX": 2,
        "CT-002-T1_AX": 1,
    }


def test_studies_are_numbered_by_date_and_uid_not_by_the_directory(tree, out, tmp_path):
    days = {"5": "20200718", "10": "20200716", "9": "20200716", "1": "20200801"}
    names = [*days]
    random.Random(3).shuffle(names)  # noqa: S311 - the same order on every run
    for place, study in enumerate(names):
        tree.put(f"{place}/a", sl(1, study, StudyDate=days[study]))
    made(tree.root, out)
    numbered = [uid for path, uid in sorted(instances(out).items())]
    assert numbered == ["1.2.9.1.1", "1.2.10.1.1", "1.2.5.1.1", "1.2.1.1.1"]
    again = Tree(tmp_path / "again")
    for place, study in enumerate(reversed(names)):
        again.put(f"{place}/a", sl(1, study, StudyDate=days[study]))
    made(again.root, tmp_path / "other")
    assert instances(out) == instances(tmp_path / "other")


def test_a_new_study_never_renumbers_an_old_one(tree, out):
    tree.put("b", sl(1, "5"))
    made(tree.root, out)
    before = instances(out)
    tree.put("a", sl(1, "3", StudyDate="20200710"))
    tree.put("c", sl(2, "5", series="1"))
    tree.put("d", sl(1, "5", series="0"))
    result = made(tree.root, out)
    assert before.items() < instances(out).items()
    assert folders(out) == {
        f"{AT_20}/01-ex/CT-001-T1_AX",
        f"{AT_20}/01-ex/CT-000-T1_AX",
        f"{AT_20}/02-ex/CT-001-T1_AX",
    }
    assert result.new == 3


def test_ages_that_are_unknown_or_contradict_are_kept_apart(tree, out):
    tree.put("a", sl(1, "1", PatientBirthDate=""))
    tree.put("b", sl(1, "2", PatientAge="050Y"))
    tree.put("c", sl(1, "3", PatientBirthDate="19000101"))
    tree.put("d", sl(1, "4"))
    tree.put("e", sl(2, "4", PatientID="somebody else"))
    tree.put("f", sl(1, "5"))
    result = made(tree.root, out)
    assert {path.rpartition("/")[0] for path in folders(out)} == {
        "unknown/no-age/0001-ex",
        "unknown/contradiction/0001-ex",
        "unknown/over-99-years/0001-ex",
        "unknown/mixed-patients/0001-ex",
        f"{AT_20}/01-ex",
    }
    assert [codes(result, name) for name in "abcdf"] == [
        ["age-unknown"],
        ["age-contradicts"],
        ["no-place"],
        ["mixed-patients"],
        [],
    ]
    built = run(out)
    assert built.json("map.json") == {"data": [f"./{AT_20}/01-ex"]}
    assert built.codes("unknown") == [("warning", "outside-layout")]


def test_more_than_99_examples_in_a_month(tree, out):
    for n in range(101):
        tree.put(f"{n}", sl(1, str(n)))
    result = made(tree.root, out)
    places = {folder.rpartition("/")[0] for folder in folders(out)}
    assert places == {f"{AT_20}/{n:02d}-ex" for n in range(1, 100)} | {
        "unknown/over-99-examples/0001-ex",
        "unknown/over-99-examples/0002-ex",
    }
    assert codes(result) == ["no-place"] * 2


def test_without_uids_a_folder_is_a_series_and_that_is_said(tree, out):
    gone = dict.fromkeys(["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"])
    for name in ("x/a.dcm", "x/b.dcm", "y/a.dcm"):
        tree.put(name, sl(1, **gone))
    result = made(tree.root, out)
    assert {f"{AT_20}/01-ex/CT-001-T1_AX", f"{AT_20}/02-ex/CT-001-T1_AX"} == folders(out)
    assert len(instances(out)) == 3
    assert codes(result) == ["no-uid"] * 3


def test_what_is_no_instance_stays_and_is_named(tree, out):
    tree.put("README", b"text")
    tree.put("bad.dcm", b"junk" * 50)
    tree.put("empty.dcm", b"")
    tree.put("DICOMDIR", wheel_file("DICOMDIR").read_bytes())
    tree.put("sr", changed("reportsi.dcm"))
    result = made(tree.root, out)
    assert len(instances(out)) == 1
    named = {one.path: (str(one.level), one.code) for one in result.findings if one.path != "sr"}
    assert named == {
        "README": ("note", "not-dicom"),
        "bad.dcm": ("error", "not-dicom"),
        "empty.dcm": ("error", "empty-file"),
        "DICOMDIR": ("note", "no-image"),
    }


# --- what a series may hold -------------------------------------------------------------------


def test_echoes_and_stacks_of_one_series_stay_one_folder(tree, out):
    for echo in (1, 2):
        for n in (1, 2, 3):
            position = {"SOPInstanceUID": f"1.2.3.{echo}.{n}", "EchoNumbers": echo}
            tree.put(f"{echo}-{n}", sl(n, InstanceNumber=10 * echo + n, **position))
    tree.put("sagittal", sl(9, ImageOrientationPatient=[0, 1, 0, 0, 0, -1]))
    made(tree.root, out)
    (folder,) = folders(out)
    assert len(run(out).data(folder)) == 7


@pytest.mark.parametrize(
    ("name", "frames"),
    [
        ("emri_small.dcm", 10),
        ("eCT_Supplemental.dcm", 2),
        ("SC_rgb_small_odd.dcm", 1),
        ("examples_ybr_color.dcm", 30),
        ("liver_1frame.dcm", 1),
    ],
)
def test_multi_frame_enhanced_colour_and_cine_are_one_file_each(tree, out, name, frames):
    content = changed(name, **BORN)
    tree.put("a", content)
    made(tree.root, out)
    (path,) = instances(out)
    assert (out / path).read_bytes() == content
    assert run(out).library.series[0].frame_count == frames


def test_a_localizer_is_a_series_as_any_other(tree, out):
    tree.put("a", sl(1))
    kind = {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"], "SeriesDescription": "SCOUT"}
    tree.put("b", sl(1, series="0", **kind))
    made(tree.root, out)
    assert {"CT-000-SCOUT", "CT-001-T1_AX"} == {path.split("/")[-1] for path in folders(out)}


# --- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Said(modality="MR", series_number="4", series_description="T1 AX"), "MR-004-T1_AX"),
        (Said(modality="MR", series_number="1234"), "MR-1234"),
        (Said(series_description="a/b\\c:d"), "a_b_c_d"),
        (Said(series_description=".."), "__"),
        (Said(series_description="CON"), "_CON"),
        (Said(series_number="x"), "series"),
        (Said(), "series"),
        (Said(modality="CT", series_description="x" * 500), "CT-" + "x" * 64),
        (Said(series_description=unicodedata.normalize("NFD", "Größe")), "Größe"),
        (Said(series_description="<img src=x>\x1b\u202e"), "_img_src=x_"),
    ],
)
def test_a_series_folder_is_named_from_what_is_known(said, expected):
    assert series_name(said) == expected


def test_names_that_some_file_system_takes_for_one(tree, out):
    names = ["Größe", unicodedata.normalize("NFD", "Größe"), "GRÖSSE", "größe"]
    for n, name in enumerate(names):
        described = {"SeriesDescription": name, "SpecificCharacterSet": "ISO_IR 192"}
        tree.put(f"{n}", sl(1, series=f"{n}", SeriesNumber=None, **described))
    made(tree.root, out)
    found = [path.rpartition("/")[2] for path in folders(out)]
    assert len(found) == len({folded(name) for name in found}) == 4


def test_hostile_uids_stay_inside(tree, out):
    for n, uid in enumerate(["../../../escape", "a/b", "..", "CON", "x" * 64]):
        tree.put(f"{n}", sl(1).replace(b"1.2.1.1.1\0", (uid + "\0" * 9)[:10].encode()))
    made(tree.root, out)
    assert len([*out.parent.rglob("*.dcm")]) == len(instances(out)) == 5


# --- duplicates ---------------------------------------------------------------------------------


@pytest.mark.parametrize("transfer", [LINK, COPY])
def test_the_same_bytes_twice_are_kept_once(tree, out, transfer):
    tree.put("a", sl(1))
    tree.put("b/c", sl(1))
    for _ in range(2):
        result = made(tree.root, out, transfer)
        assert len(instances(out)) == 1
        assert codes(result, "b/c") == ["duplicate-file"]


def test_one_uid_and_other_bytes_are_both_kept(tree, out):
    tree.put("a", sl(1))
    tree.put("b", sl(1, PatientName="Other"))
    for _ in range(2):
        result = made(tree.root, out)
        assert [path.rpartition("/")[2] for path in instances(out)] == [
            "1.2.1.1.1.dcm",
            "1.2.1.1.1~2.dcm",
        ]
        assert codes(result) == ["duplicate-instance"]


def test_a_duplicate_that_comes_later_does_not_take_the_name(tree, out):
    tree.put("b", sl(1))
    made(tree.root, out)
    before = fingerprint(out / AT_20)
    tree.put("a", sl(1, PatientName="Other"))
    made(tree.root, out)
    assert before.items() < fingerprint(out / AT_20).items()


def test_one_uid_in_two_series_is_kept_in_both(tree, out):
    tree.put("a", sl(1))
    tree.put("b", sl(1, series="2", SOPInstanceUID="1.2.1.1.1"))
    assert codes(made(tree.root, out)) == ["shared-uid"]
    assert len(instances(out)) == 2


def test_a_duplicate_whose_twin_changed_gets_a_place(tree, out):
    first, second = tree.put("a", sl(1)), tree.put("b", sl(1))
    made(tree.root, out)
    first.unlink()
    tree.put("a", sl(1, PatientName="Other^Longer"))
    made(tree.root, out)
    contents = {path.read_bytes() for path in out.rglob("*.dcm")}
    assert contents == {first.read_bytes(), second.read_bytes()}


# --- a second run -------------------------------------------------------------------------------


@pytest.mark.parametrize("transfer", [LINK, COPY])
def test_a_second_run_changes_nothing_and_reads_nothing(tree, out, transfer, monkeypatch):
    for n in range(3):
        tree.put(f"{n}", sl(n))
    tree.put("4", b"")
    first = made(tree.root, out, transfer)
    before = state(out)

    def reads(*_):
        raise AssertionError("a file was opened")

    monkeypatch.setattr("isocenter.files.sources.header_or_finding", reads)
    second = made(tree.root, out, transfer)
    assert (second.findings, second.new) == (first.findings, 0)
    after = state(out)
    for name in (".", layout.FINDINGS):  # written again, with the same content
        assert before.pop(name)[2] == after.pop(name)[2]
    assert before == after


def test_a_removed_source_is_reported_and_its_file_stays(tree, out):
    tree.put("a", sl(1))
    gone = tree.put("b", sl(2))
    made(tree.root, out)
    gone.unlink()
    for _ in range(2):
        result = made(tree.root, out)
        assert [(one.code, one.path) for one in result.findings] == [
            ("source-removed", f"{AT_20}/01-ex/CT-001-T1_AX/1.2.1.1.2.dcm")
        ]
        assert len(instances(out)) == 2
    tree.put("elsewhere", sl(2))
    assert codes(made(tree.root, out)) == []
    assert len(instances(out)) == 2


def test_a_changed_source_replaces_its_file(tree, out):
    path = tree.put("a", sl(1))
    made(tree.root, out, COPY)
    path.write_bytes(sl(1, PatientName="Changed^Name"))
    assert made(tree.root, out, COPY).new == 1
    (target,) = out.rglob("*.dcm")
    assert target.read_bytes() == path.read_bytes()


def test_a_file_that_is_missing_from_the_tree_comes_back(tree, out):
    tree.put("a", sl(1))
    made(tree.root, out)
    expected = fingerprint(out)
    next(out.rglob("*.dcm")).unlink()
    made(tree.root, out)
    assert expected == fingerprint(out)


def test_a_second_source_joins_the_tree(tree, out, tmp_path):
    tree.put("a", sl(1))
    made(tree.root, out)
    other = Tree(tmp_path / "other")
    other.put("a", sl(1))
    other.put("b", sl(2))
    result = made(other.root, out)
    assert codes(result) == ["duplicate-file"]
    assert len(instances(out)) == 2
    assert codes(made(tree.root, out)) == []


def test_a_file_of_somebody_else_is_not_replaced(tree, out):
    tree.put("a", sl(1))
    made(tree.root, out)
    mine = out / AT_20 / "01-ex/CT-001-T1_AX/1.2.1.1.2.dcm"
    mine.write_bytes(b"mine")
    tree.put("b", sl(2))
    for _ in range(2):
        assert codes(made(tree.root, out)) == ["name-taken"]
        assert mine.read_bytes() == b"mine"


def test_a_tree_without_its_record_is_refused(tree, out):
    tree.put("a", sl(1))
    made(tree.root, out)
    (out / layout.ARRANGED).unlink()
    with pytest.raises(UsageError, match=r"without arranged\.json"):
        made(tree.root, out)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"version":2}', b"\xff"])
def test_a_record_that_cannot_be_read_is_refused(tree, out, content):
    tree.put("a", sl(1))
    out.mkdir()
    (out / layout.ARRANGED).write_bytes(content)
    with pytest.raises(UsageError, match="no record"):
        made(tree.root, out)
    assert [path.name for path in out.iterdir()] == [layout.ARRANGED]


def test_the_record_names_no_path_of_the_machine(tree, out):
    tree.put("a", sl(1))
    made(tree.root, out)
    assert str(tree.root.parent) not in (out / layout.ARRANGED).read_text()


def test_workers_make_no_difference(tree, out, tmp_path, monkeypatch):
    monkeypatch.setattr("isocenter.library.arrange.survey._WORTH_WORKERS", 0)
    for n in range(20):
        tree.put(f"{n}", sl(n % 7, str(n % 4), str(n % 3)))
    made(tree.root, out, workers=2)
    made(tree.root, tmp_path / "one", workers=1)
    assert fingerprint(out) == fingerprint(tmp_path / "one")


# --- links, copies, moves -----------------------------------------------------------------------


def test_a_link_is_the_file_and_a_copy_is_not(tree, out, tmp_path):
    source = tree.put("a", sl(1))
    made(tree.root, out)
    made(tree.root, tmp_path / "copied", COPY)
    assert next(out.rglob("*.dcm")).samefile(source)
    assert not next((tmp_path / "copied").rglob("*.dcm")).samefile(source)


def test_across_file_systems_a_link_is_symbolic_and_a_move_a_copy(tree, out, monkeypatch):
    def other_device(*_):
        raise OSError(18, "Invalid cross-device link")

    source = tree.put("a", sl(1))
    content = source.read_bytes()
    monkeypatch.setattr("os.link", other_device)
    made(tree.root, out)
    (target,) = out.rglob("*.dcm")
    assert target.is_symlink()
    made(tree.root, out, MOVE)
    assert not target.is_symlink()
    assert target.read_bytes() == content
    assert not source.exists()


def test_a_move_leaves_what_has_no_place_and_duplicates(tree, out):
    for name, content in {"a": sl(1), "b": sl(1), "c": sl(2), "README": b"text"}.items():
        tree.put(name, content)
    before = set(fingerprint(tree.root).values())
    for _ in range(2):
        result = made(tree.root, out, MOVE)
        assert {"README", "b"} == {*fingerprint(tree.root)}
        assert before <= {*fingerprint(tree.root).values(), *fingerprint(out).values()}
        assert codes(result) == ["duplicate-file", "not-dicom"]


@pytest.mark.parametrize("moment", range(6))
@pytest.mark.parametrize("across", [False, True])
def test_a_move_that_is_killed_loses_nothing_and_is_finished_by_the_next(  # noqa: PLR0917 - fixtures
    tree, out, tmp_path, monkeypatch, moment, across
):
    for n in range(3):
        tree.put(f"{n}", sl(n))
    contents = set(fingerprint(tree.root).values())
    shutil.copytree(tree.root, tmp_path / "copy")
    made(tree.root, tmp_path / "expected", COPY)
    steps = iter(range(100))

    def killed(*_):
        if next(steps) == moment:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        original = placing._Work.link_or_copy
        if across:
            patch.setattr("os.link", lambda *_: (_ for _ in ()).throw(OSError(18)))
        patch.setattr(placing, "_flush", killed)
        patch.setattr(placing._Work, "link_or_copy", lambda *args: (killed(), original(*args))[1])
        with pytest.raises(KeyboardInterrupt):
            made(tree.root, out, MOVE)
    there = {*fingerprint(tree.root).values(), *fingerprint(out).values()}
    assert contents <= there
    assert codes(made(tree.root, out, MOVE)) == []
    assert fingerprint(tree.root) == {}
    assert fingerprint(tmp_path / "expected" / AT_20) == fingerprint(out / AT_20)


def test_a_copy_that_went_wrong_is_no_reason_to_remove_the_source(tree, out, monkeypatch):
    source = tree.put("a", sl(1))
    content = source.read_bytes()
    monkeypatch.setattr(
        placing._Work, "link_or_copy", lambda self, _, name: self.target.write(name, b"half")
    )
    assert codes(made(tree.root, out, MOVE)) == ["not-written"]
    assert source.read_bytes() == content


def test_what_links_lead_to_is_not_removed(tree, out, tmp_path):
    outside = Tree(tmp_path / "outside")
    outside.put("a", sl(1))
    outside.put("b", sl(2))
    tree.root.mkdir()
    (tree.root / "folder").symlink_to(outside.root)
    result = made(tree.root, out, MOVE)
    assert codes(result) == ["not-moved"] * 2
    assert len(instances(out)) == len(fingerprint(outside.root)) == 2


# --- archives and File-sets ---------------------------------------------------------------------


def archive(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made_:
        for name, content in members.items():
            made_.writestr(name, content)
    return path


def test_a_zip_is_read_and_its_members_are_copied(out, tmp_path):
    members = {"x/a.dcm": sl(1), "../../b": sl(2), "/c": sl(3), "README": b"text", "d.dcm": b""}
    source = archive(tmp_path / "all.zip", members)
    for _ in range(2):
        result = made(source, out)
        assert len(instances(out)) == 3
        assert codes(result) == ["empty-file", "not-dicom"]
    assert result.new == 0
    contents = {path.read_bytes() for path in out.rglob("*.dcm")}
    assert contents == {sl(1), sl(2), sl(3)}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.zip", "out"]


def test_a_zip_without_prefix_duplicates_and_transcoding(out, tmp_path):
    members = {
        "bare": changed("ExplVR_BigEndNoMeta.dcm"),
        "a": sl(1),
        "b": sl(1),
        "jls": changed("MR_small_jpeg_ls_lossless.dcm"),
    }
    result = made(archive(tmp_path / "all.zip", members), out, transcode=Transcode.EXPLICIT)
    assert "duplicate-file" in codes(result, "b")
    assert len(instances(out)) == 3


def test_a_damaged_member_is_an_error_and_the_others_go_on(out, tmp_path):
    source = archive(tmp_path / "all.zip", {"a": sl(1), "b": sl(2)})
    content = bytearray(source.read_bytes())
    content[2000] ^= 0xFF
    source.write_bytes(content)
    result = made(source, out)
    assert [str(one.level) for one in result.findings] == ["error"]
    assert instances(out) == {f"{AT_20}/01-ex/CT-001-T1_AX/1.2.1.1.2.dcm": "1.2.1.1.2"}


def test_nothing_is_moved_out_of_a_zip_or_a_file_set(tree, out, tmp_path):
    source = archive(tmp_path / "all.zip", {"a": sl(1)})
    for path in (source, tree.put("a", sl(1))):
        with pytest.raises(UsageError, match="moved out of a folder only"):
            made(path, out, MOVE)


def test_a_dicomdir_is_read(out):
    source = wheel_file("DICOMDIR")
    result = made(source, out, COPY)
    assert result.instances == len(instances(out)) > 20


# --- transcoding --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["MR_small_jpeg_ls_lossless.dcm", "image_dfl.dcm", "JPEGLSNearLossless_16.dcm"],
)
def test_what_the_viewer_cannot_decode_is_written_so_that_it_can(tree, out, name):
    tree.put("a", changed(name))
    for _ in range(2):
        made(tree.root, out, transcode=Transcode.EXPLICIT)
        (path,) = out.rglob("*.dcm")
        before, after = (pydicom.dcmread(one) for one in (tree.root / "a", path))
        assert after.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
        assert (
            before.SOPInstanceUID
            == after.SOPInstanceUID
            == after.file_meta.MediaStorageSOPInstanceUID
        )
        expected = Frames(dcmread(tree.root / "a"))[0].values
        assert np.array_equal(expected, after.pixel_array)
        assert before.get("LossyImageCompression") == after.get("LossyImageCompression")
        changed_tags = {
            e.tag for e in before if e.tag not in after or after[e.tag].value != e.value
        }
        assert {str(pydicom.datadict.keyword_for_tag(tag)) for tag in changed_tags} <= {"PixelData"}


@pytest.mark.parametrize("name", ["MR_small_RLE.dcm", "examples_palette.dcm", "JPEG2000.dcm"])
def test_everything_else_keeps_its_bytes(tree, out, name):
    source = tree.put("a", changed(name))
    made(tree.root, out, transcode=Transcode.EXPLICIT)
    assert next(out.rglob("*.dcm")).samefile(source)


def test_what_cannot_be_transcoded_keeps_its_bytes_and_is_named(tree, out):
    content = changed("MR_small_jpeg_ls_lossless.dcm")
    source = tree.put("a", content[:-900] + bytes(900))
    result = made(tree.root, out, transcode=Transcode.EXPLICIT)
    assert "not-transcoded" in codes(result)
    assert next(out.rglob("*.dcm")).samefile(source)


def test_a_file_that_was_transcoded_is_not_moved(tree, out):
    source = tree.put("a", changed("image_dfl.dcm"))
    assert "not-moved" in codes(made(tree.root, out, MOVE, Transcode.EXPLICIT))
    assert source.exists()


def test_another_way_places_everything_anew(tree, out):
    source = tree.put("a", changed("image_dfl.dcm"))
    made(tree.root, out, transcode=Transcode.EXPLICIT)
    assert not next(out.rglob("*.dcm")).samefile(source)
    made(tree.root, out)
    assert next(out.rglob("*.dcm")).samefile(source)


# --- real files ---------------------------------------------------------------------------------


@pytest.mark.skipif(not shared_files(), reason="../shared/data is not there")
def test_every_file_of_the_shared_data_is_placed_or_named(out):
    result = made(SHARED, out)
    record = json.loads((out / layout.ARRANGED).read_text())
    (source,) = record["sources"].values()
    files = {path.relative_to(SHARED).as_posix() for path in SHARED.rglob("*") if path.is_file()}
    assert files == set(source["files"])
    placed = {name: values[6] for name, values in source["files"].items() if values[6]}
    named = {one.path for one in result.findings}
    assert set() == files - set(placed) - named
    for name, target in placed.items():
        assert (SHARED / name).samefile(out / target) or (
            (SHARED / name).read_bytes() == (out / target).read_bytes()
        )
    assert {"unexpected", "not-written", "name-taken"} & set(codes(result)) == set()
