"""What has changed since the last build: the tree as it is against what the catalog knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from isocenter.errors import UsageError
from isocenter.library import layout, listing
from isocenter.library.catalog import Catalog, Entry, Origin
from isocenter.library.fingerprint import of_series
from isocenter.library.model import Layout, SeriesPlace
from isocenter.library.options import BuildOptions
from isocenter.library.scan import SeriesFolder, Tree
from isocenter.library.steps import KILLED, TIMED_OUT, SeriesTask


@dataclass(frozen=True, slots=True)
class Changes:
    """What a build has to do: series to make, and series whose input has gone."""

    tasks: tuple[SeriesTask, ...]
    removed: tuple[Entry, ...]
    unchanged: int


def changes(tree: Tree, catalog: Catalog, options: BuildOptions, *, force: bool) -> Changes:
    """Compare; with ``force`` nothing counts as unchanged."""
    fingerprint = of_series(options)
    known = catalog.places()
    made = {place.pictures for place in known if place.leaf}
    tasks, unchanged = [], 0
    for folder in tree.series:
        if folder.place.folder in made and not folder.listing:
            continue  # pictures that lie beside a series which has gone, or has them elsewhere now
        entry = None if force else catalog.entry(folder.place)
        if entry and _is_unchanged(entry, folder, fingerprint, options.output):
            unchanged += 1
        else:
            same = entry is not None and entry.fingerprint == fingerprint
            left_out = _left_out(entry, folder, catalog) if entry and same else {}
            tasks.append(
                SeriesTask(
                    folder,
                    options,
                    skip=frozenset(name for name, code in left_out.items() if code == KILLED),
                    late=frozenset(name for name, code in left_out.items() if code == TIMED_OUT),
                )
            )
    return Changes(tuple(tasks), tuple(_removed(tree, known, catalog)), unchanged)


def check_origin(before: Origin, options: BuildOptions, found: Layout) -> None:
    """Refuse what would remove more than anybody asked for.

    Raises:
        UsageError: the library was made of DICOM files that lie in it, which would go; or it has
            another layout than was found, and nobody asked for that.
    """
    output = options.output
    if before.in_place and not options.in_place:
        raise UsageError(
            f"{output} holds the DICOM files that its library was made of: choose another folder"
        )
    if options.layout is None and before.layout != found:
        raise UsageError(
            f"{output} holds a library with --layout {before.layout}, and {options.source} is one"
            f" for --layout {found}: say which is meant, or choose another folder"
        )


def _is_unchanged(entry: Entry, folder: SeriesFolder, fingerprint: str, output: Path) -> bool:
    return (
        entry.settled
        and entry.listing == folder.listing
        and entry.fingerprint == fingerprint
        and (output / layout.series_json(entry.place)).is_file()
    )


def _left_out(entry: Entry, folder: SeriesFolder, catalog: Catalog) -> dict[str, str]:
    """The files that could not be decoded last time and are still the same."""
    result = catalog.result(entry.place)
    if result is None:
        return {}
    before, now = listing.stamps(entry.listing), listing.stamps(folder.listing)
    found = {
        finding.path: finding.code
        for finding in result.findings
        if finding.code in {KILLED, TIMED_OUT}
    }
    return {
        name: found[path]
        for name, path in folder.paths.items()
        if path in found and before.get(name) == now[name]
    }


def _removed(tree: Tree, known: list[SeriesPlace], catalog: Catalog) -> list[Entry]:
    """What is known and no longer there; what could not be looked at stays as it is."""
    there = {folder.place.folder for folder in tree.series}
    gone = [place for place in known if place.folder not in there]
    entries = (catalog.entry(place) for place in gone)
    return [entry for entry in entries if entry and not _is_unread(entry, tree.unread)]


def _is_unread(entry: Entry, unread: list[str]) -> bool:
    places = (entry.place.folder, *listing.origins(entry.listing).values())
    return any(f"{place}/".startswith(f"{folder}/") for folder in unread for place in places)
