"""Reads, decides and writes waiting appends as one group. Each append comes out as if it were alone."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

import sqlite3
from collections.abc import Iterator, Sequence

from storage.codec import MESSAGE, TICKET, event_from
from storage.index_keys import OPEN_KINDS, Side
from storage.sqlite import sql
from storage.sqlite.changes import Changes
from storage.sqlite.reader import EVENT
from storage.sqlite.recent import Recent
from storage.sqlite.views import ONE_MESSAGE
from storage.sqlite.writer import Wish
from tickets.decisions import State, next_event
from tickets.events import Event
from tickets.fold import ticket_after
from tickets.fold_messages import message_after, message_of
from tickets.model import EventId, Message, MessageId, Millis, Ticket, TicketId, UserKey, number_in
from tickets.ports.sinks import Listening, due_at
from tickets.ports.store import Appended

_ASKED = "FROM asked CROSS JOIN tickets"
OPEN_TICKETS = f"""
SELECT count(*) FROM tickets WHERE {{}}_key = ? AND kind IN ({", ".join(map(str, OPEN_KINDS))})"""


class _InLogAlready(Exception):
    """An event was in the log already, or its ticket had changed; nothing was written."""


class Appending:
    """Appends a group of wishes at a time.

    An event is hardly ever in the log already, so nobody looks for it beforehand. If it is there, the log's
    unique index refuses it, and the group is read and decided once more."""

    def __init__(self, sinks: Sequence[Listening]) -> None:
        self._sinks = sinks
        self._recent = Recent()

    def together(self, connection: sqlite3.Connection, wishes: Sequence[Wish]) -> list[Appended | Exception]:
        """The outcome of each wish: what was appended, or the exception that its decision raised."""
        if len(wishes) <= sql.MOST_ROWS:  # the events are one statement, of which all is done or nothing
            self._recent.check(connection)
            try:
                return self._append(_Group(connection, self._sinks, wishes, self._recent), wishes)
            except _InLogAlready:
                pass
        group = _Group(connection, self._sinks, wishes, None)
        group.look_for(wishes)
        return self._append(group, wishes)

    def _append(self, group: "_Group", wishes: Sequence[Wish]) -> list[Appended | Exception]:
        answers = [group.answer(wish) for wish in wishes]
        for ticket in group.write(max(wish.now for wish in wishes)):
            self._recent.keep(ticket)
        return answers


class _Group:
    """The state that a group of appends sees: what is committed, with the changes of earlier appends of the
    group.

    Nothing is written before everything is decided, so there is nothing to undo after a refusal."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        sinks: Sequence[Listening],
        wishes: Sequence[Wish],
        recent: Recent | None,
    ) -> None:
        self._connection = connection
        self._sinks = sinks
        tickets = self._tickets_at({wish.address for wish in wishes}, recent)
        self._tickets = {ticket.id: ticket for ticket in tickets}
        self._ids = {ticket.number: ticket.id for ticket in tickets}
        self._known: dict[tuple[TicketId, EventId], Event] = {}
        """Events that are known to be in the log already."""
        self._messages: dict[tuple[TicketId, MessageId], Message | None] = {}
        self._before = dict(self._tickets)
        self._appended: list[Appended] = []

    def look_for(self, wishes: Sequence[Wish]) -> None:
        """Find out which of the events are in the log already."""
        rows = self._rows(
            f"SELECT {EVENT} FROM asked CROSS JOIN events ON ticket_id = column1 AND event_id = column2",
            list({(self._id_at(wish.address), wish.source.event_id) for wish in wishes}),
        )
        events = [event_from(*row) for row in rows]
        self._known.update({(event.ticket_id, event.id): event for event in events})

    def answer(self, wish: Wish) -> Appended | Exception:
        try:
            if (again := self._again(wish)) is not None:
                return again
            return self._append(wish)
        except sqlite3.Error:
            raise
        except Exception as refusal:
            self.look_for([wish])  # what was accepted before is not refused
            return self._again(wish) or refusal

    def _append(self, wish: Wish) -> Appended:
        ticket_id = self._id_at(wish.address)
        ticket = self._tickets.get(ticket_id)
        message = None if wish.about is None else self._message(ticket_id, wish.about)
        others = 0 if wish.opens_for is None else self._open_tickets("requester", wish.opens_for, ticket_id)
        given = sum(self._open_tickets("assignee", key, ticket_id) for key in wish.gives_to)
        decision = wish.decide(State(ticket, message, others, given))
        event = next_event(ticket_id, ticket, wish.source, decision, wish.now)
        after = ticket_after(ticket, event)
        message = self._message_after(event)
        self._tickets[after.id] = after
        self._known[event.ticket_id, event.id] = event
        if event.message_id is not None:
            self._messages[event.ticket_id, event.message_id] = message
        appended = Appended(event, after, message, fresh=True, due=due_at(self._sinks, event, after))
        self._appended.append(appended)
        return appended

    def _open_tickets(self, side: Side, user: UserKey, but: TicketId) -> int:
        """How many open tickets the user has on this side, without this one."""
        committed: int = self._connection.execute(OPEN_TICKETS.format(side), (str(user),)).fetchone()[0]
        was = sum(_is_open_of(side, user, ticket) for ticket in self._before.values())
        now = sum(_is_open_of(side, user, it) for ticket_id, it in self._tickets.items() if ticket_id != but)
        return committed - was + now

    def _message_after(self, event: Event) -> Message | None:
        if event.message_id is None:
            return None
        is_new = event.message_id == MessageId(event.id)
        return message_after(None if is_new else self._message(event.ticket_id, event.message_id), event)

    def _again(self, wish: Wish) -> Appended | None:
        """The wish's event, if it is known to be in the log already."""
        event = self._known.get((self._id_at(wish.address), wish.source.event_id))
        if event is None:
            return None
        message = None if event.message_id is None else self._message(event.ticket_id, event.message_id)
        return Appended(event, self._tickets[event.ticket_id], message, fresh=False)

    def write(self, now: Millis) -> list[Ticket]:
        """Write what was appended: log, read models, due rows. Returns the tickets as they are now."""
        if not self._appended:
            return []
        changes = Changes(self._connection, self._appended, self._before, self._tickets, self._messages)
        try:
            changes.write_events()
        except sqlite3.IntegrityError as error:
            raise _InLogAlready from error
        changes.write_read_models(self._handed_over(), self._sinks)
        changes.write_todo(now)
        return changes.tickets_now()

    def _tickets_at(self, addresses: set[str], recent: Recent | None) -> list[Ticket]:
        """The tickets at these addresses, if they exist. Recent ones are not read again."""
        tickets, ids, numbers = [], [], []
        for address in addresses:
            if recent is not None and (ticket := recent.at(address)) is not None:
                tickets.append(ticket)
            elif (number := number_in(address)) is None:
                ids.append((address,))
            else:
                numbers.append((number,))
        for column, keys in (("ticket_id", ids), ("number", numbers)):
            for (texts,) in self._rows(f"SELECT group_concat(body) {_ASKED} ON {column} = column1", keys):
                tickets += TICKET.from_texts(texts or "")
        return tickets

    def _id_at(self, address: str) -> TicketId:
        """The id that an address means; the address itself if it is a number that no ticket has."""
        number = number_in(address)
        return TicketId(address) if number is None else self._ids.get(number, TicketId(address))

    def _rows(self, select: str, keys: Sequence[sql.Row]) -> Iterator[sql.Row]:
        for statement, values in sql.matching(select, keys):
            yield from self._connection.execute(statement, values)

    def _message(self, ticket_id: TicketId, message_id: MessageId) -> Message | None:
        key = (ticket_id, message_id)
        if key not in self._messages:
            row = self._connection.execute(ONE_MESSAGE, key).fetchone()
            self._messages[key] = MESSAGE.in_row(row)
        message = self._messages[key]
        if message is not None and ticket_id in self._handed_over():
            return message_of(message, self._tickets[ticket_id].requester)
        return message

    def _handed_over(self) -> list[TicketId]:
        """The ids of tickets whose requester this group has changed."""
        return [it for it, before in self._before.items() if self._tickets[it].requester != before.requester]


def _is_open_of(side: Side, user: UserKey, ticket: Ticket) -> bool:
    return getattr(ticket, side) == user and not ticket.is_closed
