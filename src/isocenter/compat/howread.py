"""How a data set was read and is written: its place, encoding and character sets."""

from __future__ import annotations

from typing import Any

from isocenter.compat.charset import convert_encodings, decode_element, default_encoding
from isocenter.compat.misc import warn_and_log
from isocenter.core import dataset as core

_CHARSET = 0x00080005


class HowRead(core.Dataset):
    """What a data set tells of the bytes it came from."""

    @property
    def seq_item_tell(self) -> int | None:
        """Where an item begins in its file, at the item's tag; ``None`` for one made anew."""
        told = self.__dict__.get("_item_tell")
        if told is not None or self.stored is None:
            return told
        place = self.stored.encoded.offset(self.stored.start)
        return None if place is None else place - 8

    @seq_item_tell.setter
    def seq_item_tell(self, place: int) -> None:
        self.__dict__["_item_tell"] = place

    @property
    def original_encoding(self) -> Any:
        """Whether it was read as implicit VR and as little endian; ``None`` for one made anew."""
        told = self.__dict__.get("_original")
        return super().original_encoding if told is None else told

    @property
    def original_character_set(self) -> Any:
        """Python's codecs that its text was read in; the default for one made anew."""
        told = self.__dict__.get("_read_charset")
        if told is not None:
            return told
        return default_encoding if self.stored is None else codecs_of(self)

    @property
    def read_encoding(self) -> Any:
        """The former name of :attr:`original_character_set`."""
        _deprecated("read_encoding", "original_character_set")
        return self.original_character_set

    @read_encoding.setter
    def read_encoding(self, value: Any) -> None:
        _deprecated("read_encoding", "original_character_set")
        self.__dict__["_read_charset"] = value

    def set_original_encoding(
        self,
        is_implicit_vr: bool | None,
        is_little_endian: bool | None,
        character_encoding: Any = None,
    ) -> None:
        """Say how it was read."""
        self.__dict__["_original"] = (is_implicit_vr, is_little_endian)
        if character_encoding is not None:
            self.__dict__["_read_charset"] = character_encoding

    @property
    def is_original_encoding(self) -> bool:
        """Whether it will be written as it was read, character set included."""
        current = (self.is_implicit_VR, self.is_little_endian)
        same = None not in current and current == self.original_encoding
        return same and self.original_character_set == codecs_of(self)

    @property
    def is_implicit_VR(self) -> Any:
        """Whether it is to be written without VRs, where no transfer syntax tells."""
        return self.__dict__.get("_implicit", super().original_encoding[0])

    @is_implicit_VR.setter
    def is_implicit_VR(self, value: bool | None) -> None:
        _deprecated("is_implicit_VR", "the Transfer Syntax UID or save_as(implicit_vr=...)")
        self.__dict__["_implicit"] = value

    @property
    def is_little_endian(self) -> Any:
        """Whether it is to be written as little endian, where no transfer syntax tells."""
        return self.__dict__.get("_little", super().original_encoding[1])

    @is_little_endian.setter
    def is_little_endian(self, value: bool | None) -> None:
        _deprecated("is_little_endian", "the Transfer Syntax UID or save_as(little_endian=...)")
        self.__dict__["_little"] = value

    @property
    def read_implicit_vr(self) -> Any:
        """The former name of a part of :attr:`original_encoding`."""
        _deprecated("read_implicit_vr", "original_encoding")
        return self.original_encoding[0]

    @property
    def read_little_endian(self) -> Any:
        """The former name of a part of :attr:`original_encoding`."""
        _deprecated("read_little_endian", "original_encoding")
        return self.original_encoding[1]

    def decode(self) -> None:
        """Decode text again, in the character sets that are declared now."""
        _decode(self, codecs_of(self))


def _decode(ds: core.Dataset, codecs: Any) -> None:
    for element in ds:
        if element.VR != "SQ":
            decode_element(element, codecs)
            continue
        for item in element.value:
            declared = _CHARSET in item
            _decode(item, convert_encodings(item.get(_CHARSET).value) if declared else codecs)


def codecs_of(ds: core.Dataset) -> Any:
    """Python's codecs of the character sets in force."""
    if _CHARSET in ds:
        return convert_encodings(ds[_CHARSET].value)
    stored = ds.stored
    if stored is not None and stored.inherited.sets.writes != "ascii":
        return [stored.inherited.sets.codec, *stored.inherited.sets.others]
    return ds.__dict__.get("_parent_encoding", default_encoding)


def _deprecated(name: str, instead: str) -> None:
    warn_and_log(
        f"Dataset.{name} is a name of the past; {instead} says the same",
        DeprecationWarning,
        stacklevel=3,
    )
