"""``study.js``: what the viewer of the study page is told of the series of one study.

Columns instead of one object per frame keep a series of thousands of slices small. Paths
are addresses relative to the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from isocenter.library import layout
from isocenter.library.cards import SeriesCard, StudyCard
from isocenter.library.model import FrameView, WindowPreset
from isocenter.library.urls import Relative, encoded
from isocenter.markup.scripts import registered


def study_script(study: StudyCard, *, dicom: bool) -> bytes:
    """The script; ``dicom`` tells whether the DICOM files lie in the library."""
    to = Relative(study.study.folder)
    shown = [card for card in study.series if card.frames]
    planes = _planes(shown)
    return registered("study", [_series(card, to, planes, dicom=dicom) for card in shown])


def _series(
    card: SeriesCard, to: Relative, planes: Mapping[str, int], *, dicom: bool
) -> dict[str, Any]:
    result = card.result
    time = result.frame_time
    return {
        "id": card.anchor,
        "title": card.title,
        "modality": result.facts.modality,
        "thumbnail": to(card.thumbnail),
        "tags": to(f"{card.folder}/{layout.TAGS_SCRIPT}"),
        "tagsText": to(card.tags),
        "folder": to(f"{card.folder}/{layout.RAW}") + "/",
        "windows": [_window(card, preset, to) for preset in result.windows],
        "middle": card.middle,
        "rate": None if time is None else round(1000 / time, 2),
        "frames": [encoded(name) for name in card.frames],
        **_files(card, to, dicom=dicom),
        **_views(card, planes),
    }


def _planes(cards: Sequence[SeriesCard]) -> dict[str, int]:
    """The planes by number: what they are called names a frame of reference."""
    names = dict.fromkeys(view.plane for card in cards for view in _each(card) if view.plane)
    return {name: number for number, name in enumerate(names)}


def _window(card: SeriesCard, preset: WindowPreset, to: Relative) -> dict[str, str]:
    return {
        "name": f"{preset.name} ({preset.center:g} / {preset.width:g})",
        "folder": to(f"{card.folder}/{layout.window_folder(preset.name)}") + "/",
    }


def _files(card: SeriesCard, to: Relative, *, dicom: bool) -> dict[str, Any]:
    """The DICOM files' addresses, and which of them each frame is of."""
    images = card.result.images
    return {
        "files": [to(image.path) for image in images] if dicom else [],
        "file": [n for n, image in enumerate(images) for _ in image.frames],
    }


def _views(card: SeriesCard, planes: Mapping[str, int]) -> dict[str, Any]:
    """The different ways the frames lie, which of them each frame has, and its place."""
    each = _each(card)
    kinds: dict[FrameView, int] = {}
    which = [kinds.setdefault(replace(view, place=None), len(kinds)) for view in each]
    return {
        "views": [
            {
                "edges": view.edges,
                "plane": planes[view.plane] if view.plane else None,
                "aspect": view.aspect,
            }
            for view in kinds
        ],
        "view": which,
        "places": [view.place for view in each],
    }


def _each(card: SeriesCard) -> list[FrameView]:
    """The view of every frame; one that tells nothing where there is none."""
    views: list[FrameView] = []
    for image in card.result.images:
        whole = len(image.views) == len(image.frames)
        views += image.views if whole else [FrameView()] * len(image.frames)
    return views
