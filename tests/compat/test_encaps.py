"""Encapsulated values taken apart and put together, beside the real pydicom."""

import io
import struct
import warnings

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import encaps as theirs

import isocenter.compat
from isocenter.compat import dcmread
from isocenter.compat import encaps as ours
from isocenter.errors import FragmentError
from support.files import wheel_files

FRAMES = st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=6)
MARK = b"\xff\xd9"


def item(data, length=None):
    return b"\xfe\xff\x00\xe0" + struct.pack("<L", len(data) if length is None else length) + data


def table(*offsets):
    return item(struct.pack(f"<{len(offsets)}L", *offsets))


DELIMITER = b"\xfe\xff\xdd\xe0\0\0\0\0"
TWO = table() + item(b"aaaa") + item(b"bbbb")
THREE_MARKED = table() + item(b"aa" + MARK) + item(b"bb") + item(b"cc" + MARK + b"\0\0")


@given(FRAMES, st.integers(1, 4), st.booleans())
def test_put_together_as_pydicom_does(frames, pieces, has_bot):
    even = [frame * 2 * pieces for frame in frames]  # other lengths may be cut in other places
    assert ours.encapsulate(even, pieces, has_bot) == theirs.encapsulate(even, pieces, has_bot)
    assert ours.encapsulate(frames, 1, has_bot) == theirs.encapsulate(frames, 1, has_bot)
    assert ours.encapsulate_extended(frames) == theirs.encapsulate_extended(frames)
    assert list(ours.itemize_frame(even[0], pieces)) == list(theirs.itemize_frame(even[0], pieces))


@given(FRAMES, st.integers(1, 4), st.booleans(), st.booleans())
def test_taken_apart_as_pydicom_does(frames, pieces, has_bot, delimited):
    value = theirs.encapsulate([frame * 2 * pieces for frame in frames], pieces, has_bot)
    value += DELIMITER * delimited
    number = len(frames) if has_bot or pieces == 1 else 1
    assert ours.parse_basic_offsets(value) == theirs.parse_basic_offsets(value)
    assert ours.parse_fragments(value) == theirs.parse_fragments(value)
    assert list(ours.generate_fragments(value)) == list(theirs.generate_fragments(value))
    for name in ("generate_frames", "generate_fragmented_frames"):
        mine = list(getattr(ours, name)(value, number_of_frames=number))
        assert mine == list(getattr(theirs, name)(value, number_of_frames=number))
    for index in range(number):
        asked = {"index": index, "number_of_frames": number}
        assert ours.get_frame(value, **asked) == theirs.get_frame(value, **asked)


@given(FRAMES)
def test_extended_offsets_in_both_forms(frames):
    value, offsets, lengths = ours.encapsulate_extended(frames)
    padded = [frame + b"\0" * (len(frame) % 2) for frame in frames]
    assert list(ours.generate_frames(value, extended_offsets=(offsets, lengths))) == padded
    count = f"<{len(frames)}Q"
    exact = struct.unpack(count, offsets), tuple(map(len, frames))
    assert list(ours.generate_frames(value, extended_offsets=exact)) == frames
    assert ours.get_frame(value, 0, extended_offsets=exact) == frames[0]


@given(st.binary(max_size=40), st.integers(-1, 6))
def test_fragments_of_a_frame_are_even_and_whole(frame, pieces):
    try:
        parts = list(ours.fragment_frame(frame, pieces))
    except ValueError:
        return
    assert len(parts) == pieces
    assert not any(len(part) % 2 for part in parts)
    assert b"".join(parts) == frame + b"\0" * (len(frame) % 2)


@pytest.mark.parametrize(("length", "pieces"), [(8, 5), (2, 2), (4, 0), (4, -1), (7, 5)])
def test_a_frame_that_is_too_short(length, pieces):
    with pytest.raises(ValueError, match="fragments"):
        list(ours.fragment_frame(bytes(length), pieces))


def test_every_encapsulated_file():
    seen = 0
    for path in wheel_files():
        try:
            ds = dcmread(path)
            encapsulated = ds.file_meta.TransferSyntaxUID.is_encapsulated and "PixelData" in ds
        except Exception:  # noqa: BLE001, S112 - files that are no images are others' business
            continue
        if not encapsulated:
            continue
        count = int(ds.get("NumberOfFrames") or 1)
        asked = {"number_of_frames": count}
        mine = list(ours.generate_fragmented_frames(ds.PixelData, **asked))
        assert mine == list(theirs.generate_fragmented_frames(ds.PixelData, **asked)), path
        last = ours.get_frame(ds.PixelData, count - 1, **asked)
        assert last == b"".join(mine[-1])
        seen += 1
    assert seen > 20


