"""``isocenter codify`` as a user meets it: the program, where it goes, and exit codes."""

import ast
import os
import subprocess
import sys

import pydicom
import pytest

from core.stream import explicit, part10
from isocenter.cli import main as command
from support.files import wheel_file

ISOCENTER = [sys.executable, "-m", "isocenter", "codify"]
CT = wheel_file("CT_small.dcm")
PYDICOM = (
    "from pydicom.dataset import Dataset, FileMetaDataset\nfrom pydicom.sequence import Sequence"
)
IMPORT = "from isocenter import Dataset, FileMetaDataset, Sequence"


@pytest.fixture
def codify(capsys):
    """Runs the command in this process: exit code, standard output, standard error."""

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            command.main(["codify", *map(str, arguments)])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run


def could_not_run(done, *said):
    """Exit code 2, nothing printed, one line on standard error."""
    code, out, err = done
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    for part in ("isocenter: ", *said):
        assert part in line


def test_the_program_is_printed(codify):
    code, out, err = codify(CT)
    assert (code, err) == (0, "")
    assert "# Written by isocenter codify from 'CT_small.dcm'" in out
    assert "ds.PatientName = 'CompressedSamples^CT1'" in out
    assert "# ds.add_new((0x7FE0, 0x0010), 'OW', ...)  # 32,768 bytes left out" in out
    ast.parse(out)


@pytest.mark.parametrize("option", ["-O", "--output"])
def test_the_program_goes_to_a_file(codify, tmp_path, option):
    printed = codify(CT)[1]
    assert codify(CT, option, tmp_path / "ct.py") == (0, "", "")
    assert (tmp_path / "ct.py").read_text("utf-8") == printed
    assert [path.name for path in tmp_path.iterdir()] == ["ct.py"]


def test_the_same_file_gives_the_same_program(codify):
    assert codify(CT)[1] == codify(CT)[1]


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_the_program_saves_the_data_set_when_it_is_run(codify, tmp_path):
    _, out, _ = codify(CT, "--exclude-size", 100_000)
    program = tmp_path / "ct.py"
    program.write_text(out.replace(IMPORT, PYDICOM), "utf-8")
    subprocess.run([sys.executable, program], cwd=tmp_path, check=True, timeout=60)
    saved = pydicom.dcmread(tmp_path / "CT_small-again.dcm")
    expected = pydicom.dcmread(CT)
    del expected[0xFFFC, 0xFFFC]
    assert bytes(saved.PixelData) == bytes(expected.PixelData)
    assert saved.file_meta.TransferSyntaxUID == expected.file_meta.TransferSyntaxUID
    assert set(expected.keys()) <= set(saved.keys())


def test_binary_values_above_the_size_become_a_comment(codify, tmp_path):
    path = tmp_path / "a.dcm"
    path.write_bytes(part10(explicit(0x7FE00010, "OB", bytes(102))))
    assert "# ds.add_new((0x7FE0, 0x0010), 'OB', ...)  # 102 bytes left out" in codify(path)[1]
    assert "\nds.add_new((0x7FE0, 0x0010), 'OB', b'" in codify(path, "--exclude-size", 102)[1]
    assert "# 102 bytes left out" in codify(path, "--exclude-size", 101)[1]


def test_a_program_is_utf_8_whatever_the_output_has():
    done = subprocess.run(
        [*ISOCENTER, wheel_file("chrH32.dcm")],
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "\N{CJK UNIFIED IDEOGRAPH-5C71}" in done.stdout.decode("utf-8")


@pytest.mark.parametrize(
    "name", ["coding=utf-7.dcm", "\n__import__('os')._exit(7)\n", "'''\"\"\"", "a\\", "\udcff"]
)
def test_the_name_of_the_file_is_never_python(codify, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(part10(explicit(0x00100020, "LO", b"+AGEAYg- ")))
    code, _, err = codify(path, "-O", tmp_path / "made.py")
    assert (code, err) == (0, "")
    text = (tmp_path / "made.py").read_text("utf-8").replace(IMPORT, PYDICOM)
    (tmp_path / "made.py").write_text(text, "utf-8")
    check = "import made; assert made.ds.PatientID == '+AGEAYg-'"
    subprocess.run([sys.executable, "-c", check], cwd=tmp_path, check=True, timeout=60)


def test_a_reader_that_leaves_early_is_no_error(tmp_path):
    path = tmp_path / "long.dcm"
    path.write_bytes(part10(explicit(0x7FE00010, "OB", bytes(3_000_000))))
    with subprocess.Popen(
        [*ISOCENTER, path, "--exclude-size", "9999999"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout.read(3) == b'"""'
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


# --- what does not work ---------------------------------------------------------------------


def test_a_file_that_is_no_dicom(codify, tmp_path):
    (tmp_path / "README").write_text("no DICOM")
    said = f"isocenter: {tmp_path}/README: is no DICOM file\n"
    assert codify(tmp_path / "README", "-O", tmp_path / "a.py") == (1, "", said)
    assert not (tmp_path / "a.py").exists()


def test_a_file_that_is_cut_gives_what_comes_before_the_cut(codify, tmp_path):
    path = tmp_path / "cut.dcm"
    path.write_bytes(CT.read_bytes()[:1400])
    code, out, err = codify(path)
    assert code == 1
    assert "ds.PatientName" in out
    assert err == f"isocenter: {path}: cannot be read whole; isocenter show tells why\n"


def test_a_wrong_call_is_one_line_and_exit_code_2(codify, tmp_path):
    could_not_run(codify(), "FILE")
    could_not_run(codify("nowhere"), "nowhere does not exist")
    could_not_run(codify(tmp_path), "is no file")
    could_not_run(codify(CT, "--exclude-size", "-1"), "--exclude-size")
    could_not_run(codify(CT, "-O", tmp_path), "is no file")
    could_not_run(codify(CT, "-O", tmp_path / "nowhere" / "a.py"), "No such file or directory")


def test_the_dicom_file_is_never_written_over(codify, tmp_path):
    path = tmp_path / "a.dcm"
    path.write_bytes(CT.read_bytes())
    (tmp_path / "link.py").symlink_to(path)
    could_not_run(codify(path, "-O", path), "is the DICOM file")
    could_not_run(codify(path, "-O", tmp_path / "link.py"), "is the DICOM file")
    assert path.read_bytes() == CT.read_bytes()


def test_a_program_that_was_there_is_replaced(codify, tmp_path):
    (tmp_path / "a.py").write_text("old")
    assert codify(CT, "-O", tmp_path / "a.py")[0] == 0
    assert "old" not in (tmp_path / "a.py").read_text("utf-8")[:100]
