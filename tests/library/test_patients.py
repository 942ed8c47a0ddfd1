"""Who is one patient: nobody is mixed up, and spelling splits nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.library.patients import Identity, contradict, patients

JANE, BORN = "DOE^JANE", "20000110"


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ([("1", JANE, BORN), ("1", JANE, BORN)], 1),
        ([("1", JANE, BORN), ("1 ", "Doe^Jane^^", BORN)], 1),
        ([("1", JANE, BORN), ("1", "", ""), ("1", JANE, "")], 1),
        ([("1", JANE, BORN), ("1", "ROE^JANE", BORN)], 2),
        ([("1", JANE, BORN), ("1", JANE, "20000111")], 2),
        ([("1", JANE, BORN), ("1", "ROE^JANE", BORN), ("1", "", "")], 3),
        ([("1", JANE, BORN), ("2", JANE, BORN)], 2),
        ([("", JANE, BORN), ("", "Doe^Jane", BORN)], 1),
        ([("", JANE, BORN), ("", JANE, "")], 2),
        ([("", "", ""), ("", "", "")], 1),
    ],
)
def test_how_many_patients_studies_are_of(said, count):
    assert count == len(set(patients(Identity(*one) for one in said).values()))


def test_a_patient_has_what_any_of_the_studies_says():
    joined = patients([Identity("1"), Identity("1", JANE), Identity("1", "", BORN)])
    assert set(joined.values()) == {Identity("1", JANE, BORN)}


TEXTS = st.sampled_from(["", "A", "a ^", "B"])


@given(st.lists(st.builds(Identity, st.sampled_from(["", "1", "2"]), TEXTS, TEXTS)))
def test_no_two_ids_and_no_two_names_become_one_patient(said):
    joined = patients(said)
    assert joined.keys() == set(said)
    for patient in set(joined.values()):
        members = [one for one in said if joined[one] == patient]
        assert {one.patient_id for one in members} == {patient.patient_id}
        assert not contradict(members)
    assert joined == patients(reversed(said))
