"""The views of a profile: what ``query`` may ask, and what the Python functions read.

Every view tells what may be told: a value only when its VR keeps values, neither its attribute
nor a sequence around it is listed in PS3.15 table E.1-1, and at least ``k`` different patients have it;
numbers and patterns likewise; and names of makers, models and private creators that fewer patients
have are withheld. Whatever a scan kept, the views apply the whole rule: only a profile that was
scanned with every value can be opened without it.

Tables whose names begin with ``raw_`` are the shards; ``shown_paths`` and ``shown_contexts``
say under which names their rows are told.
"""

from __future__ import annotations

from isocenter.attributes.classes import CODE_VALUES, CODES
from isocenter.attributes.counts import MOST_NUMBERS
from isocenter.attributes.histogram import MIDDLE_SQL
from isocenter.attributes.occurrences import Flag

DIMENSIONS = ("sop_class", "modality", "manufacturer", "model")
"""What a context is made of."""

VRS = "list_sort(list_distinct(flatten(list(string_split(r.vr, '|')))))"
"""The VRs found of the rows of ``r``, in SQL."""
VR = f"array_to_string({VRS}, '|')"
"""The same as one text."""
_FLAGS = " ".join(f"WHEN {int(flag)} THEN '{flag.code}'" for flag in Flag)
FLAG_NAME = f"CASE r.flag {_FLAGS} END"
"""The name of a flag of ``r``, in SQL."""
_CONTEXT = ", ".join(f"c.{name}" for name in DIMENSIONS)
_JOINS = (
    "JOIN shown_paths p ON p.raw = r.path JOIN raw_units u ON u.unit = r.unit"
    " JOIN shown_contexts c ON c.context = r.context"
)
_ROW = "p.path, p.keyword"
_CODE_VRS = ", ".join(f"'{vr}'" for vr in sorted(CODES))
_CODE_TAGS = ", ".join(f"'{tag:08X}'" for tag in sorted(CODE_VALUES))
_MAY_BE_TOLD = (
    f"NOT p.listed AND (p.tag IN ({_CODE_TAGS})"
    f" OR list_has_all([{_CODE_VRS}], string_split(r.vr, '|')))"
)

MACROS = (
    f"CREATE MACRO bucket_middle(b) AS {MIDDLE_SQL}",
    (
        "CREATE MACRO estimated(n, greatest_number) AS"
        f" CASE WHEN n < {MOST_NUMBERS} THEN n::DOUBLE"
        f" ELSE {MOST_NUMBERS - 1} / ((greatest_number::DOUBLE + 1) / 18446744073709551616.0) END"
    ),
)


_MUCH = (
    "sum(r.files)::BIGINT AS files, count(DISTINCT u.series) AS series,"
    " count(DISTINCT u.patient) AS patients"
)
"""How much there is of the rows ``r`` in units ``u``."""


def _counted(columns: str, table: str, more: str, groups: str) -> str:
    return (
        f"SELECT {columns}, sum(r.files)::BIGINT AS files, {more}"
        " count(DISTINCT u.series) AS series, count(DISTINCT u.patient) AS patients"
        f" FROM raw_{table} r {_JOINS} GROUP BY {groups}"
    )


_PRESENCE = (
    "sum(r.valued)::BIGINT AS files_with_value, sum(r.occurrences)::BIGINT AS occurrences,"
    f" {VRS} AS vrs,"
    " min(r.least_length) AS least_length, max(r.greatest_length) AS greatest_length,"
    " min(r.least_vm) AS least_vm, max(r.greatest_vm) AS greatest_vm,"
)


def presence_query(columns: str = "") -> str:
    """The SELECT of where each path occurs; ``columns`` of contexts, each with a comma behind it."""
    return _counted(f"{columns}{_ROW}", "presence", _PRESENCE, f"{columns}{_ROW}")


def violations_query(columns: str = "") -> str:
    """The SELECT of the elements with each flag; ``columns`` as of :func:`presence_query`."""
    return _counted(f"{columns}{_ROW}, {FLAG_NAME} AS flag", "flags", "", f"{columns}{_ROW}, flag")


def values_query(columns: str, k: int, *, unsafe: bool) -> str:
    """The SELECT of the values that may be told.

    Args:
        columns: as of :func:`presence_query`; patients are counted in each context by itself.
        k: how many different patients have to have a value.
        unsafe: tell every value.
    """
    told = f"{columns}{_ROW}, {VR} AS vr, r.text AS value"
    return (
        f"SELECT {told}, {_MUCH} FROM {_told_texts(unsafe=unsafe)} GROUP BY ALL"
        f" HAVING patients >= {_least(k, unsafe=unsafe)}"
    )


def _told_texts(*, unsafe: bool) -> str:
    return f"raw_texts r {_JOINS} WHERE {_told_values(unsafe=unsafe)}"


def _least(k: int, *, unsafe: bool) -> int:
    return 0 if unsafe else k


