"""Identifiers planted wherever a file can hold text occur nowhere in what comes out."""

import re
import subprocess
import sys

import pytest

from deidentify.planted import (
    BIG,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    NAMES,
    TEXTS,
    Planted,
    leaks,
    planted_file,
)
from isocenter import dcmread
from isocenter.deidentify.table import rows, vrs


def run(*arguments, environment=None):
    command = [sys.executable, "-m", "isocenter", "deidentify", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Files with identifiers, in folders with identifiers; and the identifiers."""
    root, planted = tmp_path_factory.mktemp("Vz9999Qk") / "in", Planted("ö")
    folder = root / "Quagmire^Zebedee" / "02-yr" / "Müller 18690213"
    folder.mkdir(parents=True)
    for number, (charset, syntax) in enumerate(
        zip(NAMES, [EXPLICIT, IMPLICIT, BIG, DEFLATED, EXPLICIT], strict=True)
    ):
        planted._letters = NAMES[charset].partition("^")[0][:3]
        (folder / f"Quagmire {number}.dcm").write_bytes(planted_file(planted, syntax, charset))
    secondary = planted_file(planted, EXPLICIT, "ISO_IR 100", "1.2.840.10008.5.1.4.1.1.7")
    (folder / "Quagmire capture.dcm").write_bytes(secondary)
    whole = planted_file(planted, EXPLICIT, "ISO_IR 100")
    (folder / "Quagmire cut.dcm").write_bytes(whole[: len(whole) // 2])
    (folder / "Quagmire tail.dcm").write_bytes(whole + b"Vz0001Qk Quagmire")
    (folder / "Quagmire.txt").write_text(planted.text(), encoding="utf-8")
    (folder / "Quagmire junk.dcm").write_text(planted.text(), encoding="utf-8")
    (folder / "Quagmire loop").symlink_to(root)
    people = {part for name in NAMES.values() for part in re.split("[=^]", name)}
    return root, sorted({*people, "Quagmire", "Zebedee", "Müller"})


def test_every_attribute_of_the_table_is_planted_and_found_by_the_search(tree):
    root, words = tree
    path = next(root.rglob("Quagmire 0.dcm"))
    ds = dcmread(path)
    listed = {tag for tag in rows() if 8 <= tag >> 16 < 0xFFF0}
    assert {
        tag for tag in listed if tag not in ds and vrs(tag) & {*TEXTS, "UI", "DA", "DT", "TM", "SQ"}
    } == set()
    assert {b"vz0001qk", b"quagmire", b"18690213"} <= {match for _, match in leaks(root, words)}
    assert len({match for _, match in leaks(root, words)}) > 1000


@pytest.mark.parametrize(
    "options",
    [[], ["--clean-descriptors", "--dates", "shift"]],
    ids=["basic", "descriptors and dates"],
)
def test_no_identifier_is_in_any_byte_that_comes_out(tree, tmp_path, options):
    root, words = tree
    key = tmp_path / "key"
    key.write_text("Vz8888Qk, which is the secret", encoding="utf-8")
    out = tmp_path / "out"
    done = run(root, "-O", out, "--key-file", key, "--workers", "2", *options)
    written = sorted(out.rglob("*.dcm"))
    assert (done.returncode, done.stderr.count("Traceback")) == (1, 0)
    assert len(written) == 5
    stays = {b"142857.27182"} if "shift" in options else set()  # times of day do not move
    assert [(where, match) for where, match in leaks(out, words) if match not in stays] == []
    for path in written:
        ds = dcmread(path)
        assert ds.PatientIdentityRemoved == "YES"
        assert bytes(ds.PixelData) == b"\1\2\3\4"
        assert ds.preamble == bytes(128)


def test_what_was_left_out_is_told_on_the_terminal_and_not_in_the_output(tree, tmp_path):
    root, _ = tree
    done = run(root, "-O", tmp_path / "out")
    assert "left out: Quagmire^Zebedee/02-yr/Müller 18690213/Quagmire capture.dcm" in done.stdout
    assert "Quagmire cut.dcm" in done.stdout
    assert "Quagmire junk.dcm" in done.stdout
    told = (tmp_path / "out" / "findings.json").read_text("utf-8")
    assert "Quagmire" not in told
    assert "0001/02-yr/0001/000006.dcm" in told


def test_the_output_path_tells_nothing(tree, tmp_path):
    root, _ = tree
    run(root, "-O", tmp_path / "out")
    names = {
        path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.dcm")
    }
    assert names == {f"0001/02-yr/0001/{number:06}.dcm" for number in range(1, 6)}
