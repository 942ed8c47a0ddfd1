"""Values left in the file: deferred or skipped, equal to what reading everything gives."""

import copy
import os
import pickle
import shutil
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from operator import attrgetter

import pytest

import isocenter
from core.stream import (
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    explicit,
    implicit,
    item,
    open_item,
    open_sequence,
    part10,
)
from isocenter.core.deferred import DeferredElement
from isocenter.errors import DeferredReadError, DicomError, UsageError, ValueDecodingError
from isocenter.files import deferred
from isocenter.files.options import size_in_bytes
from isocenter.pixels import Frames
from support.files import shared_files, wheel_file, wheel_files

MODALITY, ROWS, PRIVATE, PIXELS, AFTER = 0x00080060, 0x00280010, 0x00091001, 0x7FE00010, 0x7FE10010
PIXEL_TAGS = {0x7FE00008, 0x7FE00009, 0x7FE00010}
HEAD = explicit(MODALITY, "CS", b"CT") + explicit(ROWS, "US", b"\1\0")
AFTERWARDS = explicit(AFTER, "LO", b"after ")
NATIVE = HEAD + explicit(PIXELS, "OW", bytes(range(256)) * 40) + AFTERWARDS
FRAGMENTS = [item(), item(b"one!"), item(bytes(9000)), item(b"three!")]
ENCAPSULATED = HEAD + open_sequence(PIXELS, *FRAGMENTS, vr="OB") + AFTERWARDS
JPEG = "1.2.840.10008.1.2.4.50"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "image.dcm"
    path.write_bytes(part10(NATIVE))
    return path


def reads(monkeypatch):
    """How many bytes were asked for, in order."""
    sizes, read_at = [], deferred.read_at

    def counted(file, position, size):
        sizes.append(size)
        return read_at(file, position, size)

    monkeypatch.setattr(deferred, "read_at", counted)
    monkeypatch.setattr("isocenter.files.partial.read_at", counted)
    return sizes


def is_unread(ds, tag):
    try:
        element = ds[tag]
    except ValueDecodingError:
        return False
    return isinstance(element, DeferredElement) and element.is_unread


def told(ds, tag):
    try:
        element = ds[tag]
        return element.VR, element.private_creator, repr(element.value)
    except ValueDecodingError as error:
        return str(error)


def look(ds):
    """Decode what can be; not sequences, which count as touched when they were looked into."""
    for tag in ds.keys():
        if ds.holder(tag).vr(tag) != "SQ":
            told(ds, tag)


def written(ds):
    try:
        return isocenter.core.part10writer.file_bytes(ds)
    except (DicomError, UsageError) as error:
        return str(error)


def findings(ds):
    return sorted(map(repr, ds.findings))


def read(source, **options):
    try:
        return isocenter.dcmread(source, force=True, **options)
    except DicomError:
        return None


FILES = [*wheel_files(), *shared_files()]


@pytest.mark.parametrize("first", range(8))
def test_a_deferred_read_gives_what_a_whole_read_gives(first):
    waited = 0
    for path in FILES[first::8]:
        whole = read(path)
        if whole is None:
            assert read(path, defer_size=0) is None
            continue
        for least in (0, 64):
            ds = read(path, defer_size=least)
            assert whole.keys() == ds.keys(), path
            waiting = [tag for tag in ds.keys() if is_unread(ds, tag)]
            waited += len(waiting)
            assert all(len(whole.raw(tag)) > least for tag in waiting), path
            for tag in whole.keys():
                assert told(whole, tag) == told(ds, tag), (path, tag)
                assert whole.raw(tag) == ds.raw(tag), (path, tag)
            assert findings(whole) == findings(ds), path
            assert str(whole) == str(ds), path
            assert whole.cut == ds.cut, path
    assert waited > 100


@pytest.mark.parametrize("first", range(4))
def test_a_deferred_read_is_written_byte_for_byte(first):
    for path in FILES[first::4]:
        whole = read(path)
        if whole is not None:
            ds = read(path, defer_size=0)
            look(whole)  # what was looked at is written element by element
            expected = written(whole)
            assert expected == written(ds), path
            look(ds)
            assert expected == written(ds), (path, "after it was read")


