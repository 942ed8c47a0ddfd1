"""``Decoder``: pixel data of one transfer syntax to arrays and buffers, each with its description.

In: a data set, or a buffer or open file with a description as options. Out: pairs of pixels
and a dictionary that describes these very pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.compat.pixels import encapsulated, native
from isocenter.compat.pixels.colours import convert_color_space
from isocenter.compat.pixels.encapsulated import Encapsulated
from isocenter.compat.pixels.plugins import Coder
from isocenter.compat.pixels.request import Request, check, request
from isocenter.pixels.color import YBR, ybr_to_rgb
from isocenter.pixels.frame import Frame

Described = tuple[Any, dict[str, Any]]
_FULL = frozenset({"YBR_FULL", "YBR_FULL_422"})


class Decoder(Coder):
    """The decoder of a transfer syntax.

    Options beside those of the methods, which describe pixels that are no data set, or go before
    what a data set says: ``rows``, ``columns``, ``samples_per_pixel``,
    ``photometric_interpretation``, ``planar_configuration``, ``bits_allocated``,
    ``bits_stored``, ``pixel_representation``, ``number_of_frames``, ``pixel_keyword``,
    ``pixel_vr``, ``extended_offsets``; and which choose what is made: ``as_rgb``, ``force_rgb``,
    ``force_ybr``, ``allow_excess_frames``, ``correct_unused_bits``, ``view_only``,
    ``be_swap_ow``, ``rle_segment_order``.
    """

    def as_array(
        self,
        src: Any,
        *,
        index: int | None = None,
        validate: bool = True,
        raw: bool = False,
        decoding_plugin: str = "",
        **kwargs: Any,
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """One frame, or all of them, as stored values.

        Args:
            src: a data set; or bytes, or an open file, with a description in ``kwargs``.
            index: which frame, from 0; all when it is not given.
            validate: check the description, and the length of native pixel data, first.
            raw: leave YCbCr as it is.
            decoding_plugin: taken for pydicom's sake; there is one decoder.
            **kwargs: see the class.

        Returns:
            An array of shape (rows, columns[, samples]) or (frames, rows, columns[, samples]),
            and its description. It is writable unless ``view_only`` lets it be a view.

        Raises:
            ValueError: the description is impossible, there are too few bytes, or no such frame.
            AttributeError: the description lacks something.
            RuntimeError: a compressed frame cannot be decoded.
        """
        asked = self._asked(src, kwargs, validate=validate, raw=raw, plugin=decoding_plugin)
        values, photometric = _values(asked, _checked(index))
        frames = asked.frames if index is None else 1
        return _own(values, asked), asked.meta(frames=frames, photometric=photometric, planar=0)

    def as_buffer(
        self,
        src: Any,
        *,
        index: int | None = None,
        validate: bool = True,
        decoding_plugin: str = "",
        **kwargs: Any,
    ) -> Described:
        """One frame, or all of them, as bytes: as they lie in native pixel data.

        Args and errors as :meth:`as_array`.

        Returns:
            A buffer of the type of ``src``, ``bytes`` of a data set and of compressed frames, or a
            ``memoryview`` with ``view_only``; and its description.
        """
        asked = self._asked(src, kwargs, validate=validate, raw=True, plugin=decoding_plugin)
        data, photometric, planar = _bytes(asked, _checked(index))
        frames = asked.frames if index is None else 1
        return data, asked.meta(frames=frames, photometric=photometric, planar=planar)

    def iter_array(
        self,
        src: Any,
        *,
        indices: Iterable[int] | None = None,
        raw: bool = False,
        validate: bool = True,
        decoding_plugin: str = "",
        **kwargs: Any,
    ) -> Iterator[tuple[NDArray[Any], dict[str, Any]]]:
        """Frame after frame as :meth:`as_array` gives one; those of ``indices``, in their order."""
        asked = self._asked(src, kwargs, validate=validate, raw=raw, plugin=decoding_plugin)
        for index in _indices(asked, indices):
            values, photometric = _values(asked, _checked(index))
            yield _own(values, asked), asked.meta(frames=1, photometric=photometric, planar=0)

    def iter_buffer(
        self,
        src: Any,
        *,
        indices: Iterable[int] | None = None,
        validate: bool = True,
        decoding_plugin: str = "",
        **kwargs: Any,
    ) -> Iterator[Described]:
        """Frame after frame as :meth:`as_buffer` gives one."""
        asked = self._asked(src, kwargs, validate=validate, raw=True, plugin=decoding_plugin)
        for index in _indices(asked, indices):
            data, photometric, planar = _bytes(asked, _checked(index))
            yield data, asked.meta(frames=1, photometric=photometric, planar=planar)

    # --- what all of them do ------------------------------------------------------------------

    def _asked(
        self, src: Any, options: dict[str, Any], *, validate: bool, raw: bool, plugin: str
    ) -> Request:
        self._check_plugin(plugin)
        asked = request(src, self.UID, options, raw=raw)
        if validate:
            check(asked)
        if self.is_encapsulated:
            if validate:
                encapsulated.measure(asked)
            asked.compressed = Encapsulated(asked)
        elif validate:
            native.measure(asked)
        return asked


def _count(asked: Request) -> int:
    """How many frames there are, those that were not declared included."""
    return asked.frames if asked.compressed is None else asked.compressed.count()


def _indices(asked: Request, indices: Iterable[int] | None) -> Iterable[int]:
    return range(_count(asked)) if indices is None else indices


def _values(asked: Request, index: int | None) -> tuple[NDArray[Any], str]:
    """Values, and what they mean."""
    if asked.compressed is not None:
        return _decoded(asked, asked.compressed, index)
    values = native.native_array(asked, index)
    meaning = "YBR_FULL" if asked.photometric == "YBR_FULL_422" else asked.photometric
    return _coloured(values, meaning, asked)


def _bytes(asked: Request, index: int | None) -> tuple[Any, str, int]:
    """Bytes, what they mean, and whether they lie by plane."""
    if asked.compressed is not None:
        return _decoded_bytes(asked, asked.compressed, index)
    data = native.native_buffer(asked, index)
    several = asked.fact("samples_per_pixel") > 1
    planar = asked.fact("planar_configuration") if several else 0
    return _as_given(data, asked), asked.photometric, planar


def _checked(index: int | None) -> int | None:
    if index is not None and index < 0:
        raise ValueError(f"frames are counted from 0; there is no frame {index}")
    return index


def _own(values: NDArray[Any], asked: Request) -> NDArray[Any]:
    """What nobody else has, unless a view is wanted."""
    if asked.wants("view_only") or (values.flags.writeable and not _is_view(values, asked.source)):
        return values
    return values.copy()


def _is_view(values: NDArray[Any], source: Any) -> bool:
    return isinstance(source, memoryview) and np.may_share_memory(values, np.asarray(source))


def _as_given(data: Any, asked: Request) -> Any:
    """A buffer of the type that was given; ``bytes`` of a data set."""
    if asked.wants("view_only") or asked.kind is memoryview:
        return data
    return bytearray(data) if asked.kind is bytearray else bytes(data)


def _coloured(values: NDArray[Any], meaning: str, asked: Request) -> tuple[NDArray[Any], str]:
    """RGB of YCbCr, unless it is to stay; or what is to be made of colours by force."""
    if asked.raw:
        return values, meaning
    if asked.wants("force_ybr"):
        return convert_color_space(values, "RGB", "YBR_FULL"), "YBR_FULL"
    if asked.wants("force_rgb"):
        return convert_color_space(values, "YBR_FULL", "RGB"), "RGB"
    if not asked.wants("as_rgb", default=True) or meaning not in YBR:
        return values, meaning
    if meaning == "YBR_FULL" and values.dtype == np.uint8:
        return convert_color_space(values, meaning, "RGB"), "RGB"
    return ybr_to_rgb(values, meaning, asked.fact("bits_stored")), "RGB"


def _decoded(asked: Request, found: Encapsulated, index: int | None) -> tuple[NDArray[Any], str]:
    raw = asked.raw or not asked.wants("as_rgb", default=True)
    cells = not asked.wants("correct_unused_bits", default=True)
    if index is not None:
        return _one(asked, found.frame(index, raw=raw, cells=cells))
    count = found.count()
    first, meaning = _one(asked, found.frame(0, raw=raw, cells=cells))
    if count == 1:
        return first, meaning
    values = np.empty((count, *first.shape), first.dtype)
    values[0] = first
    for number in range(1, count):
        values[number], _ = _one(asked, found.frame(number, raw=raw, cells=cells))
    return values, meaning


def _one(asked: Request, frame: Frame) -> tuple[NDArray[Any], str]:
    values, meaning = _coloured(frame.values, frame.photometric, asked)
    return values, _said(meaning, asked)


def _said(meaning: str, asked: Request) -> str:
    """YCbCr of every pixel is called as the data set calls it."""
    return asked.photometric if meaning in _FULL and asked.photometric in _FULL else meaning


def _decoded_bytes(
    asked: Request, found: Encapsulated, index: int | None
) -> tuple[bytes | bytearray, str, int]:
    by_plane = encapsulated.is_rle(asked) and asked.fact("samples_per_pixel") > 1
    numbers = range(found.count()) if index is None else [index]
    frames = (found.frame(number, raw=True, cells=True) for number in numbers)
    parts, meaning = [], asked.photometric
    for frame in frames:
        values = np.moveaxis(frame.values, -1, 0) if by_plane else frame.values
        parts.append(values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes())
        meaning = _said(frame.photometric, asked)
    data = b"".join(parts) if index is None else bytearray(parts[0])
    return data, meaning, int(by_plane)
