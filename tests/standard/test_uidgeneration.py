"""PS3.5 9 and B: new UIDs."""

import uuid

import pydicom.uid
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.standard.uid import UID
from isocenter.standard.uidgeneration import IMPLEMENTATION_UID, generate_uid

PREFIXES = st.from_regex(r"\A[0-2](\.(0|[1-9][0-9]{0,5})){1,6}\.\Z").filter(
    lambda text: text != "2.25."
)
TEXTS = st.lists(st.text(), min_size=1, max_size=4)


def test_b_2_a_new_uid_is_a_uuid_below_2_25():
    new = generate_uid()
    assert (type(new), new.is_valid) == (UID, True)
    assert uuid.UUID(int=int(new.removeprefix("2.25."))).version == 4


def test_new_uids_differ():
    assert len({generate_uid() for _ in range(1000)}) == 1000
    assert len({generate_uid("1.2.") for _ in range(1000)}) == 1000


@given(TEXTS)
def test_the_same_texts_give_the_same_uid(texts):
    new = generate_uid(entropy_srcs=texts)
    assert new == generate_uid(entropy_srcs=texts) == generate_uid("2.25.", texts)
    made = uuid.UUID(int=int(new.removeprefix("2.25.")))
    assert (new.is_valid, made.version, made.variant) == (True, 8, uuid.RFC_4122)


def test_texts_are_told_apart():
    assert generate_uid(entropy_srcs=["ab", "c"]) != generate_uid(entropy_srcs=["a", "bc"])


@given(PREFIXES, TEXTS)
def test_below_a_prefix_texts_give_the_uid_that_they_give_pydicom(prefix, texts):
    new = generate_uid(prefix, texts)
    assert pydicom.uid.generate_uid(prefix, texts) == new
    assert new.is_valid


@given(PREFIXES)
def test_below_a_prefix_uids_are_valid(prefix):
    new = generate_uid(prefix)
    assert new.startswith(prefix)
    assert new.is_valid


@pytest.mark.parametrize("prefix", ["", "1.2", "1.02.", ".1.", "a.", "1." * 28])
def test_9_1_what_no_uid_begins_with_raises(prefix):
    with pytest.raises(ValueError, match=r"PS3.5 9.1"):
        generate_uid(prefix)


def test_ps3_7_d_3_3_2_the_implementation_has_a_uid():
    assert IMPLEMENTATION_UID.is_valid
    assert uuid.UUID(int=int(IMPLEMENTATION_UID.removeprefix("2.25."))).version == 4
