"""The desk for files: it lists them, takes them in and removes them."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from tickets import policy
from tickets.desks.attaching import sweep
from tickets.desks.blocking import Blocks
from tickets.desks.deciding import deletion, on_ticket
from tickets.desks.ticket_desk import Desk
from tickets.events import Change, EventData, MessageEdited, TicketChanged
from tickets.model import Actor, Attachment, Caller, FileId, Message, MessageId, Millis, Ticket, TicketId
from tickets.ports.files import Draft
from tickets.ports.store import Clock, Store, StoreUnavailable
from tickets.ports.uploads import MOST_UNUSED, MOST_UNUSED_BYTES, Upload, Use
from tickets.refusals import FileNotFound, NotFound, TooManyUploads
from tickets.sources import from_api

log = logging.getLogger(__name__)

AT_ONCE: Final = 100
"""Messages that are looked through in one step."""
SWEEP_EVERY: Final = 600.0
"""Seconds between two looks for uploads that nobody used."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A file, who uploaded it and when, and what it is part of: a ticket, or one of its messages."""

    file: Attachment
    uploader: Actor
    at: Millis
    ticket_id: TicketId
    message_id: MessageId | None = None


class FileDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, desk: Desk, store: Store, clock: Clock) -> None:
        self._desk = desk
        self._store = store
        self._clock = clock
        self._blocks = Blocks(store.users)

    def draft(self) -> Draft:
        """A draft for the bytes of an upload while it comes in."""
        return self._store.files.draft()

    async def keep(self, caller: Caller, file: Attachment, content: Draft) -> Upload:
        """Store an upload of the caller. The same id again changes nothing. Raises TooManyUploads."""
        await self._blocks.must_not_be_blocked(caller.key)
        upload = Upload(file=file, uploader=caller.key, at=self._clock())
        if not await self._store.uploads.add(upload):
            raise TooManyUploads(MOST_UNUSED, MOST_UNUSED_BYTES // 2**20)
        await self._store.files.put(file, content)
        return upload

    async def sweep_forever(self) -> None:
        """Remove the uploads that nobody used, from time to time."""
        while True:
            try:
                await sweep(self._store, self._clock())
            except StoreUnavailable as error:
                log.warning("unused files stay for now: %s", error)
            await asyncio.sleep(SWEEP_EVERY)

    async def of_ticket(self, caller: Caller, address: str) -> list[Placed]:
        """The files of the ticket and of its messages, oldest first; those of notes are never among them."""
        ticket, after = await self._desk.ticket(caller, address), 0
        files: list[Placed] = []
        if ticket.attachments:
            (opened,) = await self._store.log.events(ticket.id, upto=1)
            files = [Placed(file, opened.actor, opened.at, ticket.id) for file in ticket.attachments]
        while messages := await self._store.views.messages(ticket.id, after_seq=after, limit=AT_ONCE):
            files += [
                Placed(file, it.author, it.created_at, ticket.id, it.id)
                for it in messages
                for file in it.attachments
            ]
            after = messages[-1].seq
        return files

    async def delete(self, caller: Caller, file_id: FileId) -> None:
        """Remove an uploaded file, also from the ticket or message that it is part of. The ticket may be
        closed."""
        await self._blocks.must_not_be_blocked(caller.key)
        upload = await self._store.uploads.get(file_id)
        if upload is None or not (upload.uploader == caller.key or caller.is_staff):
            raise FileNotFound(file_id)
        policy.may_delete_file(caller, upload.uploader)
        if upload.use is not None:
            await self._drop(caller, file_id, upload.use)
        await self._store.files.delete(file_id)
        await self._store.uploads.remove(file_id)

    async def _drop(self, caller: Caller, file_id: FileId, use: Use) -> None:
        """Append one event that removes the file from its ticket or message, unless it is gone already. The
        uploader may do so even if the ticket belongs to somebody else by now."""
        about = MessageId(use.event_id)

        def decide(ticket: Ticket, message: Message | None) -> EventData:
            if file_id in {file.id for file in ticket.attachments}:
                return TicketChanged((Change("attachments", file_id, None),))
            if message is None or file_id not in {file.id for file in message.attachments}:
                raise FileNotFound(file_id)
            kept = tuple(file for file in message.attachments if file.id != file_id)
            if not (kept or message.content.strip()):
                return deletion(message)
            return MessageEdited(about, message.content, kept, (file_id,))

        decided = on_ticket(use.ticket_id, partial(policy.acting, caller), decide)
        with suppress(NotFound):
            await self._store.log.append(use.ticket_id, from_api(), decided, about)
