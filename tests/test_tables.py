"""The generated tables are what the scripts in tools/ write, and say where they come from."""

import subprocess
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from pydicom._version import __dicom_version__

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("script", "package"),
    [
        ("make_tables", "pydicom"),
        ("make_modules", "highdicom"),
        ("make_sections", "dicom-standard"),
    ],
)
def test_making_the_tables_again_changes_nothing(script, package):
    try:
        distribution(package)
    except PackageNotFoundError:
        pytest.skip(f"{package} is not installed: tools/{script}.py says how")
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / f"{script}.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_table_that_was_changed_is_found(tmp_path):
    tools, tables = tmp_path / "tools", tmp_path / "src" / "isocenter" / "_tables"
    tools.mkdir()
    tables.mkdir(parents=True)
    script = tools / "make_tables.py"
    script.write_bytes((ROOT / "tools" / "make_tables.py").read_bytes())
    for table in (ROOT / "src" / "isocenter" / "_tables").glob("*.py"):
        (tables / table.name).write_bytes(table.read_bytes())
    changed = tables / "uids.py"
    changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "uids.py" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("dictionary", "ROWS"),
        ("private_dictionary", "ROWS"),
        ("uids", "ENTRIES"),
        ("palettes", "ENTRIES"),
    ],
)
def test_a_table_says_its_source_and_edition(name, rows):
    table = import_module(f"isocenter._tables.{name}")
    assert __dicom_version__ == table.EDITION
    assert "tools/make_tables.py" in table.__doc__
    assert "MIT licence" in table.__doc__
    assert f"edition {table.EDITION}" in table.__doc__
    assert len(getattr(table, rows)) >= (8 if name == "palettes" else 400)


@pytest.mark.parametrize(
    ("name", "edition", "source", "rows"),
    [
        ("modules", "2026b", "highdicom 0.28.2", ["LISTS", "MODULES", "IODS", "SOP_CLASSES"]),
        ("sections", "2020", "dicom-standard 0.1.0", ["MODULES", "IODS", "FUNCTIONAL_GROUPS"]),
    ],
)
def test_a_table_of_modules_says_its_source_and_edition(name, edition, source, rows):
    table = import_module(f"isocenter._tables.{name}")
    assert edition == table.EDITION
    assert f"tools/make_{name}.py" in table.__doc__
    assert f"edition {edition}" in table.__doc__
    assert source in " ".join(table.__doc__.split())
    assert all(getattr(table, block).count("\n") > 20 for block in rows)
