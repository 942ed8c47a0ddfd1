"""The page's own reading of DICOM files, against pydicom's, on real, damaged and endless ones."""

import base64
import struct
import zlib
from importlib.resources import files
from math import isnan
from random import Random

import pydicom
import pytest
from pydicom.errors import InvalidDicomError
from pydicom.multival import MultiValue

from isocenter.standard.dictionary import entries
from mutation import Original, mutated
from support.files import wheel_file, wheel_files

pytestmark = pytest.mark.browser

ASSETS = {
    "isocenter.markup": ("common.js",),
    "isocenter.attributes.site": ("dicom-reader.js", "dicom-charset.js", "dicom-values.js"),
}
NUMBERS = {"FL", "FD", "SL", "SS", "SV", "UL", "US", "UV"}
BULK = {"OB", "OD", "OF", "OL", "OV", "OW", "UN"}
READ = """
async ([texts, whole]) => {
  const { characterSets, readDicom, readValue } = isocenter;
  const vrOf = (tag) => window.VRS[tag] || (tag & 0xffff ? "" : "UL");
  const flat = (elements, path, above, bytes, rows) => {
    const context = { ...above };
    const text = (tag, known) => {
      const found = elements.find((one) => one.tag === tag);
      return found ? readValue(found, bytes, { known, ...context }) : null;
    };
    const terms = text(0x00080005, "CS");
    if (terms) context.decode = characterSets(terms.values).decode;
    const signed = text(0x00280103, "US");
    if (signed) context.pixelRepresentation = Number(signed.text);
    for (const element of elements) {
      const value = readValue(element, bytes, { known: vrOf(element.tag), ...context });
      const here = path + element.tag.toString(16).padStart(8, "0");
      rows[here] = [value.vr, value.count, value.text];
      (element.items || []).forEach((item, place) => flat(item.elements, `${here}[${place}].`, context, bytes, rows));
    }
    return rows;
  };
  const results = [];
  for (const text of texts) {
    const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    const file = await readDicom(bytes, vrOf, whole || bytes.length);
    const plain = { decode: characterSets([]).decode, pixelRepresentation: 0 };
    results.push(file && { rows: flat(file.elements, "", plain, file.bytes, {}), notes: file.notes.map(({ code }) => code), syntax: file.syntax });
  }
  return results;
}
"""


@pytest.fixture(scope="module")
def read(browser):
    """Reads files as the page does: for each path VR, number of values and text; and what was noted."""
    page = browser.new_page()
    for package, names in ASSETS.items():
        for name in names:
            page.add_script_tag(content=(files(package) / "assets" / name).read_text("utf-8"))
    vrs = {str(int(tag, 16)): vr for tag, vr, *_ in entries() if "x" not in tag}
    page.evaluate("(vrs) => { window.VRS = vrs; }", vrs)
    yield lambda *contents, whole=0: page.evaluate(
        READ, [[base64.b64encode(content).decode() for content in contents], whole]
    )
    page.close()


def flat(dataset, path=""):
    """pydicom's elements by path; what it cannot decode is left out."""
    for tag in dataset.keys():
        here = f"{path}{int(tag):08x}"
        try:
            element = dataset[tag]
        except (NotImplementedError, ValueError):
            continue
        yield here, str(element.VR), element.value
        if element.VR == "SQ":
            for place, item in enumerate(element.value):
                yield from flat(item, f"{here}[{place}].")


def texts(value):
    """A value as the page shows it."""
    if value is None:
        return ""
    many = isinstance(value, list | MultiValue)
    return "\\".join(map(texts, value)) if many else str(value)


def number(text):
    """A number, or what stands in its place."""
    try:
        return float(text)
    except ValueError:
        return text


def same(vr, value, row):
    """Whether the page read what pydicom read."""
    found, count, text = row
    if vr in BULK or found == "UN":  # private dictionaries are not in the page
        return True
    if vr == "SQ":
        return (found, count) == (vr, len(value))
    if vr in NUMBERS:
        numbers = list(value) if isinstance(value, list | MultiValue) else [value]
        numbers = [] if value in (None, "") else numbers[:64]
        shown = [float(one) for one in text.split("…")[0].split("\\") if one]
        pairs = zip(numbers, shown, strict=True)
        return found == vr and all(
            isnan(one) or abs(one - other) <= 1e-6 * abs(one) for one, other in pairs
        )
    if vr in {"DS", "IS"}:
        return [*map(number, text.split("\\"))] == [*map(number, texts(value).split("\\"))]
    expected = texts(value)
    if vr == "PN":
        expected, text = expected.rstrip("="), text.rstrip("=")
    return found == vr and (
        len(text) >= 4000 or text.replace(" ", "") == expected.replace("\0", "").replace(" ", "")
    )


