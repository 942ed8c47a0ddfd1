"""What is planted in an archive is in no byte of what is told of it, unless everything is asked for.

Four patients have identifiers and rare values everywhere, each others, in different encodings.
Six more share theirs, wherever table E.1-1, privacy or the VR forbids to tell them however many
patients there are.
"""

import base64
import json
import re
import subprocess
import sys
from contextlib import suppress

import pytest

from deidentify.planted import (
    BIG,
    CODECS,
    DEFLATED,
    EXPLICIT,
    FAMILY,
    IMPLICIT,
    NAMES,
    Planted,
    planted_file,
)
from isocenter import Dataset, dcmread
from isocenter.attributes.profile import Profile
from isocenter.attributes.query import query
from isocenter.attributes.views import view_statements
from isocenter.core.part10writer import WriteOptions, file_bytes

MAY_BE_SHARED = (
    *(0x00280010, 0x00180015, 0x00180023, 0x00280040, 0x00180024, 0x00181160),
    0x00082218,  # Anatomic Region Sequence: a code that quotes the name
)
"""What the planted files have outside of everything that is forbidden: told, when five share it."""


def run(*arguments):
    command = [sys.executable, "-m", "isocenter", "attributes", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False)


def spellings(word):
    """A word in every encoding, as it is and as digits or base64 of it."""
    for codec in CODECS:
        with suppress(UnicodeEncodeError):
            data = word.encode(codec)
            yield data.lower()
            yield data.hex().encode()
            for before in range(3):  # base64 begins anywhere in a group of three bytes
                inner = base64.b64encode(bytes(before) + data)[4:-4].lower()
                if len(inner) >= 6:
                    yield inner


ESCAPE = re.compile(rb"\\u([0-9a-f]{4})")


def views(content):
    """The bytes, those of two-byte characters, and what escapes of JSON in them stand for."""
    lower = content.lower()
    yield lower
    yield lower.replace(b"\0", b"")
    yield ESCAPE.sub(lambda found: chr(int(found[1], 16)).encode("utf-8", "replace"), lower)


def leaks(root, words):
    """Where an identifier stands in a folder, in file names too, and which."""
    known = sorted({re.escape(one) for word in words for one in spellings(word)})
    pattern = re.compile(b"|".join([FAMILY.pattern, *known]))
    return [
        (path.relative_to(root).as_posix(), match)
        for path in sorted(root.rglob("*"))
        for content in (str(path.relative_to(root)).encode(), path.is_file() and path.read_bytes())
        for view in views(content or b"")
        for match in pattern.findall(view)
    ]


def with_few_sequences(ds):
    """The planted files nest every sequence of the table; a few tell as much, in less time."""
    public = [one.tag for one in ds if one.VR == "SQ" and not one.tag.is_private]
    for tag in public[6:]:
        del ds[tag]


def rare(number, charset, syntax):
    """A patient who shares nothing; maker, model and modality are identifiers too."""
    planted = Planted(NAMES[charset].partition("^")[0][:3])
    for _ in range(number * 2000):
        planted.text()
    ds = dcmread(planted_file(planted, syntax, charset))
    with_few_sequences(ds)
    ds.Manufacturer, ds.ManufacturerModelName = planted.text(), f"Quagmire {number}"
    ds.Modality = planted.upper()
    ds.PatientID = planted.text()
    return file_bytes(ds, WriteOptions(lenient=True))


def name_creators(ds):
    """Private creators that five patients have are told: these are nobody's."""
    for element in [*ds]:
        if element.tag.is_private_creator:
            ds[element.tag].value = "SOMEBODY'S TOOLS"
        for item in element.value if element.VR == "SQ" else ():
            name_creators(item)


def shared():
    """Six patients with the same identifiers."""
    ds = dcmread(planted_file(Planted("ö"), EXPLICIT, "ISO_IR 100"))
    for tag in MAY_BE_SHARED:
        del ds[tag]
    ds.file_meta.ImplementationVersionName = "PLAIN"
    ds.Manufacturer, ds.ManufacturerModelName = "MAKER", "MODEL"
    with_few_sequences(ds)
    name_creators(ds)
    ds.PatientName = "Quagmire^Zebedee"
    request = Dataset()
    request.ScheduledProcedureStepID, request.RequestedProcedureID = "Quagmire", "Zebedee"
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "Q", "QUAGMIRE", "Zebedee"
    request.ScheduledProtocolCodeSequence = [code]
    ds.RequestAttributesSequence = [request]
    ds.add_new(0x00190010, "LO", "GEMS_ACQU_01")  # a creator that the dictionary has
    ds.add_new(0x0019105A, "LO", "Quagmire")
    for number in range(6):
        ds.PatientID = f"P{number}"
        yield file_bytes(ds, WriteOptions(lenient=True))


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    root = tmp_path_factory.mktemp("tree")
    charsets = ["ISO_IR 100", "ISO_IR 192", "ISO_IR 144", "ISO 2022 IR 87"]
    for number, (charset, syntax) in enumerate(
        zip(charsets, [EXPLICIT, IMPLICIT, BIG, DEFLATED], strict=True)
    ):
        (root / f"rare-{number}.dcm").write_bytes(rare(number, charset, syntax))
    for number, content in enumerate(shared()):
        (root / f"shared-{number}.dcm").write_bytes(content)
    return root


