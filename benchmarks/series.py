"""Synthetic series for the benchmarks: real CT structure at 512x512, 16 bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
from pydicom.data import get_testdata_file
from pydicom.uid import ExplicitVRLittleEndian, generate_uid


def write_ct_series(folder: Path, slices: int, side: int = 512) -> None:
    """Write ``slices`` CT files of ``side`` x ``side`` x 16 bits to ``folder``.

    The picture is pydicom's CT_small enlarged, with noise of 8 HU and a slow change from
    slice to slice, so that JPEG encoders see something like the real thing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ds = pydicom.dcmread(str(get_testdata_file("CT_small.dcm")))
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    base = np.kron(ds.pixel_array, np.ones((side // 128, side // 128), np.int16))
    random = np.random.default_rng(7)
    ds.Rows = ds.Columns = side
    ds.WindowCenter, ds.WindowWidth = 40, 400
    ds.SeriesInstanceUID = generate_uid(entropy_srcs=["series", folder.name])
    for index in range(slices):
        noisy = np.roll(base, index, axis=0) + random.normal(0, 8, base.shape)
        ds.PixelData = noisy.astype(np.int16).tobytes()
        ds.InstanceNumber = index + 1
        ds.ImagePositionPatient = [0, 0, 2.5 * index]
        ds.SOPInstanceUID = generate_uid(entropy_srcs=["image", folder.name, str(index)])
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
        ds.save_as(folder / f"{index + 1}.dcm")
