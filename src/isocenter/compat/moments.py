"""DA, TM and DT values as pydicom makes them: ``None`` of nothing, a warning for second 60."""

from __future__ import annotations

from typing import Any

from isocenter.compat.misc import warn_and_log
from isocenter.core import temporal


def _is_blank(args: tuple[Any, ...]) -> bool:
    return not args or args[0] is None or (isinstance(args[0], str) and not args[0].strip())


class _Moment:  # noqa: PLW1641 - those that follow say which hash
    """How the three are made: of nothing ``None``, and every error is a ``ValueError``."""

    __slots__ = ()

    def __new__(cls, *args: Any, validation_mode: int | None = None, **kwargs: Any) -> Any:  # noqa: ARG004 - pydicom's signature
        if _is_blank(args) and not kwargs:
            return None
        try:
            made = super().__new__(cls, *args, **kwargs)
        except TypeError as error:
            raise ValueError(
                f"Unable to convert {args[:1]!r} to '{cls.__name__}' object"
            ) from error
        if getattr(made, "second", 0) == 59 and ":60" in _clock(made):
            warn_and_log(f"Python's times have no second 60: {args[0]} counts as 59", None, 2)
        return made

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """All is done when it is made."""

    def __eq__(self, other: object) -> Any:
        return str(self) == other if isinstance(other, str) else super().__eq__(other)

    def __ne__(self, other: object) -> Any:
        return not self == other


def _clock(made: Any) -> str:
    """The last two digits of the whole seconds, behind a colon."""
    digits = made.original_string.replace(":", "").partition(".")[0]
    for sign in "+-":
        digits = digits.partition(sign)[0]
    return ":" + digits[-2:] if len(digits) in {6, 14} else ""


class DA(_Moment, temporal.DA):
    """A Date; ``None`` of no text.

    Raises:
        ValueError: the text is no date (PS3.5 6.2).
    """

    __slots__ = ()
    __hash__ = temporal.DA.__hash__


class TM(_Moment, temporal.TM):
    """A Time; ``None`` of no text.

    Raises:
        ValueError: the text is no time (PS3.5 6.2).
    """

    __slots__ = ()
    __hash__ = temporal.TM.__hash__


class DT(_Moment, temporal.DT):
    """A Date Time; ``None`` of no text.

    Raises:
        ValueError: the text is none (PS3.5 6.2).
    """

    __slots__ = ()
    __hash__ = temporal.DT.__hash__
