"""Makes file system operations below a folder fail, from one of them on or only that one."""

import os
import sys
from contextlib import contextmanager
from pathlib import Path

_CHANGES = {"os.link", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.symlink"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class KilledError(BaseException):
    """Stands for the end of the process: no handler can do anything on disk any more."""


class Breaker:
    """Counts operations that change something below a folder, and lets one of them fail."""

    def __init__(self):
        self.folder, self.error, self.at, self.only, self.count = None, None, 0, False, 0

    def __call__(self, event, arguments):
        if self.folder is None or not self._changes(event, arguments):
            return
        self.count += 1
        if self.count == self.at or (self.count > self.at and not self.only):
            raise self.error

    def _changes(self, event, arguments):
        if event == "open":
            changing = isinstance(arguments[2], int) and arguments[2] & _WRITING
        else:
            changing = event in _CHANGES
        paths = [one for one in arguments[:2] if isinstance(one, str | os.PathLike)]
        return changing and any(self.folder in Path(path).parents for path in paths)


_BREAKER = Breaker()
_installed = []


@contextmanager
def broken(folder, at, error, *, only=False):
    """Let the operation number ``at`` fail, and every one after it unless ``only``."""
    if not _installed:
        sys.addaudithook(_BREAKER)  # it stays, and does nothing without a folder
        _installed.append(True)
    _BREAKER.error, _BREAKER.at, _BREAKER.only, _BREAKER.count = error, at, only, 0
    _BREAKER.folder = Path(folder)
    try:
        yield _BREAKER
    finally:
        _BREAKER.folder = None
