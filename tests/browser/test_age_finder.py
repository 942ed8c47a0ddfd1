"""The age finder of the root page: real distance in days."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ROOT = "plain/index.html"


@pytest.fixture
def finder(base, visit):
    page = visit(f"{base}/{ROOT}")
    page.get_by_text("Find by age").click()
    return page


def found(page):
    return page.locator("[data-nearest] a")


def test_birth_and_scan_date_give_the_nearest_studies_first(finder):
    finder.get_by_label("Date of birth", exact=True).fill("2016-02-29")
    finder.get_by_label("Date of the scan", exact=True).fill("2020-02-29")
    expect(finder.locator("[data-age]")).to_contain_text("1,461 days old")
    expect(found(finder).first).to_have_text("Example 01, 4 years 0 months")
    expect(finder.locator("[data-nearest] li").first).to_contain_text("about 15 days older")
    found(finder).first.click()
    expect(finder).to_have_url(finder.url.split("plain/")[0] + "plain/04-yr/00-mo/01-ex/index.html")


def test_an_age_gives_the_same_and_empties_the_dates(finder):
    finder.get_by_label("Date of birth", exact=True).fill("2016-02-29")
    finder.get_by_label("Years", exact=True).fill("3")
    finder.get_by_label("Months", exact=True).fill("2")
    expect(finder.get_by_label("Date of birth", exact=True)).to_have_value("")
    expect(found(finder).first).to_have_text("Example 01, 3 years 2 months")
    expect(found(finder)).to_have_count(4)


def test_years_months_and_days_are_added(finder):
    for label, value in {"Years": "1", "Months": "1", "Days": "10"}.items():
        finder.get_by_label(label, exact=True).fill(value)
    expect(finder.locator("[data-age]")).to_contain_text("406 days old")


@pytest.mark.parametrize(("label", "value"), [("Years", "-1"), ("Months", "99999")])
def test_what_is_no_age_is_said(finder, label, value):
    finder.get_by_label(label, exact=True).fill(value)
    expect(finder.locator("[data-age]")).to_have_text("This is no age.")
    expect(found(finder)).to_have_count(0)


def test_a_scan_before_birth_is_no_age(finder):
    finder.get_by_label("Date of birth", exact=True).fill("2020-01-02")
    finder.get_by_label("Date of the scan", exact=True).fill("2020-01-01")
    expect(finder.locator("[data-age]")).to_have_text("This is no age.")


def test_nothing_typed_says_nothing(finder):
    finder.get_by_label("Years", exact=True).fill("3")
    finder.get_by_label("Years", exact=True).fill("")
    expect(finder.locator("[data-age]")).to_have_text("")
