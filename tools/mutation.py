"""Damage to DICOM files: bytes in, other bytes out, all of it drawn from one ``Random``.

The same seed gives the same damage. Half of it is aimed: at lengths, VRs and tags where the
headers of the file that was read stand. Splices and repeats move everything after them, so
that aims of later steps miss now and then; that is damage too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Literal, NamedTuple, TypeAlias

import isocenter
from isocenter.core.dataset import Dataset
from isocenter.errors import DicomError
from isocenter.standard.vr import LONG_LENGTH, VR


class Header(NamedTuple):
    """Where the header of one element or item stands: its tag, its VR if it has one, its length."""

    start: int
    vr: int | None
    length: int
    length_bytes: int


@dataclass(frozen=True)
class Original:
    """A file to damage.

    Args:
        name: what it is called in reports.
        data: its bytes.
    """

    name: str
    data: bytes
    headers: tuple[Header, ...] = field(repr=False)

    @classmethod
    def of(cls, name: str, data: bytes) -> Original:
        """The file with its headers looked up; none where it cannot be read or is deflated."""
        try:
            dataset = isocenter.dcmread(data, force=True)
            return cls(name, data, tuple(_headers(dataset)) if _in_file(dataset) else ())
        except DicomError:
            return cls(name, data, ())


Damage: TypeAlias = Callable[[bytearray, Random, Original, Original], None]


def mutated(original: Original, other: Original, random: Random, steps: int = 6) -> bytes:
    """The file with one to ``steps`` kinds of damage; ``other`` is what is spliced in."""
    data = bytearray(original.data)
    for _ in range(random.randint(1, steps)):
        random.choice(DAMAGES)(data, random, original, other)
    return bytes(data)


# --- where headers stand -----------------------------------------------------------------


def _in_file(dataset: Dataset) -> bool:
    return dataset.stored is not None and dataset.stored.span.encoded.in_file


def _headers(dataset: isocenter.FileDataset) -> list[Header]:
    found: list[Header] = []
    pending: list[Dataset] = [dataset, dataset.file_meta]
    while pending:
        level = pending.pop()
        stored = level.stored
        if stored is None:
            continue
        explicit = stored.span.encoding.explicit
        for tag, (vr, position, _) in stored.entries.items():
            start = stored.header_start(tag)
            wide = not explicit or vr in LONG_LENGTH
            width = 4 if wide else 2
            found.append(Header(start, start + 4 if explicit else None, position - width, width))
            if stored.vr(tag) == "SQ":
                pending.extend(level[tag].value)
        if stored.span.start >= 8 and level is not dataset and level is not dataset.file_meta:
            item = stored.span.start - 8
            found.append(Header(item, None, item + 4, 4))
    return sorted(found)


# --- kinds of damage ---------------------------------------------------------------------

_EXTREMES = (0, 1, 2, 3, 7, 8, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0xFFFE, 0x10000, 1 << 24,
             0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)  # fmt: skip
_VRS = (*(str(vr).encode() for vr in VR), b"??", b"\0\0", b"ZZ", b"sq", b"OX")
_PIECES = (
    b"\xfe\xff\x00\xe0\xff\xff\xff\xff",  # an item of undefined length
    b"\xfe\xff\x00\xe0\0\0\0\0",
    b"\xfe\xff\x00\xe0\xff\xff\xff\x7f",
    b"\xfe\xff\x0d\xe0\0\0\0\0",  # its end
    b"\xfe\xff\xdd\xe0\0\0\0\0",  # the end of a sequence
    b"\xff\xfe\xe0\x00\xff\xff\xff\xff",  # the same in big endian
    b"\xff\xfe\xe0\xdd\0\0\0\0",
    b"\x40\x08\x15\x11SQ\0\0\xff\xff\xff\xff",
    b"\x40\x08\x15\x11\xff\xff\xff\xff",
    b"\x40\x08\x15\x11UN\0\0\xff\xff\xff\xff",
    b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff",
    b"\x08\x00\x05\x00CS\x0c\x00\\ISO 2022 IR",
    b"\x28\x00\x03\x01US\x02\x00\x01\x00",
    b"\\",
    b"\x1b$B",
    b"\x1b$)C",
    b"\x1b-F",
)


def _flip(data: bytearray, random: Random, _original: Original, _other: Original) -> None:
    """Change some bits of a few bytes."""
    for _ in range(random.choice((1, 1, 2, 8))):
        if data:
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _early(data: bytearray, random: Random, _original: Original, _other: Original) -> None:
    """Any byte near the beginning, where a file is all headers."""
    if data:
        data[random.randrange(min(len(data), 2000))] = random.randrange(256)


def _length(data: bytearray, random: Random, original: Original, _other: Original) -> None:
    """A length field of an extreme value, or one that is off by a little."""
    header = _aim(random, original)
    start, stop = header.length, header.length + header.length_bytes
    value = random.choice(_EXTREMES)
    if random.random() < 0.3:
        value = int.from_bytes(data[start:stop], "little") + random.choice((-2, -1, 1, 2, 8))
    most = 1 << 8 * header.length_bytes
    data[start:stop] = (value % most).to_bytes(header.length_bytes, random.choice(_ORDERS))


def _vr(data: bytearray, random: Random, original: Original, _other: Original) -> None:
    """Another VR, or none."""
    header = _aim(random, original)
    start = header.start + 4 if header.vr is None else header.vr
    data[start : start + 2] = random.choice(_VRS)


def _tag(data: bytearray, random: Random, original: Original, _other: Original) -> None:
    """The tag of another element of the file, or a delimiter's."""
    header, model = _aim(random, original), _aim(random, original)
    tag = original.data[model.start : model.start + 4]
    if random.random() < 0.3:
        tag = random.choice(_PIECES)[:4]
    data[header.start : header.start + 4] = tag


