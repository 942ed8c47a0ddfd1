"""PN values as pydicom makes them: with the bytes and the codecs they came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from isocenter.compat.charset import decode_bytes, default_encoding, encode_string
from isocenter.compat.config import chosen
from isocenter.compat.rules import mode_or_reading, name_part, validate_value
from isocenter.core import personname as core

_ENDS = {0x5E}


class PersonName(core.PersonName):
    """A PN value; ``None`` of ``None``.

    Args:
        val: text, bytes in ``encodings``, or another name.
        encodings: Python's codecs.
        original_string: the bytes that the text was decoded from.
        validation_mode: what becomes of a name that is too long.
    """

    __slots__ = ("encodings", "validation_mode")
    encodings: tuple[str, ...] | None

    def __new__(cls, *args: Any, **_kwargs: Any) -> Any:  # noqa: D102 - see the class
        return None if args and args[0] is None else super().__new__(cls)

    def __init__(
        self,
        val: str | bytes | core.PersonName,
        encodings: Sequence[str] | None = None,
        original_string: bytes | None = None,
        validation_mode: int | None = None,
    ) -> None:
        self.validation_mode = mode_or_reading(validation_mode)
        if isinstance(val, core.PersonName):
            encodings, original_string = getattr(val, "encodings", None), val.original_string
        elif not isinstance(val, str | bytes):
            raise TypeError(f"a PersonName is made of text or bytes, not {type(val).__name__}")
        else:
            validate_value("PN", original_string or val, self.validation_mode)
        self.encodings = _codecs(encodings)
        if isinstance(val, bytes):
            original_string = val
            val = _text(val, self.encodings)
        super().__init__(val)
        self._bytes = original_string

    @property
    def original_string(self) -> bytes | None:
        """The bytes it was read from, or last encoded to."""
        return self._bytes

    @original_string.setter
    def original_string(self, data: bytes | None) -> None:
        self._bytes = data

    @classmethod
    def read(cls, text: str, data: bytes, encodings: tuple[str, ...]) -> Self:
        """The name that was read, whose bytes have been decoded."""
        name: Self = object.__new__(cls)
        name._text, name._bytes, name.encodings = text.rstrip("="), data.rstrip(b"\0 "), encodings
        name.validation_mode = 0
        return name

    @classmethod
    def from_named_components(cls, *args: Any, **kwargs: Any) -> Any:
        """A name of its components; bytes are decoded by ``encodings``, escapes included."""
        return cls._of_components(super().from_named_components, args, kwargs)

    @classmethod
    def from_named_components_veterinary(cls, *args: Any, **kwargs: Any) -> Any:
        """An animal's name of its components; bytes as in :meth:`from_named_components`."""
        return cls._of_components(super().from_named_components_veterinary, args, kwargs)

    @classmethod
    def _of_components(cls, make: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        codecs = _codecs(kwargs.pop("encodings", None))

        def text(part: Any) -> Any:
            return _text(part, codecs) if isinstance(part, bytes) else part

        named = {name: text(part) for name, part in kwargs.items()}
        for part in named.values():
            if isinstance(part, str):
                validate_component(part)
        made = make(*map(text, args), **named)
        made.encodings = codecs
        return made

    def decode(self, encodings: Sequence[str] | None = None) -> core.PersonName:
        """The name its bytes are in other codecs; itself when these are no others."""
        codecs = _codecs(encodings)
        if codecs is None or codecs == self.encodings:
            return self
        data = self.original_string
        if data is None:
            data = self._bytes = _bytes(str(self), self.encodings)
            validate_value("PN", data, self.validation_mode)
        return type(self)(data, codecs)

    def encode(self, encodings: Sequence[str] | None = None) -> bytes:
        """The bytes in the given codecs, else those it was read from, else in its own."""
        codecs = _codecs(encodings) or self.encodings
        if codecs != self.encodings and self.encodings is not None:
            return _bytes(str(self), codecs)
        if self._bytes is None:
            self._bytes = _bytes(str(self), codecs)
        return self._bytes

    def formatted(self, format_str: str) -> str:
        """A text from a ``%`` template of the names of components."""
        parts = ("family_name", "given_name", "middle_name", "name_prefix", "name_suffix")
        named = {part: getattr(self, part) for part in (*parts, "ideographic", "phonetic")}
        return format_str % named

    def __eq__(self, other: object) -> bool:
        return str(self) == (str(other) if isinstance(other, core.PersonName) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = core.PersonName.__hash__

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), str(self), self._bytes, self.encodings)


def _rebuilt(
    kind: type[PersonName], text: str, data: bytes | None, encodings: tuple[str, ...] | None
) -> PersonName:
    made: PersonName = kind(text, encodings, data, validation_mode=0)
    return made


def _codecs(encodings: Sequence[str] | None) -> tuple[str, ...] | None:
    if encodings is None:
        return None
    return (encodings,) if isinstance(encodings, str) else tuple(encodings)


def _text(data: bytes, encodings: tuple[str, ...] | None) -> str:
    return decode_bytes(data, encodings or (default_encoding,), _ENDS)


def _bytes(text: str, encodings: tuple[str, ...] | None) -> bytes:
    codecs = encodings or (default_encoding,)
    groups = text.split("=")
    return b"=".join(
        b"^".join(encode_string(part, codecs) for part in group.split("^")) for group in groups
    )


def validate_component(value: str | bytes) -> None:
    """A warning, or an error, for a component of more than 64 characters (PS3.5 6.2.1)."""
    validate_value("PN", value, chosen().writing_mode, lambda _vr, part: name_part(part))
