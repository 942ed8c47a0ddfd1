"""Decoding pixel data: against the bare codec, and against pydicom; memory over 10,000 frames.

The image is a synthetic CT: 512 x 512, 12 of 16 bits, smooth with noise of 8 units. *frame* is
``Frames(ds).array(0)`` of an open image, *whole* is ``pixel_array(ds)``, description included.
"""

from __future__ import annotations

import io
import tempfile
import warnings
import zlib
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pydicom.pixels
from numpy.typing import NDArray

import isocenter
from isocenter import Dataset
from isocenter.pixels import (
    Frames,
    compress,
    encapsulate,
    iter_pixels,
    pixel_array,
    set_pixel_data,
)
from isocenter.pixels.encapsulation import EncapsulatedFrames
from isocenter.pixels.notes import Notes
from isocenter.standard import uid
from measure import cpu_medians, machine

ROOT = "1.2.840.10008.1.2."
SIDE = 512
FRAMES = 10_000


def synthetic(rows: int, columns: int) -> NDArray[np.uint16]:
    """A smooth picture with noise, about 200 to 1,900."""
    y, x = np.mgrid[:rows, :columns]
    noise = np.random.default_rng(0).normal(0, 8, (rows, columns))
    picture: NDArray[np.float64] = 1000 + 500 * np.sin(x / 40) + 300 * np.cos(y / 30) + noise
    return picture.astype(np.uint16)


CT = synthetic(SIDE, SIDE)
GRAY = (CT >> 3).astype(np.uint8)
COLOUR = np.dstack([(synthetic(480, 640) >> shift).astype(np.uint8) for shift in (3, 4, 5)])


def bare_native(data: Any) -> NDArray[Any]:
    """The least there is to do: a copy that may be written to."""
    return np.frombuffer(data, "<u2").reshape(SIDE, SIDE).copy()


def bare_rle(data: Any) -> NDArray[Any]:
    """Imagecodecs' own decoder, which reads outside of the buffer when offsets are wrong."""
    return np.frombuffer(imagecodecs.dicomrle_decode(data, "<u2"), "<u2").reshape(SIDE, SIDE)


def bare_planes(data: Any) -> NDArray[Any]:
    """The same for three samples of 8 bits, colour by pixel."""
    planes = np.frombuffer(imagecodecs.dicomrle_decode(data, "u1"), "u1").reshape(3, 480, 640)
    return np.ascontiguousarray(planes.transpose(1, 2, 0))


def bare_deflated(data: Any) -> NDArray[Any]:
    """Zlib, as the standard library has it."""
    cells = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data)
    return np.frombuffer(cells, "<u2").reshape(SIDE, SIDE)


Codec = Callable[[Any], NDArray[Any]]
SYNTAXES: list[tuple[str, str, dict[str, Any], Codec]] = [
    ("native", f"{ROOT}1", {}, bare_native),
    ("RLE", f"{ROOT}5", {}, bare_rle),
    ("deflated frame", f"{ROOT}8.1", {}, bare_deflated),
    ("JPEG lossless, process 14", f"{ROOT}4.57", {}, imagecodecs.jpeg8_decode),
    ("JPEG lossless, SV1", f"{ROOT}4.70", {}, imagecodecs.jpeg8_decode),
    ("JPEG-LS", f"{ROOT}4.80", {}, imagecodecs.jpegls_decode),
    ("JPEG-LS, near 2", f"{ROOT}4.81", {"jls_error": 2}, imagecodecs.jpegls_decode),
    ("JPEG 2000", f"{ROOT}4.90", {}, imagecodecs.jpeg2k_decode),
    ("JPEG 2000, 60 dB", f"{ROOT}4.91", {"j2k_psnr": [60]}, imagecodecs.jpeg2k_decode),
    ("HTJ2K", f"{ROOT}4.201", {}, imagecodecs.jpeg2k_decode),
    ("JPEG XL", f"{ROOT}4.110", {}, imagecodecs.jpegxl_decode),
]


def image(values: NDArray[Any], bits: int, photometric: str = "MONOCHROME2") -> Dataset:
    """A data set of ``values``, not compressed."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = uid.CTImageStorage, "2.25.1"
    set_pixel_data(ds, values, photometric, bits, generate_instance_uid=False)
    return ds


def file_of(ds: Dataset) -> bytes:
    """The bytes of the data set's file."""
    file = io.BytesIO()
    ds.save_as(file, enforce_file_format=True)
    return file.getvalue()


def codestream(ds: Dataset) -> bytes:
    """The bytes of the only frame."""
    value = ds.PixelData
    if not ds.file_meta.TransferSyntaxUID.is_encapsulated:
        return bytes(value)
    return bytes(EncapsulatedFrames(value, 1, Notes())[0])


