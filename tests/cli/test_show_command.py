"""``isocenter show`` as a user meets it: what is shown where, and exit codes."""

import base64
import json
import os
import pty
import re
import subprocess
import sys
from urllib.parse import unquote

import pydicom
import pytest

from core.stream import explicit, meta, open_item, open_sequence, part10
from isocenter.cli import main as command
from isocenter.cli.lines import value_text
from isocenter.core.multivalue import MultiValue
from isocenter.standard.uid import UID
from support.files import wheel_file

ISOCENTER = [sys.executable, "-m", "isocenter", "show"]
CT = wheel_file("CT_small.dcm")
PLAN = wheel_file("rtplan.dcm")


@pytest.fixture
def show(capsys):
    """Runs the command in this process: exit code, standard output, standard error."""

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            command.main(["show", *map(str, arguments)])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run


@pytest.fixture
def file(tmp_path):
    """Makes a file of explicit little endian elements."""

    def make(*elements, name="a.dcm"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(part10(b"".join(elements)))
        return path

    return make


def could_not_run(done, *said):
    """Exit code 2, nothing shown, one line on standard error."""
    code, out, err = done
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    for part in ("isocenter: ", *said):
        assert part in line


def data_set_lines(out):
    """The lines below the File Meta Information."""
    return [line for line in out.splitlines() if not line.startswith("(0002,")]


# --- the tree -------------------------------------------------------------------------------


def test_a_data_set_with_its_file_meta_information(show):
    code, out, err = show(CT)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "(0002,0000) UL FileMetaInformationGroupLength       192"
    assert (
        "(0002,0010) UI TransferSyntaxUID                    "
        "1.2.840.10008.1.2.1 (Explicit VR Little Endian)"
    ) in lines
    assert "(0010,0010) PN PatientName                          CompressedSamples^CT1" in lines
    assert "(0008,0008) CS ImageType                            ORIGINAL\\PRIMARY\\AXIAL" in lines
    assert "(0009,1001) LO [Full fidelity]                      GE_GENESIS_FF" in lines
    ds = pydicom.dcmread(CT)
    assert len(lines) == len(ds.file_meta) + len(ds) + len(ds.OtherPatientIDsSequence) * 3


def test_items_are_indented_and_numbered(show, file):
    inner = open_sequence(0x00081199, open_item(explicit(0x00081155, "UI", b"1.2\0")))
    path = file(open_sequence(0x00081110, open_item(inner), open_item()))
    _, out, _ = show(path)
    assert data_set_lines(out) == [
        "(0008,1110) SQ ReferencedStudySequence              2 items",
        "  [0]",
        "    (0008,1199) SQ ReferencedSOPSequence            1 item",
        "      [0]",
        "        (0008,1155) UI ReferencedSOPInstanceUID     1.2",
        "  [1]",
    ]


def test_nesting_deeper_than_the_stack(show, file):
    level = explicit(0x0040A730, "SQ", length=0xFFFFFFFF) + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    code, out, _ = show(file(level * 5000))
    assert "Traceback" not in out
    assert out.count("ContentSequence") == 5000
    assert max(map(len, out.splitlines())) < 300
    assert code == 1  # the sequences have no end: a finding


def test_private_elements_can_be_left_out_at_every_depth(show, file):
    private = explicit(0x00090010, "LO", b"ME") + explicit(0x00091001, "LO", b"secret")
    path = file(private, open_sequence(0x00081110, open_item(private)))
    assert show(path)[1].count("secret") == 2
    assert show(path, "--private")[1].count("secret") == 2
    _, out, _ = show(path, "--no-private")
    assert "secret" not in out
    assert "(0009" not in out


def test_long_values_are_cut_at_the_length_asked_for(show, file):
    path = file(explicit(0x00100020, "LO", b"0123456789"))
    name = "(0010,0020) LO PatientID                            "
    assert data_set_lines(show(path)[1]) == [f"{name}0123456789"]
    assert data_set_lines(show(path, "--values", 4)[1]) == [f"{name}0123… (10 characters)"]
    assert data_set_lines(show(path, "--values", 0)[1]) == [f"{name}0123456789"]


@pytest.mark.parametrize(
    ("value", "limit", "expected"),
    [
        (None, 10, ""),
        ("", 10, ""),
        ("text", 4, "text"),
        (b"\0\1", 20, r"b'\x00\x01'"),
        (b"a" * 3000, 6, "b'aaaa… (3,000 bytes)"),
        (MultiValue([1, 2, 3]), 10, r"1\2\3"),
        (MultiValue(range(5000)), 5, r"0\1\2… (5,000 values)"),
        (MultiValue(["a", "b"]), 0, r"a\b"),
        (UID("1.2.840.10008.1.2"), 80, "1.2.840.10008.1.2 (Implicit VR Little Endian)"),
        (UID("1.2.3"), 80, "1.2.3"),
        (0.5, 80, "0.5"),
    ],
)
def test_how_a_value_is_written(value, limit, expected):
    assert value_text(value, limit) == expected


def test_a_value_that_cannot_be_read_is_told_in_its_place(show):
    code, out, _ = show(wheel_file("badVR.dcm"))
    assert code == 1
    assert "(0028,0008) cannot be read: '1A' is no value of VR IS" in out
    assert "(0028,0010) US Rows" in out


def test_findings_stand_at_the_end(show, tmp_path):
    path = tmp_path / "bare"
    path.write_bytes(explicit(0x00080060, "CS", b"CT") + explicit(0x00100020, "LO", b"1 "))
    code, out, err = show(path)
    assert (code, err) == (0, "")
    *_, before, first, second = out.splitlines()
    assert before.startswith("(0010,0020)")
    assert first.startswith("warning no-preamble: no preamble and DICM prefix")
    assert first.endswith("(byte 0, PS3.10 7.1)")
    assert second.startswith("warning no-transfer-syntax: ")


def test_a_file_that_is_cut_is_shown_as_far_as_it_goes(show, tmp_path):
    path = tmp_path / "cut.dcm"
    path.write_bytes(CT.read_bytes()[:1400])
    code, out, err = show(path)
    assert (code, err) == (1, "")
    assert "PatientName" in out
    assert out.splitlines()[-1].startswith("error truncated: ")


# --- element paths --------------------------------------------------------------------------


def test_only_the_element_that_the_path_leads_to(show):
    assert show(f"{CT}::PatientName") == (
        0,
        "(0010,0010) PN PatientName                          CompressedSamples^CT1\n",
        "",
    )


def test_an_element_of_the_file_meta_information(show):
    _, out, _ = show(f"{CT}::TransferSyntaxUID")
    assert out.startswith("(0002,0010) UI TransferSyntaxUID ")


def test_elements_of_all_items_each_with_its_path(show):
    code, out, _ = show(f"{PLAN}::DoseReferenceSequence[*].DoseReferenceDescription")
    assert code == 0
    assert out.splitlines() == [
        "(300A,0016) LO DoseReferenceSequence[0].DoseReferenceDescription iso",
        "(300A,0016) LO DoseReferenceSequence[1].DoseReferenceDescription PTV",
    ]


def test_an_item(show):
    _, out, _ = show(f"{PLAN}::DoseReferenceSequence[1]")
    first, second, *_ = out.splitlines()
    assert first == "DoseReferenceSequence[1]"
    assert second == "  (300A,0012) IS DoseReferenceNumber                2"


def test_a_path_that_leads_to_nothing_in_the_file(show):
    code, out, err = show(f"{CT}::BeamSequence[0].BeamName", f"{PLAN}::PatientID")
    assert code == 1
    assert err == f"isocenter: {CT}: BeamSequence[0].BeamName is not in it\n"
    assert "id00001" in out


def test_a_value_on_the_way_that_cannot_be_read(show):
    path = wheel_file("badVR.dcm")
    code, out, err = show(f"{path}::NumberOfFrames")
    assert (code, out) == (1, "")
    assert err.startswith(f"isocenter: {path}: '1A' is no value of VR IS")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("PatientNam", "at character 1: PatientNam is no keyword; did you mean PatientName"),
        ("BeamSequence[x]", "at character 13: expected the number of an item"),
        ("", "at the end: expected a keyword"),
        ("__import__('os')", "__import__ is no keyword"),
        ("(0009,1001)[0]", "has VR LO; only sequences have items"),
    ],
)
def test_a_bad_element_path_is_one_line_and_exit_code_2(show, path, said):
    could_not_run(show(f"{CT}::{path}"), said)


