"""DS and IS values as pydicom makes them: the core's, with its modes of validation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeAlias

from isocenter.compat.config import IGNORE, RAISE, chosen
from isocenter.compat.rules import complain, mode_or_reading, validate_value
from isocenter.core import numberstring as core
from isocenter.core.numberstring import format_number_as_ds, is_valid_ds

Number: TypeAlias = int | float | Decimal
_LENGTH = 16
_IS_RANGE = range(-(2**31), 2**31)


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
        super().__init__(_source(val), auto_format=auto_format and not was_formatted)
        self.auto_format = auto_format or was_formatted
        if not self.auto_format and mode_or_reading(validation_mode) == RAISE:
            _check(str(self))


def _source(val: str | Number) -> str | Number:
    text = getattr(val, "original_string", val)
    return text.strip() if isinstance(text, str) else text


def _check(text: str) -> None:
    if len(text) > _LENGTH:
        raise OverflowError(
            f"{text} has more than the 16 characters of a DS (PS3.5 6.2); auto_format=True takes"
            " the closest text that fits"
        )
    if not is_valid_ds(text):
        raise ValueError(f'Value "{text}" is not valid for elements with a VR of DS')


class DSdecimal(core.DSdecimal):
    """A Decimal String as a ``Decimal``; of blanks, the blanks.

    Raises:
        TypeError: it is a ``float``, and ``config.allow_DS_float`` is not set.
        OverflowError: its text is longer than 16 characters, and invalid values raise.
        ValueError: it is no number, or not finite, and invalid values raise.
    """

    __slots__ = ("auto_format",)
    auto_format: bool

    def __new__(  # noqa: D102 - see the class
        cls,
        val: str | Number | None,
        auto_format: bool = False,
        validation_mode: int | None = None,
    ) -> Any:
        if is_blank(val):
            return val
        if isinstance(val, float) and not isinstance(val, core.DSfloat):
            if not chosen().allow_DS_float:
                raise TypeError(
                    f"{val!r} is a float, whose digits were never written: give text or a Decimal,"
                    " or set config.allow_DS_float"
                )
            val = Decimal(val)
        was_formatted = getattr(val, "auto_format", False)
        source = _source(val)  # type: ignore[arg-type]  # no None
        made = super().__new__(cls, source, auto_format=auto_format and not was_formatted)
        made.auto_format = auto_format or was_formatted
        made._validate(mode_or_reading(validation_mode))
        return made

    def _validate(self, mode: int) -> None:
        if mode == IGNORE:
            return
        try:
            _check(self.original_string)
        except (OverflowError, ValueError) as error:
            complain(str(error), mode, type(error), stacklevel=5)


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
        return "" if is_blank(val) else float.__new__(cls, val)

    def __init__(self, val: str | Number, validation_mode: int | None = None) -> None:
        super().__init__(val)
        if validation_mode:
            message = f'Value "{self}" is not valid for elements with a VR of IS'
            complain(message, validation_mode, TypeError, stacklevel=4)


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
            raise OverflowError(f"{val} needs more than the 32 bits of an IS (PS3.5 6.2)")
        return super().__new__(cls, _source(val))  # type: ignore[arg-type]  # no None

    def __init__(self, val: str | Number, validation_mode: int | None = None) -> None:
        """See the class; all is done when it is made."""


def _number(val: Any) -> Any:
    if not isinstance(val, str):
        return val
    try:
        return int(val)
    except ValueError:
        return float(val)


__all__ = ["DS", "IS", "DSdecimal", "DSfloat", "ISfloat", "format_number_as_ds", "is_valid_ds"]
