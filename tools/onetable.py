"""The command line of a script that writes one generated table."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path


def main(table: Path, make: Callable[[], str]) -> int:
    """Write the table, or with ``--check`` compare it; the exit code says the result."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    check = parser.parse_args().check
    text = make()
    if table.exists() and table.read_text(encoding="utf-8") == text:
        return 0
    print(f"{'differs' if check else 'written'}: {table.name}")
    if not check:
        table.write_text(text, encoding="utf-8", newline="\n")
    return 1 if check else 0