@pytest.fixture(scope="module")
def words():
    people = {part for name in NAMES.values() for part in name.replace("=", "^").split("^")}
    return sorted({*people, "Quagmire", "Zebedee"})


@pytest.fixture(scope="module")
def profile(tree, tmp_path_factory):
    folder = tmp_path_factory.mktemp("profiles") / "profile"
    done = run("scan", tree, "-O", folder, "--workers", "1")
    assert done.returncode in {0, 1}, done.stderr
    return folder


def told(out, name, *arguments):
    """Runs a command and keeps what it says."""
    done = run(*arguments)
    assert b"Traceback" not in done.stderr
    assert done.returncode in {0, 1}, done.stderr
    (out / f"{name}.out").write_bytes(done.stdout + done.stderr)


def test_what_is_planted_is_found_by_the_search(tree, words):
    found = {match for _, match in leaks(tree, words)}
    assert {b"quagmire", b"zebedee", b"18690213"} <= found
    assert len(found) > 1000


def test_examples_report_and_site_tell_nothing(profile, words, tmp_path):
    told(tmp_path, "examples", "examples", profile)
    told(tmp_path, "examples-all", "examples", profile, "--json", "--number", "1000")
    told(tmp_path, "legacy", "examples", profile, "--legacy", "-O", tmp_path / "legacy.json")
    told(tmp_path, "report", "report", profile, "--number", "10000")
    told(tmp_path, "report-json", "report", profile, "--json")
    told(tmp_path, "report-files", "report", profile, "--csv", tmp_path / "csv")
    told(tmp_path, "site", "site", profile, "-O", tmp_path / "site", "--number", "1000")
    assert leaks(tmp_path, words) == []
    assert len([*(tmp_path / "site").rglob("*.js")]) > 200
    assert "MAKER" in (tmp_path / "examples.out").read_text("utf-8")


@pytest.mark.parametrize("kind", ["profile", "unsafe"])
def test_no_view_tells_anything(kind, request, words, tmp_path):
    profile = request.getfixturevalue(kind)
    with Profile(profile) as opened:
        (tmp_path / "python").write_text(repr([*opened.values(), *opened.values(by=["modality"])]))
        for view in view_statements(5, unsafe=False):
            answer = query(opened, f"SELECT * FROM {view}")  # noqa: S608 - a name of ours
            (tmp_path / view).write_text(json.dumps(answer.rows, default=str), encoding="utf-8")
    told(tmp_path, "query", "query", profile, 'SELECT * FROM "values"', "--json")
    assert leaks(tmp_path, words) == []


def test_check_tells_nothing(tree, words, tmp_path):
    told(tmp_path, "check", "check", *sorted(tree.iterdir()))
    told(tmp_path, "check-json", "check", *sorted(tree.iterdir()), "--json")
    assert leaks(tmp_path, words) == []


@pytest.fixture(scope="module")
def unsafe(tree, tmp_path_factory):
    """The profile of the same files with every value."""
    folder = tmp_path_factory.mktemp("unsafe") / "profile"
    run("scan", tree, "-O", folder, "--workers", "1", "--unsafe-all-values")
    return folder


def test_a_profile_with_every_value_tells_nothing_unless_asked(unsafe, words, tmp_path):
    told(tmp_path, "examples", "examples", unsafe, "--json", "--number", "1000")
    told(tmp_path, "site", "site", unsafe, "-O", tmp_path / "site", "--number", "1000")
    told(tmp_path, "report", "report", unsafe, "--json")
    assert leaks(tmp_path, words) == []


@pytest.mark.parametrize("view", ["values", "values_by_context", "withheld", "numbers"])
@pytest.mark.parametrize("k", [1, 5])
def test_a_profile_with_every_value_tells_what_one_without_tells(profile, unsafe, view, k):
    asked = f'SELECT * FROM "{view}" ORDER BY ALL'  # noqa: S608 - a name of ours
    with Profile(profile, k=k) as one, Profile(unsafe, k=k) as other:
        told = query(one, asked).rows
        assert query(other, asked).rows == told
    assert told or (view, k) == ("withheld", 1)


def test_every_value_is_there_when_asked_and_every_output_says_so(unsafe, tmp_path):
    done = run("site", unsafe, "-O", tmp_path, "--unsafe-all-values")
    assert b"warning: --unsafe-all-values" in done.stderr
    assert "not checked for anybody" in (tmp_path / "index.html").read_text("utf-8")
    assert "not checked for anybody" in (tmp_path / "data/archive.js").read_text("utf-8")
    assert "Quagmire^Zebedee" in (tmp_path / "data/attributes/00100010.js").read_text("utf-8")
