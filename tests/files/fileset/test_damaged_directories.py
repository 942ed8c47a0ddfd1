"""A DICOMDIR with any bytes changed: errors of ours or findings, and no file is touched."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from files.fileset.sets import names, written
from isocenter.errors import IsocenterError
from isocenter.files.fileset.check import check
from isocenter.fileset import FileSet


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("template")
    written(folder, range(3))
    return folder


CHANGES = st.lists(
    st.tuples(st.integers(132, 1 << 20), st.integers(0, 255)), min_size=1, max_size=8
)


@settings(max_examples=300)
@given(changes=CHANGES, end=st.one_of(st.none(), st.integers(132, 4000)))
def test_damage(template, changes, end):
    data = bytearray((template / "DICOMDIR").read_bytes())
    for place, value in changes:
        data[132 + (place - 132) % (len(data) - 132)] = value
    with TemporaryDirectory() as folder:
        root = Path(folder) / "set"
        shutil.copytree(template, root)
        (root / "DICOMDIR").write_bytes(data[:end])
        before = {name: (root / name).read_bytes() for name in names(root) if name != "DICOMDIR"}
        try:
            fs = FileSet(root)
            assert str(fs)
            fs.find(PatientID="A")
            fs.find_values("InstanceNumber", load=True)
            check(root)
            fs.ID = "WRITTEN"
            fs.write()
        except IsocenterError:
            pass
        after = {(root / name).read_bytes() for name in names(root) if name != "DICOMDIR"}
        assert set(before.values()) == after
