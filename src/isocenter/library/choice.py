"""Which of the folders and files that a scan found are built: what options leave out.

Folders of pictures that an earlier run made beside the series (``leaf``) are no series, and
files of another extension than the one asked for are not read, which a finding says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from isocenter.errors import Finding, Level, UsageError
from isocenter.files.names import component
from isocenter.library import layout, listing
from isocenter.library.options import BuildOptions
from isocenter.library.scan import SeriesFolder, Tree


def chosen(tree: Tree, options: BuildOptions) -> Tree:
    """The tree, as far as it is to be built; series know their folders of pictures.

    Raises:
        UsageError: the pattern or the name of a JSON file cannot be one, or two series would
            share a folder of pictures.
    """
    _check(options)
    folders = {folder.place.folder for folder in tree.series}
    made = _leaves(tree.series, options.leaf)
    series = [_series(one, options) for one in tree.series if one.place.folder not in made]
    for one in series:
        if one.place.leaf and one.place.pictures in folders - made:
            raise UsageError(f"{one.place.pictures} is a series: its pictures need another name")
    skipped = [
        _skipped(before, one, options.extension)
        for before, one in zip(
            (one for one in tree.series if one.place.folder not in made), series, strict=True
        )
        if before.listing != one.listing
    ]
    named = [one for one in tree.findings if not one.path.endswith(f"/{options.study_json}")]
    return Tree(series, [*named, *skipped], tree.unread)


def leaf_name(pattern: str, series: str) -> str:
    """The folder of a series' pictures: only ``%s`` stands for anything."""
    return pattern.replace(layout.SAME_FOLDER, series)


def of_extension(found: bytes, extension: str) -> bytes:
    """The listing of a series' files, as far as they are read."""
    if not extension:
        return found
    end = f".{extension.removeprefix('.')}".casefold()
    return listing.only(found, lambda name: name.casefold().endswith(end))


def _check(options: BuildOptions) -> None:
    if layout.SAME_FOLDER not in options.leaf:
        raise UsageError(f"{options.leaf!r} has no %s: all series would share one folder")
    for text in (options.leaf.replace(layout.SAME_FOLDER, "s"), options.study_json):
        if text in {"", ".", ".."} or component(text) != text or set(text) & set("/\\\0"):
            raise UsageError(f"{text!r} is no name of a file or folder")
    taken = {layout.PAGE, layout.MONTH_EXAMPLES}
    if options.study_json in taken or options.study_json.endswith("-series.json"):
        raise UsageError(f"{options.study_json} is the name of another output")


def _leaves(series: Iterable[SeriesFolder], pattern: str) -> set[str]:
    """The folders that are called as the pictures of another series are."""
    if pattern == layout.SAME_FOLDER:
        return set()
    every = list(series)
    with_files = {one.place.folder for one in every if one.listing}
    named = {f"{one.place.study}/{leaf_name(pattern, one.place.series)}" for one in every}
    return named - with_files


def _series(folder: SeriesFolder, options: BuildOptions) -> SeriesFolder:
    leaf = leaf_name(options.leaf, folder.place.series)
    place = replace(folder.place, leaf="" if leaf == folder.place.series else leaf)
    return SeriesFolder(place, of_extension(folder.listing, options.extension))


def _skipped(before: SeriesFolder, after: SeriesFolder, extension: str) -> Finding:
    count = len(before.files) - len(after.files)
    message = f"files with another extension than {extension} that are not read: {count}"
    return Finding(Level.NOTE, "other-extension", message, before.place.folder)