@pytest.mark.parametrize("first", range(4))
def test_skipping_the_pixels_keeps_everything_else(first):
    skipped = 0
    for path in FILES[first::4]:
        whole = read(path)
        if whole is None:
            continue
        pixels = PIXEL_TAGS & set(map(int, whole.keys()))
        skipped += len(pixels)
        for source in (path, path.read_bytes()):
            ds = read(source, skip_pixels=True)
            assert [tag for tag in whole.keys() if tag not in pixels] == ds.keys(), path
            assert pixels == set(map(int, ds.skipped)), path
            assert not ds.is_pristine
            assert [told(ds, tag) for tag in ds.keys()] == [told(whole, tag) for tag in ds.keys()]
    assert skipped > 20


@pytest.mark.parametrize(
    ("dataset", "syntax"),
    [
        (NATIVE, EXPLICIT),
        (ENCAPSULATED, JPEG),
        (
            implicit(MODALITY, b"CT") + implicit(ROWS, b"\1\0") + implicit(PIXELS, bytes(10_000)),
            IMPLICIT,
        ),
    ],
)
def test_a_value_waits_until_it_is_asked_for(tmp_path, monkeypatch, dataset, syntax):
    path = tmp_path / "image.dcm"
    path.write_bytes(part10(dataset, syntax))
    whole = isocenter.dcmread(path)
    ds = isocenter.dcmread(path, defer_size="4 KB")
    sizes = reads(monkeypatch)
    assert is_unread(ds, PIXELS)
    assert whole[PIXELS].VR == ds[PIXELS].VR
    assert f"Array of {len(whole.PixelData)} elements" in str(ds)
    assert ds.is_untouched(PIXELS)
    assert sizes == []
    assert whole.PixelData == ds.PixelData == ds.PixelData
    assert len(sizes) == 1
    assert not is_unread(ds, PIXELS)
    assert (ds.is_untouched(PIXELS), bytes(ds.raw(PIXELS))) == (True, whole.PixelData)


def test_reading_takes_neither_time_nor_memory_of_what_waits(tmp_path, monkeypatch):
    path, length = tmp_path / "huge.dcm", 3 << 30
    head = part10(HEAD + explicit(PIXELS, "OW", length=length))
    with path.open("wb") as file:
        file.write(head)
        file.seek(len(head) + length)
        file.write(AFTERWARDS)
    sizes = reads(monkeypatch)
    tracemalloc.start()
    deferred_one = isocenter.dcmread(path, defer_size="1 MB")
    skipping = isocenter.dcmread(path, skip_pixels=True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20
    assert sum(sizes) < 1 << 18
    assert (deferred_one[PIXELS].length, is_unread(deferred_one, PIXELS)) == (length, True)
    assert deferred_one[AFTER].value == skipping[AFTER].value
    assert (list(skipping.skipped), PIXELS in skipping) == ([PIXELS], False)


def test_fragments_are_stepped_over_from_header_to_header(tmp_path, monkeypatch):
    path, count, size = tmp_path / "frames.dcm", 20, 50 << 20
    with path.open("wb") as file:
        file.write(part10(HEAD + explicit(PIXELS, "OB", item(), length=0xFFFFFFFF), JPEG))
        for _ in range(count):
            file.write(item(length=size))
            file.seek(size, os.SEEK_CUR)
        file.write(b"\xfe\xff\xdd\xe0" + bytes(4) + AFTERWARDS)
    sizes = reads(monkeypatch)
    ds = isocenter.dcmread(path, skip_pixels=True)
    assert ([MODALITY, ROWS, AFTER], ds.findings) == (ds.keys(), ())
    assert len(sizes) < count + 10
    assert sum(sizes) < 1 << 18


def test_whatever_waits_inside_a_sequence_is_read(tmp_path):
    path = tmp_path / "icon.dcm"
    icon = open_sequence(0x00880200, open_item(explicit(PIXELS, "OW", bytes(9000))))
    closed = explicit(0x00081140, "SQ", item(explicit(0x00081155, "UI", b"1.2.3.4.5.66")))
    path.write_bytes(part10(HEAD + explicit(0x00280011, "US", b"\1\0") + icon))
    ds = isocenter.dcmread(path, defer_size=100)
    assert not isinstance(ds[0x00880200], DeferredElement)
    path.write_bytes(part10(explicit(0x00080008, "CS") + HEAD[:10] + closed + HEAD[10:]))
    ds = isocenter.dcmread(path, defer_size=8)
    assert is_unread(ds, 0x00081140)
    assert ds.ReferencedImageSequence[0].ReferencedSOPInstanceUID == "1.2.3.4.5.66"
    ds.ReferencedImageSequence[0].ReferencedSOPInstanceUID = "1.2"
    assert ds.is_untouched(0x00081140) is False
    ds.save_as(path)
    assert isocenter.dcmread(path).ReferencedImageSequence[0].ReferencedSOPInstanceUID == "1.2"


def change_size(path):
    with path.open("ab") as file:
        file.write(b"  ")


def change_time(path):
    os.utime(path, ns=(1, 1))


def change_header(path):
    state = path.stat()
    path.write_bytes(path.read_bytes().replace(b"OW", b"OB"))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (os.unlink, "cannot be opened again"),
        (change_size, "has changed since"),
        (change_time, "has changed since"),
        (change_header, "another element stands"),
    ],
)
def test_a_file_that_is_no_longer_the_same_is_told(path, change, problem):
    ds = isocenter.dcmread(path, defer_size=1000)
    change(path)
    for ask in (lambda: ds.PixelData, lambda: ds.raw(PIXELS), lambda: ds.save_as(path)):
        with pytest.raises(DeferredReadError, match=problem) as caught:
            ask()
        assert isinstance(caught.value, OSError)
        assert (str(path), "(7FE0,0010)") == (caught.value.path, caught.value.tag)
        assert path.parent.name in str(caught.value)
        assert caught.value.offset == len(part10(HEAD))
        assert "read the file again, or without defer_size" in str(caught.value)
    assert ds.Rows == 1


