"""Valid data sets for properties: every VR of PS3.5 table 6.2-1, within its limits.

``datasets()`` draws a :class:`Dataset` as reading would give it: values without padding,
VRs settled, so that what is written and read again is equal. Left out on purpose: NaN, which
equals nothing, and bytes of odd length, which are written with a padding byte.
"""

import string
import struct
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from isocenter import DataElement, Dataset, FileDataset, FileMetaDataset, Sequence
from isocenter._tables.dictionary import ROWS
from isocenter.core.values import empty_value
from isocenter.standard.rows import split
from isocenter.standard.vr import SINGLE_TEXT

JPEG, RLE = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.5"
CHARSET, PIXEL_REPRESENTATION, PIXEL_DATA = 0x00080005, 0x00280103, 0x7FE00010
ASCII = string.ascii_letters + string.digits + " !#$%&'()*+,-./:;<>?@[]_`{|}~\""
KANJI, KANA, HALF_KANA = "山田太郎学校電気", "やまだたろうカタカナ", "ﾔﾏﾀﾞﾀﾛｳ"
HANGUL, HANZI, GREEK = "김희중홍길동洪吉", "王小东张三李四", "ΔιονυσιοςΆώ"
CYRILLIC, LATIN_1, LATIN_2 = "ЛюкЖЯДЩ", "ÄneasRüdigerÇé", "ŁódźŻółćŠ"


@dataclass(frozen=True)
class Repertoire:
    """Values of Specific Character Set, and letters beyond ASCII that they have."""

    terms: tuple[str, ...] = ()
    letters: str = ""
    first: str = ""
    """Those of the first set, which alphabetic names are written in."""
    plain: str = ASCII


def repertoire(*terms, letters, first=None, plain=ASCII):
    return Repertoire(terms, letters, letters if first is None else first, plain)


REPERTOIRES = (
    Repertoire(),
    repertoire("ISO_IR 100", letters=LATIN_1),
    repertoire("ISO_IR 101", letters=LATIN_2),
    repertoire("ISO_IR 109", letters="ĦħĜĝŬŭ"),
    repertoire("ISO_IR 110", letters="ĄąĢģŪū"),
    repertoire("ISO_IR 144", letters="ЛюкЖЯДЩ"),
    repertoire("ISO_IR 127", letters="قبانيلنزار"),
    repertoire("ISO_IR 126", letters=GREEK),
    repertoire("ISO_IR 138", letters="שרוןדבורה"),
    repertoire("ISO_IR 148", letters="ÇavuşoğluİĞ"),
    repertoire("ISO_IR 166", letters="นามสกุล"),
    repertoire("ISO_IR 203", letters="Œuvre€Ž"),
    repertoire("ISO_IR 13", letters=HALF_KANA, plain=ASCII.replace("~", "")),
    repertoire("ISO_IR 192", letters=KANJI + HANGUL + GREEK + CYRILLIC + LATIN_1 + "😀"),
    repertoire("GB18030", letters=HANZI + "㐀𠀀€"),
    repertoire("GBK", letters=HANZI),
    repertoire("", "ISO 2022 IR 87", letters=KANJI + KANA, first=""),
    repertoire("", "ISO 2022 IR 159", letters="丂丄丅", first=""),
    repertoire("", "ISO 2022 IR 149", letters=HANGUL, first=""),
    repertoire("", "ISO 2022 IR 58", letters=HANZI, first=""),
    repertoire("ISO 2022 IR 6", "ISO 2022 IR 100", letters=LATIN_1, first=""),
    repertoire("ISO 2022 IR 100", "ISO 2022 IR 126", letters=LATIN_1 + GREEK, first=LATIN_1),
    repertoire("ISO 2022 IR 100", "ISO 2022 IR 144", letters="ÄÇЛюкм", first="ÄÇ"),
    repertoire(
        "ISO 2022 IR 13",
        "ISO 2022 IR 87",
        letters=HALF_KANA + KANJI,
        first=HALF_KANA,
        plain=ASCII.replace("~", ""),
    ),
)


@dataclass(frozen=True)
class Place:
    """What a data set has from those around it, and how deep it is."""

    repertoire: Repertoire = REPERTOIRES[0]
    signed: bool = False
    deeper: int = 3
    choice: tuple[Repertoire, ...] = REPERTOIRES


# --- one value of each VR ------------------------------------------------------------------


def text(alphabet, most, *, least=1):
    """Text without blanks at its ends, which are padding or not significant."""
    letters = st.sampled_from(alphabet)
    return st.text(letters, min_size=least, max_size=most).filter(lambda one: one == one.strip())


def several(values, most):
    """Up to ``most`` values; an empty one among several where it is text."""
    return st.lists(values, min_size=0, max_size=most)


def cut(whole, steps):
    """Dates and times may be cut off at their end (PS3.5 6.2)."""
    return st.sampled_from(steps).map(lambda step: whole[:step])


