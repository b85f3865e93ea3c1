"""Fills the rest of a store that has tickets: their requesters, and what notifications, webhooks and looks
leave behind of each of them."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Final

from benchmarks.histories import AGENTS, DAY, MINUTE, OF_ONE_USER, agent, user_of
from storage.codec import ACCOUNT, AGENT, ENDPOINT, ERASURE, PERSON
from storage.notifications import COLUMNS, values_of
from storage.sqlite.connection import connect
from storage.sqlite.user_words import made_anew
from storage.sqlite.webhooks import COLUMNS as DELIVERY
from storage.sqlite.webhooks import row_of
from tickets.model import Millis, Person, SupportRole, TicketId, UserKey, UserRole
from tickets.notifications import (
    Notification,
    NotificationChannel,
    NotificationKind,
    NotificationStatus,
    id_of,
)
from tickets.ports.accounts import Account, email_key
from tickets.ports.agents import Agent
from tickets.ports.erasing import Erasure, ErasureState
from tickets.ports.looks import LookKind, look_of
from tickets.ports.timers import TimerKind
from tickets.ports.webhooks import Delivery, DeliveryStatus
from tickets.webhooks import Endpoint, EndpointId, WebhookType

AT_ONCE: Final = 2_000
"""Tickets of which all is written in one transaction."""
ENDPOINTS: Final = tuple(EndpointId(f"{number:032x}") for number in range(1, 5))
ERASED: Final = 1_000
"""One of so many users was erased."""
BLOCKED: Final = 500
CENTURY: Final = 36_525 * DAY
FAILED: Final = 50
"""One of so many notifications and deliveries has failed."""
PEOPLE_OF_STAFF: Final = tuple(UserKey("default", f"agent{number}") for number in range(AGENTS))

Known = tuple[int, TicketId, Millis, int]
"""Number, id, time of the opening, and the seq of the last event."""
Row = tuple[object, ...]


def fill(folder: Path) -> None:
    """Fill them, as for tickets that were all closed and seen but for the newest."""
    with closing(connect(folder / "guildesk.sqlite3")) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -2000000"):
            connection.execute(f"PRAGMA {pragma}")
        statement = (
            "SELECT number, ticket_id, created_at, json_extract(body, '$.seq') FROM tickets ORDER BY number"
        )
        known = iter(connection.execute(statement).fetchall())
        while tickets := list(islice(known, AT_ONCE)):
            connection.execute("BEGIN")
            for table, rows_of in OF_TICKETS.items():
                _insert(connection, table, [row for it in tickets for row in rows_of(it)])
            connection.execute("COMMIT")
            if tickets[0][0] % 100_000 == 1:
                print(f"  what belongs to {tickets[0][0] - 1:,} tickets is there", flush=True)
        connection.execute("BEGIN")
        _insert(connection, "agents (key, body)", [_agent(it) for it in PEOPLE_OF_STAFF])
        _insert(connection, "webhooks (endpoint_id, body)", [_endpoint(it) for it in ENDPOINTS])
        made_anew(connection)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")


def _insert(connection: sqlite3.Connection, table: str, rows: Sequence[Row]) -> None:
    if rows:
        places = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608  names of ours


def is_first(number: int) -> bool:
    """Whether it is its requester's first ticket."""
    return number % OF_ONE_USER == 1


def name_of(number: int) -> str:
    """What the ticket's requester is called: everybody is a Kim, and nobody else has the second name."""
    return f"Kim {user_of(number).title()}"


def _requester(it: Known) -> Iterator[Row]:
    number, _, at, _ = it
    if is_first(number):
        user = user_of(number)
        key = UserKey("default", user)
        person = Person(key, name_of(number), UserRole.CUSTOMER, f"{user}@example.test")
        yield str(key), PERSON.text(person), at


def _note(it: Known) -> Iterator[Row]:
    number, _, at, _ = it
    user = (number - 1) // OF_ONE_USER
    if is_first(number) and user % 100 == 7:
        yield str(UserKey("default", f"user{user}")), False, f"Called at {at}", None, None
    elif is_first(number) and user % BLOCKED == 3:
        yield str(UserKey("default", f"user{user}")), True, None, None, "wrote too much"


def _account(it: Known) -> Iterator[Row]:
    number, _, at, _ = it
    if is_first(number):
        email = f"{user_of(number)}@accounts.example.test"
        account = Account(
            id=f"{number:032x}", email=email, username=name_of(number), role=UserRole.CUSTOMER, created_at=at
        )
        yield account.id, email_key(email), None, ACCOUNT.text(account)


