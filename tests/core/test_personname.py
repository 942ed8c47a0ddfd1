"""PS3.5 6.2.1: person names, their groups and components."""

import copy
import pickle

import pydicom.valuerep
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.core.personname import PersonName

PARTS = ("family_name", "given_name", "middle_name", "name_prefix", "name_suffix")
GROUPS = ("alphabetic", "ideographic", "phonetic")
UTF8 = ["utf_8"]
COMPONENT = st.text("abcÄ亜 .-", max_size=6)
NAMED = st.dictionaries(
    st.sampled_from(
        [part + script for part in PARTS for script in ("", "_ideographic", "_phonetic")]
    ),
    COMPONENT,
)


def pickled(one):
    return pickle.loads(pickle.dumps(one))  # noqa: S301 - our own bytes


@given(st.text("ab^= Ä亜", max_size=30).filter(lambda text: text.count("=") < 3))
def test_names_are_what_they_are_to_pydicom(text):
    ours, theirs = PersonName(text), pydicom.valuerep.PersonName(text)
    assert [getattr(theirs, part) for part in (*PARTS, *GROUPS)] == [
        getattr(ours, part) for part in (*PARTS, *GROUPS)
    ]
    assert (str(theirs), repr(theirs), len(theirs)) == (str(ours), repr(ours), len(ours))
    assert (bool(theirs), list(theirs)) == (bool(ours), list(ours))
    assert theirs.family_comma_given() == ours.family_comma_given()
    assert theirs.components == ours.components


@given(NAMED)
def test_names_of_named_components_are_what_they_are_to_pydicom(named):
    ours = PersonName.from_named_components(**named)
    assert str(pydicom.valuerep.PersonName.from_named_components(**named, encodings=UTF8)) == ours
    for part in PARTS:
        assert getattr(ours, part) == named.get(part, "")


@given(COMPONENT, COMPONENT, COMPONENT, COMPONENT)
def test_6_2_1_1_names_of_animals_are_what_they_are_to_pydicom(owner, animal, wide, spoken):
    named = {"responsible_party_name_ideographic": wide, "patient_name_phonetic": spoken}
    ours = PersonName.from_named_components_veterinary(owner, animal, **named)
    theirs = pydicom.valuerep.PersonName.from_named_components_veterinary(
        owner, animal, **named, encodings=UTF8
    )
    assert str(theirs) == ours


@pytest.mark.parametrize("delimiter", ["=", "^", "\\"])
def test_6_2_1_a_component_holds_no_delimiter(delimiter):
    with pytest.raises(ValueError, match=r"delimiter.*PS3.5 6.2.1"):
        PersonName.from_named_components(family_name=f"a{delimiter}b")


def test_components_may_be_bytes():
    name = PersonName.from_named_components("Doe", b"\x83n", encodings=["shift_jis"])
    assert name == "Doe^ハ"


def test_a_component_that_there_is_not_is_called_wrong():
    with pytest.raises(TypeError, match=r"family_nam$"):
        PersonName.from_named_components(family_nam="a")
    with pytest.raises(TypeError, match="no component owner"):
        PersonName.from_named_components_veterinary(owner="a")


def test_a_name_in_a_format():
    name = PersonName("Adams^John^Q^Rev.^Jr.=亜=あ")
    assert name.formatted("%(given_name)s %(family_name)s") == "John Adams"
    assert name.formatted("%(ideographic)s %(phonetic)s") == "亜 あ"
    with pytest.raises(KeyError, match="nickname"):
        name.formatted("%(nickname)s")


def test_a_name_does_not_change():
    name = PersonName("a^b")
    for part in (*PARTS, *GROUPS, "components", "original_string", "nickname"):
        with pytest.raises(AttributeError):
            setattr(name, part, "c")


def test_a_name_made_of_bytes():
    name = PersonName("Äd=亜".encode(), ["utf_8"])
    assert (name, name.original_string) == ("Äd=亜", "Äd=亜".encode())
    assert PersonName(b"\xc4") == "Ä"
    assert PersonName(b"\xff", ["ascii"]) == "\ufffd"
    assert PersonName(b"\xa1").decode(["iso8859_2"]) == "Ą"


def test_a_name_of_text_has_no_bytes():
    name = PersonName("Ä")
    assert name.original_string is None
    assert name.decode(["ascii"]) is name


def test_a_name_is_encoded_in_the_first_codec_that_can():
    assert PersonName("Ä").encode(["ascii", "latin_1", "utf_8"]) == b"\xc4"
    assert PersonName("Ä").encode() == b"\xc3\x84"
    with pytest.raises(UnicodeEncodeError, match="latin"):
        PersonName("亜").encode(["ascii", "latin_1"])


@pytest.mark.parametrize("one", [PersonName("a^b=c"), PersonName(b"\xc4^b")])
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled])
def test_names_are_copied_whole(one, again):
    other = again(one)
    assert (one, one.original_string, hash(one)) == (other, other.original_string, hash(other))
