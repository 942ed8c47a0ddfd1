"""Whether one element is as the dictionary and its VR say (PS3.5 6.2, 6.4, 7; PS3.6 6).

In: a decoded element. Out: its deviations. What the value is stays out of them: a name or
a number of a patient may stand in any element. Only who asks for ``shows_values`` is told.
"""

from __future__ import annotations

from collections.abc import Iterator

from isocenter.attributes.deviations import Deviation
from isocenter.core.element import DataElement
from isocenter.core.validation import RULES, validate
from isocenter.errors import InvalidValueError, Level, ValueDecodingError
from isocenter.standard.dictionary import Entry, entry
from isocenter.standard.multiplicity import allows
from isocenter.standard.vr import BYTES

DICTIONARY = "PS3.6 6"


def deviations(element: DataElement, *, shows_values: bool = False) -> Iterator[Deviation]:
    """What is not as it should be about this element alone."""
    if element.tag.is_private:
        if element.tag.element >= 0x1000 and not element.private_creator:
            yield Deviation(
                Level.WARNING, "no-private-creator", "nobody reserved its block", "PS3.5 7.8.1"
            )
    else:
        yield from _against_dictionary(element)
    yield from invalid(element, shows_values=shows_values)


def undecodable(error: ValueDecodingError) -> Deviation:
    """The deviation of an element whose bytes are no value of its VR."""
    return Deviation(
        Level.ERROR, "bad-value", "its bytes are no value of its VR", error.clause or "PS3.5 6.2"
    )


def _against_dictionary(element: DataElement) -> Iterator[Deviation]:
    row = entry(element.tag)
    if row is None and not element.tag.element:
        yield Deviation(Level.NOTE, "retired-attribute", "group lengths are retired", "PS3.5 7.2")
        return
    if row is None:
        yield Deviation(
            Level.WARNING, "not-in-dictionary", "the data dictionary does not have it", DICTIONARY
        )
        return
    if row.is_retired:
        yield Deviation(Level.NOTE, "retired-attribute", "the Standard has retired it", DICTIONARY)
    yield from _other_vr(element, row)
    if element.VR != "UN" and element.VM and not allows(row.vm, element.VM):
        message = f"{element.VM} values, where the dictionary has {row.vm}"
        yield Deviation(Level.ERROR, "wrong-vm", message, DICTIONARY)


def _other_vr(element: DataElement, row: Entry) -> Iterator[Deviation]:
    if element.VR in row.vr.split(" or "):
        return
    if element.VR == "UN":
        message = f"VR UN, although the dictionary has {row.vr}"
        yield Deviation(Level.WARNING, "other-vr", message, "PS3.5 6.2.2")
    elif row.vr != "NONE":
        message = f"VR {element.VR}, where the dictionary has {row.vr}"
        yield Deviation(Level.ERROR, "other-vr", message, DICTIONARY)


def invalid(element: DataElement, *, shows_values: bool = False) -> Iterator[Deviation]:
    """The rule of its VR that the value breaks first, if any.

    Bytes are not looked into, and lengths that are no whole number of words came out when the value
    was decoded.
    """
    if element.VR == "SQ" or element.VR in BYTES:
        return
    try:
        validate(element.VR, element.value)
    except InvalidValueError as error:
        said = f": {error.value}" if shows_values else ""
        clause = error.clause or "PS3.5 6.2"
        if any(rule.is_of_length for rule in RULES.get(element.VR, ()) if rule.says == error.rule):
            message = f"too long for VR {element.VR}, which takes {error.rule}{said}"
            yield Deviation(Level.ERROR, "value-too-long", message, clause)
        else:
            message = f"no value of VR {element.VR}, which takes {error.rule}{said}"
            yield Deviation(Level.ERROR, "invalid-value", message, clause)
