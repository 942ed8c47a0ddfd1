"""``get_expected_length``, ``pixel_dtype``, ``reshape_pixel_array``, ``as_pixel_options``: beside pydicom's."""

import warnings

import numpy as np
import pydicom
import pytest
from pydicom.pixels import utils as theirs

from isocenter import compat
from isocenter.compat.pixels import utils as ours

BASE = {
    "Rows": 3,
    "Columns": 4,
    "SamplesPerPixel": 1,
    "BitsAllocated": 8,
    "PhotometricInterpretation": "MONOCHROME2",
    "PixelRepresentation": 0,
}
SYNTAXES = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.80"]  # fmt: skip


def made(module, syntax=SYNTAXES[0], **values):
    ds = module.Dataset()
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    if syntax:
        ds.file_meta = module.dataset.FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = syntax
    return ds


def outcome(call):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = call()
        except (AttributeError, NotImplementedError, TypeError, ValueError) as error:
            kinds = (AttributeError, NotImplementedError, TypeError, ValueError)
            return next(kind for kind in kinds if isinstance(error, kind))
    return found.tolist() if isinstance(found, np.ndarray) else found


def agree(name, *arguments, syntax=SYNTAXES[0], **values):
    assert outcome(
        lambda: getattr(ours, name)(made(compat, syntax, **values), *arguments)
    ) == outcome(lambda: getattr(theirs, name)(made(pydicom, syntax, **values), *arguments))


@pytest.mark.parametrize("bits", [1, 8, 16, 32])
@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize("frames", [None, 0, 1, 5])
@pytest.mark.parametrize("photometric", ["MONOCHROME2", "RGB", "YBR_FULL_422", "YBR_FULL"])
def test_expected_length(bits, samples, frames, photometric):
    for unit in ("bytes", "pixels"):
        agree(
            "get_expected_length",
            unit,
            **BASE
            | {
                "BitsAllocated": bits,
                "SamplesPerPixel": samples,
                "NumberOfFrames": frames,
                "PhotometricInterpretation": photometric,
            },
        )


@pytest.mark.parametrize("keyword", BASE)
@pytest.mark.parametrize("name", ["get_expected_length", "pixel_dtype"])
def test_what_is_missing_is_the_same_error(keyword, name):
    agree(name, **{key: value for key, value in BASE.items() if key != keyword})


@pytest.mark.parametrize("bits", [0, 1, 8, 12, 16, 24, 32, 64])
@pytest.mark.parametrize("sign", [0, 1, 2, None])
@pytest.mark.parametrize("as_float", [True, False])
@pytest.mark.parametrize("syntax", [*SYNTAXES, None])
def test_pixel_dtype(bits, sign, as_float, syntax):
    values = BASE | {"BitsAllocated": bits, "PixelRepresentation": sign}
    agree("pixel_dtype", as_float, syntax=syntax, **values)


@pytest.mark.parametrize("samples", [0, 1, 2, 3])
@pytest.mark.parametrize("frames", [None, 0, 1, 2])
@pytest.mark.parametrize("planar", [0, 1, 2])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_reshape(samples, frames, planar, syntax):
    values = BASE | {
        "SamplesPerPixel": samples,
        "NumberOfFrames": frames,
        "PlanarConfiguration": planar,
    }
    array = np.arange(12 * samples * (frames or 1))
    agree("reshape_pixel_array", array, syntax=syntax, **values)
    agree("reshape_pixel_array", array[1:], syntax=syntax, **values)


@pytest.mark.parametrize("value", [None, 0, 1, 7])
def test_number_of_frames(value):
    agree("get_nr_frames", NumberOfFrames=value)
    if not value:
        with pytest.warns(UserWarning, match="Number of Frames"):
            ours.get_nr_frames(made(compat, NumberOfFrames=value))


def test_options_are_what_the_data_set_says_and_what_is_told_beside():
    agree("as_pixel_options", **BASE)
    found = ours.as_pixel_options(made(compat, **BASE), rows=7, more=1)
    assert found == theirs.as_pixel_options(made(pydicom, **BASE), rows=7, more=1)
