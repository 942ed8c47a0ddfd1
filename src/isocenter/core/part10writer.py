"""DICOM files as bytes: preamble, file meta information, data set (PS3.10 7).

In: a data set, with ``file_meta`` and ``preamble`` when it has them. Out: the bytes of the
file, in the encoding that Transfer Syntax UID, the caller or the file it was read from say.
"""

from __future__ import annotations

import struct
import zlib
from copy import copy
from typing import NamedTuple

from isocenter._version import __version__
from isocenter.core.dataset import Dataset, FileMetaDataset
from isocenter.core.encoding import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, Encoding
from isocenter.core.writer import Writer
from isocenter.errors import EncodingError, UsageError
from isocenter.standard.uid import (
    DEFLATED_LITTLE,
    UID,
)
from isocenter.standard.uid import EXPLICIT_BIG as EXPLICIT_BIG_UID
from isocenter.standard.uid import EXPLICIT_LITTLE as EXPLICIT_LITTLE_UID
from isocenter.standard.uid import IMPLICIT_LITTLE as IMPLICIT_LITTLE_UID
from isocenter.standard.uidgeneration import IMPLEMENTATION_UID

IMPLEMENTATION_VERSION = f"ISOCENTER {__version__}"[:16]
_META_LENGTH, _PIXEL_DATA = 0x00020000, 0x7FE00010
_BY_ENCODING = {
    IMPLICIT_LITTLE: UID(IMPLICIT_LITTLE_UID),
    EXPLICIT_LITTLE: UID(EXPLICIT_LITTLE_UID),
    EXPLICIT_BIG: UID(EXPLICIT_BIG_UID),
}


class WriteOptions(NamedTuple):
    """How a file is written.

    ``implicit_vr`` and ``little_endian`` choose the encoding where no Transfer Syntax UID
    does. ``enforce_file_format`` writes a conformant file: a preamble, and file meta that is
    completed from the data set. ``lenient`` writes values that their VR forbids.
    """

    implicit_vr: bool | None = None
    little_endian: bool | None = None
    enforce_file_format: bool = False
    lenient: bool = False


def file_bytes(ds: Dataset, options: WriteOptions = WriteOptions()) -> bytes:  # noqa: B008 - frozen
    """The file's bytes.

    Raises:
        UsageError: the encoding is not known, contradicts the transfer syntax, or file meta
            that is required is missing.
        InvalidValueError: a value does not fit its VR.
        EncodingError: Pixel Data is not as the transfer syntax says.
    """
    given = getattr(ds, "file_meta", None)
    meta = FileMetaDataset() if given is None else copy(given)
    syntax = _transfer_syntax(ds, meta, options)
    preamble = getattr(ds, "preamble", None)
    if options.enforce_file_format:
        complete(meta, ds, syntax)
        preamble = preamble or bytes(128)
    _check_placement(ds)
    _check_pixels(ds, syntax)
    return assembled(ds, meta, preamble, syntax, _encoding(syntax), lenient=options.lenient)


def assembled(  # noqa: PLR0913 - the parts of a file
    ds: Dataset,
    meta: FileMetaDataset,
    preamble: bytes | None,
    syntax: UID,
    encoding: Encoding,
    *,
    lenient: bool,
) -> bytes:
    """The bytes of a file of these parts, as they are; ``DICM`` only behind a preamble.

    ``encoding`` is that of the data set, which for a private ``syntax`` nobody else knows.

    Raises:
        InvalidValueError: a value does not fit its VR.
        EncodingError: Pixel Data is not as the transfer syntax says.
    """
    writer = Writer(encoding, encapsulated=syntax.is_encapsulated, lenient=lenient)
    body = writer.dataset(ds)
    if syntax == DEFLATED_LITTLE:
        body = _deflated(body)
    prefix = preamble + b"DICM" if preamble else b""
    return prefix + meta_bytes(meta, lenient=lenient) + body


