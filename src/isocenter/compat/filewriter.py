"""Writing the facade's data sets: what pydicom leaves as it is, is left."""

from __future__ import annotations

import os
from copy import deepcopy
from typing import Any

from isocenter.compat import uid as uids
from isocenter.compat.config import RAISE, chosen
from isocenter.compat.dataset import Dataset, FileMetaDataset, validate_file_meta
from isocenter.compat.misc import warn_and_log
from isocenter.compat.uid import UID
from isocenter.core.encoding import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, Encoding
from isocenter.core.part10writer import assembled, meta_bytes
from isocenter.core.writer import Writer
from isocenter.files import writing

_PREAMBLE = 128
_SYNTAXES = {
    IMPLICIT_LITTLE: "ImplicitVRLittleEndian",
    EXPLICIT_LITTLE: "ExplicitVRLittleEndian",
    EXPLICIT_BIG: "ExplicitVRBigEndian",
}


def dcmwrite(
    filename: Any,
    dataset: Dataset,
    /,
    __write_like_original: bool | None = None,
    *,
    implicit_vr: bool | None = None,
    little_endian: bool | None = None,
    enforce_file_format: bool = False,
    force_encoding: bool = False,
    overwrite: bool = True,
    **kwargs: Any,
) -> None:
    """Write a DICOM file; a failed write leaves the file that was there.

    Args:
        filename: a path, or an open binary file.
        dataset: what to write, with ``file_meta`` and ``preamble`` when it has them.
        implicit_vr: with ``little_endian``, the encoding where no Transfer Syntax UID tells it.
        little_endian: see ``implicit_vr``.
        enforce_file_format: write a conformant file (PS3.10 7.1).
        force_encoding: write as the two say, whatever Transfer Syntax UID says.
        overwrite: whether a file that is there may be replaced.
        **kwargs: ``write_like_original``, the former opposite of ``enforce_file_format``.

    Raises:
        ValueError: the encoding is not known, or elements are where they do not belong.
        AttributeError: file meta that is required is missing.
        FileExistsError: the file is there and ``overwrite`` is false.
        TypeError: ``filename`` is nothing that can be written to.
    """
    like_original = _like_original(__write_like_original, kwargs)
    if like_original is not None:
        enforce_file_format = not like_original
    if not isinstance(filename, str | os.PathLike) and not hasattr(filename, "write"):
        raise TypeError(
            f"a path or an open binary file can be written to, not a {type(filename).__name__}"
        )
    _check_placement(dataset)
    if force_encoding and enforce_file_format:
        raise ValueError("force_encoding and enforce_file_format exclude each other")
    given = getattr(dataset, "file_meta", None)
    meta = FileMetaDataset() if given is None else deepcopy(given)
    syntax = meta.get("TransferSyntaxUID", None) or None
    asked = (implicit_vr, little_endian)
    encoding = _forced(asked) if force_encoding else _encoding(dataset, syntax, asked)
    preamble = getattr(dataset, "preamble", None)
    if preamble and len(preamble) != _PREAMBLE:
        raise ValueError(f"'{type(dataset).__name__}.preamble' must be 128-bytes long")
    if enforce_file_format:
        _complete(meta, dataset, encoding)
        syntax, preamble = meta.TransferSyntaxUID, preamble or bytes(_PREAMBLE)
    known = syntax is not None and (syntax.is_transfer_syntax or syntax.is_private)
    written_as: UID = syntax if known and not force_encoding else _named(encoding)  # type: ignore[assignment]  # known is not None
    content = assembled(
        dataset,
        meta,
        preamble,
        written_as,
        encoding,
        lenient=_lenient(),
    )
    writing.put(filename, content, overwrite=overwrite)


def save_as(
    ds: Dataset,
    filename: Any,
    /,
    __write_like_original: bool | None = None,
    **options: Any,
) -> None:
    """Write this data set to a file; the options are those of :func:`dcmwrite`.

    Raises:
        ValueError: it was read in another byte order.
    """
    little = options.get("little_endian")
    if little is None and options.get("implicit_vr") is not None:
        little = True
    syntax = getattr(ds, "file_meta", None) and ds.file_meta.get("TransferSyntaxUID")
    if syntax and syntax.is_transfer_syntax:
        little = syntax.is_little_endian
    elif little is None:
        little = ds.is_little_endian
    was = ds.original_encoding[1]
    if was is not None and little is not None and was != little:
        raise ValueError(
            "save_as() keeps the byte order that the data set was read in; dcmwrite() with"
            " force_encoding changes it"
        )
    dcmwrite(filename, ds, __write_like_original, **options)


Dataset.save_as = save_as  # type: ignore[attr-defined]  # as the core's files do


