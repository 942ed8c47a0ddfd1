"""What can go wrong, as values: one tree of exceptions, and findings.

"You called it wrong" (:class:`UsageError`) and "the file is wrong"
(:class:`DicomError`) are different branches. A ``DicomError`` carries its facts
(path, tag, offset, clause) as attributes and builds its message from them.

A :class:`Finding` is a deviation met while going on: collected, shown on the
page, in the summary and in ``findings.json``, never only logged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class IsocenterError(Exception):
    """Root of every exception this package raises on purpose."""


class UsageError(IsocenterError, ValueError):
    """The call, the option or the path is wrong; nothing was done."""


class DictionaryError(UsageError):
    """A row cannot be added to the data dictionary."""


class DicomError(IsocenterError):
    """The data is wrong. Facts are attributes; the message is built from them.

    Args:
        problem: what is wrong, in one sentence without the facts below.
        path: the file, when known.
        tag: the element's place, such as ``"(0028,0010)"`` or a nested tag path.
        offset: byte offset in the file.
        clause: where the Standard says so, such as ``"PS3.5 7.1.2"``.
    """

    code = "dicom-error"

    def __init__(
        self,
        problem: str,
        *,
        path: str | None = None,
        tag: str | None = None,
        offset: int | None = None,
        clause: str | None = None,
    ) -> None:
        super().__init__(problem, path, tag, offset, clause)
        self.problem = problem
        self.path = path
        self.tag = tag
        self.offset = offset
        self.clause = clause

    def __str__(self) -> str:
        facts = [
            self.tag,
            None if self.offset is None else f"at byte {self.offset}",
            self.clause,
        ]
        known = ", ".join(fact for fact in facts if fact)
        text = f"{self.problem} ({known})" if known else self.problem
        return f"{self.path}: {text}" if self.path else text

    @property
    def facts(self) -> dict[str, Any]:
        """The facts by name, as the constructor takes them."""
        return {"path": self.path, "tag": self.tag, "offset": self.offset, "clause": self.clause}

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.problem, self.facts)


def _rebuild(kind: type[DicomError], problem: str, facts: dict[str, Any]) -> DicomError:
    return kind(problem, **facts)


class InvalidDicomError(DicomError):
    """The bytes are no DICOM file."""

    code = "not-dicom"

    def __init__(self, problem: str = "the bytes are no DICOM file", **facts: Any) -> None:
        super().__init__(problem, **facts)


class EncodingError(DicomError):
    """A data set's structure cannot be followed further."""

    code = "bad-encoding"


class TruncatedError(EncodingError):
    """The bytes end before a sequence, an item or an element does."""

    code = "truncated"


class LimitError(EncodingError):
    """Reading would cost more than the caller's limits allow."""

    code = "over-limit"


class DeferredReadError(DicomError, OSError):
    """A deferred value is no longer in the file where it was: the file has gone or changed."""

    code = "deferred-read"


class ValueDecodingError(DicomError, ValueError):
    """An element's bytes are no value of its VR."""

    code = "bad-value"


class InvalidValueError(DicomError, ValueError):
    """A value does not fit its VR, so that it is not written.

    Args:
        problem: what is wrong, in one sentence.
        vr: the Value Representation, when known.
        value: the value as text, shortened.
        rule: the rule of the VR that it breaks.
        **facts: what every :class:`DicomError` takes.
    """

    code = "invalid-value"

    def __init__(
        self, problem: str, *, vr: str = "", value: str = "", rule: str = "", **facts: Any
    ) -> None:
        super().__init__(problem, **facts)
        self.vr = vr
        self.value = value
        self.rule = rule

    @property
    def facts(self) -> dict[str, Any]:
        """The facts by name, as the constructor takes them."""
        return {**super().facts, "vr": self.vr, "value": self.value, "rule": self.rule}


class PixelError(DicomError):
    """The image of a data set cannot be decoded or shown."""

    code = "bad-pixels"


class NoPixelsError(PixelError, AttributeError):
    """The data set has no image; so ``hasattr(ds, "pixel_array")`` is false."""

    code = "no-image"


class FragmentError(PixelError, ValueError):
    """An encapsulated value cannot be taken apart into fragments and frames."""


class UnsupportedSyntaxError(PixelError):
    """No decoder for this transfer syntax."""

    code = "unsupported-transfer-syntax"


class WaveformError(DicomError, ValueError):
    """The samples of a waveform cannot be made out."""


class NoWaveformError(WaveformError, AttributeError):
    """There is no waveform, or what is needed to read it is not there."""


class Level(StrEnum):
    """How bad a finding is."""

    NOTE = "note"
    """A file that is no image: a structured report, a plan, a README."""
    WARNING = "warning"
    """Shown, but something had to be assumed."""
    ERROR = "error"
    """An image that could not be read whole; it is not in the library."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One deviation from the Standard or from what was expected.

    ``path`` is relative to the library's root with ``/``; ``offset`` counts bytes
    from the start of the file; ``tag`` is the element's place.
    """

    level: Level
    code: str
    message: str
    path: str = ""
    tag: str | None = None
    offset: int | None = None
    clause: str | None = None

    @classmethod
    def from_error(cls, error: DicomError, level: Level = Level.ERROR) -> Finding:
        """The finding that tells what ``error`` tells."""
        return cls(
            level=level,
            code=error.code,
            message=error.problem,
            path=error.path or "",
            tag=error.tag,
            offset=error.offset,
            clause=error.clause,
        )

    def at(self, path: str) -> Finding:
        """The same finding for the file ``path``."""
        return replace(self, path=path)


def worst(findings: Iterable[Finding]) -> Level | None:
    """The gravest level among ``findings``; ``None`` when there are none."""
    order = list(Level)
    return max((finding.level for finding in findings), key=order.index, default=None)
