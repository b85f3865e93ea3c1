"""Writes what happens to tickets into the program's log: who did what, without the texts of people."""

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Final

from api.door.door import shown
from tickets.decisions import Decide
from tickets.event_kinds import in_log
from tickets.events import Event, TicketChanged
from tickets.fields import row_of
from tickets.model import MessageId, TicketId, UserKey
from tickets.ports.lease import Term
from tickets.ports.store import Appended, Log, Store
from tickets.sources import Source

log = logging.getLogger(__name__)

TOLD: Final = ("issue_level", "support_role", "status", "assignee")
"""Fields whose values no requester has written."""


def journaled(store: Store) -> Store:
    """The same store, which also logs what it appends."""

    def lead(term: Term) -> AbstractAsyncContextManager[Store]:
        return _leading(store, term)

    return replace(store, log=_Journal(store.log), lead=lead)


@asynccontextmanager
async def _leading(store: Store, term: Term) -> AsyncIterator[Store]:
    async with store.lead(term) as leading:
        yield replace(leading, log=_Journal(leading.log))


class _Journal:
    """A log of tickets."""

    def __init__(self, kept: Log) -> None:
        self._kept = kept
        self.next_number = kept.next_number

    async def append(
        self,
        address: str,
        source: Source,
        decide: Decide,
        about: MessageId | None = None,
        *,
        opens_for: UserKey | None = None,
        gives_to: Sequence[UserKey] = (),
    ) -> Appended:
        appended = await self._kept.append(
            address, source, decide, about, opens_for=opens_for, gives_to=gives_to
        )
        if appended.fresh and log.isEnabledFor(logging.INFO):
            for line in _lines(appended.event):
                log.info("ticket %d: %s %s", appended.ticket.number, _actor(appended.event), line)
        return appended

    async def events(self, ticket_id: TicketId, *, after: int = 0, upto: int | None = None) -> list[Event]:
        return await self._kept.events(ticket_id, after=after, upto=upto)


def _actor(event: Event) -> str:
    return "Guildesk" if event.actor.key is None else shown(event.actor.key)


def _lines(event: Event) -> Iterator[str]:
    data = event.data
    if not isinstance(data, TicketChanged):
        if (what := in_log(data)) is not None:
            yield what
        return
    for change in data.changes:
        what = f"changed the {row_of(change.field).replace('_', ' ')}"
        is_told = change.field in TOLD
        yield f"{what} from {_value(change.old)} to {_value(change.new)}" if is_told else what


def _value(text: str | None) -> str:
    """A value for the log: a word of Guildesk, or the key of a person."""
    if text is None:
        return "none"
    return shown(UserKey.parse(text)) if " " in text else text
