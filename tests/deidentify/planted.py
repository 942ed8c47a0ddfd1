"""Files with identifiers wherever a file can hold text, and the search for them in any spelling."""

import base64
import os
import re
import struct
import zlib
from contextlib import suppress
from itertools import count

from isocenter import DataElement, Dataset, FileDataset, FileMetaDataset, Sequence, dcmread
from isocenter.core.encoding import IMPLICIT_LITTLE
from isocenter.core.part10writer import WriteOptions, file_bytes
from isocenter.core.writer import Writer
from isocenter.deidentify.table import rows, vrs

IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
BIG, DEFLATED = "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"
NAMES = {
    "ISO_IR 100": "Müßigänger^Zoë",
    "ISO_IR 192": "Łukasiewiczówna^Żółć",
    "ISO_IR 144": "Достоевский^Фёдор",
    "GB18030": "欧阳修远^司马",
    "ISO 2022 IR 87": "Quagmire^Zebedee=長谷川^鳩山",
}
TEXTS = ("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT")


class Planted:
    """Makes identifiers of every VR, which the search knows by their look."""

    def __init__(self, letters):
        self._numbers, self._letters = count(1), letters

    def text(self, most=64, *, beyond=False):
        word = f"Vz{next(self._numbers) % 10000:04}Qk"
        return (word + self._letters if beyond else word)[:most]

    def upper(self):
        return f"VZ{next(self._numbers) % 10000:04}QK"

    def uid(self):
        return f"1.2.276.0.77777.{next(self._numbers)}.31415926"

    def value(self, vr):
        """A value of any VR that can hold characters; ``None`` for the others."""
        fixed = {"DA": "18690213", "DT": "18690213142857.271828+0100", "TM": "142857.271828"}
        if vr in {"AE", "CS"}:
            return self.upper()
        if vr in TEXTS:
            return self.text(16 if vr == "SH" else 64, beyond=vr in {"LO", "LT", "PN", "UT"})
        if vr in {"OB", "UN"}:
            return (self.text() + " ").encode("utf-16-le")
        return self.uid() if vr == "UI" else fixed.get(vr)


def planted_level(planted, depth):
    """Every attribute of the table, private and unknown elements, on every level."""
    ds = Dataset()
    for tag in rows():
        vr = next(iter(sorted(vrs(tag))), "")
        if tag >> 16 < 8 or tag >> 16 == 0xFFFC or (depth and vr != "SQ" and tag % 31):
            continue
        if vr == "SQ" and depth < 2 and (depth == 0 or tag % 29 == 0):
            ds.add(DataElement(tag, "SQ", [planted_level(planted, depth + 1)]))
        elif vr != "SQ" and (value := planted.value(vr)) is not None:
            ds.add(DataElement(tag, vr, value))
    plant_private(ds, planted, depth)
    plant_unlisted(ds, planted)
    return ds


def plant_private(ds, planted, depth):
    ds.add_new(0x00090010, "LO", planted.text())
    for place, vr in enumerate([*TEXTS, "UN", "OB", "UI"]):
        ds.add_new(0x00091000 + place, vr, planted.value(vr))
    if depth < 2:
        inner = Dataset()
        inner.PatientName = planted.text()
        plant_private(inner, planted, depth + 1)
        ds.add_new(0x00091080, "SQ", [inner])
        item = Writer(IMPLICIT_LITTLE, lenient=True).dataset(inner)
        ds.add_new(0x00091081, "UN", struct.pack("<HHI", 0xFFFE, 0xE000, len(item)) + item)


def plant_unlisted(ds, planted):
    """What the table does not list: unknown, retired, of a wrong VR, or quoting the name."""
    ds.add_new(0x00180FFE, "UN", planted.value("UN"))  # nobody knows it
    ds.add_new(0x00200FFE, "LO", planted.text())
    ds.add_new(0x00280010, "LT", planted.text())  # Rows is a number
    ds.add_new(0x00180015, "CS", planted.text() + "!")  # no value of CS
    ds.add_new(0x00180023, "CS", "Vz with long secret Quagmire name in it")
    ds.add_new(0x00280040, "CS", planted.upper())  # Image Format, retired
    ds.add_new(0x00180024, "SH", "seq Quagmire")  # the patient's name where nobody looks
    ds.add_new(0x00181160, "SH", "xQUAGMIREx")
    for group in (0x6000, 0x601E):
        ds.add_new(group << 16 | 0x0022, "LO", planted.text())
        ds.add_new(group << 16 | 0x1500, "LO", planted.text())
        ds.add_new(group << 16 | 0x4000, "LT", planted.text())
        ds.add_new(group << 16 | 0x3000, "OB", planted.value("OB"))
    ds.add_new(0x50002500, "LO", planted.text())
    ds.add_new(0x50003000, "OB", planted.value("OB"))
    icon = Dataset()
    icon.PatientName, icon.ImageComments = planted.text(), planted.text()
    ds.IconImageSequence = [icon]
    code = Dataset()
    code.CodeMeaning, code.CodeValue = "see Quagmire", "1"
    ds.AnatomicRegionSequence = Sequence([code])
    ds.add_new(0xFFFCFFFC, "OB", planted.value("OB"))


