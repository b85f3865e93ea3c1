"""Turns answers by mail into a message, a note, a reopened ticket, a mail back, or nothing.

Each mail takes effect once: ids follow from its Message-ID and from the address to which it was sent."""

import hashlib
import logging
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from notify.addresses import mailable
from notify.inbound.pace import Pace, Waits
from notify.inbound.reading import IncomingMail, MailFile
from notify.inbound.undelivered import Undelivered
from notify.letters import queued
from texts.language import Language, language_of
from texts.text import Text, in_language
from tickets.characters import clean_line, clean_text, shows_nothing
from tickets.desks.deciding import on_ticket
from tickets.desks.ticket_desk import Desk, Said
from tickets.events import EventData, NoteAdded, Origin, Place
from tickets.model import SYSTEM, Attachment, Caller, EventId, FileId, Message, Millis, Ticket
from tickets.notifications import Letter, Notification, NotificationId, letters_key
from tickets.ports.notifications import Addresses, ReplyAddress
from tickets.ports.store import Clock, Store
from tickets.refusals import Refusal, UserIsBlocked
from tickets.refused_addresses import RefusedAddresses
from tickets.sources import Source
from transcripts.plain import label

log = logging.getLogger(__name__)

MOST_CHARACTERS: Final = 4_000
CUT: Final = 3_990
PREFIX: Final = "reply+"
"""The beginning of addresses for answers; the token follows."""


class Became(StrEnum):
    """What an incoming mail led to."""

    MESSAGE = "a message"
    NOTE = "a note: it does not prove to be from the user"
    BOUNCED = "a mail back"
    CAME_BACK = "the news that a mail of ours did not arrive"
    UNDELIVERED = "the end of mails to an address at which nobody is"
    DROPPED = "nothing"


def reply_address(token: str, domain: str) -> str:
    return f"{PREFIX}{token}@{domain}"


