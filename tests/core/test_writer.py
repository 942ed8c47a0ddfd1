"""Writing: byte for byte where nothing changed, and readable by pydicom everywhere else."""

import io
import warnings

import pydicom
import pytest

import isocenter
from core.stream import explicit, open_item, open_sequence, part10
from core.test_real_files import decoded, sound
from isocenter import DataElement, Dataset, FileMetaDataset, Sequence
from isocenter.core.part10writer import WriteOptions, file_bytes
from isocenter.errors import EncodingError, InvalidValueError, UsageError
from support.files import wheel_file, wheel_files

IMPLICIT, EXPLICIT, BIG, DEFLATED = (
    f"1.2.840.10008.1.2{tail}" for tail in ("", ".1", ".2", ".1.99")
)


def texts(ds):
    """Every value as text; words are compared as numbers by the pixel tests."""
    shown = []
    for element in ds.iterall():
        skip = element.tag.element == 0 or element.VR in {"SQ", "OW", "OF", "OD", "OL", "UN"}
        if not skip:
            shown.append((element.tag, str(element.value)))
    return shown


def in_memory():
    ds = Dataset()
    ds.PatientName, ds.PatientID, ds.Rows, ds.SliceThickness = "Doe^Jane", "7", 3, "2.50"
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", "2.25.1"
    item = Dataset()
    item.CodeValue = "T-1"
    ds.AnatomicRegionSequence = [item]
    return ds


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, BIG, DEFLATED])
def test_a_data_set_made_in_memory(syntax):
    ds = in_memory()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    content = file_bytes(ds, WriteOptions(enforce_file_format=True))
    theirs = pydicom.dcmread(io.BytesIO(content))
    assert (
        theirs.PatientName,
        theirs.Rows,
        theirs.AnatomicRegionSequence[0].CodeValue,
    ) == ("Doe^Jane", 3, "T-1")
    assert str(theirs.SliceThickness) == "2.50"
    assert theirs.file_meta.MediaStorageSOPInstanceUID == "2.25.1"
    assert isocenter.dcmread(content) == ds


def test_a_changed_value_is_written_and_its_neighbours_are_not_touched():
    path = wheel_file("rtplan.dcm")
    ds = isocenter.dcmread(path)
    ds.BeamSequence[0].BeamName = "Another name"
    theirs = pydicom.dcmread(io.BytesIO(file_bytes(ds)))
    assert theirs.BeamSequence[0].BeamName == "Another name"
    theirs.BeamSequence[0].BeamName = pydicom.dcmread(path).BeamSequence[0].BeamName
    assert theirs == pydicom.dcmread(path)


def test_a_group_length_that_is_no_longer_true_is_left_out():
    ds = isocenter.dcmread(wheel_file("chrKoreanMulti.dcm"))
    assert (0x0010, 0x0000) in ds
    ds.PatientID = "a longer identifier than before"
    again = isocenter.dcmread(file_bytes(ds))
    assert (0x0010, 0x0000) not in again
    assert (0x0008, 0x0000) in again


def test_another_character_set_rewrites_every_text():
    ds = isocenter.dcmread(wheel_file("chrH31.dcm"))
    name = str(ds.PatientName)
    ds.SpecificCharacterSet = "ISO_IR 192"
    content = file_bytes(ds)
    assert name.encode() in content
    assert name == str(isocenter.dcmread(content).PatientName)


@pytest.mark.parametrize(
    "name", ["chrH31.dcm", "chrH32.dcm", "chrI2.dcm", "chrX1.dcm", "chrX2.dcm", "chrArab.dcm"]
)
def test_names_are_encoded_as_they_can_be_read_again(name):
    ds = isocenter.dcmread(wheel_file(name))
    text = str(ds.PatientName)
    del ds.PatientName
    ds.PatientName = text
    content = file_bytes(ds)
    assert text == str(isocenter.dcmread(content).PatientName)
    assert text == str(pydicom.dcmread(io.BytesIO(content)).PatientName)


def test_text_that_no_character_set_has_is_an_error_before_anything_is_written(tmp_path):
    path = tmp_path / "old.dcm"
    path.write_bytes(b"old")
    ds = in_memory()
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.PatientName = "山田^太郎"
    with pytest.raises(InvalidValueError) as caught:
        ds.save_as(path, implicit_vr=False, little_endian=True)
    assert caught.value.tag == "(0010,0010)"
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("keyword", "value", "tag"),
    [
        ("SliceThickness", "0.12345678901234567", "(0018,0050)"),
        ("Modality", "ct", "(0008,0060)"),
        ("Rows", 70000, "(0028,0010)"),
        ("StudyDate", "2020-01-01", "(0008,0020)"),
    ],
)
def test_a_value_that_breaks_its_vr_is_an_error_that_names_it(keyword, value, tag):
    ds = in_memory()
    setattr(ds, keyword, value)
    with pytest.raises(InvalidValueError) as caught:
        file_bytes(ds, WriteOptions(implicit_vr=False, little_endian=True))
    assert (caught.value.tag, caught.value.clause[:6]) == (tag, "PS3.5 ")


