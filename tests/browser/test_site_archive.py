"""The standard browser with what an archive holds: counts, values, marks, private attributes."""

import warnings

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from attributes.trees import put, scanned, slice_of
from isocenter.attributes.profile import Profile
from isocenter.attributes.site.job import pages, write_site

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
PATIENTS = 6


@pytest.fixture(scope="session")
def profile(tmp_path_factory):
    """Six patients; the first has three files, the last one scans in another way."""
    root = tmp_path_factory.mktemp("archive")
    files = {}
    for patient, number in [(1, 1), (1, 2), *((one, 0) for one in range(1, PATIENTS + 1))]:
        with warnings.catch_warnings(action="ignore"):  # pydicom's, about wrong values
            files[f"{patient}-{number}.dcm"] = slice_of(
                str(patient),
                number,
                SequenceName=HOSTILE[:16] if patient < PATIENTS else "quiet",
                BodyPartExamined="XSKULLX",
                StationName="STATION",
                SequenceVariant="NONE" if patient == 1 else None,
                EchoTime=str(patient),
            ).replace(b"XSKULLX", b"xskullx")
    put(root / "files", files)
    scanned(root / "profile", root / "files")
    return root / "profile"


@pytest.fixture(scope="session")
def site(trees, profile):
    with Profile(profile) as opened:
        write_site(trees / "archive", opened)
    return "archive/index.html"


@pytest.fixture
def archive(base, site, visit):
    return lambda hash_="", **options: visit(f"{base}/{site}{hash_}", **options)


@pytest.fixture
def served(http, site, visit):
    return lambda hash_="", **options: visit(f"{http}/{site}{hash_}", **options)


def detail(page):
    return page.locator("[data-detail]")


def rows(page, name):
    table = detail(page).get_by_role("region", name=name, exact=True)
    table.wait_for()
    return [
        [cell.inner_text() for cell in row.get_by_role("cell").all()]
        for row in table.locator("tbody tr").all()
    ]


def item(page, name):
    return page.locator("#tree").get_by_role("treeitem", name=name)


def test_values_have_their_counts(archive):
    page = archive("#mr-image/general-series/BodyPartExamined")
    assert rows(page, "Values") == [["xskullx", "8", "6", "6", "not valid for VR CS"]]
    assert rows(page, "Presence by context") == [
        ["MR Image Storage", "MR", "TOSHIBA_MEC", "MRT50H1", "8 of 8", "100 %", "6", "6"]
    ]


def test_a_value_that_is_markup_shows_as_typed(archive):
    page = archive("#SequenceName")
    assert rows(page, "Values")[0][:4] == [HOSTILE[:16], "7", "5", "5"]
    expect(detail(page)).to_contain_text("Withheld: 1 value in 1 file, of fewer than 5 patients.")
    expect(detail(page)).not_to_contain_text("quiet")
    assert page.locator("img").count() == 0


def test_what_the_table_lists_is_counted_without_a_value(served):
    page = served("#StationName")
    expect(detail(page)).to_contain_text("PS3.15 table E.1-1 lists the attribute")
    expect(detail(page)).not_to_contain_text("STATION")


def test_numbers_are_told_as_ranges(served):
    page = served("#mr-image/mr-image/EchoTime")
    (told,) = rows(page, "Numbers")
    assert (told[0], told[1], told[2], told[-1]) == ("DS", "8", "1", "6")


def test_rows_of_the_tree_tell_in_how_many_files_there_is_a_value(served):
    page = served("#mr-image/mr-image/SequenceVariant")
    expect(item(page, "MR Image").first.locator("> .row")).to_contain_text("8 files")
    expect(item(page, "Sequence Variant").locator(".figure")).to_have_text("38 %")
    page.evaluate("location.hash = 'mr-image/general-series/BodyPartExamined'")
    expect(item(page, "Body Part Examined").locator(".badge")).to_have_text("!")


def test_an_iod_and_a_module_tell_their_coverage(served):
    page = served("#mr-image")
    assert rows(page, "Files by context")[0][4:] == ["8", "6", "6"]
    page.evaluate("location.hash = 'mr-image/patient'")
    types = {row[0]: row[1:] for row in rows(page, "Attributes by Type")}
    assert types["2"] == ["4", "4", "3 (75 %)"]  # the birth date is empty


def test_the_first_view_tells_the_whole(served):
    page = served()
    expect(detail(page)).to_contain_text("The archive")
    assert [row[0] for row in rows(page, "Coverage")][:2] == ["dictionary", "reachable"]


def test_only_what_the_archive_holds_may_be_shown(served):
    page = served()
    expect(item(page, "CT Image").first).to_be_visible()
    page.get_by_label("Only what the archive holds").check()
    expect(item(page, "CT Image")).to_have_count(0)
    expect(item(page, "MR Image").first).to_be_visible()


def test_attributes_of_no_module_are_a_part_of_their_own(served):
    page = served("#mr-image/other")
    other = item(page, "In no module")
    other.click()
    place = item(page, "MediaStorageSOPClassUID")
    expect(place).to_contain_text("100 %")
    place.click()
    expect(detail(page)).to_contain_text("8, with a value 8")


def test_where_else_a_tag_occurs_is_told(served):
    page = served("#ReferencedSOPClassUID")
    expect(detail(page)).to_contain_text("No file has it here.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("hash_", ["", "#mr-image/general-series/BodyPartExamined", "#mr-image"])
def test_axe_finds_nothing(served, hash_, scheme):
    page = served(hash_, color_scheme=scheme)
    page.wait_for_load_state("networkidle")
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


def test_a_phone_needs_no_sideways_scrolling(served):
    page = served("#mr-image/general-series/BodyPartExamined", **PHONE)
    rows(page, "Values")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_same_profile_gives_the_same_bytes(profile):
    with Profile(profile) as first, Profile(profile) as second:
        assert [*pages(first)] == [*pages(second)]


def test_an_older_site_leaves_no_data_behind(trees, profile):
    with Profile(profile) as opened:
        write_site(trees / "again", opened)
    write_site(trees / "again")
    assert [path.name for path in (trees / "again/data").rglob("*.js")] == ["standard.js"]
