"""The File-set tutorial, the guide and the overview of pydicom, run on the facade and on pydicom.

The tutorial's own text lies outside of the checkout (``../shared/seeds``).
"""

import re
import shutil

import pytest

from compat.clients import run
from support.files import SHARED, wheel_file

SEEDS = SHARED.parent / "seeds"
INTERPRETER = """
import re, sys, traceback
text = open(sys.argv[1], encoding="utf-8").read()
names = {}
for example in re.findall(r"^>>> .*(?:\\n\\.\\.\\. ?.*)*", text, re.MULTILINE):
    code = "\\n".join(line[4:] for line in example.split("\\n"))
    print(">>>", code.split("\\n")[0])
    try:
        exec(compile(code + "\\n", "<seed>", "single"), names)
    except Exception as error:
        print("raised", next(k.__name__ for k in type(error).__mro__ if k.__module__ == "builtins"))
"""
GUIDE = """
>>> import pydicom
>>> ds = pydicom.dcmread("rtplan.dcm")
>>> print(ds)
>>> ds.file_meta
>>> ds.PatientName
>>> ds[0x10,0x10].value
>>> ds.PatientID = "12345"
>>> ds.SeriesNumber = 5
>>> ds[0x10,0x10].value = 'Test'
>>> ds.BeamSequence[0].BeamName
>>> ds[0x300a,0xb0][0][0x300a,0xc2].value
>>> beam1=ds.BeamSequence[0]
>>> beam1.BeamName, beam1[0x300a,0xc2].value
>>> ds.dir("pat")
>>> data_element = ds.data_element("PatientName")
>>> data_element.VR, data_element.value
>>> "PatientName" in ds
>>> ds.PatientsName
>>> del ds[0x10,0x1000]
>>> ds.OtherPatientIDs = "1"
>>> tag = ds.data_element("OtherPatientIDs").tag
>>> del ds[tag]
>>> from pydicom.tag import Tag
>>> t1=Tag(0x00100010)
>>> t2=Tag(0x10,0x10)
>>> t3=Tag((0x10, 0x10))
>>> t1
>>> t1==t2, t1==t3
>>> from pydicom.dataset import Dataset
>>> from pydicom.sequence import Sequence
>>> block_ds1 = Dataset()
>>> block_ds1.BlockType = "APERTURE"
>>> block_ds1.BlockName = "Block1"
>>> block_ds2 = Dataset()
>>> block_ds2.BlockType = "APERTURE"
>>> block_ds2.BlockName = "Block2"
>>> beam = Dataset()
>>> beam.BlockSequence = Sequence([block_ds1, block_ds2])
>>> print(beam)
>>> beam.BlockSequence[1].BlockName
>>> beam.BlockSequence.append(Dataset())
>>> beam.BlockSequence
>>> ds.save_as("changed.dcm")
>>> pydicom.dcmread("changed.dcm").PatientName
>>> ct = pydicom.dcmread("CT_small.dcm")
>>> pixel_bytes = ct.PixelData
>>> len(pixel_bytes)
>>> pix = ct.pixel_array
>>> pix.shape, pix.dtype, int(pix.sum())
>>> for n,val in enumerate(pix.flat):
...     if val < 1000: pix.flat[n] = 0
>>> ct.PixelData = pix.tobytes()
>>> ct.save_as("newfilename.dcm")
>>> int(pydicom.dcmread("newfilename.dcm").pixel_array.sum())
"""
OVERVIEW = """
>>> from pydicom import dcmread
>>> ds = dcmread("CT_small.dcm")
>>> ds.PatientName, ds['PatientName'].value, ds[0x0010, 0x0010].VR
>>> ds.get("PatientAge"), ds.get("NoName", "none")
>>> [elem.name for elem in ds if elem.VR == "DA"]
>>> import numpy as np
>>> image = ds.pixel_array.astype(float)
>>> scaled = (np.maximum(image, 0) / image.max()) * 255.0
>>> np.uint8(scaled).sum()
>>> from pydicom.fileset import FileSet
"""


@pytest.fixture
def folder(tmp_path):
    for name in ("rtplan.dcm", "CT_small.dcm"):
        shutil.copy(wheel_file(name), tmp_path)
    (tmp_path / "interpreter.py").write_text(INTERPRETER, encoding="utf-8")
    return tmp_path


def printed(text, folder):
    """What the examples of a text print on the facade and on pydicom, UIDs and folders left out."""
    (folder / "seed.txt").write_text(text, encoding="utf-8")
    program = [folder / "interpreter.py", folder / "seed.txt"]
    for facade in (True, False):
        said = run(program, folder, facade=facade, cwd=folder)
        said = re.sub(
            r"isocenter(\.compat|\.files\.fileset\.instance)|pydicom\.fileset", "pydicom", said
        )
        said = re.sub(r"\d+(\.\d+){4,}", "UID", said)
        said = re.sub(r"(/tmp)?/\w*tmp[\w.-]*(/[\w.-]+)*", "FOLDER", said)
        yield re.sub(r"0x[0-9a-f]{8,}", "ADDRESS", said).split("\n")


@pytest.mark.parametrize("text", [GUIDE, OVERVIEW], ids=["guide", "overview"])
def test_examples_print_what_they_print_on_pydicom(text, folder):
    ours, theirs = printed(text, folder)
    assert "raised" not in " ".join(ours).replace("raised AttributeError", "", 1).replace(
        "raised KeyError", "", 1
    )
    assert ours == theirs


def test_file_set_tutorial(folder):
    found = sorted(SEEDS.glob("004*.txt"))
    if not found:
        pytest.skip("../shared/seeds is not there")
    ours, theirs = printed(found[0].read_text(encoding="utf-8"), folder)
    assert len(theirs) > 100
    assert ours == theirs