@st.composite
def times(draw, *, whole=False):
    value = draw(st.times())
    written = f"{value:%H%M%S}.{value.microsecond:06}"
    return written if whole else draw(cut(written, [2, 4, 6, 8, 10, 13]))


@st.composite
def moments(draw):
    written = f"{draw(st.dates()):%Y%m%d}".zfill(8) + draw(times(whole=True))
    offset = draw(st.sampled_from(["", "+0000", "-1200", "+1400", "+0530"]))
    return draw(cut(written, [4, 6, 8, 10, 12, 14, 16, 21])) + offset


@st.composite
def uids(draw):
    parts = draw(st.lists(st.integers(0, 10**9), min_size=1, max_size=5))
    return ".".join(map(str, [draw(st.integers(0, 2)), *parts]))


@st.composite
def names(draw, repertoire):
    """Up to three component groups of up to five components (PS3.5 6.2.1)."""
    plain = st.sampled_from(repertoire.plain.replace("=", ""))
    first, every = repertoire.first or "A", repertoire.letters or "A"
    groups = []
    for letters in (first, every, every):
        part = st.text(plain | st.sampled_from(letters), max_size=10).map(str.strip)
        groups.append("^".join(draw(st.lists(part, max_size=5))))
    return "=".join(groups[: draw(st.integers(1, 3))]).rstrip("=")


def decimals():
    fixed = st.decimals(-(10**7), 10**7, places=4).map(str)
    floating = st.floats(allow_nan=False, allow_infinity=False).map(lambda one: f"{one:.8E}")
    odd = st.sampled_from(["+1.50", "1e5", ".5", "5.", "-0", "007", "1234567890.12345"])
    return (fixed | floating | odd).filter(lambda one: len(one) <= 16)


def integer_texts():
    return st.integers(-(2**31), 2**31 - 1).map(str) | st.sampled_from(["+7", "007", "-0"])


NUMBERS = {
    "FD": st.floats(allow_nan=False),
    "FL": st.floats(allow_nan=False, width=32),
    "SL": st.integers(-(2**31), 2**31 - 1),
    "SS": st.integers(-(2**15), 2**15 - 1),
    "SV": st.integers(-(2**63), 2**63 - 1),
    "UL": st.integers(0, 2**32 - 1),
    "US": st.integers(0, 2**16 - 1),
    "UV": st.integers(0, 2**64 - 1),
    "AT": st.integers(0, 2**32 - 1),
}
URI = string.ascii_letters + string.digits + "._~:/?#[]@!$&'()*+,;=%-"
WORDS = {"OB": 2, "OD": 8, "OF": 4, "OL": 4, "OV": 8, "OW": 2, "UN": 2}


