"""Waveforms as arrays, beside the real pydicom."""

import struct

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.waveforms import numpy_handler as theirs

import isocenter
from isocenter import compat
from isocenter.compat.waveforms import generate_multiplex, multiplex_array
from isocenter.errors import NoWaveformError, WaveformError
from support.files import wheel_file, wheel_files

KINDS = {
    (8, "SB"): "b", (8, "UB"): "B", (8, "MB"): "B", (8, "AB"): "B", (16, "SS"): "h", (16, "US"): "H",
    (32, "SL"): "i", (32, "UL"): "I", (64, "SV"): "q", (64, "UV"): "Q",
}  # fmt: skip


def waveform(
    module, data, *, bits=16, kind="SS", channels=2, samples=2, definitions=None, **others
):
    ds, group = module.Dataset(), module.Dataset()
    group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = channels, samples
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = bits, kind
    group.add_new(0x54001010, "OW", data)
    group.ChannelDefinitionSequence = []
    for values in definitions or [{}] * channels:
        channel = module.Dataset()
        for keyword, value in values.items():
            setattr(channel, keyword, value)
        group.ChannelDefinitionSequence.append(channel)
    for keyword, value in others.items():
        if keyword == "WaveformPaddingValue":
            group.add_new(0x5400100A, "OW", value)
        else:
            setattr(group, keyword, value)
    ds.WaveformSequence = [group]
    ds.file_meta = (
        pydicom.dataset.FileMetaDataset() if module is pydicom else compat.dataset.FileMetaDataset()
    )
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    return ds


def test_every_waveform_of_the_files():
    seen = 0
    for path in wheel_files():
        try:
            real = pydicom.dcmread(path)
            groups = len(real.get("WaveformSequence", ()))
        except Exception:  # noqa: BLE001, S112 - what is no DICOM file is others' business
            continue
        for index in range(groups):
            for mine in (compat.dcmread(path), isocenter.dcmread(path)):
                assert np.array_equal(mine.waveform_array(index), real.waveform_array(index)), path
                raw = multiplex_array(mine, index)
                assert np.array_equal(raw, theirs.multiplex_array(real, index))
                assert raw.flags.writeable
            seen += 1
    assert seen > 1


def test_group_after_group():
    ds = isocenter.dcmread(wheel_file("waveform_ecg.dcm"))
    assert [group.shape for group in generate_multiplex(ds)] == [(10000, 12), (1200, 12)]
    assert np.array_equal(list(generate_multiplex(ds, as_raw=False))[1], ds.waveform_array(-1))
    with pytest.raises(IndexError):
        ds.waveform_array(2)


@pytest.mark.parametrize(("bits", "kind"), KINDS)
@given(data=st.data())
def test_all_kinds_of_samples(bits, kind, data):
    stored = data.draw(st.binary(min_size=bits // 2, max_size=bits // 2))
    mine = multiplex_array(waveform(compat, stored, bits=bits, kind=kind), 0)
    assert np.array_equal(
        mine, theirs.multiplex_array(waveform(pydicom, stored, bits=bits, kind=kind), 0)
    )
    assert mine.ravel().tolist() == list(struct.unpack(f"<4{KINDS[bits, kind]}", stored))


NUMBERS = st.none() | st.integers(-1000, 1000).map(lambda number: number / 8)


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=2, max_size=2))
def test_units(factors):
    keywords = "ChannelSensitivity", "ChannelSensitivityCorrectionFactor", "ChannelBaseline"
    definitions = [
        {
            keyword: number
            for keyword, number in zip(keywords, some, strict=True)
            if number is not None
        }
        for some in factors
    ]
    mine, real = (
        waveform(module, b"\1\0\2\0\3\0\xff\xff", definitions=definitions)
        for module in (compat, pydicom)
    )
    assert np.array_equal(mine.waveform_array(0), real.waveform_array(0))


def test_padding_is_no_sample():
    ds = waveform(compat, b"\1\0\0\x80\3\0\4\0", WaveformPaddingValue=b"\0\x80")
    assert np.array_equal(ds.waveform_array(0), [[1, np.nan], [3, 4]], equal_nan=True)
    assert multiplex_array(ds, 0).tolist() == [[1, -32768], [3, 4]]


@pytest.mark.parametrize("bits", [8, 16])
def test_big_endian(bits):
    stored = bytes(range(bits // 2))
    kind = {8: "UB", 16: "US"}[bits]
    ds = waveform(compat, stored, bits=bits, kind=kind)
    expected = multiplex_array(ds, 0).tolist()
    group = ds.WaveformSequence[0]
    group.WaveformData = b"".join(stored[at : at + 2][::-1] for at in range(0, len(stored), 2))
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.2"
    assert multiplex_array(ds, 0).tolist() == expected


@pytest.mark.parametrize(
    "keyword",
    ["NumberOfWaveformChannels", "NumberOfWaveformSamples", "WaveformBitsAllocated",
     "WaveformSampleInterpretation", "WaveformData"],
)  # fmt: skip
def test_what_is_missing_is_named(keyword):
    for module in (compat, pydicom):
        ds = waveform(module, bytes(8))
        delattr(ds.WaveformSequence[0], keyword)
        with pytest.raises(AttributeError, match=keyword):
            ds.waveform_array(0)


def test_no_waveform():
    for module in (compat, isocenter, pydicom):
        with pytest.raises(AttributeError, match="5400,0100"):
            module.Dataset().waveform_array(0)
    with pytest.raises(NoWaveformError):
        next(generate_multiplex(isocenter.Dataset()))


@pytest.mark.parametrize(
    "options",
    [{"data": bytes(7)}, {"data": b""}, {"samples": 3}, {"samples": 0}, {"kind": "XX"}, {"kind": "SB"}, {"bits": 12}],
)  # fmt: skip
def test_samples_that_cannot_be_made_out(options):
    with pytest.raises(ValueError, match=r"PS3"):
        multiplex_array(waveform(compat, **{"data": bytes(8), **options}), 0)


@pytest.mark.parametrize(
    "options",
    [{"definitions": [{}]}, {"definitions": [{}] * 3}, {"bits": 8, "kind": "MB"},
     {"WaveformPaddingValue": b"\0", "bits": 32, "kind": "SL", "data": bytes(16)}],
)  # fmt: skip
def test_units_that_are_not_known(options):
    ds = waveform(compat, **{"data": bytes(8), **options})
    assert multiplex_array(ds, 0).shape == (2, 2)
    with pytest.raises(WaveformError):
        ds.waveform_array(0)


def test_channels_that_are_not_defined():
    ds = waveform(compat, bytes(8))
    del ds.WaveformSequence[0].ChannelDefinitionSequence
    with pytest.raises(AttributeError, match="not defined"):
        ds.waveform_array(0)
