"""The documentation names every option and every finding code, so it cannot go stale."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "isocenter"
CODE = re.compile(r"[a-z]+(-[a-z]+)*")
MAKERS = {"Deviation", "Finding", "warn", "report", "_finding", "tell"}


def _help(*arguments: str) -> str:
    command = [sys.executable, "-m", "isocenter", *arguments, "--help"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _codes() -> set[str]:
    """Every code given to a finding, and every ``code`` of an exception."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        if path.parent.name != "_tables":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                found |= set(_codes_of(node))
    return found - {"dicom-error"}


def _codes_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Assign):
        names = {getattr(target, "attr", getattr(target, "id", "")) for target in node.targets}
        values = [node.value] if "code" in names else []
    elif isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        values = list(node.args[:2]) if called in MAKERS else []
        values += [word.value for word in node.keywords if word.arg == "code"]
    else:
        return []
    texts = [value.value for value in values if isinstance(value, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and CODE.fullmatch(text)]


def test_every_finding_code_is_explained():
    explained = set(re.findall(r"`([a-z-]+)`", (ROOT / "docs/findings.md").read_text("utf-8")))
    assert set() == _codes() - explained
    assert len(_codes()) > 25


@pytest.mark.parametrize(
    ("command", "some"),
    [
        ("arrange", {"--link", "--move", "--transcode"}),
        ("attributes examples", {"--legacy", "--length", "--exclude", "--k"}),
        ("attributes report", {"--json", "--csv", "--parquet", "--number"}),
        ("attributes site", {"--output", "--number", "--k"}),
        ("attributes check", {"--json", "--level", "--unsafe-all-values"}),
        ("build", {"--output", "--workers", "--arrange"}),
        ("rev", {"--output", "--stage", "--json"}),
        ("show", {"--json", "--no-private", "--values"}),
        ("codify", {"--output", "--exclude-size"}),
        ("export", {"--pattern", "--no-aspect", "--raw"}),
        ("view", {"--frame", "--output"}),
        (
            "fileset new",
            {"--output", "--id", "--copy", "--link", "--in-place", "--fill", "--icons"},
        ),
        ("fileset ls", {"--files"}),
        ("fileset find", {"--load"}),
        ("fileset add", {"--link", "--move", "--fill", "--icons", "--rename"}),
        ("fileset rm", {"--load", "--yes"}),
        ("fileset write", {"--id", "--keep-names"}),
        ("fileset check", {"--profile"}),
        ("attributes scan", {"--output", "--sample", "--key-file"}),
        ("attributes merge", {"--output"}),
        ("attributes query", {"--json", "--csv", "--patients"}),
        ("deidentify", {"--key-file", "--dates", "-T"}),
    ],
)
def test_every_option_is_documented(command, some):
    text = _help(*command.split()).partition("Options:")[2]
    options = set(re.findall(r"(?<!\w)--?[A-Za-z][a-z-]*", text))
    documented = (ROOT / "docs" / f"{command.split()[0]}.md").read_text("utf-8")
    assert some | {"--help"} <= options
    assert set() == {option for option in options if f"`{option}" not in documented}


def test_every_page_of_the_documentation_is_linked_from_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert set() == {p.name for p in (ROOT / "docs").glob("*.md") if f"docs/{p.name}" not in readme}