def test_lenient_writing_keeps_what_cannot_be_wrong_for_the_reader():
    ds = in_memory()
    ds.Modality = "ct"
    content = file_bytes(ds, WriteOptions(implicit_vr=True, little_endian=True, lenient=True))
    assert isocenter.dcmread(content, force=True).Modality == "ct"


def test_the_encoding_must_be_known():
    with pytest.raises(UsageError, match="TransferSyntaxUID"):
        file_bytes(in_memory())


def test_an_encoding_that_contradicts_the_transfer_syntax():
    ds = isocenter.dcmread(wheel_file("CT_small.dcm"))
    with pytest.raises(UsageError, match="contradict"):
        file_bytes(ds, WriteOptions(implicit_vr=True))


def test_pixel_data_of_an_encapsulated_syntax_must_be_fragments():
    ds = isocenter.dcmread(wheel_file("CT_small.dcm"))
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.5"
    ds.PixelData = b"\0\0"
    with pytest.raises(EncodingError, match="item"):
        file_bytes(ds)


def test_file_meta_needs_the_instance(tmp_path):
    ds = in_memory()
    del ds.SOPInstanceUID
    with pytest.raises(UsageError, match="SOPInstanceUID"):
        ds.save_as(tmp_path / "x", implicit_vr=True, little_endian=True, enforce_file_format=True)
    assert list(tmp_path.iterdir()) == []


def test_overwriting_can_be_refused(tmp_path):
    path = tmp_path / "x.dcm"
    ds = isocenter.dcmread(wheel_file("CT_small.dcm"))
    ds.save_as(path)
    assert path.read_bytes() == wheel_file("CT_small.dcm").read_bytes()
    with pytest.raises(FileExistsError):
        ds.save_as(path, overwrite=False)


def test_writing_to_an_open_file():
    target = io.BytesIO()
    isocenter.dcmwrite(target, isocenter.dcmread(wheel_file("MR_small.dcm")))
    assert target.getvalue() == wheel_file("MR_small.dcm").read_bytes()


@pytest.mark.parametrize("undefined", [True, False])
def test_a_new_sequence_has_the_length_style_it_was_given(undefined):
    ds = in_memory()
    item = Dataset()
    item.CodeValue = "X"
    item.is_undefined_length_sequence_item = undefined
    ds.AnatomicRegionSequence = Sequence([item], undefined_length=undefined)
    content = file_bytes(ds, WriteOptions(implicit_vr=True, little_endian=True))
    assert undefined == (b"\xfe\xff\xdd\xe0" in content)
    assert undefined == (b"\xfe\xff\x0d\xe0" in content)
    assert isocenter.dcmread(content, force=True).AnatomicRegionSequence[0].CodeValue == "X"


def test_what_pydicom_writes_is_read_to_the_same_values():
    compared = 0
    for path in wheel_files()[:120]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                theirs = pydicom.dcmread(path)
                target = io.BytesIO()
                pydicom.dcmwrite(target, theirs)
            except Exception:  # noqa: BLE001, S112 - what pydicom cannot write is no test of ours
                continue
        ours, original = isocenter.dcmread(target.getvalue()), sound(path)
        if original is None or decoded(original) is None:
            continue
        assert texts(original) == texts(ours), path.name
        compared += 1
    assert compared > 80


@pytest.mark.parametrize(
    ("name", "syntax"),
    [
        ("CT_small.dcm", "1.2.840.10008.1.2.5"),
        ("MR_small_RLE.dcm", EXPLICIT),
        ("MR_small_RLE.dcm", "1.2.840.10008.1.2.4.90"),
    ],
)
def test_pixel_data_of_another_transfer_syntax_is_never_written(name, syntax):
    ds = isocenter.dcmread(wheel_file(name))
    ds.file_meta.TransferSyntaxUID = syntax
    with pytest.raises(EncodingError, match="converted"):
        file_bytes(ds)
    del ds.PixelData
    assert syntax == isocenter.dcmread(file_bytes(ds)).transfer_syntax


