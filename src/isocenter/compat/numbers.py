"""DS and IS values as pydicom makes them: the core's, with its modes of validation."""

from __future__ import annotations

from decimal import Decimal
from math import floor, isfinite, log10
from typing import Any, TypeAlias

from isocenter.compat.config import IGNORE, RAISE, chosen
from isocenter.compat.rules import complain, mode_or_reading, validate_value
from isocenter.core import numberstring as core
from isocenter.core.numberstring import is_valid_ds

Number: TypeAlias = int | float | Decimal
_LENGTH = 16
_IS_RANGE = range(-(2**31), 2**31)


def format_number_as_ds(val: float | Decimal) -> str:
    """The DS text of at most 16 characters that pydicom writes for a number.

    Small and great numbers get an exponent and as many digits as fit behind one of the usual
    width, the others as many decimals as fit; :func:`isocenter.core.numberstring.format_number_as_ds`
    keeps a digit more of some.

    Raises:
        TypeError: ``val`` is neither a ``float`` nor a ``Decimal``.
        ValueError: it is not finite.
    """
    if not isinstance(val, float | Decimal):
        raise TypeError(f"a float or a Decimal is formatted, not a {type(val).__name__}")
    if not isfinite(val):
        raise ValueError(f"{val} is no number that a Decimal String has")
    text = str(val) if isinstance(val, Decimal) else float.__repr__(val)
    if len(text) <= _LENGTH:
        return text
    sign, magnitude = int(val < 0), log10(abs(val))  # type: ignore[arg-type]  # Decimal has a float
    if -4 <= magnitude < 14 - sign:
        digits = 14 - sign - (floor(magnitude) if magnitude >= 1 else 0)
        return f"{val:.{digits}f}"
    text = f"{val:.{10 - sign}e}"
    return text if len(text) <= _LENGTH else f"{val:.{9 - sign}e}"


def is_blank(val: Any) -> bool:
    """Whether it stands for no value: ``None``, or text without a character but blanks."""
    return val is None or (isinstance(val, str) and not val.strip())


class DSfloat(core.DSfloat):
    """A Decimal String as a ``float``; of blanks, the blanks.

    Raises:
        OverflowError: its text is longer than 16 characters, and invalid values raise.
        ValueError: it is no number; or not finite, and invalid values raise.
    """

    __slots__ = ("auto_format",)
    auto_format: bool

    def __new__(  # noqa: D102 - see the class
        cls,
        val: str | Number | None,
        auto_format: bool = False,  # noqa: ARG004 - pydicom's signature
        validation_mode: int | None = None,  # noqa: ARG004 - see __init__
    ) -> Any:
        return val if is_blank(val) else float.__new__(cls, val)  # type: ignore[arg-type]  # no None

    def __init__(
        self,
        val: str | Number,
        auto_format: bool = False,
        validation_mode: int | None = None,
    ) -> None:
        was_formatted = getattr(val, "auto_format", False)
        super().__init__(_source(val))
        if auto_format and not was_formatted and not is_valid_ds(self.original_string):
            self._source = format_number_as_ds(float(self))
        self.auto_format = auto_format or was_formatted
        if not self.auto_format and mode_or_reading(validation_mode) == RAISE:
            _check(str(self))

    @property
    def original_string(self) -> str:
        """The text it came from without the padding; of a number, its shortest text."""
        return super().original_string

    @original_string.setter
    def original_string(self, text: str) -> None:
        self._source = text

    def __reduce__(self) -> tuple[Any, ...]:
        return _float_again, (type(self), float(self), self._source, self.auto_format)


def _float_again(kind: type[DSfloat], value: float, source: Any, formatted: bool) -> DSfloat:
    made = float.__new__(kind, value)
    made._source, made.auto_format = source, formatted  # noqa: SLF001 - a copy of our own
    return made


def _source(val: str | Number) -> str | Number:
    text = getattr(val, "original_string", val)
    return text.strip() if isinstance(text, str) else text


def _check(text: str) -> None:
    if len(text) > _LENGTH:
        raise OverflowError(
            "a Decimal String has at most 16 characters (PS3.5 6.2); auto_format=True takes the"
            f" closest text that fits: {text}"
        )
    if not is_valid_ds(text):
        raise ValueError(f"{text!r} is no Decimal String (PS3.5 6.2)")


