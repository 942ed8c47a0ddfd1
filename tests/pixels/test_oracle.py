"""Every real file at hand, against pydicom; and against its decoder plug-ins, by digest.

``peers.json`` has digests of ``pixel_array`` for files that pydicom decodes only with
plug-ins (pylibjpeg 2.1 with libjpeg 2.5, openjpeg 2.6 and rle 2.2, gdcm 3.2.6,
pyjpegls 1.5), so that the tests do not need them.
"""

import csv
import hashlib
import json
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.pixels import apply_modality_lut, apply_voi_lut

import isocenter
from isocenter.pixels import DisplayTables, Frames
from isocenter.pixels import picture as render
from isocenter.pixels.color import YBR, ybr_to_rgb

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

SHARED = Path(__file__).parents[3] / "shared" / "data"
INDEX = SHARED / "index.csv"
PACKAGED = Path(pydicom.__file__).parent / "data" / "test_files"
PEERS = json.loads((Path(__file__).parent / "peers.json").read_text())

DIFFERENT = {
    "pydicom+pylibjpeg-data/ljdata/ds/JPEGBaseline/SC_rgb_jpeg_lossy_gdcm.dcm": (
        "says RGB, but its chroma is subsampled: YCbCr, which we convert and pydicom does not"
    ),
    "TC0287_buf_2x.dcm": "more data than frames: pydicom gives frames nobody declared",
    "TC0289_buf_10x.dcm": "more data than frames: pydicom gives frames nobody declared",
    "TC0307_bits_ba_one.dcm": "more data than frames: pydicom gives frames nobody declared",
}


def shared_files():
    if not INDEX.is_file():
        return []
    with INDEX.open(encoding="utf-8") as rows:
        return [row["path"] for row in csv.DictReader(rows) if row["pixel_array"] == "yes"]


def files():
    packaged = sorted(PACKAGED.glob("*.dcm"))
    return [
        *(pytest.param(path, id=f"pydicom/{path.name}") for path in packaged),
        *(pytest.param(SHARED / path, id=path) for path in shared_files()),
    ]


def read(path):
    return isocenter.dcmread(path, force=True)


def oracle(path):
    return pydicom.dcmread(path, force=True)


def expected_array(ds):
    try:
        return ds.pixel_array
    except (AttributeError, NotImplementedError, RuntimeError, ValueError) as error:
        pytest.skip(f"pydicom alone gives no array: {str(error)[:60]}")


def in_rgb(frame):
    if frame.photometric.startswith("YBR"):
        return ybr_to_rgb(frame.values, frame.photometric, frame.bits)
    return frame.values


def check_array(found, wanted, *, converted):
    assert found.dtype == wanted.dtype.newbyteorder("=")
    assert found.shape == wanted.shape
    if converted:  # YCbCr: rounding of another order of operations
        assert np.abs(found.astype(int) - wanted).max() <= 1
    else:
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.skipif(not INDEX.is_file(), reason="no shared data beside the checkout")
def test_shared_data_is_there():
    assert len(shared_files()) > 800


@pytest.mark.parametrize("path", files())
def test_stored_values_are_pydicoms(path):
    if any(str(path).endswith(name) for name in DIFFERENT):
        pytest.skip(next(why for name, why in DIFFERENT.items() if str(path).endswith(name)))
    ds = read(path)
    if (
        "PixelRepresentation" not in ds
        and "FloatPixelData" not in ds
        and not any(element in ds for element in ("PixelData", "DoubleFloatPixelData"))
    ):
        pytest.skip("no pixels")
    theirs = oracle(path)
    array = expected_array(theirs)
    expected = array if array.ndim > 2 + (theirs.SamplesPerPixel > 1) else array[None]
    frames = list(Frames(ds))
    assert len(frames) == len(expected)
    converted = any(frame.photometric in YBR for frame in frames)
    check_array(ds.pixel_array, array, converted=converted)
    for frame, wanted in zip(frames, expected, strict=True):
        found = in_rgb(frame)
        assert found.dtype == wanted.dtype.newbyteorder("=")
        if found is frame.values:
            np.testing.assert_array_equal(found, wanted)
        else:  # YCbCr: rounding of another order of operations
            assert np.abs(found.astype(int) - wanted).max() <= 1


@pytest.mark.parametrize("path", PEERS)
def test_stored_values_are_those_of_plug_ins(path):
    place = SHARED / path
    if not place.is_file():
        pytest.skip("no shared data beside the checkout")
    frames = Frames(read(place))
    digest = hashlib.sha256()
    for index in range(frames.count):
        digest.update(np.ascontiguousarray(frames.array(index)).tobytes())
    assert digest.hexdigest() == PEERS[path]


@pytest.mark.parametrize("name", ["liver", "liver_nonbyte_aligned"])
@pytest.mark.parametrize("coding", ["rle", "deflate"])
def test_single_bits_are_the_same_however_compressed(name, coding):
    """Neither pydicom nor a plug-in reads these; JPEG 2000 they all read."""
    folder = SHARED / "pydicom+pydicom-data" / "data_store" / "data"
    if not folder.is_dir():
        pytest.skip("no shared data beside the checkout")
    known, other = (read(folder / f"{name}_{which}.dcm") for which in ("j2k", coding))
    for one, two in zip(Frames(known), Frames(other), strict=True):
        np.testing.assert_array_equal(one.values, two.values, strict=True)


@pytest.mark.parametrize("path", files())
def test_every_frame_can_be_shown(path):
    ds = read(path)
    if not any(e in ds for e in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        pytest.skip("no pixels")
    if path.name == "JPEG2000-embedded-sequence-delimiter.dcm":
        pytest.skip("its codestream is damaged on purpose")
    if path.name in {"MR_truncated.dcm", "meta_missing_tsyntax.dcm", "nested_priv_SQ.dcm"}:
        pytest.skip("no image can be read")
    frames, tables = Frames(ds), DisplayTables()
    for index in range(min(frames.count, 2)):
        picture = render(frames, index, tables)
        assert picture.dtype == np.uint8
        assert picture.shape in {
            (frames.rows, frames.columns),
            (frames.rows, frames.columns, 3),
        }
        assert picture.flags.c_contiguous


def test_windows_are_pydicoms_rounded():
    ds = oracle(PACKAGED / "CT_small.dcm")
    ds.WindowCenter, ds.WindowWidth = 40, 400
    gray = render(Frames(ds), 0, DisplayTables())
    hounsfield = apply_modality_lut(ds.pixel_array, ds)
    windowed = apply_voi_lut(hounsfield, ds)  # over the range of the stored values
    low, high = windowed.min(), windowed.max()
    expected = np.floor((windowed - low) / (high - low) * 255 + 0.5)
    assert np.abs(gray - expected).max() <= 1
    assert (gray == expected).mean() > 0.999