def test_frames_that_end_by_marks():
    asked = {"number_of_frames": 2}
    mine = list(ours.generate_fragmented_frames(THREE_MARKED, **asked))
    assert mine == list(theirs.generate_fragmented_frames(THREE_MARKED, **asked))
    assert ours.get_frame(THREE_MARKED, 1, **asked) == theirs.get_frame(THREE_MARKED, 1, **asked)


@pytest.mark.parametrize(
    "value",
    [
        table() + item(b"aaaa") + item(b"bbbb") + item(b"cccc"),
        table() + item(b"aa" + MARK) + item(b"bbbb") + item(b"cccc"),
        table() + item(b"aaaa"),
    ],
)
def test_frames_that_may_be_others_are_told(value):
    with pytest.warns(UserWarning, match="frames"):
        list(ours.generate_frames(value, number_of_frames=2))


def test_readers_stand_where_pydicom_leaves_them():
    for module in (ours, theirs):
        stream = io.BytesIO(b"xx" + TWO + DELIMITER + b"more")
        stream.seek(2)
        assert module.parse_fragments(stream) == (3, [2, 10, 22])
        assert stream.tell() == 2
        assert module.get_frame(stream, 1, number_of_frames=2) == b"bbbb"
        assert stream.tell() == 2
        assert module.parse_basic_offsets(stream) == []
        assert stream.tell() == 10
        assert list(module.generate_fragments(stream)) == [b"aaaa", b"bbbb"]


def test_fragments_may_be_taken_while_others_move_the_reader():
    stream = io.BytesIO(TWO)
    walk = ours.generate_fragments(stream)
    next(walk)
    stream.seek(3)
    assert list(walk) == [b"aaaa", b"bbbb"]


def test_big_endian_items():
    value = b"\xff\xfe\xe0\0\0\0\0\4\0\0\0\0\xff\xfe\xe0\0\0\0\0\2ab"
    assert ours.parse_basic_offsets(value, endianness=">") == [0]
    assert list(ours.generate_frames(value, endianness=">")) == [b"ab"]
    with pytest.raises(ValueError, match="endianness"):
        ours.parse_fragments(value, endianness="=")


