"""A decoder for each transfer syntax that ``isocenter.pixels`` reads."""

from isocenter.compat.pixels.decoders.decoder import Decoder
from isocenter.compat.uid import UID
from isocenter.errors import UnsupportedSyntaxError
from isocenter.pixels.codecs import coding
from isocenter.standard import uid as standard

_ROOT = "1.2.840.10008.1.2"
ImplicitVRLittleEndianDecoder = Decoder(UID(_ROOT))
ExplicitVRLittleEndianDecoder = Decoder(UID(f"{_ROOT}.1"))
ExplicitVRBigEndianDecoder = Decoder(UID(f"{_ROOT}.2"))
DeflatedExplicitVRLittleEndianDecoder = Decoder(UID(f"{_ROOT}.1.99"))
JPEGBaseline8BitDecoder = Decoder(UID(f"{_ROOT}.4.50"))
JPEGExtended12BitDecoder = Decoder(UID(f"{_ROOT}.4.51"))
JPEGLosslessDecoder = Decoder(UID(f"{_ROOT}.4.57"))
JPEGLosslessSV1Decoder = Decoder(UID(f"{_ROOT}.4.70"))
JPEGLSLosslessDecoder = Decoder(UID(f"{_ROOT}.4.80"))
JPEGLSNearLosslessDecoder = Decoder(UID(f"{_ROOT}.4.81"))
JPEG2000LosslessDecoder = Decoder(UID(f"{_ROOT}.4.90"))
JPEG2000Decoder = Decoder(UID(f"{_ROOT}.4.91"))
HTJ2KLosslessDecoder = Decoder(UID(f"{_ROOT}.4.201"))
HTJ2KLosslessRPCLDecoder = Decoder(UID(f"{_ROOT}.4.202"))
HTJ2KDecoder = Decoder(UID(f"{_ROOT}.4.203"))
RLELosslessDecoder = Decoder(UID(f"{_ROOT}.5"))

_DECODERS = {one.UID: one for one in list(globals().values()) if isinstance(one, Decoder)}


def get_decoder(uid: str) -> Decoder:
    """The decoder of a transfer syntax.

    Raises:
        NotImplementedError: there is none.
    """
    if uid in _DECODERS:
        return _DECODERS[UID(uid)]
    try:
        coding(uid)
    except UnsupportedSyntaxError:
        raise NotImplementedError(f"There is no decoder for {standard.UID(uid).name}") from None
    return _DECODERS.setdefault(UID(uid), Decoder(UID(uid)))
