"""The JSON files of a library (REV.md section 2): series, study, month.

Paths in them are addresses: ``#``, ``?``, ``%`` and what no address may contain are
percent-encoded, everything else is as it is on disk.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import orjson

from isocenter.library import layout
from isocenter.library.model import Month, SeriesResult, Study

_UNSAFE = re.compile(r"[\x00-\x1f\x7f#?%\\\udc80-\udcff]")
_LEAST_ENTRIES = 3  # the viewer fills three panes or none, REV.md section 3


def address(path: str) -> str:
    """A path as the viewer asks for it."""
    return _UNSAFE.sub(_percent, path)


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in os.fsencode(match[0]))


def entry(series: SeriesResult, key: str) -> dict[str, Any]:
    """The ENTRY of one series; ``key`` is its UID for the viewer, unique in its study."""
    facts = series.facts
    values = {
        "SeriesInstanceUID": facts.series_uid,
        "uid": key,
        "SeriesDescription": facts.series_description,
        "StudyDescription": facts.study_description,
        "ModalitiesInStudy": facts.modalities_in_study,
        "PatientID": facts.patient_id,
        "PatientName": facts.patient_name,
        "PatientBirthDate": facts.patient_birth_date,
        "AcquistionDate": facts.acquisition_date,  # the viewers know the misspelt key
        "AcquisitionDate": facts.acquisition_date,
    }
    return {
        **{name: {"value": value} for name, value in values.items()},
        "details": {"series": _details(series, key)},
    }


def _details(series: SeriesResult, key: str) -> dict[str, Any]:
    preview = f"{series.place.pictures}/{layout.PREVIEW}" if series.images else ""
    return {
        "uid": key,
        "description": series.facts.series_description,
        "date": series.facts.series_date,
        "files": str(len(series.images)),
        "data": [address(image.path) for image in series.images],
        "preview": {"blob": "", "url": address(preview)},
    }


def series_json(series: SeriesResult) -> bytes:
    """``<SERIES>-series.json``."""
    return _dump({"query": {"data": [entry(series, series.facts.series_uid)]}})


def study_json(study: Study) -> bytes:
    """``description.json``: the series that have images, by folder name, three at least."""
    shown = study.shown
    entries = [entry(one, key) for one, key in zip(shown, unique_uids(shown), strict=True)]
    missing = max(0, _LEAST_ENTRIES - len(entries)) if entries else 0
    repeated = [entries[index % len(entries)] for index in range(missing)]
    return _dump({"data": entries + repeated})


def unique_uids(series: Sequence[SeriesResult]) -> list[str]:
    """The viewer's key for each series: its UID, with a counter when that was taken."""
    own = Counter(one.facts.series_uid for one in series)
    used: set[str] = set()
    keys = []
    for one in series:
        uid = key = one.facts.series_uid
        number = 1
        while key in used or (number > 1 and key in own):
            number += 1
            key = f"{uid}-{number}"
        used.add(key)
        keys.append(key)
    return keys


def month_json(month: Month) -> bytes:
    """``ex.json``: each example with the middle image of each of its series."""
    return _dump(
        {
            example.name: {
                "name": example.name,
                "imageLocation": [_middle_image(example.name, one) for one in example.shown],
            }
            for example in month.examples
            if example.shown
        }
    )


def _middle_image(example: str, series: SeriesResult) -> str:
    place = series.place
    return address(f"{example}/{place.leaf or place.series}/{layout.RAW}/{layout.middle(place)}")


def _dump(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