BROKEN = {
    "nothing": b"",
    "a part of a tag": b"\xfe\xff",
    "table of odd length": item(b"abc") + item(b"aaaa"),
    "no fragments": table(),
    "no number of frames": TWO,
    "an undefined length": table() + item(b"aaaa", 0xFFFFFFFF),
    "a fragment cut off": table() + item(b"aaaa") + item(b"bb", 4),
    "a length cut off": table() + item(b"aaaa") + b"\xfe\xff\x00\xe0\4",
    "another tag": table() + item(b"aaaa") + b"\1\2\3\4\4\0\0\0aaaa",
    "another tag first": b"\1\2\3\4\4\0\0\0aaaa",
    "an offset inside a fragment": table(0, 13) + item(b"aaaa") + item(b"bbbb"),
    "an offset behind the end": table(0, 1200) + item(b"aaaa") + item(b"bbbb"),
    "a first offset that is not 0": table(12) + item(b"aaaa") + item(b"bbbb"),
    "offsets that go back": table(12, 0) + item(b"aaaa") + item(b"bbbb"),
    "offsets of no fragments": table(0),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_a_value_error(name):
    with pytest.raises(ValueError, match=r"PS3.5 A.4") as caught:
        list(ours.generate_frames(BROKEN[name]))
    assert isinstance(caught.value, FragmentError)
    with pytest.raises(ValueError, match=r"PS3.5 A.4"):
        ours.get_frame(BROKEN[name], 0)


@pytest.mark.parametrize("count", [3, 0, -1])
def test_a_number_of_frames_that_cannot_be(count):
    with pytest.raises(ValueError, match="frames"):
        list(ours.generate_frames(TWO, number_of_frames=count))


@pytest.mark.parametrize(
    "tables",
    [([0, 12], [4]), ([0, 100], [4, 4]), ([0, 12], [4, 400]), ([5], [4]), ([-8], [0]), ([0], [-1]),
     (b"\0\0", b"\0")],
)  # fmt: skip
def test_extended_tables_that_do_not_fit(tables):
    with pytest.raises(ValueError, match=r"PS3.5 A.4"):
        list(ours.generate_frames(TWO, extended_offsets=tables))


@pytest.mark.parametrize("index", [-1, 2, 100])
def test_a_frame_that_is_not_there(index):
    with pytest.raises(ValueError, match=f"no frame {index}"):
        ours.get_frame(TWO, index, number_of_frames=2)


@given(st.data())
def test_damaged_values_end_in_fragments_or_value_errors(data):
    value = bytearray(table(0, 12) + item(b"aa" + MARK) + item(b"bbbb") + DELIMITER)
    for _ in range(data.draw(st.integers(1, 4))):
        value[data.draw(st.integers(0, len(value) - 1))] = data.draw(st.integers(0, 255))
    value = value[: data.draw(st.integers(0, len(value)))]
    for call in (ours.parse_fragments, ours.parse_basic_offsets, ours.generate_frames):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                list(call(bytes(value)))
        except ValueError:
            pass


@given(FRAMES, st.booleans(), st.lists(st.integers(0, 50), max_size=6))
def test_frames_in_files_as_one_reader(frames, has_bot, sizes):
    mine, other = (
        module.encapsulate_buffer([io.BytesIO(frame) for frame in frames], has_bot)
        for module in (ours, theirs)
    )
    for name in ("lengths", "offsets", "basic_offset_table", "encapsulated_length",
                 "extended_offsets", "extended_lengths", "closed"):  # fmt: skip
        assert getattr(mine, name) == getattr(other, name), name
    for size in sizes:
        assert mine.read(size) == other.read(size)
        assert mine.tell() == other.tell()
    whole = ours.encapsulate(frames, 1, has_bot)
    assert mine.seek(0) == 0
    assert mine.read() == whole == io.BufferedReader(_raw(mine)).read()
    for place, whence in ((-3, io.SEEK_END), (-9, io.SEEK_CUR), (2, io.SEEK_SET), (999, 0)):
        assert mine.seek(place, whence) == other.seek(place, whence)
        assert mine.read(5) == other.read(5)


def _raw(reader):
    reader.seek(0)

    class Raw(io.RawIOBase):
        readable = staticmethod(lambda: True)
        readinto = staticmethod(reader.readinto)

    return Raw()


def test_a_reader_of_frames_by_lines():
    reader = ours.encapsulate_buffer([io.BytesIO(b"ab\ncd")])
    reader.seek(20)
    assert list(reader) == [b"ab\n", b"cd\0"]  # pydicom 3.0.2 never comes to an end here


def test_extended_tables_of_frames_in_files():
    frames = [b"abc", b"defg"]
    reader, *tables = ours.encapsulate_extended_buffer([io.BytesIO(frame) for frame in frames])
    assert (reader.read(), *tables) == ours.encapsulate_extended(frames)


def test_the_files_of_frames_stand_where_they_stood():
    stream = io.BytesIO(b"abcd")
    stream.seek(1)
    assert ours.encapsulate_buffer([stream]).read()[-4:] == b"abcd"
    assert stream.tell() == 1


def test_readers_of_frames_that_cannot_be_read():
    with pytest.raises(TypeError):
        ours.encapsulate_buffer([b"abc"])
    stream = io.BytesIO(b"abc")
    reader = ours.encapsulate_buffer([stream])
    for place, whence in ((-1, 0), (0, 7)):
        with pytest.raises(ValueError, match=r"place|whence"):
            reader.seek(place, whence)
    stream.truncate(1)
    with pytest.raises(OSError, match="frame 0 has become shorter"):
        reader.read()
    stream.close()
    assert reader.closed
    with pytest.raises(ValueError, match="closed"):
        reader.read()
    with pytest.raises(ValueError, match="closed"):
        ours.encapsulate_buffer([stream])
    with pytest.raises(io.UnsupportedOperation):
        reader.write(b"")


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2.5"])
@pytest.mark.parametrize("position", [0, 2])
def test_a_reader_as_pixel_data_is_written_from_where_it_stands(syntax, position):
    """A reader stays where it stood, so that it can be written again."""

    def written(library):
        native = syntax.endswith(".1")
        reader = io.BytesIO(b"..abcd") if native else io.BytesIO(b"\0\0" + TWO)
        reader.seek(2 if not native else position)
        ds = library.Dataset()
        ds.file_meta = library.dataset.FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = syntax
        ds.SOPClassUID, ds.SOPInstanceUID = "1.2.3", "1.2.4"
        ds.PixelData = reader
        ds["PixelData"].VR = "OB"
        ds["PixelData"].is_undefined_length = not native
        twice = []
        for _ in range(2):
            target = io.BytesIO()
            ds.save_as(target, enforce_file_format=True)
            twice.append(target.getvalue())
        assert twice[0] == twice[1]
        return library.dcmread(io.BytesIO(twice[0])).PixelData

    assert written(pydicom) == written(isocenter.compat)


def test_an_encapsulated_buffer_is_written_as_pixel_data():
    def written(library, encaps):
        ds = library.Dataset()
        ds.file_meta = library.dataset.FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.5"
        ds.SOPClassUID, ds.SOPInstanceUID = "1.2.3", "1.2.4"
        ds.PixelData = encaps.encapsulate_buffer([io.BytesIO(b"abcd"), io.BytesIO(b"efg")])
        ds["PixelData"].VR = "OB"
        ds["PixelData"].is_undefined_length = True
        target = io.BytesIO()
        ds.save_as(target, enforce_file_format=True)
        return library.dcmread(io.BytesIO(target.getvalue())).PixelData

    assert written(pydicom, theirs) == written(isocenter.compat, ours)
