"""What a scan finds in a tree, and what it says of the rest."""

import pytest

from isocenter.errors import Finding, UsageError
from isocenter.library.intake import plan
from isocenter.library.options import BuildOptions
from isocenter.library.scan import scan
from library.trees import EXAMPLE, ct


def folders(root, **how):
    return [(one.place.folder, one.files) for one in scan(root, **how).series]


def findings(root):
    return [(str(one.level), one.code, one.path) for one in scan(root).findings]


def test_series_and_files_come_in_natural_order(tree):
    for name in ("s10", "s2", "S1", "s1"):
        tree.series(name, dict.fromkeys(["i10", "i9", "I1", "i1"], b""))
    files = ("I1", "i1", "i9", "i10")
    assert [(f"{EXAMPLE}/{name}", files) for name in ("S1", "s1", "s2", "s10")] == folders(
        tree.root
    )


def test_outputs_are_no_input(tree):
    series = tree.series(
        "S", {"a": b"", "preview.jpg": b"", "raw-preview.jpg": b"", "tag-raw.txt": b""}
    )
    for path in (
        "map.json",
        "findings.json",
        "index.html",
        "assets/isocenter.css",
        "01-yr/index.html",
        "01-yr/02-mo/index.html",
        "01-yr/02-mo/ex.json",
        f"{EXAMPLE}/index.html",
        f"{EXAMPLE}/description.json",
        f"{EXAMPLE}/S-series.json",
        f"{series}/dcm2jpgRaw/a.0.jpg",
        f"{series}/dcm2jpgResize/a.0.jpg",
        f"{series}/dcm2jpgDCMresize/a.0.jpg",
        f"{series}/.isocenter-1",
    ):
        tree.put(path, b"")
    assert [(series, ("a",))] == folders(tree.root)
    assert findings(tree.root) == []


def test_what_is_not_read_is_said_once_each(tree):
    tree.series("S", {"a": b""})
    tree.put("README", b"text")
    tree.put("lost", ct(1))
    tree.put("other/deep/down", ct(1))
    tree.put(f"{EXAMPLE}/S/more/a", ct(1))
    assert [
        ("warning", "outside-layout", f"{EXAMPLE}/S/more"),
        ("warning", "outside-layout", "lost"),
        ("warning", "outside-layout", "other"),
        ("note", "not-dicom", "README"),
    ] == findings(tree.root)


def test_links_are_followed(tree):
    tree.series("S", {"a": b""})
    (tree.root / EXAMPLE / "T").symlink_to("S")
    (tree.root / EXAMPLE / "S" / "b").symlink_to("a")
    assert [(f"{EXAMPLE}/{name}", ("a", "b")) for name in ("S", "T")] == folders(tree.root)


def test_a_link_to_the_folder_above_ends(tree):
    tree.series("S", {"a": b""})
    (tree.root / EXAMPLE / "S" / "up").symlink_to("..")
    (tree.root / "01-yr/05-mo").symlink_to("..")
    assert [(f"{EXAMPLE}/S", ("a",))] == folders(tree.root)


@pytest.mark.parametrize("place", ["02-yr", f"{EXAMPLE}/out", f"{EXAMPLE}/S/out", "out"])
def test_an_excluded_folder_is_neither_read_nor_said(tree, place):
    tree.series("S", {"a": b""})
    tree.put(f"{place}/x", b"")
    found = scan(tree.root, exclude=[tree.root / place])
    assert (found.findings, len(found.series)) == ([], 1)


def test_a_folder_that_cannot_be_listed_is_an_error(tree, monkeypatch):
    import os  # noqa: PLC0415 - its scandir is replaced

    tree.series("S", {"a": b""})
    tree.series("T", {"a": b""})
    real = os.scandir

    def scandir(path):
        if str(path).endswith("/S"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr("isocenter.library.scan.os.scandir", scandir)
    found = scan(tree.root)
    assert [("error", "unreadable-folder", f"{EXAMPLE}/S")] == findings(tree.root)
    assert "Permission denied" in found.findings[0].message
    assert isinstance(found.findings[0], Finding)


@pytest.mark.parametrize("path", ["x/y", "01-yr/x", "01-yr/02-mo/x", "01-yr/02-mo/03-ex/x"])
def test_a_tree_without_a_series_is_a_mistake(tree, path):
    tree.put(path, ct(1))
    with pytest.raises(UsageError, match="has no series"):
        plan(BuildOptions(tree.root, tree.root))
