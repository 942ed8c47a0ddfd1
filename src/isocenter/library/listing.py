"""What lies in a series folder, as bytes that are equal when nothing has changed.

Each file is its name, size in bytes and time of change in nanoseconds, in the order of the
names. Bytes, because a tree of many files is held in memory and in the catalog. Time and
size are those of the file a link leads to; of one that leads nowhere they are ``-1``.

Files that are gathered from several places have names of their own: behind the time stands
the path of the file itself, so that moving it is a change too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

from isocenter.ordering import natural

Stamp: TypeAlias = tuple[bytes, bytes]
"""Size and time of change, and the path of a file that lies elsewhere."""

_GONE: Stamp = (b"-1", b"-1")


def listed(entries: Iterable[os.DirEntry[str]]) -> bytes:
    """The listing of files, which come in the order of their names; one ``stat`` each."""
    return b"\0".join([_row(entry) for entry in entries])


def _row(entry: os.DirEntry[str]) -> bytes:
    try:
        stat = entry.stat()
    except OSError:
        return b"%b\0%b\0%b" % (os.fsencode(entry.name), *_GONE)
    return b"%b\0%d\0%d" % (os.fsencode(entry.name), stat.st_size, stat.st_mtime_ns)


def gathered(files: Iterable[tuple[str, str, int, int]]) -> bytes:
    """The listing of files that lie elsewhere: name, path, size and time of change of each."""
    rows = [
        b"%b\0%d\0%d %b" % (os.fsencode(name), size, changed, os.fsencode(path))
        for name, path, size, changed in sorted(files)
    ]
    return b"\0".join(rows)


def origins(listing: bytes) -> dict[str, str]:
    """Where the gathered files of a listing lie, by their names."""
    found = {}
    for name, (_, changed) in stamps(listing).items():
        _, elsewhere, path = changed.partition(b" ")
        if elsewhere:
            found[name] = os.fsdecode(path)
    return found


def gathered_again(root: Path, listing: bytes) -> bytes:
    """The listing as it is now; files that are gone are not in it."""
    found = []
    for name, path in origins(listing).items():
        try:
            stat = (root / path).stat()
        except OSError:
            continue
        found.append((name, path, stat.st_size, stat.st_mtime_ns))
    return gathered(found)


def names(listing: bytes) -> tuple[str, ...]:
    """The names of the files in natural order: 2 before 10."""
    found = [os.fsdecode(name) for name in _fields(listing)[::3]]
    return tuple(sorted(found, key=lambda name: (natural(name), name)))


def stamps(listing: bytes) -> dict[str, Stamp]:
    """What would tell that a file has changed, by its name."""
    fields = _fields(listing)
    stamped = zip(fields[::3], fields[1::3], fields[2::3], strict=True)
    return {os.fsdecode(name): (size, changed) for name, size, changed in stamped}


def only(listing: bytes, wanted: Callable[[str], bool]) -> bytes:
    """The listing without the files whose names are not wanted."""
    fields = _fields(listing)
    rows = zip(fields[::3], fields[1::3], fields[2::3], strict=True)
    return b"\0".join(b"\0".join(row) for row in rows if wanted(os.fsdecode(row[0])))


def changed(before: bytes, after: bytes) -> list[str]:
    """The names of the files that came, went or changed, in natural order."""
    old, new = stamps(before), stamps(after)
    differing = [name for name in old.keys() | new.keys() if old.get(name) != new.get(name)]
    return sorted(differing, key=lambda name: (natural(name), name))


def _fields(listing: bytes) -> list[bytes]:
    return listing.split(b"\0") if listing else []