def complete(meta: FileMetaDataset, ds: Dataset, syntax: UID) -> None:
    """Add what PS3.10 table 7.1-1 requires of file meta, from the data set.

    Raises:
        UsageError: the data set has no SOP Class or SOP Instance UID to take.
    """
    meta.add_new(0x00020001, "OB", b"\x00\x01")
    for keyword, source in (
        ("MediaStorageSOPClassUID", "SOPClassUID"),
        ("MediaStorageSOPInstanceUID", "SOPInstanceUID"),
    ):
        if not meta.get(keyword):
            if not ds.get(source):
                raise UsageError(f"{source} is required to write a file (PS3.10 7.1)")
            setattr(meta, keyword, ds.get(source))
    meta.TransferSyntaxUID = syntax
    if not meta.get("ImplementationClassUID"):
        meta.ImplementationClassUID = IMPLEMENTATION_UID
        meta.ImplementationVersionName = IMPLEMENTATION_VERSION


def _check_placement(ds: Dataset) -> None:
    wrong = next((tag for tag in ds.keys() if tag.group in {0x0000, 0x0002}), None)
    if wrong is not None:
        raise UsageError(f"{wrong} belongs to file meta or to a message, not to a data set")


def _check_pixels(ds: Dataset, syntax: UID) -> None:
    """Pixel Data that was read in one compressed syntax is no pixel data of another one."""
    was = getattr(ds, "transfer_syntax", syntax)
    native = not was.is_encapsulated and not syntax.is_encapsulated
    if was == syntax or native or _PIXEL_DATA not in ds or not ds.is_untouched(_PIXEL_DATA):
        return
    raise EncodingError(
        f"Pixel Data is still {was.name}; it has to be converted before it is written as {syntax.name}",
        tag="(7FE0,0010)",
        clause="PS3.5 A.4",
    )


def meta_bytes(meta: FileMetaDataset, *, lenient: bool) -> bytes:
    """File meta with its group length (PS3.10 7.1); nothing when there is none."""
    rest = copy(meta)
    if _META_LENGTH in rest:
        del rest[_META_LENGTH]  # it is not asked for: it may be no number
    body = Writer(EXPLICIT_LITTLE, lenient=lenient).dataset(rest)
    length = struct.pack("<HH2sHI", 0x0002, 0x0000, b"UL", 4, len(body))
    return length + body if body else b""


def _deflated(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    data = stream.compress(body) + stream.flush()
    return data + b"\0" if len(data) % 2 else data  # PS3.5 A.5


def _transfer_syntax(ds: Dataset, meta: FileMetaDataset, options: WriteOptions) -> UID:
    declared = meta.get("TransferSyntaxUID")
    asked = _asked(options)
    if not declared:
        encoding = asked or (ds.stored.span.encoding if ds.stored else None)
        if encoding is None:
            raise UsageError(
                "how to encode the data set is not known: set file_meta.TransferSyntaxUID,"
                " or pass implicit_vr and little_endian"
            )
        return _BY_ENCODING[encoding]
    if not isinstance(declared, str):
        raise UsageError(f"TransferSyntaxUID is one UID, not {declared!r:.80}")
    syntax = UID(declared)
    if asked is not None and asked is not _encoding(syntax):
        raise UsageError(f"implicit_vr and little_endian contradict {syntax.name}")
    return syntax


def _asked(options: WriteOptions) -> Encoding | None:
    if options.implicit_vr is None and options.little_endian is None:
        return None
    little = options.little_endian is not False
    if options.implicit_vr and not little:
        raise UsageError("there is no implicit VR big endian (PS3.5 10)")
    if options.implicit_vr:
        return IMPLICIT_LITTLE
    return EXPLICIT_LITTLE if little else EXPLICIT_BIG


def _encoding(syntax: UID) -> Encoding:
    if syntax.is_implicit_VR:
        return IMPLICIT_LITTLE
    return EXPLICIT_LITTLE if syntax.is_little_endian else EXPLICIT_BIG
