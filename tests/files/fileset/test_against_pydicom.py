"""The same File-sets here and in pydicom: printing, searching, File IDs, records, both ways."""

import shutil
import subprocess
import warnings

import pydicom
import pydicom.fileset
import pytest

import isocenter
from files.fileset.sets import DIRECTORIES, EXAMPLE, contents, instance, names
from isocenter.errors import IsocenterError
from isocenter.fileset import RECORD_TYPES, FileSet, record_type
from isocenter.standard.dictionary import dictionary_vr, keyword_for_tag
from isocenter.standard.tag import Tag
from support.files import wheel_files

# what both read alike; the others are in test_broken_directories.py
ALIKE = ["DICOMDIR", "DICOMDIR-reordered", "DICOMDIR-empty.dcm", "TINY_ALPHA/DICOMDIR"]
READ_ONLY_HERE = ["DICOMDIR-bigEnd", "DICOMDIR-implicit", "DICOMDIR-nooffset", "DICOMDIR-nopatient"]


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's, about its own test files
        yield


@pytest.fixture
def peer():
    """Makes pydicom's File-sets; they leave temporary folders behind, which would be warned of."""
    made = []

    def make(*arguments):
        made.append(pydicom.fileset.FileSet(*arguments))
        return made[-1]

    yield make
    for one in made:
        one._stage["t"].cleanup()


@pytest.mark.parametrize("name", ALIKE)
def test_printed(name, peer):
    path = DIRECTORIES / name
    assert str(FileSet(path)) == str(peer(path))


@pytest.mark.parametrize("name", ALIKE)
def test_found(name, peer):
    ours, theirs = FileSet(DIRECTORIES / name), peer(DIRECTORIES / name)
    assert len(ours) == len(theirs)
    assert (ours.ID, ours.UID, ours.is_staged) == (theirs.ID, theirs.UID, theirs.is_staged)
    for one, other in zip(ours, theirs, strict=True):
        assert one.FileID == other.FileID
        assert (one.path, one.SOPInstanceUID) == (other.path, other.SOPInstanceUID)
        assert (one.SOPClassUID, one.TransferSyntaxUID) == (
            other.SOPClassUID,
            other.TransferSyntaxUID,
        )
        assert one.for_moving == other.for_moving
    keywords = ["PatientID", "StudyDate", "Modality", "SeriesNumber", "InstanceNumber", "Rows"]
    assert ours.find_values(keywords) == theirs.find_values(keywords)
    for keyword in keywords:
        for value in theirs.find_values(keyword):
            found = [one.path for one in ours.find(**{keyword: value})]
            assert found == [one.path for one in theirs.find(**{keyword: value})]
            assert found


@pytest.mark.parametrize("name", [*ALIKE, *READ_ONLY_HERE])
def test_written_here_read_there(name, tmp_path, peer):
    """Every variant that the wheel has becomes a File-set that pydicom reads as we do."""
    root = (DIRECTORIES / name).parent
    shutil.copytree(root, tmp_path / "set", ignore=shutil.ignore_patterns("TINY_ALPHA", "*DIR-*"))
    if not name.endswith("/DICOMDIR"):
        shutil.copyfile(DIRECTORIES / name, tmp_path / "set" / "DICOMDIR")
    ours = FileSet(tmp_path / "set")
    ours.ID = "WRITTEN_HERE"
    ours.write()
    theirs = peer(tmp_path / "set" / "DICOMDIR")
    # the root directory stands in both; all of the rest is alike, too
    assert str(FileSet(tmp_path / "set")) == str(theirs) == str(ours)
    assert [one.load().SOPInstanceUID for one in theirs] == [one.SOPInstanceUID for one in ours]
    ds = pydicom.dcmread(tmp_path / "set" / "DICOMDIR")
    assert ds.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert ds.FileSetConsistencyFlag == 0


def test_written_there_read_here(tmp_path, peer):
    theirs = peer()
    for number in range(3):
        theirs.add(_theirs(instance(number, patient="ABC"[number % 2]), tmp_path))
    theirs.write(tmp_path / "set")
    ours = FileSet(tmp_path / "set")
    assert ours.findings == ()
    assert str(ours) == str(theirs)
    assert not ours.is_staged
    assert len(contents(tmp_path / "set")) == 3


def _theirs(ds, folder):
    ds.save_as(folder / "given")
    return pydicom.dcmread(folder / "given")


def _representatives():
    """One instance of each SOP Class in the wheels that has what its records need."""
    found = {}
    for path in wheel_files():
        try:
            one = FileSet().add(path)
        except IsocenterError:
            continue
        found.setdefault(one.SOPClassUID, path)
    return sorted(found.values())


REPRESENTATIVES = _representatives()


def test_several_sop_classes_are_compared():
    assert len(REPRESENTATIVES) > 5


@pytest.mark.parametrize("path", REPRESENTATIVES, ids=lambda path: path.name)
def test_records_of_files(path, tmp_path, peer):
    compare(path, tmp_path, peer)


