"""One run at a time on one output: a lock that dies with the process that holds it.

The lock is SQLite's own on an empty database, which every system has and which the
system gives back when its holder is killed. Who holds it stands in a text beside it.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from isocenter.errors import UsageError

LOCK, HOLDER = "lock", "holder.json"
FILES = frozenset({LOCK, f"{LOCK}-journal", HOLDER})
"""What may lie in the folder of a lock whose holder was killed; the next holder takes it over."""


@contextmanager
def locked(folder: Path, output: Path, doing: str = "built") -> Iterator[None]:
    """Hold the lock that lies in ``folder``; ``doing`` is what is done to the output.

    Raises:
        UsageError: another process holds it; the message says which, where and since when.
        OSError: there can be no lock.
    """
    with closing(_connection(folder / LOCK)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise UsageError(f"{output} is being {doing} by {_holder(folder)}") from None
            raise OSError(error.sqlite_errorcode, str(error), str(folder / LOCK)) from error
        except sqlite3.DatabaseError as error:
            raise UsageError(f"{folder / LOCK} is no lock of Isocenter; move it") from error
        try:
            (folder / HOLDER).write_text(_this_process(), "utf-8")
            yield
        finally:
            with suppress(OSError):
                (folder / HOLDER).unlink(missing_ok=True)


def _connection(path: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(path, timeout=0, isolation_level=None)
    except sqlite3.OperationalError as error:
        raise OSError(error.sqlite_errorcode, str(error), str(path)) from error


def _this_process() -> str:
    since = datetime.now().astimezone().isoformat(" ", "seconds")
    return json.dumps({"process": os.getpid(), "host": socket.gethostname(), "since": since})


def _holder(folder: Path) -> str:
    """``process 123 on host since ...``, as far as that is known."""
    try:
        told = json.loads((folder / HOLDER).read_text("utf-8"))
        return f"process {told['process']} on {told['host']} since {told['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
