"""Person names: three scripts, five components each (PS3.5 6.2.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

_COMPONENTS = ("family_name", "given_name", "middle_name", "name_prefix", "name_suffix")
_GROUPS = ("alphabetic", "ideographic", "phonetic")
_OWNER, _PATIENT = "responsible_party_name", "patient_name"
_BY_ANIMAL = {_OWNER: "family_name", _PATIENT: "given_name"}
_DEFAULT = ("latin_1",)


class PersonName:
    """A PN value. Compares equal to its text, and has its hash.

    ``=`` separates the alphabetic, ideographic and phonetic group, ``^`` the family
    name, given name, middle name, prefix and suffix inside each. Empty groups at the
    end are left out. A name does not change.

    Args:
        text: the text; or its bytes, to be decoded with the first of ``encodings``.
        encodings: Python codecs, for bytes; bytes they do not know become U+FFFD.
            Code extensions (ISO 2022) are the reader's work, not done here.
    """

    __slots__ = ("_bytes", "_text")

    def __init__(
        self, text: str | bytes | PersonName, encodings: Sequence[str] | None = None
    ) -> None:
        self._bytes: bytes | None = None
        if isinstance(text, bytes):
            self._bytes = text
            text = _decoded(text, encodings)
        self._text = str(text).rstrip("=")

    @classmethod
    def from_named_components(  # noqa: PLR0913, PLR0917 - the five components of the Standard
        cls,
        family_name: str | bytes = "",
        given_name: str | bytes = "",
        middle_name: str | bytes = "",
        name_prefix: str | bytes = "",
        name_suffix: str | bytes = "",
        encodings: Sequence[str] | None = None,
        **others: str | bytes,
    ) -> Self:
        """The name made of its components.

        Args:
            family_name: the five of the alphabetic group.
            given_name: see ``family_name``.
            middle_name: see ``family_name``.
            name_prefix: see ``family_name``.
            name_suffix: see ``family_name``.
            encodings: Python codecs; the first decodes components that are bytes.
            **others: the same names with ``_ideographic`` or ``_phonetic`` behind them.

        Raises:
            TypeError: there is no component of this name.
            ValueError: a component holds a delimiter: ``=``, ``^`` or a backslash (PS3.5 6.2.1).
        """
        own = (family_name, given_name, middle_name, name_prefix, name_suffix)
        left = {**dict(zip(_COMPONENTS, own, strict=True)), **others}
        groups = [
            "^".join(
                _component(part + script, left.pop(part + script, ""), encodings)
                for part in _COMPONENTS
            ).rstrip("^")
            for script in ("", "_ideographic", "_phonetic")
        ]
        if left:
            raise TypeError(f"a person name has no component {', '.join(sorted(left))}")
        return cls("=".join(groups))

    @classmethod
    def from_named_components_veterinary(
        cls,
        responsible_party_name: str | bytes = "",
        patient_name: str | bytes = "",
        encodings: Sequence[str] | None = None,
        **others: str | bytes,
    ) -> Self:
        """The name of an animal: who answers for it, and what it is called.

        Args:
            responsible_party_name: the family name of the owner, or an organization.
            patient_name: the animal's name.
            encodings: Python codecs; the first decodes components that are bytes.
            **others: both with ``_ideographic`` or ``_phonetic`` behind it.

        Raises:
            TypeError: there is no component of this name.
            ValueError: a component holds a delimiter (PS3.5 6.2.1.1).
        """
        given = {_OWNER: responsible_party_name, _PATIENT: patient_name, **others}
        components = {_animal_component(name): text for name, text in given.items()}
        family_name, given_name = components.pop("family_name"), components.pop("given_name")
        return cls.from_named_components(family_name, given_name, encodings=encodings, **components)

    @property
    def original_string(self) -> bytes | None:
        """The bytes it was made from, if it was."""
        return self._bytes

    def encode(self, encodings: Sequence[str] = ("utf_8",)) -> bytes:
        """The text in the first of these Python codecs that knows all its characters.

        Raises:
            UnicodeEncodeError: none does; told about the last.
        """
        *others, last = encodings
        for codec in others:
            try:
                return self._text.encode(codec)
            except UnicodeEncodeError:
                continue
        return self._text.encode(last)

    def decode(self, encodings: Sequence[str] | None = None) -> PersonName:
        """The name its bytes are in another codec; itself when it was made from text."""
        return self if self._bytes is None else PersonName(self._bytes, encodings)

    @property
    def components(self) -> tuple[str, ...]:
        """The component groups that are there, at most three."""
        return tuple(self._text.split("=")[:3]) if self._text else ()

    def _group(self, index: int) -> str:
        groups = self.components
        return groups[index] if index < len(groups) else ""

    def _part(self, index: int) -> str:
        parts = self.alphabetic.split("^")
        return parts[index] if index < len(parts) else ""

    @property
    def alphabetic(self) -> str:
        """The first component group."""
        return self._group(0)

    @property
    def ideographic(self) -> str:
        """The second component group."""
        return self._group(1)

    @property
    def phonetic(self) -> str:
        """The third component group."""
        return self._group(2)

    @property
    def family_name(self) -> str:
        """The family name of the alphabetic group."""
        return self._part(0)

    @property
    def given_name(self) -> str:
        """The given name of the alphabetic group."""
        return self._part(1)

    @property
    def middle_name(self) -> str:
        """The middle name of the alphabetic group."""
        return self._part(2)

    @property
    def name_prefix(self) -> str:
        """The prefix of the alphabetic group."""
        return self._part(3)

    @property
    def name_suffix(self) -> str:
        """The suffix of the alphabetic group."""
        return self._part(4)

    def formatted(self, format_str: str) -> str:
        """Its parts put into a ``%``-format by name, such as ``"%(given_name)s %(family_name)s"``.

        Raises:
            KeyError: the format names no component and no group.
        """
        return format_str % {part: getattr(self, part) for part in (*_COMPONENTS, *_GROUPS)}

    def family_comma_given(self) -> str:
        """``"Family, Given"`` of the alphabetic group."""
        return f"{self.family_name}, {self.given_name}"

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return repr(self._text)

    def __eq__(self, other: object) -> bool:
        return self._text == str(other) if isinstance(other, str | PersonName) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __len__(self) -> int:
        return len(self._text)

    def __iter__(self) -> Iterator[str]:
        return iter(self._text)

    def __contains__(self, part: str) -> bool:
        return part in self._text

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._text, self._bytes)


def _rebuild(kind: type[PersonName], text: str, data: bytes | None) -> PersonName:
    name = kind(text)
    name._bytes = data  # noqa: SLF001 - a copy of our own
    return name


def _decoded(data: bytes, encodings: Sequence[str] | None) -> str:
    return data.decode((encodings or _DEFAULT)[0], "replace")


def _component(name: str, value: str | bytes, encodings: Sequence[str] | None) -> str:
    text = _decoded(value, encodings) if isinstance(value, bytes) else value
    if any(delimiter in text for delimiter in "=^\\"):
        raise ValueError(f"{name} {text!r} holds a delimiter of person names (PS3.5 6.2.1)")
    return text


def _animal_component(name: str) -> str:
    base = next((base for base in _BY_ANIMAL if name.startswith(base)), None)
    if base is None:
        raise TypeError(f"the name of an animal has no component {name}")
    return _BY_ANIMAL[base] + name.removeprefix(base)