def test_a_value_that_is_assigned_needs_no_file(path, tmp_path):
    ds = isocenter.dcmread(path, defer_size=1000)
    path.unlink()
    ds.PixelData = b"1234"
    assert not ds.is_untouched(PIXELS)
    ds.save_as(tmp_path / "new.dcm")
    assert isocenter.dcmread(tmp_path / "new.dcm").PixelData == b"1234"
    with pytest.raises(KeyError):
        ds.raw(PIXELS)
    del ds.PixelData
    assert PIXELS not in ds


def test_a_copy_reads_the_same_place(path, monkeypatch):
    ds = isocenter.dcmread(path, defer_size=1000)
    expected = isocenter.dcmread(path).PixelData
    pickled = pickle.dumps(ds)
    assert len(pickled) < 5000
    copies = [copy.copy(ds), copy.deepcopy(ds), pickle.loads(pickled), ds[:]]  # noqa: S301 - our own
    for other in copies:
        assert is_unread(other, PIXELS)
    monkeypatch.chdir("/")
    for other in copies:
        assert expected == other.PixelData
    assert copies[1] == ds
    other = copy.deepcopy(ds)
    other.PixelData = b""
    assert (b"", expected) == (other.PixelData, ds.PixelData)
    again = pickle.loads(pickle.dumps(ds))  # noqa: S301 - our own
    path.unlink()
    assert expected == again.PixelData


def test_another_process_reads_the_same_place(path):
    ds = isocenter.dcmread(path, defer_size=1000)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        found = pool.submit(attrgetter("PixelData"), ds).result(60)
    assert isocenter.dcmread(path).PixelData == found


def test_frames_of_a_deferred_image():
    for name in ("CT_small.dcm", "MR_small_bigendian.dcm", "JPEG2000.dcm", "MR_small_RLE.dcm"):
        path = wheel_file(name)
        ds = isocenter.dcmread(path, defer_size=200)
        assert is_unread(ds, PIXELS)
        expected = Frames(isocenter.dcmread(path)).array(0)
        assert (Frames(ds).array(0) == expected).all()


