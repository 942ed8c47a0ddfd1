"""Numbers written as text, DS and IS, that keep the text they came from (PS3.5 6.2).

They are the plain Python numbers they stand for; arithmetic gives plain numbers. Their
``str`` is the original text, and they equal that text too.

Construction is the hottest path of a full decode, so it only stores what it was
given; the text is tidied when somebody asks for it.
"""

from __future__ import annotations

import re
from decimal import MAX_EMAX as _MAX_EXPONENT
from decimal import MIN_EMIN as _MIN_EXPONENT
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Self, TypeAlias

Number: TypeAlias = int | float | Decimal
_LENGTH = 16
_new = int.__new__  # found sooner than through super()
_DECIMAL_STRING = re.compile(r" *[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)? *")


def is_valid_ds(s: str) -> bool:
    """Whether ``s`` may be written as one DS value: form and length (PS3.5 6.2)."""
    return len(s) <= _LENGTH and (not s or _DECIMAL_STRING.fullmatch(s) is not None)


def format_number_as_ds(val: Number) -> str:
    """The DS text of at most 16 characters that is closest to ``val`` (PS3.5 6.2).

    Each is a number of JSON too (PS3.18 F.2.3): ``0.33333333333333``, not ``.3…``.

    Raises:
        TypeError: ``val`` is no number.
        ValueError: ``val`` is infinite or no number, or nothing near it fits.
    """
    if isinstance(val, bool) or not isinstance(val, int | float | Decimal):
        raise TypeError(f"{val!r} is neither a number nor a Decimal")
    exact = Decimal(val)
    if not exact.is_finite():
        raise ValueError(f"{val!r} has no decimal string; it is not finite (PS3.5 6.2)")
    shortest = float.__repr__(val) if isinstance(val, float) else str(exact)
    return shortest if len(shortest) <= _LENGTH else _closest(exact)


def _closest(exact: Decimal) -> str:
    # Rounding to fewer digits is never closer, so the first that fits is the closest.
    for digits in range(_LENGTH + 1, 0, -1):
        for text in _notations(_rounded(exact, digits)):
            if len(text) <= _LENGTH:
                return text
    raise ValueError(f"{exact} has no decimal string of 16 characters (PS3.5 6.2)")


def _rounded(exact: Decimal, digits: int) -> Decimal:
    context = Context(digits, ROUND_HALF_EVEN, _MIN_EXPONENT, _MAX_EXPONENT, traps=[])
    return context.normalize(exact)


def _notations(number: Decimal) -> list[str]:
    """Ways to write it, the most usual first: ``0.0012``, ``1.2e-3``, ``12e-4``."""
    sign, digits, _ = number.as_tuple()
    last = number.adjusted() - len(digits) + 1
    minus, mantissa = "-" * sign, "".join(map(str, digits))
    pointed = f"{mantissa[0]}.{mantissa[1:]}".removesuffix(".")
    fixed = [f"{number:f}"] if abs(number.adjusted()) < _LENGTH else []
    return [*fixed, f"{minus}{pointed}e{number.adjusted()}", f"{minus}{mantissa}e{last}"]


class DSfloat(float):
    """A Decimal String as a ``float``.

    Args:
        value: the text or a number.
        auto_format: take the closest text of 16 characters when its own is longer.

    Raises:
        ValueError: the text is no number, be it empty (PS3.5 6.2).
    """

    __slots__ = ("_source",)
    _source: Any

    def __init__(self, value: str | Number, auto_format: bool = False) -> None:  # noqa: FBT001, FBT002 - pydicom's name
        self._source = value
        if auto_format and not is_valid_ds(self.original_string):
            self._source = format_number_as_ds(self)

    @property
    def original_string(self) -> str:
        """The text it came from without the padding; of a number, its shortest text."""
        source = self._source
        if isinstance(source, str):
            return source.strip("\0 ")
        return source.original_string if isinstance(source, DSfloat) else float.__repr__(self)

    def __str__(self) -> str:
        return self.original_string

    def __repr__(self) -> str:
        return f"'{self.original_string}'"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return self.original_string == other
        return float.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        if isinstance(other, str):
            return self.original_string != other
        return float.__ne__(self, other)

    __hash__ = float.__hash__

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.original_string,)


