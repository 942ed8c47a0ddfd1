"""The standard browser in Chromium: first view, search, and how large it is.

    python benchmarks/bench_site.py [PROFILE]

Bare work in the same run: an empty page for the first view, and for a search one pass over all
keywords with ``includes``.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from isocenter.attributes.profile import Profile
from isocenter.attributes.site.job import write_site

CHROMIUM = "/usr/bin/chromium"
ROUNDS = 9
SEARCHES = ("patient", "00100010", "e", "referenced sop", "no such thing", "CodeValue")
_LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
_SEARCH = """
(words) => {
  const timed = (work) => {
    for (let round = 0; round < 20; round += 1) work();
    const start = performance.now();
    for (let round = 0; round < 50; round += 1) work();
    return (performance.now() - start) / 50;
  };
  const keywords = isocenter.standard.attributes.map(({ keyword }) => keyword.toLowerCase());
  return words.map((word) => [
    timed(() => isocenter.search.find(word)),
    timed(() => keywords.filter((keyword) => keyword.includes(word.toLowerCase()))),
  ]);
}
"""


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        root = Path(folder)
        profile = opened.enter_context(Profile(sys.argv[1])) if len(sys.argv) > 1 else None
        write_site(root / "site", profile)
        (root / "empty.html").write_text("<!DOCTYPE html><title>Empty</title>")
        sizes = {path: path.stat().st_size for path in (root / "site").rglob("*") if path.is_file()}
        print(f"{len(sizes):,} files, {sum(sizes.values()):,} bytes")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page()
            empty = _first_view(page, root / "empty.html")
            site = _first_view(page, root / "site" / "index.html")
            print(f"first view {site:.0f} ms, of an empty page {empty:.0f} ms")
            for word, (ours, bare) in zip(SEARCHES, page.evaluate(_SEARCH, SEARCHES), strict=True):
                print(
                    f"search {word!r:20} {ours:6.2f} ms, bare {bare:6.2f} ms, {ours / bare:5.1f}x"
                )
            browser.close()


def _first_view(page: Page, path: Path) -> float:
    """Median milliseconds from the address to the end of loading, scripts run and tree drawn."""
    times = []
    for _ in range(ROUNDS):
        page.goto("about:blank")
        page.goto(path.as_uri())
        times.append(float(page.evaluate(_LOADED)))
    return median(times[2:])


if __name__ == "__main__":
    main()