def test_a_bad_element_path_is_told_before_anything_is_shown(show):
    could_not_run(show(CT, f"{PLAN}::Nonsense"), "Nonsense")


def test_two_colons_in_the_name_of_a_file(show, file):
    path = file(explicit(0x00100020, "LO", b"1 "), name="a::b.dcm")
    assert show(path)[0] == 0
    assert show(f"{path}::PatientID")[1].endswith(" 1\n")


# --- several files and folders --------------------------------------------------------------


def test_several_files_each_below_its_name(show, file):
    one = file(explicit(0x00100020, "LO", b"1 "), name="one.dcm")
    two = file(explicit(0x00100020, "LO", b"2 "), name="two.dcm")
    _, out, _ = show(one, two)
    assert [line for line in out.splitlines() if not line.startswith("(0002")] == [
        str(one),
        "(0010,0020) LO PatientID                            1",
        "",
        str(two),
        "(0010,0020) LO PatientID                            2",
    ]


@pytest.mark.parametrize("content", [b"", b"text", bytes(500)])
def test_a_file_that_is_no_dicom_is_one_line_and_the_others_go_on(show, tmp_path, content):
    path = tmp_path / "README"
    path.write_bytes(content)
    code, out, err = show(path, CT)
    assert code == 1
    assert err == f"isocenter: {path}: is no DICOM file\n"
    assert "CompressedSamples^CT1" in out


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_one_line_and_the_others_go_on(show, file):
    path = file(name="mine.dcm")
    path.chmod(0)
    code, out, err = show(path, CT)
    assert (code, err) == (1, f"isocenter: {path}: Permission denied\n")
    assert "CompressedSamples^CT1" in out


