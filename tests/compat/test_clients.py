"""Real clients from PyPI on the facade: what they write and print is what they do on pydicom."""

import shutil
import subprocess
import sys

import numpy as np
import pydicom
import pytest

from compat.clients import both, run
from support.files import wheel_file

NAMES = ("CT_small.dcm", "MR_small.dcm", "rtplan.dcm", "JPEG2000.dcm")


@pytest.fixture
def folder(tmp_path):
    """A folder of a few files."""
    inside = tmp_path / "in"
    inside.mkdir()
    for name in NAMES:
        shutil.copy(wheel_file(name), inside)
    return tmp_path


@pytest.fixture
def script(tmp_path):
    """Writes a program and says its path."""

    def write(text):
        path = tmp_path / "program.py"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def files_of(path):
    return {one.relative_to(path): one.read_bytes() for one in path.rglob("*") if one.is_file()}


def test_dicognito_anonymizes_a_folder_through_its_command_line(folder):
    inside = folder / "in"
    ours, real, said = both(
        lambda out: ["-m", "dicognito", inside, "-o", out, "--seed", "a"], folder
    )
    assert said[0] == said[1]
    assert files_of(ours) == files_of(real)
    assert len(files_of(ours)) == len(NAMES)
    assert b"CompressedSamples^CT1" not in b"".join(files_of(ours).values())


def test_dicom_anonymizer_anonymizes_a_folder(folder, script):
    program = script(
        "import sys\n"
        "from dicomanonymizer import anonymize\n"
        "anonymize(sys.argv[1], sys.argv[2], {}, True)\n"
    )
    ours, real, _ = both(lambda out: [program, folder / "in", out], folder)
    assert files_of(ours).keys() == files_of(real).keys()
    assert len(files_of(ours)) == len(NAMES)
    for path in files_of(ours):
        mine, theirs = pydicom.dcmread(ours / path), pydicom.dcmread(real / path)
        for ds in (mine, theirs):  # its UIDs are random
            assert ds.SOPInstanceUID.startswith("2.25.")
            ds.walk(lambda level, element: element.VR == "UI" and level.__delitem__(element.tag))
        assert mine == theirs
        assert "CompressedSamples" not in str(mine.get("PatientName"))


def test_dicom_numpy_stacks_a_series(folder, script):
    ds = pydicom.dcmread(wheel_file("CT_small.dcm"))
    (folder / "series").mkdir()
    for number in range(5):
        ds.SOPInstanceUID = f"1.2.{number}"
        ds.InstanceNumber = number
        ds.ImagePositionPatient = [-158.1, -179.0, -75.7 + 2.5 * number]
        ds.PixelData = np.full((128, 128), number, np.int16).tobytes()
        ds.save_as(folder / "series" / f"{9 - number}.dcm")
    program = script(
        "import sys, pathlib, pydicom, dicom_numpy\n"
        "paths = sorted(pathlib.Path(sys.argv[1]).glob('*.dcm'))\n"
        "volume, matrix = dicom_numpy.combine_slices([pydicom.dcmread(path) for path in paths])\n"
        "print(volume.shape, volume.dtype, volume[0, 0].tolist(), matrix.tolist())\n"
    )
    said = [run([program, folder / "series"], folder, facade=facade) for facade in (True, False)]
    assert said[0] == said[1]
    assert said[0].startswith("(128, 128, 5)")


NETWORK = """
import sys, pydicom
from pynetdicom import AE, evt
from pynetdicom.sop_class import CTImageStorage, Verification

def stored(event):
    ds = event.dataset
    ds.file_meta = event.file_meta
    ds.save_as(sys.argv[1], enforce_file_format=True)
    return 0x0000

ae = AE()
ae.supported_contexts = []
ae.add_supported_context(Verification)
ae.add_supported_context(CTImageStorage)
server = ae.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, stored)])
print(server.server_address[1], flush=True)
sys.stdin.readline()
server.shutdown()
"""
SENDER = """
import sys, pydicom
from pynetdicom import AE
from pynetdicom.sop_class import CTImageStorage, Verification

ae = AE()
ae.add_requested_context(Verification)
ae.add_requested_context(CTImageStorage)
association = ae.associate("127.0.0.1", int(sys.argv[1]))
ds = pydicom.dcmread(sys.argv[2])
print(association.send_c_echo().Status, association.send_c_store(ds).Status)
association.release()
"""


@pytest.mark.parametrize("facade", [True, False], ids=["from facade", "from pydicom"])
def test_pynetdicom_echoes_and_stores_between_two_processes(tmp_path, facade):
    (tmp_path / "server.py").write_text(NETWORK, encoding="utf-8")
    (tmp_path / "sender.py").write_text(SENDER, encoding="utf-8")
    source, target = wheel_file("CT_small.dcm"), tmp_path / "stored.dcm"
    server = [sys.executable, "-m", "isocenter.compat", str(tmp_path / "server.py"), str(target)]
    with subprocess.Popen(server, stdin=-1, stdout=-1, text=True) as process:
        port = process.stdout.readline().strip()
        said = run([tmp_path / "sender.py", port, source], tmp_path, facade=facade)
        process.communicate("\n", timeout=30)
    assert said.split() == ["0", "0"]
    assert pydicom.dcmread(target) == pydicom.dcmread(source)