def _told(it: Known) -> Iterator[Row]:
    """The newest ticket of each requester has an answer that they have not read."""
    number, ticket_id, at, seq = it
    user = UserKey("default", user_of(number))
    for channel in (NotificationChannel.IN_APP, NotificationChannel.EMAIL):
        failed = channel is NotificationChannel.EMAIL and number % FAILED == 0
        unread = channel is NotificationChannel.IN_APP and number % OF_ONE_USER == 0
        told = Notification(
            id=id_of(ticket_id, seq, user, channel),
            user=user,
            kind=NotificationKind.ANSWER,
            channel=channel,
            text=f"There is an answer to ticket {number}",
            created_at=at + MINUTE,
            status=NotificationStatus.FAILED if failed else NotificationStatus.SENT,
            ticket_id=ticket_id,
            seq=seq,
            sent_at=None if failed else at + MINUTE,
            read_at=None if unread or channel is NotificationChannel.EMAIL else at + 2 * MINUTE,
            error="550 no such user" if failed else None,
        )
        yield tuple(values_of(told).values())


def _delivered(it: Known) -> Iterator[Row]:
    """As of a later century: Guildesk removes deliveries that are older than a month."""
    number, ticket_id, at, seq = it
    at += CENTURY
    yield row_of(
        Delivery(
            endpoint_id=ENDPOINTS[number // OF_ONE_USER % len(ENDPOINTS)],
            ticket_id=ticket_id,
            seq=seq,
            type=WebhookType.MESSAGE_POSTED,
            user=UserKey("default", user_of(number)),
            created_at=at,
            begun_at=at,
            due_at=None,
            status=DeliveryStatus.FAILED if number % FAILED == 0 else DeliveryStatus.DELIVERED,
        )
    )


def _looked(it: Known) -> Iterator[Row]:
    """An agent has read the transcript; one of a thousand users was exported."""
    number, ticket_id, at, _ = it
    user = UserKey("default", user_of(number))
    looks = [look_of(agent(number), LookKind.TRANSCRIPT, user, at, (ticket_id, number))]
    if number % (OF_ONE_USER * 1_000) == 1:
        looks.append(look_of(agent(number), LookKind.EXPORT, user, at + MINUTE))
    for look in looks:
        yield (
            *(look.id, look.at, str(look.by), look.kind.value, str(look.user)),
            *(look.ticket_id, look.ticket_number),
        )


def _read(it: Known) -> Iterator[Row]:
    _, ticket_id, _, seq = it
    yield ticket_id, seq, seq


def _gone_off(it: Known) -> Iterator[Row]:
    _, ticket_id, _, seq = it
    yield ticket_id, TimerKind.REMOVAL, seq


def _erased(it: Known) -> Iterator[Row]:
    number, _, at, _ = it
    if number % (OF_ONE_USER * ERASED) == 2:
        erasure = Erasure(
            id=f"{number:032x}", user=None, asked_at=at, state=ErasureState.DONE, total=5, done_at=at + MINUTE
        )
        yield erasure.id, at, None, True, ERASURE.text(erasure)


OF_TICKETS: Final[dict[str, Callable[[Known], Iterator[Row]]]] = {
    "people (key, body, created_at)": _requester,
    "users (key, blocked, note, blocked_until, block_reason)": _note,
    "accounts (key, email_key, discord, body)": _account,
    f"notifications ({', '.join(COLUMNS)})": _told,
    f"webhook_deliveries (delivery_id, {', '.join(DELIVERY)})": _delivered,
    "looks (id, at, by_key, kind, user_key, ticket_id, ticket_number)": _looked,
    "readings (ticket_id, requester_seq, staff_seq)": _read,
    "timers (ticket_id, kind, set_at_seq)": _gone_off,
    "erasures (id, asked_at, user_key, done, body)": _erased,
}


def _agent(key: UserKey) -> Row:
    agent_of = Agent(
        key=key, name=key.id.title(), support_roles=(SupportRole.GENERAL,), on_duty=key.id.endswith("1")
    )
    return str(key), AGENT.text(agent_of)


def _endpoint(endpoint_id: EndpointId) -> Row:
    endpoint = Endpoint(
        id=endpoint_id,
        url="https://backend.example.test/guildesk",
        events=("*",),
        issuers=("default",),
        secret="whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",  # noqa: S106  made up
        created_at=1,
        updated_at=1,
    )
    return endpoint_id, ENDPOINT.text(endpoint)
