"""Shows the conversation of a merged ticket in the channel of the ticket that it was merged into."""

import io
from collections.abc import Sequence

import discord

from bot.showing.lines import TEXT_LIMIT
from bot.showing.parts import MESSAGE_LIMIT, length
from bot.showing.texts import plain, shortened, start_of
from bot.showing.transcript_files import TranscriptFiles, file_name
from bot.showing.uploads import Uploads
from texts.text import Text, Words
from tickets.desks.in_thread import aside
from tickets.events import Event, TicketAbsorbed
from tickets.fold import ticket_of
from tickets.model import Attachment, Message, Ticket
from tickets.ports.store import Store
from tickets.transcript import Transcript, absorbed_file, is_read_by

MESSAGE_ROOM = 300
"""Characters of one message."""


class Absorbed:
    """Shows the conversation of a merged ticket to those who saw that ticket."""

    def __init__(self, store: Store, uploads: Uploads, files: TranscriptFiles) -> None:
        self._store = store
        self._uploads = uploads
        self._files = files

    async def shown(
        self, event: Event, absorbed: TicketAbsorbed, who: Words, ticket: Ticket
    ) -> tuple[str, Sequence[discord.File]]:
        """One message for the channel of ``ticket``: who merged the other ticket, as much of its
        conversation as there is room for, and a file with all of it. Its conversation is left out unless
        everybody who sees the channel saw the other ticket."""
        reader, events = self._files.reader(), await self._store.log.events(absorbed.other)
        if not is_read_by(ticket.support_role, await aside(ticket_of, events)):
            return reader.says(Text("ticket-was-absorbed-apart", who=who, number=absorbed.number)), []
        transcript = await self._files.transcript(events, ticket.support_role)
        html = await self._files.page(transcript)
        topic = plain(shortened(transcript.ticket.topic, TEXT_LIMIT))
        heading = Text("ticket-was-absorbed", who=who, number=absorbed.number, topic=topic)
        lines, name = [reader.says(heading)], file_name(transcript.ticket)
        if len(html) <= self._uploads.bounds.file:
            files = [discord.File(io.BytesIO(html), name)]
        else:
            kept = Attachment(absorbed_file(event.ticket_id, event.seq), name, "text/html", len(html))
            await self._store.files.put(kept, html)
            files = []
            lines.append(self._uploads.url(kept))
        return "\n".join([*lines, *_newest(transcript, MESSAGE_LIMIT - length("\n".join(lines)))]), files


def _newest(transcript: Transcript, room: int) -> list[str]:
    """The newest messages, as many as there is room for, in their order."""
    shown: list[str] = []
    for message in reversed(transcript.messages):
        if message.deleted:
            continue
        line = _quoted(transcript, message)
        room -= length(line) + 1
        if room < 0:
            break
        shown.insert(0, line)
    return shown


def _quoted(transcript: Transcript, message: Message) -> str:
    mark = "📝 " if message.is_note else ""
    name = plain(shortened(transcript.name_of(message.author), 32))
    words = start_of(" ".join(message.content.split()), MESSAGE_ROOM) or "📎"
    return f"> {mark}**{name}** <t:{message.created_at // 1000}:f> {words}"