def planted_file(planted, syntax, charset, sop_class="1.2.840.10008.5.1.4.1.1.4"):
    ds = FileDataset(planted_level(planted, 0))
    name = NAMES[charset]
    ds.SpecificCharacterSet = ["", charset] if charset.startswith("ISO 2022") else charset
    ds.PatientName = name if "Quagmire" in name else f"Quagmire^{name}"
    ds.SOPClassUID, ds.Modality = sop_class, "MR"
    ds.PatientIdentityRemoved = "NO"
    ds.Columns, ds.BitsAllocated, ds.SamplesPerPixel = 2, 16, 1
    ds.PixelData = b"\1\2\3\4"
    del ds.EncapsulatedDocument  # a document is left out
    meta = ds.file_meta = FileMetaDataset()
    meta.MediaStorageSOPInstanceUID = planted.uid()
    meta.TransferSyntaxUID = syntax
    meta.SourceApplicationEntityTitle = planted.upper()
    meta.SendingApplicationEntityTitle = planted.upper()
    meta.PrivateInformationCreatorUID = planted.uid()
    meta.PrivateInformation = planted.value("OB")
    meta.ImplementationVersionName = planted.upper()
    ds.preamble = planted.text().encode().ljust(128, b"\0")
    return file_bytes(ds, WriteOptions(lenient=True))


def planted_image(planted, syntax, charset, number=1, sop_class="1.2.840.10008.5.1.4.1.1.4"):
    """The same, with an image of 2x2 pixels that a library shows."""
    ds = dcmread(planted_file(planted, syntax, charset, sop_class))
    ds.add_new(0x00280010, "US", 2)
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 15, 0
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.InstanceNumber = number
    ds.PixelData = b"\1\2\3\4\5\6\7\x08"
    return file_bytes(ds, WriteOptions(lenient=True))


CODECS = ("utf-8", "utf-16-le", "latin-1", "iso2022_jp", "gb18030", "shift_jis", "iso8859-5")
FAMILY = re.compile(rb"vz\d{4}qk|1\.2\.276\.0\.77777|18690213|142857\.27182")
"""What every identifier has that was not somebody's name."""


def views(content):
    """The bytes, those of two-byte characters, and what digits or base64 in them stand for."""
    yield content
    yield content.replace(b"\0", b"")
    for run in re.findall(rb"[0-9A-Fa-f]{12,}", content):
        for start in (0, 1):
            yield bytes.fromhex(run[start : start + (len(run) - start) // 2 * 2].decode())
    for run in re.findall(rb"[A-Za-z0-9+/]{12,}", content):
        for start in range(4):
            piece = run[start:]
            yield base64.b64decode(piece[: len(piece) // 4 * 4])


def every_byte(root):
    for path in sorted(root.rglob("*")):
        yield "a name", os.fsencode(path.relative_to(root))
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            yield str(path), content
            if content[128:132] == b"DICM":
                ds = dcmread(content)
                if ds.transfer_syntax.is_deflated:
                    start = 144 + struct.unpack("<I", content[140:144])[0]
                    yield f"{path} inflated", zlib.decompress(content[start:], wbits=-15)
                yield f"{path} as text", str(ds).encode()


def leaks(root, words):
    """Where an identifier stands, in any spelling; its place and the bytes."""
    found = set()
    for word in words:
        for codec in CODECS:
            with suppress(UnicodeEncodeError):
                found.add(word.encode(codec).lower())
    pattern = re.compile(b"|".join([FAMILY.pattern, *(re.escape(one) for one in sorted(found))]))
    return [
        (where, match)
        for where, content in every_byte(root)
        for view in views(content)
        for match in pattern.findall(view.lower())
    ]
