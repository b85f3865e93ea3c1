"""The sink that sends mails: one for each parcel, unless its news was seen already, and at most twice."""

import asyncio
from dataclasses import replace
from typing import Final

from notify.addresses import mailable
from notify.composing import AboutTicket, Composer, Line
from notify.inbound.answering import reply_address
from notify.sending import AddressRefused, HandingOver, Sending
from notify.smtp import SmtpServer
from texts.language import Language, language_of
from tickets.file_urls import FileUrls
from tickets.ids import new_id
from tickets.model import Message, Ticket, TicketId
from tickets.notifications import Notification, NotificationChannel, NotificationKind
from tickets.ports.notifications import REPLIES_FOR, Addresses, Parcel, ReplyAddress
from tickets.ports.sinks import Never
from tickets.ports.store import Clock, Store
from tickets.refused_addresses import RefusedAddresses

REFUSED_BEFORE: Final = "a mail server has said that nobody is at this address"


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
        reply_domain: str | None = None,
    ) -> None:
        self._store = store
        self._server = server
        self._composer = composer
        self._addresses = addresses
        self._file_urls = file_urls
        self._language = language
        self._clock = clock
        self._reply_domain = reply_domain
        self._sending = Sending(store, clock)
        self._refused = RefusedAddresses(store)

    async def show(self, parcel: Parcel) -> None:
        """Send the parcel as one mail."""
        if (left := await self._sending.left_of(parcel)) is None:
            return
        to, mail = await self._composed(left)

        async def send(handing_over: HandingOver) -> None:
            try:
                await self._server.send(self._composer.sender.spec, mailable(to), mail, handing_over)
            except AddressRefused:
                await self._refused.add(to, self._clock())
                raise

        await self._sending.send(left, send)

    async def give_up(self, parcel: Parcel, why: str) -> None:
        """The queue shows it with the reason, and the relay logs it."""

    async def _composed(self, parcel: Parcel) -> tuple[str, bytes]:
        """The recipient and the mail. Raises Never if there is nobody to write to."""
        first = parcel.items[0]
        try:
            if (letter := first.letter) is not None:
                worded = replace(letter, to=mailable(letter.to))
                return letter.to, self._composer.letter(parcel.id, first.created_at, worded)
            email, about = await self._about(parcel)
            mail = await asyncio.to_thread(self._composer.about_ticket, parcel.id, first.created_at, about)
        except ValueError as error:
            raise Never(str(error)) from error
        return email, mail

    async def _about(self, parcel: Parcel) -> tuple[str, AboutTicket]:
        first = parcel.items[0]
        reach = await self._addresses.reach(first.user)
        if reach.email is None:
            raise Never("no verified address is known any more")
        if await self._refused.since(reach.email) is not None:
            raise Never(REFUSED_BEFORE)
        ticket = None if first.ticket_id is None else await self._store.views.ticket(first.ticket_id)
        locale = reach.locale or (None if ticket is None else ticket.locale)
        return reach.email, AboutTicket(
            to=mailable(reach.email),
            user=first.user,
            language=language_of(locale, self._language),
            ticket=ticket,
            lines=[await self._line(it, ticket) for it in parcel.items],
            reply_to=await self._reply_to(first, ticket),
        )

    async def _reply_to(self, it: Notification, ticket: Ticket | None) -> str | None:
        """The address for answers. Only the ticket's requester gets one, and only if answers are read."""
        if self._reply_domain is None or ticket is None or ticket.requester != it.user:
            return None
        expires_at = self._clock() + REPLIES_FOR
        new = ReplyAddress(new_id(), ticket.id, it.user, expires_at)
        kept = await self._store.notifications.reply_address(new)
        return reply_address(kept.token, self._reply_domain)

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
