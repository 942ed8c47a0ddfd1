"""The static pages: addresses, escaping, what is said and what is left out."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocenter.errors import Finding, Level, UsageError
from isocenter.library.model import (
    FrameView,
    ImageFile,
    Library,
    SeriesFacts,
    SeriesPlace,
    SeriesResult,
    StripShape,
    WindowPreset,
)
from isocenter.library.pages import ASSETS, pages
from isocenter.library.urls import Relative, encoded, viewer_address
from isocenter.markup.pages import Page
from isocenter.markup.text import printable

ROOT = "index.html"
YEAR = "03-yr/index.html"
MONTH = "03-yr/02-mo/index.html"
STUDY = "03-yr/02-mo/01-ex/index.html"
PAGES = (ROOT, YEAR, MONTH, STUDY)
IMAGE_TAG = "<img src=x onerror=alert(1)>"
FACTS = SeriesFacts(
    series_uid="1.2.3.4",
    study_uid="1.2.3",
    series_description="AX T2",
    study_description="Brain MRI",
    modality="MR",
    modalities_in_study="MR\\SR",
    patient_id="PID-7",
    patient_name="DOE^JANE",
    patient_birth_date="20200314",
    study_date="20230511",
    series_date="20230512",
    acquisition_date="20230513",
)


class Parsed(HTMLParser):
    """The elements, the texts and the void of a page, as a browser would see them."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.markup: list[str] = []
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.markup.append(f"{tag} {' '.join(name for name, _ in attrs)}")

    def handle_endtag(self, tag: str) -> None:
        self.markup.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.markup.append(f"comment {data}")

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.elements if name in attributes]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    @property
    def said(self) -> set[str]:
        return {" ".join(text.split()) for text in self.texts}


def place(path: str = "03-yr/02-mo/01-ex/AX") -> SeriesPlace:
    return SeriesPlace(*path.rsplit("/", 1))


