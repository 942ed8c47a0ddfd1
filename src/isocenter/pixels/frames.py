"""The frames of a data set, decoded one at a time when asked for."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from isocenter.core.encoding import Buffer
from isocenter.errors import Finding, PixelError, TruncatedError, UsageError
from isocenter.pixels.codecs import Coding, coding, decode
from isocenter.pixels.encapsulation import EncapsulatedFrames
from isocenter.pixels.frame import Frame
from isocenter.pixels.image_pixel import ImagePixel, image_pixel
from isocenter.pixels.native import (
    fit,
    native_cells,
    native_frame,
    native_photometric,
    native_values,
    whole_frames,
)
from isocenter.pixels.notes import Notes
from isocenter.pixels.source import PixelDataset, is_big_endian, transfer_syntax, value

FRAME_LIMIT = 2 * 1024**3


class Frames:
    """Random access to the frames of a data set; nothing is decoded before it is asked for.

    Args:
        ds: the data set, with Pixel Data, Float Pixel Data or Double Float Pixel Data.
        limit: bytes one decoded frame may take; a larger one is an error, not an allocation.
        raw: give YCbCr as it is where a decoder could make RGB of it (lossy JPEG).
        cells: give whole pixel cells, bits outside of the stored value included, where frames
            are cells (native, RLE, deflated).
        cut: of pixel data that ends too early give the frames which are whole, with a finding;
            else it is an error.

    Raises:
        UsageError: ``ds`` is a path or bytes.
        NoPixelsError: there is no pixel element.
        UnsupportedSyntaxError: nobody here can decode the transfer syntax.
        PixelError: the description is impossible, or contradicts the length of the data.
    """

    def __init__(
        self,
        ds: PixelDataset,
        *,
        limit: int = FRAME_LIMIT,
        raw: bool = False,
        cells: bool = False,
        cut: bool = False,
    ) -> None:
        if isinstance(ds, str | bytes | os.PathLike):
            raise UsageError("a data set is wanted, not a file; dcmread gives one")
        self.dataset = ds
        self.notes = Notes()
        self.kept: dict[Hashable, Any] = {}
        """What was found out of the data set alone; images :meth:`like` this one share it."""
        self._frames = _open(ds, limit, self.notes, raw=raw, cut=cut)
        self._image = self._frames.image
        self._opening = self.notes.findings()
        if cells:
            self._frames.image = self._image.whole_cells()

    def like(self, value: Buffer) -> Frames:
        """The frames of another image, which is described word for word as this one.

        Nothing is read again but pixels: who calls this has compared every element that was
        asked for here. ``dataset`` stays the one of this image, the pixels of which nobody
        should ask for there.

        Args:
            value: its Pixel Data, native and as long as here.

        Raises:
            UsageError: these frames are compressed, or ``value`` has another length.
        """
        if not isinstance(self._frames, _NativeFrames):
            raise UsageError("compressed frames have to be read with their data set")
        notes = Notes()
        notes.take(self._opening)
        frames = self._frames.like(value, notes)
        other = Frames.__new__(Frames)
        other.__dict__ |= self.__dict__ | {"notes": notes, "_frames": frames}
        return other

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
            TruncatedError: there may have been one before the file was cut off.
            PixelError: it cannot be decoded.
        """
        if index >= self.count and any(one.code == "frames-missing" for one in self._opening):
            raise TruncatedError(f"the file is cut off behind its {self.count} whole frames")
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

    def block(self) -> NDArray[Any] | None:
        """The stored values of all frames at once, where they lie side by side.

        Returns:
            An array of shape (frames, rows, columns[, samples]), which may be a read-only
            view of the data set's bytes; ``None`` where each frame has to be decoded.
        """
        return self._frames.block()

    @property
    def photometric(self) -> str | None:
        """What native values mean; ``None`` where each codestream tells."""
        return self._frames.photometric