def _value(data: bytearray, random: Random, original: Original, _other: Original) -> None:
    """Another value: text that is no number, numbers that are extreme."""
    header = _aim(random, original)
    start = header.length + header.length_bytes
    new = random.choice((b"\xff\xff", b"\0\0", b"\x01\x00", b"-1", b"1e", b"9\\9", b"\x1b$", b"=^"))
    repeats = random.choice((1, 1, 1, 4))
    data[start : start + len(new) * repeats] = new * repeats


def _inject(data: bytearray, random: Random, original: Original, _other: Original) -> None:
    """An item, a delimiter, a sequence or an element, mostly where a header stands."""
    at = _aim(random, original).start if random.random() < 0.7 else _place(data, random)
    data[at:at] = random.choice(_PIECES) * random.choice((1, 1, 1, 2, 50))


def _remove(data: bytearray, random: Random, original: Original, _other: Original) -> None:
    """A run taken out: bytes, or whole elements."""
    start, stop = _run(data, random, original)
    del data[start:stop]


def _repeat(data: bytearray, random: Random, original: Original, _other: Original) -> None:
    """A run put in again, here or elsewhere."""
    start, stop = _run(data, random, original)
    at = random.choice((start, _place(data, random)))
    data[at:at] = data[start:stop]


def _cut(data: bytearray, random: Random, original: Original, _other: Original) -> None:
    """The file ends early."""
    at = _aim(random, original).start if random.random() < 0.3 else _place(data, random)
    del data[at + random.randrange(13) :]


def _splice(data: bytearray, random: Random, original: Original, other: Original) -> None:
    """The beginning of one file and the end of another, mostly between elements."""
    at, to = _aim(random, original).start, _aim(random, other).start
    if random.random() < 0.5:
        data[at:] = other.data[to:]
    else:
        data[at:at] = other.data[to : to + random.randrange(2000)]


DAMAGES: tuple[Damage, ...] = (
    _flip, _early, _length, _length, _vr, _tag, _value, _value, _inject, _remove, _repeat, _cut,
    _splice,
)  # fmt: skip
"""Every kind of damage; what hits most is there twice."""
_ORDERS: tuple[Literal["little", "big"], ...] = ("little", "little", "little", "big")


def _place(data: bytearray, random: Random) -> int:
    return random.randrange(len(data) + 1)


def _aim(random: Random, original: Original) -> Header:
    if original.headers:
        return random.choice(original.headers)
    start = random.randrange(len(original.data) + 1)
    return Header(start, start + 4, start + 6, 2)


def _run(data: bytearray, random: Random, original: Original) -> tuple[int, int]:
    if random.random() < 0.5:
        start, stop = sorted((_aim(random, original).start, _aim(random, original).start))
        return start, min(stop, start + 5000)
    start = _place(data, random)
    return start, start + random.choice((1, 2, 4, 8, 40, 400))