def series(where: str = "03-yr/02-mo/01-ex/AX", count: int = 3, **changes: Any) -> SeriesResult:
    names = tuple(f"{index}.0.jpg" for index in range(count))
    shape = StripShape(tile=96, shown=count, total=count)
    result = SeriesResult(
        place=place(where),
        facts=FACTS,
        images=tuple(ImageFile(f"{where}/{name}.dcm", (name,), 256, 320) for name in names),
        middle=names[count // 2] if names else "",
        preview=shape,
        raw_preview=replace(shape, tile=300),
    )
    return replace(result, **changes)


def library(*members: SeriesResult, findings: Iterable[Finding] = ()) -> Library:
    return Library(members or (series(),), tuple(findings))


def written(built: Library, **options: str) -> dict[str, bytes]:
    return {page.path: page.content for page in pages(built, **options)}


def parsed(built: Library, path: str, **options: str) -> Parsed:
    return Parsed(written(built, **options)[path])


# ---- Which pages there are


DATA = ("ages.js", "03-yr/02-mo/01-ex/study.js")


def test_a_library_of_one_series_has_four_pages_their_data_and_assets() -> None:
    assets = {f"assets/{name}" for name in ASSETS}
    assert {*PAGES, *DATA, *assets} == set(written(library()))


def test_with_a_viewer_the_study_has_a_page_beside_the_way_there() -> None:
    study = "03-yr/02-mo/01-ex/study.html"
    assert {*PAGES, *DATA, study} < set(written(library(), server="https://h/v"))


def test_no_page_is_written_twice() -> None:
    members = [
        series(f"0{y}-yr/02-mo/0{e}-ex/S{s}") for y in (1, 3) for e in (1, 2) for s in (1, 2)
    ]
    paths = [page.path for page in pages(library(*members))]
    assert sorted(set(paths)) == sorted(paths)
    assert len(paths) == 1 + 2 + 2 + 4 + len(["ages.js"]) + 4 + len(ASSETS)


def test_an_empty_library_still_has_its_root_page() -> None:
    assert "No series was found." in parsed(Library(()), ROOT).text


def test_the_same_library_gives_the_same_bytes() -> None:
    assert list(pages(library())) == list(pages(library()))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_utf8_with_lf_and_one_newline_at_the_end(path: str) -> None:
    text = written(library(findings=[Finding(Level.NOTE, "x", "y")]))[path].decode("utf-8")
    assert "\r" not in text
    assert text.endswith("</html>\n")
    assert [line for line in text.splitlines() if line != line.rstrip()] == []


@pytest.mark.parametrize(
    ("path", "up"), [(ROOT, ""), (YEAR, "../"), (MONTH, "../../"), (STUDY, "../../../")]
)
def test_assets_are_found_relative_to_the_page(path: str, up: str) -> None:
    page = parsed(library(), path)
    assert [f"{up}assets/common.js"] == page.values("src")[:1]
    assert f"{up}assets/isocenter.css" in page.values("href")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_asks_the_net(path: str) -> None:
    page = parsed(library(), path)
    addresses = page.values("src") + page.values("href")
    assert [a for a in addresses if "://" in a and not a.startswith("data:")] == []


@pytest.mark.parametrize("path", PAGES)
def test_no_inline_script_and_no_event_handler(path: str) -> None:
    page = parsed(library(), path)
    assert [e for e in page.elements if e[0] == "script" and "src" not in e[1]] == []
    assert [name for _, a in page.elements for name in a if name.startswith("on")] == []


@pytest.mark.parametrize("path", PAGES)
def test_every_link_within_the_library_leads_to_a_page_or_a_file_of_it(path: str) -> None:
    built = library(series(), series("03-yr/02-mo/02-ex/AX"), series("04-yr/00-mo/01-ex/AX"))
    files = written(built)
    made = set(files) | {f"{s.place.folder}/{name}" for s in built.series for name in _files(s)}
    folder = path.rpartition("/")[0].split("/") if "/" in path else []
    targets = {_resolved(folder, a) for a in Parsed(files[path]).values("href") if _is_path(a)}
    assert targets
    assert set() == targets - made


def _files(result: SeriesResult) -> Iterator[str]:
    yield from ("tag-raw.txt", "preview.jpg", "raw-preview.jpg")
    for image in result.images:
        yield from (f"dcm2jpgRaw/{name}" for name in image.frames)


def _is_path(address: str) -> bool:
    return not address.startswith(("#", "data:"))


def _resolved(folder: list[str], address: str) -> str:
    parts = list(folder)
    for part in re.split("[?#]", address)[0].split("/"):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


# ---- Addresses


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("a%20b", "a b"),
        ("%23%3F%25", "#?%"),
        ("%5C%22%27", "\\\"'"),
        ("%24%28rm%20x%29", "$(rm x)"),
        ("%C3%A9", "é"),
        ("%FF%FE", b"\xff\xfe".decode("utf-8", "surrogateescape")),
        ("javascript%3Ax", "javascript:x"),
        ("%3F", "\ud800"),
    ],
)
def test_a_name_is_percent_encoded_from_its_bytes(address: str, name: str) -> None:
    assert address == encoded(name)


@given(st.binary(min_size=1).filter(lambda raw: b"/" not in raw))
def test_the_bytes_of_any_file_name_survive_encoding(raw: bytes) -> None:
    assert raw == unquote_to_bytes(encoded(raw.decode("utf-8", "surrogateescape")))


@pytest.mark.parametrize(
    ("address", "folder", "path"),
    [
        ("03-yr/index.html", "", "03-yr/index.html"),
        ("../index.html", "03-yr", "index.html"),
        ("01-ex/a/b.jpg", "03-yr/02-mo", "03-yr/02-mo/01-ex/a/b.jpg"),
        ("../../04-yr/00-mo/index.html", "03-yr/02-mo", "04-yr/00-mo/index.html"),
    ],
)
def test_an_address_goes_up_no_further_than_needed(address: str, folder: str, path: str) -> None:
    assert address == Relative(folder)(path)


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("https://h/rev/?year=03&month=02&example=01", "https://h/rev/"),
        ("https://h/rev/?a=b&year=03&month=02&example=01", "https://h/rev/?a=b"),
        ("https://h/rev/?year=03&month=02&example=01#top", "https://h/rev/#top"),
        ("/rev/viewer/?year=03&month=02&example=01", "/rev/viewer/"),
        ("https://h/%22%3E%3Cb%3E?year=03&month=02&example=01", 'https://h/"><b>'),
    ],
)
def test_the_viewer_is_asked_for_year_month_and_example(address: str, server: str) -> None:
    assert address == viewer_address(server, year="03", month="02", example="01")


