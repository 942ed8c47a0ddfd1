"""Plausible names that belong to nobody: the same for the same seed."""

from __future__ import annotations

import hashlib

_LAST = [
    "Adler",
    "Baines",
    "Calloway",
    "Dorsey",
    "Ekstrom",
    "Farrow",
    "Granger",
    "Holloway",
    "Ingram",
    "Jarvis",
    "Keller",
    "Lindqvist",
    "Mercer",
    "Norwood",
    "Okafor",
    "Pemberton",
    "Quimby",
    "Rosales",
    "Sandoval",
    "Thackeray",
    "Underhill",
    "Valdez",
    "Whitlock",
    "Yamada",
    "Zeller",
    "Ashby",
    "Birch",
    "Cardenas",
    "Dunmore",
    "Ellery",
    "Fontaine",
    "Garrick",
]
_FIRST = [
    "Alma",
    "Bruno",
    "Clara",
    "Dario",
    "Elise",
    "Felix",
    "Greta",
    "Hugo",
    "Irene",
    "Jonas",
    "Karin",
    "Leon",
    "Mira",
    "Nils",
    "Olga",
    "Paulo",
    "Quentin",
    "Rosa",
    "Stefan",
    "Tilda",
    "Ugo",
    "Vera",
    "Willem",
    "Xenia",
    "Yara",
    "Zeno",
    "Anouk",
    "Bela",
    "Cyril",
    "Dora",
    "Emil",
    "Flora",
]


def plausible_name(seed: str) -> str:
    """``LAST^FIRST^ANON``, of 1,024 names.

    So few that it cannot lead back to ``seed``, and that two patients may share one.
    """
    digest = hashlib.sha256(seed.encode("utf-8", "surrogateescape")).digest()
    last, first = _LAST[digest[0] % len(_LAST)], _FIRST[digest[1] % len(_FIRST)]
    return f"{last}^{first}^ANON".upper()
