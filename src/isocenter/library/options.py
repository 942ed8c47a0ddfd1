"""What a build is told, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from isocenter.files.target import Placement
from isocenter.library import layout
from isocenter.library.model import WindowPreset


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """One build.

    ``output`` may be ``source`` itself: then the outputs lie beside the DICOM files.
    Sizes are in pixels, ``quality`` is JPEG's 1 to 100. ``server`` is the address of a
    ReV viewer, or empty for our own study pages. In each of ``windows`` every grey image is
    rendered once more.

    ``extension`` is that of the files to read (letter case does not matter), or empty for all
    that are DICOM by content. ``leaf`` is the name of the folder of a series' pictures, with
    ``%s`` for that of the series; ``study_json`` is what ``description.json`` is called.
    """

    source: Path
    output: Path
    placement: Placement = Placement.LINK
    server: str = ""
    quality: int = 90
    medium: int = 300
    small: int = 96
    extension: str = ""
    leaf: str = layout.SAME_FOLDER
    study_json: str = layout.STUDY
    windows: tuple[WindowPreset, ...] = ()

    @property
    def in_place(self) -> bool:
        """Whether the outputs go beside the input."""
        return self.source.resolve() == self.output.resolve()
