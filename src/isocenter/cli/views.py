"""How ``isocenter show`` shows files: as a tree of lines, or as DICOM JSON (PS3.18 F)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import typer

from isocenter.cli.lines import (
    Bulk,
    Options,
    Parts,
    Step,
    coloured,
    finding_line,
    level,
    tree,
    wants_colour,
)
from isocenter.cli.targets import Target, not_read
from isocenter.core.dataset import Dataset
from isocenter.core.deepjson import deep_text
from isocenter.core.dicomjson import to_json_dict
from isocenter.core.element import DataElement
from isocenter.core.listing import printable
from isocenter.core.part10 import FileDataset
from isocenter.core.paths import ElementPath, Found
from isocenter.errors import DicomError, Level, ValueDecodingError, worst
from isocenter.files.reading import read_by_content

_OF_FRAGMENTS = "(),.*"
"""What element paths have and a fragment may have as it is (RFC 3986 3.5)."""


class View:
    """Shows files one after the other; ``failed`` when one could not be shown whole."""

    def __init__(self, options: Options, *, is_single: bool) -> None:
        self.options, self.is_single = options, is_single
        self.failed = False
        self.count = 0

    def file(self, target: Target) -> None:
        """Show one file, or say why it cannot be shown."""
        try:
            dataset = read_by_content(target.path)
            found = list(_found(dataset, target.element))
        except (DicomError, OSError) as error:
            self.complain(not_read(target.path, error))
        else:
            if not found:
                self.complain(f"{target.path}: {target.element} is not in it")
                return
            self.show(target, dataset, found)
            self.count += 1
            self.failed |= worst(dataset.findings) is Level.ERROR

    def complain(self, problem: str) -> None:
        """Say on standard error what could not be shown."""
        self.failed = True
        sys.stdout.flush()  # on a terminal the line belongs between the files
        typer.echo(f"isocenter: {printable(problem)}", err=True)

    def show(self, target: Target, dataset: FileDataset, found: list[Found]) -> None:
        """Show what was found in one file."""
        raise NotImplementedError

    def end(self) -> None:
        """Close what the files stand in."""


def _found(dataset: FileDataset, path: ElementPath | None) -> Iterator[Found]:
    if path is None:
        yield "", dataset
    else:
        yield from path.find(dataset.file_meta if path.is_file_meta else dataset)


class Tree(View):
    """A line for each element, items indented, findings at the end."""

    def __init__(self, options: Options, *, is_single: bool) -> None:
        super().__init__(options, is_single=is_single)
        self.iscoloured = wants_colour()
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")

    def show(self, target: Target, dataset: FileDataset, found: list[Found]) -> None:
        """The file's name where there are several, the elements, the findings."""
        if not self.is_single:
            self.write([("\n" if self.count else "", ""), (printable(str(target.path)), "file")])
        if target.element is None:
            self.write_all(level(dataset.file_meta, self.options, 0))
        for path, one in found:
            self.write_all(tree(path, one, self.options))
        for finding in dataset.findings:
            self.write(finding_line(finding))

    def write_all(self, steps: Iterator[Step]) -> None:
        """Write lines, those of items where they come up."""
        levels = [steps]  # nesting may be deeper than the stack
        while levels:
            step = next(levels[-1], None)
            if step is None:
                levels.pop()
            elif isinstance(step, list):
                self.write(step)
            else:
                levels.append(step)

    def write(self, parts: Parts) -> None:
        """Write one line."""
        # a value that cannot be read, or a finding of that level
        self.failed |= any(role == "error" for _, role in parts)
        line = "".join(map(coloured, parts) if self.iscoloured else (text for text, _ in parts))
        sys.stdout.write(f"{line.rstrip(' ')}\n")


class Json(View):
    """One object; of several files an array of them (PS3.18 F.2)."""

    def __init__(self, options: Options, *, is_single: bool) -> None:
        super().__init__(options, is_single=is_single)
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # JSON has no other (RFC 8259 8.1)

    def show(self, target: Target, dataset: FileDataset, found: list[Found]) -> None:
        """The file as an object; of an element path one object keyed by path."""
        del dataset
        if not self.is_single:
            sys.stdout.write(",\n" if self.count else "[\n")
        document = {path: self.model(path, one, target.path) for path, one in found}
        text = _json_text(document.get("", document))
        sys.stdout.write(text + ("\n" if self.is_single else ""))

    def model(self, path: str, found: DataElement | Dataset, file: Path) -> dict[str, Any]:
        """The DICOM JSON Model of what was found; without what cannot be decoded."""
        dataset = found if isinstance(found, Dataset) else _alone(found)
        handler = _to_be_told if self._refers_to_bulk(found) else None
        try:
            model = to_json_dict(dataset, bulk_data_element_handler=handler)
        except ValueDecodingError as error:
            self.complain(not_read(file, error))
            model = to_json_dict(
                dataset, bulk_data_element_handler=handler, suppress_invalid_tags=True
            )
        if not self.options.private:
            _drop_private(model)
        if isinstance(found, Dataset):
            _tell_places({_join(path, tag): attribute for tag, attribute in model.items()}, file)
            return model
        attribute = next(iter(model.values()), {})
        _tell_places({path: attribute}, file)
        return attribute

    def _refers_to_bulk(self, found: DataElement | Dataset) -> bool:
        """A value that the path names is shown itself."""
        is_named = isinstance(found, DataElement) and found.VR != "SQ"
        return self.options.bulk is Bulk.REFERENCE and not is_named

    def end(self) -> None:
        """Close the array."""
        if not self.is_single:
            sys.stdout.write("\n]\n" if self.count else "[]\n")


def _alone(element: DataElement) -> Dataset:
    dataset = Dataset()
    dataset.add(element)
    return dataset


def _to_be_told(_element: DataElement) -> str:
    """A ``BulkDataURI`` while the place of the element is not known."""
    return ""


def _join(path: str, key: str) -> str:
    """The element path of an attribute by its name in the JSON."""
    tag = f"({key[:4]},{key[4:]})"
    return f"{path}.{tag}" if path else tag


def _tell_places(attributes: dict[str, Any], file: Path) -> None:
    """Make each ``BulkDataURI`` a reference: the file, and an element path as fragment.

    Args:
        attributes: attribute objects by element path.
        file: as it was named; a relative reference stays relative.
    """
    name = file.as_uri() if file.is_absolute() else quote(os.fsencode(file.as_posix()))
    pending = list(attributes.items())
    while pending:
        path, attribute = pending.pop()
        if "BulkDataURI" in attribute:
            attribute["BulkDataURI"] = f"{name}#{quote(path, safe=_OF_FRAGMENTS)}"
        elif attribute.get("vr") == "SQ":
            for number, item in enumerate(attribute.get("Value", ())):
                inside = f"{path}[{number}]"
                pending += [(_join(inside, key), nested) for key, nested in item.items()]


def _drop_private(model: dict[str, Any]) -> None:
    pending: list[Any] = [model]
    while pending:
        one = pending.pop()
        for key in [key for key in one if int(key[:4], 16) & 1]:
            del one[key]
        for attribute in one.values():
            pending += attribute.get("Value", ()) if attribute["vr"] == "SQ" else ()


def _json_text(model: dict[str, Any]) -> str:
    try:
        return orjson.dumps(model, option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONEncodeError:
        return deep_text(model)
