"""``Encoder``: frames of pixel data that is not compressed to a compressed transfer syntax.

In: a data set; or an array or bytes with a description as options. Out: the bytes of a frame,
which :mod:`isocenter.compat.encaps` makes a value of Pixel Data of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.compat.pixels.native import native_array
from isocenter.compat.pixels.plugins import Coder
from isocenter.compat.pixels.request import Request, check, request
from isocenter.compat.uid import UID
from isocenter.core.dataset import Dataset
from isocenter.pixels.compression import encode_frame
from isocenter.pixels.encoders import Quality, encoder
from isocenter.pixels.frame import fits
from isocenter.pixels.native import native_photometric
from isocenter.pixels.source import transfer_syntax
from isocenter.standard.uid import EXPLICIT_LITTLE


class Encoder(Coder):
    """The encoder of a transfer syntax.

    Options describe pixels that are no data set, see :class:`Decoder`; ``jls_error``,
    ``j2k_cr`` and ``j2k_psnr`` say how much lossy encoders may lose.
    """

    def encode(
        self,
        src: Any,
        *,
        index: int | None = None,
        validate: bool = True,
        encoding_plugin: str = "",
        **kwargs: Any,
    ) -> bytes:
        """One frame, compressed.

        Args:
            src: a data set that is not compressed; an array of shape (rows, columns[, samples])
                or (frames, rows, columns[, samples]); or bytes, as in native pixel data.
            index: which frame, from 0; of several it has to be said.
            validate: check the description first.
            encoding_plugin: taken for pydicom's sake; there is one encoder.
            **kwargs: see the class.

        Returns:
            The codestream, without padding to an even length where the format needs none.

        Raises:
            TypeError: ``src`` is nothing of the kind.
            AttributeError: the description lacks something.
            ValueError: description and pixels contradict each other, the transfer syntax cannot
                hold them, or there is no such frame.
        """
        self._check_plugin(encoding_plugin)
        asked = _asked(src, kwargs, validate=validate)
        if index is None and asked.frames > 1:
            raise ValueError(f"say by index which of {asked.frames} frames is to be encoded")
        return self._encode(src, asked, index or 0)

    def iter_encode(
        self,
        src: Any,
        *,
        validate: bool = True,
        encoding_plugin: str = "",
        **kwargs: Any,
    ) -> Iterator[bytes]:
        """Frame after frame as :meth:`encode` gives one."""
        self._check_plugin(encoding_plugin)
        asked = _asked(src, kwargs, validate=validate)
        for index in range(asked.frames):
            yield self._encode(src, asked, index)

    def _encode(self, src: Any, asked: Request, index: int) -> bytes:
        if index < 0:
            raise ValueError(f"frames are counted from 0; there is no frame {index}")
        image = asked.image
        values = _frame(src, asked, index, cells=encoder(self.UID).cells)
        said = asked.facts
        quality = Quality(said.get("jls_error"), said.get("j2k_cr"), said.get("j2k_psnr"))
        image = replace(image, photometric=native_photometric(image))
        return encode_frame(values, image, self.UID, quality)


def _asked(src: Any, options: dict[str, Any], *, validate: bool) -> Request:
    if not isinstance(src, Dataset | np.ndarray | bytes | bytearray | memoryview):
        raise TypeError(f"a data set, an array or bytes can be encoded, not {type(src).__name__!r}")
    syntax, buffer, facts = UID(EXPLICIT_LITTLE), src, {"pixel_keyword": "PixelData", **options}
    if isinstance(src, Dataset):
        syntax = UID(transfer_syntax(src))
        if syntax.is_encapsulated:
            raise ValueError(f"the data set is in {syntax.name}: decompress it first")
        facts = options
    elif isinstance(src, np.ndarray):
        buffer = b""
    asked = request(buffer, syntax, facts)
    if validate:
        check(asked)
    return asked


def _frame(src: Any, asked: Request, index: int, *, cells: bool) -> NDArray[Any]:
    """The values of one frame; whole pixel cells where the transfer syntax keeps them."""
    if isinstance(src, np.ndarray):
        return _of_array(src, asked, index)
    asked.facts["correct_unused_bits"] = not cells
    return native_array(asked, index)


def _of_array(values: NDArray[Any], asked: Request, index: int) -> NDArray[Any]:
    """One frame of an array that is as it is described."""
    image = asked.image
    shape = image.shape if asked.frames == 1 else (asked.frames, *image.shape)
    if values.shape != shape:
        raise ValueError(f"an array of shape {shape} is described, not of {values.shape}")
    if values.dtype.kind not in "iu" or (values.dtype.kind == "i") != image.signed:
        kind = "signed" if image.signed else "unsigned"
        raise ValueError(f"{kind} integers are described, not {values.dtype}")
    if not fits(values, image.bits_stored):
        raise ValueError(f"values of the array need more than {image.bits_stored} bits")
    if index >= asked.frames:
        raise ValueError(f"there is no frame {index}")
    frame = values if asked.frames == 1 else values[index]
    return frame.astype(image.dtype, copy=False)
