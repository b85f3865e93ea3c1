"""The sink that sends mails: one for each parcel, if it was not seen meanwhile, and twice at most."""

import asyncio
from dataclasses import replace
from functools import partial
from typing import Final

from notify.composing import AboutTicket, Composer, Line
from notify.seen import Seen
from notify.smtp import MailDelayed, MailRefused, OutcomeUnknown, ServerAway, SmtpServer
from texts.language import Language, language_of
from tickets.file_urls import FileUrls
from tickets.model import Message, Millis, Ticket, TicketId
from tickets.notifications import Notification, NotificationChannel, NotificationKind
from tickets.ports.notifications import Addresses, Parcel
from tickets.ports.sinks import Away, Never, NotNow
from tickets.ports.store import Clock, Store

GIVE_UP_AFTER: Final[Millis] = 3 * 24 * 3_600_000
"""Milliseconds for which a mail is tried."""
MOST_UNKNOWN: Final = 2
"""How often a mail may be sent without hearing what became of it."""
LONGEST_ABSENCE: Final = 300.0
"""Seconds between two attempts to reach a server that is away."""
SENT_TWICE: Final = "it was sent twice, and nobody heard what became of it; it may have arrived"


class MailSink:
    """See ``tickets.ports.sinks.Sink``."""

    name = NotificationChannel.EMAIL

    def __init__(
        self,
        store: Store,
        server: SmtpServer,
        composer: Composer,
        addresses: Addresses,
        file_urls: FileUrls,
        clock: Clock,
        language: Language,
    ) -> None:
        self._store = store
        self._outbox = store.outbox
        self._server = server
        self._composer = composer
        self._addresses = addresses
        self._file_urls = file_urls
        self._clock = clock
        self._language = language
        self._seen = Seen(store)
        self._absences = 0

    async def show(self, parcel: Parcel) -> None:
        """Send it as one mail."""
        if max(it.begun for it in parcel.items) >= MOST_UNKNOWN:
            raise Never(SENT_TWICE)
        if self._clock() - parcel.items[0].created_at > GIVE_UP_AFTER:
            raise Never(parcel.items[-1].error or "the mail server did not take it for 3 days")
        if not (left := await self._not_seen(parcel)):
            return
        to, mail = await self._composed(replace(parcel, items=left))
        await self._send(replace(parcel, items=left), to, mail)

    async def give_up(self, parcel: Parcel, why: str) -> None:
        """It stands in the queue, with the reason; the relay has it in the log."""

    async def _send(self, parcel: Parcel, to: str, mail: bytes) -> None:
        begin = partial(self._outbox.begin, parcel)
        try:
            await self._server.send(self._composer.sender.spec, to, mail, begin)
        except MailRefused as refused:
            raise Never(str(refused)) from refused
        except ServerAway as away:
            await self._outbox.tried(parcel, str(away), may_have_arrived=False)
            self._absences += 1
            raise Away(str(away), min(2.0**self._absences, LONGEST_ABSENCE)) from away
        except MailDelayed as later:
            await self._outbox.tried(parcel, str(later), may_have_arrived=False)
            raise NotNow(str(later)) from later
        except OutcomeUnknown as unknown:
            await self._outbox.tried(parcel, str(unknown), may_have_arrived=True)
            raise NotNow(str(unknown)) from unknown
        self._absences = 0

    async def _not_seen(self, parcel: Parcel) -> tuple[Notification, ...]:
        """What still has to be told. What was begun stays as it is."""
        if parcel.items[0].begun:
            return parcel.items
        seen = [it.id for it in parcel.items if await self._seen.has_been(it)]
        if seen:
            await self._outbox.suppress(seen)
        return tuple(it for it in parcel.items if it.id not in seen)

    async def _composed(self, parcel: Parcel) -> tuple[str, bytes]:
        """To whom it goes, and the mail; raises Never where there is nobody to write to."""
        first = parcel.items[0]
        try:
            if first.letter is not None:
                return first.letter.to, self._composer.letter(parcel.id, first.created_at, first.letter)
            about = await self._about(parcel)
            mail = await asyncio.to_thread(self._composer.about_ticket, parcel.id, first.created_at, about)
        except ValueError as error:
            raise Never(str(error)) from error
        return about.to, mail

    async def _about(self, parcel: Parcel) -> AboutTicket:
        first = parcel.items[0]
        reach = await self._addresses.reach(first.user)
        if reach.email is None:
            raise Never("no verified address is known any more")
        ticket = None if first.ticket_id is None else await self._store.views.ticket(first.ticket_id)
        locale = reach.locale or (None if ticket is None else ticket.locale)
        return AboutTicket(
            to=reach.email,
            user=first.user,
            language=language_of(locale, self._language),
            ticket=ticket,
            lines=[await self._line(it, ticket) for it in parcel.items],
        )

    async def _line(self, it: Notification, ticket: Ticket | None) -> Line:
        message = None
        if it.kind in (NotificationKind.ANSWER, NotificationKind.EDITED, NotificationKind.REMINDER):
            message = await message_at(self._store, ticket, it.seq)
        if message is None:
            return Line(it.text)
        files = tuple((file.name, self._file_urls.url(file)) for file in message.attachments)
        return Line(it.text, message.content, files)


async def message_at(store: Store, ticket: Ticket | None, seq: int | None) -> Message | None:
    """The message that the event with this number is about, as it is today."""
    if ticket is None or seq is None:
        return None
    for event in await store.log.events(TicketId(ticket.id), after=seq - 1, upto=seq):
        if event.message_id is not None:
            return await store.views.message(event.message_id, ticket.id)
    return None
