"""DA, TM and DT values as pydicom makes them: ``None`` of nothing, a warning for second 60."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from isocenter.compat.misc import warn_and_log
from isocenter.core import temporal


def _is_blank(args: tuple[Any, ...]) -> bool:
    return not args or args[0] is None or (isinstance(args[0], str) and not args[0].strip())


class _Moment:  # noqa: PLW1641 - those that follow say which hash
    """How the three are made: of nothing ``None``, and every error is a ``ValueError``."""

    __slots__ = ()
    _python = "date"
    _text: str

    def __new__(cls, *args: Any, validation_mode: int | None = None, **kwargs: Any) -> Any:  # noqa: ARG004 - pydicom's signature
        if _is_blank(args) and not kwargs:
            return None
        try:
            made = super().__new__(cls, *args, **kwargs)
        except TypeError as error:
            raise ValueError(f"Unable to convert '{args[0]}' to '{cls.__name__}' object") from error
        except (ValueError, OverflowError) as error:
            what = (
                f"non-conformant value '{args[0]}'" if isinstance(args[0], str) else f"'{args[0]}'"
            )
            raise ValueError(f"Unable to convert {what} to '{cls.__name__}' object") from error
        if getattr(made, "second", 0) == 59 and _clock(made.original_string) == "60":
            warn_and_log(
                f"a leap second, 60, is none for Python's datetime.{cls._python}: it becomes 59",
                stacklevel=2,
            )
        return made

    @property
    def original_string(self) -> str:
        """The text it was made from; the full text of its value when it was not made of text."""
        text: str = super().original_string  # type: ignore[misc]  # of those beside
        return text

    @original_string.setter
    def original_string(self, text: str) -> None:
        object.__setattr__(self, "_text", text)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        del protocol
        return _rebuilt, (type(self), self._plain(), self.original_string)

    def _plain(self) -> Any:
        """The value without its text."""
        raise NotImplementedError

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """All is done when it is made."""

    def __eq__(self, other: object) -> Any:
        return str(self) == other if isinstance(other, str) else super().__eq__(other)

    def __ne__(self, other: object) -> Any:
        return not self == other


def _clock(text: str) -> str:
    """The two digits of the seconds; nothing when there are none."""
    digits = re.split(r"[.+-]", text.replace(":", ""))[0]
    return digits[-2:] if len(digits) in {6, 14} else ""


def _rebuilt(kind: Any, plain: Any, text: str) -> Any:
    """A copy: the value, and the text that may have been set to something else."""
    made = kind(plain)
    made.original_string = text
    return made


class DA(_Moment, temporal.DA):
    """A Date; ``None`` of no text.

    Raises:
        ValueError: the text is no date (PS3.5 6.2).
    """

    __slots__ = ()
    __hash__ = temporal.DA.__hash__

    def _plain(self) -> date:
        return date(self.year, self.month, self.day)


class TM(_Moment, temporal.TM):
    """A Time; ``None`` of no text.

    Raises:
        ValueError: the text is no time (PS3.5 6.2).
    """

    __slots__ = ()
    _python = "time"
    __hash__ = temporal.TM.__hash__

    def _plain(self) -> time:
        return time(self.hour, self.minute, self.second, self.microsecond)


class DT(_Moment, temporal.DT):
    """A Date Time; ``None`` of no text.

    Raises:
        ValueError: the text is none (PS3.5 6.2).
    """

    __slots__ = ()
    _python = "datetime"
    __hash__ = temporal.DT.__hash__

    def _plain(self) -> datetime:
        return datetime.combine(self.date(), self.timetz())
