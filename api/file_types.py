"""What a file is, by its first bytes; what its name or its sender says counts for nothing."""

import re
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
_MARKUP: Final = re.compile(r"\s*<[!?a-z]", re.IGNORECASE)


def type_of(content: bytes) -> str:
    """A media type of a short list; ``application/octet-stream`` for all else, markup among it."""
    for pattern, media_type in _KNOWN:
        if pattern.match(content):
            return media_type
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return UNKNOWN
    return UNKNOWN if _NOT_TEXT.search(text) or _MARKUP.match(text) else "text/plain"