def test_words_that_are_none_are_an_error_and_leniently_turned_as_far_as_they_go():
    ds = isocenter.dcmread(part10(explicit(0x00720026, "OW", b"123")))
    ds.file_meta.TransferSyntaxUID = BIG
    with pytest.raises(InvalidValueError, match="words of 2 bytes"):
        file_bytes(ds)
    content = file_bytes(ds, WriteOptions(lenient=True))
    assert content.endswith(b"\0\x042\x31\x003")


def test_a_transfer_syntax_that_is_no_text():
    ds = in_memory()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.add(DataElement(0x00020010, "OB", b"1.2.840.10008.1.2.1\0"))
    with pytest.raises(UsageError, match="is one UID"):
        file_bytes(ds)


def test_a_character_set_that_is_no_text():
    ds = isocenter.dcmread(part10(open_sequence(0x00080005, open_item())))
    assert [item.keys() for item in ds.SpecificCharacterSet] == [[]]
    assert ds.character_sets.codec == "latin_1"


def test_a_group_length_of_file_meta_that_is_no_number():
    wrong = explicit(0x00020000, "UL", b"123456")
    data = part10(explicit(0x00280010, "US", b"\1\0"))
    ds = isocenter.dcmread(data[:132] + wrong + data[132:])
    again = isocenter.dcmread(file_bytes(ds))
    assert (again.Rows, again.file_meta[0x00020000].value) == (1, 28)


def test_an_element_of_another_data_set_is_written_with_its_own_value():
    ours, other = (isocenter.dcmread(wheel_file(name)) for name in ("CT_small.dcm", "MR_small.dcm"))
    ours[0x00100020] = other[0x00100020]
    ours.update({0x00280010: other[0x00280010]})
    again = isocenter.dcmread(file_bytes(ours))
    assert (other.PatientID, other.Rows) == (again.PatientID, again.Rows)
    assert isocenter.dcmread(wheel_file("CT_small.dcm")).PatientID != again.PatientID


def test_what_changed_in_place_is_written():
    ds = isocenter.dcmread(wheel_file("CT_small.dcm"))
    ds.ImageType.append("EXTRA")
    ds["Modality"].value = "MR"
    ds["Rows"].VR = "SS"
    again = isocenter.dcmread(file_bytes(ds))
    assert (again.ImageType[-1], again.Modality, again["Rows"].VR) == ("EXTRA", "MR", "SS")
    assert not any(map(ds.is_untouched, ("ImageType", "Modality", "Rows")))


def test_assigning_the_same_value_leaves_an_element_untouched():
    ds = isocenter.dcmread(wheel_file("CT_small.dcm"))
    ds.PatientID = str(ds.PatientID)
    assert ds.is_untouched("PatientID")


@pytest.mark.parametrize("syntax", [EXPLICIT, BIG])
@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("DarkCurrentCounts", b"\1\2" * 40_000),
        ("ContourData", [f"{number}.25" for number in range(20_000)]),
        ("RedPaletteColorLookupTableDescriptor", [*range(40_000)]),
        ("SelectorULValue", [*range(20_000)]),
        ("SelectorATValue", [0x00100010] * 20_000),
    ],
)
def test_6_2_2_a_value_too_long_for_its_header_is_written_as_un(syntax, keyword, value):
    ds = in_memory()
    setattr(ds, keyword, value)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    content = file_bytes(ds, WriteOptions(enforce_file_format=True))
    again, theirs = isocenter.dcmread(content), pydicom.dcmread(io.BytesIO(content))
    assert getattr(ds, keyword) == getattr(again, keyword)
    assert again.PatientID == theirs.PatientID == "7"


def described(ds):
    """Tag, VR and value of every element that pydicom settles and writes too."""
    return [
        (int(element.tag), str(element.VR), str(element.value))
        for element in ds.iterall()
        if element.tag.element and element.VR != "SQ" and not element.tag.is_private
    ]


def test_implicit_files_get_the_vrs_that_pydicom_settles():
    compared = 0
    for path in wheel_files():
        ds = sound(path)
        if ds is None or "TransferSyntaxUID" not in ds.file_meta or decoded(ds) is None:
            continue
        if ds.transfer_syntax != IMPLICIT or ds.stored.span.encoding.explicit:
            continue
        ds.file_meta.TransferSyntaxUID = EXPLICIT
        target = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = pydicom.dcmread(path)
            theirs.file_meta.TransferSyntaxUID = EXPLICIT
            try:
                pydicom.dcmwrite(target, theirs, implicit_vr=False, little_endian=True)
            except Exception:  # noqa: BLE001, S112 - what pydicom cannot write is no oracle
                continue
            expected = described(pydicom.dcmread(io.BytesIO(target.getvalue())))
            found = described(
                pydicom.dcmread(io.BytesIO(file_bytes(ds, WriteOptions(lenient=True))))
            )
        assert expected == found, path.name
        compared += 1
    assert compared > 10