@pytest.mark.parametrize("server", ["javascript:alert(1)", "localhost:8080/rev", "http://[::1"])
def test_a_server_that_is_no_web_address_is_refused(server: str) -> None:
    with pytest.raises(UsageError, match="no viewer address"):
        written(library(), server=server)


# ---- The example page: our own, or the way to the viewer


def test_with_a_server_the_example_page_redirects_with_and_without_script() -> None:
    page = parsed(library(), STUDY, server="https://h/v?a=1")
    address = "https://h/v?a=1&year=03&month=02&example=01"
    assert f"0; url={address}" in page.values("content")
    assert address in page.values("href")
    assert page.values("data-example") == []


def test_with_a_server_the_other_pages_do_not_redirect() -> None:
    files = written(library(), server="https://h/v")
    assert [path for path in PAGES[:3] if b"http-equiv" in files[path]] == []


def test_without_a_server_the_script_is_told_the_digits_of_the_folders() -> None:
    page = parsed(library(), STUDY)
    _, html = page.elements[0]
    assert html == {"lang": "en", "data-year": "03", "data-month": "02", "data-example": "01"}
    assert b"http-equiv" not in written(library())[STUDY]


# ---- What is said


def test_counts_and_ages_are_in_words() -> None:
    text = parsed(library(series(), series("03-yr/02-mo/02-ex/B")), ROOT).text
    assert "3 years" in text
    assert "2 months" in text
    assert "2 examples · 2 series · 6 images" in text


def test_one_of_a_kind_is_singular() -> None:
    assert "1 example · 1 series · 1 image" in parsed(library(series(count=1)), MONTH).text


def test_in_the_first_year_the_age_is_told_in_months() -> None:
    page = parsed(library(series("00-yr/03-mo/01-ex/A")), "00-yr/03-mo/index.html")
    titles = [text for text in page.said if "Isocenter" in text]
    assert sorted(["Isocenter", "3 months · Isocenter"]) == sorted(titles)


def test_patient_and_study_facts_are_on_the_study_page() -> None:
    said = parsed(library(), STUDY).said
    expected = {"Brain MRI", "DOE^JANE", "PID-7", "2020-03-14", "2023-05-11", "MR, SR", "1.2.3"}
    assert expected <= said
    assert {
        "AX T2",
        "2023-05-12",
        "2023-05-13",
        "320 \N{MULTIPLICATION SIGN} 256 pixels",
        "1.2.3.4",
    } <= said


def test_absent_facts_are_not_mentioned() -> None:
    said = parsed(library(series(facts=SeriesFacts())), STUDY).said
    names = {"Patient", "Patient ID", "Born", "Study date", "Modalities", "Study UID", "Modality"}
    assert set() == names & said
    assert set() == {word for word in said if "nknown" in word or "None" in word}


def test_a_date_that_is_none_is_shown_as_it_is() -> None:
    facts = replace(FACTS, study_date="20231341", series_date="2023")
    assert {"20231341", "2023"} <= parsed(library(series(facts=facts)), STUDY).said


@pytest.mark.parametrize("path", [MONTH, STUDY])
def test_a_strip_that_leaves_frames_out_says_so(path: str) -> None:
    shape = StripShape(tile=16, shown=218, total=1000)
    page = parsed(library(series(preview=shape, raw_preview=shape)), path)
    assert "218 of 1,000 frames in the strip" in page.said


@pytest.mark.parametrize("path", [MONTH, STUDY])
def test_a_whole_strip_says_nothing(path: str) -> None:
    assert "frames in the strip" not in parsed(library(), path).text


def test_thumbnails_start_at_the_middle_image() -> None:
    page = parsed(library(series(count=60)), MONTH)
    thumb = next(a for _, a in page.elements if "data-thumb" in a)
    assert tuple(thumb[name] for name in ("data-strip", "data-shown", "data-start")) == (
        "01-ex/AX/preview.jpg",
        "60",
        "30",
    )
    assert "01-ex/AX/dcm2jpgDCMresize/30.0.jpg" in page.values("src")


