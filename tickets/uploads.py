"""Uploads: files that were sent ahead of the ticket or message that they will be part of."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tickets.model import Attachment, Caller, EventId, FileId, Millis, TicketId, UserKey
from tickets.refusals import Refusal, UploadNotFound

if TYPE_CHECKING:
    from tickets.ports import Store

log = logging.getLogger(__name__)

UNUSED_FOR: Millis = 24 * 60 * 60 * 1000
"""How long an upload waits to be used."""
SWEPT_AFTER: Millis = UNUSED_FOR + 60 * 60 * 1000
"""Later than the last use can begin, so that nothing is swept away under somebody's hands."""
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Use:
    """The event that an upload became part of."""

    ticket_id: TicketId
    event_id: EventId


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    file: Attachment
    uploader: UserKey
    at: Millis
    use: Use | None = None


class Uploads(Protocol):
    """Who uploaded what, and what became of it. The bytes are in ``Files``."""

    async def add(self, upload: Upload) -> None:
        """Remember it; the same id again changes nothing."""
        ...

    async def get(self, file_id: FileId) -> Upload | None: ...

    async def bind(self, file_id: FileId, uploader: UserKey, use: Use, since: Millis) -> Upload | None:
        """The upload, if it is this uploader's, not older than ``since``, and unused or of this very use."""
        ...

    async def unbind(self, use: Use) -> None:
        """What was bound to this use is unused again."""
        ...

    async def unsettled(self, before: Millis, limit: int) -> list[Upload]:
        """Uploads older than this of which it was not found out whether they were used; the oldest first."""
        ...

    async def settle(self, file_id: FileId) -> None:
        """It was used: sweeping leaves it alone."""
        ...

    async def remove(self, file_id: FileId) -> None: ...

    async def hand_over(self, uploader: UserKey, to: UserKey) -> None:
        """Whatever the one has uploaded is the other's from now on."""
        ...


@asynccontextmanager
async def bound(
    store: "Store", caller: Caller, file_ids: Sequence[FileId], use: Use, now: Millis
) -> AsyncIterator[tuple[Attachment, ...]]:
    """The caller's unused uploads, which are this use's from now on; unless what is done inside is refused.

    Raises UploadNotFound. When the process dies inside, sweeping finds out whether they were used."""
    try:
        files = []
        for file_id in dict.fromkeys(file_ids):
            upload = await store.uploads.bind(file_id, caller.key, use, now - UNUSED_FOR)
            if upload is None:
                raise UploadNotFound(file_id)
            files.append(upload.file)
        yield tuple(files)
    except Refusal:
        await store.uploads.unbind(use)
        raise


async def sweep(store: "Store", now: Millis) -> None:
    """Remove the uploads that nobody used within a day, bytes first; whoever dies in between starts anew."""
    while old := await store.uploads.unsettled(now - SWEPT_AFTER, AT_ONCE):
        for upload in old:
            if upload.use is not None and await _happened(store, upload.use):
                await store.uploads.settle(upload.file.id)
            else:
                await store.files.delete(upload.file.id)
                await store.uploads.remove(upload.file.id)


async def _happened(store: "Store", use: Use) -> bool:
    return any(event.id == use.event_id for event in await store.log.events(use.ticket_id))
