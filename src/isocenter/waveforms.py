"""Waveforms: samples of channels, such as an ECG's leads (PS3.3 C.10.9, PS3.5 8.3).

In: a data set with Waveform Sequence, each item a multiplex group: channels sampled at the same
times. Out: an array a group, shape (samples, channels), as stored or in the units that the
Channel Sensitivity Units Sequence names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.errors import NoWaveformError, WaveformError
from isocenter.pixels.source import (
    PixelDataset,
    integer,
    is_big_endian,
    items,
    number,
    text,
    there,
    transfer_syntax,
    value,
)

_DTYPES = {
    (8, "SB"): "i1",
    (8, "UB"): "u1",
    (8, "MB"): "u1",
    (8, "AB"): "u1",
    (16, "SS"): "i2",
    (16, "US"): "u2",
    (32, "SL"): "i4",
    (32, "UL"): "u4",
    (64, "SV"): "i8",
    (64, "UV"): "u8",
}
_COMPANDED = {"MB", "AB"}  # mu-law and A-law: codes, no amounts
_REQUIRED = (
    "NumberOfWaveformChannels",
    "NumberOfWaveformSamples",
    "WaveformBitsAllocated",
    "WaveformSampleInterpretation",
    "WaveformData",
)
_CLAUSE = "PS3.3 C.10.9"


def waveform_array(ds: PixelDataset, index: int) -> NDArray[np.float64]:
    """The samples of multiplex group ``index`` in the units of its channels.

    Each is the stored one times Channel Sensitivity and its Correction Factor, plus Channel
    Baseline. A channel without sensitivity is in arbitrary units, and stays as stored. What
    equals Waveform Padding Value is no sample, and NaN.

    Returns:
        float64, shape (samples, channels).

    Raises:
        NoWaveformError, WaveformError, IndexError: as of :func:`multiplex_array`; or the
            channels are not defined, or samples are companded, for which the Standard tells
            no units.
    """
    return multiplex_array(ds, index, as_raw=False)


def multiplex_array(
    ds: PixelDataset,
    index: int,
    as_raw: bool = True,  # noqa: FBT001, FBT002 - pydicom's signature
) -> NDArray[Any]:
    """The samples of multiplex group ``index``, counted from 0; -1 is the last.

    Args:
        ds: the data set that has Waveform Sequence.
        index: which item.
        as_raw: as stored; else as :func:`waveform_array`.

    Returns:
        Writable, shape (samples, channels), of the stored integers' type in this machine's
        byte order, or float64.

    Raises:
        NoWaveformError: Waveform Sequence, or an element that is needed, is absent or empty.
        WaveformError: samples are of an unknown kind, or fewer than declared.
        IndexError: there is no such group.
    """
    groups = items(ds, "WaveformSequence")
    if not groups:
        raise NoWaveformError("There is no waveform", tag="(5400,0100)", clause=_CLAUSE)
    if not -len(groups) <= index < len(groups):
        raise IndexError(f"there is no multiplex group {index} among {len(groups)}")
    group = groups[index]
    big = is_big_endian(ds, transfer_syntax(ds))
    stored = _stored(group, big=big)
    return stored if as_raw else _in_units(stored, group, big=big)


def generate_multiplex(
    ds: PixelDataset,
    as_raw: bool = True,  # noqa: FBT001, FBT002 - pydicom's signature
) -> Iterator[NDArray[Any]]:
    """One multiplex group after another; see :func:`multiplex_array`."""
    for index in range(max(len(items(ds, "WaveformSequence")), 1)):  # of none: its error
        yield multiplex_array(ds, index, as_raw)


def _stored(group: PixelDataset, *, big: bool) -> NDArray[Any]:
    missing = [keyword for keyword in _REQUIRED if not there(group, keyword)]
    if missing:
        raise NoWaveformError(f"A multiplex group lacks {', '.join(missing)}", clause=_CLAUSE)
    shape = tuple(_count(group, keyword) for keyword in _REQUIRED[1::-1])
    bits, kind = (
        integer(group, "WaveformBitsAllocated"),
        text(group, "WaveformSampleInterpretation"),
    )
    dtype = _DTYPES.get((bits or 0, kind))
    if dtype is None:
        raise WaveformError(
            f"Samples of {bits} bits and interpretation {kind!r} are not known",
            tag="(5400,1006)",
            clause="PS3.3 C.10.9.1.5",
        )
    data = _words(group, "WaveformData", dtype, big=big)
    order = ">" if big else "<"
    return _cells(data, np.dtype(order + dtype), shape)


def _count(group: PixelDataset, keyword: str) -> int:
    found = integer(group, keyword)
    if found is None or found < 1:
        raise WaveformError(f"{keyword} is {value(group, keyword)}, no count", clause=_CLAUSE)
    return found


def _words(group: PixelDataset, keyword: str, dtype: str, *, big: bool) -> bytes:
    """The bytes in the order of the samples: of 8 bits in big endian words (OW) they are swapped.

    Raises:
        WaveformError: the value is not bytes.
    """
    data = value(group, keyword)
    if not isinstance(data, bytes | bytearray | memoryview):
        raise WaveformError(f"{keyword} is no bytes", clause=_CLAUSE)
    if not big or not dtype.endswith("1") or group[keyword].VR != "OW":
        return bytes(data)
    return np.frombuffer(data, ">u2", len(data) // 2).astype("<u2").tobytes()


def _cells(data: bytes, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    samples, channels = shape
    if len(data) < samples * channels * dtype.itemsize:
        raise WaveformError(
            f"{samples} samples of {channels} channels are declared, of {dtype.itemsize} bytes"
            f" each; there are {len(data)} bytes",
            tag="(5400,1010)",
            clause="PS3.5 8.3",
        )
    cells = np.frombuffer(data, dtype, samples * channels).reshape(shape)
    return cells.astype(dtype.newbyteorder("="))


def _in_units(stored: NDArray[Any], group: PixelDataset, *, big: bool) -> NDArray[np.float64]:
    channels = items(group, "ChannelDefinitionSequence")
    if not channels:
        raise NoWaveformError("The channels are not defined", tag="(003A,0200)", clause=_CLAUSE)
    if len(channels) != stored.shape[1]:
        raise WaveformError(
            f"{len(channels)} channels are defined, {stored.shape[1]} declared",
            tag="(003A,0200)",
            clause=_CLAUSE,
        )
    kind = text(group, "WaveformSampleInterpretation")
    if kind in _COMPANDED:
        raise WaveformError(
            f"Samples are companded ({kind}) and have no units; they can be had as stored",
            tag="(5400,1006)",
            clause="PS3.3 C.10.9.1.5",
        )
    found = stored.astype(np.float64)
    for place, channel in enumerate(channels):
        found[:, place] *= _factor(channel, "ChannelSensitivity", 1.0) * _factor(
            channel, "ChannelSensitivityCorrectionFactor", 1.0
        )
        found[:, place] += _factor(channel, "ChannelBaseline", 0.0)
    padding = _padding(group, stored.dtype, big=big)
    if padding is not None:
        found[stored == padding] = np.nan
    return found


def _factor(channel: PixelDataset, keyword: str, absent: float) -> float:
    """A number of a channel; one that is there and is none is not taken for absent."""
    if keyword not in channel or not _filled(channel, keyword):
        return absent
    found = number(channel, keyword)
    if found is None:
        raise WaveformError(f"{keyword} is no number", clause="PS3.3 C.10.9.1.4")
    return found


def _filled(channel: PixelDataset, keyword: str) -> bool:
    try:
        return channel.get(keyword) not in (None, "")
    except ValueError:
        return True  # it cannot be decoded, so that it is there


def _padding(group: PixelDataset, dtype: np.dtype[Any], *, big: bool) -> Any:
    """Waveform Padding Value; its bytes are those of one sample."""
    if not there(group, "WaveformPaddingValue"):
        return None
    found = _words(group, "WaveformPaddingValue", dtype.str, big=big)
    if len(found) < dtype.itemsize:
        raise WaveformError(
            "Waveform Padding Value is no sample", tag="(5400,100A)", clause=_CLAUSE
        )
    return np.frombuffer(found, dtype.newbyteorder(">" if big else "<"), 1)[0]
