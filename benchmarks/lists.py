"""What is asked of a store with many tickets, and of one with few: each list, by all that it is asked for."""

import random
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from benchmarks.histories import (
    AGENTS,
    DAY,
    EVERYWHERE,
    FORMS,
    IN_HALF,
    IN_THE_OTHERS,
    LABELED,
    PLANS,
    SECOND,
    agent,
    label_of,
    opened_at,
    user_of,
)
from benchmarks.http_load import request
from benchmarks.programs import token_of
from benchmarks.rooms import ENDPOINTS

Asked = Callable[[int], bytes]
"""A request to a store with so many tickets, about a ticket or a user anywhere in it."""

USERS: Final = 200
"""Who ask; as many of both stores, so that tokens are as well known to one as to the other."""
APART: Final = 3 * 365 * DAY // 1_000_000
"""Between two tickets: a million are of three years."""
_STAFF: Final = token_of("agent", "AGENT")
_ADMIN: Final = token_of("admin", "ADMIN")
_TOKENS: dict[str, str] = {}


def anywhere(tickets: int) -> int:
    """A number, with a page of tickets on both sides."""
    return random.randint(tickets // 4, tickets * 3 // 4)  # noqa: S311  a choice, not a secret


def _staff(path: str, **query: object) -> bytes:
    return request("GET", f"/api/v1{path}{'?' if query else ''}{urlencode(query)}", _STAFF)


def _admin(path: str, **query: object) -> bytes:
    return request("GET", f"/api/v1{path}{'?' if query else ''}{urlencode(query)}", _ADMIN)


def _own(path: str, **query: object) -> Asked:
    def ask(tickets: int) -> bytes:
        user = user_of(random.randrange(USERS) * (tickets // USERS) + 1)  # noqa: S311
        token = _TOKENS.setdefault(user, token_of(user))
        return request("GET", f"/api/v1{path}{'?' if query else ''}{urlencode(query)}", token)

    return ask


def _tickets(**query: object) -> Asked:
    return lambda _: _staff("/tickets", **query)


def _in_the_middle(**query: object) -> Asked:
    """A page that begins in the middle of the list, by opening."""
    return lambda n: _staff("/tickets", **query, cursor=_behind(anywhere(n)))


def _behind(number: int) -> str:
    """The cursor of the page that begins with the ticket before it."""
    return f"{opened_at(number, APART)}-{number}"


def _middle_of_changes(tickets: int) -> str:
    """The same with the order of changes, where all that is closed comes first."""
    return f"{opened_at(anywhere(tickets), APART) + 15 * DAY}-1"


def _agent() -> str:
    """One who has tickets; the others have none."""
    return agent(random.randrange(1, AGENTS, 2)).id  # noqa: S311


def _opened_within(tickets: int) -> bytes:
    at = opened_at(anywhere(tickets), APART) // SECOND
    until = at + 51 * APART // SECOND
    return _staff("/tickets", created_after=at, created_before=until, sort="updated_at")


def _closed_within(tickets: int) -> bytes:
    """So long that some 40 are meant: a thousand are closed within a month."""
    at = opened_at(tickets // 2, APART) // SECOND + 16 * DAY // SECOND
    length = max(40 * APART, 40 * 31 * DAY // tickets) // SECOND
    return _staff("/tickets", closed_after=at, closed_before=at + length, limit=20)


FRUITLESS: Final = "tickets of two words that no ticket has both of"
NOTHING: Final = "looks of a kind by an agent who had none"
TICKETS: Final[dict[str, Asked]] = {
    "own tickets": _own("/tickets"),
    "staff's page of tickets": _in_the_middle(limit=50),
    "open tickets, by last change": _tickets(limit=50, status="OPEN,PENDING", sort="-updated_at"),
    "all tickets, by last change": lambda n: _staff(
        "/tickets", limit=50, sort="-updated_at", cursor=_middle_of_changes(n)
    ),
    "tickets of a level and a support role": _in_the_middle(issue_level="CRITICAL", support_role="ADMIN"),
    "tickets of an agent": lambda _: _staff("/tickets", assignee=_agent(), limit=20, sort="created_at"),
    "tickets of a user": lambda n: _staff("/tickets", user_id=user_of(anywhere(n))),
    "tickets nobody attends to": _tickets(unattended="true"),
    "tickets opened within a time": _opened_within,
    "tickets closed within a time": _closed_within,
    "tickets of a form": _in_the_middle(category=FORMS[3]),
    "tickets of an issuer": _in_the_middle(issuer="default"),
    "tickets of a common label": _in_the_middle(label=LABELED),
    "tickets of a rare label": lambda n: _staff("/tickets", label=label_of(anywhere(n) // 1_000 * 1_000)),
    "tickets of a rare label, by last change": lambda n: _staff(
        "/tickets", label=label_of(anywhere(n) // 1_000 * 1_000), sort="-updated_at"
    ),
    "tickets put aside": _tickets(snoozed="true"),
    "tickets not put aside": _in_the_middle(snoozed="false"),
    "tickets that missed a target": _in_the_middle(sla="breached", limit=20),
    "tickets of a common value of metadata": _in_the_middle(**{"metadata.plan": PLANS[1]}),
    "tickets of a rare value of metadata": lambda n: _staff(
        "/tickets", **{"metadata.order": f"A{anywhere(n)}"}
    ),
    "tickets of a word in every ticket": _in_the_middle(q=EVERYWHERE),
    "tickets of a word in one ticket": lambda n: _staff("/tickets", q=str(anywhere(n))),
    "tickets of two words in half of them": _in_the_middle(q=f"{EVERYWHERE} {IN_HALF}", limit=25),
    "tickets of a word and an agent": lambda n: _staff(
        "/tickets", q=EVERYWHERE, assignee=_agent(), limit=5, cursor=_behind(anywhere(n))
    ),
    FRUITLESS: _in_the_middle(q=f"{IN_THE_OTHERS} {IN_HALF}"),
    "tickets of an agent, by number": lambda _: _staff(f"/agents/{_agent()}/tickets", limit=20),
    "the queue": lambda _: _staff("/queue", limit=50),
}
OF_A_TICKET: Final[dict[str, Asked]] = {
    "messages of a ticket": lambda n: _staff(f"/tickets/{anywhere(n)}/messages"),
    "notes of a ticket": lambda n: _staff(f"/tickets/{anywhere(n) // 5 * 5}/notes"),
    "history of a ticket": lambda n: _staff(f"/tickets/{anywhere(n)}/history"),
    "events of a ticket": lambda n: _staff("/events", ticket_id=anywhere(n)),
    "events, for staff": lambda _: _staff("/events", limit=100),
    "own events": _own("/events"),
}
OTHERS: Final[dict[str, Asked]] = {
    "users": lambda _: _staff("/users", limit=50),
    "users by address": lambda n: _staff("/users", email=f"{user_of(anywhere(n))}@example.test"),
    "users by name": lambda n: _staff("/users", q=user_of(anywhere(n)), limit=1),
    "users by a name that all have": lambda _: _staff("/users", q="kim", limit=50),
    "a user with their tickets": lambda n: _staff(f"/users/{user_of(anywhere(n))}"),
    "feedback": lambda _: _staff("/feedback", limit=20),
    "feedback of five stars": lambda _: _staff("/feedback", limit=10, rating=5),
    "feedback of an agent": lambda _: _staff("/feedback", limit=10, assignee=agent(1).id),
    "own notifications": _own("/notifications"),
    "own notifications, unread": _own("/notifications", unread="true"),
    "notifications of a user": lambda n: _staff(f"/users/{user_of(anywhere(n))}/notifications"),
    "notifications that failed": lambda _: _staff("/notifications/queue", limit=10),
    "agents": lambda _: _staff("/agents"),
    "webhooks": lambda _: _admin("/webhooks"),
    "deliveries": lambda _: _admin(f"/webhooks/{ENDPOINTS[2]}/deliveries", limit=50),
    "deliveries that failed": lambda _: _admin(
        f"/webhooks/{ENDPOINTS[2]}/deliveries", limit=5, status="failed"
    ),
    "looks": lambda n: _admin("/looks", limit=50, before=opened_at(anywhere(n), APART) // SECOND),
    "looks of a kind": lambda _: _admin("/looks", limit=1, kind="export"),
    "looks by an agent": lambda _: _admin("/looks", limit=20, by=_agent(), by_issuer="default"),
    NOTHING: lambda _: _admin("/looks", kind="export", by="agent3"),
    "looks at a user": lambda n: _admin("/looks", user_id=user_of(anywhere(n))),
    "looks at a ticket": lambda n: _admin("/looks", ticket=anywhere(n)),
    "accounts": lambda _: _admin("/accounts", limit=50),
}
PAGES: Final[dict[str, Callable[[int], str]]] = {
    "the queue": lambda _: "/desk",
    "tickets": lambda _: "/desk/tickets",
    "tickets of a word": lambda n: f"/desk/tickets?q={anywhere(n)}",
    "users": lambda _: "/desk/users",
    "a user": lambda n: f"/desk/users/default/{user_of(anywhere(n))}",
    "agents": lambda _: "/desk/agents",
    "notifications": lambda _: "/desk/notifications",
    "deliveries": lambda _: f"/desk/webhooks/{ENDPOINTS[2]}",
    "looks": lambda _: "/desk/looks",
}
"""Of ``/desk``, for an admin."""


def page_of_desk(cookie: str, path: str) -> bytes:
    head = [
        f"GET {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept-Encoding: gzip",
        f"Cookie: guildesk_desk={cookie}",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n"
