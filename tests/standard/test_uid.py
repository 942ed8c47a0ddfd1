"""PS3.5 9 and A, PS3.6 A: unique identifiers."""

import copy
import pickle

import pydicom.config
import pydicom.uid
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom._uid_dict import UID_dictionary

from isocenter.standard import uid as uid_module
from isocenter.standard.uid import PAPYRUS, UID

SYNTAXES = sorted(uid for uid, row in UID_dictionary.items() if row[1] == "Transfer Syntax")


def pickled(one):
    return pickle.loads(pickle.dumps(one))  # noqa: S301 - our own bytes


@pytest.mark.parametrize("uid", SYNTAXES)
def test_transfer_syntaxes_mean_what_they_mean_to_pydicom(uid):
    ours, theirs = UID(uid), pydicom.uid.UID(uid)
    assert ours.is_transfer_syntax
    assert theirs.is_implicit_VR == ours.is_implicit_VR or uid == PAPYRUS
    assert theirs.is_little_endian == ours.is_little_endian
    assert theirs.is_deflated == ours.is_deflated or uid == JPIP_DEFLATED
    assert theirs.is_encapsulated == ours.is_encapsulated or uid == PAPYRUS
    assert ours.is_compressed == ours.is_encapsulated


JPIP_DEFLATED = "1.2.840.10008.1.2.4.95"


def test_every_registered_uid_has_its_name_and_kind():
    for uid, (name, kind, *_) in UID_dictionary.items():
        assert (name, kind, False) == (UID(uid).name, UID(uid).kind, UID(uid).is_private)


def test_a_uid_nobody_registered():
    uid = UID("1.2.3.4")
    assert (uid.name, uid.kind, uid.is_private, uid == "1.2.3") == ("1.2.3.4", "", True, False)
    assert not uid.is_transfer_syntax


def test_a_private_syntax_that_is_not_compressed():
    assert UID("1.2.840.113619.5.2").is_implicit_VR
    assert not UID("1.2.840.113619.5.2").is_encapsulated


@pytest.mark.parametrize("uid", list(UID_dictionary))
def test_every_property_is_what_it_is_to_pydicom(uid):
    ours, theirs = UID(uid), pydicom.uid.UID(uid)
    for name in ("name", "type", "info", "is_retired", "keyword", "is_private", "is_valid"):
        assert getattr(theirs, name) == getattr(ours, name)


@given(st.text("0123456789. ", max_size=70))
def test_9_1_what_is_valid_is_what_is_valid_to_pydicom(text):
    theirs = pydicom.uid.UID(text.strip(), pydicom.config.IGNORE)
    assert theirs.is_valid == UID(text.strip()).is_valid


@pytest.mark.parametrize("text", ["", "1.2.03", "1..2", "1.", ".1", "1" * 65, "1.a", "1.2\n", " 1"])
def test_9_1_what_is_no_uid(text):
    assert not UID(text).is_valid


@pytest.mark.parametrize("value", [None, 5, 1.2, b"1.2"])
def test_a_uid_is_made_of_text(value):
    with pytest.raises(TypeError, match="made of text"):
        UID(value)


def test_every_keyword_of_ps3_6_is_a_constant():
    for text, row in UID_dictionary.items():
        if row[4]:
            constant = getattr(uid_module, row[4])
            assert (text, UID, row[4]) == (constant, type(constant), constant.keyword)
            assert row[4] in dir(uid_module)
    assert uid_module.CTImageStorage is uid_module.CTImageStorage


def test_every_constant_of_pydicom_is_one_of_ours():
    theirs = {name for name, uid in vars(pydicom.uid).items() if isinstance(uid, pydicom.uid.UID)}
    assert theirs - {"PYDICOM_IMPLEMENTATION_UID"} <= set(dir(uid_module))


def test_a_keyword_that_there_is_not():
    with pytest.raises(AttributeError, match="CTImageStore"):
        _ = uid_module.CTImageStore


@pytest.mark.parametrize(
    "name",
    [
        "JPEGTransferSyntaxes",
        "JPEGLSTransferSyntaxes",
        "JPEG2000TransferSyntaxes",
        "MPEGTransferSyntaxes",
        "RLETransferSyntaxes",
    ],
)
def test_families_of_transfer_syntaxes(name):
    assert set(getattr(pydicom.uid, name)) == set(getattr(uid_module, name))


def test_all_transfer_syntaxes_are_those_that_files_have():
    more = set(uid_module.AllTransferSyntaxes) - set(pydicom.uid.AllTransferSyntaxes)
    assert set(pydicom.uid.AllTransferSyntaxes) <= set(uid_module.AllTransferSyntaxes)
    assert {
        "EncapsulatedUncompressedExplicitVRLittleEndian",
        "JPIPReferenced",
        "JPIPReferencedDeflate",
    } == {uid.keyword for uid in more}


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled])
def test_a_private_transfer_syntax_can_be_described(again):
    uid = UID("1.2.3")
    uid.set_private_encoding(implicit_vr=True, little_endian=False)
    uid = again(uid)
    assert (uid, uid.is_implicit_VR, uid.is_little_endian) == ("1.2.3", True, False)
    assert uid.is_transfer_syntax
    assert uid.is_private
    assert not again(UID("1.2.3")).is_transfer_syntax


def test_a_transfer_syntax_of_the_standard_is_described_already():
    with pytest.raises(ValueError, match="no private transfer syntax"):
        UID("1.2.840.10008.1.2").set_private_encoding(implicit_vr=False, little_endian=True)
