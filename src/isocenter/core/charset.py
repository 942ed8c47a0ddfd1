r"""Text: from bytes to ``str`` by Specific Character Set (PS3.3 C.12.1.1.2, PS3.5 6.1).

In: the values of (0008,0005) and the bytes of a text element. Out: ``str``. With code
extensions (ISO 2022) the first set is active at the start and after every delimiter;
an escape sequence designates another one. Bytes that no active set knows become
U+FFFD: they are shown as not known, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from isocenter.errors import Finding, Level

_CODECS = {
    "": "latin_1",  # the default repertoire is ISO 646; files with more mean Latin-1
    "ISOIR6": "latin_1",
    "ISOIR13": "shift_jis",
    "ISOIR58": "gb2312",
    "ISOIR87": "iso2022_jp",
    "ISOIR100": "latin_1",
    "ISOIR101": "iso8859_2",
    "ISOIR109": "iso8859_3",
    "ISOIR110": "iso8859_4",
    "ISOIR126": "iso8859_7",
    "ISOIR127": "iso8859_6",
    "ISOIR138": "iso8859_8",
    "ISOIR144": "iso8859_5",
    "ISOIR148": "iso8859_9",
    "ISOIR149": "euc_kr",
    "ISOIR159": "iso2022_jp_2",
    "ISOIR166": "tis_620",
    "ISOIR192": "utf_8",
    "ISOIR203": "iso8859_15",
    "GB18030": "gb18030",
    "GBK": "gbk",
}
"""Defined terms of PS3.3 tables C.12-2 to C.12-5 without blanks -> Python codec."""

_NICKNAMES = {"LATIN1": "ISOIR100", "ISO88591": "ISOIR100", "UTF8": "ISOIR192"}
_DEFAULT_TERMS = frozenset({"", "ISOIR6"})
_STANDALONE = frozenset({"utf_8", "gb18030", "gbk"})


class _Designation(NamedTuple):
    """What an escape sequence puts into G0 or G1 (PS3.5 6.1.2.5)."""

    codec: str
    half: int
    wide: bool = False


_ESCAPES = {
    b"\x1b(B": _Designation("latin_1", 0),
    b"\x1b(J": _Designation("shift_jis", 0),
    b"\x1b$B": _Designation("iso2022_jp", 0, wide=True),
    b"\x1b$@": _Designation("iso2022_jp", 0, wide=True),
    b"\x1b$(D": _Designation("iso2022_jp_2", 0, wide=True),
    b"\x1b)I": _Designation("shift_jis", 1),
    b"\x1b-A": _Designation("latin_1", 1),
    b"\x1b-B": _Designation("iso8859_2", 1),
    b"\x1b-C": _Designation("iso8859_3", 1),
    b"\x1b-D": _Designation("iso8859_4", 1),
    b"\x1b-F": _Designation("iso8859_7", 1),
    b"\x1b-G": _Designation("iso8859_6", 1),
    b"\x1b-H": _Designation("iso8859_8", 1),
    b"\x1b-L": _Designation("iso8859_5", 1),
    b"\x1b-M": _Designation("iso8859_9", 1),
    b"\x1b-T": _Designation("tis_620", 1),
    b"\x1b-b": _Designation("iso8859_15", 1),
    b"\x1b$)C": _Designation("euc_kr", 1),
    b"\x1b$)A": _Designation("gb2312", 1),
}
"""Escape sequences of PS3.3 tables C.12-3 and C.12-4."""

_ESCAPE = re.compile(rb"(\x1b(?:\$[()][\x40-\x7e]|[$()-][\x40-\x7e]))")
TEXT_DELIMITERS = re.compile(rb"([\\\r\n\f\t])")
"""What resets code extensions in text (PS3.5 6.1.2.5.3)."""
SINGLE_DELIMITERS = re.compile(rb"([\r\n\f\t])")
"""What resets them in text of one value, in which a backslash is a character (PS3.5 6.2)."""
NAME_DELIMITERS = re.compile(rb"([\\\r\n\f\t^=])")
"""What resets them in person names."""


@dataclass(frozen=True, slots=True)
class CharacterSets:
    """The character sets of a data set: one, or one with code extensions."""

    codec: str = "latin_1"
    extended: bool = False
    findings: tuple[Finding, ...] = ()
    others: tuple[str, ...] = ()
    """Codecs of the code extensions, in the order they are declared."""
    writes: str = "ascii"
    """The codec to write with: where no set is declared, ISO 646 and nothing more."""

    def decode(self, data: bytes, delimiters: re.Pattern[bytes] = TEXT_DELIMITERS) -> str:
        """The text that ``data`` is."""
        if not self.extended or b"\x1b" not in data:
            return data.decode(self.codec, "replace")
        return "".join(self._parts(data, delimiters))

    def _parts(self, data: bytes, delimiters: re.Pattern[bytes]) -> Iterator[str]:
        first, *rest = _ESCAPE.split(data)
        yield first.decode(self.codec, "replace")
        active = _Active(self.codec)
        for escape, text in zip(rest[::2], rest[1::2], strict=True):
            known = _ESCAPES.get(escape)
            if known is None:
                yield "\ufffd"
            else:
                active = active.with_set(escape, known)
            yield active.decode(text, delimiters)
            if not active.wide and delimiters.search(text):
                active = _Active(self.codec)

    def encode(
        self,
        text: str,
        delimiters: re.Pattern[bytes] = TEXT_DELIMITERS,
        errors: str = "strict",
    ) -> bytes:
        """The bytes that ``text`` is written as.

        Raises:
            UnicodeEncodeError: no declared set has a character, and ``errors`` is strict.
        """
        try:
            return _written(text, self.writes)
        except UnicodeEncodeError:
            if not self.extended:
                return _written(text, self.writes, errors)
        parts = re.split(delimiters.pattern.decode("latin_1"), text)
        return b"".join(self._extended(part, errors) for part in parts)

    def _extended(self, part: str, errors: str) -> bytes:
        """One part between delimiters: in one set if it can be, else character by character."""
        for codec in (self.writes, *self.others):
            with suppress(UnicodeEncodeError):
                return _designation(codec, self.writes) + self._closed(_written(part, codec))
        return b"".join(self._each(part, errors))

    def _each(self, part: str, errors: str) -> Iterator[bytes]:
        """Each character in the first set that has it; ``active`` is the one designated."""
        active = self.writes
        for char in part:
            codec = self._codec(char)
            if codec and codec != active and not char.isascii():
                yield _designation(codec, "")
                # what was designated before a set that takes G0 is not left to be remembered
                active = "" if codec.startswith("iso2022") else codec
            yield self._closed(_written(char, codec or self.writes, errors))

    def _closed(self, data: bytes) -> bytes:
        """Behind two-byte text G0 is again what the first set has (PS3.5 6.1.2.5.3)."""
        return data.replace(b"\x1b(B", b"\x1b(J") if self.writes == "shift_jis" else data

    def _codec(self, char: str) -> str:
        """The first of the sets that has a character; none is ``""``."""
        for codec in (self.writes, *self.others):
            with suppress(UnicodeEncodeError):
                _written(char, codec)
                return codec
        return ""


class _Active(NamedTuple):
    """The designated sets: ``wide`` is the escape of a two-byte G0, if one is."""

    initial: str
    codec: str = ""
    wide: bytes = b""

    def with_set(self, escape: bytes, known: _Designation) -> _Active:
        if known.wide:
            return _Active(self.initial, known.codec, escape)
        if known.half == 0 and known.codec == "latin_1":
            # back to ASCII below; what is designated above stays
            kept = "" if self.wide or self.codec == "shift_jis" else self.codec
            return _Active(self.initial, kept)
        return _Active(self.initial, known.codec)

    def decode(self, text: bytes, delimiters: re.Pattern[bytes]) -> str:
        if self.wide:
            return (self.wide + text).decode(self.codec, "replace")
        own, *rest = delimiters.split(text, maxsplit=1)
        after = b"".join(rest).decode(self.initial, "replace")
        return own.decode(self.codec or self.initial, "replace") + after


def _designation(codec: str, initial: str) -> bytes:
    """The escape sequence before text in a set that is not the initial one.

    Codecs of ISO 2022 with two-byte sets in G0 write their own.
    """
    if codec == initial or codec.startswith("iso2022"):
        return b""
    upper = (escape for escape, known in _ESCAPES.items() if known.half == 1)
    return next(escape for escape in upper if _ESCAPES[escape].codec == codec)


_OWN_ESCAPES = {"iso2022_jp": (b"$B", b"(B"), "iso2022_jp_2": (b"$(D", b"(B")}
"""Python's codecs of these names have sets that the defined terms have not."""