READABLE = [path for path in wheel_files() if path.stat().st_size < 60_000]
UNLIKE = {
    "emri_small_jpeg_2k_lossless_too_short.dcm",  # pydicom gives up on the whole file
}


@pytest.mark.filterwarnings("ignore")  # pydicom's, about what the files are
def test_real_files_are_read_as_pydicom_reads_them(read):
    contents = [path.read_bytes() for path in READABLE]
    compared = 0
    for path, found in zip(READABLE, read(*contents), strict=True):
        try:
            rows = list(flat(pydicom.dcmread(path)))
        except (InvalidDicomError, OSError, ValueError, NotImplementedError):
            continue
        if path.name in UNLIKE:
            continue
        compared += len(rows)
        assert {here for here, *_ in rows} == set(found["rows"]), path.name
        wrong = [
            (path.name, here, vr, texts(value)[:60], found["rows"][here])
            for here, vr, value in rows
            if not same(vr, value, found["rows"][here])
        ]
        assert wrong == []
    assert compared > 8000


def test_damaged_files_are_read_to_the_break_without_an_error(read):
    random = Random(11)  # noqa: S311 - the same damage every time
    originals = [Original.of(path.name, path.read_bytes()) for path in READABLE]
    damaged = [
        mutated(random.choice(originals), random.choice(originals), random) for _ in range(400)
    ]
    assert len(read(*damaged)) == 400


def explicit(tag, vr, value):
    """An element in Explicit VR Little Endian."""
    start = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    if vr in {"OB", "OW", "SQ", "UN", "UT"}:
        return start + b"\0\0" + struct.pack("<I", len(value)) + value
    return start + struct.pack("<H", len(value)) + value


def part10(body, syntax="1.2.840.10008.1.2.1"):
    """A file of a data set's bytes."""
    uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    return bytes(128) + b"DICM" + explicit(0x00020010, "UI", uid) + body


OPEN = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
OPEN_SEQUENCE = struct.pack("<HH", 0x0040, 0xA730) + b"SQ\0\0" + struct.pack("<I", 0xFFFFFFFF)


def test_nesting_without_an_end_ends(read):
    (found,) = read(part10((OPEN_SEQUENCE + OPEN) * 5000))
    assert "too-deep" in found["notes"]


def test_more_elements_than_anybody_looks_at_end(read):
    (found,) = read(part10(explicit(0x00080005, "CS", b"") * 310_000))
    assert "too-many" in found["notes"]


def test_zeros_end(read):
    (found,) = read(part10(explicit(0x00080060, "CS", b"CT") + bytes(1 << 20)))
    assert found["notes"] == ["trailing-zeros"]
    assert list(found["rows"]) == ["00080060"]


def test_a_deflated_bomb_ends(read):
    packer = zlib.compressobj(9, wbits=-15)
    body = explicit(0x00080060, "CS", b"CT") + explicit(0x00091000, "UN", bytes(80 << 20))
    bomb = packer.compress(body) + packer.flush()
    (found,) = read(part10(bomb, "1.2.840.10008.1.2.1.99"))
    assert found["rows"]["00080060"] == ["CS", 1, "CT"]
    assert "deflated" in found["notes"]


def test_a_value_that_goes_past_the_end_is_told(read):
    element = explicit(0x00080060, "CS", b"CT") + b"\x10\x00\x10\x00PN\xff\x7fDOE"
    (found,) = read(part10(element))
    assert found["notes"] == ["truncated"]
    assert found["rows"]["00080060"] == ["CS", 1, "CT"]


def test_of_a_large_file_the_beginning_is_enough(read):
    whole = part10(explicit(0x00080060, "CS", b"CT") + explicit(0x7FE00010, "OB", bytes(5000)))
    (found,) = read(whole[:2000], whole=len(whole))
    assert found["notes"] == []
    assert "7fe00010" in found["rows"]


@pytest.mark.parametrize("name", ["image_dfl.dcm", "ExplVR_BigEnd.dcm", "rtplan.dcm"])
def test_each_encoding_gives_a_patient(read, name):
    (found,) = read(wheel_file(name).read_bytes())
    assert found["rows"]["00100010"][:2] == ["PN", 1]


def test_what_is_no_dicom_file_is_none(read):
    assert read(b"", b"x" * 500, b"\0" * 500, b"%PDF-1.4" + b" " * 500) == [None] * 4
