"""What was cleaned before, in ``OUT/.isocenter/deidentified``: states, and the cleaned tree.

A state is found by a mark over everything the cleaned files depend on: paths, names, sizes and
times of the input, policy and program, under a key that scrypt makes of the secret and a salt.
So an unchanged folder is found again, and nothing in the output names the input or lets
anybody try secrets who does not have the input. The secret is not kept in any form.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from isocenter._tables.confidentiality import EDITION
from isocenter._version import __version__
from isocenter.deidentify.policy import Profile
from isocenter.deidentify.series import Seen
from isocenter.errors import UsageError
from isocenter.files.target import Folder
from isocenter.library import layout
from isocenter.library.cleaned.model import Cleaned, Cleaning
from isocenter.library.frozen import dumped, loaded, shape
from isocenter.library.scan import SeriesFolder

T = TypeVar("T")
_MARKER, _STATES, _SEEN, _WORK, _TREE = "made.json", "states", "seen", "work", "tree"
_COST = {"n": 1 << 14, "r": 8, "p": 1}  # of scrypt (RFC 7914): 16 MiB, some 50 ms, once a run


def tree_of(output: Path) -> Path:
    """Where the cleaned tree of a library lies."""
    return output / layout.OWN / layout.DEIDENTIFIED / _TREE


class Store:
    """The states and cleaned files of one output, for one way of cleaning."""

    def __init__(self, output: Path, cleaning: Cleaning) -> None:
        self._root = output / layout.OWN / layout.DEIDENTIFIED
        self._folder = Folder(self._root)
        # whether burned-in text is allowed shows in what is withheld
        how = (cleaning.policy, cleaning.naming, __version__, EDITION, shape(Cleaned))
        self._how = repr(how)
        none = cleaning.policy.profile is Profile.NONE  # then nothing depends on the key
        self._secret = b"" if none else cleaning.policy.key.secret
        self._key = b""

    # --- marks ----------------------------------------------------------------------------------

    def open(self) -> None:
        """Make the store, or find it.

        Raises:
            OSError: it cannot be written.
        """
        salt = self._made().get("salt") or secrets.token_hex(16)
        self._folder.make("")
        if not self._folder.path(_MARKER).is_file():
            self._mark_with(salt, "")
        for name in (_STATES, _SEEN, _WORK, _TREE):
            self._folder.make(name)
        self._key = hashlib.scrypt(self._secret, salt=bytes.fromhex(salt), dklen=32, **_COST)

    def mark(self, root: Path, unit: SeriesFolder, withheld: Iterable[str] = ()) -> str:
        """What a folder's state is found by; another one as soon as anything has changed."""
        told = (str(root.resolve()), unit.place.folder, unit.listing, sorted(withheld), self._how)
        message = repr(told).encode("utf-8", "backslashreplace")
        return hmac.digest(self._key, message, "sha256").hex()[:32]

    # --- what was made so -----------------------------------------------------------------------

    def was_made_so(self) -> bool:
        """Whether the last run to its end cleaned in this way; only where no key matters."""
        made = self._made()
        return bool(made) and made.get("how") == self._digest(made["salt"])

    def finish(self) -> None:
        """Note that a run came to its end."""
        made = self._made()
        how = self._digest(made["salt"])
        if made["how"] != how:
            self._mark_with(made["salt"], how)

    def _digest(self, salt: str) -> str:
        """Of the options; the key is no part of them."""
        return hashlib.sha256(f"{salt} {self._how}".encode("utf-8", "backslashreplace")).hexdigest()

    def _made(self) -> dict[str, str]:
        path = self._folder.path(_MARKER)
        try:
            told = json.loads(path.read_bytes())
            bytes.fromhex(told["salt"]), str(told["how"])
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path} is damaged: build to another folder") from error
        return dict(told)

    def _mark_with(self, salt: str, how: str) -> None:
        self._folder.write(_MARKER, json.dumps({"salt": salt, "how": how}).encode())

    # --- states ---------------------------------------------------------------------------------

    def seen(self, mark: str) -> Seen | None:
        """The series of a folder, when they were looked at before."""
        told = self._read(f"{_SEEN}/{mark}", tuple[tuple[str, ...], ...])
        return Seen(frozenset(told[0]), frozenset(told[1])) if told else None

    def save_seen(self, mark: str, found: Seen) -> None:
        """Keep the series of a folder."""
        told = tuple(sorted(found.series)), tuple(sorted(found.suspects))
        self._folder.write(f"{_SEEN}/{mark}", dumped(told).encode())

    def state(self, mark: str) -> Cleaned | None:
        """What became of a folder, when its files are still here."""
        told = self._read(f"{_STATES}/{mark}", Cleaned)
        if told is None:
            return None
        place = self.path(told.place) if told.place else self.work(mark)
        there = {*_names(place)}
        return told if there >= {*told.files} else None

    def is_known(self, mark: str) -> bool:
        """Whether the state of a folder was kept."""
        return self._folder.path(f"{_STATES}/{mark}").is_file()

    def save(self, mark: str, state: Cleaned) -> None:
        """Keep what became of a folder."""
        self._folder.write(f"{_STATES}/{mark}", dumped(state).encode("ascii"))

    def _read(self, name: str, kind: type[T]) -> T | None:
        try:
            return loaded(kind, self._folder.path(name).read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return None

    # --- files ----------------------------------------------------------------------------------

    def work(self, mark: str) -> Path:
        """Where a folder is cleaned into."""
        return self._root / _WORK / mark

    def path(self, place: str) -> Path:
        """Where a folder of the cleaned tree lies."""
        return self._root / _TREE / place

    def put(self, mark: str, place: str) -> None:
        """Move what was cleaned into the tree."""
        path = self.path(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            shutil.rmtree(path)
        self.work(mark).rename(path)

    def keep_only(self, looks: set[str], marks: set[str], kept: Iterable[str]) -> list[str]:
        """Remove all states but those of ``marks``, and all files without a state.

        States of places below those of ``kept`` (empty: all) stay: their input could not be
        looked at.

        Returns:
            The places that are taken.
        """
        for name in _names(self._root / _SEEN):
            if name not in looks:
                self._folder.remove(f"{_SEEN}/{name}")
        taken = []
        for mark in _names(self._root / _STATES):
            state = self.state(mark)
            stays = state is not None and (mark in marks or _is_below(state.place, kept))
            if not stays or state is None:
                self._folder.remove(f"{_STATES}/{mark}")
            elif state.place:
                taken.append(state.place)
        with_state = {*_names(self._root / _STATES)}
        for mark in {*_names(self._root / _WORK)} - with_state:
            shutil.rmtree(self.work(mark))
        self._clear({*taken})
        return taken

    def _clear(self, taken: set[str]) -> None:
        """Remove folders of the tree that no state has, and that hold none that has."""
        above = {folder for one in taken for folder in _above(one)}
        waiting = [""]
        while waiting:
            place = waiting.pop()
            for name in _names(self.path(place)):
                inner = f"{place}/{name}" if place else name
                if inner in above:
                    waiting.append(inner)
                elif inner not in taken:
                    shutil.rmtree(self.path(inner))


def _above(place: str) -> Iterator[str]:
    while place := place.rpartition("/")[0]:
        yield place


def _names(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []


def _is_below(place: str, kept: Iterable[str]) -> bool:
    return any(not folder or f"{place}/".startswith(f"{folder}/") for folder in kept)
