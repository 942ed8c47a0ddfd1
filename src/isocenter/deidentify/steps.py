"""The step for some files: read, clean, write. What cannot be cleaned is not written."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from isocenter.core.part10writer import WriteOptions, file_bytes
from isocenter.deidentify.cleaning import deidentify
from isocenter.deidentify.model import Done, Piece, Task
from isocenter.deidentify.policy import Policy
from isocenter.deidentify.series import Seen, seen, series_of
from isocenter.deidentify.suspicion import suspects
from isocenter.errors import DicomError, Finding, InvalidDicomError, Level
from isocenter.files.header import DICOM_EXTENSIONS
from isocenter.files.reading import read_by_content
from isocenter.files.target import Folder

MAY_SHOW_TEXT = "may-show-text"
"""Code of the findings of files that are left out for what their pixels may show."""
ANOTHER_FILE = "another file of its series may show text"
"""Why a file is left out that shows none itself."""
_AS_READ = WriteOptions(lenient=True)  # what is too long for its VR was so before


def cleaned_bytes(
    path: Path,
    policy: Policy,
    *,
    allow_burned_in: bool = False,
    withheld: Collection[str] = (),
    folder: str = "",
) -> tuple[bytes | None, tuple[Finding, ...]]:
    """The bytes of a file without names; ``None`` when its pixels may show one.

    This is all that another command needs to de-identify what it copies.

    Args:
        path: the file.
        policy: what goes and what stays.
        allow_burned_in: whether a file is made although its pixels may show text.
        withheld: series that are left out because another file of them may show text, as
            :func:`isocenter.deidentify.series.series_of` tells them.
        folder: what stands for the series of a file without Series Instance UID.

    Returns:
        The bytes, and findings that tell neither a value nor the path.

    Raises:
        DicomError: the file cannot be read or cleaned.
        OSError: it cannot be read.
    """
    ds = read_by_content(path)
    reasons = suspects(ds)
    if not reasons and withheld and series_of(ds, folder, policy) in withheld:
        reasons = (ANOTHER_FILE,)
    found = tuple(
        Finding(Level.WARNING, MAY_SHOW_TEXT, reason, clause="PS3.15 E.3.1") for reason in reasons
    )
    if reasons and not allow_burned_in:
        return None, found
    cleaned, told = deidentify(ds, policy)
    return file_bytes(cleaned, _AS_READ), (*found, *told)


def why_left_out(findings: Iterable[Finding]) -> dict[str, str]:
    """The paths of findings that files are left out for, and the first reason of each."""
    reasons: dict[str, str] = {}
    for one in findings:
        if one.code == MAY_SHOW_TEXT:
            reasons.setdefault(one.path, one.message)
    return reasons


def deidentify_files(task: Task) -> Done:
    """Write every file of the task that can be cleaned."""
    folder = Folder(task.output)
    written, left_out, findings = [], [], []
    for piece in task.pieces:
        content, found = _outcome(task, piece)
        findings += [finding.at(piece.target) for finding in found]
        if content is None:
            folder.remove(piece.target)  # an earlier run may have left one
            if any(finding.code == MAY_SHOW_TEXT for finding in found):
                left_out.append(piece.target)
            continue
        try:
            folder.path(piece.target).parent.mkdir(parents=True, exist_ok=True)
            folder.write(piece.target, content)
            written.append(piece.target)
        except OSError as error:
            findings.append(not_written(error).at(piece.target))
    return Done(len(task.pieces), tuple(written), tuple(left_out), tuple(findings))


class Looked(NamedTuple):
    """What the headers of a task's files say, by the first of them."""

    first: Piece
    seen: Seen


def look_at_files(task: Task) -> Looked:
    """The series of the files of a task, and those that may show text."""
    pieces = [piece for piece in task.pieces if piece.source not in task.skip]
    paths = ((task.root / piece.source, folder_of(piece)) for piece in pieces)
    return Looked(task.pieces[0], seen(paths, task.policy))


def try_files(task: Task, sources: Iterable[str]) -> None:
    """Do the files and write nothing: run in a process of its own to find what kills it."""
    for source in sources:
        with suppress(Exception):  # only death is looked for
            cleaned_bytes(task.root / source, task.policy)


def folder_of(piece: Piece) -> str:
    """The folder that stands for the series of a file without UID."""
    return piece.source.rpartition("/")[0]


def _outcome(task: Task, piece: Piece) -> tuple[bytes | None, tuple[Finding, ...]]:
    if piece.source in task.skip:
        return None, (killer(),)
    return outcome(
        task.root / piece.source,
        task.policy,
        allow_burned_in=task.allow_burned_in,
        withheld=task.withheld,
        folder=folder_of(piece),
    )


def outcome(
    path: Path, policy: Policy, *, allow_burned_in: bool, withheld: Collection[str], folder: str
) -> tuple[bytes | None, tuple[Finding, ...]]:
    """The bytes to write, or ``None`` and why; messages of others are not told: they may quote.

    The arguments are those of :func:`cleaned_bytes`.
    """
    try:
        return cleaned_bytes(
            path, policy, allow_burned_in=allow_burned_in, withheld=withheld, folder=folder
        )
    except InvalidDicomError:
        return None, (_no_dicom(path),)
    except DicomError as error:
        return None, (_not_cleaned(error),)
    except OSError as error:
        return None, (_error("unreadable-file", error.strerror or "the system refused"),)
    except MemoryError:
        return None, (_error("out-of-memory", "not enough memory for this file"),)
    except Exception as error:  # noqa: BLE001 - whatever one file does, the others go on
        return None, (_error("unexpected", f"the file met a fault: {type(error).__name__}"),)


def killer() -> Finding:
    """A file on which its process ended."""
    return _error("killed-decoder", "working on the file ended the process")


def not_written(error: OSError) -> Finding:
    """A file that the output did not take."""
    return _error("not-written", error.strerror or "the system refused")


def _no_dicom(path: Path) -> Finding:
    """A README is left where it is; what was to be an image is an error."""
    if not path.stat().st_size:
        return _error("empty-file", "the file is empty")
    level = Level.ERROR if path.suffix.casefold() in DICOM_EXTENSIONS else Level.NOTE
    return Finding(level, "not-dicom", "no DICOM file: not written")


def _not_cleaned(error: DicomError) -> Finding:
    own = error.code == "not-deidentified" or "template" in error.problem
    message = error.problem if own else f"it could not be cleaned: {error.code}"
    if "DICOMDIR" in message:
        return Finding(Level.NOTE, "not-deidentified", message)
    return Finding(Level.ERROR, "not-deidentified", message, tag=error.tag, offset=error.offset)


def _error(code: str, message: str) -> Finding:
    return Finding(Level.ERROR, code, message)
