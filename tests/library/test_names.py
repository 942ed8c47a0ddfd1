"""Names of folders and files are text, whatever they hold."""

import html
import os
import re
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.library import layout
from library.trees import EXAMPLE, ct, fingerprint, run

NASTY = [
    "with blanks  and more",
    "quotes ' and \" and `",
    "$(touch injected)",
    "`touch injected`; touch injected",
    "a#b?c%d%20",
    "semi;colon&amp",
    "日本語 Größe Ελλ עב",
    "-rf",
    "--help",
    "new\nline",
    "tab\tand\x1b[31mred",
    "back\\slash",
    "<img src=x onerror=alert(1)>",
    "{{ 7*7 }} {% raw %}",
    "..hidden",
    "café",
    "cafe\u0301",
    "1.2.840.113619.2.5.1762583153",
    "dcm2jpgRaw",
    "%s%d{}",
    os.fsdecode(b"bytes \xff\xfe"),
]


@pytest.mark.parametrize("name", NASTY)
def test_a_series_folder_may_have_any_name(tree, monkeypatch, name):
    monkeypatch.chdir(tree.root.parent)
    series = tree.slices(name, 2)

    made = run(tree.root)
    first = fingerprint(tree.root)
    run(tree.root)

    assert first == fingerprint(tree.root)
    assert made.findings() == []
    details = made.entry(series)["details"]["series"]
    found = [
        as_file(tree.root, address) for address in (*details["data"], details["preview"]["url"])
    ]
    assert [f"{series}/2.dcm", f"{series}/1.dcm", f"{series}/preview.jpg"] == found
    (middle,) = made.json("01-yr/02-mo/ex.json")["03-ex"]["imageLocation"]
    assert f"01-yr/02-mo/{middle}".startswith(EXAMPLE)
    assert as_file(tree.root, f"01-yr/02-mo/{middle}") == f"{series}/dcm2jpgRaw/middle-{name}.jpg"
    assert not list(tree.root.parent.rglob("injected"))


@pytest.mark.parametrize("name", sorted(set(NASTY) - {"dcm2jpgRaw"}))
def test_a_file_may_have_any_name(tree, out, name):
    series = tree.series("S", {name: ct(1)})
    made = run(tree.root, out)
    (address,) = made.entry(series)["details"]["series"]["data"]
    assert f"{series}/{name}" == as_file(out, address)
    (picture,) = made.names(f"{series}/dcm2jpgResize")
    assert picture.endswith(".0.jpg")
    assert made.findings() == []


def as_file(root: Path, address: str) -> str:
    """The file an address leads to when a browser asks for it."""
    path = os.fsdecode(unquote_to_bytes(address.encode("utf-8")))
    assert not re.search(r"[#?\\\x00-\x1f]", address)
    assert (root / path).is_file()
    return path


@pytest.mark.parametrize("name", sorted(set(NASTY) - {"dcm2jpgRaw"}))
def test_a_name_in_a_finding_is_text(tree, name):
    tree.series(name, {name: b""})
    (finding,) = run(tree.root).findings()
    assert finding["path"].startswith(f"{EXAMPLE}/")
    assert finding["path"].encode("utf-8")


@pytest.mark.parametrize("markup", ["<img src=x onerror=alert(1)>", '"><script>alert(1)</script>'])
def test_no_name_becomes_markup(tree, markup):
    name = markup.replace("/", "\N{DIVISION SLASH}")
    tree.series(
        name, {name: ct(1, SeriesDescription=markup[:64], PatientName=markup[:64]), "bad": b""}
    )
    made = run(tree.root)
    pages = [path for path in made.files() if path.endswith(".html")]
    assert len(pages) == 4
    for page in pages:
        assert name not in made.bytes(page).decode()
        assert markup not in made.bytes(page).decode()
    assert markup in html.unescape(made.bytes(f"{EXAMPLE}/index.html").decode())


def test_every_address_on_a_page_leads_to_a_file(tree):
    for name in NASTY[:12]:
        tree.slices(name, 1)
    made = run(tree.root)
    page = made.bytes(f"{EXAMPLE}/index.html").decode()
    addresses = {html.unescape(found) for found in re.findall(r'(?:src|href)="([^"#]+)', page)}
    local = {address for address in addresses if not address.startswith("data:")}
    assert len(local) > 12
    for address in local:
        assert (made.root / EXAMPLE / unquote(address)).exists(), address


