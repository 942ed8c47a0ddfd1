"""DICOM files: preamble, file meta information, data set (PS3.10 7).

In: the bytes of a file, or its first bytes. Out: a :class:`FileDataset`. Files without
preamble, without file meta, or with a transfer syntax that contradicts the bytes are
read when what stands there is a data set, each with a finding.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from itertools import takewhile
from typing import Any, ClassVar, NamedTuple

from isocenter.core.charset import CharacterSets
from isocenter.core.dataset import Dataset, FileMetaDataset
from isocenter.core.encoding import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    UNDEFINED,
    Buffer,
    Encoded,
    Encoding,
    Span,
)
from isocenter.core.headers import matching, starts_explicit
from isocenter.core.inflating import Inflated
from isocenter.core.limits import DEFAULT_LIMITS, Limits
from isocenter.core.pieces import EncodedPieces, Pieces
from isocenter.core.reader import NEVER, Elements, read_elements
from isocenter.core.steps import steps
from isocenter.core.stored import NOTHING, Inherited, Stored
from isocenter.errors import Finding, InvalidDicomError, Level
from isocenter.standard.dictionary import dictionary_vr
from isocenter.standard.tag import BaseTag
from isocenter.standard.uid import EXPLICIT_LITTLE as EXPLICIT_LITTLE_UID
from isocenter.standard.uid import UID

_PREFIX = 128
_FIRST_INFLATED, _GROWTH = 1 << 16, 8
_WORTH_TRIMMING = 16 << 10
_META_START, _META_END = 0x00020000, 0x00030000
_TRANSFER_SYNTAX = 0x00020010
_NO_TAGS: frozenset[int] = frozenset()
_META_STEPS = steps(EXPLICIT_LITTLE, _META_END, None)
_put = object.__setattr__  # past the look-up of keywords


class FileDataset(Dataset):
    """A data set from a file, with its preamble and File Meta Information.

    ``stopped`` says that reading ended at the stop tag, so that the table is complete
    as far as it was asked for; ``cut`` that the bytes ended inside an element; ``skipped``
    names the elements of the pixel data that were passed over. ``filename`` is the file,
    ``None`` for bytes.
    """

    preamble: bytes | None = None
    transfer_syntax: UID
    stopped: bool = False
    cut: bool = False
    end: int = 0
    """Position in the buffer where reading ended."""
    skipped: tuple[BaseTag, ...] = ()
    filename: str | None = None
    meta_type: ClassVar[type[FileMetaDataset]] = FileMetaDataset
    """The class of the File Meta Information."""
    _meta_span: Span | None = None
    """Where the File Meta Information lies that nobody asked for yet."""

    @property
    def file_meta(self) -> FileMetaDataset:
        """The File Meta Information; its elements are read when they are asked for."""
        attributes = self.__dict__
        span = attributes.get("_meta_span")  # first: it goes when the other is there
        meta: FileMetaDataset | None = attributes.get("file_meta")
        if meta is None and span is not None:
            meta = attributes.setdefault("file_meta", self.meta_type.of(span))
        if meta is None:
            raise AttributeError("the data set has no file_meta")
        return meta

    @file_meta.setter
    def file_meta(self, meta: FileMetaDataset) -> None:
        self.__dict__["file_meta"] = meta

    @file_meta.deleter
    def file_meta(self) -> None:
        waiting = self.__dict__.pop("_meta_span", None)
        if self.__dict__.pop("file_meta", waiting) is None:
            raise AttributeError("the data set has no file_meta")

    def _attributes(self) -> dict[str, Any]:
        if self._meta_span is not None:
            _ = self.file_meta  # a copy shares it, or copies it
            self.__dict__.pop("_meta_span", None)
        return self.__dict__


def trimmed(dataset: FileDataset) -> FileDataset:
    """The same data set without the bytes read beyond the stop: a header kept is small."""
    stored, end = dataset.stored, dataset.end
    if stored is not None and len(stored.encoded.buffer) - end >= _WORTH_TRIMMING:
        stored.keep_until(end)
    return dataset


def has_prefix(buffer: Buffer) -> bool:
    """Whether ``DICM`` follows a preamble of 128 bytes (PS3.10 7.1)."""
    return bytes(buffer[_PREFIX : _PREFIX + 4]) == b"DICM"


def looks_like_dataset(buffer: Buffer) -> bool:
    """Whether a data set seems to start at the first byte, without preamble.

    True when the first element is of group 2 or 8, known to the dictionary, and its
    length leads to a second element with a higher tag.
    """
    if len(buffer) < 16:
        return False
    for encoding in (EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG):
        if _starts_dataset(buffer, encoding):
            return True
    return False


def _starts_dataset(buffer: Buffer, encoding: Encoding) -> bool:
    group, element, length = encoding.implicit_header(buffer, 0)
    tag = group << 16 | element
    if group not in (0x0002, 0x0008) or dictionary_vr(tag) is None:
        return False
    if encoding.explicit != starts_explicit(buffer, 0, encoding):
        return False
    content = 8
    if encoding.explicit:
        _, _, vr, length = encoding.explicit_header(buffer, 0)
        if vr in encoding.long:
            content, (length,) = 12, encoding.length(buffer, 8)
    if content + length + 8 > len(buffer):
        return False
    next_group, next_element, _ = encoding.implicit_header(buffer, content + length)
    return tag < next_group << 16 | next_element < 0x00200000


def parse(  # noqa: PLR0913 - each is an option of its own
    buffer: Buffer,
    *,
    force: bool = False,
    stop: int = NEVER,
    wanted: frozenset[int] | None = None,
    unwanted: frozenset[int] = _NO_TAGS,
    sets: CharacterSets | None = None,
    pieces: Pieces | None = None,
    limits: Limits = DEFAULT_LIMITS,
    kind: type[FileDataset] = FileDataset,
) -> FileDataset:
    """Read a file's bytes.

    Args:
        buffer: the file, or enough of its beginning.
        force: read on although there is no ``DICM`` prefix.
        stop: see :func:`isocenter.core.reader.read_elements`.
        wanted: keep only these tags, and Specific Character Set.
        unwanted: drop these tags; they are told in ``skipped``.
        sets: the character sets in force, whatever the data set declares.
        pieces: where in the file the buffer's bytes are, when some were left out.
        limits: what the file may cost.
        kind: the class of the data set.

    Raises:
        InvalidDicomError: no ``DICM`` prefix, and ``force`` is false.
        EncodingError: a deflated data set cannot be inflated.
        LimitError: it grows over the limit.
    """
    start, preamble, findings = _start(buffer, force=force)
    found = dict.fromkeys(findings)
    if pieces is None:
        encoded = Encoded(buffer, findings=found, nesting=limits.nesting)
    else:
        encoded = EncodedPieces(buffer, findings=found, nesting=limits.nesting, pieces=pieces)
    meta = _plain_meta(encoded, start) or _file_meta(encoded, start, kind.meta_type)
    after_meta = meta.end
    syntax, encoding = _transfer_syntax(encoded, meta)
    if syntax.is_deflated:
        stream = Inflated(buffer[after_meta:], after_meta, limits.inflated)
        span, elements = _read_inflated(stream, encoded, encoding, stop, wanted)
    else:
        encoding = _checked_encoding(encoded, after_meta, encoding)
        span = Span(encoded, after_meta, len(encoded.buffer), encoding)
        elements = read_elements(span, stop, wanted)
    skipped: tuple[BaseTag, ...] = ()
    if unwanted:
        skipped = tuple(BaseTag(tag) for tag in sorted(unwanted & elements.entries.keys()))
        _drop(elements, unwanted)
    span = span._replace(end=elements.end)
    inherited = NOTHING if sets is None else Inherited(sets, overrides=True)
    dataset = kind.__new__(kind)
    attributes = {
        "_stored": Stored(span, inherited, elements),
        "preamble": preamble,
        "transfer_syntax": syntax,
        "stopped": elements.stopped,
        "cut": elements.cut,
        "end": elements.end,
        "skipped": skipped,
        **meta.attribute,
    }
    _put(dataset, "__dict__", attributes)  # at once, past the look-up of keywords
    return dataset


def _drop(elements: Elements, unwanted: frozenset[int]) -> None:
    entries = elements.entries.items()
    elements.entries = {tag: entry for tag, entry in entries if tag not in unwanted}
    elements.whole = False


def _read_inflated(
    stream: Inflated,
    file: Encoded,
    declared: Encoding,
    stop: int,
    wanted: frozenset[int] | None,
) -> tuple[Span, Elements]:
    """A deflated data set (PS3.5 A.5), inflated as far as it takes to reach the stop."""
    size = _FIRST_INFLATED if stop != NEVER else None
    while True:
        data = stream.up_to(size)
        encoded = Encoded(data, in_file=False, nesting=file.nesting)
        encoding = _checked_encoding(encoded, 0, declared)
        span = Span(encoded, 0, len(data), encoding)
        elements = read_elements(span, stop, wanted)
        if elements.stopped or stream.is_exhausted or size is None:
            break
        size *= _GROWTH
    file.report(encoded.findings)
    encoded.findings = file.findings
    if not elements.stopped and not stream.is_whole:
        elements.cut = True
        elements.findings.append(_CUT_DEFLATED)
    return span, elements


def _start(buffer: Buffer, *, force: bool) -> tuple[int, bytes | None, list[Finding]]:
    if has_prefix(buffer):
        return _PREFIX + 4, bytes(buffer[:_PREFIX]), []
    if not force:
        raise InvalidDicomError(
            "no DICM prefix after 128 bytes; force=True reads the bytes as a data set",
            clause="PS3.10 7.1",
        )
    start = 4 if bytes(buffer[:4]) == b"DICM" else 0
    finding = Finding(
        Level.WARNING,
        "no-preamble",
        "no preamble and DICM prefix; read as a data set",
        offset=0,
        clause="PS3.10 7.1",
    )
    return start, None, [finding]


class _Meta(NamedTuple):
    """What the rest of the file needs of its File Meta Information."""

    end: int
    syntax: bytes | None
    """The value of Transfer Syntax UID."""
    attribute: dict[str, Any]
    """The attribute of the data set that has it, or tells where it lies."""


def _plain_meta(encoded: Encoded, start: int) -> _Meta | None:
    """File Meta Information by its headers alone; ``None`` where they are not plain.

    Plain are the tags of group 0002 in ascending order with lengths that lead from one to the
    next and on to another group: such have no findings, so that they can be read later.
    """
    buffer, header, step_for = encoded.buffer, EXPLICIT_LITTLE.whole_head, _META_STEPS
    position, before, syntax = start, _META_START - 1, None
    try:
        while True:
            head, length = header(buffer, position)
            step, content = step_for[head], position + 8
            if step:
                tag = step[0]
            else:
                number, vr = EXPLICIT_LITTLE.head(head)
                tag = EXPLICIT_LITTLE.tags[number]
                if tag >= _META_END:
                    break
                if vr not in EXPLICIT_LITTLE.long:
                    return None
                (length,), content = EXPLICIT_LITTLE.length(buffer, content), content + 4
            if tag <= before or length == UNDEFINED:
                return None
            before, position = tag, content + length
            if tag == _TRANSFER_SYNTAX:
                syntax = bytes(buffer[content:position])
    except struct.error:  # the buffer ends
        return None
    if position == start:
        return None
    span = Span(encoded, start, position, EXPLICIT_LITTLE)
    return _Meta(position, syntax, {"_meta_span": span})


def _file_meta(
    encoded: Encoded, start: int, kind: type[FileMetaDataset] = FileMetaDataset
) -> _Meta:
    """File Meta Information is always explicit VR little endian (PS3.10 7.1)."""
    span = Span(encoded, start, len(encoded.buffer), EXPLICIT_LITTLE)
    if bytes(encoded.buffer[start : start + 2]) != b"\x02\x00":
        return _Meta(start, None, {"file_meta": kind()})
    elements = read_elements(span, _META_END)
    if min(elements.entries, default=_META_START) < _META_START:
        # the data set begins with group 0 or 1: what is read again is group 2 only
        own = takewhile(lambda item: item[0] >= _META_START, elements.entries.items())
        *_, (_, (_, position, length)) = own
        span = span._replace(end=position + length)
        elements = read_elements(span)
    meta = kind.of(span, elements)
    syntax = bytes(meta.raw(_TRANSFER_SYNTAX)) if _TRANSFER_SYNTAX in meta else None
    return _Meta(elements.end, syntax, {"file_meta": meta})


def _transfer_syntax(encoded: Encoded, meta: _Meta) -> tuple[UID, Encoding]:
    if meta.syntax is not None:
        declared, encoding = _declared(meta.syntax)
        if declared:
            return declared, encoding
    encoding = _guess(encoded.buffer, meta.end)
    uid = UID(EXPLICIT_LITTLE_UID)
    if not encoding.explicit:
        uid = UID("1.2.840.10008.1.2")
    elif not encoding.little:
        uid = UID("1.2.840.10008.1.2.2")
    finding = Finding(
        Level.WARNING,
        "no-transfer-syntax",
        f"no Transfer Syntax UID; the bytes look like {uid.name}",
        tag="(0002,0010)",
        clause="PS3.10 7.1",
    )
    encoded.report([finding])
    return uid, encoding


@lru_cache(maxsize=64)
def _declared(value: bytes) -> tuple[UID, Encoding]:
    """The transfer syntax of (0002,0010), and how its data sets are written."""
    uid = UID(value.decode("latin_1").strip("\0 "))
    if uid.is_implicit_VR:
        return uid, IMPLICIT_LITTLE
    return uid, EXPLICIT_LITTLE if uid.is_little_endian else EXPLICIT_BIG


def _guess(buffer: Buffer, start: int) -> Encoding:
    """The encoding the first element is in: a small group number tells the byte order."""
    little = EXPLICIT_LITTLE
    if len(buffer) >= start + 8:
        group, _, _ = little.implicit_header(buffer, start)
        if group and not group & 0xFF and starts_explicit(buffer, start, EXPLICIT_BIG):
            return EXPLICIT_BIG
        if not starts_explicit(buffer, start, little):
            return IMPLICIT_LITTLE
    return little


def _checked_encoding(encoded: Encoded, start: int, declared: Encoding) -> Encoding:
    shown = matching(encoded, start, declared)
    if shown is not declared:
        vr = "explicit" if shown.explicit else "implicit"
        finding = Finding(
            Level.WARNING,
            "transfer-syntax-contradicted",
            f"the data set is written in {vr} VR, the transfer syntax says otherwise",
            tag="(0002,0010)",
            offset=encoded.offset(start),
            clause="PS3.10 7.1",
        )
        encoded.report([finding])
    return shown


_CUT_DEFLATED = Finding(
    Level.ERROR, "truncated", "the deflated data set has no end", clause="PS3.5 A.5"
)