def words(vr):
    width = WORDS[vr]
    return st.binary(max_size=5 * width).map(lambda one: one[: len(one) // width * width] or None)


def plain_texts(repertoire):
    letters = repertoire.plain + repertoire.letters
    long = letters + "\\\r\n\t\f"
    return {
        "AE": text(ASCII, 16),
        "AS": st.builds("{:03}{}".format, st.integers(0, 999), st.sampled_from("DWMY")),
        "CS": text(string.ascii_uppercase + string.digits + " _", 16),
        "DA": st.dates().map(lambda one: f"{one:%Y%m%d}".zfill(8)),
        "DS": decimals(),
        "DT": moments(),
        "IS": integer_texts(),
        "LO": text(letters, 64),
        "LT": text(long, 200),
        "PN": names(repertoire),
        "SH": text(letters, 16),
        "ST": text(long, 200),
        "TM": times(),
        "UC": text(letters, 200),
        "UI": uids(),
        "UR": text(URI, 60),
        "UT": text(long, 300),
    }


def values(vr, repertoire, most=1):
    """The value of an element; nothing at all is one of them."""
    if vr in WORDS:
        return words(vr)
    if vr in NUMBERS:
        return several(NUMBERS[vr], most)
    one = plain_texts(repertoire)[vr]
    if most == 1 or vr in SINGLE_TEXT:
        return st.just(empty_value(vr)) | one
    lists = several(one | st.just(""), most)
    return lists.map(lambda those: those if any(those) or len(those) > 1 else empty_value(vr))


# --- which elements -------------------------------------------------------------------------

VRS = sorted({*NUMBERS, *WORDS, *plain_texts(REPERTOIRES[0])})
APART = {CHARSET, PIXEL_REPRESENTATION, 0x00280100, 0x00283002, 0x00283006}
"""Elements that decide about others: drawn on purpose or not at all."""
ENTRIES = {int(tag, 16): row for tag, row in map(split, ROWS.strip().split("\n"))}
STANDARD = {
    (vr, many): [
        tag
        for tag, row in ENTRIES.items()
        if row[0] == vr and tag >> 16 > 4 and tag not in APART and (row[1] == "1-n") is many
    ]
    for vr in VRS
    for many in (False, True)
}
SEQUENCES = [tag for tag, row in ENTRIES.items() if row[0] == "SQ" and tag >> 16 > 4]
EITHER = [tag for tag, row in ENTRIES.items() if row[0] == "US or SS" and row[1] == "1"]
OVERLAYS = [0x60000000 + (group << 16) for group in range(0, 0x1E, 2)]
CREATORS = ["ACME 1.1", "NOBODY'S BLOCK"]
UNKNOWN = 0x00180FFE


@st.composite
def standard_elements(draw, place):
    vr, many = draw(st.sampled_from([key for key, tags in STANDARD.items() if tags]))
    tag = draw(st.sampled_from(STANDARD[vr, many]))
    return DataElement(tag, vr, draw(values(vr, place.repertoire, 3 if many else 1)))


@st.composite
def ambiguous_elements(draw, place):
    """``US or SS``, as Pixel Representation here or around says (PS3.5 A)."""
    vr = "SS" if place.signed else "US"
    return DataElement(draw(st.sampled_from(EITHER)), vr, draw(NUMBERS[vr]))


@st.composite
def overlays(draw):
    """Elements of repeating groups (PS3.5 7.6)."""
    group = draw(st.sampled_from(OVERLAYS))
    return [
        DataElement(group | 0x0010, "US", draw(NUMBERS["US"])),
        DataElement(group | 0x0022, "LO", draw(text(ASCII, 64))),
        DataElement(group | 0x3000, "OW", draw(words("OW"))),
    ]


def unknown_elements():
    return st.builds(DataElement, st.just(UNKNOWN), st.just("UN"), words("UN"))


@st.composite
def private_blocks(draw, place):
    """A block with its creator, and elements of any VR in it (PS3.5 7.8.1)."""
    group = draw(st.integers(0x0009, 0x00FE)) | 1
    block = draw(st.integers(0x10, 0xFF))
    beyond_ascii = ["Grün GmbH"] if "ü" in place.repertoire.first else []
    creator = draw(st.sampled_from(CREATORS + beyond_ascii))
    made = [DataElement(group << 16 | block, "LO", creator)]
    for number in draw(st.lists(st.integers(0, 0xFF), max_size=3, unique=True)):
        vr = draw(st.sampled_from(VRS))
        value = draw(values(vr, place.repertoire, 2))
        made.append(DataElement(group << 16 | block << 8 | number, vr, value, creator))
    return made


@st.composite
def sequences(draw, place):
    tag = draw(st.sampled_from(SEQUENCES))
    inner = replace(place, deeper=place.deeper - 1)
    items = draw(st.lists(levels(inner), max_size=3))
    for item in items:
        item.is_undefined_length_sequence_item = draw(st.booleans())
    return DataElement(tag, "SQ", Sequence(items, undefined_length=draw(st.booleans())))


@st.composite
def places(draw, place, *, outermost):
    """What holds in a data set, and the elements that say so."""
    said = []
    if outermost or draw(st.integers(0, 3)) == 0:
        place = replace(place, repertoire=draw(st.sampled_from(place.choice)))
        if place.repertoire.terms or not outermost:
            said.append(DataElement(CHARSET, "CS", list(place.repertoire.terms)))
    if outermost or draw(st.integers(0, 3)) == 0:
        place = replace(place, signed=draw(st.booleans()))
        said.append(DataElement(PIXEL_REPRESENTATION, "US", int(place.signed)))
    return place, said


@st.composite
def levels(draw, place, most=4, *, outermost=False):
    """One data set: the item of a sequence, or the outermost one."""
    place, made = draw(places(place, outermost=outermost))
    made += draw(st.lists(standard_elements(place), max_size=most))
    made += draw(st.lists(ambiguous_elements(place), max_size=1))
    for block in draw(st.lists(private_blocks(place) | overlays(), max_size=1)):
        made += block
    made += draw(st.lists(unknown_elements(), max_size=1))
    if place.deeper:
        made += draw(st.lists(sequences(place), max_size=2 if outermost else 1))
    ds = Dataset()
    for element in made:
        ds.add(element)
    return ds


@st.composite
def datasets(draw, syntax, choice=REPERTOIRES):
    """A whole data set with the file meta information of a transfer syntax."""
    file = FileDataset(draw(levels(Place(choice=choice), most=8, outermost=True)))
    file.file_meta = FileMetaDataset()
    file.file_meta.TransferSyntaxUID = syntax
    file.preamble = bytes(128)
    if syntax in {JPEG, RLE}:
        file.add(DataElement(PIXEL_DATA, "OB", draw(fragments())))
    return file


@st.composite
def fragments(draw):
    """A Basic Offset Table, empty or not, and fragments of even length (PS3.5 A.4)."""
    pieces = draw(st.lists(st.binary(min_size=2, max_size=20), min_size=1, max_size=4))
    even = [piece[: len(piece) // 2 * 2] for piece in pieces]
    table = b"" if draw(st.booleans()) else struct.pack("<I", 0)
    return b"".join(
        b"\xfe\xff\x00\xe0" + struct.pack("<I", len(piece)) + piece for piece in (table, *even)
    )
