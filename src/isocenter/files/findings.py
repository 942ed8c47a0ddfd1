"""``findings.json``: every finding of a build or an export, for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from isocenter.errors import Finding

NAME = "findings.json"
"""What the file is called, in the root of the output."""


def findings_json(findings: Iterable[Finding]) -> bytes:
    """The content of ``findings.json``, in the order given."""
    return orjson.dumps(
        {"findings": [_finding(finding) for finding in findings]},
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def is_findings_json(content: bytes) -> bool:
    """Whether a file's content is what :func:`findings_json` makes."""
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        return False
    return isinstance(found, dict) and list(found) == ["findings"]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "level": str(finding.level),
        "path": shown_path(finding.path),
        "code": finding.code,
        "message": shown_path(finding.message),
        "tag": finding.tag,
        "offset": finding.offset,
        "clause": finding.clause,
    }


def shown_path(path: str) -> str:
    r"""A path as text; bytes of a name that are no UTF-8 as ``\xNN``."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
