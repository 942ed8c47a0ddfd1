"""Broken and hostile input: only errors of our own, and no memory for what is not there."""

import tracemalloc
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest

from isocenter.errors import DicomError, PixelError
from isocenter.pixels import DisplayTables, Frames, slice_key
from isocenter.pixels import picture as render

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "pwnlabmx+dicom-fuzzing-corpus"
PACKAGED = Path(pydicom.__file__).parent / "data" / "test_files"


def attempt(ds):
    """Everything a library does with an image; only our own errors may leave it."""
    try:
        slice_key(ds, "name")
        frames = Frames(ds)
        for index in range(min(frames.count, 3)):
            render(frames, index, DisplayTables())
    except DicomError:
        return


def folders():
    return sorted({path.parent for path in CORPUS.rglob("*.dcm")})


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no shared data beside the checkout")
def test_the_fuzz_corpus_is_there():
    assert sum(1 for _ in CORPUS.rglob("*.dcm")) > 100


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_fuzzed_files(folder):
    for path in sorted(folder.glob("*.dcm")):
        try:
            ds = pydicom.dcmread(path, force=True)
        except Exception:  # noqa: BLE001, S112 - the reader of this test is not under test
            continue
        attempt(ds)


REAL = [
    "MR_small_RLE.dcm",
    "MR_small_jp2klossless.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "SC_rgb_jpeg_gdcm.dcm",
    "SC_rgb_jpeg_dcmtk.dcm",
    "SC_rgb_jls_lossy_sample.dcm",
    "SC_rgb_rle_16bit_2frame.dcm",
    "rtdose_rle.dcm",
]


@pytest.mark.parametrize("name", REAL)
def test_mutated_and_truncated_values(name):
    ds = pydicom.dcmread(PACKAGED / name)
    original, random = ds.PixelData, np.random.default_rng(7)
    for turn in range(60):
        data = bytearray(original)
        reach = len(data) if turn % 2 else min(len(data), 300)
        for place in random.integers(0, reach, 1 + turn % 5):
            data[place] = random.integers(0, 256)
        stop = random.integers(0, len(data)) if turn % 3 == 0 else len(data)
        ds.PixelData = bytes(data[:stop])
        attempt(ds)


KEYWORDS = [
    "Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated",
    "BitsStored", "HighBit", "PixelRepresentation", "PlanarConfiguration", "NumberOfFrames",
    "RescaleSlope", "RescaleIntercept", "WindowCenter", "WindowWidth", "VOILUTFunction",
    "VOILUTSequence", "ModalityLUTSequence", "PixelPaddingValue", "PixelPaddingRangeLimit",
    "PresentationLUTShape", "PixelData", "ExtendedOffsetTable", "InstanceNumber",
    "ImagePositionPatient", "ImageOrientationPatient", "PerFrameFunctionalGroupsSequence",
    "SharedFunctionalGroupsSequence",
]  # fmt: skip
NONSENSE = [None, "", "ABC", -1, 0, 3, 2**16, 2**40, 1e300, float("nan"), b"ab", [], [1, "x"], {}]


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_any_nonsense_in_any_element(make, keyword):
    values = np.arange(12, dtype=np.int16).reshape(3, 4)
    for nonsense in NONSENSE:
        attempt(make.image(values, **{keyword: nonsense}))


def test_a_huge_image_is_refused_before_it_is_allocated(make):
    codestream = bytes(imagecodecs.jpegls_encode(np.zeros((8, 8), np.uint8)))
    ds = make.image(
        np.zeros((8, 8), np.uint8),
        syntax="1.2.840.10008.1.2.4.80",
        PixelData=make.items(codestream),
        Rows=40000,
        Columns=40000,
    )
    tracemalloc.start()
    try:
        with pytest.raises(PixelError, match="40000 of 40000 are declared"):
            Frames(ds).array(0)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("frame_header", [b"\xff\xc0\x00\x0b\x08", b"\xff\xf7\x00\x0b\x08"])
def test_a_codestream_that_claims_to_be_huge_is_refused(make, frame_header):
    codestream = b"\xff\xd8" + frame_header + b"\xff\xff\xff\xff\x01\x01\x11\x00" + bytes(64)
    ds = make.image(
        np.zeros((8, 8), np.uint8),
        syntax="1.2.840.10008.1.2.4.50",
        PixelData=make.items(codestream),
    )
    with pytest.raises(PixelError, match="65535 rows of 65535"):
        Frames(ds).array(0)


def test_a_million_frames_nobody_sent_are_refused_quickly(make):
    ds = make.image(
        np.zeros((8, 8), np.uint8),
        syntax="1.2.840.10008.1.2.4.80",
        PixelData=make.items(b"\xff\xd8\xff\xf7"),
        NumberOfFrames=2**31 - 1,
    )
    with pytest.raises(PixelError, match="2147483647 frames are declared"):
        Frames(ds)


def test_a_frame_of_the_whole_range_of_numbers_shows(make):
    values = np.array([[-(2**63), 2**63 - 1, 0]], np.int64)
    picture = render(Frames(make.image(values)), 0, DisplayTables())
    assert picture.tolist() == [[0, 255, 128]]


def test_rescaling_over_the_top_shows(make):
    ds = make.image(np.array([[0, 1, 65535]], np.uint16), RescaleSlope=9e29, RescaleIntercept=-9e29)
    assert render(Frames(ds), 0, DisplayTables()).shape == (1, 3)
