"""The pages in a browser: from the disk and from a server, by mouse, touch and keys."""

from io import BytesIO
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

COUNT = 9
MIDDLE = 4
HOSTILE = "<img src=x onerror=alert(1)>"
ROOT = "plain/index.html"
YEAR = "plain/03-yr/index.html"
MONTH = "plain/03-yr/02-mo/index.html"
STUDY = "plain/03-yr/02-mo/01-ex/index.html"
PATIENTS = "bystudy/index.html"
OF_PATIENT = "bystudy/studies/20200715-aa/index.html"
PAGES = [ROOT, YEAR, MONTH, STUDY, PATIENTS, OF_PATIENT]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def thumb(page, number=0):
    return page.locator("[data-thumb]").nth(number)


def shade(locator):
    """The frame that is seen, told by its grey: frame i is 20 i + 40."""
    shot = Image.open(BytesIO(locator.screenshot())).convert("L")
    return round((shot.getpixel((shot.width // 3, shot.height // 3)) - 40) / 20)


def wait_for(page, check, expected):
    """Waits up to two seconds until ``check`` gives ``expected``."""
    for _ in range(40):
        if check() == expected:
            break
        page.wait_for_timeout(50)
    assert expected == check()


def hover(page, target, share):
    box = target.bounding_box()
    page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)


# ---- Every page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(http, visit, path, scheme):
    page = visit(f"{http}/{path}", color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
    page.add_style_tag(content="* { content-visibility: visible !important }")
    page.wait_for_load_state("networkidle")
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_panel(http, visit, scheme):
    page = visit(f"{http}/{MONTH}", color_scheme=scheme)
    page.locator("[data-panel]").first.click()
    expect(page.locator("dialog")).to_be_visible()
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_needs_no_sideways_scrolling(http, visit, path):
    page = visit(f"{http}/{path}", **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("path", PAGES)
def test_every_picture_is_there(base, visit, path):
    page = visit(f"{base}/{path}")
    page.evaluate("document.querySelectorAll('img').forEach((image) => (image.loading = 'eager'))")
    page.wait_for_load_state("load")
    sizes = page.evaluate(
        "Promise.all([...document.images].map((i) => i.decode().then(() => i.naturalWidth)))"
    )
    assert len(sizes) >= 2
    assert min(sizes) >= 64


@pytest.mark.parametrize("path", PAGES)
def test_nothing_moves_while_the_page_loads(http, visit, path):
    page = visit(f"{http}/{path}")
    page.wait_for_load_state("networkidle")
    shifts = page.evaluate(
        """new Promise((done) => {
          const moved = [];
          const name = ({ node }) => node && (node.className || node.nodeName);
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) moved.push(entry.sources.map(name));
          }).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => done(moved), 300);
        })"""
    )
    assert shifts == []


@pytest.mark.parametrize("path", PAGES)
def test_without_scripts_pictures_and_links_are_there_and_no_dead_filter(http, visit, path):
    page = visit(f"{http}/{path}", java_script_enabled=False)
    expect(page.locator(".still:visible").first).to_be_visible()
    expect(page.locator("main a:visible").first).to_be_visible()
    assert page.locator("form:visible, input:visible").count() == 0


def test_the_skip_link_is_the_first_stop(http, visit):
    page = visit(f"{http}/{MONTH}")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("path", [MONTH, STUDY])
def test_markup_in_a_description_shows_as_typed(base, visit, path):
    page = visit(f"{base}/{path}")
    expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    assert page.locator("img[src=x]").count() == 0


def test_links_lead_from_the_root_down_and_back_up(base, visit):
    page = visit(f"{base}/{ROOT}")
    for name in ("3 years", "2 months", "Example 02"):
        page.get_by_role("link", name=name).first.click()
    expect(page).to_have_url(f"{base}/plain/03-yr/02-mo/02-ex/index.html")
    for name, path in (("2 months", MONTH), ("3 years", YEAR), ("Library", ROOT)):
        page.get_by_role("navigation").get_by_role("link", name=name).first.click()
        expect(page).to_have_url(f"{base}/{path}")


# ---- Thumbnails of the month page


def test_a_thumbnail_starts_with_the_middle_image(base, visit):
    page = visit(f"{base}/{MONTH}")
    wait_for(page, lambda: shade(thumb(page)), MIDDLE)


@pytest.mark.parametrize("index", [0, 2, 8])
def test_the_mouse_leafs_through_the_strip(base, visit, index):
    page = visit(f"{base}/{MONTH}")
    hover(page, thumb(page), (index + 0.5) / COUNT)
    wait_for(page, lambda: shade(thumb(page)), index)
    expect(thumb(page).locator(".count")).to_have_text(f"{index + 1} / {COUNT}")


def test_the_middle_image_is_back_when_the_mouse_leaves(http, visit):
    page = visit(f"{http}/{MONTH}")
    hover(page, thumb(page), 0.01)
    wait_for(page, lambda: shade(thumb(page)), 0)
    page.mouse.move(1, 1)
    wait_for(page, lambda: shade(thumb(page)), MIDDLE)


def test_a_folder_with_any_name_has_its_strip(base, visit):
    page = visit(f"{base}/{MONTH}")
    hover(page, thumb(page, 1), 0.99)
    wait_for(page, lambda: shade(thumb(page, 1)), COUNT - 1)


def test_no_strip_is_loaded_before_it_is_wanted(http, visit):
    page = visit(f"{http}/{MONTH}")
    page.wait_for_load_state("networkidle")
    loaded = "performance.getEntriesByType('resource').map((e) => e.name).join()"
    assert "preview.jpg" not in page.evaluate(loaded)
    hover(page, thumb(page), 0.01)
    wait_for(page, lambda: "AX/preview.jpg" in page.evaluate(loaded), expected=True)


@pytest.mark.parametrize(
    ("index", "keys"),
    [
        (5, ["ArrowRight"]),
        (3, ["ArrowLeft"]),
        (6, ["ArrowDown", "ArrowDown"]),
        (0, ["Home", "ArrowUp"]),
        (8, ["End", "ArrowRight"]),
    ],
)
def test_keys_leaf_through_the_strip(http, visit, index, keys):
    page = visit(f"{http}/{MONTH}")
    thumb(page).focus()
    for key in keys:
        page.keyboard.press(key)
    wait_for(page, lambda: shade(thumb(page)), index)
    expect(page.locator("[data-announce]")).to_have_text(f"Image {index + 1} of {COUNT}")


def _swipe(page, target, shares):
    """One finger on the middle of ``target``, moved to each share of its width."""
    box = target.bounding_box()
    session = page.context.new_cdp_session(page)
    height = box["y"] + box["height"] / 2
    points = [{"x": box["x"] + box["width"] * share, "y": height} for share in shares]
    steps = [("touchStart", points[:1]), *(("touchMove", [point]) for point in points[1:])]
    for kind, touched in [*steps, ("touchEnd", [])]:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})


def test_a_finger_leafs_through_the_strip_and_opens_nothing(base, visit):
    page = visit(f"{base}/{MONTH}", **PHONE)
    thumb(page).scroll_into_view_if_needed()
    _swipe(page, thumb(page), (0.4, 0.5, 0.6, 0.7, 0.8, 0.95))
    wait_for(page, lambda: shade(thumb(page)), COUNT - 1)
    page.wait_for_timeout(400)
    expect(page).to_have_url(f"{base}/{MONTH}")


def test_a_tap_opens_the_example(http, visit):
    page = visit(f"{http}/{MONTH}", **PHONE)
    thumb(page).tap()
    expect(page).to_have_url(f"{http}/{STUDY}#series-1")


def test_a_click_opens_the_example(base, visit):
    page = visit(f"{base}/{MONTH}")
    thumb(page).click()
    expect(page).to_have_url(f"{base}/{STUDY}#series-1")


def test_enter_opens_the_example(http, visit):
    page = visit(f"{http}/{MONTH}")
    thumb(page, 1).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{http}/{STUDY}#series-2")


# ---- The panel


def _open_by_double_click(page):
    thumb(page).dblclick()


def _open_by_key(page):
    thumb(page).focus()
    page.keyboard.press("t")


def _open_by_button(page):
    page.get_by_role("link", name="Tags of Axial T2").click()


@pytest.mark.parametrize("act", [_open_by_double_click, _open_by_key, _open_by_button])
def test_the_panel_shows_the_large_strip_and_the_tags(base, visit, act):
    page = visit(f"{base}/{MONTH}")
    act(page)
    dialog = page.get_by_role("dialog", name="Axial T2")
    expect(dialog).to_be_visible()
    expect(dialog.frame_locator("iframe").get_by_text("(0010,0010) PN Müller^腹")).to_be_visible()
    stage = dialog.locator(".stage")
    wait_for(page, lambda: shade(stage), MIDDLE)
    page.keyboard.press("ArrowRight")
    wait_for(page, lambda: shade(stage), MIDDLE + 1)
    page.wait_for_timeout(400)
    expect(page).to_have_url(f"{base}/{MONTH}")


def test_the_panel_opens_at_the_image_the_thumbnail_shows(http, visit):
    page = visit(f"{http}/{MONTH}")
    thumb(page).focus()
    page.keyboard.press("Home")
    page.keyboard.press("t")
    expect(page.locator("dialog [data-position]")).to_have_text(f"Image 1 of {COUNT}")


@pytest.mark.parametrize("number", range(2))
def test_the_panel_closes_and_gives_the_focus_back(http, visit, number):
    page = visit(f"{http}/{MONTH}")
    _open_by_key(page)
    if number:
        page.keyboard.press("Escape")
    else:
        page.get_by_role("button", name="Close").click()
    expect(page.locator("dialog")).to_have_count(0)
    expect(thumb(page)).to_be_focused()


def test_a_hostile_title_shows_as_typed_in_the_panel(http, visit):
    page = visit(f"{http}/{MONTH}")
    page.get_by_role("link", name=f"Tags of {HOSTILE}").click()
    expect(page.locator("dialog h2")).to_have_text(HOSTILE)


def test_a_single_image_needs_no_slider(http, visit):
    page = visit(f"{http}/{MONTH}")
    page.get_by_role("link", name="Tags of Scout").click()
    expect(page.locator("dialog .stage")).to_be_visible()
    expect(page.locator("dialog input")).to_be_hidden()


# ---- The filter


@pytest.mark.parametrize(
    ("path", "typed", "names"),
    [
        (ROOT, "t1", ["0 months"]),
        (YEAR, "scout", ["Example 02"]),
        (MONTH, "AXIAL", ["Axial T2"]),
        (MONTH, "onerror", [HOSTILE]),
        (MONTH, "brain t2", ["Axial T2"]),
    ],
)
def test_words_leave_what_they_occur_in(base, visit, path, typed, names):
    page = visit(f"{base}/{path}")
    page.get_by_label("Filter", exact=True).fill(typed)
    expect(page.locator("[data-item]:visible :is(h3, .name)")).to_have_text(names)
    expect(page.locator("[data-group]:visible")).to_have_count(1)


def test_a_modality_leaves_its_series(http, visit):
    page = visit(f"{http}/{MONTH}")
    page.get_by_label("Modality").select_option("CT")
    expect(page.locator("[data-item]:visible h3")).to_have_text(
        [HOSTILE, "Scout", "Thick", "Thin", "Elsewhere"]
    )
    expect(page.locator("[data-found]")).to_have_text("5 of 7 series")


def test_nothing_that_matches_is_said(http, visit):
    page = visit(f"{http}/{MONTH}")
    page.get_by_label("Filter", exact=True).fill("zebra")
    expect(page.get_by_text("Nothing matches the filter.")).to_be_visible()
    page.get_by_label("Filter", exact=True).fill("")
    expect(page.locator("[data-item]:visible")).to_have_count(7)


# ---- Findings


def test_the_link_to_the_findings_opens_them(base, visit):
    page = visit(f"{base}/{ROOT}")
    expect(page.get_by_text("No DICOM file")).to_be_hidden()
    page.get_by_role("link", name="Read the findings").click()
    expect(page.get_by_text("No DICOM file")).to_be_visible()


# ---- The way to the viewer


def test_below_library_anon_an_example_opens_the_viewer(http, visit):
    page = visit(f"{http}/rev/library-anon/03-yr/02-mo/01-ex/index.html")
    expect(page).to_have_url(f"{http}/rev/?year=03&month=02&example=01")
    expect(page).to_have_title("Viewer")


def test_the_viewer_takes_no_place_of_its_own_in_the_history(http, visit):
    page = visit(f"{http}/rev/library-anon/03-yr/02-mo/index.html")
    page.get_by_role("link", name="Example 02", exact=True).click()
    expect(page).to_have_title("Viewer")
    page.go_back()
    expect(page).to_have_url(f"{http}/rev/library-anon/03-yr/02-mo/index.html")


def test_below_library_anon_the_other_pages_stay(http, visit):
    for path in PAGES[:3]:
        address = f"{http}/{path.replace('plain', 'rev/library-anon', 1)}"
        page = visit(address)
        page.wait_for_timeout(200)
        assert page.url == address


@pytest.mark.parametrize("query", ["", "?year=03&month=02&example=01"])
def test_elsewhere_an_example_shows_the_study(base, visit, query):
    page = visit(f"{base}/{STUDY}{query}")
    page.wait_for_timeout(200)
    assert page.url == f"{base}/{STUDY}{query}"
    expect(page.get_by_role("heading", name="Axial T2")).to_be_visible()


def test_an_address_that_led_back_here_is_not_followed_again(http, visit):
    address = f"{http}/rev/library-anon/03-yr/02-mo/01-ex/index.html?year=03&month=02&example=01"
    page = visit(address)
    page.wait_for_timeout(200)
    assert page.url == address


def test_library_anon_in_the_query_alone_is_no_place(http, visit):
    address = f"{http}/{STUDY}?from={quote('/library-anon/')}#/library-anon/"
    page = visit(address)
    page.wait_for_timeout(200)
    assert page.url == address


@pytest.mark.parametrize("scripts", [True, False])
def test_with_a_server_an_example_opens_that_viewer(http, visit, scripts):
    page = visit(f"{http}/served/03-yr/02-mo/01-ex/index.html", java_script_enabled=scripts)
    expect(page).to_have_url(f"{http}/rev/index.html?from=page&year=03&month=02&example=01")
