"""Describes a route of a resource: method, path, who may use it, how often, and its handler.

Each file in ``api/resources`` ends with its ``ROUTES``. ``api.app`` collects and serves them."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aiohttp import web

from api.documents.leaving import Leaving
from api.door.limits import Limit, Whose
from tickets.model import Caller

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CallerHandler = Callable[[web.Request, Caller], Awaitable[web.StreamResponse]]

API: Final = "/api/v1"
TICKET: Final = f"{API}/tickets/{{ticket_id}}"


MADE_OF: Final = {"account_id": "[0-9a-f]+"}
"""The pattern of a path parameter that would otherwise match words that are paths of their own."""


def with_patterns(path: str) -> str:
    """The path in the form that aiohttp's router takes."""
    return re.sub(r"{(\w+)}", lambda it: f"{{{it[1]}:{MADE_OF[it[1]]}}}" if it[1] in MADE_OF else it[0], path)


class Who(StrEnum):
    """Who may use a route. The desk decides this; here it is stated for the document, and a test compares
    both."""

    ANYBODY = "anybody, without a token"
    CALLERS = "everybody with a token"
    STAFF = "staff"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True)
class Route:
    """A route that needs a token."""

    method: str
    path: str
    handler: CallerHandler
    limit: Limit
    who: Who = Who.CALLERS
    keeps_keys_itself: bool = False
    """Whether the handler of a POST handles Idempotency-Key itself. For all others the door does."""
    leaving: Leaving | None = None
    """Set if the route is to be removed: since when, until when, and what replaces it."""


@dataclass(frozen=True, slots=True)
class OpenRoute:
    """A route for everybody."""

    path: str
    handler: Handler
    method: str = "GET"
    limit: Limit | None = None
    """Of one address."""
    who: Who = Who.ANYBODY
    leaving: Leaving | None = None


AnyRoute = Route | OpenRoute


def reads(
    path: str,
    handler: CallerHandler,
    who: Who = Who.CALLERS,
    *,
    limit: int = 30,
    leaving: Leaving | None = None,
) -> Route:
    """A GET. ``limit`` is the number of requests that a user has for it in a minute."""
    return Route("GET", path, handler, Limit(handler.__name__, limit), who, leaving=leaving)


def writes(
    method: str,
    path: str,
    handler: CallerHandler,
    who: Who = Who.CALLERS,
    *,
    limit: int = 15,
    whose: Whose | None = None,
    keeps_keys_itself: bool = False,
    leaving: Leaving | None = None,
) -> Route:
    """A change. ``whose`` tells whose limit it counts against, if not the caller's."""
    counted = Limit(handler.__name__, limit, whose=whose)
    return Route(method, path, handler, counted, who, keeps_keys_itself, leaving)