def test_a_file_that_does_not_exist_is_one_line_and_exit_code_2(show):
    could_not_run(show(CT, "nowhere.dcm::PatientName"), "nowhere.dcm does not exist")
    could_not_run(show("::PatientName"), "::PatientName does not exist")
    could_not_run(show("x" * 5000), "does not exist")


def test_a_pipe_is_no_file(show, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    code, _, err = show(tmp_path / "pipe")
    assert (code, err) == (1, f"isocenter: {tmp_path}/pipe: a pipe, socket or device is no file\n")


def instance(series, number):
    return explicit(0x00080018, "UI", b"1.%d\0" % number) + explicit(0x0020000E, "UI", series)


def test_a_folder_is_the_first_file_of_each_series(show, file, tmp_path):
    for number in (10, 9, 2):
        file(instance(b"1.5\0", number), name=f"dir/slice{number}.dcm")
    file(instance(b"1.6\0", 1), name="dir/slice3.dcm")
    file(instance(b"1.5\0", 3), name="dir/below/slice4.dcm")
    (tmp_path / "dir/README").write_text("no DICOM")
    code, out, err = show(tmp_path / "dir")
    assert (code, err) == (0, "")
    shown = [line for line in out.splitlines() if line.endswith(".dcm")]
    assert shown == [f"{tmp_path}/dir/{name}" for name in ("below/slice4.dcm", "slice3.dcm")]


def test_an_element_of_each_series_of_a_folder(show, file, tmp_path):
    file(instance(b"1.5\0", 1), name="a/1")
    file(instance(b"1.6\0", 2), name="b/1")
    _, out, _ = show(f"{tmp_path}::SeriesInstanceUID")
    assert re.findall(r"1\.[56]$", out, re.MULTILINE) == ["1.5", "1.6"]


def test_a_folder_without_dicom(show, tmp_path):
    (tmp_path / "README").write_text("no DICOM")
    code, out, err = show(tmp_path)
    assert (code, out, err) == (1, "", f"isocenter: {tmp_path}: no DICOM file in it\n")


def test_a_broken_file_in_a_folder_is_one_line(show, file, tmp_path):
    file(instance(b"1.5\0", 1), name="1.dcm")
    syntax = "1.2.840.10008.1.2.1.99"
    (tmp_path / "2.dcm").write_bytes(bytes(128) + b"DICM" + meta(syntax) + b"\xff" * 50)
    code, out, err = show(tmp_path)
    assert code == 1
    assert "SeriesInstanceUID" in out
    (line,) = err.splitlines()
    assert "2.dcm: the deflated data set is damaged" in line


# --- JSON -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["CT_small.dcm", "rtplan.dcm", "chrH32.dcm", "test-SR.dcm"])
def test_the_json_of_a_file_is_one_object_of_ps3_18(show, name):
    code, out, err = show("--json", wheel_file(name))
    assert (code, err) == (0, "")
    expected = pydicom.dcmread(wheel_file(name)).to_json_dict()
    assert json.loads(out).keys() == expected.keys()
    assert json.loads(out)["00100010"] == expected["00100010"]


def test_the_json_of_several_files_is_an_array(show, tmp_path):
    code, out, err = show("--json", CT, tmp_path / ".." / tmp_path.name, PLAN)
    assert code == 1
    assert "no DICOM file in it" in err
    assert [one["00080060"]["Value"] for one in json.loads(out)] == [["CT"], ["RTPLAN"]]


def test_the_json_of_nothing_is_an_empty_array(show, tmp_path):
    assert show("--json", tmp_path)[:2] == (1, "[]\n")


def test_the_json_of_a_path_has_the_paths_as_names(show):
    _, out, _ = show("--json", f"{PLAN}::DoseReferenceSequence[*].DoseReferenceDescription")
    assert json.loads(out) == {
        "DoseReferenceSequence[0].DoseReferenceDescription": {"vr": "LO", "Value": ["iso"]},
        "DoseReferenceSequence[1].DoseReferenceDescription": {"vr": "LO", "Value": ["PTV"]},
    }


def test_the_json_of_an_item_is_an_object(show):
    _, out, _ = show("--json", f"{PLAN}::DoseReferenceSequence[0]")
    item = json.loads(out)["DoseReferenceSequence[0]"]
    assert item["300A0016"] == {"vr": "LO", "Value": ["iso"]}


def test_private_elements_can_be_left_out_of_the_json(show, file):
    private = explicit(0x00090010, "LO", b"ME") + explicit(0x00091001, "LO", b"secret")
    path = file(private, open_sequence(0x00081110, open_item(private)))
    assert show("--json", path)[1].count("secret") == 2
    assert json.loads(show("--json", "--no-private", path)[1]) == {
        "00081110": {"vr": "SQ", "Value": [{}]}
    }


LONG_WORDS = explicit(0x7FE00010, "OW", bytes(770))
SHORT_WORDS = explicit(0x00281201, "OW", bytes(768))


def test_long_values_of_bytes_are_references_that_can_be_shown(show, file):
    icon = open_sequence(0x00880200, open_item(SHORT_WORDS), open_item(LONG_WORDS))
    path = file(icon, LONG_WORDS, name="a b#1.dcm")
    model = json.loads(show("--json", path)[1])
    assert model["7FE00010"] == {"vr": "OW", "BulkDataURI": f"{path.as_uri()}#(7FE0,0010)"}
    first, second = model["00880200"]["Value"]
    assert len(first["00281201"]["InlineBinary"]) == 1024
    reference = second["7FE00010"]["BulkDataURI"]
    name, fragment = reference.removeprefix("file://").split("#")
    shown = show("--json", f"{unquote(name)}::{unquote(fragment)}")[1]
    (words,) = json.loads(shown).values()
    assert words == {"vr": "OW", "InlineBinary": base64.b64encode(bytes(770)).decode()}


@pytest.mark.parametrize(
    ("path", "fragment"),
    [
        ("", "(0088,0200)%5B0%5D.(7FE0,0010)"),
        ("::IconImageSequence", "IconImageSequence%5B0%5D.(7FE0,0010)"),
        ("::IconImageSequence[*]", "IconImageSequence%5B0%5D.(7FE0,0010)"),
    ],
)
def test_references_begin_where_the_path_does(show, file, monkeypatch, path, fragment):
    monkeypatch.chdir(file(open_sequence(0x00880200, open_item(LONG_WORDS))).parent)
    assert f'"BulkDataURI": "a.dcm#{fragment}"' in show("--json", f"a.dcm{path}")[1]


def test_a_file_name_that_is_no_text_in_a_reference(show, file, monkeypatch):
    monkeypatch.chdir(file(LONG_WORDS, name=os.fsdecode(b"\xe4:1.dcm")).parent)
    assert '"%E4%3A1.dcm#(7FE0,0010)"' in show("--json", os.fsdecode(b"\xe4:1.dcm"))[1]


def test_bulk_inline_gives_all_bytes(show):
    expected = pydicom.dcmread(CT).to_json_dict()["7FE00010"]
    assert json.loads(show("--json", "--bulk", "inline", CT)[1])["7FE00010"] == expected


def test_the_json_says_what_could_not_be_read(show):
    path = wheel_file("badVR.dcm")
    code, out, err = show("--json", path)
    assert code == 1
    assert err.startswith(f"isocenter: {path}: '1A' is no value of VR IS")
    assert "00280008" not in json.loads(out)
    assert "00280010" in json.loads(out)


def test_json_nested_deeper_than_the_stack(show, file):
    level = explicit(0x0040A730, "SQ", length=0xFFFFFFFF) + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    _, out, err = show("--json", file(level * 2000))
    assert out.count("0040A730") == 2000
    assert "Traceback" not in err


# --- the terminal ---------------------------------------------------------------------------


def run(*arguments, **environment):
    clean = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "TERM"}}
    return subprocess.run(
        [*ISOCENTER, *map(str, arguments)],
        capture_output=True,
        check=False,
        timeout=60,
        env={**clean, **environment},
    )


