"""What a group of appends changes in the tables: the log, the read models, and what is due at sinks."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from storage.codec import EVENT_VERSION, MESSAGE, TICKET, body_text, type_of
from storage.index_keys import URGENCY, danger_to, kind_of
from storage.sqlite import sql
from storage.sqlite.stale_days import make_stale
from tickets.figures import weight
from tickets.marks import marks_of, may_differ
from tickets.model import AuthorType, Message, MessageId, Millis, Ticket, TicketId
from tickets.ports.sinks import Listening
from tickets.ports.store import Appended

_INTO_EVENTS = "events (ticket_id, seq, event_id, requester_key, version, type, at, body)"
_MOVING = (
    *("requester_key", "assignee_key", "status", "urgency", "kind"),
    *("waiting_since", "unattended", "rated_at", "closed_at"),
    *("category", "aside", "danger"),
)
"""Columns that few events change, and that most indexes contain."""
_INTO_TICKETS = f"tickets (ticket_id, number, created_at, updated_at, {', '.join(_MOVING)}, body)"
_INTO_MESSAGES = "messages (ticket_id, seq, is_note, delivery, body)"
_INTO_TODO = "todo (sink, ticket_id, seq, urgency, due_at)"
_HAND_OVER_MESSAGES = f"""
UPDATE messages SET body = json_set(body, '$.author.key', json_object('issuer', ?, 'id', ?))
WHERE ticket_id = ? AND json_extract(body, '$.author.type') = '{AuthorType.REQUESTER}'"""  # noqa: S608  only constants of ours


class Changes:
    """What a group of appends changes.

    ``before`` has the tickets as they are in the tables, ``tickets`` and ``messages`` the new state."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        appended: Sequence[Appended],
        before: Mapping[TicketId, Ticket],
        tickets: Mapping[TicketId, Ticket],
        messages: Mapping[tuple[TicketId, MessageId], Message | None],
    ) -> None:
        self._connection = connection
        self._appended = appended
        self._before = before
        self._tickets = tickets
        self._messages = messages

    def tickets_now(self) -> list[Ticket]:
        """The changed tickets in their new state."""
        return [self._tickets[it] for it in {appended.ticket.id: None for appended in self._appended}]

    def write_events(self) -> None:
        rows = [
            (
                event.ticket_id,
                event.seq,
                event.id,
                str(appended.ticket.requester),
                EVENT_VERSION,
                type_of(event),
                event.at,
                body_text(event),
            )
            for appended in self._appended
            for event in (appended.event,)
        ]
        sql.insert(self._connection, _INTO_EVENTS, rows)

    def write_read_models(self, handed_over: Iterable[TicketId], sinks: Sequence[Listening]) -> None:
        """Write everything that follows from the log alone. ``guildesk verify`` and ``rebuild`` use this,
        too."""
        self.write_messages()
        self.hand_over(handed_over)
        self.write_tickets(sinks)
        self.write_marks()

    def write_messages(self) -> None:
        touched = {
            (appended.ticket.id, appended.message.id): None
            for appended in self._appended
            if appended.message is not None
        }
        messages = [message for key in touched if (message := self._messages[key]) is not None]
        rows = [(m.ticket_id, m.seq, m.is_note, m.delivery, MESSAGE.text(m)) for m in messages]
        sql.insert(
            self._connection,
            _INTO_MESSAGES,
            rows,
            "ON CONFLICT (ticket_id, is_note, seq) DO UPDATE SET body = excluded.body",
        )

    def hand_over(self, ticket_ids: Iterable[TicketId]) -> None:
        """Hand over everything of these tickets from the old requester to the new one."""
        for ticket_id in ticket_ids:
            key = self._tickets[ticket_id].requester
            self._connection.execute(
                "UPDATE events SET requester_key = ? WHERE ticket_id = ?", (str(key), ticket_id)
            )
            self._connection.execute(_HAND_OVER_MESSAGES, (key.issuer, key.id, ticket_id))

    def write_tickets(self, sinks: Sequence[Listening]) -> None:
        """The indexed columns of most tickets stay the same. Then only body and time are written."""
        same, moved = [], []
        counted_anew: list[Millis] = []
        for ticket in self.tickets_now():
            before = self._before.get(ticket.id)
            if before is None or weight(before) != weight(ticket):
                counted_anew.append(ticket.created_at)
            row = _ticket_row(ticket)
            if before is None or _place(before) != _place(ticket):
                moved.append(row)
            else:
                same.append(row)
            if before is not None and before.issue_level is not ticket.issue_level:
                self._connection.executemany(
                    "UPDATE todo SET urgency = ? WHERE sink = ? AND ticket_id = ?",
                    [(URGENCY[ticket.issue_level], it.sink, ticket.id) for it in sinks],
                )
        make_stale(self._connection, counted_anew)
        on_conflict = (
            "ON CONFLICT (ticket_id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at"
        )
        sql.insert(self._connection, _INTO_TICKETS, same, on_conflict)
        on_conflict += "".join(f", {column} = excluded.{column}" for column in _MOVING)
        sql.insert(self._connection, _INTO_TICKETS, moved, on_conflict)

    def write_marks(self) -> None:
        """Write the marks by which tickets are found. Few events change them."""
        gained: list[sql.Row] = []
        lost: list[sql.Row] = []
        for ticket in self.tickets_now():
            before = self._before.get(ticket.id)
            if before is None or may_differ(before, ticket):
                was, now = marks_of(before) if before else frozenset(), marks_of(ticket)
                gained += [(mark, ticket.created_at, ticket.number) for mark in sorted(now - was)]
                lost += [(mark, ticket.created_at, ticket.number) for mark in sorted(was - now)]
        sql.insert(self._connection, "marks (mark, at, ticket)", gained)
        self._connection.executemany("DELETE FROM marks WHERE mark = ? AND at = ? AND ticket = ?", lost)

    def write_todo(self, now: Millis) -> None:
        """Every event is due at once, also where the clock was set back since the one before it."""
        rows = [
            (
                sink,
                event.ticket_id,
                event.seq,
                URGENCY[self._tickets[event.ticket_id].issue_level],
                min(event.at, now),
            )
            for event, due in ((it.event, it.due) for it in self._appended)
            for sink in due
        ]
        sql.insert(self._connection, _INTO_TODO, rows)


def _ticket_row(ticket: Ticket) -> sql.Row:
    return (
        ticket.id,
        ticket.number,
        ticket.created_at,
        ticket.updated_at,
        *_place(ticket),
        TICKET.text(ticket),
    )


def _place(ticket: Ticket) -> sql.Row:
    """The values of ``_MOVING``."""
    return (
        str(ticket.requester),
        str(ticket.assignee) if ticket.assignee else None,
        ticket.status,
        URGENCY[ticket.issue_level],
        kind_of(ticket),
        ticket.waiting_since,
        ticket.is_unattended,
        ticket.feedback.given_at if ticket.feedback else None,
        ticket.closed_at,
        *counted_by(ticket),
    )


def counted_by(ticket: Ticket) -> sql.Row:
    """Category, whether it is put aside, and danger to its targets; None for a ticket that is closed."""
    if ticket.is_closed:
        return None, None, None
    return ticket.category, ticket.snoozed_until is not None, danger_to(ticket)
