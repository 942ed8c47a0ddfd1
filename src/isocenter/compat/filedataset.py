"""A data set from a file, with what is known of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from isocenter.compat.filemeta import FileMetaDataset
from isocenter.compat.levels import Dataset
from isocenter.core import part10


class FileDataset(Dataset, part10.FileDataset):
    """A data set from a file, with its preamble and File Meta Information.

    Args:
        filename_or_obj: the file, or the open file or buffer, it was read from.
        dataset: its elements.
        preamble: the 128 bytes before ``DICM``.
        file_meta: the File Meta Information.
        is_implicit_VR: whether it was written without VRs.
        is_little_endian: whether it was written as little endian.
    """

    fileobj_type: Any = None
    buffer: Any = None
    timestamp: float | None = None

    def __init__(
        self,
        filename_or_obj: Any,
        dataset: Any,
        preamble: bytes | None = None,
        file_meta: Any = None,
        is_implicit_VR: bool = True,
        is_little_endian: bool = True,
    ) -> None:
        super().__init__(dataset)
        self.preamble = preamble
        self.file_meta = FileMetaDataset() if file_meta is None else file_meta
        self.__dict__.update(_implicit=is_implicit_VR, _little=is_little_endian)
        self.set_original_encoding(is_implicit_VR, is_little_endian)
        self.note_source(filename_or_obj)

    def note_source(self, source: Any) -> None:
        """Keep what it was read from: a name and its time, or a buffer."""
        named = isinstance(source, str | bytes | Path) or hasattr(source, "__fspath__")
        name = source if named else getattr(source, "name", getattr(source, "filename", None))
        self.__dict__["filename"] = str(name) if isinstance(name, str | Path) or named else None
        self.__dict__["fileobj_type"] = open if named else type(source)
        if not named and not hasattr(source, "peek"):
            self.__dict__["buffer"] = source
        path = Path(self.filename) if self.filename else None
        if path is not None and path.exists():
            self.__dict__["timestamp"] = path.stat().st_mtime