def write_dataset(fp: Any, dataset: Dataset, parent_encoding: Any = None) -> int:
    """Write the elements of a data set where an open file stands; how many bytes they took.

    Args:
        fp: a file that says ``is_implicit_VR`` and ``is_little_endian``.
        dataset: what to write.
        parent_encoding: not looked at: items know what is around them.
    """
    del parent_encoding
    encoding = _of((fp.is_implicit_VR, fp.is_little_endian))
    written: int = fp.write(Writer(encoding, lenient=_lenient()).dataset(dataset))
    return written


def write_file_meta_info(
    fp: Any, file_meta: FileMetaDataset, enforce_standard: bool = True
) -> None:
    """Write File Meta Information where an open file stands (PS3.10 7.1).

    Raises:
        AttributeError: an element that is required is missing, and ``enforce_standard`` is true.
    """
    validate_file_meta(file_meta, enforce_standard)
    fp.write(meta_bytes(file_meta, lenient=_lenient()))


def _lenient() -> bool:
    return chosen().writing_mode != RAISE


def _like_original(positional: bool | None, named: dict[str, Any]) -> bool | None:
    others = sorted(named.keys() - {"write_like_original"})
    if others:
        raise TypeError(f"dcmwrite() knows no option {', '.join(others)}")
    given = named.get("write_like_original")
    if positional is not None and given is not None:
        raise TypeError("write_like_original was given twice, by its place and by its name")
    chosen_one: bool | None = positional if given is None else given
    if chosen_one is not None:
        warn_and_log(
            "write_like_original is an option of the past: enforce_file_format is its opposite",
            DeprecationWarning,
            stacklevel=3,
        )
    return chosen_one


def _check_placement(ds: Dataset) -> None:
    groups = {tag >> 16 for tag in ds.keys()}
    if 0x0000 in groups:
        raise ValueError("Command Set elements (0000,eeee) belong to messages, not to a data set")
    if 0x0002 in groups:
        raise ValueError(
            "elements of group 0002 belong into file_meta, not into the data set (PS3.10 7.1)"
        )


def _forced(asked: tuple[bool | None, bool | None]) -> Encoding:
    if None in asked:
        raise ValueError(
            "force_encoding needs to be told the encoding: implicit_vr and little_endian"
        )
    return _of(asked)


def _of(pair: tuple[bool | None, bool | None]) -> Encoding:
    implicit, little = pair
    if implicit and not little:
        raise ValueError("implicit VR is little endian always (PS3.5 A.1)")
    if implicit:
        return IMPLICIT_LITTLE
    return EXPLICIT_LITTLE if little else EXPLICIT_BIG


def _encoding(ds: Dataset, syntax: UID | None, asked: tuple[bool | None, bool | None]) -> Encoding:
    """How the data set is written: as the transfer syntax, the caller or the file says."""
    implicit, little = asked
    if syntax is not None and syntax.is_transfer_syntax:
        _agrees("implicit_vr", implicit, syntax.is_implicit_VR, syntax)
        _agrees("little_endian", little, syntax.is_little_endian, syntax)
        return _of((syntax.is_implicit_VR, syntax.is_little_endian))
    if syntax is not None and not syntax.is_private:
        raise ValueError(f"{syntax.name} is the UID of something else than a transfer syntax")
    if implicit is not None and little is None:
        little = True
    for pair in (
        (implicit, little),
        (ds.is_implicit_VR, ds.is_little_endian),
        ds.original_encoding,
    ):
        if None not in pair:
            return _of(pair)
    if syntax is not None:
        raise ValueError(
            "nobody knows the encoding of a private transfer syntax: give implicit_vr and"
            " little_endian"
        )
    raise ValueError(
        "nothing says how the data set is encoded: give file_meta a Transfer Syntax UID, or"
        " implicit_vr and little_endian"
    )


def _agrees(name: str, asked: bool | None, told: bool, syntax: UID) -> None:
    if asked is not None and asked != told:
        raise ValueError(f"{name}={asked} contradicts the transfer syntax, {syntax.name}")


def _named(encoding: Encoding) -> UID:
    named: UID = getattr(uids, _SYNTAXES[encoding])
    return named


def _complete(meta: FileMetaDataset, ds: Dataset, encoding: Encoding) -> None:
    """Take over what PS3.10 7.1 requires, and check that all of it is there."""
    if not meta.get("TransferSyntaxUID") and encoding is not EXPLICIT_LITTLE:
        meta.TransferSyntaxUID = _named(encoding)
    for keyword, source in (
        ("MediaStorageSOPClassUID", "SOPClassUID"),
        ("MediaStorageSOPInstanceUID", "SOPInstanceUID"),
    ):
        told = ds.get(source, None)
        if meta.get(keyword, None) is None or (told and told != meta.get(keyword)):
            setattr(meta, keyword, told)
    validate_file_meta(meta, enforce_standard=True)


__all__ = ["dcmwrite", "write_dataset", "write_file_meta_info"]
