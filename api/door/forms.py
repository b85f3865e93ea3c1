"""Reads forms with one file piece by piece, with a limit on everything around the file."""

import re
from collections.abc import AsyncIterable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import unquote_to_bytes

from aiohttp import hdrs
from multidict import MultiMapping
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from api.documents.documented import FORM
from api.door.errors import BadRequest, Fault, PayloadTooLarge, UnsupportedMediaType

FIELD: Final = "file"
MOST_AROUND: Final = 16 * 1024
"""Bytes of a form apart from its file: boundaries, headers, preamble and epilogue."""
MOST_OF_A_HEADER: Final = 4 * 1024
MOST_HEADERS: Final = 8
LONGEST_BOUNDARY: Final = 200

_QUOTED = re.compile(r'"(?:[^"\\]++|\\.)*+\\?(?:"|$)', re.DOTALL)
"""Matches up to the closing quote, or to the end without one. It matches at every quote, so it takes linear
time."""
_EXTENDED_NAME = re.compile(r";\s*filename\*\s*=\s*(?:utf-8|iso-8859-1)'[^']*'([^;\s]+)", re.I | re.A)
_BARE_NAME = re.compile(r";\s*filename\s*=\s*([^\";]+)", re.I | re.A)
"""A name without quotation marks. It may have spaces and any letters, though it should not."""
_BY_BYTE: Final = "latin-1"
"""Any bytes can be read in it, one character each, so the parser refuses no header for its encoding. Some
bytes of UTF-8 are spaces in it, so only those of ASCII count as spaces."""


class Sink(Protocol):
    """Takes the pieces of the file."""

    @property
    def size(self) -> int: ...

    async def write(self, piece: bytes, /) -> None: ...


@dataclass
class OneFile:
    """A form while it comes in. Its file may have ``most`` bytes; more is PayloadTooLarge."""

    headers: MultiMapping[str]
    most: int
    name: str | None = None
    """The file's name as its sender gave it. None before its part has begun."""

    async def receive(self, pieces: AsyncIterable[bytes], sink: Sink) -> str:
        """Read the file into the sink, and return its name, which may be empty. Raises UnsupportedMediaType,
        PayloadTooLarge, and BadRequest unless this is a form with one file."""
        parser = _parser_of(self.headers)
        came = 0
        try:
            async for piece in pieces:
                came += len(piece)
                await self._take(parser.parse(piece), sink)
                if came - sink.size > MOST_AROUND:
                    raise BadRequest([_no_form("A form should hold little but its file")])
            parser.close()
        except MultipartError:
            raise BadRequest([_no_form("This is no form")]) from None
        if self.name is None or not (self.name or sink.size):  # browsers send this if no file was chosen
            raise BadRequest([_missing()])
        return self.name

    async def _take(self, events: Iterable[MultipartSegment | bytes | None], sink: Sink) -> None:
        for event in events:
            if isinstance(event, MultipartSegment):
                self._begin(event)
            elif event is not None:
                if sink.size + len(event) > self.most:
                    raise PayloadTooLarge(self.most)
                await sink.write(event)

    def _begin(self, part: MultipartSegment) -> None:
        if self.name is not None:
            message = "A form should hold one file and nothing else"
            raise BadRequest([Fault(location="body", message=message, type="more_than_one_part")])
        if part.name != FIELD:
            raise BadRequest([_missing()])
        if (part.content_type or "").startswith("multipart/"):
            raise BadRequest([_no_form("A form should hold no other form")])
        self.name = _name_of(part)


def _parser_of(headers: MultiMapping[str]) -> PushMultipartParser:
    kind, options = parse_options_header(headers.get(hdrs.CONTENT_TYPE, ""))
    if kind != FORM:
        raise UnsupportedMediaType(FORM)
    boundary = options.get("boundary", "")
    try:
        if len(boundary) > LONGEST_BOUNDARY:
            raise MultipartError
        return PushMultipartParser(
            boundary,
            max_header_size=MOST_OF_A_HEADER,
            max_header_count=MOST_HEADERS,
            header_charset=_BY_BYTE,
        )
    except ValueError:  # the parser's own errors, and a boundary that cannot be encoded
        raise BadRequest([_no_form("This is no form")]) from None


def _name_of(part: MultipartSegment) -> str:
    """The name of the file. ``filename*`` (RFC 5987) is preferred to ``filename``."""
    disposition = dict(part.headerlist).get("Content-Disposition", "")
    outside = _QUOTED.sub('""', disposition)
    if extended := _EXTENDED_NAME.search(outside):
        return _as_meant(unquote_to_bytes(extended[1].encode(_BY_BYTE)))
    bare = _BARE_NAME.search(outside)
    return _as_meant((bare[1].strip(" \t") if bare else part.filename or "").encode(_BY_BYTE))


def _as_meant(name: bytes) -> str:
    """The name as UTF-8, which browsers write, or else as older programs on Windows write it in the West."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("cp1252", errors="replace")


def _no_form(message: str) -> Fault:
    return Fault(location="body", message=message, type="form")


def _missing() -> Fault:
    return Fault(location=FIELD, message="Field required", type="missing")
