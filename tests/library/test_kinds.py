"""What comes of every kind of series, by age, by study and arranged: the table of docs/build.md."""

import re
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import NamedTuple

import pydicom
import pytest

from isocenter.library.arrange.job import arrange
from isocenter.library.arrange.options import ArrangeOptions
from library.trees import BORN, Tree, changed, run, sl

AXIAL, SAGITTAL = [1, 0, 0, 0, 1, 0], [0, 1, 0, 0, 0, -1]
SAME = {
    "StudyInstanceUID": "1.2.1",
    "SeriesInstanceUID": "1.2.1.1",
    "PatientID": "1CT1",
    "PatientName": "CompressedSamples^CT1",
}
DOCS = Path(__file__).parents[2] / "docs" / "build.md"


class Expected(NamedTuple):
    """Frames of each series, in their order; codes of what is found; Instance Numbers shown."""

    frames: list[int]
    codes: AbstractSet[str] = frozenset()
    order: list[int] | None = None


def echo(number, place, instance):
    """A slice of an echo; both have the same positions."""
    told = {"EchoNumbers": number, "SOPInstanceUID": f"1.2.{instance}", "InstanceNumber": instance}
    return sl(place, **told)


def stack(place, instance, orientation):
    told = {"SOPInstanceUID": f"1.2.{instance}", "InstanceNumber": instance}
    return sl(place, ImageOrientationPatient=orientation, **told)


def of_series(name, instance):
    """A file of the wheels as one more image of the series of ``sl``."""
    told = {"SOPInstanceUID": f"1.2.{instance}", "InstanceNumber": instance}
    return changed(name, **BORN, **SAME, **told)


KINDS = {
    "several series in one folder": (
        {"S/1": sl(1), "S/2": sl(2), "S/3": sl(1, series="2")},
        Expected([3], {"mixed-series"}),
        Expected([2, 1]),
    ),
    "one series over several folders": (
        {"A/1": sl(1), "A/2": sl(3), "B/1": sl(2)},
        Expected([2, 1]),
        Expected([3], order=[1, 2, 3]),
    ),
    "the same SOP Instance UID, same bytes": (
        {"S/1": sl(1), "S/2": sl(1), "S/3": sl(2)},
        Expected([3], {"duplicate-instance"}),
        Expected([2], {"duplicate-file"}),
    ),
    "the same SOP Instance UID, other bytes": (
        {"S/1": sl(1), "S/2": sl(1, PatientComments="other"), "S/3": sl(2)},
        Expected([3], {"duplicate-instance"}),
        Expected([3], {"duplicate-instance"}),
    ),
    "several stacks": (
        {
            "S/4": stack(10, 1, AXIAL),
            "S/3": stack(11, 2, AXIAL),
            "S/2": stack(50, 3, AXIAL),
            "S/1": stack(51, 4, AXIAL),
        },
        Expected([4], order=[1, 2, 3, 4]),
        Expected([4], order=[1, 2, 3, 4]),
    ),
    "several orientations": (
        {
            "S/4": stack(9, 1, AXIAL),
            "S/3": stack(3, 2, SAGITTAL),
            "S/2": stack(8, 3, AXIAL),
            "S/1": stack(4, 4, SAGITTAL),
        },
        Expected([4], order=[1, 2, 3, 4]),
        Expected([4], order=[1, 2, 3, 4]),
    ),
    "several echoes": (
        {"S/4": echo(1, 5, 1), "S/3": echo(1, 4, 2), "S/2": echo(2, 5, 3), "S/1": echo(2, 4, 4)},
        Expected([4], order=[1, 2, 3, 4]),
        Expected([4], order=[1, 2, 3, 4]),
    ),
    "a localizer": (
        {
            "A/1": sl(1, series="0", ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]),
            "B/1": sl(1),
        },
        Expected([1, 1]),
        Expected([1, 1]),
    ),
    "a multi-frame or enhanced file": (
        {"S/1": of_series("emri_small.dcm", 2), "S/2": of_series("liver_1frame.dcm", 3)},
        Expected([11]),
        Expected([11]),
    ),
    "colour": (
        {"S/1": of_series("SC_rgb_small_odd.dcm", 1)},
        Expected([1]),
        Expected([1]),
    ),
    "a mixed series, grey and colour": (
        {"S/1": sl(1), "S/2": of_series("SC_rgb_small_odd.dcm", 2)},
        Expected([2]),
        Expected([2]),
    ),
    "a cine": (
        {"S/1": of_series("examples_ybr_color.dcm", 1)},
        Expected([30]),
        Expected([30]),
    ),
    "a report, plan or presentation state": (
        {
            "S/1": sl(1),
            "T/2": changed("reportsi.dcm", **BORN),
            "U/3": changed("rtplan.dcm", **BORN),
        },
        Expected([1, 0, 0], {"no-image"}),
        Expected([1, 0, 0], {"no-image"}),
    ),
}
COLOURED = {"colour", "a mixed series, grey and colour", "a cine"}


def by_age(files, tmp_path):
    tree = Tree(tmp_path / "in")
    for path, content in files.items():
        tree.put(f"20-yr/06-mo/01-ex/{path}", content)
    return run(tree.root, tmp_path / "out"), []


def by_study(files, tmp_path):
    tree = Tree(tmp_path / "in")
    for path, content in files.items():
        tree.put(path, content)
    return run(tree.root, tmp_path / "out"), []


def arranged(files, tmp_path):
    tree = Tree(tmp_path / "in")
    for path, content in files.items():
        tree.put(path, content)
    found = arrange(ArrangeOptions(tree.root, tmp_path / "out"), workers=1)
    return run(tmp_path / "out"), [finding.code for finding in found.findings]


@pytest.mark.parametrize("way", [by_age, by_study, arranged])
@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_of_a_kind(tmp_path, kind, way):
    files, age, study = KINDS[kind]
    expected = age if way is by_age else study
    made, codes = way(files, tmp_path)
    series = made.library.series
    assert sorted(expected.frames) == sorted(one.frame_count for one in series)
    assert expected.codes == {one["code"] for one in made.findings()} | set(codes)
    if expected.order:
        (one,) = series
        shown = [pydicom.dcmread(made.root / image.path).InstanceNumber for image in one.images]
        assert expected.order == shown
    for one in series:
        if one.images:
            mode = "RGB" if kind in COLOURED else "L"
            assert mode == made.picture(f"{one.place.pictures}/preview.jpg").mode
            assert len(one.images) == int(
                made.entry(one.place.folder)["details"]["series"]["files"]
            )


def test_a_cine_keeps_its_rate_and_a_viewer_its_unique_keys(tmp_path):
    cine, _ = by_study(KINDS["a cine"][0], tmp_path / "cine")
    assert cine.library.series[0].frame_time == pytest.approx(33.333)
    two, _ = by_age(KINDS["one series over several folders"][0], tmp_path / "two")
    entries = two.json("20-yr/06-mo/01-ex/description.json")["data"]
    assert {"1.2.1.1", "1.2.1.1-2"} == {one["uid"]["value"] for one in entries}


def test_the_table_in_the_docs_has_every_kind():
    section = DOCS.read_text("utf-8").partition("## What comes of")[2].partition("\n## ")[0]
    assert list(KINDS) == re.findall(r"^\| (?!files|---)([^|]+?) \|", section, re.MULTILINE)
