"""What the outputs depend on besides the input: options and programs, as short texts."""

from __future__ import annotations

from dataclasses import fields
from hashlib import blake2b

import imagecodecs
import numpy as np
import PIL

from isocenter._version import __version__
from isocenter.library.frozen import shape
from isocenter.library.model import SeriesResult
from isocenter.library.options import BuildOptions

_NOWHERE = frozenset({"output"})
"""Options on which no byte depends."""
_ABOVE = frozenset({"server", "study_json"})
"""Options on which only pages and files above the series depend; what is not named is for all."""


def of_series(options: BuildOptions) -> str:
    """Changes whenever series have to be made again.

    Where DICOM files are linked from counts too: a symbolic link leads to a folder.
    """
    own = [one.name for one in fields(options) if one.name not in _NOWHERE | _ABOVE | {"source"}]
    told = [(name, repr(getattr(options, name))) for name in own]
    source = "" if options.in_place else str(options.source.resolve())
    programs = (__version__, imagecodecs.__version__, np.__version__, PIL.__version__)
    return _digest((told, source, programs, shape(SeriesResult)))


def of_whole(options: BuildOptions) -> str:
    """Changes whenever the files above the series have to be made again."""
    above = [(name, repr(getattr(options, name))) for name in sorted(_ABOVE)]
    return _digest((of_series(options), above))


def _digest(facts: object) -> str:
    return blake2b(repr(facts).encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