def on_a_terminal(*arguments, **environment):
    """What the command writes when its standard output is a terminal."""
    ours, its = pty.openpty()
    clean = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    with subprocess.Popen(
        [*ISOCENTER, *map(str, arguments)],
        stdout=its,
        env={**clean, "TERM": "xterm-256color", **environment},
    ):
        os.close(its)
        written = b""
        try:
            while part := os.read(ours, 1 << 16):
                written += part
        except OSError:  # how a terminal says that nobody writes any more
            pass
    os.close(ours)
    return written.decode()


def test_colour_on_a_terminal_only():
    path = f"{CT}::PatientName"
    assert "\x1b[36m(0010,0010)\x1b[0m" in on_a_terminal(path)
    assert b"\x1b" not in run(path).stdout


def test_no_color_is_respected():
    assert "\x1b" not in on_a_terminal(f"{CT}::PatientName", NO_COLOR="1")


def test_dicom_text_is_neither_markup_nor_control(show, file):
    text = b"[red]x[/] \x1b[31m\nforged \xe2\x80\xae :smile:"
    path = file(
        explicit(0x00080005, "CS", b"ISO_IR 192"), explicit(0x00104000, "LT", text.ljust(40))
    )
    _, out, _ = show(path)
    assert r"[red]x[/] \x1b[31m\nforged \u202e :smile:" in out
    assert len(data_set_lines(out)) == 2
    assert r"[red]x[/] \x1b[31m\nforged" in on_a_terminal(path)


