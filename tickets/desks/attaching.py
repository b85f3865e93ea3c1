"""Uploads become part of tickets and messages; unused ones are removed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tickets.model import Attachment, Caller, FileId, Millis
from tickets.ports.store import Store
from tickets.ports.uploads import SWEPT_AFTER, UNUSED_FOR, Use
from tickets.refusals import Refusal, UploadNotFound

AT_ONCE = 100
"""Uploads that are swept in one step."""


@asynccontextmanager
async def bound(
    store: Store, caller: Caller, file_ids: Sequence[FileId], use: Use, now: Millis
) -> AsyncIterator[tuple[Attachment, ...]]:
    """Bind the caller's unused uploads to this use. They are unbound again if the block raises a refusal.

    Raises UploadNotFound. If the process dies meanwhile, sweeping finds out whether they were used."""
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


async def sweep(store: Store, now: Millis) -> None:
    """Remove the uploads that nobody used within a day, bytes first. After a crash it starts anew."""
    while old := await store.uploads.unsettled(now - SWEPT_AFTER, AT_ONCE):
        for upload in old:
            if upload.use is not None and await _happened(store, upload.use):
                await store.uploads.settle(upload.file.id)
            else:
                await store.files.delete(upload.file.id)
                await store.uploads.remove(upload.file.id)


async def _happened(store: Store, use: Use) -> bool:
    return any(event.id == use.event_id for event in await store.log.events(use.ticket_id))
