"""Headers compared at once with those before give what each gives when it is walked alone."""

import random
from collections import Counter

import pytest

from attributes.trees import slice_of
from isocenter.attributes.identity import PUBLIC
from isocenter.attributes.occurrences import Rules
from isocenter.attributes.template import Template
from isocenter.attributes.walk import Walker
from isocenter.core.part10 import parse
from isocenter.core.reader import PIXELS
from support.files import wheel_files

RULES = Rules(PUBLIC)


def walked(walker, content):
    """The occurrences of a header, and what was wrong with it."""
    dataset = parse(content, stop=PIXELS)
    found = Counter()
    for bundle in walker.walk(dataset):
        for occurrence, times in walker.bundles[bundle]:
            found[occurrence] += times
    return found, dataset.findings


@pytest.fixture
def compared(monkeypatch):
    """How many data sets were what a template says."""
    hits = []

    def bundles(self, stored, look_up, whole=Template.bundles):
        found = whole(self, stored, look_up)
        hits.append(found is not None)
        return found

    monkeypatch.setattr(Template, "bundles", bundles)
    return hits


def assert_walked_as_alone(contents):
    walker = Walker(RULES)
    for number, content in enumerate(contents):
        assert walked(walker, content) == walked(Walker(RULES), content), number


def test_a_series_is_compared_from_its_third_file_on(compared):
    assert_walked_as_alone(slice_of("1", number, InstanceNumber=number) for number in range(10, 20))
    assert sum(compared) == 2 * 8  # File Meta Information and data set


def test_what_varies_more_is_learnt(compared):
    assert_walked_as_alone(
        slice_of(str(number // 4), number, PatientName=f"N^{number // 6}", EchoTime=number * 1.5)
        for number in range(40)
    )
    assert sum(compared) > 50


def test_another_character_set_is_another_kind():
    names = {"ISO_IR 100": "J\xfcrgen", "ISO_IR 144": "\u0418\u0432\u0430\u043d"}
    names["ISO_IR 192"] = "\u5c71\u7530"
    assert_walked_as_alone(
        slice_of("1", number, SpecificCharacterSet=charset, PatientName=f"{name}^{number}")
        for number in range(12)
        for charset, name in [*names.items()][: 1 + number % 3]
    )


def element(tag, vr, value):
    group, number = divmod(tag, 0x10000)
    head = group.to_bytes(2, "little") + number.to_bytes(2, "little") + vr
    return head + len(value).to_bytes(2, "little") + value


def test_a_tag_that_comes_again_anywhere(compared):
    plain = [slice_of("1", number) for number in range(10, 16)]
    pixels = plain[-1].index(b"\xe0\x7f\x10\x00")
    middle = plain[-1].index(b"\x20\x00\x0d\x00")
    twice = element(0x00080018, b"UI", b"1.2.30")
    again = [content[:at] + twice + content[at:] for content in plain for at in (pixels, middle)]
    assert_walked_as_alone(plain + again + plain)
    assert any(compared)


def test_headers_with_any_byte_changed(compared):
    chance = random.Random(7)  # noqa: S311 - the same every time
    contents = []
    for number in range(400):
        content = bytearray(slice_of("1", 10) if not number else contents[0])
        end = content.index(b"\xe0\x7f\x10\x00")
        for _ in range(number % 4):
            content[chance.randrange(132, end)] = chance.choice((0, 1, 8, 65, 255, 0x20))
        if number % 7 == 3:
            at = chance.randrange(400, end) & ~1
            del content[at : at + 2 * chance.randrange(1, 20)]
        contents.append(bytes(content))
    assert_walked_as_alone(contents)
    assert sum(compared) > 200


def test_real_files_one_after_the_other():
    walker = Walker(RULES)
    for path in wheel_files():
        content = path.read_bytes()
        try:
            alone = walked(Walker(RULES), content)
        except Exception:  # noqa: BLE001, S112 - no file of DICOM: other tests say why
            continue
        assert walked(walker, content) == alone, path.name
        assert walked(walker, content) == alone, path.name
        assert walked(walker, content) == alone, path.name
