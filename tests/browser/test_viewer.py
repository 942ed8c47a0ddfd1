"""The study page's viewer: from the disk and from a server, by mouse, touch and keys."""

import re
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

COUNT = 9
MIDDLE = 4
HOSTILE = "<img src=x onerror=alert(1)>"
STUDY = "plain/03-yr/02-mo/01-ex/index.html"
PLACED = "plain/03-yr/02-mo/03-ex/index.html"
LARGE = {"viewport": {"width": 1280, "height": 800}}
SIDES = ("left", "top", "right", "bottom")
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def pane(page, number=0):
    return page.locator(".pane").nth(number)


def said(page, number=0):
    return pane(page, number).locator("[data-said]")


def at(number, count=COUNT):
    return f"Slice {number} of {count}"


def grey(page, number=0):
    """The frame in the middle of the screen, told by its grey."""
    shot = Image.open(BytesIO(pane(page, number).locator(".screen").screenshot())).convert("L")
    return round((shot.getpixel((shot.width // 3, shot.height // 3)) - 40) / 20)


def focus(page, number=0):
    pane(page, number).locator("[data-slider]").focus()


def middle_of(page, number=0):
    box = pane(page, number).locator(".screen").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def transform(page, number=0):
    """Zoom and displacement of the film."""
    style = pane(page, number).locator("[data-film]").get_attribute("style")
    x, y, zoom = re.search(r"translate\((\S+)px, (\S+)px\) scale\((\S+)\)", style).groups()
    return float(zoom), float(x), float(y)


def touch(page, *steps):
    """Fingers: each step is a list of points; the first goes down, the last is lifted."""
    session = page.context.new_cdp_session(page)
    kinds = ["touchStart", *["touchMove"] * (len(steps) - 1)]
    for kind, points in [*zip(kinds, steps, strict=True), ("touchEnd", [])]:
        touched = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})


# ---- One pane


def test_it_opens_at_the_middle_slice(base, visit):
    page = visit(f"{base}/{STUDY}")
    expect(said(page)).to_have_text(at(MIDDLE + 1))
    assert grey(page) == MIDDLE
    expect(pane(page).get_by_role("img")).to_have_attribute("alt", f"Axial T2, {at(MIDDLE + 1)}")


@pytest.mark.parametrize(
    ("number", "keys"),
    [
        (6, ["ArrowDown"]),
        (4, ["ArrowUp"]),
        (6, ["ArrowRight"]),
        (1, ["Home", "ArrowLeft"]),
        (9, ["End", "ArrowRight"]),
        (4, ["PageUp"]),
        (7, ["PageDown", "PageDown"]),
    ],
)
def test_keys_leaf_through_the_slices(base, visit, number, keys):
    page = visit(f"{base}/{STUDY}")
    focus(page)
    for key in keys:
        page.keyboard.press(key)
    expect(said(page)).to_have_text(at(number))
    assert grey(page) == number - 1


def test_the_wheel_leafs_and_the_page_stays(http, visit):
    page = visit(f"{http}/{STUDY}")
    page.mouse.move(*middle_of(page))
    page.mouse.wheel(0, 100)
    expect(said(page)).to_have_text(at(MIDDLE + 3))
    assert page.evaluate("scrollY") == 0


def test_the_wheel_scrolls_the_page_at_the_last_slice(http, visit):
    page = visit(f"{http}/{STUDY}")
    focus(page)
    page.keyboard.press("End")
    expect(said(page)).to_have_text(at(COUNT))
    page.mouse.move(*middle_of(page))
    page.mouse.wheel(0, 100)
    page.wait_for_function("scrollY > 0")


def test_dragging_leafs_and_focuses_the_slider(http, visit):
    page = visit(f"{http}/{STUDY}", **LARGE)
    x, y = middle_of(page)
    height = pane(page).locator(".screen").bounding_box()["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 2.2 * height / COUNT, steps=5)
    page.mouse.up()
    expect(said(page)).to_have_text(at(MIDDLE + 3))
    expect(pane(page).locator("[data-slider]")).to_be_focused()


def test_a_finger_leafs(base, visit):
    page = visit(f"{base}/{STUDY}", **PHONE)
    pane(page).scroll_into_view_if_needed()
    x, y = middle_of(page)
    height = pane(page).locator(".screen").bounding_box()["height"]
    each = height / COUNT
    touch(page, *([(x, y - step * each / 2)] for step in range(6)))
    expect(said(page)).to_have_text(at(MIDDLE - 1))


def test_letters_are_at_the_edges_they_belong_to(base, visit):
    page = visit(f"{base}/{PLACED}")
    expect(said(page)).to_have_text(at(MIDDLE + 1))
    letters = {side: pane(page).locator(f"[data-{side}]").text_content() for side in SIDES}
    assert letters == {"left": "R", "top": "A", "right": "L", "bottom": "P"}


def test_a_slice_that_is_gone_is_said_and_not_shown(http, visit):
    gone = "/03-ex/C/dcm2jpgRaw/0.jpg"
    page = visit(f"{http}/{PLACED}#series-3", **LARGE)
    expect(said(page)).to_have_text(at(MIDDLE + 1))
    page.route(f"**{gone}", lambda route: route.fulfill(status=200, body="no picture"))
    focus(page)
    page.keyboard.press("Home")
    expect(said(page)).to_have_text(f"{at(1)} cannot be shown")
    expect(pane(page).get_by_role("img")).to_have_count(0)


# ---- Zoom and pan


def _by_key(page):
    focus(page)
    page.keyboard.press("+")


def _by_wheel(page):
    page.mouse.move(*middle_of(page))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")


def _by_double_click(page):
    page.mouse.dblclick(*middle_of(page))


def _by_button(page):
    page.get_by_role("button", name="Larger").click()


@pytest.mark.parametrize("act", [_by_key, _by_wheel, _by_double_click, _by_button])
def test_the_picture_is_enlarged_and_fitted_again(http, visit, act):
    page = visit(f"{http}/{STUDY}")
    expect(said(page)).to_have_text(at(MIDDLE + 1))
    act(page)
    expect(pane(page).locator("[data-zoom]")).not_to_be_empty()
    assert transform(page)[0] > 1.2
    focus(page)
    page.keyboard.press("0")
    assert transform(page) == (1, 0, 0)
    expect(said(page)).to_have_text(at(MIDDLE + 1))


def test_a_point_stays_under_the_mouse_while_it_zooms(http, visit):
    page = visit(f"{http}/{STUDY}")
    x, y = middle_of(page)
    page.mouse.dblclick(x + 60, y + 30)
    assert transform(page) == pytest.approx((2, -60, -30), abs=1)


def test_shift_drag_pans(http, visit):
    page = visit(f"{http}/{STUDY}")
    _by_double_click(page)
    _, x0, y0 = transform(page)
    x, y = middle_of(page)
    page.keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(x + 50, y - 20, steps=3)
    page.mouse.up()
    page.keyboard.up("Shift")
    assert transform(page)[1:] == pytest.approx((x0 + 50, y0 - 20), abs=1)
    expect(said(page)).to_have_text(at(MIDDLE + 1))


def test_shift_and_arrows_pan(http, visit):
    page = visit(f"{http}/{STUDY}")
    _by_key(page)
    page.keyboard.press("Shift+ArrowRight")
    assert transform(page)[1] < 0
    expect(said(page)).to_have_text(at(MIDDLE + 1))


def test_two_fingers_zoom_and_do_not_leaf(http, visit):
    page = visit(f"{http}/{STUDY}", **PHONE)
    pane(page).scroll_into_view_if_needed()
    x, y = middle_of(page)
    touch(page, *([(x - d, y), (x + d, y)] for d in (20, 30, 40, 50, 60)))
    assert transform(page)[0] == pytest.approx(3, abs=0.3)
    expect(said(page)).to_have_text(at(MIDDLE + 1))


# ---- Panes


@pytest.mark.parametrize("count", [2, 3, 4])
def test_panes_show_the_series_side_by_side(base, visit, count):
    page = visit(f"{base}/{PLACED}")
    page.get_by_label("Panes").select_option(str(count))
    expect(page.locator(".pane")).to_have_count(count)
    titles = ["Thick", "Thin", "Elsewhere", "Thick"][:count]
    expect(page.locator(".pane [data-title]")).to_have_text(titles)
    boxes = [pane(page, n).bounding_box() for n in range(2)]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["width"] == pytest.approx(boxes[1]["width"], abs=1)


def test_linked_panes_go_to_the_same_place_in_the_patient(base, visit):
    page = visit(f"{base}/{PLACED}")
    page.get_by_label("Panes").select_option("2")
    focus(page)
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    expect(said(page, 0)).to_have_text(at(2))
    expect(said(page, 1)).to_have_text(at(3))


def test_linked_panes_that_cannot_be_compared_go_by_as_many_images(http, visit):
    page = visit(f"{http}/{STUDY}")
    page.get_by_label("Panes").select_option("2")
    focus(page)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    expect(said(page, 0)).to_have_text(at(2))
    expect(said(page, 1)).to_have_text(at(2))


def test_panes_that_are_not_linked_stay(http, visit):
    page = visit(f"{http}/{PLACED}")
    page.get_by_label("Panes").select_option("2")
    page.get_by_role("button", name="Linked scrolling").click()
    focus(page, 1)
    page.keyboard.press("Home")
    expect(said(page, 1)).to_have_text(at(1))
    expect(said(page, 0)).to_have_text(at(MIDDLE + 1))


def test_a_series_of_the_shelf_goes_into_the_pane_that_has_the_focus(http, visit):
    page = visit(f"{http}/{PLACED}")
    page.get_by_label("Panes").select_option("2")
    focus(page, 1)
    page.locator(".shelf").get_by_role("button", name="Elsewhere").click()
    expect(page.locator(".pane [data-title]")).to_have_text(["Thick", "Elsewhere"])


def test_keys_choose_panes_and_series(http, visit):
    page = visit(f"{http}/{PLACED}")
    focus(page)
    for key in ("3", "n", "n", "p", "1"):
        page.keyboard.press(key)
    expect(page.locator(".pane [data-title]")).to_have_text(["Thin"])


def test_the_keyboard_goes_on_when_its_pane_went(http, visit):
    page = visit(f"{http}/{PLACED}")
    page.get_by_label("Panes").select_option("2")
    focus(page, 1)
    page.keyboard.press("1")
    page.keyboard.press("Home")
    expect(said(page)).to_have_text(at(1))


def test_an_address_can_name_the_series(base, visit):
    page = visit(f"{base}/{PLACED}#series-2")
    expect(page.locator(".pane [data-title]")).to_have_text("Thin")
    page.goto(f"{base}/{PLACED}#series-3")
    expect(page.locator(".pane [data-title]")).to_have_text("Elsewhere")


# ---- Cine, windows, links


def test_the_cine_plays_round_and_round_until_it_is_stopped(http, visit):
    page = visit(f"{http}/{STUDY}")
    page.get_by_label("Images per second").fill("60")
    focus(page)
    page.keyboard.press("End")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_have_attribute("aria-pressed", "true")
    expect(said(page)).to_have_text(at(3))
    page.get_by_role("button", name="Pause").click()
    stopped = page.get_by_label("Slice of Axial T2").input_value()
    page.wait_for_timeout(300)
    assert page.get_by_label("Slice of Axial T2").input_value() == stopped


def test_the_speed_is_that_of_the_data_or_said_to_be_assumed(http, visit):
    page = visit(f"{http}/{PLACED}")
    speed = page.get_by_label("Images per second")
    expect(speed).to_have_value("10")
    expect(page.locator("#speed-source")).to_have_text("assumed")
    page.locator(".shelf").get_by_role("button", name="Thin").click()
    expect(speed).to_have_value("20")
    expect(page.locator("#speed-source")).to_have_text("as the data say")
    focus(page)
    page.keyboard.press("]")
    expect(speed).to_have_value("25")


def test_a_window_preset_shows_its_own_pictures(base, visit):
    page = visit(f"{base}/{STUDY}")
    expect(said(page)).to_have_text(at(MIDDLE + 1))
    page.get_by_label("Window").select_option("dark (40 / 80)")
    image = pane(page).get_by_role("img")
    expect(image).to_have_attribute("src", re.compile("AX/dcm2jpgWindow-dark/4.jpg$"))
    assert grey(page) == 0
    focus(page)
    page.keyboard.press("w")
    expect(image).to_have_attribute("src", re.compile("AX/dcm2jpgRaw/4.jpg$"))


def test_without_presets_no_window_is_offered(http, visit):
    page = visit(f"{http}/{PLACED}")
    expect(page.get_by_label("Window")).to_be_hidden()


def test_links_give_the_files_of_the_slice_that_is_shown(base, visit):
    page = visit(f"{base}/{STUDY}")
    focus(page)
    page.keyboard.press("Home")
    expect(said(page)).to_have_text(at(1))
    for name, end in {"JPEG": "AX/dcm2jpgRaw/0.jpg", "DICOM file": "AX/0.jpg"}.items():
        link = page.get_by_role("link", name=name, exact=True)
        expect(link).to_have_attribute("href", end)
        expect(link).to_have_attribute("download", "")


# ---- Tags


def test_the_tags_are_searched_line_by_line(base, visit):
    page = visit(f"{base}/{STUDY}")
    page.get_by_role("button", name="Tags").click()
    panel = page.get_by_role("complementary", name="DICOM tags")
    expect(panel.locator("[data-found]")).to_have_text("2 lines")
    expect(panel.locator("pre")).to_contain_text(HOSTILE)
    page.keyboard.type("müller 0010")
    expect(panel.locator("pre")).to_have_text("(0010,0010) Patient's Name  PN: 'Müller^腹'")
    expect(panel.locator("[data-found]")).to_have_text("1 of 2 lines")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.get_by_role("button", name="Tags")).to_be_focused()
    assert page.locator("img[src=x]").count() == 0


def test_the_tags_follow_the_pane(http, visit):
    page = visit(f"{http}/{STUDY}")
    focus(page)
    page.keyboard.press("t")
    heading = page.locator(".tag-panel h2")
    expect(heading).to_have_text("Tags of the first image of Axial T2")
    focus(page)
    page.keyboard.press("n")
    expect(heading).to_have_text(f"Tags of the first image of {HOSTILE}")


# ---- Every size


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("options", [LARGE, PHONE])
def test_axe_finds_nothing_in_the_viewer(http, visit, scheme, options):
    page = visit(f"{http}/{PLACED}", color_scheme=scheme, **options)
    page.get_by_label("Panes").select_option("4")
    page.get_by_role("button", name="Tags").click()
    page.get_by_text("Keys and gestures").click()
    expect(page.locator("[data-said]").last).to_have_text(at(MIDDLE + 1))
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


def test_the_viewer_fits_on_the_screen(http, visit):
    page = visit(f"{http}/{PLACED}", **LARGE)
    box = pane(page).bounding_box()
    assert box["y"] + box["height"] <= 800


@pytest.mark.parametrize("options", [LARGE, PHONE])
def test_what_is_touched_is_large_enough(http, visit, options):
    page = visit(f"{http}/{PLACED}", **options)
    sizes = page.evaluate(
        "[...document.querySelectorAll('.bench :is(button, a.button, select, input, summary)')]"
        ".filter((e) => e.checkVisibility())"
        ".map((e) => Math.min(e.offsetWidth, e.offsetHeight))"
    )
    assert len(sizes) >= 10
    assert min(sizes) >= 24


def test_only_what_is_near_is_loaded(http, visit):
    page = visit(f"{http}/{STUDY}")
    expect(said(page)).to_have_text(at(MIDDLE + 1))
    page.wait_for_load_state("networkidle")
    loaded = page.evaluate("performance.getEntriesByType('resource').map((e) => e.name)")
    frames = sorted(name[-5] for name in loaded if "/AX/dcm2jpgRaw/" in name)
    assert frames == ["3", "4", "5", "6", "7"]
    assert [name for name in loaded if name.endswith("tag-raw.js")] == []


def test_with_a_server_the_study_page_lies_beside_the_way_to_the_viewer(http, visit):
    page = visit(f"{http}/served/03-yr/02-mo/index.html")
    page.get_by_role("link", name="Study page of Example 01").click()
    expect(page).to_have_url(f"{http}/served/03-yr/02-mo/01-ex/study.html")
    expect(said(page)).to_have_text(at(MIDDLE + 1))


def test_below_library_anon_the_month_page_leads_to_our_study_page(http, visit):
    page = visit(f"{http}/rev/library-anon/03-yr/02-mo/index.html")
    page.get_by_role("link", name="Study page of Example 01").click()
    expect(said(page)).to_have_text(at(MIDDLE + 1))