def against_codecs() -> None:
    """One line a transfer syntax."""
    print("| 512x512, 12 of 16 bits | bare codec ms | frame ms | ratio | whole ms | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, syntax, options, bare in SYNTAXES:
        ds = image(CT, 12)
        if syntax != f"{ROOT}1":
            compress(ds, syntax, generate_instance_uid=False, **options)
        data = codestream(ds)
        read = isocenter.dcmread(file_of(ds))
        frames = Frames(read)
        assert syntax.endswith(("81", "91")) or (frames.array(0) == CT).all()  # noqa: S101
        times = cpu_medians(
            partial(bare, data),
            partial(frames.array, 0),
            partial(pixel_array, read),
            runs=60,
        )
        codec, frame, whole = (1000 * seconds for seconds in times)
        cells = (
            f"{codec:.3f} | {frame:.3f} | {frame / codec:.2f} | {whole:.3f} | {whole / codec:.2f}"
        )
        print(f"| {name} | {cells} |")


def pictures() -> list[tuple[str, Dataset, Codec]]:
    """What pydicom decodes with what is installed."""
    jpeg, rle = uid.JPEGBaseline8Bit, uid.RLELossless
    color = image(COLOUR, 8, "RGB")
    return [
        ("native 512x512x16", image(CT, 12), bare_native),
        ("native RGB 640x480", image(COLOUR, 8, "RGB"), lambda d: np.frombuffer(d, "u1").copy()),
        ("RLE 512x512x16", compress(image(CT, 12), rle), bare_rle),
        ("RLE RGB 640x480", compress(deepcopy(color), rle), bare_planes),
        ("JPEG 512x512x8", compress(image(GRAY, 8), jpeg), imagecodecs.jpeg8_decode),
        ("JPEG RGB 640x480", compress(deepcopy(color), jpeg), imagecodecs.jpeg8_decode),
        (
            "JPEG 2000 512x512x16",
            compress(image(CT, 16), uid.JPEG2000Lossless),
            imagecodecs.jpeg2k_decode,
        ),
    ]


def read_ours(data: bytes) -> NDArray[Any]:
    """The array of a file in memory."""
    array: NDArray[Any] = isocenter.dcmread(data).pixel_array
    return array


def read_theirs(data: bytes) -> NDArray[Any]:
    """The same by pydicom."""
    array: NDArray[Any] = pydicom.dcmread(io.BytesIO(data)).pixel_array
    return array


def against_pydicom() -> None:
    """One line a kind of file; the file is read before, every array is decoded anew."""
    print(
        "\n| pixel_array | bare codec ms | isocenter ms | pydicom ms | ratio | dcmread too, ratio |"
    )
    print("| --- | --- | --- | --- | --- | --- |")
    for name, ds, bare in pictures():
        data = file_of(ds)
        ours, theirs = isocenter.dcmread(data), pydicom.dcmread(io.BytesIO(data))
        difference = pixel_array(ours).astype(int) - pydicom.pixels.pixel_array(theirs)
        assert np.abs(difference).max() <= 3  # noqa: S101
        times = cpu_medians(
            partial(bare, codestream(ds)),
            partial(pixel_array, ours),
            partial(pydicom.pixels.pixel_array, theirs),
            partial(read_ours, data),
            partial(read_theirs, data),
            runs=100,
        )
        codec, mine, peer, read_mine, read_peer = (1000 * seconds for seconds in times)
        cells = f"{codec:.3f} | {mine:.3f} | {peer:.3f} | {peer / mine:.1f}x | {read_peer / read_mine:.1f}x"
        print(f"| {name} | {cells} |")


def resident() -> tuple[float, float]:
    """MB of its own, and of mapped files, that this process holds."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    found = dict(line.split(":", 1) for line in lines)
    anonymous, mapped = (int(found[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile"))
    return anonymous, mapped


def over_many_frames() -> None:
    """Memory while 10,000 frames of 128x128x16 are iterated from one file, and time to the last."""
    noise = np.random.default_rng(0).integers(0, 4096, (128, 128), np.uint16)
    ds = compress(image(noise, 12), uid.JPEGLSLossless)
    ds.NumberOfFrames = FRAMES
    ds.PixelData = encapsulate([codestream_of_one(noise)] * FRAMES)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "many.dcm")
        path.write_bytes(file_of(ds))
        del ds
        print(f"\nA JPEG-LS file of {path.stat().st_size >> 20} MB and {FRAMES:,} frames.")
        (last,) = cpu_medians(lambda: pixel_array(path, index=FRAMES - 1), runs=9)
        print(f"Its last frame alone, file opened each time: {1000 * last:.0f} ms.\n")
        print("| frames iterated | own memory MB | mapped MB |")
        print("| --- | --- | --- |")
        for number, _ in enumerate(iter_pixels(path), start=1):
            if number in {1, 10, 100, 1000, FRAMES}:
                anonymous, mapped = resident()
                print(f"| {number:,} | {anonymous:.0f} | {mapped:.0f} |")


def codestream_of_one(values: NDArray[Any]) -> bytes:
    """One frame of ``values`` in JPEG-LS."""
    return codestream(compress(image(values, 12), uid.JPEGLSLossless))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(machine())
    print()
    against_codecs()
    against_pydicom()
    over_many_frames()
