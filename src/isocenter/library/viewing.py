"""What a viewer wants to know of an image beside its pixels: how it lies, how fast it plays."""

from __future__ import annotations

from isocenter.library.model import FrameView
from isocenter.pixels import Frames
from isocenter.pixels.notes import Notes
from isocenter.pixels.plane import Plane, plane
from isocenter.pixels.sizes import pixel_aspect
from isocenter.pixels.source import PixelDataset, number, text

_GRAY = frozenset({"MONOCHROME1", "MONOCHROME2"})
_LONGEST = 3_600_000.0


def is_gray(frames: Frames) -> bool:
    """Whether a window changes what is seen (PS3.3 C.11.2)."""
    return frames.image.photometric in _GRAY


def frame_views(frames: Frames) -> tuple[FrameView, ...]:
    """How each frame lies in the patient; no place where no frame of reference is named."""
    ds = frames.dataset
    reference = text(ds, "FrameOfReferenceUID")
    return tuple(_view(ds, index, reference) for index in range(frames.count))


def _view(ds: PixelDataset, index: int, reference: str) -> FrameView:
    found = plane(ds, index)
    edges = found.edges
    name = _plane_name(reference, found)
    return FrameView(
        edges=(edges.left, edges.top, edges.right, edges.bottom) if edges else (),
        plane=name,
        place=round(found.place, 3) if name and found.place is not None else None,
        aspect=round(pixel_aspect(ds, index, Notes()), 6),
    )


def _plane_name(reference: str, found: Plane) -> str:
    """Equal for frames of one frame of reference whose normals agree to a hundredth."""
    if not reference or found.normal is None or found.place is None:
        return ""
    return " ".join([reference, *(f"{round(one, 2) + 0.0:.2f}" for one in found.normal)])


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