class AnsweringMail:
    """Passes answers by mail on to the desk. ``deployment`` is part of the Message-ID of our own mails.
    Without ``has_limits``, any number of answers is accepted."""

    def __init__(
        self,
        desk: Desk,
        store: Store,
        addresses: Addresses,
        clock: Clock,
        *,
        domain: str,
        deployment: str,
        language: Language,
        max_file_bytes: int,
        has_limits: bool = True,
    ) -> None:
        self._desk = desk
        self._store = store
        self._addresses = addresses
        self._clock = clock
        self._refused = RefusedAddresses(store)
        self._to_us = re.compile(rf"^{re.escape(PREFIX)}([a-z0-9]{{16,64}})@{re.escape(domain.lower())}$")
        self._ours = f".{deployment}@"
        self._language = language
        self._max_file_bytes = max_file_bytes
        self._pace = Pace(clock) if has_limits else None

    async def take(self, mail: IncomingMail, behind: Mapping[str, Millis] | None = None) -> Became:
        """Handle the mail. ``behind`` names senders whose earlier mails wait, and until when. Raises
        StoreUnavailable and Waits; then the same mail can be handled again."""
        if mail.undelivered is not None:
            return await self._take_report(mail.undelivered)
        address = await self._address_in(mail)
        if address is None or mail.is_by_machine or self._ours in mail.message_id or not mail.message_id:
            return Became.DROPPED
        says_something = bool(mail.files) or not shows_nothing(mail.text)
        if await self._store.users.is_blocked(address.user) or not says_something:
            return Became.DROPPED
        ticket = await self._store.views.ticket(address.ticket_id)
        if ticket is None:
            return Became.DROPPED
        event_id = EventId(f"mail:{_digest(mail.message_id, address.token)}")
        if await self._is_done(ticket, event_id):
            return Became.MESSAGE
        is_theirs = await self._proves_to_be(mail, address) and ticket.requester == address.user
        sender = str(address.user) if is_theirs else f"somebody who knows {address.token}"
        if behind is not None and sender in behind:
            raise Waits(sender, behind[sender])
        if self._pace is not None:
            self._pace.admit(sender)
        said = await self._said(mail, event_id)
        if not is_theirs:
            await self._note(ticket, mail, said, event_id)
            return Became.NOTE
        if address.expires_at < self._clock():
            await self._answer_back(mail, address, ticket, event_id)
            return Became.BOUNCED
        return await self._post(mail, address, ticket, said, event_id)

    async def _take_report(self, it: Undelivered) -> Became:
        """Note that a mail of ours did not arrive, and write no more to an address at which nobody is. Only
        its recipient knows the Message-ID, so nobody can forge a report about somebody else."""
        sent_id, is_ours, _ = it.message_id.removeprefix("<").partition(self._ours)
        sent = await self._store.notifications.get(NotificationId(sent_id)) if is_ours else None
        if sent is None:
            return Became.DROPPED
        for failure in it.failures:
            email = await self._address_of(sent, failure.recipient)
            if email is None:
                continue
            said = clean_line(failure.why) or "the mail server did not say why"
            await self._store.notifications.bounced(sent, f"it came back: {said}")
            if not failure.is_nobody:
                return Became.CAME_BACK
            await self._refused.add(email, self._clock())
            return Became.UNDELIVERED
        return Became.DROPPED

    async def _address_of(self, sent: Notification, recipient: str) -> str | None:
        """The address to which it was sent, if the recipient is that."""
        if sent.user == letters_key(recipient):
            return recipient
        email = (await self._addresses.reach(sent.user)).email
        return email if email is not None and mailable(recipient) == mailable(email.lower()) else None

    async def _is_done(self, ticket: Ticket, event_id: EventId) -> bool:
        """Whether this mail was handled before. A ticket that was closed after that stays closed."""
        return any(it.id == event_id for it in await self._store.log.events(ticket.id))

    async def _address_in(self, mail: IncomingMail) -> ReplyAddress | None:
        for recipient in mail.recipients:
            if (found := self._to_us.match(recipient)) is not None:
                address = await self._store.notifications.reply_address_of(found[1])
                if address is not None:
                    return address
        return None

    async def _proves_to_be(self, mail: IncomingMail, address: ReplyAddress) -> bool:
        """Whether the user has sent the mail, as far as the receiving server can tell."""
        reach = await self._addresses.reach(address.user)
        if reach.email is None or not mail.passes_dmarc:
            return False
        if mailable(mail.sender) != mailable(reach.email.lower()):
            return False
        await self._refused.remove(reach.email)  # somebody is there after all
        return True

    async def _post(
        self, mail: IncomingMail, address: ReplyAddress, ticket: Ticket, said: Said, event_id: EventId
    ) -> Became:
        people = await self._store.people.people([address.user])
        if (person := people.get(address.user)) is None:
            return Became.DROPPED
        caller, origin = Caller(person), Origin(Place.API)
        try:
            if ticket.is_closed:
                reopening = Source(EventId(f"{event_id}:r"), origin)
                await self._desk.reopen(caller, ticket.id, source=reopening)
            await self._desk.post(caller, ticket.id, said, source=Source(event_id, origin))
        except UserIsBlocked:
            return Became.DROPPED
        except Refusal as refused:
            log.info("an answer by mail to ticket %d is refused: %s", ticket.number, refused)
            await self._answer_back(mail, address, ticket, event_id)
            return Became.BOUNCED
        return Became.MESSAGE

    async def _note(self, ticket: Ticket, mail: IncomingMail, said: Said, event_id: EventId) -> None:
        """Add a note for staff to judge. Requesters never see it."""
        heading = Text("note-of-mail", sender=label(mail.sender) or "?")
        content = f"{in_language(heading, self._language)}\n\n{said.content}"[:MOST_CHARACTERS]

        def decide(_: Ticket, __: Message | None) -> EventData:
            return NoteAdded(content, said.attachments)

        source = Source(event_id, Origin(Place.DESK))
        await self._store.log.append(ticket.id, source, on_ticket(ticket.id, lambda _: SYSTEM, decide))

    async def _answer_back(
        self, mail: IncomingMail, address: ReplyAddress, ticket: Ticket, event_id: EventId
    ) -> None:
        """Answer the mail, but only to an address that is known to be the user's. Nobody else gets mail in
        this way."""
        reach = await self._addresses.reach(address.user)
        if reach.email is None:
            return
        language = language_of(reach.locale or ticket.locale, self._language)
        subject = in_language(Text("bounce", number=ticket.number), language)
        words = in_language(Text("bounce-words", number=ticket.number), language)
        letter = Letter(reach.email, subject, f"{words}\n", in_reply_to=mail.message_id)
        letter_id = _digest(event_id, "bounce")
        await self._store.notifications.add([queued(letter, self._clock(), letter_id)])

    async def _said(self, mail: IncomingMail, event_id: EventId) -> Said:
        """The text and files of the mail. A text that is too long for a message is also attached as a
        file."""
        text, files = mail.text, list(mail.files)
        if len(text) > MOST_CHARACTERS:
            files.insert(0, MailFile("mail.txt", "text/plain", text.encode(errors="replace")))
            text = f"{text[:CUT]} …"
        return Said(clean_text(text, MOST_CHARACTERS), await self._kept(files[:10], event_id))

    async def _kept(self, files: Sequence[MailFile], event_id: EventId) -> tuple[Attachment, ...]:
        kept = []
        for number, it in enumerate(files):
            if len(it.content) > self._max_file_bytes:
                continue
            file_id = FileId(_digest(event_id, str(number)))
            name = label(clean_line(it.name))[:200] or "file"
            file = Attachment(file_id, name, it.type, len(it.content))
            await self._store.files.put(file, it.content)
            kept.append(file)
        return tuple(kept)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()[:32]
