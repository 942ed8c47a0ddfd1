"""What a decoder is asked for: pixel data, what is said of it, and what is wanted.

In: a data set, or a buffer or an open file with the description as options. Out: a
:class:`Request`, complete and, unless that is not wanted, checked (PS3.3 C.7.6.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from isocenter.compat.pixels.common import PhotometricInterpretation
from isocenter.compat.pixels.description import as_pixel_options, frames_of
from isocenter.compat.uid import UID
from isocenter.core.dataset import Dataset
from isocenter.pixels.codecs import Coding, coding
from isocenter.pixels.frames import pixel_bytes
from isocenter.pixels.image_pixel import ImagePixel
from isocenter.standard.uid import EXPLICIT_BIG

PIXEL_KEYWORDS = {"PixelData": 0, "FloatPixelData": 32, "DoubleFloatPixelData": 64}
"""Elements that hold pixels, and the bits of their cells where the element says so."""
_MOST = 65535
_INTERPRETATIONS = frozenset(one.value for one in PhotometricInterpretation)
_NAMES = {
    "rows": "Rows (0028,0010)",
    "columns": "Columns (0028,0011)",
    "samples_per_pixel": "Samples per Pixel (0028,0002)",
    "photometric_interpretation": "Photometric Interpretation (0028,0004)",
    "bits_allocated": "Bits Allocated (0028,0100)",
    "bits_stored": "Bits Stored (0028,0101)",
    "pixel_representation": "Pixel Representation (0028,0103)",
    "planar_configuration": "Planar Configuration (0028,0006)",
}


@dataclass(slots=True)
class Request:
    """Pixel data with its description, and how it is to be decoded.

    ``source`` is a buffer of bytes, or an open file that is read from where it stands;
    ``facts`` the description and what is wanted, by the names of pydicom's options; ``frames`` how
    many there are; ``kind`` the type of the buffer that was given; ``compressed`` the frames of
    encapsulated pixel data, once they were found.
    """

    syntax: UID
    source: Any
    facts: dict[str, Any]
    raw: bool = False
    frames: int = 1
    kind: type = bytes
    compressed: Any = None

    def fact(self, name: str) -> Any:
        """One of the facts.

        Raises:
            AttributeError: it is not known.
        """
        found = self.facts.get(name)
        if found is None:
            raise AttributeError(f"{_NAMES.get(name, name)} is missing")
        return found

    def wants(self, name: str, *, default: bool = False) -> bool:
        """Whether an option was chosen."""
        return bool(self.facts.get(name, default))

    @property
    def element(self) -> str:
        """The keyword of the element that the pixels are from.

        Raises:
            TypeError: what is said is none.
        """
        found = self.fact("pixel_keyword")
        if not isinstance(found, str):
            raise TypeError(f"pixel_keyword is the keyword of an element, not {found!r}")
        return found

    @property
    def floating(self) -> bool:
        """Whether cells are IEEE numbers."""
        return bool(PIXEL_KEYWORDS.get(self.element))

    @property
    def _is_native(self) -> bool:
        return coding(self.syntax) is Coding.NATIVE

    @property
    def is_big_endian(self) -> bool:
        """Whether words have the most significant byte first."""
        return self.syntax == EXPLICIT_BIG

    @property
    def image(self) -> ImagePixel:
        """The layout of the frames."""
        allocated, floating = self.fact("bits_allocated"), self.floating
        stored = allocated if floating else self.fact("bits_stored")
        samples, photometric = self.fact("samples_per_pixel"), self.photometric
        return ImagePixel(
            element=self.element,
            count=self.frames,
            rows=self.fact("rows"),
            columns=self.fact("columns"),
            samples=samples,
            photometric=photometric,
            bits_allocated=allocated,
            bits_stored=stored,
            high_bit=self._high_bit(stored, allocated),
            signed=not floating and self.fact("pixel_representation") == 1,
            planar=samples > 1 and self.fact("planar_configuration") == 1,
            floating=floating,
            subsampled=self._is_native and photometric == "YBR_FULL_422",
        )

    def _high_bit(self, stored: int, allocated: int) -> int:
        said = self.facts.get("high_bit")
        return said if isinstance(said, int) and stored <= said + 1 <= allocated else stored - 1

    @property
    def photometric(self) -> str:
        """The declared Photometric Interpretation, as plain text."""
        said = self.fact("photometric_interpretation")
        return str(getattr(said, "value", said))

    def meta(self, *, frames: int, photometric: str, planar: int) -> dict[str, Any]:
        """What pydicom tells beside decoded pixels: the description of these very pixels."""
        names = ["rows", "columns", "samples_per_pixel", "bits_allocated"]
        names += [] if self.floating else ["bits_stored", "pixel_representation"]
        told = {name: self.fact(name) for name in names}
        if told["samples_per_pixel"] > 1:
            told["planar_configuration"] = planar
        return {**told, "number_of_frames": frames, "photometric_interpretation": photometric}


def request(src: Any, syntax: UID, options: dict[str, Any], *, raw: bool = False) -> Request:
    """What is asked for.

    Args:
        src: a data set; or bytes, or a file open for reading, with a description in
            ``options``.
        syntax: the transfer syntax of the decoder.
        options: pydicom's; they go before what a data set says.
        raw: leave colours as they are.

    Raises:
        ValueError: the data set is in another transfer syntax.
        AttributeError: the data set has no pixel data, or more than one kind of it.
    """
    facts, kind = dict(options), type(src)
    if isinstance(src, Dataset):
        facts = {**_described(src, syntax), **options}
        src = _value(src, facts["pixel_keyword"])
    if coding(syntax) is not Coding.NATIVE:
        facts.setdefault("pixel_keyword", "PixelData")  # nothing else is ever compressed
    facts["number_of_frames"] = _count(facts)
    made = Request(syntax, src if hasattr(src, "read") else memoryview(src).cast("B"), facts, raw)
    made.frames, made.kind = facts["number_of_frames"], kind
    return made


def _count(facts: dict[str, Any]) -> int:
    if "number_of_frames" not in facts:
        raise AttributeError("number_of_frames is missing")
    return frames_of(facts["number_of_frames"])


def _described(ds: Dataset, syntax: UID) -> dict[str, Any]:
    meta = getattr(ds, "file_meta", None)
    said = meta.get("TransferSyntaxUID") if meta is not None else None
    if said and said != syntax:
        raise ValueError(f"the data set is in {UID(said).name}, the decoder is for {syntax.name}")
    there = [keyword for keyword in PIXEL_KEYWORDS if keyword in ds]
    if len(there) != 1:
        raise AttributeError(
            "a data set has one of Pixel Data, Float Pixel Data and Double Float Pixel Data;"
            f" this one has {' and '.join(there) or 'none of them'}"
        )
    facts = as_pixel_options(ds)
    if "NumberOfFrames" in ds:
        facts["number_of_frames"] = ds.NumberOfFrames
    tables = ds.get("ExtendedOffsetTable"), ds.get("ExtendedOffsetTableLengths")
    return {
        **facts,
        **({"extended_offsets": tables} if all(tables) else {}),
        "pixel_keyword": there[0],
        "pixel_vr": ds[there[0]].VR,
        "high_bit": ds.get("HighBit"),
    }


def _value(ds: Dataset, keyword: str) -> Any:
    """The value of the pixel element: a view of bytes, or the file it is in."""
    if ds.undecoded(keyword) is None:
        value = ds[keyword].value
        return value if hasattr(value, "read") else memoryview(value).cast("B")
    return pixel_bytes(ds, keyword)


# --- checks -----------------------------------------------------------------------------------


def check(asked: Request) -> None:
    """Whether the description is possible.

    Raises:
        AttributeError: a fact is missing.
        ValueError: a fact is none that the Standard allows.
    """
    if asked.element not in PIXEL_KEYWORDS:
        raise ValueError(f"{asked.element!r} is no element with pixels")
    for name in ("bits_allocated", "columns", "rows", "samples_per_pixel"):
        _check_number(asked, name)
    if asked.photometric not in _INTERPRETATIONS:
        raise _wrong("photometric_interpretation", asked.photometric)
    if asked.frames < 1:
        raise ValueError(f"Number of Frames (0028,0008) is {asked.frames}")
    if asked.fact("samples_per_pixel") > 1:
        _check_number(asked, "planar_configuration")
    if not asked.floating:
        _check_number(asked, "pixel_representation")
        stored = asked.fact("bits_stored")
        if not 1 <= stored <= asked.fact("bits_allocated"):
            raise _wrong("bits_stored", stored)
    elif asked.fact("bits_allocated") != PIXEL_KEYWORDS[asked.element]:
        raise _wrong("bits_allocated", asked.fact("bits_allocated"))
    if asked.wants("force_rgb") and asked.wants("force_ybr"):
        raise ValueError("force_rgb and force_ybr exclude each other")


_ORDERED = frozenset({"rows", "columns", "bits_allocated"})
_EXTENT = range(1, _MOST + 1)
_ALLOWED: dict[str, Any] = {
    "rows": _EXTENT,
    "columns": _EXTENT,
    "samples_per_pixel": (1, 3),
    "bits_allocated": (1, *range(8, 65, 8)),
    "pixel_representation": (0, 1),
    "planar_configuration": (0, 1),
}


def _check_number(asked: Request, name: str) -> None:
    value = asked.fact(name)
    if name in _ORDERED and not isinstance(value, int):
        raise TypeError(f"{_NAMES[name]} is {value!r}, which is no integer")
    if value not in _ALLOWED[name]:
        raise _wrong(name, value)


def _wrong(name: str, value: Any) -> ValueError:
    return ValueError(f"{_NAMES[name]} cannot be {value!r}")