class DSdecimal(Decimal):
    """A Decimal String as a ``Decimal``: every digit of the text counts.

    Args:
        value: the text, an ``int``, a ``Decimal`` or a :class:`DSfloat`.
        auto_format: take the closest text of 16 characters when its own is longer.

    Raises:
        TypeError: a ``float``, whose digits were never written; give text.
        ValueError: the text is no number, be it empty (PS3.5 6.2).
    """

    __slots__ = ("original_string",)
    original_string: str

    def __new__(cls, value: str | Number, auto_format: bool = False) -> Self:  # noqa: D102, FBT001, FBT002
        if isinstance(value, float) and not isinstance(value, DSfloat):
            raise TypeError(f"DSdecimal takes text or a Decimal, no float such as {value!r}")
        text = str(value).strip("\0 ")
        if auto_format and not is_valid_ds(text):
            text = format_number_as_ds(_decimal(text))
        made = super().__new__(cls, _decimal(text))
        made.original_string = text
        return made

    def __str__(self) -> str:
        return self.original_string

    def __repr__(self) -> str:
        return f"'{self.original_string}'"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return self.original_string == other
        return Decimal.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        if isinstance(other, str):
            return self.original_string != other
        return Decimal.__ne__(self, other)

    __hash__ = Decimal.__hash__

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.original_string,)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise ValueError(f"{text!r} is no decimal number (PS3.5 6.2)") from None


def DS(  # noqa: N802 - pydicom's name
    val: str | Number | None,
    auto_format: bool = False,  # noqa: FBT001, FBT002 - pydicom's name
    *,
    kind: type[DSfloat | DSdecimal] = DSfloat,
) -> DSfloat | DSdecimal | str | None:
    """A Decimal String value; what is empty (``None``, blanks) is given back as it is.

    Args:
        val: the text or a number.
        auto_format: take the closest text of 16 characters when its own is longer.
        kind: :class:`DSfloat`, or :class:`DSdecimal` for exact decimal digits.

    Raises:
        ValueError: the text is no number (PS3.5 6.2).
    """
    if val is None or (isinstance(val, str) and not val.strip()):
        return val
    return kind(val, auto_format=auto_format)


class IS(int):
    """An Integer String as an ``int``.

    Text such as ``"3.0"``, which some writers make, is the integer it equals. Whether
    it fits 32 bits is asked when it is written.

    Args:
        value: the text or a whole number.

    Raises:
        ValueError: no whole number, be it empty text (PS3.5 6.2).
    """

    _text: str

    def __new__(cls, value: str | Number) -> Self:  # noqa: D102 - see the class
        if not isinstance(value, str):
            return cls._from_number(value)
        try:
            number = _new(cls, value)
        except ValueError:
            number = _new(cls, _integral(float(value)))
        if not value.isdigit() or value[0] == "0":  # else its own text is the same
            number._text = value.strip("\0 ")  # noqa: SLF001 - our own
        return number

    @classmethod
    def _from_number(cls, value: Number) -> Self:
        number = _new(cls, _integral(value))
        if isinstance(value, IS):
            number._text = value.original_string  # noqa: SLF001 - our own
        return number

    @property
    def original_string(self) -> str:
        """The text it came from without the padding; of a number, its digits."""
        return self.__dict__.get("_text") or int.__repr__(self)

    def __str__(self) -> str:
        return self.original_string

    def __repr__(self) -> str:
        return f"'{self.original_string}'"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return self.original_string == other
        return int.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        if isinstance(other, str):
            return self.original_string != other
        return int.__ne__(self, other)

    __hash__ = int.__hash__

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.original_string,)


def _integral(value: Number) -> int:
    if value != value // 1:
        raise ValueError(f"{value} is no integer (PS3.5 6.2)")
    return int(value)


class ISfloat(float):
    """What stands in an IS although it is no integer, such as ``"1.5"``.

    Nothing gives one unasked: :class:`IS` raises. It can be made to look at such text,
    and is refused when it is to be written.
    """

    __slots__ = ("original_string",)
    original_string: str

    def __init__(self, value: str | Number) -> None:
        text = getattr(value, "original_string", value)
        self.original_string = text.strip("\0 ") if isinstance(text, str) else repr(float(value))

    def __str__(self) -> str:
        return self.original_string

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.original_string,)
