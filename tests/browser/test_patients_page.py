"""The root page of a library by study: patients, studies and series, of any number."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from browser.conftest import HOSTILE, large
from browser.test_pages_browser import COUNT, MIDDLE, PHONE, hover, shade, thumb, wait_for

pytestmark = pytest.mark.browser

ROOT = "bystudy/index.html"


def patients(page):
    return page.locator("[data-patients] h2").all_text_contents()


def items(page):
    return page.locator("[data-item] h4").all_text_contents()


def test_patients_come_by_name_and_their_studies_by_date(base, visit):
    page = visit(f"{base}/{ROOT}")
    assert patients(page) == [HOSTILE, "Doe^Jane", "No patient named"]
    assert page.locator("[data-about]").all_text_contents()[1] == "ID J1 · born 2000-01-10"
    dates = page.locator("[data-page]").all_text_contents()
    assert dates == ["Study without a date", "2020-07-15", "2021-01-02", "Study without a date"]
    assert items(page) == ["Axial T1", "Axial T2", HOSTILE, "Report", "Scout", "Axial T1"]
    totals = page.locator(".totals").inner_text().split()
    assert totals == ["3", "patients", "4", "studies", "6", "series", "37", "images"]


def test_a_hostile_name_shows_as_typed(base, visit):
    page = visit(f"{base}/{ROOT}")
    expect(page.get_by_role("heading", name=HOSTILE).first).to_be_visible()
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("index", [0, 4, 8])
def test_thumbnails_leaf_through_their_strips(base, visit, index):
    page = visit(f"{base}/{ROOT}")
    wait_for(page, lambda: shade(thumb(page, 1)), MIDDLE)
    hover(page, thumb(page, 1), (index + 0.5) / COUNT)
    wait_for(page, lambda: shade(thumb(page, 1)), index)


def test_keys_leaf_and_enter_opens_the_series_on_its_study(base, visit):
    page = visit(f"{base}/{ROOT}")
    thumb(page, 1).focus()
    page.keyboard.press("End")
    wait_for(page, lambda: shade(thumb(page, 1)), COUNT - 1)
    expect(page.locator("[data-announce]")).to_have_text("Image 9 of 9")
    page.keyboard.press("Enter")
    page.wait_for_url("**/studies/20200715-aa/index.html#series-1")
    expect(page.locator("h1")).to_have_text("Brain")


def test_a_finger_leafs_and_a_tap_opens(http, visit):
    page = visit(f"{http}/{ROOT}", **PHONE)
    thumb(page, 1).tap()
    page.wait_for_url("**/studies/20200715-aa/index.html#series-1")


def test_the_panel_shows_a_series_larger_with_its_tags(base, visit):
    page = visit(f"{base}/{ROOT}")
    page.get_by_role("link", name="Tags of Axial T2").click()
    expect(page.locator("dialog h2")).to_have_text("Axial T2")
    wait_for(page, lambda: shade(page.locator("dialog .stage")), MIDDLE)
    page.locator("dialog [data-open]").click()
    page.wait_for_url("**/studies/20200715-aa/index.html#series-1")


@pytest.mark.parametrize(
    ("typed", "names", "expected"),
    [
        ("jane", ["Doe^Jane"], 4),
        ("j1 2021", ["Doe^Jane"], 1),
        ("axial", [HOSTILE, "Doe^Jane", "No patient named"], 3),
        ("ONERROR", [HOSTILE, "Doe^Jane"], 2),
        ("sr-009", ["Doe^Jane"], 1),
        ("nothing of that", [], 0),
    ],
)
def test_words_leave_the_series_they_occur_in(base, visit, typed, names, expected):
    page = visit(f"{base}/{ROOT}")
    page.get_by_label("Filter", exact=True).fill(typed)
    assert names == patients(page)
    assert page.locator("[data-item]").count() == expected
    expect(page.locator("[data-found]")).to_have_text(f"{expected} of 6 series")
    assert page.locator("[data-nothing]").is_visible() == (not expected)
    page.get_by_label("Filter", exact=True).fill("")
    expect(page.locator("[data-found]")).to_have_text("")
    assert page.locator("[data-item]").count() == 6


def test_a_modality_leaves_its_series(http, visit):
    page = visit(f"{http}/{ROOT}")
    page.get_by_label("Modality").select_option("CT")
    assert items(page) == [HOSTILE, "Scout"]


def test_a_study_leads_to_those_of_its_patient_and_to_the_library(base, visit):
    page = visit(f"{base}/bystudy/studies/20200715-aa/index.html")
    page.get_by_role("navigation", name="Studies of the patient").get_by_role("link").click()
    page.wait_for_url("**/20210102-bb/index.html")
    expect(page.locator(".lead")).to_contain_text("Doe^Jane")
    page.get_by_role("link", name="Library").click()
    page.wait_for_url("**/bystudy/index.html")


def test_ten_thousand_studies_open_and_are_found(visit, tmp_path):
    large(tmp_path, 10_000)
    page = visit((tmp_path / "index.html").as_uri())
    assert page.locator("[data-page]").count() == 40
    expect(page.locator("[data-shown]")).to_have_text("40 of 10,000 studies are shown")
    page.get_by_role("button", name="Show more studies").focus()
    page.keyboard.press("Enter")
    assert page.locator("[data-page]").count() == 80
    expect(page.locator("[data-page]").nth(40)).to_be_focused()
    page.get_by_label("Filter", exact=True).fill("name3333^given 9999")
    assert page.locator("[data-item]").count() == 5
    expect(page.locator("[data-found]")).to_have_text("5 of 50,000 series")
    expect(page.locator("[data-further]")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_with_more_to_show(http, visit, scheme):
    page = visit(f"{http}/many/index.html", color_scheme=scheme)
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


def test_on_paper_are_the_studies_without_their_controls(http, visit):
    page = visit(f"{http}/{ROOT}")
    page.emulate_media(media="print")
    expect(page.locator(".filter")).to_be_hidden()
    expect(page.locator("[data-item]").first).to_be_visible()
