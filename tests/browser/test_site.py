"""The standard browser: from the disk and from a server, by mouse, keys and with dropped files."""

import base64
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from isocenter import Dataset, FileMetaDataset
from isocenter.attributes.site.job import pages, write_site
from isocenter.files.writing import dcmwrite
from support.files import wheel_file

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
CT = "1.2.840.10008.5.1.4.1.1.2"


@pytest.fixture(scope="session")
def plain(trees):
    """The site without an archive, beside the other trees."""
    write_site(trees / "standard")
    return "standard/index.html"


@pytest.fixture
def standard(base, plain, visit):
    """Opens the plain site at an address of its own."""
    return lambda hash_="", **options: visit(f"{base}/{plain}{hash_}", **options)


@pytest.fixture
def served(http, plain, visit):
    """The same from the server only, where the way there makes no difference."""
    return lambda hash_="", **options: visit(f"{http}/{plain}{hash_}", **options)


def axe(page):
    found = Axe().run(page).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


def title(page):
    return page.locator("[data-detail] h2")


def item(page, name, tree="#tree"):
    return page.locator(tree).get_by_role("treeitem", name=name)


def broken_file():
    """A CT image with a hostile name, a wrong nested value, a wrong VR, and much missing."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = CT, "1.2.3"
    ds.PatientName = HOSTILE
    ds.Modality = "CT"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.4", ""
    ds.add_new(0x00080064, "LO", "another VR")
    request = Dataset()
    request.add_new(0x00401001, "SH", "R-1")
    request.add_new(0x00400020, "CS", "LOWER CASE")
    ds.RequestAttributesSequence = [request]
    ds.add_new(0x00090010, "LO", HOSTILE)
    ds.add_new(0x00091001, "LO", HOSTILE)
    ds.add_new(0x0009FF01, "LO", "nobody's")
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    stream = BytesIO()
    dcmwrite(stream, ds, enforce_file_format=True)
    return stream.getvalue().replace(b"LOWER CASE", b"lower case")


@pytest.fixture(scope="session")
def broken(tmp_path_factory):
    path = tmp_path_factory.mktemp("dropped") / "broken.dcm"
    path.write_bytes(broken_file())
    return path


def drop(page, name, content):
    """What the browser does when somebody drops a file on the page."""
    page.evaluate(
        """([name, text]) => {
          const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([bytes], name));
          for (const kind of ["dragover", "drop"]) {
            document.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
          }
        }""",
        [name, base64.b64encode(content).decode()],
    )


# ---- Search


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("00100010", "Patient's Name"),
        ("(0010,0010)", "Patient's Name"),
        ("PatientName", "Patient's Name"),
        ("patient's name", "Patient's Name"),
        ("Modality", "Modality"),
        ("ct image", "CT Image"),
        ("series desc", "Series Description"),
        ("60xx3000", "Overlay Data"),
        ("general equipment", "General Equipment"),
    ],
)
def test_tag_keyword_and_name_find(served, typed, first):
    page = served()
    page.get_by_role("combobox").fill(typed)
    option = page.get_by_role("option").first
    expect(option).to_contain_text(first)
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(title(page)).to_have_text(first)


def test_exact_comes_before_what_begins_so_before_what_contains_it(served):
    page = served()
    page.get_by_role("combobox").fill("studydate")
    names = page.get_by_role("option").locator(".keyword").all_text_contents()
    ranks = [0 if n == "StudyDate" else 1 if n.startswith("StudyDate") else 2 for n in names]
    assert names[0] == "StudyDate"
    assert ranks == sorted(ranks)


def test_every_attribute_is_found_by_its_keyword(served):
    page = served()
    missed = page.evaluate(
        """isocenter.standard.attributes.filter(({ keyword, id }) => {
          const wanted = keyword || id;
          const { found } = isocenter.search.find(wanted);
          return !found.some(({ row }) => row && row.id === id);
        }).map(({ id }) => id)"""
    )
    assert missed == []


def test_arrows_choose_and_escape_leaves(served):
    page = served()
    page.keyboard.press("/")
    page.keyboard.type("patient")
    page.keyboard.press("ArrowDown")
    second = page.get_by_role("option").nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("combobox")).to_have_attribute(
        "aria-activedescendant", second.get_attribute("id")
    )
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_what_is_nowhere_is_said(served):
    page = served()
    page.get_by_role("combobox").fill("no such thing")
    expect(page.get_by_role("search").get_by_role("status")).to_have_text("Nothing found")


def test_a_path_may_be_typed(served):
    page = served()
    page.get_by_role("combobox").fill("00400275.00401001")
    page.keyboard.press("Enter")
    expect(title(page)).to_have_text("Requested Procedure ID")


# ---- The tree


def test_iod_module_and_nested_attribute_open_by_mouse(standard):
    page = standard()
    item(page, "CT Image").first.click()
    item(page, "General Study Study").click()
    item(page, "Referenced Study Sequence").click()
    item(page, "Referenced SOP Class UID").click()
    expect(title(page)).to_have_text("Referenced SOP Class UID")
    expect(page.locator("[data-detail]")).to_contain_text("required, with a value")
    expect(page).to_have_url(
        page.url.split("#")[0]
        + "#ct-image/general-study/ReferencedStudySequence.ReferencedSOPClassUID"
    )


def test_the_keyboard_is_enough(standard):
    page = standard()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('role')") == "treeitem":
            break
    page.keyboard.type("ct im")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(title(page)).to_have_text("Clinical Trial Sponsor Name")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(item(page, "Clinical Trial Subject").first).to_have_attribute("aria-expanded", "false")


def test_a_content_sequence_opens_to_any_depth(served):
    sequences = ".".join(["ContentSequence"] * 6)
    page = served(f"#comprehensive-sr/sr-document-content/{sequences}.ValueType")
    expect(title(page)).to_have_text("Value Type")
    expect(page.locator("[aria-selected=true][role=treeitem]")).to_have_attribute("aria-level", "9")


def test_every_iod_and_every_module_opens(served):
    page = served()
    empty = page.evaluate(
        """isocenter.nodes.roots.flatMap((root) => root.children()
          .filter((module) => module.module.attributes !== null && !module.children().length)
          .map((module) => module.hash))"""
    )
    assert empty == []


def test_a_retired_attribute_says_so_with_the_edition(served):
    page = served("#StudyComments")
    expect(page.locator("[data-detail]")).to_contain_text("Retired, as of edition 2024c")


# ---- Addresses


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("#00100010", "Patient's Name"),
        ("#(0010,0010)", "Patient's Name"),
        ("#PatientName", "Patient's Name"),
        ("#RequestAttributesSequence.ScheduledProcedureStepID", "Scheduled Procedure Step ID"),
        ("#00400275.00400009", "Scheduled Procedure Step ID"),
        ("#mr-image", "MR Image"),
        ("#mr-image/general-series", "General Series"),
        ("#mr-image/general-series/00080060", "Modality"),
        ("#mr-image/general-series/RequestAttributesSequence.00401001", "Requested Procedure ID"),
        ("#60023000", "Overlay Data"),
        ("#module/basic-film-box-presentation", "Basic Film Box Presentation"),
        ("#no-such-thing", "Nothing of that name"),
        (f"#{HOSTILE}", "Nothing of that name"),
        ("#%E0%A4%A", "Nothing of that name"),
    ],
)
def test_an_address_leads_to_its_place(served, address, expected):
    page = served(address)
    expect(title(page)).to_have_text(expected)
    assert page.locator("img").count() == 0


def test_where_an_attribute_is_listed_leads_there(served):
    page = served("#KVP")
    page.locator("[data-detail]").get_by_role("link", name="CT Image", exact=True).first.click()
    expect(page.locator("[data-detail]")).to_contain_text("Type in this place")
    expect(title(page)).to_have_text("KVP")


def test_the_way_back_leads_back(served):
    page = served("#PatientName")
    page.evaluate("location.hash = 'Modality'")
    expect(title(page)).to_have_text("Modality")
    page.go_back()
    expect(title(page)).to_have_text("Patient's Name")


# ---- Files


def test_a_dropped_file_shows_its_violations(standard):
    page = standard()
    drop(page, "broken.dcm", broken_file())
    expect(title(page)).to_have_text("broken.dcm")
    told = page.locator(".violations > li")
    texts = told.all_text_contents()
    for where, what in (
        ("RequestAttributesSequence[1].ScheduledProcedureStepID", None),
        ("ConversionType", "VR LO; the dictionary says CS"),
        ("SeriesInstanceUID", "Empty; Type 1 needs a value"),
        ("PatientID", "Missing; Type 2"),
        ("PixelSpacing", "Missing; Type 1"),
        ("0009FF01", "No private creator"),
    ):
        said = [text for text in texts if f"{where}" in text and (what or "") in text]
        assert bool(said) == (what is not None), (where, what)
    assert any(
        "ScheduledProcedureStepStatus" in text and "Not valid for VR CS" in text for text in texts
    )


def test_a_dropped_file_is_a_tree_with_marks(served):
    page = served()
    drop(page, "broken.dcm", broken_file())
    item(page, "General Series", "#file-tree").click()
    series = item(page, "Series Instance UID", "#file-tree")
    expect(series.locator(".badge")).to_have_text("empty")
    series.click()
    expect(title(page)).to_have_text("Series Instance UID")
    expect(page.locator(".violations")).to_contain_text("Type 1 needs a value")
    item(page, "Request Attributes Sequence", "#file-tree").click()
    item(page, "Item 1", "#file-tree").click()
    nested = item(page, "Scheduled Procedure Step Status", "#file-tree")
    expect(nested.locator(".badge")).to_have_text("not valid for VR CS")


def test_markup_in_a_file_shows_as_typed(standard):
    page = standard()
    drop(page, HOSTILE, broken_file())
    expect(title(page)).to_have_text(HOSTILE)
    item(page, "Patient Patient", "#file-tree").click()
    expect(item(page, "Patient's Name", "#file-tree").locator(".value")).to_have_text(HOSTILE)
    item(page, "In no module of this IOD", "#file-tree").click()
    item(page, "(0009,1001)", "#file-tree").last.click()
    expect(page.locator("[data-detail]")).to_contain_text(HOSTILE)
    assert page.locator("img").count() == 0


def test_a_file_may_be_chosen_and_closed(standard, broken):
    page = standard()
    page.locator("#file").set_input_files(broken)
    expect(title(page)).to_have_text("broken.dcm")
    page.get_by_role("button", name="Close the file").click()
    expect(item(page, "CT Image").first).to_be_visible()


def test_a_whole_file_has_no_violations(served):
    page = served()
    page.locator("#file").set_input_files(wheel_file("CT_small.dcm"))
    expect(page.locator("[data-detail]")).to_contain_text("no violations found")


def test_what_is_no_dicom_file_is_said(served):
    page = served()
    drop(page, "letter.txt", b"Dear colleague, this is a letter and no DICOM file at all.")
    expect(page.locator("[data-detail]")).to_contain_text("letter.txt is no DICOM file")


def test_an_empty_file_is_said(served):
    page = served()
    drop(page, "empty.dcm", b"")
    expect(page.locator("[data-detail]")).to_contain_text("empty.dcm is no DICOM file")


# ---- The whole page


VIEWS = ["", "#ct-image", "#ct-image/general-series/RequestAttributesSequence", "#CodeValue"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("hash_", VIEWS)
def test_axe_finds_nothing(served, hash_, scheme):
    assert axe(served(hash_, color_scheme=scheme)) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_search_and_file(served, scheme):
    page = served(color_scheme=scheme)
    page.get_by_role("combobox").fill("study")
    assert axe(page) == []
    drop(page, "broken.dcm", broken_file())
    item(page, "General Series", "#file-tree").click()
    item(page, "Series Instance UID", "#file-tree").click()
    assert axe(page) == []


@pytest.mark.parametrize("hash_", VIEWS)
def test_a_phone_needs_no_sideways_scrolling(served, hash_):
    page = served(hash_, **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_phone_goes_from_the_tree_to_details_and_back(served):
    page = served(**PHONE)
    expect(page.locator("#tree")).to_be_visible()
    item(page, "CT Image").first.tap()
    expect(title(page)).to_have_text("CT Image")
    expect(page.locator("#tree")).to_be_hidden()
    page.get_by_role("button", name="Back to the tree").tap()
    expect(item(page, "CT Image").first).to_be_visible()


def test_without_scripts_the_page_says_what_is_missing(served):
    page = served(java_script_enabled=False)
    expect(page.get_by_text("needs JavaScript")).to_be_visible()
    assert page.locator("form:visible, input:visible").count() == 0


def test_the_plain_site_is_small_and_always_the_same():
    first = {page.path: page.content for page in pages()}
    assert first == {page.path: page.content for page in pages()}
    assert sum(map(len, first.values())) < 1_500_000