# a SOP Class of each type, with the Modality by which pydicom chooses some of them; ENCAP DOC,
# RAW DATA, HANGING PROTOCOL and RADIOTHERAPY differ, see docs/differences.md
CLASSES = {
    "RT DOSE": ("481.2", "RTDOSE"),
    "RT STRUCTURE SET": ("481.3", "RTSTRUCT"),
    "RT PLAN": ("481.5", "RTPLAN"),
    "RT TREAT RECORD": ("481.4", "RTRECORD"),
    "PRESENTATION": ("11.1", "PR"),
    "WAVEFORM": ("9.1.1", "ECG"),
    "SR DOCUMENT": ("88.11", "SR"),
    "KEY OBJECT DOC": ("88.59", "KO"),
    "SPECTROSCOPY": ("4.2", "MR"),
    "REGISTRATION": ("66.1", "REG"),
    "FIDUCIAL": ("66.2", "FID"),
    "VALUE MAP": ("67", "RWV"),
    "STEREOMETRIC": ("77.1.5.3", "SMR"),
    "PLAN": ("/34.7", "PLAN"),
    "MEASUREMENT": ("78.1", "LEN"),
    "SURFACE": ("66.5", "SEG"),
    "SURFACE SCAN": ("68.1", "SC"),
    "TRACT": ("66.6", "MR"),
    "ASSESSMENT": ("90.1", "ASMT"),
    "PALETTE": ("/39.1", ""),
    "IMPLANT": ("/43.1", ""),
    "IMPLANT ASSY": ("/44.1", ""),
    "IMPLANT GROUP": ("/45.1", ""),
}
VALUES = {
    "DA": "20200102",
    "TM": "101112",
    "DT": "20200102",
    "CS": "TERM",
    "US": 7,
    "UL": 7,
    "IS": 7,
}


@pytest.mark.parametrize("name", list(CLASSES))
def test_keys_of_every_record_type(name, tmp_path, peer):
    number, modality = CLASSES[name]
    kind = RECORD_TYPES[name]
    ds = instance(1)
    ds.Modality = modality
    root = "1.2.840.10008.5.1.4" + (".1.1." if number[0] != "/" else ".")
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = root + number.lstrip("/")
    for keyword in (*kind.required, *kind.present, *kind.taken):
        vr = dictionary_vr(Tag(keyword))
        if vr == "SQ":
            ds.add_new(keyword, "SQ", [isocenter.Dataset({"CodeValue": "1"})])
            if keyword == "ContentSequence":
                ds.ContentSequence[0].RelationshipType = "HAS CONCEPT MOD"
        else:
            ds.add_new(keyword, vr, VALUES.get(vr, "value"))
    ds.save_as(tmp_path / "given")
    assert record_type(ds.SOPClassUID) == name
    compare(tmp_path / "given", tmp_path, peer)


def compare(path, folder, peer):
    """The same File IDs, bytes and records from both."""
    theirs, ours = peer(), FileSet()
    mine, other = ours.add(path), theirs.add(str(path))
    file_id = mine.FileID
    assert file_id == other.FileID
    ours.write(folder / "ours")
    theirs.write(folder / "theirs")
    assert names(folder / "ours") == names(folder / "theirs") == ["DICOMDIR", file_id]
    assert (folder / "ours" / file_id).read_bytes() == path.read_bytes()
    for record, expected in zip(
        _records(folder / "ours"), _records(folder / "theirs"), strict=True
    ):
        kind = RECORD_TYPES[record.DirectoryRecordType]
        ours_only = record.keys() - expected.keys()
        # pydicom leaves keys of Type 2 and 1C out where F.5 has them
        assert {keyword_for_tag(tag) for tag in ours_only} <= {*kind.present, *kind.taken}
        assert set() == expected.keys() - record.keys()
        for tag in record.keys() - ours_only:
            if record[tag].VR != "SQ" and tag.group != 4:
                assert record[tag].value == expected[tag].value
        assert record.get("ReferencedFileID") == expected.get("ReferencedFileID")


def _records(root):
    return pydicom.dcmread(root / "DICOMDIR").DirectoryRecordSequence


@pytest.mark.parametrize("tool", ["dcmdump", "gdcmdump"])
def test_other_tools_read_what_is_written(tool, tmp_path):
    found = shutil.which(tool)
    if found is None:
        pytest.skip(f"{tool} is not installed")
    fs = FileSet()
    fs.add(instance(1))
    fs.write(tmp_path)
    done = subprocess.run(
        [found, tmp_path / "DICOMDIR"], check=True, capture_output=True, text=True
    )
    assert "IM000000" in done.stdout
    assert done.stderr == ""


def test_the_example_is_as_it_was():
    assert EXAMPLE.read_bytes()[128:132] == b"DICM"
    assert not list(DIRECTORIES.glob(".isocenter*"))
