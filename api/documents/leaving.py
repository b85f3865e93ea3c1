"""What of the API is on its way out: since when, how long it is still good, and what takes its place.

A route says so at its end, and a field beside its type. From then on it is ``deprecated`` in the OpenAPI
document, and whoever uses it is told by the headers ``Deprecation`` (RFC 9745) and ``Sunset`` (RFC 8594)::

    reads(f"{API}/old", list_old, leaving=Leaving(date(2027, 1, 1), date(2028, 1, 1), "GET /new"))

    old: Annotated[str | None, Leaving(date(2027, 1, 1), date(2028, 1, 1), "`new`")] = None"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic_core import CoreSchema

NOTICE: Final = timedelta(days=365)
"""How long something deprecated works at least after the announcement."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """``since`` is the day of the announcement, ``until`` the first day on which it may be gone. ``instead``
    names the replacement, in Markdown. Raises ValueError if clients get too little time."""

    since: date
    until: date
    instead: str

    def __post_init__(self) -> None:
        if self.until - self.since < NOTICE:
            raise ValueError(f"what goes is good for {NOTICE.days} days after that was said")

    @property
    def words(self) -> str:
        return f"Deprecated since {self.since}, good until {self.until}. Instead: {self.instead}."

    def headers(self, public_url: str) -> Mapping[str, str]:
        """The headers that tell a client that it uses something deprecated."""
        return {
            "Deprecation": f"@{int(_midnight(self.since).timestamp())}",
            "Sunset": format_datetime(_midnight(self.until), usegmt=True),
            "Link": f'<{public_url}/docs>; rel="deprecation"; type="text/html"',
        }

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return handler(schema) | {"deprecated": True, "description": self.words}


LEAVING = web.RequestKey("LEAVING", Leaving)
"""What the request has used that is deprecated; of several, the one that goes first."""


def uses(request: web.BaseRequest, leaving: Leaving | None) -> None:
    """Note that the request uses something deprecated, so that the answer says so."""
    known = request.get(LEAVING)
    if leaving is not None and (known is None or leaving.until < known.until):
        request[LEAVING] = leaving


def uses_fields(request: web.BaseRequest, said: BaseModel) -> None:
    """The same for the deprecated fields that a body or a query has."""
    for name, leaving in leaving_fields(type(said)).items():
        if name in said.model_fields_set:
            uses(request, leaving)


@cache
def leaving_fields(model: type[BaseModel]) -> Mapping[str, Leaving]:
    """The deprecated fields of a model, by name."""
    return dict(_leaving_fields(model))


def _leaving_fields(model: type[BaseModel]) -> Iterator[tuple[str, Leaving]]:
    for name, field in model.model_fields.items():
        yield from ((name, it) for it in field.metadata if isinstance(it, Leaving))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