# --- names of pictures ----------------------------------------------------------------------


def test_names_that_differ_in_their_extension_keep_it(tree):
    series = tree.series("S", {"a.dcm": ct(1), "a.IMA": ct(2)})
    made = run(tree.root)
    assert {"a.dcm.0.jpg", "a.IMA.0.jpg", "middle-S.jpg"} == made.pictures(series)


def test_names_that_differ_in_case_get_pictures_of_their_own(tree):
    series = tree.series("S", {"A.dcm": ct(1), "a.dcm": ct(2)})
    made = run(tree.root)
    names = made.names(f"{series}/dcm2jpgResize")
    assert len({name.casefold() for name in names}) == 2
    assert {*names, "middle-S.jpg"} == made.pictures(series)


def test_series_that_differ_in_case_come_in_one_order_always(tree):
    for name in ("b", "A", "a", "B"):
        tree.slices(name, 1)
    made = run(tree.root)
    assert [series.place.series for series in made.library.series] == ["A", "a", "B", "b"]


def test_a_uid_keeps_its_last_part(tree):
    series = tree.series("S", {"1.2.840.113619.2": ct(1), "1.2.840.113619.3": ct(2)})
    made = run(tree.root)
    assert made.names(f"{series}/dcm2jpgResize") == [
        "1.2.840.113619.2.0.jpg",
        "1.2.840.113619.3.0.jpg",
    ]


def test_a_series_folder_called_like_the_descriptor_of_another(tree):
    tree.slices("X", 1)
    other = tree.slices("X-series.json", 1)
    made = run(tree.root)
    assert made.data(other) == ["1.dcm"]
    assert made.codes(f"{EXAMPLE}/X") == [("error", "not-written")]
    entries = made.json(f"{EXAMPLE}/description.json")["data"]
    assert {f"{other}/preview.jpg"} == {
        one["details"]["series"]["preview"]["url"] for one in entries
    }


def test_a_file_name_too_long_for_its_picture_costs_this_file_only(tree):
    long = "n" * 255
    series = tree.series("S", {"a.dcm": ct(1), long: ct(2), "c.dcm": ct(3)})
    made = run(tree.root)
    assert made.data(series) == ["a.dcm", "c.dcm"]
    assert {"a.0.jpg", "c.0.jpg", "middle-S.jpg"} == made.pictures(series)
    assert made.codes(f"{series}/{long}") == [("error", "not-written")]


def test_a_series_name_too_long_for_its_descriptor_costs_this_series_only(tree):
    series = tree.slices("S", 1)
    long = tree.slices("n" * 255, 1)
    made = run(tree.root)
    assert made.data(series) == ["1.dcm"]
    assert made.codes(long) == [("error", "not-written")]
    assert set() == made.pictures(long)


# --- properties -----------------------------------------------------------------------------

SHORT = st.text(st.sampled_from("aAbB.012dcmDCMIß\u017fKK~"), min_size=1, max_size=9)
ANY = st.text(st.characters(blacklist_characters="/\0"), min_size=1, max_size=40)
NAMES = st.sets(SHORT | ANY, max_size=12)


@given(NAMES)
def test_no_two_stems_are_equal_whatever_the_case(names):
    stems = layout.stems(names)
    assert names == set(stems)
    assert len(names) == len({stem.casefold() for stem in stems.values()})
    assert all(stems.values())


@given(NAMES, st.randoms(use_true_random=False))
def test_stems_do_not_depend_on_the_order_of_the_names(names, random):
    shuffled = sorted(names)
    random.shuffle(shuffled)
    assert layout.stems(sorted(names)) == layout.stems(shuffled)


@given(NAMES)
def test_no_two_pictures_have_one_name(names):
    stems = layout.stems(names)
    pictures = {f"{stem}.{frame}.jpg".casefold() for stem in stems.values() for frame in range(12)}
    assert 12 * len(names) == len(pictures)


@given(st.text(st.sampled_from("abcXYZ019_-"), min_size=1), st.sampled_from(["dcm", "DCM", "IMA"]))
def test_a_name_alone_loses_its_extension(stem, extension):
    name = f"{stem}.{extension}"
    assert {name: stem} == layout.stems([name])


@given(ANY.map(lambda stem: stem + ".7.jpg") | ANY.map(lambda series: f"middle-{series}.jpg"))
def test_a_picture_is_known_by_its_name(name):
    assert layout.is_picture(name)