def test_a_strip_that_leaves_frames_out_starts_in_its_own_middle() -> None:
    shape = StripShape(tile=16, shown=218, total=1000)
    page = parsed(library(series(count=1000, preview=shape)), MONTH)
    assert "109" in page.values("data-start")


def test_without_scripts_the_study_page_leads_to_the_middle_image_and_the_strip() -> None:
    links = parsed(library(), STUDY).values("href")
    assert {"AX/dcm2jpgRaw/1.0.jpg", "AX/raw-preview.jpg", "AX/tag-raw.txt"} <= set(links)


# ---- Data of the study page


def told(built: Library, path: str, **options: Any) -> Any:
    """What a data script hands over."""
    text = written(built, **options)[path].decode("ascii")
    found = re.fullmatch(r'isocenter\.register\("(\w+)",(.*)\);\n', text)
    assert found
    assert path.endswith(f"{found[1]}.js")
    return json.loads(found[2])


def study_data(result: SeriesResult, **options: Any) -> dict[str, Any]:
    (entry,) = told(library(result), DATA[1], **options)
    return dict(entry)


def test_the_viewer_is_told_every_frame_and_where_the_files_lie() -> None:
    data = study_data(series())
    assert data["frames"] == ["0.0.jpg", "1.0.jpg", "2.0.jpg"]
    assert data["folder"] == "AX/dcm2jpgRaw/"
    assert data["files"] == [f"AX/{index}.0.jpg.dcm" for index in range(3)]
    assert (data["file"], data["middle"], data["id"]) == ([0, 1, 2], 1, "series-1")
    assert (data["tags"], data["tagsText"]) == ("AX/tag-raw.js", "AX/tag-raw.txt")


def test_frames_of_one_file_lead_to_it() -> None:
    image = ImageFile("03-yr/02-mo/01-ex/AX/a b.dcm", ("a b.0.jpg", "a b.1.jpg"), 8, 8)
    data = study_data(series(images=(image,), middle="a b.1.jpg"))
    assert data["frames"] == ["a%20b.0.jpg", "a%20b.1.jpg"]
    assert (data["files"], data["file"]) == (["AX/a%20b.dcm"], [0, 0])


def test_without_dicom_files_in_the_library_none_is_linked() -> None:
    assert study_data(series(), dicom=False)["files"] == []


def test_frames_that_lie_alike_share_a_view() -> None:
    axial, other = ("R", "A", "L", "P"), ("A", "H", "P", "F")
    views = [
        FrameView(axial, "f 0 0 1", 1.5, 0.5),
        FrameView(axial, "f 0 0 1", 2.5, 0.5),
        FrameView(other, "f 1 0 0", 0.0),
    ]
    where = "03-yr/02-mo/01-ex/AX"
    images = [ImageFile(f"{where}/{n}", (f"{n}.jpg",), 8, 8, (views[n],)) for n in range(3)]
    data = study_data(series(images=tuple(images), middle="1.jpg"))
    assert data["views"] == [
        {"edges": list(axial), "plane": 0, "aspect": 0.5},
        {"edges": list(other), "plane": 1, "aspect": 1.0},
    ]
    assert (data["view"], data["places"]) == ([0, 0, 1], [1.5, 2.5, 0.0])


def test_the_frame_of_reference_is_told_apart_but_not_named() -> None:
    view = FrameView(plane="1.2.840.99 0.00 0.00 1.00", place=1.0)
    image = ImageFile("03-yr/02-mo/01-ex/AX/a", ("a.jpg",), 8, 8, (view,))
    built = library(series(images=(image,), middle="a.jpg"))
    assert b"1.2.840.99" not in b"".join(written(built).values())


def test_frames_of_which_nothing_is_known_have_a_view_that_tells_nothing() -> None:
    data = study_data(series())
    assert data["views"] == [{"edges": [], "plane": None, "aspect": 1.0}]
    assert (data["view"], data["places"], data["rate"]) == ([0, 0, 0], [None] * 3, None)


def test_a_frame_time_is_told_as_images_per_second() -> None:
    assert study_data(series(frame_time=40.0))["rate"] == 25.0


