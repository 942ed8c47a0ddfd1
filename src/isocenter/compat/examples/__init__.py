"""Example data sets by name, from the test files of PyPI's ``pydicom`` where it is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from isocenter.compat.data import get_testdata_file
from isocenter.compat.filereader import dcmread

_FILES = {
    "ct": "CT_small.dcm",
    "dicomdir": "DICOMDIR",
    "jpeg2k": "examples_jpeg2k.dcm",
    "mr": "MR_small.dcm",
    "no_meta": "no_meta.dcm",
    "overlay": "examples_overlay.dcm",
    "palette_color": "examples_palette.dcm",
    "rgb_color": "examples_rgb_color.dcm",
    "rt_dose": "rtdose.dcm",
    "rt_plan": "rtplan.dcm",
    "rt_ss": "rtstruct.dcm",
    "waveform": "waveform_ecg.dcm",
    "ybr_color": "examples_ybr_color.dcm",
}


def get_path(name: str) -> Path:
    """Where the file of an example is.

    Raises:
        ValueError: there is no example of this name.
        FileNotFoundError: PyPI's ``pydicom``, which holds it, is not installed.
    """
    if name not in _FILES:
        raise ValueError(f"there is no example {name!r}; there are {', '.join(sorted(_FILES))}")
    path = get_testdata_file(_FILES[name])
    if path is None:
        raise FileNotFoundError(
            f"{_FILES[name]} is not here: the examples come with PyPI's pydicom, which is not installed"
        )
    return Path(path)


def __getattr__(name: str) -> Any:
    """An example data set, read anew each time."""
    if name not in _FILES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return dcmread(get_path(name), force=True)
