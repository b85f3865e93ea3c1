"""What was said in a ticket that was merged into another one, in the other's channel."""

import io
from collections.abc import Callable, Sequence

import discord

from bot.showing.lines import TEXT_LIMIT
from bot.showing.parts import MESSAGE_LIMIT, length
from bot.showing.texts import plain, shortened, start_of
from bot.showing.transcript_posts import page_of, whole_transcript
from bot.showing.uploads import Uploads
from texts.text import Text, Words
from tickets.events import Event, TicketAbsorbed
from tickets.file_urls import FileUrls
from tickets.model import Attachment, FileId, Message
from tickets.ports.store import Store
from tickets.transcript import Transcript
from transcripts.reader import Reader

MESSAGE_ROOM = 300
"""Characters of one message."""


class Absorbed:
    """Shows what another ticket was about."""

    def __init__(
        self, store: Store, uploads: Uploads, file_urls: FileUrls, reader: Callable[[], Reader]
    ) -> None:
        self._store = store
        self._uploads = uploads
        self._file_urls = file_urls
        self._reader = reader

    async def shown(
        self, event: Event, absorbed: TicketAbsorbed, who: Words
    ) -> tuple[str, Sequence[discord.File]]:
        """One message: who merged it, as much of its conversation as there is room for, and a file of all."""
        transcript = await whole_transcript(self._store, await self._store.log.events(absorbed.other))
        reader = self._reader()
        html = await page_of(self._store, transcript, self._file_urls, reader)
        topic = plain(shortened(transcript.ticket.topic, TEXT_LIMIT))
        heading = Text("ticket-was-absorbed", who=who, number=absorbed.number, topic=topic)
        lines = [reader.says(heading)]
        name = f"ticket-{absorbed.number:04}.html"
        if len(html) <= self._uploads.bounds.file:
            files = [discord.File(io.BytesIO(html), name)]
        else:
            kept = Attachment(FileId(f"merged-{event.ticket_id}-{event.seq}"), name, "text/html", len(html))
            await self._store.files.put(kept, html)
            files = []
            lines.append(self._file_urls.url(kept))
        return "\n".join([*lines, *_newest(transcript, MESSAGE_LIMIT - length("\n".join(lines)))]), files


def _newest(transcript: Transcript, room: int) -> list[str]:
    """As many of the newest messages as there is room for, the oldest of them first."""
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
