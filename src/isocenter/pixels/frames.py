"""The frames of a data set, decoded one at a time when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray

from isocenter.errors import Finding, PixelError, UsageError
from isocenter.pixels.codecs import BIG_ENDIAN, Coding, coding, decode
from isocenter.pixels.encapsulation import EncapsulatedFrames
from isocenter.pixels.frame import Frame
from isocenter.pixels.image_pixel import ImagePixel, image_pixel
from isocenter.pixels.native import fit, native_cells, native_frame
from isocenter.pixels.notes import Notes
from isocenter.pixels.source import PixelDataset, transfer_syntax, value

FRAME_LIMIT = 2 * 1024**3


class Frames:
    """Random access to the frames of a data set; nothing is decoded before it is asked for.

    Args:
        ds: the data set, with Pixel Data, Float Pixel Data or Double Float Pixel Data.
        limit: bytes one decoded frame may take; a larger one is an error, not an allocation.

    Raises:
        NoPixelsError: there is no pixel element.
        UnsupportedSyntaxError: nobody here can decode the transfer syntax.
        PixelError: the description is impossible, or contradicts the length of the data.
    """

    def __init__(self, ds: PixelDataset, *, limit: int = FRAME_LIMIT) -> None:
        self.dataset = ds
        self.notes = Notes()
        self._image, self._frames = _open(ds, limit, self.notes)

    @property
    def image(self) -> ImagePixel:
        """The layout of every frame."""
        return self._image

    @property
    def count(self) -> int:
        """How many frames there are."""
        return self._image.count

    @property
    def rows(self) -> int:
        """Rows of every frame."""
        return self._image.rows

    @property
    def columns(self) -> int:
        """Columns of every frame."""
        return self._image.columns

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What had to be assumed so far."""
        return self.notes.findings()

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Frame]:
        return (self[index] for index in range(self.count))

    def __getitem__(self, index: int) -> Frame:
        """Frame ``index``, from 0.

        Raises:
            UsageError: there is no such frame.
            PixelError: it cannot be decoded.
        """
        if not 0 <= index < self.count:
            raise UsageError(f"There is no frame {index}; there are {self.count}")
        try:
            return self._frames.frame(index)
        except MemoryError as error:
            raise PixelError(f"There is no memory for frame {index}") from error

    def array(self, index: int) -> NDArray[Any]:
        """The stored values of frame ``index`` in native byte order.

        Returns:
            An array of shape (rows, columns) or (rows, columns, samples); it may be a
            read-only view of the data set's bytes.
        """
        return self[index].values


class _NativeFrames:
    """Frames that lie side by side, without compression."""

    def __init__(self, ds: PixelDataset, image: ImagePixel, syntax: str, notes: Notes) -> None:
        self._value = _pixel_bytes(ds, image.element)
        self.image = fit(image, len(self._value), notes)
        self._big = syntax == BIG_ENDIAN
        self._words = self._big and _representation(ds) == "OW"
        self._notes = notes

    def frame(self, index: int) -> Frame:
        cells = native_cells(self._value, index, self.image, big=self._big, words=self._words)
        return native_frame(cells, self.image, self._notes)


class _CompressedFrames:
    """Frames that are encapsulated, each a codestream."""

    def __init__(self, ds: PixelDataset, image: ImagePixel, syntax: str, notes: Notes) -> None:
        self.image = image
        self._syntax = syntax
        self._notes = notes
        self._codestreams = EncapsulatedFrames(
            _pixel_bytes(ds, image.element),
            image.count,
            notes,
            offsets=_table(ds, "ExtendedOffsetTable"),
            lengths=_table(ds, "ExtendedOffsetTableLengths"),
        )

    def frame(self, index: int) -> Frame:
        return decode(self._codestreams[index], self._syntax, self.image, self._notes)


def _open(
    ds: PixelDataset, limit: int, notes: Notes
) -> tuple[ImagePixel, _NativeFrames | _CompressedFrames]:
    syntax = transfer_syntax(ds)
    native = "PixelData" not in ds or coding(syntax) is Coding.NATIVE
    image = image_pixel(ds, native=native, notes=notes)
    if image.array_bytes > limit:
        raise PixelError(
            f"A frame of {image.array_bytes} bytes is over the limit of {limit}",
            tag="(0028,0010)",
            clause="PS3.3 C.7.6.3",
        )
    frames = (_NativeFrames if native else _CompressedFrames)(ds, image, syntax, notes)
    return frames.image, frames


def _pixel_bytes(ds: PixelDataset, element: str) -> memoryview:
    """The element's bytes; a data set of ours gives them without a copy."""
    raw = getattr(ds, "raw", None)
    found = raw(element) if raw and element in ds else value(ds, element)
    try:
        return memoryview(b"" if found is None else found).cast("B")
    except TypeError:
        raise PixelError(f"The value of {element} is no run of bytes", tag="(7FE0,0010)") from None


def _table(ds: PixelDataset, keyword: str) -> bytes:
    found = value(ds, keyword)
    return bytes(found) if isinstance(found, (bytes, bytearray, memoryview)) else b""


def _representation(ds: PixelDataset) -> str:
    """The VR of Pixel Data, as written."""
    return "" if "PixelData" not in ds else str(getattr(ds[0x7FE00010], "VR", ""))
