"""What check finds in real files is what a slow reading of the tables by pydicom finds."""

import re
import warnings
from collections import Counter

import pydicom
import pytest
from pydicom import datadict

from attributes.oracle import lacking, tables
from isocenter.attributes.check import check_file
from isocenter.errors import Level
from support.files import shared_files, wheel_files

LACKING = {"absent-attribute", "empty-attribute"}
DICTIONARY = {"other-vr", "wrong-vm", "retired-attribute", "not-in-dictionary"}
DAMAGED = {"truncated", "bad-encoding", "stray-delimiter", "bad-value", "not-dicom"}


def a_few_of_each_folder(paths):
    """The wheel's few folders nearly whole, of the others what their series have in common."""
    most = 1 if paths is shared_files() else 25
    seen = Counter()
    for path in paths:
        seen[path.parent] += 1
        if seen[path.parent] <= most and path.stat().st_size < 500_000:
            yield path


def sound(paths):
    """Path, pydicom's data set and our result, of files that both read without a complaint."""
    for path in a_few_of_each_folder(paths):
        checked = check_file(path)
        if DAMAGED & {finding.code for finding in checked.findings}:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                dataset = pydicom.dcmread(path, force=True)
                list(dataset.iterall())
            except Exception:  # noqa: BLE001, S112 - what pydicom cannot read is no oracle
                continue
            yield path, dataset, checked


def found(checked, codes):
    return {
        (tuple(re.sub(r"\[\d+\]", "", finding.tag).split(".")), finding.code)
        for finding in checked.findings
        if finding.code in codes and (finding.level is Level.ERROR or codes is DICTIONARY)
    }


@pytest.mark.parametrize("files", [wheel_files, shared_files])
def test_what_lacks_is_what_the_oracle_says(files):
    if not files():
        pytest.skip("../shared/data is not there")
    compared = 0
    for path, dataset, checked in sound(files()):
        if str(dataset.get("SOPClassUID", "")) in tables()[2]:
            ours = {one for one in found(checked, LACKING) if not one[0][-1].startswith("(60")}
            assert (lacking(dataset), path) == (ours, path)
            compared += 1
    assert compared > 40


def test_what_the_dictionary_says_is_what_pydicoms_says():
    compared = 0
    for path, dataset, checked in sound(wheel_files()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = set(against_dictionary(dataset))
        ours = {(one[-1], code) for one, code in found(checked, DICTIONARY)}
        assert (expected, path) == ({one for one in ours if "(" not in one[0]}, path)
        compared += 1
    assert compared > 60


def against_dictionary(dataset):
    """Keyword and code, nested ones too, of elements whose keyword names one tag."""
    elements = [*dataset.iterall(), *getattr(dataset, "file_meta", ())]
    for element in elements:
        keyword = element.keyword
        if not keyword or datadict.tag_for_keyword(keyword) != element.tag:
            continue
        if datadict.dictionary_is_retired(element.tag):
            yield keyword, "retired-attribute"
        if element.VR not in datadict.dictionary_VR(element.tag).split(" or "):
            yield keyword, "other-vr"
        if element.VR != "UN" and not allowed(datadict.dictionary_VM(element.tag), element.VM):
            yield keyword, "wrong-vm"


def allowed(multiplicity, count):
    """Whether a count is among the first hundred that a VM lists."""
    low, _, high = multiplicity.partition("-")
    if not high:
        return count in {0, int(low)}
    if high == "n":
        return not count or count >= int(low)
    if high.endswith("n"):
        return count % int(high[:-1]) == 0
    return not count or int(low) <= count <= int(high)
