"""What of an image the ReV viewer cannot decode (measured, REV.md section 3)."""

from __future__ import annotations

DECODES = frozenset(
    f"1.2.840.10008.1.2{tail}"
    for tail in ("", ".1", ".2", ".5", ".4.50", ".4.51", ".4.57", ".4.70", ".4.90", ".4.91")
)
"""Transfer syntaxes: native, RLE, JPEG baseline, extended and lossless, JPEG 2000."""
