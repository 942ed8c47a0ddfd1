"""Bringing the files of a File-set to their places, so that no moment loses one.

In: the root, for each instance where its file is and where it is to be, and what makes the
DICOMDIR of given File IDs. The DICOMDIR is replaced last and atomically, so that a
reader finds the File-set as it was or as it is to be:

1. What will come and go is noted (:mod:`isocenter.files.fileset.journal`).
2. Every file gets its new name beside its old one, by a link where the file system can.
3. The DICOMDIR is replaced.
4. Old names and removed files go, then the note.

A new name may be one that a file of the old File-set still has. Such an instance gets a
name in a folder of its own first and the DICOMDIR says so; when the old files are gone it
gets its own name, and the DICOMDIR is replaced once more.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from typing import TypeAlias

from isocenter.errors import UsageError
from isocenter.files.fileset.fileids import numbered
from isocenter.files.fileset.header import FileId
from isocenter.files.fileset.journal import Journal, remove
from isocenter.files.fileset.node import RecordNode
from isocenter.files.fileset.resolving import is_inside
from isocenter.files.target import TEMPORARY_PREFIX

_WAITING_ROOM = "ISOMOV"


class Intake(StrEnum):
    """How the file of an added instance gets into the File-set; its bytes stay as they are."""

    COPY = "copy"
    """A copy: the File-set does not depend on where its files came from."""
    LINK = "link"
    """A hard link, which costs no space; a copy where the file system has none."""
    MOVE = "move"
    """As a link, and the old name goes when the File-set is written."""


@dataclass(frozen=True, slots=True)
class Move:
    """An instance's file: where it is, where it is to be, and how it gets there."""

    node: RecordNode
    source: str
    place: FileId
    intake: Intake


Prepare: TypeAlias = Callable[[Mapping[RecordNode, FileId]], Callable[[], None]]
"""Makes the DICOMDIR of these File IDs; what it gives replaces the one on disk."""
Progress: TypeAlias = Callable[[], None]


def store(
    root: str,
    moves: Collection[Move],
    removals: Collection[str],
    prepare: Prepare,
    progress: Progress = lambda: None,
) -> None:
    """Move, add and remove files, and replace the DICOMDIR.

    Args:
        root: the File-set's root, an absolute path; it is made where it is not there.
        moves: every instance of the File-set, also those whose place is where they are.
        removals: files of the File-set that go.
        prepare: makes the DICOMDIR; called before anything is changed.
        progress: called when a file has its name.

    Raises:
        UsageError: a file that is not of this File-set has one of the new names.
        OSError: a file cannot be read or written; what the DICOMDIR refers to is there.
    """
    os.makedirs(root, exist_ok=True)
    journal = Journal(root)
    journal.clean({*removals, *(move.source for move in moves)})
    plan = _plan(root, moves, removals)
    final = {move.node: move.place for move in moves}
    waiting = {move.node: place for move, place in zip(plan.blocked, plan.waiting, strict=True)}
    between = prepare(final | waiting) if waiting else None
    finish = prepare(final)
    names = {os.path.join(root, *place) for place in (*waiting.values(), *plan.arriving)}
    journal.write({*plan.leaving, *names})
    for move in moves:
        _place(root, replace(move, place=waiting.get(move.node, move.place)))
        progress()
    if between is not None:
        between()
        remove(plan.leaving, root)
        for move in plan.blocked:
            source = os.path.join(root, *waiting[move.node])
            _place(root, replace(move, source=source, intake=Intake.LINK))
    finish()
    remove(names - {os.path.join(root, *place) for place in plan.arriving}, root)
    remove(plan.leaving if between is None else (), root)
    journal.done()


# --- what is to be done, before anything is ------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Plan:
    """Files that go, names that come, and instances whose name is not free yet."""

    leaving: set[str]
    arriving: list[FileId]
    blocked: list[Move]
    waiting: list[FileId]


def _plan(root: str, moves: Collection[Move], removals: Collection[str]) -> _Plan:
    """What is to be done.

    Raises:
        UsageError: a new name is not free, or leads out of the root.
    """
    staying = {move.source for move in moves if move.intake is not Intake.MOVE}
    moving = []
    for move in moves:
        if _is_at(root, move):
            staying.add(move.source)
        else:
            moving.append(move)
    leaving = {*removals, *(move.source for move in moving)} - staying
    obstacles = _Obstacles(root)
    blocked = []
    for move in moving:
        obstacle = obstacles.to(move.place)
        if obstacle in leaving:
            blocked.append(move)
        elif obstacle is not None:
            raise UsageError(
                f"{obstacle} is there and is no file of this File-set; move it away first"
            )
    room = _waiting_room(root)
    waiting: list[FileId] = [(room, numbered("", number)) for number in range(len(blocked))]
    return _Plan(leaving, [move.place for move in moving], blocked, waiting)


def _is_at(root: str, move: Move) -> bool:
    """Whether a file has its name already; on some file systems in another letter case."""
    target = os.path.join(root, *move.place)
    if move.source == target:
        return True
    same_name = move.source.casefold() == target.casefold()
    return same_name and os.path.exists(target) and os.path.samefile(move.source, target)


class _Obstacles:
    """What stands where a file is to be; each folder is looked at once."""

    def __init__(self, root: str) -> None:
        self._root, self._real = root, os.path.realpath(root)
        self._folders: dict[FileId, str | None] = {}

    def to(self, place: FileId) -> str | None:
        """The file or folder that is in the way of a File ID.

        Raises:
            UsageError: a symbolic link leads out of the root.
        """
        target = os.path.join(self._root, *place)
        folder = place[:-1]
        if folder not in self._folders:
            self._folders[folder] = self._in(folder)
        return self._folders[folder] or (target if os.path.lexists(target) else None)

    def _in(self, folder: FileId) -> str | None:
        path = self._root
        for name in folder:
            path = os.path.join(path, name)
            if not os.path.isdir(path):
                return path if os.path.lexists(path) else None
        real = os.path.realpath(path)
        if real != self._real and not is_inside(real, self._real):
            raise UsageError(f"{path} is a symbolic link out of the File-set; move it away first")
        return None


def _waiting_room(root: str) -> str:
    """The name of a folder that is not there."""
    names = (numbered(_WAITING_ROOM, number) for number in count())
    return next(name for name in names if not os.path.lexists(os.path.join(root, name)))


# --- one file ------------------------------------------------------------------------------


def _place(root: str, move: Move) -> None:
    """Give a file its name; whole or not at all."""
    target = os.path.join(root, *move.place)
    if _is_at(root, move):
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if move.intake is not Intake.COPY and _linked(move.source, target):
        return
    temporary = os.path.join(root, f"{TEMPORARY_PREFIX}{os.getpid()}")
    try:
        shutil.copyfile(move.source, temporary)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _linked(source: str, target: str) -> bool:
    """Whether a hard link could be made; a File-set has no symbolic ones, which may leave it."""
    try:
        os.link(os.path.realpath(source) if os.path.islink(source) else source, target)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True