def test_a_relative_path_is_found_after_the_folder_was_changed(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    ds = isocenter.dcmread(path.name, defer_size=1000)
    monkeypatch.chdir("/")
    assert len(ds.PixelData) == 10_240


def test_of_an_open_file_values_wait_when_it_has_a_name(path, tmp_path):
    whole = isocenter.dcmread(path)
    with path.open("rb") as file:
        ds = isocenter.dcmread(file, defer_size=1000)
        assert not file.closed
        assert file.read() == b""
    assert is_unread(ds, PIXELS)
    assert whole.PixelData == ds.PixelData
    with path.open("rb") as file:
        shutil.move(path, tmp_path / "elsewhere")
        assert not is_unread(isocenter.dcmread(file, defer_size=1000), PIXELS)


def test_nothing_waits_of_bytes_and_of_deflated_files(path, tmp_path):
    assert not is_unread(isocenter.dcmread(path.read_bytes(), defer_size=0), PIXELS)
    deflated = tmp_path / "deflated.dcm"
    deflated.write_bytes(part10(NATIVE, DEFLATED))
    ds = isocenter.dcmread(deflated, defer_size=0)
    assert (is_unread(ds, PIXELS), len(ds.PixelData)) == (False, 10_240)
    skipping = isocenter.dcmread(deflated, skip_pixels=True)
    assert (skipping.keys(), list(skipping.skipped)) == ([MODALITY, ROWS, AFTER], [PIXELS])


def test_what_other_values_depend_on_never_waits(tmp_path):
    path = tmp_path / "private.dcm"
    charset = explicit(0x00080005, "CS", b"ISO_IR 192")
    creator = explicit(0x00090010, "LO", b"SIEMENS CT VA0  COAD")
    number = explicit(0x00280103, "US", b"\1\0") + explicit(0x00280106, "US", b"\1\0")
    path.write_bytes(part10(explicit(0x00080000, "UL", bytes(4)) + charset + creator + number))
    ds = isocenter.dcmread(path, defer_size=0)
    assert [tag for tag in ds.keys() if is_unread(ds, tag)] == [0x00280106]


def test_with_a_stop_and_with_tags(path):
    ds = isocenter.dcmread(path, defer_size=1000, stop_before_pixels=True)
    assert (ds.keys(), ds.stopped) == ([MODALITY, ROWS], True)
    ds = isocenter.dcmread(path, defer_size=1, specific_tags=[PIXELS, MODALITY])
    assert (ds.keys(), ds.stopped) == ([MODALITY, PIXELS], True)
    assert len(ds.PixelData) == 10_240
    ds = isocenter.dcmread(path, skip_pixels=True, specific_tags=[AFTER])
    assert (ds.keys(), list(ds.skipped)) == ([AFTER], [PIXELS])


@pytest.mark.parametrize(
    "dataset",
    [
        NATIVE[:-2000],
        ENCAPSULATED[:-2000],
        HEAD + explicit(PIXELS, "OB", item(b"one!") + b"no item." * 20, length=0xFFFFFFFF),
        HEAD + explicit(PIXELS, "OW", length=0xFFFFFFFE),
        ENCAPSULATED + bytes(50),
        NATIVE + NATIVE,
    ],
)
def test_broken_pixel_data_is_told_as_by_a_whole_read(tmp_path, dataset):
    path = tmp_path / "broken.dcm"
    path.write_bytes(part10(dataset, JPEG))
    whole = isocenter.dcmread(path)
    ds = isocenter.dcmread(path, skip_pixels=True)
    assert findings(whole) == findings(ds) != [] or dataset == NATIVE + NATIVE
    assert [tag for tag in whole.keys() if tag != PIXELS] == ds.keys()
    assert whole.cut == ds.cut


def test_a_skipped_image_is_written_without_pixel_data(path, tmp_path):
    ds = isocenter.dcmread(path, skip_pixels=True)
    ds.save_as(tmp_path / "without.dcm")
    assert (tmp_path / "without.dcm").read_bytes().endswith(HEAD + AFTERWARDS)


def test_offsets_are_those_of_the_file(tmp_path):
    path = tmp_path / "bad.dcm"
    bad = explicit(0x7FE10012, "US", b"abc")
    path.write_bytes(part10(NATIVE + bad))
    for options in ({"defer_size": 1000}, {"skip_pixels": True}):
        with pytest.raises(ValueDecodingError) as caught:
            isocenter.dcmread(path, **options)[0x7FE10012]
        assert caught.value.offset == len(part10(NATIVE)) + 8


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, 0),
        (4096, 4096),
        (2.5, 2.5),
        ("10", 10),
        ("512 KB", 512_000),
        ("2 mb", 2_000_000),
        ("1.5 GB", 1.5e9),
        ("1KiB", 1024),
        ("1 MiB", 1 << 20),
        ("3 GiB", 3 << 30),
    ],
)
def test_sizes(size, expected):
    assert expected == size_in_bytes(size)


@pytest.mark.parametrize("size", ["", "KB", "1 TB", "-1", "1 k b", -1, float("nan")])
def test_what_is_no_size(size):
    with pytest.raises(UsageError, match="size"):
        isocenter.dcmread(b"", defer_size=size)
