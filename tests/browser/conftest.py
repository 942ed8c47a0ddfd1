"""A small library on disk and a Chromium to look at it with."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from isocenter.errors import Finding, Level
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
from isocenter.library.pages import pages, pages_by_study
from isocenter.markup.pages import Page as Made
from isocenter.markup.scripts import registered

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COUNT = 9
HOSTILE = "<img src=x onerror=alert(1)>"
HOSTILE_FOLDER = "a b\"'$(x)#%?\\<b>é"
MONTH_FOLDER = "03-yr/02-mo"


AXIAL = ("R", "A", "L", "P")
SPACING = 5.0
LINES = ["(0010,0010) Patient's Name           PN: 'Müller^腹'", f"(0008,103E) LO: {HOSTILE}"]


def series(
    folder: str,
    *,
    description: str,
    modality: str,
    count: int = COUNT,
    spacing: float = SPACING,
    plane: str = "",
    **more: object,
) -> SeriesResult:
    """A series whose frame ``i`` is a grey square of value ``20 * i + 40``."""
    views = [FrameView(AXIAL, plane, spacing * n if plane else None) for n in range(count)]
    names = tuple(f"{index}.jpg" for index in range(count))
    place = SeriesPlace(*folder.rsplit("/", 1))
    shape = StripShape(tile=96, shown=count, total=count)
    return SeriesResult(
        place=place,
        facts=SeriesFacts(
            series_description=description, modality=modality, study_description="Brain"
        ),
        images=tuple(
            ImageFile(f"{folder}/{name}", (name,), 64, 64, (view,))
            for name, view in zip(names, views, strict=True)
        ),
        middle=names[count // 2],
        preview=shape,
        raw_preview=StripShape(tile=300, shown=count, total=count),
        findings=(Finding(Level.WARNING, "code", HOSTILE, HOSTILE, "(0028,0010)", 1, "PS3.5"),),
        **more,
    )


def sample() -> Library:
    """Two months; one series without pictures, one with hostile names."""
    first = f"{MONTH_FOLDER}/01-ex"
    report = SeriesResult(
        SeriesPlace("03-yr/02-mo/01-ex", "REPORT"),
        SeriesFacts(series_description="Report", modality="SR"),
        findings=(Finding(Level.NOTE, "no-image", "A report has no image", "r.dcm"),),
    )
    return Library(
        (
            series(f"{first}/AX", description="Axial T2", modality="MR", windows=(DARK,)),
            series(f"{first}/{HOSTILE_FOLDER}", description=HOSTILE, modality="CT"),
            report,
            series(f"{MONTH_FOLDER}/02-ex/ONE", description="Scout", modality="CT", count=1),
            *study(f"{MONTH_FOLDER}/03-ex"),
            series("04-yr/00-mo/01-ex/AX", description="Axial T1", modality="MR"),
        ),
        (Finding(Level.NOTE, "not-dicom", "No DICOM file", "README"),),
    )


def by_study() -> Library:
    """The same kinds of series, by patient and study."""
    jane = {"patient_name": "Doe^Jane", "patient_id": "J1", "patient_birth_date": "20000110"}
    early, late = "studies/20200715-aa", "studies/20210102-bb"
    report = SeriesResult(
        SeriesPlace(early, "SR-009"),
        SeriesFacts(series_description="Report", modality="SR", study_date="20200715", **jane),
        findings=(Finding(Level.NOTE, "no-image", "A report has no image", "r.dcm"),),
    )
    return Library(
        (
            _of(f"{early}/MR-001-AX", "Axial T2", "MR", study_date="20200715", **jane),
            _of(f"{early}/{HOSTILE_FOLDER}", HOSTILE, "CT", study_date="20200715", **jane),
            report,
            _of(f"{late}/CT-001", "Scout", "CT", count=1, study_date="20210102", **jane),
            _of("studies/undated-cc/AX", "Axial T1", "MR", patient_name=HOSTILE),
            _of("studies/undated-dd/AX", "Axial T1", "MR"),
        ),
        (Finding(Level.NOTE, "not-dicom", "No DICOM file", "README"),),
    )


def _of(folder: str, description: str, modality: str, count: int = COUNT, **facts) -> SeriesResult:
    result = series(folder, description=description, modality=modality, count=count)
    return replace(result, facts=replace(result.facts, **facts))


def large(root: Path, studies: int) -> None:
    """The root page of a library of many studies, without the other pages."""
    library = Library(
        tuple(
            SeriesResult(
                SeriesPlace(f"studies/{20000101 + n}-{n:016x}", f"MR-{number:03}"),
                SeriesFacts(
                    patient_id=f"P{n // 3:05}",
                    patient_name=f"Name{n // 3}^Given",
                    study_description=f"Study {n}",
                    series_description=f"Series {number}",
                    modality="CT" if number else "MR",
                ),
            )
            for n in range(studies)
            for number in range(5)
        )
    )
    made = pages_by_study(library)
    assets = [asset for asset in pages(Library(())) if asset.path.startswith("assets/")]
    _written(root, Library(()), [next(made), next(made), *assets])


DARK = WindowPreset("dark", 40.0, 80.0)


def study(folder: str) -> Iterator[SeriesResult]:
    """Two series in one place, the second twice as dense and with a known rate, and a cine."""
    facts = {"modality": "CT", "plane": "p"}
    yield series(f"{folder}/A", description="Thick", **facts)
    yield series(f"{folder}/B", description="Thin", spacing=2.5, frame_time=50.0, **facts)
    yield series(f"{folder}/C", description="Elsewhere", modality="CT")


def grey(index: int) -> int:
    """The value of frame ``index``."""
    return 20 * index + 40


def _pictures(root: Path, result: SeriesResult) -> None:
    folder = root / result.place.folder
    names = [name for image in result.images for name in image.frames]
    for kind, size in {"dcm2jpgRaw": 64, "dcm2jpgDCMresize": 300, "dcm2jpgResize": 96}.items():
        (folder / kind).mkdir(parents=True)
        for index, name in enumerate(names):
            Image.new("L", (size, size), grey(index)).save(folder / kind / name)
    for preset in result.windows:
        kind = folder / f"dcm2jpgWindow-{preset.name}"
        kind.mkdir()
        for name in names:
            Image.new("L", (64, 64), 40).save(kind / name)
    for strip, size in {"preview.jpg": 96, "raw-preview.jpg": 300}.items():
        picture = Image.new("L", (size, size * len(names)))
        for index in range(len(names)):
            picture.paste(grey(index), (0, index * size, size, (index + 1) * size))
        picture.save(folder / strip, quality=95)
    (folder / "tag-raw.txt").write_text("(0010,0010) PN Müller^腹\n", encoding="utf-8-sig")
    (folder / "tag-raw.js").write_bytes(registered("tags", LINES))
    for name in names:
        (folder / name).write_bytes(b"DICM")


def build(root: Path, server: str = "") -> None:
    """The sample library, on disk."""
    library = sample()
    _written(root, library, pages(library, server=server))


def build_by_study(root: Path) -> None:
    """Three patients, one with two studies and one with a hostile name, on disk."""
    library = by_study()
    _written(root, library, pages_by_study(library))


def _written(root: Path, library: Library, made: Iterable[Made]) -> None:
    for result in library.series:
        if result.images:
            _pictures(root, result)
    for page in made:
        path = root / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page.content)


@pytest.fixture(scope="session")
def trees(tmp_path_factory) -> Path:
    """``rev/index.html``, a stand-in viewer; ``rev/library-anon``; ``plain``; ``served``;
    ``bystudy``; ``many``, without pictures."""
    root = tmp_path_factory.mktemp("trees")
    build(root / "plain")
    build(root / "rev" / "library-anon")
    build(root / "served", server="/rev/index.html?from=page")
    build_by_study(root / "bystudy")
    large(root / "many", 90)
    icon = '<link rel="icon" href="data:,">'
    viewer = f"<!DOCTYPE html><html lang=en><head>{icon}<title>Viewer</title></head>"
    (root / "rev" / "index.html").write_text(viewer)
    return root


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args) -> None:
        pass

    def copyfile(self, *files) -> None:
        with suppress(ConnectionError):  # the page left before all of it came
            super().copyfile(*files)


@pytest.fixture(scope="session")
def http(trees) -> Iterator[str]:
    """The trees' address on a local server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(trees)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["file", "http"])
def base(request, trees) -> str:
    """The trees' address, from the disk and from a server."""
    if request.param == "file":
        return str(trees.as_uri())
    return str(request.getfixturevalue("http"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; it ends with the tests of a file, as it takes a fifth of a core idle."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(browser) -> Iterator[Callable[..., Page]]:
    """Opens an address; afterwards: nothing on the console, nothing asked of the net."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def opened(address: str, **options) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: (problems.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: problems.extend(_outside(request.url)))
        page.on("requestfailed", lambda request: problems.extend(_failed(request)))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def _outside(url: str) -> list[str]:
    inside = ("file:///", "http://127.0.0.1:", "data:")
    return [] if url.startswith(inside) else [f"asked the net: {url}"]


def _failed(request) -> list[str]:
    # Going to another page breaks off what was still being loaded.
    return [] if "ERR_ABORTED" in (request.failure or "") else [f"{request.url}: {request.failure}"]
