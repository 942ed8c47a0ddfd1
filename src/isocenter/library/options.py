"""What a build is told, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from isocenter.files.target import Placement
from isocenter.library import layout
from isocenter.library.model import Layout, WindowPreset


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """One build.

    ``output`` may be ``source`` itself: then the outputs lie beside the DICOM files.
    ``layout`` is how both are laid out; without one the source decides. By study,
    ``source`` may be a DICOMDIR or one file, and is never the output.
    Sizes are in pixels, ``quality`` is JPEG's 1 to 100. ``server`` is the address of a
    ReV viewer, or empty for our own study pages. In each of ``windows`` every grey image is
    rendered once more.

    ``extension`` is that of the files to read (letter case does not matter), or empty for all
    that are DICOM by content. ``leaf`` is the name of the folder of a series' pictures, with
    ``%s`` for that of the series; both are for trees by age. ``study_json`` is what
    ``description.json`` is called.
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
    layout: Layout | None = None

    @property
    def root(self) -> Path:
        """The folder that paths of the input are relative to: the source, or that of a file."""
        return self.source.parent if self.source.is_file() else self.source

    @property
    def in_place(self) -> bool:
        """Whether the outputs go beside the input."""
        return self.source.resolve() == self.output.resolve()
