"""The formats that pictures are written in, and what each of them holds."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """A format of picture files."""

    JPEG = "jpeg"
    """8 bits, lossy. The smallest that everything opens."""
    PNG = "png"
    """8 bits, lossless."""
    PNG16 = "png16"
    """Gray of 16 bits, lossless."""
    WEBP = "webp"
    """8 bits, lossy, smaller than JPEG and slower; can play."""
    TIFF = "tiff"
    """Gray of 16 bits, not compressed."""
    TIFF_FLOAT = "tiff-float"
    """Output units such as HU as 32-bit floating point, without window."""
    GIF = "gif"
    """Gray of 8 bits or 256 colours; can play."""
    NPY = "npy"
    """Output units such as HU as an array of 64-bit floating point, for NumPy."""

    @property
    def extension(self) -> str:
        """The usual extension, with its dot."""
        return _USUAL[self]

    @property
    def is_shown(self) -> bool:
        """Whether it holds pictures of 8 bits, made to be looked at."""
        return self in {Format.JPEG, Format.PNG, Format.WEBP, Format.GIF}

    @property
    def plays(self) -> bool:
        """Whether one file can hold many frames that play."""
        return self in {Format.WEBP, Format.GIF}

    @property
    def holds_stored_values(self) -> bool:
        """Whether stored values fit unchanged, as ``raw`` asks."""
        return self in {Format.PNG16, Format.TIFF, Format.NPY}


_USUAL = {
    Format.JPEG: ".jpg",
    Format.PNG: ".png",
    Format.PNG16: ".png",
    Format.WEBP: ".webp",
    Format.TIFF: ".tif",
    Format.TIFF_FLOAT: ".tif",
    Format.GIF: ".gif",
    Format.NPY: ".npy",
}
_ALSO = {".jpeg": Format.JPEG, ".tiff": Format.TIFF}

EXTENSIONS = {
    **{_USUAL[one]: one for one in reversed(Format)},
    **_ALSO,
}
"""The format that an extension stands for, in lower case: ``.png`` is 8 bits, ``.tif`` 16."""

OTHERS = frozenset(
    (
        *(".apng", ".avif", ".bmp", ".dib", ".eps", ".heic", ".heif", ".ico", ".jpe", ".jxl"),
        *(".j2k", ".jls", ".jp2", ".jpx", ".pbm", ".pdf", ".pgm", ".pnm", ".ppm", ".psd", ".svg"),
        *(
            ".tga",
            ".avi",
            ".mkv",
            ".mov",
            ".mp4",
            ".mpeg",
            ".mpg",
            ".webm",
            ".dcm",
            ".nii",
            ".nrrd",
        ),
    )
)
"""Extensions of other files with images: nobody means one as part of a name."""


def extensions_of(wanted: Format) -> frozenset[str]:
    """The extensions a file of this format may have."""
    alike = {other for other in Format if _USUAL[other] == _USUAL[wanted]}
    return frozenset(name for name, other in EXTENSIONS.items() if other in alike)
