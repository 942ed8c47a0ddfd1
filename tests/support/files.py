"""Real DICOM files: those in PyPI's pydicom and pydicom-data, and ../shared/data."""

from functools import cache
from importlib.resources import files
from pathlib import Path

SHARED = Path(__file__).parents[3] / "shared" / "data"


@cache
def wheel_files() -> tuple[Path, ...]:
    """Every file in the test folders of the two packages, in a stable order."""
    roots = [
        Path(str(files("pydicom"))) / "data" / "test_files",
        Path(str(files("pydicom"))) / "data" / "charset_files",
        Path(str(files("data_store"))) / "data",
    ]
    return tuple(
        path
        for root in roots
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix not in {".py", ".pyc", ".json", ".md", ".txt", ".dump"}
    )


@cache
def shared_files() -> tuple[Path, ...]:
    """Every DICOM file of ../shared/data; none where the folder is absent."""
    skipped = {".csv", ".txt"}
    return tuple(
        path for path in sorted(SHARED.rglob("*")) if path.is_file() and path.suffix not in skipped
    )


def wheel_file(name: str) -> Path:
    """One file of the packages by its name."""
    return next(path for path in wheel_files() if path.name == name)
