"""A slow, obvious profile: every element by pydicom, every count the size of a set of files.

pydicom finds the elements, their VRs and bytes, and decodes text; what is counted follows from sets.
Of ours there is only the list of tags of PS3.15 table E.1-1.
"""

import math
import struct
import warnings
from collections import defaultdict
from dataclasses import dataclass, field

import pydicom
from pydicom.charset import convert_encodings, decode_bytes
from pydicom.datadict import dictionary_VR, get_private_entry, private_dictionaries
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag
from pydicom.valuerep import PN_DELIMS, TEXT_VR_DELIMS

CODES = {"CS": False, "LO": True, "SH": True}
CODE_VALUES = {0x00080119, 0x00080120}
BINARY = {"FD": "d", "FL": "f", "SL": "i", "SS": "h", "SV": "q", "UL": "I", "US": "H", "UV": "Q"}
TEXT = {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI"}
TEXT |= {"UR", "UT"}
ONE = {"LT", "ST", "UR", "UT"}
REPEATING = {0x50, 0x60}


def sets():
    return defaultdict(set)


@dataclass
class Reference:
    """What there is, by path (and VR, value): the files that have it."""

    listed: set
    files: dict = field(default_factory=sets)
    valued: dict = field(default_factory=sets)
    vrs: dict = field(default_factory=sets)
    values: dict = field(default_factory=sets)
    numbers: dict = field(default_factory=lambda: defaultdict(list))
    occurrences: dict = field(default_factory=lambda: defaultdict(int))
    series: dict = field(default_factory=dict)
    patients: dict = field(default_factory=dict)

    def add(self, path):
        """Count a file.

        Raises:
            Exception: whatever pydicom raises.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ds = pydicom.dcmread(path, stop_before_pixels=True, force=True)
            name = str(path)
            told = [_plain(ds, tag) for tag in (0x0020000E, 0x00100020, 0x00100021)]
            self.series[name] = told[0] or f"folder {path.parent}"
            self.patients[name] = tuple(told[1:]) if told[1] else ()
            for level in (ds.file_meta, ds):
                _Level(self, name, level, "", listed=False, sets=["iso8859"], signed=0).count()

    def take(self, other):
        """Count what another one has counted."""
        for name in ("files", "valued", "vrs", "values"):
            for key, members in getattr(other, name).items():
                getattr(self, name)[key] |= members
        for key, numbers in other.numbers.items():
            self.numbers[key] += numbers
        for key, times in other.occurrences.items():
            self.occurrences[key] += times
        self.series |= other.series
        self.patients |= other.patients

    def count(self, by_path, path, of=None):
        """How many files, or series or patients of them."""
        names = by_path[path]
        return len(names) if of is None else len({of[name] for name in names})


def _plain(ds, tag):
    raw = ds.get_item(Tag(tag))
    value = getattr(raw, "value", None)
    if isinstance(value, bytes):
        value = value.decode("latin_1")
    return str(value or "").strip("\0 ")


def _as_raw(element):
    """An element that pydicom decoded on the way, such as a transfer syntax, as it was."""
    if isinstance(element, RawDataElement) or element.VR == "SQ":
        return element
    value = element.value
    several = value if isinstance(value, pydicom.multival.MultiValue) else [value]
    if isinstance(value, bytes):
        data = value
    elif element.VR in BINARY:
        numbers = [one for one in several if one is not None]
        data = struct.pack(f"<{len(numbers)}{BINARY[element.VR]}", *numbers)
    else:
        data = "\\".join("" if one is None else str(one) for one in several).encode("latin_1")
    return RawDataElement(element.tag, element.VR, len(data), data, 0, *(False, True))


@dataclass
class _Level:
    reference: Reference
    file: str
    ds: object
    above: str
    listed: bool
    sets: list
    signed: int

    def count(self):
        elements = {tag: _as_raw(self.ds.get_item(tag)) for tag in sorted(self.ds.keys())}
        if 0x00080005 in elements:
            terms = _plain(self.ds, 0x00080005).split("\\")
            self.sets = convert_encodings([term.strip() for term in terms])
        if 0x00280103 in elements:
            value = elements[0x00280103].value
            self.signed = struct.unpack("<H", value)[0] if isinstance(value, bytes) else value
        creators = {
            tag: _decoded(elements[tag].value or b"", self.sets, TEXT_VR_DELIMS).strip("\0 ")
            for tag in elements
            if tag.is_private_creator and isinstance(elements[tag].value, bytes | None)
        }
        for tag, raw in elements.items():
            self.element(tag, raw, creators)

    def element(self, tag, raw, creators):
        creator = ""
        if tag.is_private and tag.element >= 0x1000:
            creator = creators.get(Tag(tag.group, tag.element >> 8), "")
        name = f"{tag:08X}"
        if creator:
            name = f'({tag.group:04X},"{creator}",{tag.element & 0xFF:02X})'
        path = f"{self.above}.{name}" if self.above else name
        told = raw.VR if isinstance(raw, RawDataElement) else None
        known = self.known(tag, creator)
        vr = told or known
        if not isinstance(raw, RawDataElement) and known == "UN":
            vr = "SQ"  # an undefined length in implicit VR
        listed = self.listed or self.is_listed(tag)
        reference = self.reference
        reference.files[path].add(self.file)
        reference.occurrences[path] += 1
        reference.vrs[path].add(vr)
        if vr == "SQ" or (vr == "UN" and known == "SQ") or not isinstance(raw, RawDataElement):
            items = self.ds[tag].value
            if items:
                reference.valued[path].add(self.file)
            if not isinstance(items, bytes):
                for item in items or ():
                    _Level(reference, self.file, item, path, listed, self.sets, self.signed).count()
            return
        self.value(path, tag, vr, raw, listed)

    def known(self, tag, creator):
        if tag.is_private_creator:
            return "LO"
        if not tag.element:
            return "UL"
        try:
            if not tag.is_private:
                return self.resolved(tag, dictionary_VR(tag))
            return get_private_entry(tag, creator)[0] if creator in private_dictionaries else "UN"
        except KeyError:
            return "UN"

    def resolved(self, tag, vr):
        """One VR of several: PS3.5 A.1 and the Pixel Representation."""
        if vr == "US or SS":
            return "SS" if self.signed else "US"
        if " or " in vr and tag >> 24 == 0x60:
            return "OW"
        return vr

    def is_listed(self, tag):
        return tag.is_private or tag.group >> 8 in REPEATING or tag in self.reference.listed

    def value(self, path, tag, vr, raw, listed):
        data, reference = raw.value or b"", self.reference
        order = "<" if raw.is_little_endian else ">"
        if vr in TEXT:
            whole = self.text(vr, data)
            parts = [whole] if vr in ONE else [part.strip("\0 ") for part in whole.split("\\")]
            if not any(parts):
                return
            reference.valued[path].add(self.file)
            if not listed and (vr in CODES or tag in CODE_VALUES):
                reference.values[path, "\\".join(parts)].add(self.file)
            if not listed and vr in {"DS", "IS"}:
                reference.numbers[path, vr] += [*map(float, filter(_is_number, parts))]
        elif data:
            reference.valued[path].add(self.file)
            if vr in BINARY and not listed:
                size = struct.calcsize(BINARY[vr])
                if len(data) % size == 0:
                    numbers = struct.unpack(f"{order}{len(data) // size}{BINARY[vr]}", data)
                    reference.numbers[path, vr] += filter(math.isfinite, numbers)
            if vr == "AT" and not listed and len(data) % 4 == 0:
                halves = struct.unpack(f"{order}{len(data) // 2}H", data)
                tags = (f"{a:04X}{b:04X}" for a, b in zip(halves[::2], halves[1::2], strict=True))
                reference.values[path, "\\".join(tags)].add(self.file)

    def text(self, vr, data):
        if vr in {"LO", "SH", "UC"}:
            text = _decoded(data, self.sets, TEXT_VR_DELIMS)
        elif vr == "PN":
            text = _decoded(data, self.sets, PN_DELIMS)
        elif vr in ONE - {"UR"}:
            text = _decoded(data, self.sets, TEXT_VR_DELIMS - {0x5C})
        else:
            text = data.decode("latin_1")
        return text.rstrip("\0 ")


def _decoded(data, encodings, delimiters):
    try:
        return decode_bytes(data, encodings, set(delimiters))
    except LookupError:
        return data.decode("latin_1")


def _is_number(text):
    try:
        return math.isfinite(float(text)) and "_" not in text
    except ValueError:
        return False
