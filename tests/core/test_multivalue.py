"""PS3.5 6.4: a list of values that converts what comes in."""

import copy
import pickle

import pydicom.multival
import pydicom.valuerep
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter.core.multivalue import MultiValue
from isocenter.core.numberstring import IS, DSfloat
from isocenter.core.personname import PersonName


def pickled(one):
    return pickle.loads(pickle.dumps(one))  # noqa: S301 - our own bytes


def test_what_comes_in_is_converted():
    values = MultiValue(int, ["1", "2"])
    values.append("3")
    values.insert(0, "0")
    values.extend(["4", 5.0])
    values += ["6"]
    values[1] = "10"
    values[-2:] = ["50", "60"]
    assert values == [0, 10, 2, 3, 4, 50, 60]
    assert {int} == {type(value) for value in values}


def test_what_cannot_be_converted_changes_nothing():
    values = MultiValue(int, [1, 2])
    for change in (
        lambda: values.append("x"),
        lambda: values.insert(0, "x"),
        lambda: values.extend(["3", "x"]),
        lambda: values.__iadd__(["3", "x"]),
        lambda: values.__setitem__(0, "x"),
        lambda: values.__setitem__(slice(0, 1), ["3", "x"]),
    ):
        with pytest.raises(ValueError, match="invalid literal"):
            change()
    assert values == [1, 2]


@pytest.mark.parametrize("empty", ["", None])
def test_7_4_no_value_stays_no_value(empty):
    values = MultiValue(DSfloat, ["1.50", empty])
    values.append(empty)
    assert [1.5, empty, empty] == values


def test_values_can_be_taken_as_they_are():
    values = MultiValue.of([1, 2], str)
    assert values == [1, 2]
    values.append(3)
    assert values == [1, 2, "3"]
    assert MultiValue.of([1]).type_constructor is None
    assert type(values) is MultiValue


def test_without_a_constructor_nothing_is_converted():
    values = MultiValue(["1", 2])
    values.append(3.0)
    values[0] = "x"
    assert values == ["x", 2, 3.0]
    assert MultiValue() == []


def test_a_list_as_lists_are():
    values = MultiValue(int, [3, 1, 2])
    values.sort()
    assert values == [1, 2, 3]
    assert values.index(2) == 1
    assert (values[0:2], values.pop(), len(values)) == ([1, 2], 3, 2)
    del values[0]
    assert values == [2]
    with pytest.raises(TypeError):
        MultiValue(int, 5)


@given(st.lists(st.sampled_from(["1.50", "2", "", "-3e4"])))
def test_numbers_print_as_pydicom_prints_them(texts):
    ours = MultiValue(DSfloat, texts)
    theirs = pydicom.multival.MultiValue(pydicom.valuerep.DSfloat, texts)
    assert str(theirs) == str(ours)
    assert (str(ours) or "[]") == repr(ours)


@given(st.lists(st.text()))
def test_texts_print_as_pydicom_prints_them(texts):
    assert str(pydicom.multival.MultiValue(str, texts)) == str(MultiValue(str, texts))


def test_names_print_without_quotes():
    assert str(MultiValue(PersonName, ["a^b", "c"])) == "[a^b, c]"


@pytest.mark.parametrize("one", [MultiValue(IS, ["05", "6"]), MultiValue([1, "a"])])
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled])
def test_values_are_copied_with_their_constructor(one, again):
    other = again(one)
    assert (one, str(one), one.type_constructor) == (other, str(other), other.type_constructor)
    other.append("7")
    assert len(other) == len(one) + 1
