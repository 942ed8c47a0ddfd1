"""pydicom's switches, one set for each context (``contextvars``).

``config.settings.reading_validation_mode = config.RAISE`` and ``config.use_DS_decimal = True``
change what the running thread or task sees, and whoever is started from its context; no other
thread is disturbed. In: assignments. Out: a frozen :class:`Choices`, which the modules of the
facade look at when a value is made.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType
from typing import Any, NamedTuple

logger = logging.getLogger("pydicom")
logger.addHandler(logging.NullHandler())  # warnings are shown once, not by the logger, too

IGNORE, WARN, RAISE = 0, 1, 2
"""What becomes of a value that its VR forbids: nothing, a warning, a ``ValueError``."""
have_numpy = True


class Choices(NamedTuple):
    """What is chosen in a context; the names are pydicom's."""

    reading: int | None = None
    """``settings.reading_validation_mode`` where it was set."""
    writing: int | None = None
    """``settings.writing_validation_mode`` where it was set."""
    infer_sq_for_un_vr: bool = True
    buffered_read_size: int = 8192
    use_DS_decimal: bool = False
    use_DS_numpy: bool = False
    use_IS_numpy: bool = False
    allow_DS_float: bool = False
    enforce_valid_values: bool = False
    convert_wrong_length_to_UN: bool = False
    datetime_conversion: bool = False
    use_none_as_empty_text_VR_value: bool = False
    replace_un_with_known_vr: bool = True
    show_file_meta: bool = True
    assume_implicit_vr_switch: bool = True
    INVALID_KEYWORD_BEHAVIOR: str = "WARN"
    INVALID_KEY_BEHAVIOR: str = "WARN"
    debugging: bool = False

    @property
    def reading_mode(self) -> int:
        """What becomes of an invalid value that is read."""
        return self._default if self.reading is None else self.reading

    @property
    def writing_mode(self) -> int:
        """What becomes of an invalid value that is assigned or written."""
        return self._default if self.writing is None else self.writing

    @property
    def _default(self) -> int:
        return RAISE if self.enforce_valid_values else WARN


_DEFAULTS = Choices()
_CHOICES: ContextVar[Choices] = ContextVar("pydicom.config", default=_DEFAULTS)
_SWITCHES = frozenset(Choices._fields) - {"reading", "writing"}
chosen = _CHOICES.get
"""What is chosen in the running context."""


def choose(**changes: Any) -> None:
    """Choose otherwise, for the running context."""
    _CHOICES.set(chosen()._replace(**changes))


class Settings:
    """``config.settings``: what stands behind it belongs to the running context."""

    @property
    def reading_validation_mode(self) -> int:
        """``IGNORE``, ``WARN`` or ``RAISE`` for values that are read or made."""
        return chosen().reading_mode

    @reading_validation_mode.setter
    def reading_validation_mode(self, value: int | None) -> None:
        choose(reading=value)

    @property
    def writing_validation_mode(self) -> int:
        """``IGNORE``, ``WARN`` or ``RAISE`` for values that are assigned or written."""
        return chosen().writing_mode

    @writing_validation_mode.setter
    def writing_validation_mode(self, value: int | None) -> None:
        choose(writing=value)

    @property
    def infer_sq_for_un_vr(self) -> bool:
        """Whether UN of undefined length is read as a sequence (PS3.5 6.2.2)."""
        return chosen().infer_sq_for_un_vr

    @infer_sq_for_un_vr.setter
    def infer_sq_for_un_vr(self, value: bool) -> None:
        choose(infer_sq_for_un_vr=value)

    @property
    def buffered_read_size(self) -> int:
        """How many bytes are read at once from a value that is a file."""
        return chosen().buffered_read_size

    @buffered_read_size.setter
    def buffered_read_size(self, size: int) -> None:
        if size <= 0:
            raise ValueError(f"a read size is more than 0 bytes, not {size!r}")
        choose(buffered_read_size=size)


settings = Settings()


@contextmanager
def disable_value_validation() -> Iterator[None]:
    """No value is checked inside of it."""
    with _for_now(reading=IGNORE, writing=IGNORE):
        yield


@contextmanager
def strict_reading() -> Iterator[None]:
    """An invalid value that is read inside of it raises."""
    with _for_now(reading=RAISE):
        yield


@contextmanager
def _for_now(**changes: int) -> Iterator[None]:
    before = {name: getattr(chosen(), name) for name in changes}
    choose(**changes)
    try:
        yield
    finally:
        choose(**before)


def DS_decimal(use_Decimal_boolean: bool = True) -> None:
    """Whether DS values are :class:`DSdecimal`, which keep every digit, or ``DSfloat``."""
    if use_Decimal_boolean and chosen().use_DS_numpy:
        raise ValueError("DS values are numpy arrays or decimals, not both")
    choose(use_DS_decimal=use_Decimal_boolean)


def DS_numpy(use_numpy: bool = True) -> None:
    """Whether several DS values are a numpy array."""
    if use_numpy and chosen().use_DS_decimal:
        raise ValueError("DS values are numpy arrays or decimals, not both")
    choose(use_DS_numpy=use_numpy)


def debug(debug_on: bool = True, default_handler: bool = True) -> None:
    """Let the logger ``"pydicom"`` tell everything, or warnings only."""
    if default_handler and all(isinstance(one, logging.NullHandler) for one in logger.handlers):
        logger.addHandler(logging.StreamHandler())
    logger.setLevel(logging.DEBUG if debug_on else logging.WARNING)
    choose(debugging=debug_on)


def future_behavior(enable_future: bool = True) -> None:
    """Let misspelt keywords and invalid values raise, as later releases of pydicom may."""
    if enable_future:
        choose(writing=RAISE, INVALID_KEYWORD_BEHAVIOR="RAISE", INVALID_KEY_BEHAVIOR="RAISE")
    else:
        choose(writing=None, INVALID_KEYWORD_BEHAVIOR="WARN", INVALID_KEY_BEHAVIOR="WARN")


class _Switches(ModuleType):
    """This module: its switches are read from, and assigned to, the running context."""

    def __getattr__(self, name: str) -> Any:
        if name in _SWITCHES:
            return getattr(chosen(), name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _SWITCHES:
            choose(**{name: value})
        else:
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Switches
