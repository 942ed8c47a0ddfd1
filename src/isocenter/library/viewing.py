"""What a viewer wants to know of an image beside its pixels: how it lies, how fast it plays."""

from __future__ import annotations

from dataclasses import dataclass

from isocenter.library.model import FrameView
from isocenter.pixels import Frames
from isocenter.pixels.geometry import Vector
from isocenter.pixels.notes import Notes
from isocenter.pixels.plane import Plane, along, plane
from isocenter.pixels.sizes import pixel_aspect
from isocenter.pixels.source import PixelDataset, number, text

_GRAY = frozenset({"MONOCHROME1", "MONOCHROME2"})
_LONGEST = 3_600_000.0


def is_gray(frames: Frames) -> bool:
    """Whether a window changes what is seen (PS3.3 C.11.2)."""
    return frames.image.photometric in _GRAY


@dataclass(frozen=True, slots=True)
class Setting:
    """How a frame lies in the patient, but for its place along ``normal``."""

    edges: tuple[str, ...]
    plane: str
    normal: Vector | None
    aspect: float

    def view(self, place: float | None) -> FrameView:
        """The view of a frame at a place; none where no frame of reference is named."""
        if not self.plane or place is None:
            return FrameView(edges=self.edges, plane="", place=None, aspect=self.aspect)
        return FrameView(self.edges, self.plane, round(place, 3), self.aspect)

    def at(self, position: tuple[float, ...] | None) -> FrameView:
        """The view of a frame at Image Position (Patient), in millimetres."""
        place = None if self.normal is None else along(self.normal, position or ())
        return self.view(place)


def frame_views(frames: Frames) -> tuple[FrameView, ...]:
    """How each frame lies in the patient."""
    planes = [plane(frames.dataset, index) for index in range(frames.count)]
    reference = text(frames.dataset, "FrameOfReferenceUID")
    return tuple(
        _setting(frames.dataset, index, found, reference).view(found.place)
        for index, found in enumerate(planes)
    )


def setting(ds: PixelDataset) -> Setting:
    """How the first frame lies."""
    return _setting(ds, 0, plane(ds), text(ds, "FrameOfReferenceUID"))


def _setting(ds: PixelDataset, index: int, found: Plane, reference: str) -> Setting:
    edges = found.edges
    return Setting(
        edges=(edges.left, edges.top, edges.right, edges.bottom) if edges else (),
        plane=_plane_name(reference, found.normal),
        normal=found.normal,
        aspect=round(pixel_aspect(ds, index, Notes()), 6),
    )


def _plane_name(reference: str, normal: Vector | None) -> str:
    """Equal for frames of one frame of reference whose normals agree to a hundredth."""
    if not reference or normal is None:
        return ""
    return " ".join([reference, *(f"{round(one, 2) + 0.0:.2f}" for one in normal)])


def frame_time(ds: PixelDataset) -> float | None:
    """Milliseconds that a frame of a cine is to be shown for (PS3.3 C.7.6.5).

    Recommended Display Frame Rate, else Frame Time, else Cine Rate; else ``None``.
    """
    for keyword, is_rate in (
        ("RecommendedDisplayFrameRate", True),
        ("FrameTime", False),
        ("CineRate", True),
    ):
        found = number(ds, keyword)
        if not found or found < 0:
            continue
        time = 1000.0 / found if is_rate else found
        if 1.0 <= time <= _LONGEST:
            return time
    return None
