"""A write that is killed, or fails, at any of its steps loses nothing (issue: safe writes)."""

import errno
import os
import shutil
from itertools import count
from pathlib import Path

import pytest

from files.fileset.breaking import KilledError, broken
from files.fileset.sets import DIRECTORIES, contents, instance, names, written
from isocenter.fileset import FileSet, Intake


def _first(fs):
    return next(iter(fs))


def _add(fs, _):
    fs.add(instance(8))
    fs.add(instance(9, patient="B", study="2"))


def _add_a_file(fs, folder):
    instance(8).save_as(folder / "given.dcm")
    fs.add(folder / "given.dcm")


def _remove_the_first(fs, _):
    fs.remove(_first(fs))


def _permute(fs, _):
    node = _first(fs).node
    series = node.parent
    node.parent = None
    node.parent = series
    fs.ID = "PERMUTED"


def _replace(fs, _):
    one = _first(fs)
    ds = one.load()
    ds.InstanceNumber = 77
    fs.remove(one)
    fs.add(ds)


def _remove_add_and_permute(fs, folder):
    _permute(fs, folder)
    fs.remove(_first(fs))
    _add(fs, folder)


CHANGES = {
    "add": (_add, {}),
    "add beside": (_add, {"use_existing": True}),
    "add by link": (_add_a_file, {"intake": Intake.LINK}),
    "add by move": (_add_a_file, {"intake": Intake.MOVE}),
    "remove": (_remove_the_first, {}),
    "remove, names kept": (_remove_the_first, {"use_existing": True}),
    "permute": (_permute, {}),
    "replace": (_replace, {}),
    "all": (_remove_add_and_permute, {}),
}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("template")
    written(folder / "set", range(1, 4))
    return folder / "set"


@pytest.fixture(params=list(CHANGES))
def change(request):
    return CHANGES[request.param]


@pytest.fixture(params=["links", "no links"])
def links(request, monkeypatch):
    """Whether the file system has hard links: a memory stick has none."""

    def no_link(*_, **__):
        raise OSError(errno.EPERM, "no hard links here")

    if request.param == "no links":
        monkeypatch.setattr(os, "link", no_link)


def _staged(template, folder, change):
    """A copy of the template with changes staged, and what the write is called with."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder / "set")
    fs = FileSet(folder / "set")
    stage, options = change
    stage(fs, folder)
    return fs, options


def _finished(template, folder, change):
    fs, options = _staged(template, folder, change)
    fs.write(**options)
    return contents(folder / "set")


def _is_clean(root):
    """Whether nothing lies in a File-set but its DICOMDIR and the files of its records."""
    referenced = {"/".join(one.node.file_id) for one in FileSet(root)}
    return set(names(root)) == {"DICOMDIR", *referenced}


@pytest.mark.usefixtures("links")
def test_killed_at_any_step_the_old_or_the_new_file_set_is_there(template, tmp_path, change):
    old, new = contents(template), _finished(template, tmp_path / "done", change)
    for step in count(1):
        fs, options = _staged(template, tmp_path / "work", change)
        root = tmp_path / "work" / "set"
        with broken(root, step, KilledError()):
            try:
                fs.write(**options)
                break
            except KilledError:
                pass
        found = contents(root)
        assert found in (old, new)
        again = FileSet(root)
        again.ID = "AGAIN"
        again.write()
        assert contents(root) == found
        assert _is_clean(root)
    assert step > 5
    assert contents(root) == new
    assert _is_clean(root)


@pytest.mark.usefixtures("links")
def test_failed_at_any_step_the_same_file_set_can_be_written_again(template, tmp_path, change):
    new = _finished(template, tmp_path / "done", change)
    for step in count(1):
        fs, options = _staged(template, tmp_path / "work", change)
        root = tmp_path / "work" / "set"
        error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        failed = None
        with broken(root, step, error, only=True) as breaker:
            try:
                fs.write(**options)
            except OSError as raised:
                failed = raised
        assert failed in (None, error)
        if failed:
            contents(root)
            fs.write(**options)
        assert contents(root) == new
        assert not fs.is_staged or options
        if breaker.count < step:
            break
        if failed:
            assert _is_clean(root)


def test_a_new_file_set_is_written_again_after_it_was_killed(tmp_path):
    for step in count(1):
        fs = FileSet()
        fs.add(instance(1))
        fs.add(instance(2, patient="B"))
        root = tmp_path / "set"
        with broken(tmp_path, step, KilledError()):
            try:
                fs.write(root)
                break
            except KilledError:
                pass
        again = FileSet()
        again.add(instance(3))
        if not (root / "DICOMDIR").exists():
            again.write(root)
            assert set(contents(root)) == {"1.2.1.1.3"}
        FileSet(root).write()
        assert _is_clean(root)
        shutil.rmtree(root)
    assert step > 4


def test_a_folder_that_cannot_be_written_is_left_as_it_is(template, tmp_path):
    fs, _ = _staged(template, tmp_path, CHANGES["all"])
    before = names(tmp_path / "set")
    with (
        broken(tmp_path / "set", 1, PermissionError(errno.EACCES, "read-only")),
        pytest.raises(PermissionError, match="read-only"),
    ):
        fs.write()
    assert names(tmp_path / "set") == before
    assert contents(tmp_path / "set") == contents(template)


def test_another_structure_is_moved_at_any_step(tmp_path):
    for step in count(1, 6):
        shutil.rmtree(tmp_path / "set", ignore_errors=True)
        for name in ("77654033", "98892001", "98892003"):
            shutil.copytree(DIRECTORIES / name, tmp_path / "set" / name)
        shutil.copyfile(DIRECTORIES / "DICOMDIR", tmp_path / "set" / "DICOMDIR")
        before = contents(tmp_path / "set")
        with broken(tmp_path / "set", step, KilledError()):
            try:
                FileSet(tmp_path / "set").write()
                break
            except KilledError:
                pass
        assert contents(tmp_path / "set") == before
        FileSet(tmp_path / "set").write()
        assert contents(tmp_path / "set") == before
        assert _is_clean(tmp_path / "set")
    assert contents(tmp_path / "set") == before


def test_what_a_killed_write_left_goes_and_other_files_stay(tmp_path):
    written(tmp_path, [1])
    (tmp_path / "PT000007").mkdir()
    (tmp_path / "PT000007/IM000000").write_bytes(b"half")
    (tmp_path / "README.TXT").write_bytes(b"read me")
    (tmp_path / ".isocenter-4711").write_bytes(b"half a file")
    noted = [
        "PT000007/IM000000",
        "PT000000/ST000000/SE000000/IM000000",
        "../outside",
        "/etc/passwd",
    ]
    (tmp_path / ".isocenter-fileset").write_bytes("\0".join(noted).encode())
    outside = tmp_path.parent / "outside"
    outside.write_bytes(b"not ours")
    FileSet(tmp_path).write()
    assert names(tmp_path) == ["DICOMDIR", "PT000000/ST000000/SE000000/IM000000", "README.TXT"]
    assert not Path(tmp_path / "PT000007").exists()
    assert outside.read_bytes() == b"not ours"
    assert Path("/etc/passwd").exists()
