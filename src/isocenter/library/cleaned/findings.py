"""What is said of cleaned files: nothing of the input's names, and the same only once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from isocenter.errors import Finding, Level
from isocenter.library.cleaned.model import Cleaned

_NOT_TOLD = "found in the input, whose names are not told here"


def neutral(findings: Iterable[Finding]) -> list[Finding]:
    """What was found in the input, by kind and without a name."""
    kinds = Counter((one.level, one.code) for one in findings)
    return [
        Finding(level, code, _NOT_TOLD if count == 1 else f"{count} times {_NOT_TOLD}")
        for (level, code), count in kinds.items()
    ]


def told(place: str, state: Cleaned) -> Iterator[Finding]:
    """The findings of a folder: errors one by one, of the others one for all files that have it."""
    kinds = Counter(_kind(one) for one in state.findings)
    said = set()
    for one in state.findings:
        count = kinds[_kind(one)]
        if one.level is Level.ERROR or count == 1:
            yield one.at(f"{place}/{one.path}" if one.path else place)
        elif _kind(one) not in said:
            said.add(_kind(one))
            yield replace(one, path=place, message=f"{one.message}: {count} files")


def _kind(finding: Finding) -> Finding:
    return finding.at("")
