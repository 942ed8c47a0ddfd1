"""What lacks in a data set, found the slow and obvious way: highdicom's JSON read by pydicom."""

import json
from collections import defaultdict
from functools import cache
from importlib.metadata import distribution

GROUPS = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")


@cache
def tables():
    """Module -> path of keywords -> keyword -> Type; IOD -> modules; SOP class -> IOD."""
    folder = distribution("highdicom").locate_file("highdicom/_standard")
    rows, iods, classes = (
        json.loads((folder / f"{name}.json").read_text("utf-8"))
        for name in ("module_attribute_map", "iod_module_map", "sop_class_iod_map")
    )
    modules = {key: defaultdict(dict) for key in rows}
    for key, attributes in rows.items():
        for one in attributes:
            modules[key][tuple(one["path"])][one["keyword"]] = one["type"]
    return modules, iods, classes


def lacking(dataset):
    """(path of keywords, "absent-attribute" or "empty-attribute"), each once; certain ones only."""
    modules, iods, classes = tables()
    uses = iods[classes[str(dataset.SOPClassUID)]]
    found = set()
    pending = [((), dataset)]
    while pending:
        path, level = pending.pop()
        listed = [(use, modules.get(use["key"], {}).get(_once(path), {})) for use in uses]
        for keyword in {keyword for _, types in listed for keyword in types}:
            said = [
                (use["usage"], _kind(types, keyword, path, level))
                for use, types in listed
                if keyword in types
            ]
            if _code(level, keyword) and _demanded(said, _code(level, keyword), nested=bool(path)):
                found.add(((*path, keyword), _code(level, keyword)))
        for element in level:
            if element.VR == "SQ" and element.keyword:
                pending += [((*path, element.keyword), item) for item in element.value]
    return found


def _once(path):
    """Content Sequence in Content Sequence is the same again."""
    return tuple(
        one
        for number, one in enumerate(path)
        if not (one == "ContentSequence" and path[number - 1 : number] == ("ContentSequence",))
    )


def _kind(types, keyword, path, level):
    """The Type; a condition where the tables leave one out.

    A content item needs what its Value Type says; which macros a group holds is no matter of Types.
    """
    always = {"RelationshipType"}
    if "ReferencedContentItemIdentifier" not in level:
        always.add("ValueType")
    conditional = "ContinuityOfContent" in types and keyword not in always
    if conditional or (path and path[-1] in GROUPS):
        return {"1": "1C", "2": "2C"}.get(types[keyword], types[keyword])
    return types[keyword]


def _code(level, keyword):
    if keyword.startswith("Overlay") or keyword in {
        "NumberOfFramesInOverlay",
        "ImageFrameOrigin",
        "ROIArea",
        "ROIMean",
        "ROIStandardDeviation",
    }:
        return ""  # repeating groups have no one tag for a keyword
    if keyword not in level:
        return "absent-attribute"
    element = level[keyword]
    empty = not element.value if element.VR == "SQ" else element.is_empty
    return "empty-attribute" if empty else ""


def _demanded(said, code, *, nested):
    kinds = {"absent-attribute": {"1", "2"}, "empty-attribute": {"1", "1C"}}[code]
    mandatory = any(usage == "M" and kind in kinds for usage, kind in said)
    return mandatory or (nested and all(kind in kinds for _, kind in said))
