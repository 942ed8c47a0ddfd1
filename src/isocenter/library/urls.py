"""Where a page points to: relative addresses, percent-encoded segment by segment."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from isocenter.errors import UsageError

_SCHEMES = frozenset({"", "http", "https", "file"})
_RESERVED = "%/:?#[]@!$&'()*+,;=~"


def encoded(name: str) -> str:
    """One file or folder name as a path segment; its bytes are those on disk."""
    return quote(_raw(name), safe="")


def _raw(name: str) -> bytes:
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a surrogate pair: no file of a POSIX system is called so
        return name.encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Relative:
    """Addresses as they are written in a page that lies in ``folder``.

    The way up is no longer than it must be, so that a published part of a library
    works on its own.
    """

    folder: str = ""

    def __call__(self, path: str) -> str:
        """The address of ``path``, a path from the library's root as it is on disk."""
        here = self.folder.split("/") if self.folder else []
        there = path.split("/")
        shared = _shared(here, there[:-1])
        return "/".join([*[".."] * (len(here) - shared), *map(encoded, there[shared:])])


def _shared(here: list[str], there: list[str]) -> int:
    pairs = zip(here, there, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def viewer_address(server: str, *, year: str, month: str, example: str) -> str:
    """The viewer at ``server``, opened at one example.

    Raises:
        UsageError: ``server`` is no web address (``http:``, ``https:``, ``file:`` or relative).
    """
    parts = _web_address(server)
    query = f"year={quote(year)}&month={quote(month)}&example={quote(example)}"
    known = parts.query.strip("&")
    joined = f"{known}&{query}" if known else query
    return quote(urlunsplit(parts._replace(query=joined)), safe=_RESERVED)


def _web_address(server: str) -> SplitResult:
    try:
        parts = urlsplit(server)
    except ValueError as problem:
        raise UsageError(f"{server!r} is no viewer address: {problem}") from problem
    if parts.scheme not in _SCHEMES:
        raise UsageError(f"{server!r} is no viewer address: it should start with https://")
    return parts