def test_presets_are_told_with_their_numbers_and_folders() -> None:
    windows = (WindowPreset("brain", 40.0, 80.0), WindowPreset("half", 0.5, 1.5))
    assert study_data(series(windows=windows))["windows"] == [
        {"name": "brain (40 / 80)", "folder": "AX/dcm2jpgWindow-brain/"},
        {"name": "half (0.5 / 1.5)", "folder": "AX/dcm2jpgWindow-half/"},
    ]


def test_a_series_without_images_is_not_in_the_viewer() -> None:
    bare = series(images=(), middle="", preview=None, raw_preview=None)
    assert told(library(bare), DATA[1]) == []


@pytest.mark.parametrize("text", ["</script><script>alert(1)", "a\x00\ud800", "\u2028腹", "<!--"])
def test_any_text_is_handed_over_as_ascii_without_markup(text: str) -> None:
    facts = replace(FACTS, series_description=text)
    content = written(library(series(facts=facts)))[DATA[1]]
    assert b"<" not in content
    assert content.isascii()
    assert study_data(series(facts=facts))["title"] == printable(text)


# ---- Data of the age finder


def ages(*members: SeriesResult) -> list[list[Any]]:
    return list(told(library(*members), DATA[0]))


def test_an_example_has_the_days_between_birth_and_study() -> None:
    facts = replace(FACTS, patient_birth_date="20200314", study_date="20230514")
    (row,) = ages(series(facts=facts))
    assert row == [
        STUDY,
        "Example 01, 3\N{NO-BREAK SPACE}years 2\N{NO-BREAK SPACE}months",
        "Brain MRI · MR",
        1156,
        1,
    ]


@pytest.mark.parametrize(
    ("born", "studied"),
    [
        ("", "20230514"),
        ("20200314", ""),
        ("19000101", "20230514"),
        ("20200314", "2023"),
        ("x", "y"),
    ],
)
def test_without_dates_that_agree_with_the_folder_its_middle_counts(
    born: str, studied: str
) -> None:
    (row,) = ages(series(facts=replace(FACTS, patient_birth_date=born, study_date=studied)))
    assert row[3:] == [round(38.5 * 365.2425 / 12), 0]


def test_an_example_without_pictures_is_not_found_by_age() -> None:
    assert ages(series(images=(), middle="", preview=None, raw_preview=None)) == []


def test_a_series_without_images_is_listed_with_its_findings() -> None:
    finding = Finding(Level.NOTE, "no-image", "A report has no image", "a/b.dcm")
    bare = series(images=(), middle="", preview=None, raw_preview=None, findings=(finding,))
    for path in (MONTH, STUDY):
        page = parsed(library(bare), path)
        assert {"AX T2", "No readable image", "A report has no image"} <= page.said
        assert [e for e in page.elements if "src" in e[1] and e[0] != "script"] == []


def test_the_folder_of_the_pictures_may_have_its_own_name() -> None:
    sources = parsed(library(), MONTH, leaf="preview-%s").values("data-strip")
    assert {"01-ex/preview-AX/preview.jpg", "01-ex/preview-AX/raw-preview.jpg"} == set(sources)


def test_neighbours_are_linked_across_months_and_years() -> None:
    members = [series(f"{folder}/S") for folder in ("02-yr/11-mo/04-ex", "03-yr/02-mo/01-ex")]
    page = parsed(library(*members), STUDY)
    rel = {a["rel"]: a["href"] for _, a in page.elements if a.get("rel") in {"prev", "next"}}
    assert rel == {"prev": "../../../02-yr/11-mo/04-ex/index.html"}


# ---- Findings


def test_a_finding_tells_level_file_message_tag_clause_and_offset() -> None:
    finding = Finding(
        Level.ERROR, "bad-pixels", "Too short", "a/7.dcm", "(7FE0,0010)", 1234, "PS3.5 8"
    )
    said = parsed(library(series(findings=(finding,))), ROOT).said
    assert {"error", "a/7.dcm", "Too short", "Tag (7FE0,0010)", "PS3.5 8", "Byte 1,234"} <= said


def test_a_finding_at_the_first_byte_tells_so() -> None:
    finding = Finding(Level.ERROR, "not-dicom", "No preamble", "x", offset=0)
    assert "Byte 0" in parsed(library(findings=[finding]), ROOT).said


