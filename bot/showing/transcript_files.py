"""Transcripts for staff in Discord: as files, or as a link to the page that checks the reader."""

from collections.abc import Callable, Sequence
from typing import Final

from tickets.desks.in_thread import aside
from tickets.events import Event
from tickets.file_urls import FileUrls
from tickets.merging import absorbed_logs
from tickets.model import SupportRole, Ticket
from tickets.ports.store import Store
from tickets.transcript import Transcript, people_in, transcript_of
from transcripts import render_html
from transcripts.images import images_of
from transcripts.pieces import whole
from transcripts.reader import Reader

PAGE: Final = "/desk/tickets/{id}/transcript"
"""The page where staff reads a transcript outside of Discord, after a sign-in."""


class TranscriptFiles:
    """Makes transcripts. ``reader`` describes the readers in Discord."""

    def __init__(
        self, store: Store, public_url: str, file_urls: FileUrls, reader: Callable[[], Reader]
    ) -> None:
        self._store = store
        self._public_url = public_url
        self._file_urls = file_urls
        self.reader = reader

    async def transcript(self, events: Sequence[Event], read_by: SupportRole) -> Transcript:
        """The ticket's transcript for staff. Merged tickets are included if everybody in ``read_by`` and the
        support roles above it saw them."""
        absorbed = await absorbed_logs(self._store.log, events)
        keys = await aside(people_in, events)
        for log_of_other in absorbed.values():
            keys |= await aside(people_in, log_of_other)
        people = await self._store.people.people(keys)
        return await aside(transcript_of, events, people, notes=True, absorbed=absorbed, read_by=read_by)

    async def page(self, transcript: Transcript) -> bytes:
        """The transcript as one HTML page."""
        images = await images_of(self._store.files, transcript)
        return await whole(render_html(transcript, self._file_urls.url, reader=self.reader(), images=images))

    def url(self, ticket: Ticket) -> str:
        """The URL of the page that shows it to those who may see it."""
        return self._public_url + PAGE.format(id=ticket.id)


def file_name(ticket: Ticket) -> str:
    return f"ticket-{ticket.number:04}.html"