def _told_values(*, unsafe: bool) -> str:
    """The condition, in SQL, on rows ``r`` of texts at paths ``p`` whose values may be told.

    It is the rule without the number of patients. ``unsafe`` leaves every value.
    """
    return "r.kind = 'value'" + ("" if unsafe else f" AND {_MAY_BE_TOLD}")


def view_statements(k: int, *, unsafe: bool) -> dict[str, str]:
    """Name -> the SELECT of a view.

    Args:
        k: how many different patients have to have what is told.
        unsafe: tell everything that is kept.
    """
    least, contexts = _least(k, unsafe=unsafe), f"{_CONTEXT}, "
    return {
        "attributes": "SELECT p.tag, p.name, p.dictionary_vr, p.dictionary_vm, p.retired,"
        " p.private, p.listed, a.* FROM ("
        + presence_query()
        + ") a JOIN (SELECT DISTINCT ON (path) * FROM shown_paths) p USING (path)",
        "presence": presence_query(contexts),
        "violations": violations_query(contexts),
        "violating_files": f"SELECT DISTINCT p.path, {FLAG_NAME} AS flag,"
        " f.place || f.name AS file FROM raw_flags r JOIN shown_paths p ON p.raw = r.path"
        " JOIN raw_files f ON f.file = r.example",
        "values": values_query("", k, unsafe=unsafe),
        "values_by_context": values_query(contexts, k, unsafe=unsafe),
        "patterns": f"SELECT {_ROW}, {VR} AS vr, r.text AS pattern, {_MUCH}"
        f" FROM raw_texts r {_JOINS} WHERE r.kind = 'pattern' GROUP BY ALL"
        f" HAVING patients >= {least}",
        "withheld": "SELECT path, keyword, count(*) AS different_values,"
        f" sum(files)::BIGINT AS files FROM (SELECT {_ROW}, r.text, {_MUCH}"
        f" FROM {_told_texts(unsafe=unsafe)} GROUP BY ALL HAVING patients < {least}) GROUP BY ALL",
        "numbers": _numbers(least, unsafe=unsafe),
        "different": "SELECT p.path, p.keyword, estimated(count(*), max(number)) AS different,"
        f" count(*) < {MOST_NUMBERS} AS is_exact FROM (SELECT path, number,"
        " row_number() OVER (PARTITION BY path ORDER BY number) AS rank"
        " FROM (SELECT DISTINCT path, number FROM raw_different))"
        " r JOIN shown_paths p ON p.raw = r.path"
        f" WHERE rank <= {MOST_NUMBERS} GROUP BY p.path, p.keyword",
        "contexts": f"SELECT {_CONTEXT}, count(*) AS files, count(DISTINCT u.series) AS series,"
        " count(DISTINCT u.patient) AS patients FROM raw_files r"
        " JOIN raw_units u ON u.unit = r.unit JOIN shown_contexts c ON c.context = r.context"
        " WHERE r.state = 'walked' GROUP BY ALL",
        "series": f"SELECT u.series, u.patient, u.has_uid, {_CONTEXT}, count(*) AS files"
        " FROM raw_files r JOIN raw_units u ON u.unit = r.unit"
        " JOIN shown_contexts c ON c.context = r.context WHERE r.state = 'walked' GROUP BY ALL",
        "files": "SELECT file AS number, place || name AS file, source, size, state FROM raw_files",
        "findings": "SELECT f.place || f.name AS file, g.level, g.code, g.message, g.tag,"
        ' nullif(g."offset", -1) AS "offset", g.clause'
        " FROM raw_findings g JOIN raw_files f USING (file)",
    }


def _numbers(least: int, *, unsafe: bool) -> str:
    told = "" if unsafe else " AND NOT p.listed"
    parts = (("q05", 0.05), ("q25", 0.25), ("median", 0.5), ("q75", 0.75), ("q95", 0.95))
    quantiles = ", ".join(
        f"least(max(h.greatest), greatest(min(h.least), bucket_middle(min(h.bucket)"
        f" FILTER (h.below > {part} * (h.total - 1))))) AS {name}"
        for name, part in parts
    )
    return (
        "WITH told AS (SELECT p.path, count(DISTINCT u.patient) AS patients"
        f" FROM raw_presence r {_JOINS} GROUP BY p.path),"
        " spread AS (SELECT path, vr, bucket, sum(count) AS n FROM raw_buckets GROUP BY ALL),"
        " ends AS (SELECT path, vr, min(least) AS least, max(greatest) AS greatest"
        " FROM raw_numbers GROUP BY ALL),"
        " h AS (SELECT path, vr, bucket, least, greatest,"
        " sum(n) OVER (PARTITION BY path, vr ORDER BY bucket) AS below,"
        " sum(n) OVER (PARTITION BY path, vr) AS total"
        " FROM spread JOIN ends USING (path, vr))"
        " SELECT p.path, p.keyword, h.vr, max(h.total)::BIGINT AS count, min(h.least) AS least,"
        f" max(h.greatest) AS greatest, {quantiles}"
        " FROM h JOIN shown_paths p ON p.raw = h.path JOIN told ON told.path = p.path"
        f" WHERE told.patients >= {least}{told} GROUP BY p.path, p.keyword, h.vr"
    )
