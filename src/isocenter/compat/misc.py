"""Files and sizes, and how the facade warns."""

from __future__ import annotations

import warnings

from isocenter.compat.config import logger
from isocenter.errors import UsageError
from isocenter.files import options
from isocenter.files.reading import is_dicom

__all__ = ["is_dicom", "size_in_bytes", "warn_and_log"]


def size_in_bytes(expr: float | str | None) -> float | None:
    """A number of bytes from a number or text such as ``"512 KB"``; ``None`` for no limit.

    Raises:
        ValueError: it is neither.
    """
    if expr is None or expr == float("inf"):
        return None
    if not isinstance(expr, str):
        return expr
    try:
        return options.size_in_bytes(expr)
    except UsageError as error:
        raise ValueError(str(error)) from None


def warn_and_log(msg: str, category: type[Warning] | None = None, stacklevel: int = 1) -> None:
    """A warning, which the logger ``"pydicom"`` tells, too."""
    logger.warning(msg)
    warnings.warn(msg, category or UserWarning, stacklevel=stacklevel + 1)
