"""Export of 512x512x16 to JPEG, one core, against the bare work: decode, look-up, encode.

The whole job reads headers, plans paths, reads files, decodes, shows, encodes, writes files
and findings. *Bare* makes the same codec calls on bytes in memory and one look-up in a
table made before: no file, no header, no window. dicom2jpg's files/s were measured
earlier, on a machine like this one; it is not run here.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import Executor, Future
from itertools import count
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.encaps import encapsulate
from pydicom.pixels.encoders import RLELosslessEncoder

from isocenter.export import Options, export
from measure import cpu_medians, machine
from series import write_ct_series

FILES = 50
DICOM2JPG = {"raw": 117, "JPEG-LS": 64, "JPEG lossless": 60, "JPEG 2000": 28, "RLE": 109}
"""dicom2jpg, files/s: measured once elsewhere; it is not run here."""
GOAL = {"raw": 5.0, "JPEG-LS": 5.0, "JPEG lossless": 5.0, "JPEG 2000": 1.3, "RLE": 5.0}
TABLE = np.linspace(0, 255, 65536).astype(np.uint8)

Cells = NDArray[np.uint16]
Encode = Callable[[Cells], Any]
Decode = Callable[..., Any]


def _rle_encoded(cells: Cells) -> bytes:
    encoded: bytes = RLELosslessEncoder.encode(
        cells.tobytes(),
        rows=cells.shape[0],
        columns=cells.shape[1],
        samples_per_pixel=1,
        bits_allocated=16,
        bits_stored=16,
        pixel_representation=0,
        photometric_interpretation="MONOCHROME2",
        number_of_frames=1,
        encoding_plugin="pydicom",
    )
    return encoded


def _rle_decoded(data: bytes) -> Any:
    """The two byte planes of a frame, high byte first (PS3.5 G.2)."""
    offsets = np.frombuffer(data, "<u4", 16)
    ends = (int(offsets[2]), len(data))
    planes = [
        np.frombuffer(imagecodecs.packbits_decode(data[int(start) : end]), np.uint8)[: 512 * 512]
        for start, end in zip(offsets[1:3], ends, strict=True)
    ]
    return np.stack(planes, axis=-1).view(">u2").reshape(512, 512)


SYNTAXES: dict[str, tuple[str, Encode | None, Decode]] = {
    "raw": ("1.2.840.10008.1.2.1", None, lambda data: np.frombuffer(data, "<u2").reshape(512, 512)),
    "JPEG-LS": (
        "1.2.840.10008.1.2.4.80",
        imagecodecs.jpegls_encode,
        imagecodecs.jpegls_decode,
    ),
    "JPEG lossless": (
        "1.2.840.10008.1.2.4.70",
        lambda cells: imagecodecs.ljpeg_encode(cells, bitspersample=16),
        imagecodecs.jpeg8_decode,
    ),
    "JPEG 2000": (
        "1.2.840.10008.1.2.4.90",
        lambda cells: imagecodecs.jpeg2k_encode(cells, codecformat="j2k", reversible=True),
        imagecodecs.jpeg2k_decode,
    ),
    "RLE": ("1.2.840.10008.1.2.5", _rle_encoded, _rle_decoded),
}


class Inline(Executor):
    """Runs a step in this process, so that its CPU time is this process's."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The finished call."""
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def write_series(folder: Path, name: str) -> list[bytes]:
    """Write the series in a syntax; what each frame's decoder gets."""
    syntax, encode, _ = SYNTAXES[name]
    write_ct_series(folder, FILES)
    frames = []
    for path in sorted(folder.iterdir(), key=lambda path: int(path.stem)):
        ds = pydicom.dcmread(path)
        cells = (ds.pixel_array + 1024).clip(0, 4095).astype(np.uint16)
        ds.PixelRepresentation, ds.RescaleIntercept = 0, -1024
        ds.BitsStored, ds.HighBit = 16, 15
        data = cells.tobytes() if encode is None else bytes(encode(cells))
        frames.append(data)
        ds.PixelData = data if encode is None else encapsulate([data])
        ds["PixelData"].VR = "OW" if encode is None else "OB"
        ds.file_meta.TransferSyntaxUID = syntax
        ds.save_as(path)
    return frames


def bare(frames: list[bytes], decode: Decode) -> Callable[[], None]:
    """The same codec calls and a look-up."""

    def work() -> None:
        for data in frames:
            pixels = TABLE.take(decode(data))
            imagecodecs.jpeg8_encode(pixels, level=90, subsampling="444")

    return work


def compare(scratch: Path, name: str) -> None:
    """Print one row of the table."""
    folder, numbers = scratch / "in", count()
    frames = write_series(folder, name)

    def whole_job() -> None:
        out = scratch / f"out-{next(numbers)}"
        made = export(folder, out, Options(), workers=1, executor=Inline())
        if (len(made.written), made.findings) != (FILES, ()):
            raise SystemExit(f"{name}: not exported: {made.findings[:1]}")

    whole, least = cpu_medians(whole_job, bare(frames, SYNTAXES[name][2]), runs=9, warm_up=1)
    rate, peer = FILES / whole, DICOM2JPG[name]
    print(
        f"| {name} | {whole / FILES * 1e3:.2f} | {least / FILES * 1e3:.2f} | {whole / least:.2f}x"
        f" | {rate:.0f} | {peer} | {rate / peer:.1f}x | {GOAL[name]:g}x |"
    )
    shutil.rmtree(folder)


def main() -> None:
    """Print the table."""
    print(f"{machine()}\n")
    print(
        "| syntax | ms a file | bare ms | time to bare | files/s per core | dicom2jpg | ratio | goal |"
    )
    print("| --- " * 8 + "|")
    for name in SYNTAXES:
        with tempfile.TemporaryDirectory() as scratch:
            compare(Path(scratch), name)


if __name__ == "__main__":
    main()
