"""What an export is told, as frozen values; what contradicts itself is refused at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from isocenter.errors import UsageError
from isocenter.export import pattern as patterns
from isocenter.export.formats import EXTENSIONS, Format, extensions_of
from isocenter.export.frames import FrameChoice
from isocenter.export.pattern import Pattern
from isocenter.pixels.look import Look

DEFAULT_PATTERN = "{PatientID}/{StudyDate}/{SeriesNumber}/{InstanceNumber}"
"""Where pictures go unless told otherwise: a folder per patient, day and series."""
AS_THE_FILE_SAYS = Look(square=True)
"""The file's own window; pixels become square, because no picture format says how they are."""
EVERY = FrameChoice()

_NO_WINDOW = frozenset({Format.TIFF_FLOAT, Format.NPY})


@dataclass(frozen=True, slots=True)
class Options:
    """One export.

    Args:
        pattern: the path of every picture below the output: folders with ``/``, keywords,
            ``frame`` and ``file`` in braces, ``{InstanceNumber:04}`` for leading zeros. Its
            extension chooses the format.
        format: the format; the default is that of the extension, else JPEG (with ``cine``
            GIF, with ``raw`` PNG of 16 bits).
        look: window, size, overlays and pixel aspect of what is shown.
        frames: which frames of each image.
        cine: one file that plays for every image (GIF or WebP).
        raw: stored values, without any display step.
        quality: of JPEG and WebP, 1 to 100.
        overwrite: replace files that are in the output; else a counter is added to the name.

    Raises:
        UsageError: the pattern is none, or options contradict each other.
    """

    pattern: str = DEFAULT_PATTERN
    format: Format | None = None
    look: Look = AS_THE_FILE_SAYS
    frames: FrameChoice = EVERY
    cine: bool = False
    raw: bool = False
    quality: int = 90
    overwrite: bool = False
    path: Pattern = field(init=False)
    """The pattern, taken apart."""
    kind: Format = field(init=False)
    """The format of every picture."""

    def __post_init__(self) -> None:
        path = patterns.parse(self.pattern)
        object.__setattr__(self, "path", path)
        object.__setattr__(self, "kind", _kind(self, path.extension))
        for problem in _contradictions(self):
            raise UsageError(problem)

    @property
    def extension(self) -> str:
        """What the name of every picture ends with."""
        return self.path.extension or self.kind.extension


def _kind(options: Options, extension: str) -> Format:
    if options.format is not None:
        if extension and extension.casefold() not in extensions_of(options.format):
            raise UsageError(f"a picture of format {options.format} is not called {extension}")
        return options.format
    told = EXTENSIONS.get(extension.casefold())
    if options.raw and told in {None, Format.PNG}:
        return Format.PNG16
    return told or (Format.GIF if options.cine else Format.JPEG)


def _contradictions(options: Options) -> Iterator[str]:
    kind, look = options.kind, options.look
    if not 1 <= options.quality <= 100:
        yield f"quality is {options.quality}; 1 to 100 is wanted"
    if options.raw and not kind.holds_stored_values:
        yield f"{kind} cannot hold stored values; raw is written as png16, tiff or npy"
    if options.cine and not kind.plays:
        yield f"{kind} does not play; cine is written as gif or webp"
    if (look.size is not None or look.overlays) and not kind.is_shown:
        yield f"size and overlays are for pictures of 8 bits a sample, not for {kind}"
    if (look.window, look.voi) != ("file", 0) and (options.raw or kind in _NO_WINDOW):
        yield f"there is no window in {'raw' if options.raw else kind} pictures"
