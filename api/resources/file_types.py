"""What a file is, by its first bytes; what its name or its sender says counts for nothing."""

import codecs
import re
from collections.abc import Iterable
from typing import Final

UNKNOWN: Final = "application/octet-stream"

_BEGINNINGS: Final = (
    (rb"%PDF-", "application/pdf"),
    (rb"\x89PNG\r\n\x1a\n", "image/png"),
    (rb"GIF8[79]a", "image/gif"),
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"RIFF....WEBP", "image/webp"),
    (rb"RIFF....WAVE", "audio/wav"),
    (rb"....ftypavi[fs]", "image/avif"),
    (rb"....ftyp(isom|iso2|iso[4-6]|mp4[12]|avc1|M4V |dash)", "video/mp4"),
    (rb"OggS", "audio/ogg"),
    (rb"ID3|\xff[\xf2\xf3\xfb]", "audio/mpeg"),
    (rb"\x1aE\xdf\xa3", "video/webm"),
    (rb"PK\x03\x04", "application/zip"),
)
_KNOWN: Final = tuple((re.compile(pattern, re.DOTALL), media_type) for pattern, media_type in _BEGINNINGS)
_NOT_TEXT: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MARKUP: Final = re.compile("<[!?a-z]", re.IGNORECASE)


def type_of(pieces: Iterable[bytes]) -> str:
    """A media type of a short list; ``application/octet-stream`` for all else, markup among it.

    The first of the pieces is as long as they all are, or all there is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    beginning = ""
    try:
        for number, piece in enumerate(pieces):
            if number == 0 and (known := _known(piece)):
                return known
            text = decoder.decode(piece)
            if len(beginning) < 2:
                beginning = (beginning + text).lstrip()[:2]
            if _NOT_TEXT.search(text) or _MARKUP.match(beginning):
                return UNKNOWN
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return UNKNOWN
    return "text/plain"


def _known(beginning: bytes) -> str | None:
    return next((it for pattern, it in _KNOWN if pattern.match(beginning)), None)
