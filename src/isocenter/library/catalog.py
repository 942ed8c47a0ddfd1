"""What a library was made of, in SQLite inside the output: the memory of every night.

A row per series: the listing of its input, the fingerprint of options and programs, and
its frozen result. A row is ``settled`` only when everything it tells is in the output; it
is unsettled before work on the series begins, so that a build which is killed leaves no
row that says too much. One writer at a time (:mod:`isocenter.files.lock`), any number of
readers.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from isocenter.errors import Finding, UsageError
from isocenter.library.frozen import dumped, loaded
from isocenter.library.model import SeriesPlace, SeriesResult

NAME = "catalog.sqlite"
_OURS = 0x49534F43  # "ISOC", SQLite's application_id
_VERSION = 2
_SCHEMA = """
CREATE TABLE series (
    folder BLOB PRIMARY KEY, place TEXT NOT NULL, listing BLOB NOT NULL, placed BLOB NOT NULL,
    fingerprint TEXT NOT NULL, settled INTEGER NOT NULL, files INTEGER NOT NULL,
    frames INTEGER NOT NULL, findings TEXT NOT NULL, result TEXT
) WITHOUT ROWID;
CREATE TABLE pages (path BLOB PRIMARY KEY, digest BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE whole (fingerprint TEXT NOT NULL, findings TEXT NOT NULL);
CREATE TABLE origin (in_place INTEGER NOT NULL, layout TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a series; ``placed`` are the DICOM files that we put into OUT."""

    place: SeriesPlace
    listing: bytes
    placed: frozenset[str]
    fingerprint: str
    settled: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """What a library was made of: DICOM files that lie in it, or others; how it is laid out."""

    in_place: bool
    layout: str


@dataclass(frozen=True, slots=True)
class Totals:
    """How much a library shows: series with images, files and frames."""

    series: int
    files: int
    frames: int


class Catalog:
    """The catalog of one library; made by :func:`opened`."""

    def __init__(self, connection: sqlite3.Connection, *, lost: bool) -> None:
        self._sql = connection
        self.lost = lost
        """Whether there was one before that could not be read."""

    def entry(self, place: SeriesPlace) -> Entry | None:
        """What is known of a series, if anything is; its pictures may be elsewhere by now."""
        row = self._sql.execute(
            "SELECT listing, placed, fingerprint, settled, place FROM series WHERE folder = ?",
            (_key(place),),
        ).fetchone()
        if row is None:
            return None
        return Entry(loaded(SeriesPlace, row[4]), row[0], _split(row[1]), row[2], bool(row[3]))

    def places(self) -> list[SeriesPlace]:
        """Every series that is known."""
        rows = self._sql.execute("SELECT place FROM series")
        return [loaded(SeriesPlace, place) for (place,) in rows]

    def origin(self) -> Origin | None:
        """What the library was last made of; ``None`` before the first build."""
        row = self._sql.execute("SELECT in_place, layout FROM origin").fetchone()
        return Origin(bool(row[0]), row[1]) if row else None

    def made_of(self, origin: Origin) -> None:
        """Note, before any work, what the library is made of."""
        if origin != self.origin():
            with self._sql:
                self._sql.execute("DELETE FROM origin")
                self._sql.execute(
                    "INSERT INTO origin VALUES (?, ?)", (origin.in_place, origin.layout)
                )

    def begin(self, changing: Iterable[tuple[SeriesPlace, bytes, Iterable[str]]]) -> None:
        """Note before any work what is about to change: places, listings, files placed."""
        with self._sql:
            self._sql.execute("DELETE FROM whole")
            self._sql.executemany(
                "INSERT INTO series VALUES (?1, ?2, ?3, ?4, '', 0, 0, 0, '[]', NULL)"
                " ON CONFLICT (folder) DO UPDATE SET listing = ?3, placed = ?4, settled = 0",
                (
                    (_key(place), dumped(place), listing, _joined(placed))
                    for place, listing, placed in changing
                ),
            )

    def move(self, place: SeriesPlace) -> None:
        """Note that the pictures of a series go into another folder than before."""
        with self._sql:
            self._sql.execute(
                "UPDATE series SET place = ? WHERE folder = ?", (dumped(place), _key(place))
            )

    def save(
        self, result: SeriesResult, placed: Iterable[str], fingerprint: str, *, settled: bool
    ) -> None:
        """Note that everything of a series is written."""
        with self._sql:
            self._sql.execute(
                "UPDATE series SET placed = ?, fingerprint = ?, settled = ?, files = ?,"
                " frames = ?, findings = ?, result = ? WHERE folder = ?",
                (
                    _joined(placed),
                    fingerprint,
                    settled,
                    len(result.images),
                    result.frame_count,
                    dumped(result.findings),
                    dumped(result),
                    _key(result.place),
                ),
            )

    def forget(self, place: SeriesPlace) -> None:
        """A series is no longer of the library, and its outputs are gone."""
        with self._sql:
            self._sql.execute("DELETE FROM series WHERE folder = ?", (_key(place),))

    def result(self, place: SeriesPlace) -> SeriesResult | None:
        """The last result of a series."""
        row = self._sql.execute(
            "SELECT result FROM series WHERE folder = ?", (_key(place),)
        ).fetchone()
        return loaded(SeriesResult, row[0]) if row and row[0] else None

    def results(self) -> Iterator[SeriesResult]:
        """The results of every series that was worked on to its end."""
        rows = self._sql.execute("SELECT result FROM series WHERE result IS NOT NULL")
        return (loaded(SeriesResult, result) for (result,) in rows)

    def totals(self) -> Totals:
        """How much there is."""
        row = self._sql.execute(
            "SELECT count(nullif(files, 0)), total(files), total(frames) FROM series"
        ).fetchone()
        return Totals(*map(int, row))

    def findings(self) -> Iterator[Finding]:
        """The findings of every series, in no particular order."""
        rows = self._sql.execute("SELECT findings FROM series WHERE findings != '[]'")
        for (found,) in rows:
            yield from loaded(tuple[Finding, ...], found)

    def pages(self) -> dict[str, bytes]:
        """The files above the series, and a digest of each."""
        rows = self._sql.execute("SELECT path, digest FROM pages")
        return {os.fsdecode(path): digest for path, digest in rows}

    def page(self, path: str, digest: bytes) -> None:
        """Note, before it is written, a file above the series; an empty digest is none."""
        with self._sql:
            self._sql.execute(
                "INSERT OR REPLACE INTO pages VALUES (?, ?)", (os.fsencode(path), digest)
            )

    def forget_page(self, path: str) -> None:
        """A file above the series is gone."""
        with self._sql:
            self._sql.execute("DELETE FROM pages WHERE path = ?", (os.fsencode(path),))

    def is_whole(self, fingerprint: str, findings: tuple[Finding, ...]) -> bool:
        """Whether the last build came to its end, with these options and tree findings."""
        row = self._sql.execute("SELECT fingerprint, findings FROM whole").fetchone()
        return bool(row == (fingerprint, dumped(findings)))

    def finish(self, fingerprint: str, findings: tuple[Finding, ...]) -> None:
        """Note that the build came to its end."""
        with self._sql:
            self._sql.execute("DELETE FROM whole")
            self._sql.execute("INSERT INTO whole VALUES (?, ?)", (fingerprint, dumped(findings)))


@contextmanager
def opened(folder: Path) -> Iterator[Catalog]:
    """The catalog in ``folder``; a new one where there is none that can be read.

    Raises:
        UsageError: what is there is no catalog of ours, or of a later version.
        OSError: it cannot be read or written.
    """
    path = folder / NAME
    try:
        lost = not _is_sound(path)
        if lost:
            for tail in ("", "-wal", "-shm"):
                path.with_name(NAME + tail).unlink(missing_ok=True)
        with closing(sqlite3.connect(path, isolation_level="IMMEDIATE")) as connection:
            _prepare(connection)
            yield Catalog(connection, lost=lost)
    except sqlite3.Error as error:
        full = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
        code = errno.ENOSPC if full else errno.EIO
        raise OSError(code, f"the catalog cannot be used: {error}", str(path)) from error


def _is_sound(path: Path) -> bool:
    """Whether there is none yet, or one of this version that can be read from end to end."""
    if not path.exists():
        return True
    try:
        with closing(sqlite3.connect(path)) as connection:
            (ours,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            if tables and ours != _OURS:
                raise UsageError(f"{path} is no catalog of Isocenter; move it")
            if version > _VERSION:
                raise UsageError(f"{path} was made by a later Isocenter; use that, or move it")
            if tables and version < _VERSION:
                return False
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError:
        raise  # it cannot be opened or locked: that says nothing of what is in it
    except sqlite3.DatabaseError:
        return False


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA secure_delete = ON")  # a name that has gone is in no free page
    if not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        connection.executescript(
            f"BEGIN IMMEDIATE; {_SCHEMA}"
            f"PRAGMA application_id = {_OURS}; PRAGMA user_version = {_VERSION}; COMMIT;"
        )


def _key(place: SeriesPlace) -> bytes:
    return os.fsencode(place.folder)


def _joined(names: Iterable[str]) -> bytes:
    return b"\0".join(sorted(map(os.fsencode, names)))


def _split(joined: bytes) -> frozenset[str]:
    return frozenset(map(os.fsdecode, joined.split(b"\0"))) if joined else frozenset()