def test_findings_that_belong_to_no_series_come_first_on_the_root_page() -> None:
    own = Finding(Level.NOTE, "a", "Own note")
    other = Finding(Level.ERROR, "b", "Error of a series")
    text = parsed(library(series(findings=(other,)), findings=[own]), ROOT).text
    assert 0 < text.index("Own note") < text.index("Error of a series")


def test_findings_are_counted_by_level_the_gravest_first() -> None:
    levels = [Level.NOTE, Level.ERROR, Level.NOTE, Level.WARNING]
    text = parsed(library(findings=[Finding(level, "x", "y") for level in levels]), ROOT).text
    assert "1 error 1 warning 2 notes" in text


def test_a_finding_of_a_series_links_to_it() -> None:
    finding = Finding(Level.ERROR, "x", "y", "a.dcm")
    assert f"{STUDY}#series-1-about" in parsed(library(series(findings=(finding,))), ROOT).values(
        "href"
    )


def test_ten_thousand_findings_show_200_and_a_link_to_all() -> None:
    many = [Finding(Level.NOTE, "x", f"message {index}") for index in range(10_000)]
    page = parsed(library(findings=many), ROOT)
    assert sum(text.startswith("message ") for text in page.said) == 200
    assert "The first 200 of 10,000 findings." in page.text
    assert "findings.json" in page.values("href")


def test_two_hundred_findings_are_all_there() -> None:
    many = [Finding(Level.NOTE, "x", f"message {index}") for index in range(200)]
    page = parsed(library(findings=many), ROOT)
    assert sum(text.startswith("message ") for text in page.said) == 200
    assert "findings.json" not in page.values("href")


# ---- Any text is text


def _with_text(text: str, folder: str) -> Library:
    facts = SeriesFacts(*[text] * 12)
    finding = Finding(Level.ERROR, text, text, text, text, 1, text)
    names = (f"0{folder}.jpg", f"1{folder}.jpg")
    where = SeriesPlace("03-yr/02-mo/01-ex", folder)
    image = ImageFile(f"{where.folder}/{folder}", names, 8, 8)
    shape = StripShape(16, 2, 2)
    result = SeriesResult(where, facts, (image,), names[1], shape, shape, (finding,))
    return Library((result,), (finding,))


PLAIN = {path: Parsed(content).markup for path, content in written(_with_text("x", "x")).items()}


@pytest.mark.parametrize(
    "text",
    [
        IMAGE_TAG,
        "\"'><script>alert(1)</script>",
        "{{ 7 * 7 }}{% raw %}",
        "</title></template></iframe><!--",
        "$(reboot) `id` \\ & &lt; &#60;",
        "]]> \x00 \x1b \ud800 \udcff",
        "Ωμέγα 腹部 \u202eabc",
    ],
)
@pytest.mark.parametrize("path", PAGES)
def test_hostile_text_changes_nothing_of_the_markup(path: str, text: str) -> None:
    assert PLAIN[path] == parsed(_with_text(text, text.replace("/", "")), path).markup


SEGMENT = st.text(min_size=1).filter(lambda name: "/" not in name and name not in {".", ".."})


@settings(deadline=None)
@given(text=st.text(st.characters(), min_size=1).filter(str.strip), folder=SEGMENT)
def test_no_text_whatever_changes_the_markup(text: str, folder: str) -> None:
    files = written(_with_text(text, folder))
    assert {path: PLAIN[path] for path in PAGES} == {p: Parsed(files[p]).markup for p in PAGES}


@pytest.mark.parametrize("path", PAGES[1:])
def test_markup_in_a_description_shows_as_typed(path: str) -> None:
    facts = replace(FACTS, series_description=IMAGE_TAG, study_description=IMAGE_TAG)
    assert IMAGE_TAG in parsed(library(series(facts=facts)), path).said


def test_a_name_of_undecodable_bytes_shows_replaced_and_links_to_its_bytes() -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    page = parsed(library(series(f"03-yr/02-mo/01-ex/{name}", facts=SeriesFacts())), STUDY)
    assert "caf\N{REPLACEMENT CHARACTER}" in page.said
    assert "caf%E9/tag-raw.txt" in page.values("href")


def test_a_page_is_a_value() -> None:
    assert Page("a", b"b") == Page("a", b"b")
