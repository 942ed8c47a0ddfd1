"""An encoder for each transfer syntax that ``isocenter.pixels`` writes."""

from isocenter.compat.pixels.encoders.encoder import Encoder
from isocenter.compat.uid import UID
from isocenter.pixels.encoders import ENCODABLE
from isocenter.standard import uid as standard

_ROOT = "1.2.840.10008.1.2"
RLELosslessEncoder = Encoder(UID(f"{_ROOT}.5"))
JPEGLSLosslessEncoder = Encoder(UID(f"{_ROOT}.4.80"))
JPEGLSNearLosslessEncoder = Encoder(UID(f"{_ROOT}.4.81"))
JPEG2000LosslessEncoder = Encoder(UID(f"{_ROOT}.4.90"))
JPEG2000Encoder = Encoder(UID(f"{_ROOT}.4.91"))

_ENCODERS = {uid: Encoder(UID(uid)) for uid in ENCODABLE} | {
    one.UID: one for one in list(globals().values()) if isinstance(one, Encoder)
}


def get_encoder(uid: str) -> Encoder:
    """The encoder of a transfer syntax.

    Raises:
        NotImplementedError: there is none.
    """
    try:
        return _ENCODERS[uid]
    except KeyError:
        raise NotImplementedError(f"There is no encoder for {standard.UID(uid).name}") from None