def _written(text: str, codec: str, errors: str = "strict") -> bytes:
    """The bytes of ``text`` in one set, and in nothing that its Python codec has besides.

    ``shift_jis`` stands for JIS X 0201 alone, ``iso2022_jp`` for JIS X 0208 and
    ``iso2022_jp_2`` for JIS X 0212 (PS3.3 tables C.12-2 and C.12-4).
    """
    data = text.encode(codec, errors)
    own = _OWN_ESCAPES.get(codec)
    if own is None:
        fits = codec != "shift_jis" or len(data) == len(text)
    else:
        fits = all(piece.startswith(own) for piece in data.split(b"\x1b")[1:])
    if fits:
        return data
    if len(text) > 1:
        return b"".join(_written(char, codec, errors) for char in text)
    if errors == "strict":
        raise UnicodeEncodeError(codec, text, 0, 1, "the character set has no such character")
    return b"?"


DEFAULT = CharacterSets()


@lru_cache(maxsize=256)
def character_sets(terms: tuple[str, ...]) -> CharacterSets:
    """The character sets that the values of (0008,0005) name.

    Misspelt terms (``ISO_IR_100``, ``ISO IR 192``, ``UTF8``) are understood with a
    finding; an unknown one is a finding and counts as the default repertoire.
    """
    keys: list[str] = []
    findings: list[Finding] = []
    for term in terms:
        key, finding = _understand(term)
        keys.append(key)
        findings += finding
    codecs = [_CODECS[key] for key in keys] or ["latin_1"]
    extended = len(codecs) > 1 or any("2022" in term for term in terms)
    if codecs[0] in _STANDALONE:
        extended = False
    first = "latin_1" if codecs[0].startswith("iso2022") else codecs[0]
    others = tuple(codecs[1:]) if extended else ()
    plain = codecs[0].startswith("iso2022") or not keys or keys[0] in _DEFAULT_TERMS
    return CharacterSets(first, extended, tuple(findings), others, "ascii" if plain else first)


def _understand(term: str) -> tuple[str, list[Finding]]:
    key = re.sub("[^A-Z0-9]", "", term.upper())
    key = _NICKNAMES.get(key, key.replace("ISO2022IR", "ISOIR"))
    if key not in _CODECS:
        return "", [_finding("unknown-charset", f"character set {term!r} is not known")]
    if not re.fullmatch(r"(ISO_IR \d+|ISO 2022 IR \d+|GB18030|GBK)?", term.strip()):
        return key, [_finding("misspelt-charset", f"character set {term!r} is misspelt")]
    return key, []


def _finding(code: str, message: str) -> Finding:
    return Finding(Level.WARNING, code, message, tag="(0008,0005)", clause="PS3.3 C.12.1.1.2")
