"""The tables of the Standard as a script of the page: dictionary, lists, modules, IODs.

The lists stay the graph that they are, so that 23 MB of unfolded rows are 0.3 MB.
"""

from __future__ import annotations

from isocenter.markup.scripts import registered
from isocenter.standard import dictionary, modules
from isocenter.standard.attributelists import Attribute, attribute_lists
from isocenter.standard.modules import Iod, Module, Place
from isocenter.standard.uid import UID


def editions() -> dict[str, str]:
    """The edition of each kind of table."""
    return {
        "modules": modules.EDITION,
        "sections": modules.SECTIONS_EDITION,
        "dictionary": dictionary.EDITION,
    }


def standard_script() -> bytes:
    """What ``standard.js`` of the page reads: ``isocenter.register("standard", …)``."""
    iods = modules.iods()
    return registered(
        "standard",
        {
            "editions": editions(),
            "pages": _folder(iods[0].place),
            "attributes": "\n".join(map("|".join, dictionary.entries())),
            "lists": [",".join(map(_listed, held)) for held in attribute_lists()],
            "modules": {one.key: _module(one) for one in modules.modules()},
            "iods": [_iod(one) for one in iods],
            "classes": {uid: UID(uid).name for one in iods for uid in one.sop_classes},
        },
    )


def _listed(attribute: Attribute) -> str:
    items = "" if attribute.items_number is None else f":{attribute.items_number}"
    return f"{attribute.tag:08X}:{attribute.type}{items}"


def _folder(place: Place) -> str:
    return place.url.rpartition("/")[0] + "/"


def _place(place: Place) -> tuple[str, str]:
    return place.clause, place.url.rpartition("/")[2]


def _module(one: Module) -> tuple[object, ...]:
    return one.name, *_place(one.place), one.number


def _iod(one: Iod) -> tuple[object, ...]:
    uses = [(use.module.key, use.usage, use.entity) for use in one.modules]
    groups = [
        (f"{tag:08X}", group.usage) for group in one.functional_groups for tag in group.sequences
    ]
    return one.key, one.name, *_place(one.place), one.sop_classes, uses, groups
