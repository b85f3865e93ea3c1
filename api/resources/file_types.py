"""The type of a file by its first bytes. Its name and the type that its sender claims do not count."""

import codecs
import re
from collections.abc import Iterable
from itertools import chain
from typing import Final

UNKNOWN: Final = "application/octet-stream"
UTF_16: Final = "text/plain; charset=utf-16"

_LOOKED_AT: Final = 4_096
"""Bytes at the beginning of a recording that tell its codecs."""


def _brand(beginning: bytes) -> str | None:
    """The type of an ISO base media file (ISO 14496-12), by its first known brand: the main one, then the
    compatible ones."""
    end = max(12, min(int.from_bytes(beginning[:4]), 256))
    brands = [beginning[at : at + 4] for at in (8, *range(16, end, 4))]
    for brand in sorted(brands, key=_GENERAL.__contains__):
        for pattern, media_type in _BRANDS:
            if pattern.fullmatch(brand):
                return media_type
    return None


def _ogg(beginning: bytes) -> str:
    return "video/ogg" if b"\x80theora" in beginning[:_LOOKED_AT] else "audio/ogg"


def _ebml(beginning: bytes) -> str:
    """The type of a WebM or Matroska file. Its head tells which one it is, and soon after the codec of each
    track."""
    beginning = beginning[:_LOOKED_AT]
    if b"webm" not in beginning[:64]:
        return "video/x-matroska"
    is_audio = b"A_OPUS" in beginning or b"A_VORBIS" in beginning
    return "audio/webm" if is_audio and b"V_" not in beginning else "video/webm"


def _tagged(beginning: bytes) -> str:
    """The type of a file with an ID3 tag, whose length is in four times seven bits. AAC or MP3 may follow."""
    length = sum((byte & 127) << shift for byte, shift in zip(beginning[6:10], (21, 14, 7, 0), strict=False))
    return "audio/aac" if _ADTS.match(beginning[10 + length :][:2]) else "audio/mpeg"


_ADTS: Final = re.compile(rb"\xff[\xf0\xf1\xf8\xf9]")
_GENERAL: Final = frozenset((b"mif1", b"msf1"))
"""Some kind of image; another brand says which."""
_BRANDS: Final = tuple(
    (re.compile(pattern), media_type)
    for pattern, media_type in (
        (rb"avi[fs]", "image/avif"),
        (rb"hei[cxms]|hev[cx]", "image/heic"),
        (rb"mif1|msf1|jpeg|j2ki|avci", "image/heif"),
        (rb"M4[AB] ", "audio/mp4"),
        (rb"qt  ", "video/quicktime"),
        (rb"3g2.", "video/3gpp2"),
        (rb"3g[egprst].", "video/3gpp"),
        (rb"isom|iso[2-9a-c]|mp4[12]|avc1|hvc1|M4V.|dash|cmf[cs2]|mmp4|MSNV|f4v |XAVC", "video/mp4"),
    )
)
_BEGINNINGS: Final = tuple(
    (re.compile(pattern, re.DOTALL), media_type)
    for pattern, media_type in (
        (rb"%PDF-", "application/pdf"),
        (rb"\x89PNG\r\n\x1a\n", "image/png"),
        (rb"GIF8[79]a", "image/gif"),
        (rb"\xff\xd8\xff", "image/jpeg"),
        (rb"RIFF....WEBP", "image/webp"),
        (rb"RIFF....WAVE", "audio/wav"),
        (rb"\x00...ftyp....", _brand),
        (rb"\x00...(moov|mdat|wide|free|skip|pnot)", "video/quicktime"),
        (rb"OggS\x00", _ogg),
        (rb"ID3[\x02-\x04]", _tagged),
        (rb"\xff[\xf0\xf1\xf8\xf9]", "audio/aac"),
        (rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]", "audio/mpeg"),
        (rb"\x1aE\xdf\xa3", _ebml),
        (rb"PK\x03\x04", "application/zip"),
    )
)
_NOT_TEXT: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MARKUP: Final = re.compile("<[!?a-z]", re.IGNORECASE)


def type_of(pieces: Iterable[bytes]) -> str:
    """The media type, out of a short list. All other files, also markup, are ``application/octet-stream``.

    The first piece is as long as all others, or the whole file. A text in UTF-16 must begin with a byte
    order mark; without one it could be anything."""
    following = iter(pieces)
    first = next(following, b"")
    known = next((it for pattern, it in _BEGINNINGS if pattern.match(first)), None)
    if known is not None:
        return known if isinstance(known, str) else known(first) or UNKNOWN
    is_utf16 = first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    is_text = _is_text(chain((first,), following), "utf-16" if is_utf16 else "utf-8-sig")
    return UNKNOWN if not is_text else UTF_16 if is_utf16 else "text/plain"


def _is_text(pieces: Iterable[bytes], encoding: str) -> bool:
    """Whether the file decodes as text and does not begin like markup."""
    decoder = codecs.getincrementaldecoder(encoding)()
    beginning = ""
    try:
        for piece in pieces:
            text = decoder.decode(piece)
            if len(beginning) < 2:
                beginning = (beginning + text).lstrip()[:2]
            if _NOT_TEXT.search(text) or _MARKUP.match(beginning):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
