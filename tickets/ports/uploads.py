"""Uploads: files that are sent before the ticket or message to which they belong."""

from dataclasses import dataclass
from typing import Protocol

from tickets.model import Attachment, EventId, FileId, Millis, TicketId, UserKey

UNUSED_FOR: Millis = 24 * 60 * 60 * 1000
"""How long an upload waits to be used."""
SWEPT_AFTER: Millis = UNUSED_FOR + 60 * 60 * 1000
"""Later than the last moment at which an upload can be used, so that nothing is removed while it is being
used."""


@dataclass(frozen=True, slots=True)
class Unused:
    """The unused uploads of one user: how many, and their bytes."""

    count: int
    size: int

    def leaves_room_for(self, file: Attachment) -> bool:
        """A single file is always accepted, however large."""
        if self.count == 0:
            return True
        return self.count < MOST_UNUSED and self.size + file.size <= MOST_UNUSED_BYTES


MOST_UNUSED = 20
MOST_UNUSED_BYTES = 50 * 1024 * 1024


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
    """Uploads: who made them, and what they were used for. The bytes are in ``Files``."""

    async def add(self, upload: Upload) -> bool:
        """Store the upload, unless the uploader's unused ones leave no room for it. The same id again
        changes nothing. Returns whether it is stored. However many are added at once, never is one too
        many stored."""
        ...

    async def get(self, file_id: FileId) -> Upload | None: ...

    async def bind(self, file_id: FileId, uploader: UserKey, use: Use, since: Millis) -> Upload | None:
        """Bind the upload to this use, and return it, if it belongs to this uploader, is not older than
        ``since``, and is unused or bound to this use already."""
        ...

    async def unbind(self, use: Use) -> None:
        """Make uploads that were bound to this use unused again."""
        ...

    async def unsettled(self, before: Millis, limit: int) -> list[Upload]:
        """Uploads older than this for which it is not known whether they were used, the oldest first."""
        ...

    async def settle(self, file_id: FileId) -> None:
        """Note that the upload was used, so that it is not swept."""
        ...

    async def remove(self, file_id: FileId) -> None: ...

    async def hand_over(self, uploader: UserKey, to: UserKey) -> None:
        """Give everything that one user has uploaded to another."""
        ...
