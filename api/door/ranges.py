"""Range requests and conditions: RFC 9110, sections 13 and 14."""

import re
from dataclasses import dataclass
from typing import Final

from aiohttp import hdrs, web

from api.door.errors import RangeNotSatisfiable

_ONE_RANGE: Final = re.compile(r"bytes[ \t]*=[ \t]*([0-9]{0,4000})-([0-9]{0,4000})[ \t]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """``count`` bytes from ``first`` on."""

    first: int
    count: int

    def content_range(self, size: int) -> str:
        return f"bytes {self.first}-{self.first + self.count - 1}/{size}"


def is_there_already(request: web.Request, etag: str) -> bool:
    """Whether the client already has the version with this tag (``If-None-Match``)."""
    known = request.if_none_match or ()
    return any(it.value in ("*", etag.strip('"')) for it in known)


def part_asked_for(request: web.Request, etag: str, size: int) -> Part | None:
    """The part that the client asks for, or None if it gets the whole file. It gets the whole if it asks for
    several parts, for another version (``If-Range``), or not in a valid form. Raises RangeNotSatisfiable for
    a part after the end."""
    if hdrs.RANGE not in request.headers or request.method != hdrs.METH_GET:
        return None
    if request.headers.get(hdrs.IF_RANGE, etag).strip() != etag:
        return None
    found = _ONE_RANGE.fullmatch(",".join(request.headers.getall(hdrs.RANGE)).strip())
    if found is None:
        return None
    first, last = (int(number) if number else None for number in found.groups())
    if first is None:
        return _end(min(last or 0, size), size)
    if last is not None and last < first:
        return None
    if first >= size:
        raise RangeNotSatisfiable(size)
    return Part(first, size - first if last is None else min(last + 1, size) - first)


def _end(count: int, size: int) -> Part | None:
    """The last ``count`` bytes. None for zero bytes, which are no part."""
    return Part(size - count, count) if count else None
