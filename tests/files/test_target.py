"""A folder to write to: whole or not at all."""

import errno
import os
import stat
from pathlib import Path
from threading import Barrier, Thread

import pytest

from isocenter.files import target
from isocenter.files.target import TEMPORARY_PREFIX, Folder, Placement


@pytest.fixture
def folder(tmp_path):
    out = Folder(tmp_path / "out")
    out.make("series")
    return out


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "image.dcm"
    path.write_bytes(b"DICM")
    return path


def names(folder):
    return sorted(path.name for path in (folder.root / "series").iterdir())


@pytest.mark.parametrize("content", [b"new", bytearray(b"new"), memoryview(b"new")])
def test_a_file_is_written_and_replaced(folder, content):
    folder.write("series/a.json", b"old")
    folder.write("series/a.json", content)
    assert folder.path("series/a.json").read_bytes() == b"new"
    assert names(folder) == ["a.json"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(folder, monkeypatch):
    folder.write("series/a.json", b"old")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        folder.write("series/a.json", b"new")
    assert folder.path("series/a.json").read_bytes() == b"old"
    assert names(folder) == ["a.json"]


def test_permissions_stay_those_of_the_file_that_is_replaced(folder):
    """What only its owner may read is not opened to everyone by writing it again."""
    folder.write("series/a", b"old")
    folder.path("series/a").chmod(0o600)
    folder.write("series/a", b"new")
    assert stat.S_IMODE(folder.path("series/a").stat().st_mode) == 0o600
    assert folder.path("series/a").read_bytes() == b"new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are POSIX's")
def test_a_pipe_is_written_to_and_stays(folder):
    os.mkfifo(folder.path("series/pipe"))
    found = []
    reader = Thread(target=lambda: found.append(folder.path("series/pipe").read_bytes()))
    reader.start()
    folder.write("series/pipe", b"new")
    reader.join()
    assert found == [b"new"]
    assert folder.path("series/pipe").is_fifo()


@pytest.mark.parametrize("name", ["nowhere/a", "series"])
def test_an_error_tells_the_name_that_was_asked_for(folder, name):
    with pytest.raises(OSError) as caught:  # noqa: PT011 - which one depends on the system
        folder.write(name, b"new")
    assert caught.value.filename == str(folder.path(name))
    assert TEMPORARY_PREFIX not in str(caught.value)


def test_content_that_cannot_be_written_leaves_nothing(folder):
    with pytest.raises(TypeError):
        folder.write("series/a.json", "text")
    assert names(folder) == []


def test_a_folder_that_is_not_there(folder):
    with pytest.raises(FileNotFoundError):
        folder.write("nowhere/a.json", b"new")


def test_threads_that_write_to_one_folder_do_not_mix(folder):
    together = Barrier(4)

    def write(letter):
        together.wait()
        for n in range(50):
            folder.write(f"series/{letter}{n}", letter.encode() * 1000)

    threads = [Thread(target=write, args=(letter,)) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(folder)) == 200
    for path in (folder.root / "series").iterdir():
        assert path.name[0].encode() * 1000 == path.read_bytes()


def test_two_threads_have_two_temporary_names(tmp_path):
    found = [target._beside(str(tmp_path / "a"))]
    thread = Thread(target=lambda: found.append(target._beside(str(tmp_path / "a"))))
    thread.start()
    thread.join()
    assert len(set(found)) == 2
    assert all(Path(one).name.startswith(TEMPORARY_PREFIX) for one in found)


def test_a_link_is_the_same_file(folder, source):
    folder.place("series/a.dcm", source, Placement.LINK)
    assert folder.path("series/a.dcm").samefile(source)
    assert not folder.path("series/a.dcm").is_symlink()


def test_a_link_that_is_there_already_is_left_alone(folder, source):
    folder.place("series/a.dcm", source, Placement.LINK)
    before = folder.path("series/a.dcm").stat()
    folder.place("series/a.dcm", source, Placement.LINK)
    assert before == folder.path("series/a.dcm").stat()
    assert names(folder) == ["a.dcm"]


def test_a_link_replaces_another_file(folder, source):
    folder.write("series/a.dcm", b"old")
    folder.place("series/a.dcm", source, Placement.LINK)
    assert folder.path("series/a.dcm").read_bytes() == b"DICM"
    assert names(folder) == ["a.dcm"]


def test_a_symbolic_link_is_followed(folder, source, tmp_path):
    (tmp_path / "alias").symlink_to(source)
    folder.place("series/a.dcm", tmp_path / "alias", Placement.LINK)
    assert folder.path("series/a.dcm").samefile(source)
    assert not folder.path("series/a.dcm").is_symlink()


def test_a_copy_is_another_file(folder, source):
    folder.place("series/a.dcm", source, Placement.COPY)
    assert folder.path("series/a.dcm").read_bytes() == b"DICM"
    assert not folder.path("series/a.dcm").samefile(source)


@pytest.mark.parametrize("symbolic", [True, False])
def test_a_copy_replaces_a_link_to_its_source(folder, source, symbolic):
    path = folder.path("series/a.dcm")
    path.symlink_to(source) if symbolic else path.hardlink_to(source)
    folder.place("series/a.dcm", source, Placement.COPY)
    assert path.read_bytes() == b"DICM"
    assert not path.samefile(source)
    assert not path.is_symlink()


def test_a_copy_onto_itself_is_none(source):
    before = source.stat()
    Folder(source.parent).place(source.name, source, Placement.COPY)
    assert before.st_ino == source.stat().st_ino


def test_placement_none_places_nothing(folder, source):
    folder.place("series/a.dcm", source, Placement.NONE)
    assert names(folder) == []


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EMLINK])
def test_across_file_systems_a_link_is_symbolic(folder, source, monkeypatch, code):
    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", refuse)
    folder.place("series/a.dcm", source, Placement.LINK)
    assert source.resolve() == folder.path("series/a.dcm").readlink()
    assert names(folder) == ["a.dcm"]


def test_another_error_of_linking_is_raised(folder, source, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EIO, "Input/output error")

    folder.write("series/a.dcm", b"old")
    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(OSError, match="Input/output"):
        folder.place("series/a.dcm", source, Placement.LINK)
    assert folder.path("series/a.dcm").read_bytes() == b"old"
    assert names(folder) == ["a.dcm"]


@pytest.mark.parametrize("placement", [Placement.LINK, Placement.COPY])
def test_a_source_that_is_gone(folder, tmp_path, placement):
    folder.write("series/a.dcm", b"old")
    with pytest.raises(FileNotFoundError):
        folder.place("series/a.dcm", tmp_path / "gone", placement)
    assert folder.path("series/a.dcm").read_bytes() == b"old"
    assert names(folder) == ["a.dcm"]


def test_keep_only_removes_files_and_no_folders(folder):
    for name in "abc":
        folder.write(f"series/{name}", b"")
    folder.make("series/sub")
    folder.path("series/loop").symlink_to(folder.root)
    folder.keep_only("series", {"a", "c"})
    assert names(folder) == ["a", "c", "sub"]
    assert folder.root.exists()


def test_keep_only_of_a_folder_that_is_not_there(folder):
    folder.keep_only("nowhere", {"a"})
    assert [path.name for path in folder.root.iterdir()] == ["series"]


def test_remove(folder):
    folder.write("series/a", b"")
    folder.remove("series/a")
    folder.remove("series/a")
    assert names(folder) == []


def test_make_clears_what_was_half_written(folder):
    folder.write("series/a", b"")
    folder.write(f"series/{TEMPORARY_PREFIX}4711", b"half")
    folder.make("series")
    assert names(folder) == ["a"]
