"""Small ReV trees of real files, what a build made of them, and fingerprints of folders."""

import hashlib
import io
import json
from concurrent.futures import Executor, Future
from functools import cache
from pathlib import Path

import pydicom
from PIL import Image

from isocenter.library.build import build
from isocenter.library.model import Library
from isocenter.library.options import BuildOptions
from support.files import wheel_file

EXAMPLE = "01-yr/02-mo/03-ex"
BORN = {"PatientBirthDate": "20000110", "StudyDate": "20200715", "PatientAge": ""}
"""A patient of 20 years and 6 months."""
JPEG_FOLDERS = ("dcm2jpgRaw", "dcm2jpgDCMresize", "dcm2jpgResize")


class Inline(Executor):
    """Runs a call in this process, at once."""

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - an executor hands on whatever was raised
            future.set_exception(error)
        return future


@cache
def _original(name: str) -> bytes:
    return wheel_file(name).read_bytes()


def changed(name: str, **attributes: object) -> bytes:
    """A file of the wheels with other values; ``None`` removes an attribute."""
    if not attributes:
        return _original(name)
    ds = pydicom.dcmread(io.BytesIO(_original(name)))
    for keyword, value in attributes.items():
        if value is None:
            delattr(ds, keyword)
        else:
            setattr(ds, keyword, value)
    written = io.BytesIO()
    ds.save_as(written)
    return written.getvalue()


def ct(number: int, **attributes: object) -> bytes:
    """A CT slice of 128x128 at z = ``number`` mm, with a UID and a shade of its own."""
    place = {
        "SOPInstanceUID": f"1.2.3.{number}",
        "InstanceNumber": number,
        "ImagePositionPatient": [0, 0, number],
    }
    return changed("CT_small.dcm", **(place | attributes))


def sl(number, study="1", series="1", **attributes):
    """A slice of a patient of 20 years and 6 months; its UID is of its series."""
    told = {
        "StudyInstanceUID": f"1.2.{study}",
        "SeriesInstanceUID": f"1.2.{study}.{series}",
        "SOPInstanceUID": f"1.2.{study}.{series}.{number}",
        "SeriesNumber": series,
        "SeriesDescription": "T1 AX",
    }
    return ct(number, **(BORN | told | attributes))


class Tree:
    """A ReV tree to put files into."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, path: str, content: bytes) -> Path:
        """A file by its path from the root."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    def series(self, name: str, files: dict[str, bytes], example: str = EXAMPLE) -> str:
        """A series folder; its path from the root."""
        for file, content in files.items():
            self.put(f"{example}/{name}/{file}", content)
        return f"{example}/{name}"

    def slices(self, name: str, count: int, example: str = EXAMPLE) -> str:
        """``count`` CT slices, called so that neither text nor numbers give their order."""
        return self.series(name, {f"{count - n}.dcm": ct(n) for n in range(count)}, example)


class Built:
    """A library on disk."""

    def __init__(self, root: Path, library: Library) -> None:
        self.root, self.library = root, library

    def bytes(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def json(self, path: str):
        return json.loads(self.bytes(path))

    def picture(self, path: str) -> Image.Image:
        """A JPEG, read whole."""
        picture = Image.open(io.BytesIO(self.bytes(path)))
        picture.load()
        assert picture.format == "JPEG"
        return picture

    def names(self, path: str) -> list[str]:
        return sorted(entry.name for entry in (self.root / path).iterdir())

    def files(self) -> set[str]:
        """Every file by its path from the root, without what we remember of the library."""
        return {
            path.relative_to(self.root).as_posix()
            for path in self.root.rglob("*")
            if not path.is_dir() and ".isocenter" not in path.parts
        }

    def pictures(self, series: str) -> set[str]:
        """The names in the three JPEG folders."""
        return {name for folder in JPEG_FOLDERS for name in self.names(f"{series}/{folder}")}

    def entry(self, series: str) -> dict:
        (entry,) = self.json(f"{series}-series.json")["query"]["data"]
        return entry

    def data(self, series: str) -> list[str]:
        """The file names in ``data``, in its order."""
        found = self.entry(series)["details"]["series"]["data"]
        assert all(path.startswith(f"{series}/") for path in found)
        return [path.removeprefix(f"{series}/") for path in found]

    def findings(self, path: str | None = None) -> list[dict]:
        found = self.json("findings.json")["findings"]
        return [one for one in found if path is None or one["path"] == path]

    def codes(self, path: str) -> list[tuple[str, str]]:
        """Level and code of what was found in one file."""
        return [(one["level"], one["code"]) for one in self.findings(path)]


def run(source: Path, output: Path | None = None, **options: object) -> Built:
    """Build in this process; ``workers`` or ``executor`` say otherwise."""
    names = ("workers", "executor", "force", "patience", "progress")
    how = {key: options.pop(key) for key in names if key in options}
    chosen = BuildOptions(source, output or source, **options)
    return Built(
        chosen.output, build(chosen, **({} if "workers" in how else {"executor": Inline()}) | how)
    )


def fingerprint(root: Path) -> dict[str, str]:
    """The content of every file, without what we remember of the library."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".isocenter" not in path.parts
    }


def state(root: Path) -> dict[str, tuple[object, ...]]:
    """What a user can see of a folder: names, kinds, contents and times of change."""
    return {
        path.relative_to(root).as_posix(): (
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in (root, *sorted(root.rglob("*")))
    }