def test_us_or_ss_follows_the_pixel_representation_in_force_at_every_depth():
    ds, signed, unsigned = Dataset(), Dataset(), Dataset()
    signed.SmallestImagePixelValue = -2
    unsigned.PixelRepresentation, unsigned.SmallestImagePixelValue = 0, 65534
    signed.ReferencedImageSequence = [unsigned]
    ds.PixelRepresentation, ds.SmallestImagePixelValue = 1, -3
    ds.SourceImageSequence = [signed]
    implicit = file_bytes(ds, WriteOptions(implicit_vr=True, little_endian=True))
    again = isocenter.dcmread(implicit, force=True)
    again.file_meta = FileMetaDataset()
    again.file_meta.TransferSyntaxUID = EXPLICIT
    theirs = pydicom.dcmread(io.BytesIO(file_bytes(again)), force=True)
    levels = [theirs, inner := theirs.SourceImageSequence[0], inner.ReferencedImageSequence[0]]
    found = [
        (level["SmallestImagePixelValue"].VR, level.SmallestImagePixelValue) for level in levels
    ]
    assert found == [("SS", -3), ("SS", -2), ("US", 65534)]


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("ScheduledStationAETitle", "A" * 17),
        ("PatientAge", "41"),
        ("Modality", "M" * 17),
        ("StudyDate", "20240230"),
        ("SliceThickness", "1" * 17),
        ("AcquisitionDateTime", "2024-05"),
        ("SeriesNumber", "2147483648"),
        ("PatientID", "é" * 65),
        ("AdditionalPatientHistory", "a\0b"),
        ("PatientName", "é" * 65 + "^Jane"),
        ("StationName", "é" * 17),
        ("PatientComments", "\x07"),
        ("InstitutionAddress", "x" * 1025),
        ("StudyTime", "24:00"),
        ("LongCodeValue", "a\x01"),
        ("StudyInstanceUID", "1.02"),
        ("RetrieveURL", "http://a b"),
        ("TextValue", "\x00\x01"),
    ],
)
def test_table_6_2_1_text_that_breaks_its_vr_is_written_only_when_lenient(keyword, value):
    ds = in_memory()
    ds.SpecificCharacterSet = "ISO_IR 100"
    setattr(ds, keyword, value)
    encoding = {"implicit_vr": False, "little_endian": True}
    with pytest.raises(InvalidValueError) as caught:
        file_bytes(ds, WriteOptions(**encoding))
    assert caught.value.tag == str(ds[keyword].tag)
    assert caught.value.facts["value"]
    assert caught.value.clause.startswith("PS3.5 ")
    assert file_bytes(ds, WriteOptions(**encoding, lenient=True))


def test_lengths_are_counted_in_characters_and_not_in_bytes():
    ds = in_memory()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientID, ds.StationName, ds.PatientName = "山" * 64, "山" * 16, "=".join(["山" * 64] * 3)
    content = file_bytes(ds, WriteOptions(implicit_vr=False, little_endian=True))
    assert ds == isocenter.dcmread(content, force=True)


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("Rows", -1),
        ("SelectorULValue", 2**32),
        ("SelectorFLValue", 1e39),
        ("SelectorSLValue", 2**31),
    ],
)
def test_numbers_that_no_bytes_can_hold_are_never_written(keyword, value):
    ds = in_memory()
    setattr(ds, keyword, value)
    for lenient in (False, True):
        with pytest.raises(InvalidValueError) as caught:
            file_bytes(ds, WriteOptions(implicit_vr=True, little_endian=True, lenient=lenient))
        assert caught.value.tag == str(ds[keyword].tag)


def test_an_array_is_no_value_of_pixel_data():
    ds = isocenter.dcmread(wheel_file("CT_small.dcm"))
    ds.PixelData = ds.pixel_array
    for write in (lambda: ds.save_as(io.BytesIO()), ds.to_json):
        with pytest.raises(
            InvalidValueError, match=r"bytes, not an array of rows; .* set_pixel_data"
        ):
            write()
    ds.PixelData = ds.PixelData.tobytes()
    written = io.BytesIO()
    ds.save_as(written)
    assert wheel_file("CT_small.dcm").read_bytes() == written.getvalue()


def test_data_sets_with_arrays_can_be_compared():
    one, two = (isocenter.dcmread(wheel_file("CT_small.dcm")) for _ in range(2))
    one.PixelData = one.pixel_array
    assert one != two
    two.PixelData = two.pixel_array
    assert one == two
    two.PixelData = two.PixelData + 1
    assert one != two
