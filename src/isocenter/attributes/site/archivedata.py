"""What an archive holds, as scripts of the page: presence, examples, numbers, coverage.

``data/archive.js`` tells the archive as a whole and is read with the page. What is told of one
IOD, of one attribute, or of where a tag occurs comes in scripts of its own when it is
asked for, so that a large archive opens as fast as none.

In: a profile, opened with the number of patients that a value takes. Out: pages. Nothing
comes from a profile but what it tells; see :mod:`isocenter.attributes.examples`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from isocenter.attributes.coverage import Coverage, coverage
from isocenter.attributes.examples import UNSAFE, AttributeExamples, Examples, examples
from isocenter.attributes.occurrences import Flag
from isocenter.attributes.paths import Component, components
from isocenter.attributes.profile import Context, Profile
from isocenter.attributes.tables import insert
from isocenter.attributes.views import DIMENSIONS
from isocenter.markup.pages import Page
from isocenter.markup.scripts import registered
from isocenter.standard.modules import iods

_VIOLATIONS = Flag.OTHER_VR | Flag.INVALID_VALUE | Flag.VALUE_TOO_LONG | Flag.WRONG_VM
_COUNTS = "count(DISTINCT u.series), count(DISTINCT u.patient)"
_OF_IOD = (
    "JOIN shown_contexts c ON c.context = r.context JOIN iod_of i ON i.sop_class = c.sop_class"
)


def archive_pages(profile: Profile, number: int) -> Iterator[Page]:
    """The scripts of an archive, with at most ``number`` values of an attribute."""
    found = examples(profile, number=number)
    contexts = [one.context for one in profile.contexts()]
    yield _page("archive", _whole(profile, found))
    yield from _iod_pages(profile)
    yield from _attribute_pages(profile, found, contexts)
    yield _page("places", _places(profile))


def _page(name: str, value: Any) -> Page:
    return Page(f"data/{name}.js", registered(name, value))


def bucket(path: str) -> str:
    """The script that tells of a path: its first tag; of private ones only the group."""
    first = components(path)[0]
    return f"{first.tag >> 16:04X}" if first.is_private else f"{first.tag:08X}"


# --- the archive as a whole ---------------------------------------------------------------


def _whole(profile: Profile, found: Examples) -> dict[str, Any]:
    insert(
        profile.database,
        "iod_of",
        (("sop_class", "VARCHAR"), ("iod", "VARCHAR")),
        [(uid, one.key) for one in iods() for uid in one.sop_classes],
    )
    told = coverage(profile.presence())
    return {
        "stamp": UNSAFE if found.is_unsafe else "",
        "k": found.k,
        "totals": profile.totals()._asdict(),
        "samples": profile.manifest.samples,
        "contexts": [
            (*_parts(one.context), one.files, one.series, one.patients)
            for one in profile.contexts()
        ],
        "iods": _iods(profile),
        "ratios": [(one.name, one.count, one.total, one.counted, one.of) for one in told.ratios],
        "types": _types(told),
        "attributes": sorted({bucket(one.path) for one in profile.paths}),
        "withheld": [(str(reason), count) for reason, count in found.withheld],
    }


def _parts(context: Context) -> tuple[str, str, str, str]:
    return context.sop_class, context.modality, context.manufacturer, context.model


def _iods(profile: Profile) -> dict[str, tuple[int, ...]]:
    """IOD -> files, series, patients."""
    rows = profile.rows(
        f"SELECT i.iod, count(*), {_COUNTS} FROM raw_files r JOIN raw_units u USING (unit)"
        f" {_OF_IOD} WHERE r.state = 'walked' GROUP BY i.iod ORDER BY i.iod"
    )
    return {key: tuple(counts) for key, *counts in rows}


def _types(told: Coverage) -> dict[str, dict[str, dict[str, tuple[int, int, int]]]]:
    """IOD -> module -> Type -> expected, present, with a value."""
    names = {
        (one.name, use.module.name): (one.key, use.module.key)
        for one in iods()
        for use in one.modules
    }
    found: dict[str, dict[str, dict[str, tuple[int, int, int]]]] = {}
    for one in told.types:
        iod, module = names[one.iod, one.module]
        counts = one.expected, one.present, one.filled
        found.setdefault(iod, {}).setdefault(module, {})[one.type] = counts
    return found


# --- one IOD, one attribute, one tag ------------------------------------------------------


def _iod_pages(profile: Profile) -> Iterator[Page]:
    """Of each IOD, path -> files, files with a value, and 1 where something is wrong."""
    wrong = {
        tuple(row)
        for row in profile.rows(
            f"SELECT DISTINCT i.iod, p.path FROM raw_flags r {_OF_IOD}"
            f" JOIN shown_paths p ON p.raw = r.path WHERE r.flag & {int(_VIOLATIONS)} > 0"
        )
    }
    found: dict[str, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for iod, path, files, valued in profile.rows(
        "SELECT i.iod, p.path, sum(r.files)::BIGINT, sum(r.valued)::BIGINT FROM raw_presence r"
        f" {_OF_IOD} JOIN shown_paths p ON p.raw = r.path GROUP BY ALL ORDER BY ALL"
    ):
        mark = (1,) if (iod, path) in wrong else ()
        found[iod][path] = (files, valued, *mark)
    for iod, paths in found.items():
        yield _page(f"iods/{iod}", paths)


def _attribute_pages(profile: Profile, found: Examples, contexts: list[Context]) -> Iterator[Page]:
    """Of each attribute of a data set, path -> what is told of it."""
    told: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    shown = {one.path: one for one in found.attributes}
    for one in profile.presence(by=()):
        flags = sorted(one.flags.items())
        about = {"vrs": one.vrs, "flags": flags, "total": _counts(one), "contexts": []}
        told[bucket(one.path)][one.path] = about | _values(shown.get(one.path))
    numbers = {context: place for place, context in enumerate(contexts)}
    for one in profile.presence(by=DIMENSIONS):
        rows = told[bucket(one.path)][one.path]["contexts"]
        rows.append((numbers[one.context], *_counts(one)))
    for path, *spread in profile.rows(
        "SELECT path, vr, count, least, greatest, q05, median, q95 FROM numbers ORDER BY path, vr"
    ):
        told[bucket(path)][path].setdefault("numbers", []).append(_spread(*spread))
    for name in sorted(told):
        yield _page(f"attributes/{name}", told[name])


def _counts(one: Any) -> tuple[int, int, int, int]:
    return one.files, one.files_with_value, one.series, one.patients


def _values(found: AttributeExamples | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {
        "examples": [
            (one.value, one.vr, one.files, one.series, one.patients, one.marks)
            for one in found.examples
        ],
        "more": found.more,
        "withheld": [(str(one.reason), one.files, one.different) for one in found.withheld],
    }


def _spread(vr: str, count: int, least: float, greatest: float, *parts: float) -> tuple[Any, ...]:
    """Least and greatest are exact; what lies between is from a histogram, good to 1 %."""
    return vr, count, f"{least:.12g}", f"{greatest:.12g}", *(f"{part:.3g}" for part in parts)


def _places(profile: Profile) -> dict[str, list[tuple[str, int, int]]]:
    """Tag -> the paths that end in it, those of most files first."""
    found: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for one in sorted(profile.presence(by=()), key=lambda one: (-one.files, one.path)):
        last = _public(components(one.path))
        if last is not None:
            found[f"{last.tag:08X}"].append((one.path, one.files, one.files_with_value))
    return dict(sorted(found.items()))


def _public(parts: Iterable[Component]) -> Component | None:
    *_, last = parts
    return None if last.is_private else last