class DSdecimal(Decimal):
    """A Decimal String as a ``Decimal``; of blanks, the blanks.

    ``original_string`` is there when it was made from text, or formatted.

    Raises:
        TypeError: it is a ``float``, and ``config.allow_DS_float`` is not set.
        OverflowError: its text is longer than 16 characters, and invalid values raise.
        ValueError: it is not finite, and invalid values raise.
        decimal.InvalidOperation: it is no number.
    """

    auto_format: bool
    original_string: str

    def __new__(  # noqa: D102 - see the class
        cls,
        val: str | Number | None,
        auto_format: bool = False,  # noqa: ARG004 - see __init__
        validation_mode: int | None = None,  # noqa: ARG004 - see __init__
    ) -> Any:
        if is_blank(val):
            return val
        if isinstance(val, float) and not chosen().allow_DS_float:
            raise TypeError(
                f"the digits of {val!r} were never written: give text or a Decimal, or let floats be"
                " taken by config.allow_DS_float"
            )
        return super().__new__(cls, val.strip() if isinstance(val, str) else val)  # type: ignore[arg-type]  # no None

    def __init__(
        self, val: str | Number, auto_format: bool = False, validation_mode: int | None = None
    ) -> None:
        was_formatted = getattr(val, "auto_format", False)
        text = _source(val)
        if isinstance(text, str):
            self.original_string = text
        self.auto_format = auto_format or was_formatted
        if auto_format and not was_formatted and not is_valid_ds(str(text)):
            self.original_string = format_number_as_ds(Decimal(self))
        self._validate(mode_or_reading(validation_mode))

    def _validate(self, mode: int) -> None:
        if mode != IGNORE:
            try:
                _check(repr(self).strip("'"))
            except (OverflowError, ValueError) as error:
                complain(str(error), mode, type(error), stacklevel=5)

    def __str__(self) -> str:
        text = getattr(self, "original_string", "")
        return text if 0 < len(text) <= _LENGTH else super().__str__()

    def __repr__(self) -> str:
        return f"'{getattr(self, 'original_string', '') or self}'"

    def __eq__(self, other: object) -> Any:
        return str(self) == other if isinstance(other, str) else super().__eq__(other)

    def __ne__(self, other: object) -> Any:
        return not self == other

    __hash__ = Decimal.__hash__

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), Decimal.__str__(self), self.__dict__)

    def __copy__(self) -> DSdecimal:
        return self

    def __deepcopy__(self, _memo: object) -> DSdecimal:
        return self


def _rebuilt(kind: Any, plain: str, attributes: dict[str, Any]) -> Any:
    """A copy: the value, and the text that may be another."""
    made = kind.__mro__[1].__new__(kind, plain)
    made.__dict__.update(attributes)
    return made


def DS(
    val: str | Number | None,
    auto_format: bool = False,
    validation_mode: int | None = None,
) -> Any:
    """A Decimal String value, ``DSfloat`` or ``DSdecimal`` as the context chooses.

    Raises:
        ValueError: it is no number, or is invalid and invalid values raise.
    """
    if is_blank(val):
        return val
    mode = mode_or_reading(validation_mode)
    if isinstance(val, str):
        validate_value("DS", val, mode)
    kind = DSdecimal if chosen().use_DS_decimal else DSfloat
    return kind(val, auto_format, mode)  # type: ignore[arg-type]  # no None


class ISfloat(core.ISfloat):
    """What stands in an IS although it is no integer."""

    __slots__ = ()

    def __new__(cls, val: str | Number, validation_mode: int | None = None) -> Any:  # noqa: ARG004, D102 - see __init__
        return "" if isinstance(val, str) and not val.strip() else float.__new__(cls, val)

    def __init__(self, val: str | Number, validation_mode: int | None = None) -> None:
        super().__init__(val)
        if validation_mode:
            message = f"{str(self)!r} is no Integer String (PS3.5 6.2)"
            complain(message, validation_mode, TypeError, stacklevel=4)

    __str__ = float.__repr__


class IS(core.IS):
    """An Integer String as an ``int``; of blanks, the blanks.

    What is no integer is an :class:`ISfloat`, with a warning.

    Raises:
        ValueError: it is no number, or is invalid and invalid values raise.
        TypeError: it is no integer, and invalid values raise.
        OverflowError: it needs more than 32 bits, and invalid values raise.
    """

    def __new__(cls, val: str | Number | None, validation_mode: int | None = None) -> Any:  # noqa: D102 - see the class
        if is_blank(val):
            return val
        mode = mode_or_reading(validation_mode)
        if isinstance(val, str):
            validate_value("IS", val, mode)
        number = _number(val)
        if number != int(number):
            return ISfloat(val, mode)  # type: ignore[arg-type]  # no None
        if mode == RAISE and int(number) not in _IS_RANGE:
            raise OverflowError(
                f"{val} needs more than the 32 bits of an Integer String (PS3.5 6.2); it is taken where"
                " config.settings.reading_validation_mode is not RAISE"
            )
        return super().__new__(cls, _source(val))  # type: ignore[arg-type]  # no None

    def __init__(self, val: str | Number, validation_mode: int | None = None) -> None:
        """See the class; all is done when it is made."""

    @property
    def original_string(self) -> str:
        """The text it came from without the padding; of a number, its digits."""
        return super().original_string

    @original_string.setter
    def original_string(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return f"'{int.__repr__(self)}'"

    def __reduce__(self) -> tuple[Any, ...]:
        return _integer_again, (type(self), int(self), self.__dict__)


def _integer_again(kind: type[IS], value: int, attributes: dict[str, Any]) -> IS:
    made = int.__new__(kind, value)
    made.__dict__.update(attributes)
    return made


def _number(val: Any) -> Any:
    if not isinstance(val, str):
        return val
    try:
        return int(val)
    except ValueError:
        return float(val)


__all__ = ["DS", "IS", "DSdecimal", "DSfloat", "ISfloat", "format_number_as_ds", "is_valid_ds"]