class _NativeFrames:
    """Frames that lie side by side, without compression."""

    def __init__(
        self, ds: PixelDataset, image: ImagePixel, syntax: str, notes: Notes, *, cut: bool
    ) -> None:
        self._value = pixel_bytes(ds, image.element)
        if cut:
            image = whole_frames(image, len(self._value), notes)
        self.image = fit(image, len(self._value), notes)
        self.photometric = native_photometric(self.image)
        self._big = is_big_endian(ds, syntax)
        self._words = self._big and _representation(ds) == "OW"
        self._notes = notes

    def like(self, value: Buffer, notes: Notes) -> _NativeFrames:
        if len(value) != len(self._value):
            raise UsageError(f"{len(value)} bytes are not as many as {len(self._value)}")
        other = _NativeFrames.__new__(_NativeFrames)
        other.__dict__ |= self.__dict__ | {"_value": memoryview(value), "_notes": notes}
        return other

    def frame(self, index: int) -> Frame:
        return native_frame(self._cells(index, 1), self.image, self._notes)

    def block(self) -> NDArray[Any]:
        return native_values(self._cells(0, self.image.count), self.image, self._notes)

    def _cells(self, index: int, frames: int) -> NDArray[Any]:
        return native_cells(
            self._value, index, self.image, frames=frames, big=self._big, words=self._words
        )


class _CompressedFrames:
    """Frames that are encapsulated, each a codestream."""

    photometric = None

    def __init__(  # noqa: PLR0913 - one image, and how it is wanted
        self,
        ds: PixelDataset,
        image: ImagePixel,
        syntax: str,
        notes: Notes,
        *,
        raw: bool,
        cut: bool,
    ) -> None:
        self._syntax = syntax
        self._notes = notes
        self._raw = raw
        self._codestreams = EncapsulatedFrames(
            pixel_bytes(ds, image.element),
            image.count,
            notes,
            offsets=_table(ds, "ExtendedOffsetTable"),
            lengths=_table(ds, "ExtendedOffsetTableLengths"),
            cut=cut,
        )
        self.image = replace(image, count=len(self._codestreams)) if cut else image

    def frame(self, index: int) -> Frame:
        codestream = self._codestreams[index]
        return decode(codestream, self._syntax, self.image, self._notes, raw=self._raw)

    def block(self) -> None:
        return None


def _open(
    ds: PixelDataset, limit: int, notes: Notes, *, raw: bool, cut: bool
) -> _NativeFrames | _CompressedFrames:
    syntax = transfer_syntax(ds)
    native = "PixelData" not in ds or coding(syntax) is Coding.NATIVE
    image = image_pixel(ds, native=native, notes=notes)
    if image.array_bytes > limit:
        raise PixelError(
            f"A frame of {image.array_bytes} bytes is over the limit of {limit}",
            tag="(0028,0010)",
            clause="PS3.3 C.7.6.3",
        )
    if native:
        return _NativeFrames(ds, image, syntax, notes, cut=cut)
    return _CompressedFrames(ds, image, syntax, notes, raw=raw, cut=cut)


def pixel_bytes(ds: PixelDataset, element: str) -> memoryview:
    """The element's bytes; of a data set of ours that nobody changed without a copy.

    Raises:
        PixelError: it holds something else.
    """
    as_read = getattr(ds, "undecoded", None)
    found = as_read(element) if as_read else None
    if found is None:
        found = value(ds, element)
    try:
        return memoryview(b"" if found is None else found).cast("B").toreadonly()
    except TypeError:
        raise PixelError(f"The value of {element} is no run of bytes", tag="(7FE0,0010)") from None


def _table(ds: PixelDataset, keyword: str) -> bytes:
    found = value(ds, keyword)
    return bytes(found) if isinstance(found, (bytes, bytearray, memoryview)) else b""


def _representation(ds: PixelDataset) -> str:
    """The VR of Pixel Data, as written."""
    return "" if "PixelData" not in ds else str(getattr(ds[0x7FE00010], "VR", ""))