def test_the_name_of_a_file_is_neither_markup_nor_control(show, tmp_path):
    path = tmp_path / "[red]\n\x1b[31m"
    path.write_bytes(b"no DICOM")
    _, _, err = show(path)
    assert err == f"isocenter: {tmp_path}/[red]\\n\\x1b[31m: is no DICOM file\n"


def test_text_that_the_output_cannot_write_is_escaped():
    done = run(f"{wheel_file('chrH32.dcm')}::PatientName", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\u5c71" in done.stdout


def test_json_is_utf_8_whatever_the_output_has():
    path = f"{wheel_file('chrH32.dcm')}::PatientName"
    done = run("--json", path, PYTHONIOENCODING="ascii")
    assert "\N{CJK UNIFIED IDEOGRAPH-5C71}" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("option", ["--private", "--json"])
def test_a_reader_that_leaves_early_is_no_error(tmp_path, option):
    path = tmp_path / "long.dcm"
    path.write_bytes(part10(explicit(0x7FE00010, "OB", bytes(3_000_000))))
    with subprocess.Popen(
        [*ISOCENTER, path, "--values", "0", option], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout.read(3)
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


def test_the_help_names_every_option():
    text = run("--help", COLUMNS="100").stdout.decode()
    for option in (
        "FILE[::PATH]",
        "--json",
        "--bulk",
        "--private",
        "--no-private",
        "--values",
        "--help",
    ):
        assert option in text


def test_no_file_is_a_wrong_call(show):
    could_not_run(show(), "FILE")
