"""Pixel data of files and data sets as arrays, and back, with pydicom's arguments and errors.

In: a data set, a path or an open file. Out: arrays by the decoder of its transfer syntax; or the
data set itself, changed by ``isocenter.pixels``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from numpy.typing import NDArray

from isocenter import pixels
from isocenter.compat.pixels.decoders import get_decoder
from isocenter.compat.pixels.decoders.decoder import Decoder
from isocenter.compat.pixels.encoders import get_encoder
from isocenter.compat.pixels.plugins import check_plugin
from isocenter.core.dataset import Dataset
from isocenter.errors import PixelError
from isocenter.pixels import access
from isocenter.pixels.opening import opened

_CHARSET = 0x00080005
_OPTIONS = "_pixel_array_options"


def pixel_array(
    src: Any,
    *,
    ds_out: Dataset | None = None,
    specific_tags: list[Any] | None = None,
    index: int | None = None,
    raw: bool = False,
    decoding_plugin: str = "",
    **kwargs: Any,
) -> NDArray[Any]:
    """The pixel data of a data set, or of a file, decoded.

    Args:
        src: a data set, a path, or a file open for reading bytes.
        ds_out: takes the elements of group 0028, Specific Character Set and the File Meta
            Information of a file.
        specific_tags: further elements of a file that ``ds_out`` takes.
        index: one frame, from 0; all frames when it is not given.
        raw: leave YCbCr as it is.
        decoding_plugin: taken for pydicom's sake.
        **kwargs: options of :class:`isocenter.compat.pixels.decoders.base.Decoder`.

    Returns:
        Stored values of shape ([frames, ]rows, columns[, samples]).

    Raises:
        NotImplementedError: there is no decoder for the transfer syntax.
        AttributeError, ValueError, RuntimeError: see :meth:`Decoder.as_array`.
    """
    with opened(_source(src)) as source:
        decoder = _decoder(source.dataset)
        options = {"index": index, "raw": raw, "decoding_plugin": decoding_plugin, **kwargs}
        found, _ = decoder.as_array(source.dataset, **options)
        access.describe(source, ds_out, [_CHARSET, *(specific_tags or ())])
        return found


def iter_pixels(
    src: Any,
    *,
    ds_out: Dataset | None = None,
    specific_tags: list[Any] | None = None,
    indices: Iterable[int] | None = None,
    raw: bool = False,
    decoding_plugin: str = "",
    **kwargs: Any,
) -> Iterator[NDArray[Any]]:
    """Frame after frame as :func:`pixel_array` gives one; those of ``indices``, in their order."""
    with opened(_source(src)) as source:
        decoder = _decoder(source.dataset)
        access.describe(source, ds_out, [_CHARSET, *(specific_tags or ())])
        options = {"indices": indices, "raw": raw, "decoding_plugin": decoding_plugin, **kwargs}
        for found, _ in decoder.iter_array(source.dataset, **options):
            yield found
            source.release()


def _source(src: Any) -> Any:
    if src is None or isinstance(src, bytes | bytearray | memoryview):
        raise TypeError(f"a data set, a path or an open file is wanted, not {type(src).__name__!r}")
    return src


def _decoder(ds: Dataset) -> Decoder:
    return get_decoder(ds.file_meta.TransferSyntaxUID)


def dataset_pixel_array(ds: Dataset) -> NDArray[Any]:
    """``ds.pixel_array``: kept until the pixel data or its description changes."""
    options = ds.__dict__.get(_OPTIONS, {})
    return access.dataset_pixel_array(ds, lambda one: pixel_array(one, **options))


def pixel_array_options(ds: Dataset, **kwargs: Any) -> None:
    """``ds.pixel_array_options``: how ``ds.pixel_array`` is to be decoded from now on."""
    kwargs.pop("use_v2_backend", None)
    ds.__dict__[_OPTIONS] = kwargs
    ds.__dict__.pop("_pixel_array", None)


def compress(
    ds: Dataset,
    transfer_syntax_uid: str,
    arr: NDArray[Any] | None = None,
    *,
    encoding_plugin: str = "",
    encapsulate_ext: bool = False,
    generate_instance_uid: bool = True,
    jls_error: int | None = None,
    j2k_cr: list[float] | None = None,
    j2k_psnr: list[float] | None = None,
    **_kwargs: Any,
) -> Dataset:
    """Compress the pixel data of ``ds`` in place, see :func:`isocenter.pixels.compress`.

    Raises:
        NotImplementedError: there is no encoder for the transfer syntax.
        ValueError: the transfer syntax cannot hold the image, or an option is wrong.
        RuntimeError: the pixel data cannot be read.
    """
    get_encoder(transfer_syntax_uid)
    check_plugin(encoding_plugin)
    with _told():
        return pixels.compress(
            ds,
            transfer_syntax_uid,
            arr,
            encapsulate_ext=encapsulate_ext,
            generate_instance_uid=generate_instance_uid,
            jls_error=jls_error,
            j2k_cr=j2k_cr,
            j2k_psnr=j2k_psnr,
        )


def decompress(
    ds: Dataset,
    *,
    as_rgb: bool = True,
    generate_instance_uid: bool = True,
    decoding_plugin: str = "",
    **_kwargs: Any,
) -> Dataset:
    """Decompress the pixel data of ``ds`` in place, see :func:`isocenter.pixels.decompress`.

    Raises:
        ValueError: it is not compressed, or an option is wrong.
        RuntimeError: a frame cannot be decoded.
    """
    if not isinstance(ds, Dataset):
        raise TypeError(f"a data set is wanted, not {type(ds).__name__!r}")
    check_plugin(decoding_plugin)
    with _told():
        return pixels.decompress(ds, as_rgb=as_rgb, generate_instance_uid=generate_instance_uid)


@contextmanager
def _told() -> Iterator[None]:
    """Pixel data that cannot be read is what pydicom's programs expect it to be."""
    try:
        yield
    except PixelError as error:
        raise RuntimeError(str(error)) from error


def dataset_compress(ds: Dataset, *args: Any, **kwargs: Any) -> None:
    """``ds.compress``: see :func:`compress`."""
    compress(ds, *args, **kwargs)


def dataset_decompress(ds: Dataset, handler_name: str = "", **kwargs: Any) -> None:
    """``ds.decompress``: see :func:`decompress`."""
    decompress(ds, **{"decoding_plugin": handler_name, **kwargs})
