"""Pictures of everything: one file per frame, at a path made of what the data sets say.

``export(src, out, Options(...))`` does it and returns a ``Summary``.
"""

from isocenter.export.formats import Format
from isocenter.export.frames import FrameChoice
from isocenter.export.job import export
from isocenter.export.model import Summary
from isocenter.export.options import DEFAULT_PATTERN, Options

__all__ = ["DEFAULT_PATTERN", "Format", "FrameChoice", "Options", "Summary", "export"]
