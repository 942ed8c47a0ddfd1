"""PS3.5 9 and A, PS3.6 A: unique identifiers."""

import pydicom.uid
import pytest
from pydicom._uid_dict import UID_dictionary

from isocenter.standard.uid import PAPYRUS, UID

SYNTAXES = sorted(uid for uid, row in UID_dictionary.items() if row[1] == "Transfer Syntax")


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
